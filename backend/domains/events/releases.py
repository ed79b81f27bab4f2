"""Verbs on what is or was in force: compare, go back, move levers, read the history, clone, switch flags."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput
from backend.domains.events import drafts, service
from backend.domains.events.changes import Diff, diff
from backend.domains.events.editing import Edit, edited
from backend.domains.events.levers import LeverView, Move, levers_of, moved, undone
from backend.domains.events.lifecycle import (
    AuthorType,
    Carry,
    Consequences,
    Flag,
    HeldUnit,
    HistoryLine,
    Origin,
    SavedDraft,
    chosen,
)
from backend.domains.events.model import EventVersion, Source, steps
from backend.domains.events.queries import releases as queries

#: Lever moves are looked through this far back; a version that passes the gate begins anew.
_MOST_MOVES: Final = 50


async def compare(ctx: Context, *, slug: str, before: int, after: int) -> Diff:
    """What changed from one version to another. Raises: NotFound `events.no_such_version`."""
    old = await service.get_version_number(ctx, slug=slug, number=before)
    new = await service.get_version_number(ctx, slug=slug, number=after)
    baseline = await service.baseline_of(ctx, old)
    return await asyncio.to_thread(diff, old.document, new.document, baseline=baseline)


async def consequences(ctx: Context, *, slug: str, target: int) -> Consequences:
    """What going back to a version would mean for who is here now. Raises: NotFound; NotAllowed."""
    event = await service.get_readable(ctx, slug=slug)
    row = await queries.consequences(ctx.conn, event_id=event.id, target=target)
    return _consequences(row)


async def roll_back(
    ctx: Context,
    *,
    slug: str,
    target: int,
    reason: str,
    carry: str | None = None,
    current: UUID | None = None,
) -> EventVersion:
    """Puts a new version in force that equals an old one. `current` is the version the caller saw in force.

    Raises: NotFound `events.no_such_version`; NotAllowed `identity.needs_permission`; InvalidInput
    `events.reason_needed`; Conflict `events.version_taken`, `events.nothing_changed`, `events.breaking_change`.
    """
    in_force = await service.get_in_force(ctx, slug=slug)
    version_id = await queries.roll_back(
        ctx.conn,
        event_id=in_force.event_id,
        current=current or in_force.id,
        target=target,
        reason=service.bounded(reason),
        carry=chosen(Carry, carry) if carry else None,
    )
    return replace(await service.get_version(ctx, version_id=version_id), is_new=True)


async def levers(ctx: Context, *, slug: str) -> list[LeverView]:
    """Every lever of the version in force. Raises: NotFound; Conflict `events.never_published`."""
    current = await service.get_in_force(ctx, slug=slug)
    baseline = await service.baseline_of(ctx, current)
    return levers_of(current.document, baseline, await _moves(ctx, current))


async def move_lever(
    ctx: Context, *, slug: str, path: Sequence[str] | str, value: Any, message: str = ""
) -> EventVersion:
    """Puts a lever at a value inside its range, at once and without approval. `path` in steps or as JSON Pointer.

    A ranking weight takes from or gives to the others, so that the sum stays 1.
    Raises: NotFound; NotAllowed `events.outside_lever`, `identity.needs_permission`; InvalidInput `events.invalid_document`;
    Conflict `events.version_taken`.
    """
    current = await service.get_in_force(ctx, slug=slug)
    baseline = await service.baseline_of(ctx, current)
    values = moved(current.document, baseline, _steps(path), value)
    return await _set(ctx, slug, current, values, message)


async def undo_lever(ctx: Context, *, slug: str, path: Sequence[str] | str | None = None) -> EventVersion:
    """Takes back the last move of a lever, or of any. Raises: as `move_lever`; Conflict `events.nothing_to_undo`."""
    current = await service.get_in_force(ctx, slug=slug)
    values = undone(await _moves(ctx, current), _steps(path) if path else None)
    if not values:
        raise Conflict("events.nothing_to_undo", slug=slug)
    return await _set(ctx, slug, current, values, "")


async def history(
    ctx: Context, *, slug: str, limit: int = 50, offset: int = 0, author_type: str | None = None
) -> tuple[list[HistoryLine], int]:
    """Versions, newest first, and how many there are. `author_type`: member, assistant, system; None for all."""
    event = await service.get_readable(ctx, slug=slug)
    author = chosen(AuthorType, author_type) if author_type else None
    rows = await queries.history(ctx.conn, event_id=event.id, limit=limit, offset=offset, author_type=author)
    total = rows[0]["total"] if rows else 0
    return [_line(row) for row in rows], total


async def clone_event(
    ctx: Context, *, slug: str, new_slug: str, name: str, organization_id: UUID | None = None
) -> SavedDraft:
    """A new event with a draft that holds what is in force in another; nobody is served before it is published.

    Raises: NotFound; NotAllowed; Conflict `events.slug_taken`, `events.never_published`; InvalidInput
    `events.invalid_document`.
    """
    current = await service.get_in_force(ctx, slug=slug)
    edits = [Edit("set", ("id",), new_slug), Edit("set", ("name",), name)]
    text = await asyncio.to_thread(edited, current.source, edits)
    await service.compiled_apart(Source(text), new_slug)
    event = await service.create_event(
        ctx, organization_id=organization_id or current.organization_id, slug=new_slug, name=name
    )
    title = f"Clone of {slug}, version {current.number}"
    return await drafts.save_draft(ctx, slug=event.slug, source_text=text, title=title, origin=Origin.CLONE)


async def list_flags(ctx: Context, *, organization_id: UUID) -> list[Flag]:
    """What the organization says of flags; the rest is up to each event's document."""
    return [Flag(**row) for row in await queries.list_flags(ctx.conn, organization_id=organization_id)]


