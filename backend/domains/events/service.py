"""Verbs of events: create, publish, read. `compiling` says what a document means, row-level security who may.

Publishing is one insert: the database puts the version in force and tells every process in the same commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from backend.domains.events.compiling import compile_document, completed, patched_document
from backend.domains.events.model import (
    Bundle,
    Compilation,
    Compiled,
    Document,
    Event,
    EventStatus,
    EventVersion,
    Library,
    Problem,
    ServedHead,
    Source,
    VersionHead,
)
from backend.domains.events.overlay import with_kills
from backend.domains.events.queries import versions as queries
from backend.domains.events.switches import with_switches
from backend.domains.events.templates import Folder
from backend.domains.events.writing import inline, whole_document
from backend.kit.text import is_storable, storable

LONGEST_MESSAGE = 500


def shipped_templates() -> Library:
    """The documents that come with the product, such as `platform_defaults`."""
    return Folder()


def check(source: Source, library: Library) -> Compilation:
    """What a document would compile to, and its problems. Changes nothing."""
    return compile_document(source, library)


def written(value: Mapping[str, Any]) -> str:
    """Values as YAML that an author could have written."""
    return whole_document(value)


def written_inline(value: Any) -> str:
    """The same of one value, in one line, as it may stand in a list."""
    return inline(value)


def origins(source: Source, library: Library) -> dict[str, str]:
    """Which layer set each value of the compiled document, by JSON Pointer: “this document”, a template, or “default”.

    Empty for a document that does not compile.
    """
    compiled = compile_document(source, library).compiled
    return dict(compiled.origins) if compiled else {}


def bounded(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """What somebody typed, as it can be stored."""
    return storable(text).strip()[:longest]


def document_for(document: Document, arms: Mapping[str, str]) -> Document:
    """The document as a conversation with these arms (experiment key → arm key) gets it.

    An arm may lay its patch over anything but a path of class kill.
    """
    return with_kills(patched_document(document, arms), document)


async def create_event(ctx: Context, *, organization_id: UUID, slug: str, name: str) -> Event:
    """A draft without a version. Raises: Conflict `events.slug_taken`; NotAllowed."""
    row = await queries.add_event(
        ctx.conn, organization_id=organization_id, slug=slug, name=name, created_by=ctx.actor.user_id
    )
    if row is None:
        raise Conflict("events.slug_taken", slug=slug)
    return _event(row)


async def publish(
    ctx: Context,
    *,
    source: Source,
    library: Library,
    message: str = "",
    slug: str | None = None,
    organization_id: UUID | None = None,
) -> EventVersion:
    """Puts a document in force for the event it names. An equal document changes nothing.

    `slug` is the event the caller means, if the document must not name another. With `organization_id`, an
    event that is not there yet is created.
    Raises: InvalidInput `events.invalid_document` with `problems`; NotFound; NotAllowed
    `events.may_not_publish`; Conflict `events.slug_taken`, `events.needs_approval`, `events.breaking_change`;
    Gone `events.closed`.
    """
    compiled = await asyncio.to_thread(compiled_for, source, library, slug)
    event = await _event_to_publish(ctx, compiled, organization_id)
    locked = await queries.lock_event(ctx.conn, event_id=event.id)
    if locked is None:
        raise NotAllowed("events.may_not_publish", slug=event.slug)
    current = await _find_version(ctx, locked["current_version_id"])
    if current is not None and current.sha256 == compiled.sha256:
        return current
    row = await queries.add_version(
        ctx.conn,
        event_id=event.id,
        number=await next_number(ctx, event_id=event.id),
        canonical=compiled.canonical,
        source=compiled.source,
        sha256=compiled.sha256,
        message=bounded(message),
    )
    return _version(row, is_new=True)


async def change_status(ctx: Context, *, slug: str, status: EventStatus) -> Event:
    """Pauses, resumes or closes an event. Processes learn of it with their next poll.

    Raises: NotFound; NotAllowed `events.may_not_publish`; Conflict `events.never_published`.
    """
    event = await get_event(ctx, slug=slug)
    if event.current_version_id is None:
        raise Conflict("events.never_published", slug=slug)
    if await queries.set_status(ctx.conn, event_id=event.id, status=status) is None:
        raise NotAllowed("events.may_not_publish", slug=slug)
    return await get_event(ctx, slug=slug)


async def get_event(ctx: Context, *, slug: str) -> Event:
    """Raises: NotFound `events.not_found`, also for an event of others."""
    event = await find_event(ctx, slug=slug)
    if event is None:
        raise NotFound("events.not_found", slug=slug)
    return event


async def get_readable(ctx: Context, *, slug: str) -> Event:
    """An event whose documents the actor may read. Raises: NotFound `events.not_found`."""
    event = await get_event(ctx, slug=slug)
    if not await queries.may(ctx.conn, organization_id=event.organization_id, permission="view_config"):
        raise NotFound("events.not_found", slug=slug)
    return event


async def find_event(ctx: Context, *, slug: str) -> Event | None:
    """None also for an event of others."""
    row = await queries.find_event(ctx.conn, slug=slug) if is_storable(slug) else None
    return _event(row) if row else None


async def wait_for_others(ctx: Context, *, event_id: UUID) -> None:
    """Lets publishers of one event go one after the other, as far as the actor may publish it."""
    await queries.lock_event(ctx.conn, event_id=event_id)


async def list_events(ctx: Context, *, limit: int = 100, after: str = "") -> list[Event]:
    """Events of the actor's organizations by slug; `after` is the last slug of the page before."""
    return [_event(row) for row in await queries.list_events(ctx.conn, limit=limit, after=after)]


