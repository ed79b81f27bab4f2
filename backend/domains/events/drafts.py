"""Verbs of drafts: keep one, change it, put it forward, judge it, put it in force.

A draft may hold a text with errors; it then has no compiled form and cannot be put forward. Who may do what, and whether
enough people agreed, is decided by the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import unified_diff
from itertools import islice
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, NotFound
from backend.domains.events import service
from backend.domains.events.changes import Diff, diff
from backend.domains.events.editing import Edit, edited
from backend.domains.events.joining import Joined, join
from backend.domains.events.lifecycle import (
    Carry,
    Draft,
    DraftHead,
    DraftStatus,
    Needs,
    Origin,
    Review,
    SavedDraft,
    Verdict,
    chosen,
    to_json,
)
from backend.domains.events.model import Compilation, EventVersion, Source
from backend.domains.events.queries import drafts as queries
from backend.kit.text import is_storable

LONGEST_TITLE: Final = 200
LONGEST_REASON: Final = 2000
_MOST_LINES: Final = 400
_WAITING: Final = tuple(status for status in DraftStatus if not status.is_over)


async def save_draft(
    ctx: Context,
    *,
    slug: str,
    source_text: str,
    title: str = "",
    draft_id: UUID | None = None,
    revision: int | None = None,
    origin: str = Origin.EDIT,
    branch_id: UUID | None = None,
    branch_number: int | None = None,
    base_version_id: UUID | None = None,
) -> SavedDraft:
    """Keeps a new draft of the version in force, or the next revision of one. A text with errors is kept as well.

    `base_version_id` says which version the text was written against, where that is not the one known so far;
    `branch_number` which version of the branch it has in it.
    Raises: NotFound `events.not_found`, `events.no_such_draft`; NotAllowed `identity.needs_permission`; Conflict
    `events.draft_stale` with `revision` and `changes`, `events.draft_over`; Gone `events.draft_expired`; InvalidInput
    `events.invalid_document` for what is no text.
    """
    event = await service.get_readable(ctx, slug=slug)
    known = await get_draft(ctx, draft_id=draft_id) if draft_id else None
    if known is not None and known.event_id != event.id:
        raise NotFound("events.no_such_draft", draft_id=str(known.id))
    compilation = await asyncio.to_thread(
        service.checked_for, Source(source_text), service.shipped_templates(), slug
    )
    if not is_storable(source_text):
        raise service.invalid(compilation.problems)
    base = base_version_id or (known.base_version_id if known else event.current_version_id)
    saved_id = await _keep(
        ctx, known, compilation,
        draft_id=draft_id, event_id=event.id, revision=revision, base_version_id=base, source=source_text,
        title=service.bounded(title, LONGEST_TITLE) or (None if known else ""), origin=chosen(Origin, origin),
        branch_id=branch_id, branch_number=branch_number,
    )  # fmt: skip
    draft = await get_draft(ctx, draft_id=saved_id)
    return SavedDraft(draft, compilation.problems, await _diff_of(ctx, draft))


async def get_draft(ctx: Context, *, draft_id: UUID) -> Draft:
    """Raises: NotFound `events.no_such_draft`, also for a draft of others."""
    row = await queries.find_draft(ctx.conn, draft_id=draft_id)
    if row is None:
        raise NotFound("events.no_such_draft", draft_id=str(draft_id))
    return _draft(row)


async def list_drafts(
    ctx: Context, *, slug: str | None = None, status: str | None = None, limit: int = 200
) -> list[DraftHead]:
    """Drafts that go on, the last changed first; `status` asks for one kind, over or not."""
    event_id = (await service.get_readable(ctx, slug=slug)).id if slug else None
    statuses = [chosen(DraftStatus, status)] if status else list(_WAITING)
    rows = await queries.list_drafts(ctx.conn, event_id=event_id, statuses=[*statuses], limit=limit)
    return [_head(row) for row in rows]


async def find_put_forward(ctx: Context, *, event_id: UUID, sha256: str) -> DraftHead | None:
    """The actor's own draft of this document that is in review or approved, and neither behind nor expired."""
    row = await queries.find_put_forward(ctx.conn, event_id=event_id, sha256=sha256)
    return _head(row) if row else None


