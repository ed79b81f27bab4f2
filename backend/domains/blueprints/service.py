"""Verbs of blueprints: open one, add files, keep what was found and decided, judge it, hand it over to publishing.

Reading files, importing and publishing go through the world outside: they are flows. Who may what is decided by the
database functions that the queries call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.blueprints.model import Left, Remembered
from backend.domains.blueprints.queries import blueprints as queries
from backend.domains.blueprints.queries import files as file_queries
from backend.domains.blueprints.records import (
    LARGEST_FILE,
    Blueprint,
    BlueprintStatus,
    Clarification,
    FileStatus,
    SampleFile,
)
from backend.kit.text import storable

LONGEST_TITLE: Final = 200
LONGEST_NAME: Final = 300
LONGEST_SENTENCE: Final = 2000
_MOST_LISTED: Final = 200


async def open_blueprint(
    ctx: Context, *, organization_id: UUID, title: str, template: str = "", event_id: UUID | None = None
) -> Blueprint:
    """Begins one, for a new event or for the next files of one that exists.

    Raises: NotFound; NotAllowed `identity.needs_permission`; InvalidInput `blueprints.needs_title`.
    """
    blueprint_id = await queries.open_blueprint(
        ctx.conn, organization_id=organization_id, title=_title(title), template=template, event_id=event_id
    )
    return await get_blueprint(ctx, blueprint_id=blueprint_id)


async def get_blueprint(ctx: Context, *, blueprint_id: UUID) -> Blueprint:
    """Raises: NotFound `blueprints.no_such_blueprint`, also for one of others."""
    row = await queries.find_blueprint(ctx.conn, blueprint_id=blueprint_id)
    if row is None:
        raise NotFound("blueprints.no_such_blueprint", blueprint_id=str(blueprint_id))
    return _blueprint(row)


async def list_blueprints(ctx: Context) -> list[Blueprint]:
    """Those of the actor's organizations, the last changed first."""
    return [_blueprint(row) for row in await queries.list_blueprints(ctx.conn, limit=_MOST_LISTED)]


async def change_blueprint(
    ctx: Context, *, blueprint_id: UUID, revision: int, changes: Mapping[str, Any]
) -> Blueprint:
    """Title, template, choices, edited document: what is named changes. Raises: Conflict `blueprints.stale`."""
    wanted = dict(changes)
    if "title" in wanted:
        wanted["title"] = _title(wanted["title"])
    await queries.change_blueprint(ctx.conn, blueprint_id=blueprint_id, revision=revision, changes=wanted)
    return await get_blueprint(ctx, blueprint_id=blueprint_id)


async def list_files(ctx: Context, *, blueprint_id: UUID, whole: bool = False) -> list[SampleFile]:
    """In the order they came; `whole` adds the profiles that comparing needs."""
    rows = await file_queries.list_files(ctx.conn, blueprint_id=blueprint_id, whole=whole)
    return [_file(row) for row in rows]


async def get_file(ctx: Context, *, file_id: UUID) -> SampleFile:
    """Raises: NotFound `blueprints.no_such_file`, also for one of others."""
    row = await file_queries.find_file(ctx.conn, file_id=file_id)
    if row is None:
        raise NotFound("blueprints.no_such_file", file_id=str(file_id))
    return _file(row)


async def add_file(
    ctx: Context,
    *,
    blueprint_id: UUID,
    kind: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    path: str,
) -> SampleFile:
    """One more file; the same bytes a second time are the same file.

    Raises: InvalidInput `blueprints.file_too_large`; Conflict `blueprints.too_many_files`, `blueprints.too_much`,
    `blueprints.is_over`; NotFound.
    """
    if size > LARGEST_FILE:
        raise InvalidInput("blueprints.file_too_large", file=name, limit_bytes=LARGEST_FILE)
    row = await file_queries.add_file(
        ctx.conn, blueprint_id=blueprint_id, kind=kind, name=name, media_type=media_type, size=size,
        sha256=sha256, path=path,
    )  # fmt: skip
    return _file(row)


async def claim_file(ctx: Context, *, file_id: UUID, lease_s: int) -> SampleFile | None:
    """The file to read, for as long as the lease lasts; None where it is somebody else's or done."""
    row = await file_queries.claim_file(ctx.conn, file_id=file_id, lease_s=lease_s)
    return _file(row) if row else None


async def note_progress(
    ctx: Context, *, file_id: UUID, stage: str, done: int, total: int, lease_s: int
) -> bool:
    """Keeps the lease and says how far reading has come. Shape: whether it is still wanted."""
    return await file_queries.note_file(
        ctx.conn, file_id=file_id, stage=stage, done=done, total=total, lease_s=lease_s
    )


async def finish_file(
    ctx: Context,
    *,
    file_id: UUID,
    kind: str | None = None,
    findings: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
) -> SampleFile:
    """Keeps what was found, or why nothing could be. A file that was cancelled meanwhile stays cancelled."""
    row = await file_queries.finish_file(
        ctx.conn, file_id=file_id, kind=kind, findings=findings, problem=problem
    )
    return _file(row)


async def steer_file(ctx: Context, *, file_id: UUID, verb: str) -> SampleFile:
    """`cancel`, `retry` or `remove` a file. Raises: NotFound; NotAllowed; Conflict `blueprints.is_over`."""
    return _file(await file_queries.steer_file(ctx.conn, file_id=file_id, verb=verb))


