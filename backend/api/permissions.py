"""Members' permissions, the approval policy and flags of an organization over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, StrictBool

from backend.api.asking import Key, RuntimeOf, Staff
from backend.api.configs import READ, WRITE
from backend.api.guards import guarded
from backend.flows import membership

router = APIRouter(tags=["permissions"])


class SetPermissions(BaseModel):
    """What a member may do. Names that are left out follow the member's role."""

    organization_id: UUID
    config_permissions: dict[str, StrictBool | str] = Field(
        description="`max_risk_level` is low, medium or high; all others are true or false.",
        examples=[{"add_remove_tools": False, "rollback_versions": False, "max_risk_level": "low"}],
        max_length=40,
    )


class SetPolicy(BaseModel):
    """What changes in how an organization approves; the rest stays."""

    low: int | None = Field(
        default=None, description="People besides the authors who have to agree, per risk."
    )
    medium: int | None = None
    high: int | None = None
    high_needs_admin: StrictBool | None = None
    escalate_conversations: int | None = Field(
        default=None,
        description="From so many open conversations on, a change that reaches them counts one level higher.",
    )
    escalate_holds: int | None = Field(default=None, description="The same for active holds.")
    draft_days: int | None = Field(default=None, description="How long a draft lives after it was last kept.")


class SetFlag(BaseModel):
    """A switch for all events of an organization."""

    is_on: StrictBool
    note: str = Field(default="", max_length=500, examples=["Until the comparison is redesigned"])


FlagName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["comparison"])]


@router.get("/permissions", summary="The permission matrix of an organization", responses=READ)
async def permissions(runtime: RuntimeOf, actor: Staff, organization_id: UUID) -> dict[str, Any]:
    """`config_permissions` are those that hold; `overrides` what differs from the role's own, which are in `presets`."""
    return await membership.permissions(runtime, actor, organization_id=organization_id)


@router.put(
    "/permissions/{user_id}",
    summary="Say what a member may do",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def set_permissions(
    runtime: RuntimeOf, actor: Staff, key: Key, user_id: UUID, body: SetPermissions
) -> dict[str, Any]:
    """Nobody gives what he has not, or changes who has more than he; somebody stays who may manage permissions."""
    return await membership.set_permissions(
        runtime, actor, key=key, organization_id=body.organization_id, user_id=user_id,
        config_permissions=body.config_permissions,
    )  # fmt: skip


@router.get(
    "/organizations/{organization_id}/approval-policy", summary="How an organization approves", responses=READ
)
async def approval_policy(runtime: RuntimeOf, actor: Staff, organization_id: UUID) -> dict[str, Any]:
    """People besides the authors who have to agree, per risk."""
    return await membership.approval_policy(runtime, actor, organization_id=organization_id)


@router.put(
    "/organizations/{organization_id}/approval-policy",
    summary="Change how an organization approves",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def set_approval_policy(
    runtime: RuntimeOf, actor: Staff, key: Key, organization_id: UUID, body: SetPolicy
) -> dict[str, Any]:
    """Holds for every draft from now on, those in review included."""
    changes = body.model_dump(exclude_none=True)
    return await membership.set_approval_policy(
        runtime, actor, key=key, organization_id=organization_id, changes=changes
    )


@router.get("/organizations/{organization_id}/flags", summary="Flags of an organization", responses=READ)
async def flags(runtime: RuntimeOf, actor: Staff, organization_id: UUID) -> dict[str, Any]:
    """They win over what an event's document says."""
    return await membership.flags(runtime, actor, organization_id=organization_id)


@router.put(
    "/organizations/{organization_id}/flags/{name}",
    summary="Switch a flag",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def set_flag(
    runtime: RuntimeOf, actor: Staff, key: Key, organization_id: UUID, name: FlagName, body: SetFlag
) -> dict[str, Any]:
    """For all events at once."""
    return await membership.set_flag(
        runtime, actor, key=key, organization_id=organization_id, name=name, is_on=body.is_on, note=body.note
    )
