"""Who may do what in an organization, how it approves, and which flags it has. Shared by the API and the cockpit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.domains.events import approvals, releases
from backend.domains.events.lifecycle import to_json
from backend.domains.identity import service as identity
from backend.flows.config_views import member_view
from backend.flows.once import once, once_served
from backend.flows.runtime import Runtime


async def permissions(runtime: Runtime, actor: Actor, *, organization_id: UUID) -> dict[str, Any]:
    """The matrix. Shape: `{organization_id, members: [{user_id, email, role, config_permissions, overrides}], mine, presets}`.

    Raises: NotFound `identity.no_such_organization`, as do the others for who may not read configuration.
    """
    async with runtime.database.as_actor(actor) as ctx:
        mine = await identity.my_permissions_to_read(ctx, organization_id=organization_id)
        members = await identity.list_members(ctx, organization_id=organization_id)
        presets = await identity.presets(ctx)
    return {
        "organization_id": str(organization_id),
        "members": [member_view(member) for member in members],
        "mine": mine,
        "presets": presets,
    }


async def set_permissions(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    organization_id: UUID,
    user_id: UUID,
    config_permissions: Mapping[str, Any],
) -> dict[str, Any]:
    """Says what a member may do; names that are left out follow the role. Raises: as `identity.set_permissions`."""

    async def work(ctx: Context) -> dict[str, Any]:
        member = await identity.set_permissions(
            ctx, organization_id=organization_id, user_id=user_id, overrides=dict(config_permissions)
        )
        return {
            "organization_id": str(organization_id),
            **member_view(member),
            "updated_at": ctx.now.isoformat(),
            "updated_by": to_json(ctx.actor.user_id),
        }

    request = {"organization": organization_id, "user": user_id, "permissions": dict(config_permissions)}
    return await once(runtime, actor, operation="permissions", key=key, request=request, work=work)


async def approval_policy(runtime: Runtime, actor: Actor, *, organization_id: UUID) -> dict[str, Any]:
    """How many people have to agree, per risk. Raises: NotFound `identity.no_such_organization`."""
    async with runtime.database.as_actor(actor) as ctx:
        await identity.my_permissions_to_read(ctx, organization_id=organization_id)
        policy = await approvals.get_policy(ctx, organization_id=organization_id)
    return {"organization_id": str(organization_id), **to_json(policy)}


async def set_approval_policy(
    runtime: Runtime, actor: Actor, *, key: str, organization_id: UUID, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Changes what is named and leaves the rest. Raises: as `approvals.set_policy`."""

    async def work(ctx: Context) -> dict[str, Any]:
        policy = await approvals.set_policy(ctx, organization_id=organization_id, changes=changes)
        return {"organization_id": str(organization_id), **to_json(policy)}

    request = {"organization": organization_id, "changes": dict(changes)}
    return await once(runtime, actor, operation="approval-policy", key=key, request=request, work=work)


async def flags(runtime: Runtime, actor: Actor, *, organization_id: UUID) -> dict[str, Any]:
    """What the organization says of flags. Shape: `{organization_id, flags: [{name, is_on, note, updated_by, updated_at}]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        await identity.my_permissions_to_read(ctx, organization_id=organization_id)
        found = await releases.list_flags(ctx, organization_id=organization_id)
    return {"organization_id": str(organization_id), "flags": to_json(found)}


async def set_flag(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    organization_id: UUID,
    name: str,
    is_on: bool,
    note: str = "",
) -> dict[str, Any]:
    """Switches a flag for all events of an organization, at once. Raises: as `releases.set_flag`."""

    async def work(ctx: Context) -> dict[str, Any]:
        found = await releases.set_flag(
            ctx, organization_id=organization_id, name=name, is_on=is_on, note=note
        )
        return {"organization_id": str(organization_id), "flags": to_json(found)}

    request = {"organization": organization_id, "name": name, "is_on": is_on, "note": note}
    return await once_served(runtime, actor, operation="flags", key=key, request=request, work=work)
