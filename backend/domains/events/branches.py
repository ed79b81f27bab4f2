"""Verbs of branches: named lines of development beside what is in force, and their way back into it.

A merge decides on authored values, three ways; what it gives is a draft, so that it meets the same gate as any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from backend.core.context import Context
from backend.core.errors import Conflict, NotFound
from backend.domains.events import drafts, service
from backend.domains.events.changes import Diff, diff
from backend.domains.events.joining import join
from backend.domains.events.lifecycle import Branch, BranchVersion, Commit, DraftStatus, MergeOutcome, Origin
from backend.domains.events.model import EventVersion, Source
from backend.domains.events.queries import branches as queries


async def open_branch(
    ctx: Context, *, slug: str, name: str, description: str = "", base: int | None = None
) -> Branch:
    """Begins a branch at a version, the one in force unless said otherwise.

    Raises: NotFound `events.not_found`, `events.no_such_version`; NotAllowed `identity.needs_permission`; Conflict
    `events.branch_exists`; InvalidInput `events.bad_branch_name`.
    """
    event = await service.get_readable(ctx, slug=slug)
    await queries.open_branch(
        ctx.conn, event_id=event.id, name=name, description=service.bounded(description), base=base
    )
    return await get_branch(ctx, slug=slug, name=name)


async def list_branches(ctx: Context, *, slug: str) -> list[Branch]:
    """Active ones first, then the newest."""
    event = await service.get_readable(ctx, slug=slug)
    return [Branch(**row) for row in await queries.list_branches(ctx.conn, event_id=event.id)]


async def get_branch(ctx: Context, *, slug: str, name: str) -> Branch:
    """The active branch of that name, or else the last that was. Raises: NotFound `events.no_such_branch`."""
    event = await service.get_readable(ctx, slug=slug)
    row = await queries.find_branch(ctx.conn, event_id=event.id, name=name)
    if row is None:
        raise NotFound("events.no_such_branch", name=name)
    return Branch(**row)


async def get_head(ctx: Context, *, branch: Branch) -> BranchVersion:
    """The newest version of a branch."""
    row = await queries.find_commit(ctx.conn, branch_id=branch.id, number=branch.head_number)
    if row is None:
        raise NotFound("events.no_such_branch", name=branch.name)
    return BranchVersion(**row)


async def list_commits(ctx: Context, *, slug: str, name: str, limit: int = 200) -> list[Commit]:
    """The newest first. Raises: NotFound."""
    branch = await get_branch(ctx, slug=slug, name=name)
    rows = await queries.list_commits(ctx.conn, branch_id=branch.id, limit=limit)
    return [Commit(**row) for row in rows]


async def add_commit(
    ctx: Context, *, slug: str, name: str, source_text: str, message: str = "", based_on: int | None = None
) -> BranchVersion:
    """The next version of a branch. `based_on` is the head that the text was written against.

    Raises: InvalidInput `events.invalid_document`; Conflict `events.branch_moved`, `events.branch_over`,
    `events.nothing_changed`; NotFound; NotAllowed `identity.needs_permission`.
    """
    branch = await get_branch(ctx, slug=slug, name=name)
    compiled = await service.compiled_apart(Source(source_text), slug)
    head = await get_head(ctx, branch=branch)
    if head.sha256 == compiled.sha256 and head.source == source_text:
        raise Conflict("events.nothing_changed", name=name, number=head.number)
    await queries.add_commit(
        ctx.conn,
        branch_id=branch.id,
        number=1 + (branch.head_number if based_on is None else based_on),
        source=source_text,
        canonical=compiled.canonical,
        sha256=compiled.sha256,
        message=service.bounded(message),
    )
    return await get_head(ctx, branch=await get_branch(ctx, slug=slug, name=name))


async def branch_diff(ctx: Context, *, slug: str, name: str) -> Diff:
    """How the head of a branch differs from what is in force."""
    branch = await get_branch(ctx, slug=slug, name=name)
    head, current = await get_head(ctx, branch=branch), await service.get_in_force(ctx, slug=slug)
    baseline = await service.baseline_of(ctx, current)
    return await asyncio.to_thread(diff, current.document, head.document, baseline=baseline)


async def merge_branch(
    ctx: Context,
    *,
    slug: str,
    name: str,
    message: str = "",
    resolutions: Mapping[str, Any] | None = None,
    carry: str | None = None,
) -> MergeOutcome:
    """Brings a branch into what is in force: as a draft in review or, where nobody has to agree, as a version.

    With conflicts nothing is written; resolutions name them by path: `ours` is what is in force, `theirs` the branch.
    Raises: NotFound; NotAllowed; Conflict `events.branch_over`, `events.nothing_changed`, and as `submit`, `publish_draft`.
    """
    branch = await get_branch(ctx, slug=slug, name=name)
    if branch.status != "active":
        raise Conflict("events.branch_over", name=name, status=branch.status)
    head, current = await get_head(ctx, branch=branch), await service.get_in_force(ctx, slug=slug)
    base = await service.get_version(ctx, version_id=branch.base_version_id)
    joined = await asyncio.to_thread(
        join, base=base.source, ours=current.source, theirs=head.source, resolutions=resolutions or {}
    )
    if joined.text is None:
        return MergeOutcome(None, None, joined.conflicts)
    said = service.bounded(message) or head.message or f"Merge of {name}"
    return await _put_forward(ctx, slug, joined.text, head, current, said, carry)


async def _put_forward(
    ctx: Context,
    slug: str,
    text: str,
    head: BranchVersion,
    current: EventVersion,
    message: str,
    carry: str | None,
) -> MergeOutcome:
    await service.compiled_apart(Source(text), slug)  # a merge that fits nowhere leaves no draft
    saved = await drafts.save_draft(
        ctx, slug=slug, source_text=text, title=message[: drafts.LONGEST_TITLE], origin=Origin.MERGE,
        branch_id=head.branch_id, branch_number=head.number, base_version_id=current.id,
    )  # fmt: skip
    draft = await drafts.submit(ctx, draft_id=saved.draft.id, revision=saved.draft.revision, message=message)
    if draft.status is not DraftStatus.APPROVED:
        return MergeOutcome(draft, None, ())
    version = await drafts.publish_draft(ctx, draft_id=draft.id, revision=draft.revision, carry=carry)
    return MergeOutcome(await drafts.get_draft(ctx, draft_id=draft.id), version, ())


async def close_branch(ctx: Context, *, slug: str, name: str) -> Branch:
    """Ends a branch unmerged; its versions stay readable. Raises: NotFound; Conflict `events.branch_over`; NotAllowed."""
    branch = await get_branch(ctx, slug=slug, name=name)
    await queries.close_branch(ctx.conn, branch_id=branch.id, status="closed")
    return await get_branch(ctx, slug=slug, name=name)