async def get_version(ctx: Context, *, version_id: UUID) -> EventVersion:
    """Raises: NotFound `events.no_such_version`."""
    row = await queries.find_version(ctx.conn, version_id=version_id)
    if row is None:
        raise NotFound("events.no_such_version", version_id=str(version_id))
    return _version(row)


async def find_version_number(ctx: Context, *, slug: str, number: int) -> EventVersion | None:
    """Raises: NotFound `events.not_found`."""
    event = await get_readable(ctx, slug=slug)
    row = await queries.find_version_number(ctx.conn, event_id=event.id, number=number)
    return _version(row) if row else None


async def get_version_number(ctx: Context, *, slug: str, number: int) -> EventVersion:
    """Raises: NotFound `events.not_found`, `events.no_such_version`."""
    found = await find_version_number(ctx, slug=slug, number=number)
    if found is None:
        raise NotFound("events.no_such_version", slug=slug, number=number)
    return found


async def get_in_force(ctx: Context, *, slug: str) -> EventVersion:
    """The version in force. Raises: NotFound `events.not_found`; Conflict `events.never_published`."""
    event = await get_readable(ctx, slug=slug)
    version = await _find_version(ctx, event.current_version_id)
    if version is None:
        raise Conflict("events.never_published", slug=slug)
    return version


async def baseline_of(ctx: Context, version: EventVersion) -> Document:
    """The document that the levers of a version are measured from: that of the last one that passed the gate."""
    if version.baseline_id is None or version.baseline_id == version.id:
        return version.document
    return (await get_version(ctx, version_id=version.baseline_id)).document


async def find_newest(ctx: Context, *, organization_id: UUID) -> EventVersion | None:
    """The version that came into force last in an organization."""
    row = await queries.find_newest(ctx.conn, organization_id=organization_id)
    return _version(row) if row else None


async def next_number(ctx: Context, *, event_id: UUID) -> int:
    """The number of the next version, unless somebody else is faster."""
    return 1 + await queries.last_number(ctx.conn, event_id=event_id)


async def list_versions(
    ctx: Context, *, slug: str, limit: int = 50, before: int = 2**31 - 1
) -> list[VersionHead]:
    """Versions of an event, the newest first; `before` is the last number of the page before."""
    event = await get_readable(ctx, slug=slug)
    rows = await queries.list_versions(ctx.conn, event_id=event.id, limit=limit, before=before)
    return [VersionHead(**row) for row in rows]