async def list_waiting(ctx: Context, *, slug: str | None = None, limit: int = 200) -> list[DraftHead]:
    """Drafts in review that the actor may judge and has not yet, the longest waiting first."""
    event_id = (await service.get_readable(ctx, slug=slug)).id if slug else None
    return [_head(row) for row in await queries.list_waiting(ctx.conn, event_id=event_id, limit=limit)]


async def draft_diff(ctx: Context, draft_id: UUID) -> Diff:
    """How a draft differs from the version it was begun from. Raises: NotFound; Conflict `events.draft_invalid`."""
    draft = await get_draft(ctx, draft_id=draft_id)
    found = await _diff_of(ctx, draft)
    if found is None:
        raise Conflict("events.draft_invalid", draft_id=str(draft_id))
    return found


async def edit_draft(ctx: Context, *, draft_id: UUID, revision: int, edits: Sequence[Edit]) -> SavedDraft:
    """Changes places of a draft's text and keeps comments and order. Raises: as `save_draft`; `events.draft_invalid`."""
    draft = await get_draft(ctx, draft_id=draft_id)
    text = await asyncio.to_thread(edited, draft.source, edits)
    return await save_draft(
        ctx, slug=draft.slug, source_text=text, draft_id=draft_id, revision=revision, origin=draft.origin
    )


async def submit(ctx: Context, *, draft_id: UUID, revision: int, message: str = "") -> Draft:
    """Puts a draft forward: to review, or approved at once where nobody has to agree.

    Raises: NotFound; NotAllowed `identity.needs_permission`; Conflict `events.draft_invalid`, `events.base_moved`,
    `events.nothing_changed`, `events.draft_stale`, `events.draft_over`; Gone `events.draft_expired`.
    """
    await queries.submit_draft(
        ctx.conn, draft_id=draft_id, revision=revision, message=service.bounded(message)
    )
    return await get_draft(ctx, draft_id=draft_id)


async def review(ctx: Context, *, draft_id: UUID, revision: int, verdict: str, reason: str = "") -> Draft:
    """One person's verdict on a draft as it stands.

    Raises: NotFound; NotAllowed `events.own_draft`, `events.above_your_risk`, `identity.needs_permission`; Conflict
    `events.not_in_review`, `events.draft_stale`; InvalidInput `events.reason_needed`.
    """
    given = chosen(Verdict, verdict)
    await queries.review_draft(
        ctx.conn,
        draft_id=draft_id,
        revision=revision,
        verdict=given,
        reason=service.bounded(reason, LONGEST_REASON),
    )
    return await get_draft(ctx, draft_id=draft_id)


async def list_reviews(ctx: Context, *, draft_id: UUID) -> list[Review]:
    """Every verdict, the oldest first. Raises: NotFound."""
    await get_draft(ctx, draft_id=draft_id)
    rows = await queries.list_reviews(ctx.conn, draft_id=draft_id)
    return [_review(row) for row in rows]


async def recall(ctx: Context, *, draft_id: UUID) -> Draft:
    """Takes a draft back from review. Raises: NotFound; NotAllowed `events.not_your_draft`."""
    await queries.recall_draft(ctx.conn, draft_id=draft_id)
    return await get_draft(ctx, draft_id=draft_id)


async def discard(ctx: Context, *, draft_id: UUID) -> Draft:
    """Gives a draft up for good. Raises: NotFound; NotAllowed `events.not_your_draft`; Conflict `events.draft_over`."""
    await queries.discard_draft(ctx.conn, draft_id=draft_id)
    return await get_draft(ctx, draft_id=draft_id)


async def publish_draft(
    ctx: Context,
    *,
    draft_id: UUID,
    revision: int,
    carry: str | None = None,
    renames: Mapping[str, str] | None = None,
) -> EventVersion:
    """Puts a draft in force, if enough people agreed to it as it stands.

    `renames` says for `carry="migrate"` what takes the place of a name that is gone.
    Raises: NotFound; NotAllowed `identity.needs_permission`, `events.above_your_risk`; Conflict `events.needs_approval`,
    `events.base_moved`, `events.breaking_change` with `gone`, `events.draft_stale`; Gone `events.draft_expired`.
    """
    version_id = await queries.publish_draft(
        ctx.conn,
        draft_id=draft_id,
        revision=revision,
        carry=chosen(Carry, carry) if carry else None,
        renames=dict(renames or {}),
    )
    return replace(await service.get_version(ctx, version_id=version_id), is_new=True)