async def set_flag(
    ctx: Context, *, organization_id: UUID, name: str, is_on: bool, note: str = ""
) -> list[Flag]:
    """Switches a flag for all events of an organization. Raises: NotFound; NotAllowed `identity.needs_permission`."""
    await queries.set_flag(
        ctx.conn, organization_id=organization_id, name=name, is_on=is_on, note=service.bounded(note)
    )
    return await list_flags(ctx, organization_id=organization_id)


async def _moves(ctx: Context, current: EventVersion) -> list[Move]:
    rows = await queries.lever_moves(
        ctx.conn,
        event_id=current.event_id,
        baseline_id=current.baseline_id or current.id,
        limit=_MOST_MOVES,
    )
    return [Move(row["before"], row["document"], row["created_at"], row["author_email"]) for row in rows]


async def _set(
    ctx: Context, slug: str, current: EventVersion, values: Mapping[tuple[str, ...], Any], message: str
) -> EventVersion:
    """Writes values into the text in force and publishes it as a move of levers; an equal document changes nothing."""
    edits = [Edit("set", path, value) for path, value in values.items()]
    text = await asyncio.to_thread(edited, current.source, edits)
    compiled = await service.compiled_apart(Source(text), slug)
    if compiled.sha256 == current.sha256:
        return current
    found = await asyncio.to_thread(diff, current.document, compiled.document)
    said = service.bounded(message) or service.bounded("; ".join(change.text for change in found.changes))
    version_id = await queries.move_lever(
        ctx.conn,
        event_id=current.event_id,
        number=await service.next_number(ctx, event_id=current.event_id),
        canonical=compiled.canonical,
        source=compiled.source,
        sha256=compiled.sha256,
        message=said,
    )
    return replace(await service.get_version(ctx, version_id=version_id), is_new=True)


def _steps(path: Sequence[str] | str) -> tuple[str, ...]:
    found = steps(path) if isinstance(path, str) else tuple(path)
    if not found:
        raise InvalidInput("events.no_such_choice", found="", expected=["the path of a lever"])
    return found


def _held(row: Mapping[str, Any]) -> HeldUnit:
    """A hold as JSON tells it: ids and moments are text there."""
    return HeldUnit(
        hold_id=UUID(row["hold_id"]),
        listing_id=row["listing_id"],
        title=row["title"],
        expires_at=datetime.fromisoformat(row["expires_at"]),
        deposit_required=row["deposit_required"],
        version=row["version"],
    )


def _consequences(row: dict[str, Any]) -> Consequences:
    holds = tuple(_held(hold) for hold in row["holds"])
    return Consequences(
        target=row["target"],
        current=row["current"],
        conversations=row["conversations"],
        holds=holds,
        deposits=row["deposits"],
        money_minor=row["money_minor"],
        currency=row["currency"],
        versions_undone=tuple(row["versions_undone"]),
        gone=tuple(row["gone"]),
    )


def _line(row: dict[str, Any]) -> HistoryLine:
    values: dict[str, Any] = {name: value for name, value in row.items() if name != "total"}
    for name in ("sections", "approvals", "gone"):
        values[name] = tuple(values[name])
    values["author_type"] = AuthorType(row["author_type"])
    return HistoryLine(**values)
