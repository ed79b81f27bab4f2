"""Sales Events for staff (publish) and for everybody (what the storefront needs to begin)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, Field

from backend.api.asking import Key, Limit, RuntimeOf, Staff
from backend.api.auth import same_origin
from backend.api.errors import problem_responses
from backend.flows import publishing, storefront

router = APIRouter(tags=["sales events"])


class Publish(BaseModel):
    """A Sales Event document to put in force."""

    document: str | dict[str, Any] = Field(
        description="The event document: YAML or JSON as text, or a JSON object. It may `extend` a shipped template.",
        examples=[
            "extends: platform_defaults\nid: tesla-q1-2026\nname: Tesla Q1 2026\ndomain: vehicles_ev\n"
        ],
    )
    organization: str | None = Field(default=None, description="Slug; needed when you belong to several.")
    message: str = Field(
        default="", max_length=500, description="What changes and why.", examples=["Longer holds"]
    )


@router.post(
    "/admin/sales_event",
    summary="Create or publish a Sales Event from its document",
    dependencies=[Depends(same_origin), Depends(Limit("publish"))],
    responses=problem_responses(401, 403, 404, 409, 410, 422, 429),
)
async def publish(
    runtime: RuntimeOf, actor: Staff, key: Key, body: Annotated[Publish, Body()]
) -> dict[str, Any]:
    """Validates, compiles, stores an immutable version and tells every process. All or nothing; an unchanged document
    gives the version in force. Problems name file, line, column and path."""
    return await publishing.publish(
        runtime, actor, document=body.document, organization=body.organization, message=body.message, key=key
    )


@router.get(
    "/sales_event/{event_id}",
    summary="What a storefront needs to begin",
    responses=problem_responses(404, 410),
)
async def sales_event(runtime: RuntimeOf, event_id: str) -> dict[str, Any]:
    """Name, branding, persona, tile contract, chips and actions of the version in force. Public."""
    return storefront.bootstrap(runtime, event_id)