async def list_unread(ctx: Context, *, limit: int = 20) -> list[UUID]:
    """Files that nobody reads just now though somebody wants them read."""
    return await file_queries.list_unread(ctx.conn, limit=limit)


async def decide(
    ctx: Context, *, revision: int, decisions: Mapping[UUID, Mapping[str, Mapping[str, Any] | None]]
) -> int:
    """Keeps decisions by file and column; None takes one back. Shape: the revision afterwards.

    Raises: NotFound `blueprints.no_such_file`; Conflict `blueprints.stale` with `revision`, `blueprints.is_over`.
    """
    for file_id, of_file in decisions.items():
        revision = await file_queries.decide_file(
            ctx.conn, file_id=file_id, revision=revision, decisions=of_file
        )
    return revision


async def keep_clarification(
    ctx: Context, *, blueprint_id: UUID, said: str, understood: str, changes: Sequence[Mapping[str, Any]]
) -> Clarification:
    """A sentence and the changes it stands for; nothing is changed yet."""
    row = await queries.keep_clarification(
        ctx.conn, blueprint_id=blueprint_id, said=storable(said)[:LONGEST_SENTENCE],
        understood=understood[:4000], changes=[dict(change) for change in changes],
    )  # fmt: skip
    return _clarification(row)


async def apply_clarification(ctx: Context, *, clarification_id: UUID) -> Clarification:
    """Marks it as applied. Raises: NotFound `blueprints.no_such_clarification`; Conflict `blueprints.already_applied`."""
    return _clarification(await queries.apply_clarification(ctx.conn, clarification_id=clarification_id))


async def list_clarifications(ctx: Context, *, blueprint_id: UUID) -> list[Clarification]:
    """Those that were applied, oldest first."""
    rows = await queries.list_clarifications(ctx.conn, blueprint_id=blueprint_id)
    return [_clarification(row) for row in rows]


async def remember(
    ctx: Context, *, organization_id: UUID, remembered: Sequence[Remembered], source: str = ""
) -> None:
    """Keeps what a seller confirmed, for the next file."""
    for one in remembered:
        await queries.remember_column(
            ctx.conn, organization_id=organization_id, source=source, header=one.header[:300],
            targets=list(one.targets), reason=one.left, entry=dict(one.column), said=one.said[:LONGEST_SENTENCE],
        )  # fmt: skip


async def forget(ctx: Context, *, organization_id: UUID, header: str, source: str = "") -> None:
    """Takes back what was remembered of a header."""
    await queries.forget_column(ctx.conn, organization_id=organization_id, source=source, header=header)


async def list_remembered(ctx: Context, *, organization_id: UUID) -> tuple[Remembered, ...]:
    """What the seller confirmed of any list, the most confirmed first; one entry a header."""
    found: dict[str, Remembered] = {}
    for row in await queries.list_remembered(ctx.conn, organization_id=organization_id):
        left = Left(row["reason"]) if row["reason"] else None
        one = Remembered(row["header"], tuple(row["targets"]), left, row["entry"], row["said"], row["times"])
        found.setdefault(one.header, one)
    return tuple(found.values())


async def list_confirmed_profiles(ctx: Context, *, organization_id: UUID) -> list[Mapping[str, Any]]:
    """Lists the organization went live with. Shape: `{id, name, event_id, profile}`, the newest first."""
    rows = await file_queries.list_confirmed_profiles(ctx.conn, organization_id=organization_id, limit=40)
    return list(rows)


async def judge(ctx: Context, *, blueprint_id: UUID, verdict: str, reason: str = "") -> Blueprint:
    """`submit`, `request_edits` or `reject`. Raises: InvalidInput `blueprints.needs_reason`; NotAllowed; Conflict."""
    await queries.judge_blueprint(
        ctx.conn, blueprint_id=blueprint_id, verdict=verdict, reason=storable(reason)
    )
    return await get_blueprint(ctx, blueprint_id=blueprint_id)


async def note_published(ctx: Context, *, blueprint_id: UUID) -> Blueprint:
    """That its event is live. Raises: Conflict `blueprints.not_published`."""
    await queries.publish_blueprint(ctx.conn, blueprint_id=blueprint_id)
    return await get_blueprint(ctx, blueprint_id=blueprint_id)


def changeable(blueprint: Blueprint, revision: int) -> None:
    """Refuses early what the database would refuse. Raises: Conflict `blueprints.is_over`, `blueprints.stale`."""
    if blueprint.status.is_over:
        raise Conflict("blueprints.is_over", status=blueprint.status.value)
    if blueprint.revision != revision:
        raise Conflict("blueprints.stale", revision=blueprint.revision)


def _title(text: str) -> str:
    title = " ".join(storable(text).split())[:LONGEST_TITLE]
    if not title:
        raise InvalidInput("blueprints.needs_title")
    return title


def _blueprint(row: Mapping[str, Any]) -> Blueprint:
    values: dict[str, Any] = {**row, "status": BlueprintStatus(row["status"])}
    return Blueprint(**values)


def _file(row: Mapping[str, Any]) -> SampleFile:
    values: dict[str, Any] = {**row, "status": FileStatus(row["status"])}
    return SampleFile(**values)


def _clarification(row: Mapping[str, Any]) -> Clarification:
    values: dict[str, Any] = {**row, "changes": tuple(row["changes"])}
    return Clarification(**values)
