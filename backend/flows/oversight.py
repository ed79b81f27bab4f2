"""Receipts of decisions and kill switches, for staff. The API and the cockpit share these.

A switch is a lever of the event's document or a flag of its organization: both reach open conversations at once.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import InvalidInput
from backend.domains.events import releases
from backend.domains.events import service as events
from backend.domains.policy import service
from backend.flows.once import once_served
from backend.flows.runtime import Runtime

#: Names of the kill switches, the same in the document, in flags and in the guard.
SWITCHES: Final = ("ai_off", "mutating_tools_off", "force_strict")


async def receipts(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    session_id: UUID | None = None,
    verdict: str | None = None,
    verb: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """Receipts of an event, newest first. Shape: `{receipts, cursor}`; no cursor after the last page."""
    place = _place(cursor) if cursor else None
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=slug)
        rows = await service.list_receipts(
            ctx, event_id=event.id, session_id=session_id, verdict=verdict, verb=verb, before=place, limit=limit
        )  # fmt: skip
    return {"receipts": rows, "cursor": _cursor(rows[-1]) if len(rows) == limit else None}


async def switches(runtime: Runtime, actor: Actor, *, slug: str) -> dict[str, Any]:
    """Kill switches of an event, of its organization, and what holds. Shape: `{event, organization, on}` by name."""
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=slug)
        found = await service.switches(ctx, event_id=event.id)
    return _switches(slug, found)


async def set_switch(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    name: str,
    is_on: bool,
    whole_organization: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """Switches at once, for every open conversation: a lever of the event's document, or a flag of its organization.

    Raises: as `releases.move_lever` and `releases.set_flag`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=slug)

    async def work(ctx: Context) -> dict[str, Any]:
        if whole_organization:
            await releases.set_flag(
                ctx, organization_id=event.organization_id, name=name, is_on=is_on, note=note
            )
        else:
            await releases.move_lever(ctx, slug=slug, path=f"/safety/{name}", value=is_on, message=note)
        return _switches(slug, await service.switches(ctx, event_id=event.id))

    request = {"slug": slug, "name": name, "on": is_on, "whole": whole_organization, "note": note}
    return await once_served(runtime, actor, operation="policy/switches", key=key, request=request, work=work)


def _switches(slug: str, found: service.Switches) -> dict[str, Any]:
    organization = {name: bool(found.organization.get(name)) for name in SWITCHES}
    return {"event_id": slug, "event": dict(found.event), "organization": organization, "on": found.on}


def _cursor(row: Mapping[str, Any]) -> str:
    place = [row["created_at"].isoformat(), str(row["session_id"]), row["n"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(cursor: str) -> service.Place:
    try:
        at, session, n = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        place = datetime.fromisoformat(at), UUID(session), int(n)
        if place[0].tzinfo is None or not 0 < place[2] < 2**31:
            raise ValueError(cursor)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput("policy.bad_cursor") from error
    return place