async def get_organization_id(ctx: Context, *, slug: str) -> UUID:
    """Raises: NotFound `identity.no_such_organization`."""
    organization_id = await queries.organization_id(ctx.conn, slug=slug)
    if organization_id is None:
        raise NotFound("identity.no_such_organization", slug=slug)
    return organization_id


async def list_served(ctx: Context, *, event_id: UUID | None = None) -> list[Bundle]:
    """The versions in force, of one event or of all."""
    return [_bundle(row) for row in await queries.served_versions(ctx.conn, event_id=event_id)]


async def list_served_heads(ctx: Context) -> list[ServedHead]:
    """Which version is in force where: the cheap question behind the poll."""
    rows = await queries.served_heads(ctx.conn)
    return [ServedHead(**_with_status(row)) for row in rows]


async def list_in_use(ctx: Context, *, version_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these versions that open conversations have."""
    return await queries.versions_in_use(ctx.conn, version_ids=version_ids)


async def find_pinned(ctx: Context, *, version_id: UUID) -> Bundle | None:
    """One version as it is served to a conversation that pinned it, in force or not."""
    row = await queries.pinned_version(ctx.conn, version_id=version_id)
    return _bundle(row) if row else None


def checked_for(source: Source, library: Library, slug: str | None) -> Compilation:
    """As `check`, for the event of that slug: a document that names another, or no address, has an error more."""
    compilation = compile_document(source, library)
    if compilation.compiled is None:
        return compilation
    identifier = compilation.compiled.id
    if slug is not None and slug != identifier:
        message = f"This is the document of “{identifier}”, not of “{slug}”."
        return Compilation(None, (_id_problem(source, identifier, message, slug), *compilation.problems))
    if "_" in identifier or len(identifier) < 2:
        message = (
            f"“{identifier}” cannot be part of an address: an event's id has small letters, digits and -."
        )
        guess = identifier.replace("_", "-")
        return Compilation(None, (_id_problem(source, identifier, message, guess), *compilation.problems))
    return compilation


def compiled_for(source: Source, library: Library, slug: str | None) -> Compiled:
    """The compiled document. Raises: InvalidInput `events.invalid_document` with `problems`."""
    compilation = checked_for(source, library, slug)
    if compilation.compiled is None:
        raise invalid(compilation.problems)
    return compilation.compiled


async def compiled_apart(source: Source, slug: str | None) -> Compiled:
    """The same with the shipped templates, in a thread: a long document holds nobody else up."""
    return await asyncio.to_thread(compiled_for, source, shipped_templates(), slug)


def invalid(problems: Sequence[Problem]) -> InvalidInput:
    """The error that carries what is wrong with a document."""
    return InvalidInput("events.invalid_document", problems=[problem.facts() for problem in problems])


def _id_problem(source: Source, found: str, message: str, nearest: str) -> Problem:
    return Problem("/id", "wrong_id", message, source.file, found=found, nearest=nearest)


async def _event_to_publish(ctx: Context, compiled: Compiled, organization_id: UUID | None) -> Event:
    event = await find_event(ctx, slug=compiled.id)
    if event is not None and (organization_id is None or event.organization_id == organization_id):
        return event
    if event is not None:
        raise Conflict("events.slug_taken", slug=compiled.id)
    if organization_id is None:
        raise NotFound("events.not_found", slug=compiled.id)
    name = str(compiled.document["name"])
    return await create_event(ctx, organization_id=organization_id, slug=compiled.id, name=name)


async def _find_version(ctx: Context, version_id: UUID | None) -> EventVersion | None:
    row = await queries.find_version(ctx.conn, version_id=version_id) if version_id else None
    return _version(row) if row else None


def _event(row: dict[str, Any]) -> Event:
    return Event(**_with_status(row))


def _with_status(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"status": EventStatus(row["status"])}


def _version(row: dict[str, Any], *, is_new: bool = False) -> EventVersion:
    stored: dict[str, Any] = {**row, "document": completed(row["document"]), "is_new": is_new}
    return EventVersion(**stored)


def _bundle(row: dict[str, Any]) -> Bundle:
    document = with_switches(completed(row["document"]), row["organization_flags"])
    stored: dict[str, Any] = {**_with_status(row), "document": document}
    return Bundle(**stored)