async def bring_up_to_date(
    ctx: Context, *, draft_id: UUID, revision: int, resolutions: Mapping[str, Any] | None = None
) -> SavedDraft:
    """Takes what came into force since the draft was begun into the draft; both sides' changes stay.

    Raises: Conflict `events.merge_conflicts` with `conflicts` until each has a resolution; `events.draft_invalid`,
    `events.draft_stale`, `events.never_published`.
    """
    draft = await get_draft(ctx, draft_id=draft_id)
    joined, current = await _joined(ctx, draft, resolutions or {})
    if joined.text is None:
        raise Conflict("events.merge_conflicts", draft_id=str(draft_id), conflicts=to_json(joined.conflicts))
    return await save_draft(
        ctx,
        slug=draft.slug,
        source_text=joined.text,
        draft_id=draft_id,
        revision=revision,
        base_version_id=current.id,
    )


async def needs(ctx: Context, draft_id: UUID) -> Needs | None:
    """Who has to agree to a draft now, and who has; None while its text has errors. Raises: NotFound."""
    row = await queries.draft_needs(ctx.conn, draft_id=draft_id)
    return Needs.read(row) if row else None


async def _joined(ctx: Context, draft: Draft, resolutions: Mapping[str, Any]) -> tuple[Joined, EventVersion]:
    current = await service.get_in_force(ctx, slug=draft.slug)
    if draft.base_version_id is None or draft.base_version_id == current.id:
        return Joined(draft.source, ()), current
    base = await service.get_version(ctx, version_id=draft.base_version_id)
    joined = await asyncio.to_thread(
        join, base=base.source, ours=draft.source, theirs=current.source, resolutions=resolutions
    )
    return joined, current


async def _keep(ctx: Context, known: Draft | None, compilation: Compilation, **values: Any) -> UUID:
    compiled = compilation.compiled
    try:
        return await queries.save_draft(
            ctx.conn,
            canonical=compiled.canonical if compiled else None,
            sha256=compiled.sha256 if compiled else None,
            **values,
        )
    except Conflict as refused:
        if known is None or refused.code != "events.draft_stale":
            raise
        stored = await get_draft(ctx, draft_id=known.id)
        raise await asyncio.to_thread(_stale, refused, stored, compilation, values["source"]) from refused


def _stale(refused: Conflict, stored: Draft, compilation: Compilation, text: str) -> Conflict:
    """The refusal with what a person needs to decide: how the text sent differs from the one that was kept."""
    mine, theirs = compilation.compiled, stored.document
    found = diff(theirs, mine.document) if mine is not None and theirs is not None else None
    lines = unified_diff(stored.source.splitlines(), text.splitlines(), "stored", "sent", lineterm="", n=2)
    return Conflict(
        refused.code,
        **refused.facts,
        changes=[change.to_json() for change in found.changes] if found else [],
        lines=list(islice(lines, _MOST_LINES)),
    )


async def _diff_of(ctx: Context, draft: Draft) -> Diff | None:
    """Against the base, levers measured from the last version that passed the gate; None without a document or a base."""
    document = draft.document
    if document is None or draft.base_version_id is None:
        return None
    base = await service.get_version(ctx, version_id=draft.base_version_id)
    baseline = await service.baseline_of(ctx, base)
    return await asyncio.to_thread(diff, base.document, document, baseline=baseline)


def _review(row: dict[str, Any]) -> Review:
    values: dict[str, Any] = {**row, "verdict": Verdict(row["verdict"])}
    return Review(**values)


def _draft(row: dict[str, Any]) -> Draft:
    return Draft(**_values(row))


def _head(row: dict[str, Any]) -> DraftHead:
    return DraftHead(**_values(row))


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "origin": Origin(row["origin"]),
        "status": DraftStatus(row["status"]),
        "contributors": tuple(row["contributors"]),
    }
