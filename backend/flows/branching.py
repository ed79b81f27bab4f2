"""Branches for staff: open, read, commit, merge, close. Shared by the API and the cockpit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from backend.core.context import Actor, Context
from backend.domains.events import branches
from backend.domains.events import service as events
from backend.domains.events.changes import diff
from backend.domains.events.lifecycle import Commit, MergeOutcome, to_json
from backend.flows.config_views import branch_view, diff_view
from backend.flows.once import once, once_served
from backend.flows.runtime import Runtime


async def open_branch(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    name: str,
    description: str = "",
    base_version: int | None = None,
) -> dict[str, Any]:
    """Begins a branch. Shape: `{branch_id, config_id, branch_name, base_version, current_version, status, …}`.

    Raises: as `branches.open_branch`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        branch = await branches.open_branch(
            ctx, slug=slug, name=name, description=description, base=base_version
        )
        return branch_view(branch)

    request = {"slug": slug, "name": name, "description": description, "base": base_version}
    return await once(runtime, actor, operation="configs/branches", key=key, request=request, work=work)


async def list_branches(runtime: Runtime, actor: Actor, *, slug: str) -> dict[str, Any]:
    """Shape: `{config_id, branches: [...]}`, active ones first."""
    async with runtime.database.as_actor(actor) as ctx:
        found = await branches.list_branches(ctx, slug=slug)
    return {"config_id": slug, "branches": [branch_view(branch) for branch in found]}


async def get_branch(runtime: Runtime, actor: Actor, *, slug: str, name: str) -> dict[str, Any]:
    """A branch with its head, its commits, and how it differs from what is in force. Raises: NotFound."""
    async with runtime.database.as_actor(actor) as ctx:
        branch = await branches.get_branch(ctx, slug=slug, name=name)
        head = await branches.get_head(ctx, branch=branch)
        commits = await branches.list_commits(ctx, slug=slug, name=name)
        current = await events.get_in_force(ctx, slug=slug)
        found = await branches.branch_diff(ctx, slug=slug, name=name)
    return {
        **branch_view(branch),
        "yaml_content": head.source,
        "document": head.document,
        "sha256": head.sha256,
        "commits": [_commit(commit) for commit in commits],
        "compared_with": current.number,
        **diff_view(found, current.document, head.document),
    }


async def commit(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    name: str,
    source_text: str,
    message: str = "",
    based_on: int | None = None,
) -> dict[str, Any]:
    """The next version of a branch. Shape: `{branch_name, version, sha256, message, …}`. Raises: as `branches.add_commit`."""

    async def work(ctx: Context) -> dict[str, Any]:
        made = await branches.add_commit(
            ctx, slug=slug, name=name, source_text=source_text, message=message, based_on=based_on
        )
        return {"config_id": slug, "branch_name": name, **_commit(made)}

    request = {"slug": slug, "name": name, "text": source_text, "message": message, "based_on": based_on}
    return await once(runtime, actor, operation="configs/commits", key=key, request=request, work=work)


async def merge_branch(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    name: str,
    message: str = "",
    resolutions: Mapping[str, Any] | None = None,
    carry: str | None = None,
) -> dict[str, Any]:
    """Brings a branch into what is in force.

    Shape: `{status, config_id, branch_name, merged_into, new_version, draft_id, changes_applied, conflicts}` with `status`
    applied, pending_approval or conflicts; with conflicts nothing was written. Raises: as `branches.merge_branch`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        before = await events.get_in_force(ctx, slug=slug)
        outcome = await branches.merge_branch(
            ctx, slug=slug, name=name, message=message, resolutions=resolutions, carry=carry
        )
        document = outcome.draft.document if outcome.draft else None
        found = await asyncio.to_thread(diff, before.document, document) if document is not None else None
        return {
            "status": _status(outcome),
            "config_id": slug,
            "branch_name": name,
            "merged_into": "main",
            "new_version": outcome.version.number if outcome.version else None,
            "draft_id": str(outcome.draft.id) if outcome.draft else None,
            "risk": outcome.draft.risk if outcome.draft else None,
            "changes_applied": [change.text for change in found.changes] if found else [],
            "conflicts": to_json(outcome.conflicts),
        }

    request = {
        "slug": slug, "name": name, "message": message, "resolutions": dict(resolutions or {}), "carry": carry,
    }  # fmt: skip
    return await once_served(runtime, actor, operation="configs/merge", key=key, request=request, work=work)


async def close_branch(runtime: Runtime, actor: Actor, *, key: str, slug: str, name: str) -> dict[str, Any]:
    """Ends a branch unmerged. Raises: as `branches.close_branch`."""

    async def work(ctx: Context) -> dict[str, Any]:
        return branch_view(await branches.close_branch(ctx, slug=slug, name=name))

    request = {"slug": slug, "name": name}
    return await once(runtime, actor, operation="configs/branches/close", key=key, request=request, work=work)


def _status(outcome: MergeOutcome) -> str:
    if outcome.conflicts:
        return "conflicts"
    return "applied" if outcome.version else "pending_approval"


def _commit(version: Commit) -> dict[str, Any]:
    return {
        "version": version.number,
        "sha256": version.sha256,
        "message": version.message,
        "author": version.author_email or "system",
        "created_at": version.created_at.isoformat(),
    }
