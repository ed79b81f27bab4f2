"""Drafts for staff: keep, change, put forward, judge, bring up to date, publish. Shared by the API and the cockpit.

Each function opens its own unit of work; what changes something is done once per key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.changes import diff
from backend.domains.events.editing import Edit
from backend.domains.events.lifecycle import Draft, SavedDraft, to_json
from backend.domains.events.model import Source
from backend.flows.config_views import draft_head, draft_view, published_view
from backend.flows.once import once, once_served
from backend.flows.runtime import Runtime


async def list_drafts(
    runtime: Runtime, actor: Actor, *, slug: str | None = None, status: str | None = None
) -> dict[str, Any]:
    """Drafts that go on, of one event or of all that the actor sees. Shape: `{drafts: [...]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        found = await drafts.list_drafts(ctx, slug=slug, status=status)
        return {"drafts": [draft_head(draft, ctx.now) for draft in found]}


async def waiting(runtime: Runtime, actor: Actor, *, slug: str | None = None) -> dict[str, Any]:
    """The inbox: drafts in review that wait for the actor's verdict. Shape: `{approvals: [...]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        found = await drafts.list_waiting(ctx, slug=slug)
        rows = [
            {**draft_head(draft, ctx.now), "needs": to_json(await drafts.needs(ctx, draft.id))}
            for draft in found
        ]
    return {"approvals": rows}


async def get_draft(runtime: Runtime, actor: Actor, *, draft_id: UUID) -> dict[str, Any]:
    """A draft in full: text, problems, what it changes, who has to agree and who has.

    Raises: NotFound `events.no_such_draft`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        draft = await drafts.get_draft(ctx, draft_id=draft_id)
        return await _view(ctx, draft)


async def save_draft(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    source_text: str,
    title: str = "",
    draft_id: UUID | None = None,
    revision: int | None = None,
) -> dict[str, Any]:
    """Keeps a new draft, or the next revision of one; a text with errors too.

    Raises: as `drafts.save_draft`; Conflict `events.draft_stale` with `revision`, `changes` and `lines`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        saved = await drafts.save_draft(
            ctx, slug=slug, source_text=source_text, title=title, draft_id=draft_id, revision=revision
        )
        return await _shown(ctx, saved)

    request = {"slug": slug, "draft": draft_id, "revision": revision, "text": source_text, "title": title}
    return await once(runtime, actor, operation="configs/drafts", key=key, request=request, work=work)


async def save_text(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    draft_id: UUID,
    revision: int,
    source_text: str,
    title: str = "",
) -> dict[str, Any]:
    """The next revision of a draft whose event the caller need not know. Raises: as `save_draft`."""
    async with runtime.database.as_actor(actor) as ctx:
        slug = (await drafts.get_draft(ctx, draft_id=draft_id)).slug
    return await save_draft(
        runtime, actor, key=key, slug=slug, source_text=source_text, title=title, draft_id=draft_id,
        revision=revision,
    )  # fmt: skip


async def edit_draft(
    runtime: Runtime, actor: Actor, *, key: str, draft_id: UUID, revision: int, edits: Sequence[Edit]
) -> dict[str, Any]:
    """Changes places of a draft's text; comments and order stay. Raises: as `drafts.edit_draft`."""

    async def work(ctx: Context) -> dict[str, Any]:
        saved = await drafts.edit_draft(ctx, draft_id=draft_id, revision=revision, edits=edits)
        return await _shown(ctx, saved)

    request = {"draft": draft_id, "revision": revision, "edits": [to_json(edit) for edit in edits]}
    return await once(runtime, actor, operation="configs/drafts/edit", key=key, request=request, work=work)


async def submit(
    runtime: Runtime, actor: Actor, *, key: str, draft_id: UUID, revision: int, message: str = ""
) -> dict[str, Any]:
    """Puts a draft forward. Raises: as `drafts.submit`."""

    async def work(ctx: Context) -> Draft:
        return await drafts.submit(ctx, draft_id=draft_id, revision=revision, message=message)

    request = {"draft": draft_id, "revision": revision, "message": message}
    return await _step(runtime, actor, "submit", key, request, work)


async def review(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    draft_id: UUID,
    revision: int,
    verdict: str,
    reason: str = "",
) -> dict[str, Any]:
    """One person's verdict: approve, request_edits, reject. Raises: as `drafts.review`."""

    async def work(ctx: Context) -> Draft:
        return await drafts.review(ctx, draft_id=draft_id, revision=revision, verdict=verdict, reason=reason)

    request = {"draft": draft_id, "revision": revision, "verdict": verdict, "reason": reason}
    return await _step(runtime, actor, "reviews", key, request, work)


async def recall(runtime: Runtime, actor: Actor, *, key: str, draft_id: UUID) -> dict[str, Any]:
    """Takes a draft back from review. Raises: as `drafts.recall`."""

    async def work(ctx: Context) -> Draft:
        return await drafts.recall(ctx, draft_id=draft_id)

    return await _step(runtime, actor, "recall", key, {"draft": draft_id}, work)


async def discard(runtime: Runtime, actor: Actor, *, key: str, draft_id: UUID) -> dict[str, Any]:
    """Gives a draft up for good. Raises: as `drafts.discard`."""

    async def work(ctx: Context) -> Draft:
        return await drafts.discard(ctx, draft_id=draft_id)

    return await _step(runtime, actor, "discard", key, {"draft": draft_id}, work)


async def bring_up_to_date(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    draft_id: UUID,
    revision: int,
    resolutions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Takes what came into force meanwhile into the draft. Raises: Conflict `events.merge_conflicts` with `conflicts`."""

    async def work(ctx: Context) -> dict[str, Any]:
        saved = await drafts.bring_up_to_date(
            ctx, draft_id=draft_id, revision=revision, resolutions=resolutions
        )
        return await _shown(ctx, saved)

    request = {"draft": draft_id, "revision": revision, "resolutions": dict(resolutions or {})}
    return await once(runtime, actor, operation="configs/drafts/update", key=key, request=request, work=work)


async def publish_draft(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    draft_id: UUID,
    revision: int,
    carry: str | None = None,
    renames: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Puts an approved draft in force.

    Shape: `{status: "applied", event_id, version, version_id, sha256, is_new, url, draft_id}`.
    Raises: as `drafts.publish_draft`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        version = await drafts.publish_draft(
            ctx, draft_id=draft_id, revision=revision, carry=carry, renames=renames
        )
        url = f"{runtime.settings.base_url}/e/{version.document['id']}"
        return {"status": "applied", "draft_id": str(draft_id), **published_view(version, url)}

    request = {"draft": draft_id, "revision": revision, "carry": carry, "renames": dict(renames or {})}
    return await once_served(
        runtime, actor, operation="configs/drafts/publish", key=key, request=request, work=work
    )


async def _step(
    runtime: Runtime,
    actor: Actor,
    name: str,
    key: str,
    request: dict[str, Any],
    change: Callable[[Context], Awaitable[Draft]],
) -> dict[str, Any]:
    """A step in the life of a draft, and the draft as it is afterwards."""

    async def work(ctx: Context) -> dict[str, Any]:
        return await _view(ctx, await change(ctx))

    return await once(runtime, actor, operation=f"configs/drafts/{name}", key=key, request=request, work=work)


async def _view(ctx: Context, draft: Draft) -> dict[str, Any]:
    compilation = await asyncio.to_thread(
        events.checked_for, Source(draft.source), events.shipped_templates(), draft.slug
    )
    return await _shown(ctx, SavedDraft(draft, compilation.problems, None))


async def _shown(ctx: Context, saved: SavedDraft) -> dict[str, Any]:
    draft, found, base = saved.draft, saved.diff, None
    document = draft.document
    if draft.base_version_id is not None:
        version = await events.get_version(ctx, version_id=draft.base_version_id)
        base = version.document
        if found is None and document is not None:
            baseline = await events.baseline_of(ctx, version)
            found = await asyncio.to_thread(diff, base, document, baseline=baseline)
    return draft_view(
        draft,
        ctx.now,
        problems=saved.problems,
        found=found,
        base=base,
        needs=await drafts.needs(ctx, draft.id),
        reviews=await drafts.list_reviews(ctx, draft_id=draft.id),
    )
