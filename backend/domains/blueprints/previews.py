"""Verbs of a blueprint's preview: the sandbox nobody outside sees, and the imports that fill it, as tickets.

Running an import is a flow; a ticket is issued by the database once it has checked who asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Gone, NotFound
from backend.domains.blueprints.queries import imports as queries


class ImportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self not in (ImportStatus.QUEUED, ImportStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One import, asked for by somebody who may."""

    id: UUID
    organization_id: UUID
    event_id: UUID
    blueprint_id: UUID | None
    file_id: UUID | None
    connector_id: UUID | None
    source: str
    mapping: Mapping[str, Any] = field(repr=False)
    status: ImportStatus
    stage: str
    done: int
    total: int
    rows: int
    report: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    requested_by: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A document tried out on the seller's own rows. `slug` is that of its event, which only staff can look at."""

    id: UUID
    blueprint_id: UUID
    event_id: UUID
    slug: str
    organization_id: UUID
    catalogue_revision: int
    source: str = field(repr=False)
    canonical: str = field(repr=False)
    sha256: str
    rehearsal: Mapping[str, Any] | None
    seen_at: datetime | None
    created_at: datetime
    expires_at: datetime

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.canonical)


async def open_sandbox(
    ctx: Context, *, blueprint_id: UUID, slug: str, name: str, source: str, canonical: str, sha256: str
) -> Sandbox:
    """Makes the draft event, or renews document and end. Raises: Conflict `events.slug_taken`; NotFound; NotAllowed."""
    await queries.open_sandbox(
        ctx.conn, blueprint_id=blueprint_id, slug=slug, name=name, source=source, canonical=canonical, sha256=sha256
    )  # fmt: skip
    return await get_sandbox(ctx, blueprint_id=blueprint_id)


async def find_sandbox(ctx: Context, *, blueprint_id: UUID) -> Sandbox | None:
    """The newest one, also where it is over."""
    row = await queries.find_sandbox(ctx.conn, blueprint_id=blueprint_id)
    return Sandbox(**row) if row else None


async def get_sandbox(ctx: Context, *, blueprint_id: UUID) -> Sandbox:
    """Raises: NotFound `blueprints.no_sandbox`, also for one of others; Gone `blueprints.sandbox_over`."""
    found = await find_sandbox(ctx, blueprint_id=blueprint_id)
    if found is None:
        raise NotFound("blueprints.no_sandbox")
    if found.expires_at <= ctx.now:
        raise Gone("blueprints.sandbox_over")
    return found


async def note_seen(ctx: Context, *, sandbox_id: UUID) -> None:
    """That somebody has looked at it. Raises: NotFound `blueprints.no_sandbox`; Gone `blueprints.sandbox_over`."""
    await queries.see_sandbox(ctx.conn, sandbox_id=sandbox_id)


async def rehearse_holds(
    ctx: Context, *, sandbox_id: UUID, listing_id: int, buyers: int
) -> Mapping[str, Any]:
    """Buyers race for one unit, and all of it is undone. The system's own: ask `note_seen` as the person before."""
    return await queries.rehearse_holds(ctx.conn, sandbox_id=sandbox_id, listing_id=listing_id, buyers=buyers)


async def request_import(
    ctx: Context,
    *,
    event_id: UUID,
    blueprint_id: UUID | None,
    source: str,
    mapping: Mapping[str, Any],
    file_id: UUID | None = None,
    connector_id: UUID | None = None,
) -> Ticket:
    """A ticket for bringing a file or feed into an event. Raises: NotFound; NotAllowed; Gone `events.closed`."""
    row = await queries.request_import(
        ctx.conn, event_id=event_id, blueprint_id=blueprint_id, file_id=file_id, connector_id=connector_id,
        source=source[:200], mapping=mapping,
    )  # fmt: skip
    return _ticket(row)


async def get_import(ctx: Context, *, import_id: UUID) -> Ticket:
    """Raises: NotFound `blueprints.no_such_import`, also for one of others."""
    row = await queries.find_import(ctx.conn, import_id=import_id)
    if row is None:
        raise NotFound("blueprints.no_such_import", import_id=str(import_id))
    return _ticket(row)


async def list_imports(ctx: Context, *, blueprint_id: UUID) -> list[Ticket]:
    """Those of the newest sandbox, in the order they were asked for."""
    return [_ticket(row) for row in await queries.list_imports(ctx.conn, blueprint_id=blueprint_id)]


async def cancel_import(ctx: Context, *, import_id: UUID) -> Ticket:
    """Stops it; nothing of it remains. Raises: NotFound; NotAllowed."""
    await queries.cancel_import(ctx.conn, import_id=import_id)
    return await get_import(ctx, import_id=import_id)


async def claim_import(ctx: Context, *, import_id: UUID, lease_s: int) -> Ticket | None:
    """The ticket to work on, for as long as the lease lasts. The system's own."""
    row = await queries.claim_import(ctx.conn, import_id=import_id, lease_s=lease_s)
    return _ticket(row) if row else None


async def beat_import(
    ctx: Context, *, import_id: UUID, stage: str, done: int, total: int, rows: int, lease_s: int
) -> bool:
    """Says how far it is and keeps the lease. Shape: whether it is still wanted."""
    return await queries.beat_import(
        ctx.conn, import_id=import_id, stage=stage, done=done, total=total, rows=rows, lease_s=lease_s
    )


async def finish_import(
    ctx: Context,
    *,
    import_id: UUID,
    report: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
) -> bool:
    """What it brought, or why it could not be done. Shape: whether it was still wanted. The system's own."""
    return await queries.finish_import(ctx.conn, import_id=import_id, report=report, problem=problem)


async def list_left_imports(ctx: Context, *, limit: int = 20) -> list[UUID]:
    """Tickets that nobody works on though somebody asked. The system's own."""
    return await queries.list_left_imports(ctx.conn, limit=limit)


async def is_work_left(ctx: Context) -> bool:
    """Whether a sample or an import is left lying by whoever worked on it. Anybody may ask."""
    return await queries.is_work_left(ctx.conn)


async def discard(ctx: Context, *, blueprint_id: UUID) -> None:
    """Gives a blueprint up for good, and its draft event with it. Raises: NotFound; NotAllowed; Conflict."""
    await queries.discard_blueprint(ctx.conn, blueprint_id=blueprint_id)


async def tidy(ctx: Context) -> list[str]:
    """Ends sandboxes whose time is over. Shape: paths of samples to remove from storage. The system's own."""
    return await queries.tidy(ctx.conn)


def _ticket(row: Mapping[str, Any]) -> Ticket:
    values: dict[str, Any] = {**row, "status": ImportStatus(row["status"])}
    return Ticket(**values)
