"""Documents and versions of events as staff ask for them: check, read, compare, go back, move levers, clone.

Beside it: `drafting` (drafts and approvals), `branching`, `previewing`, `membership` (permissions, policy, flags) and
`publishing`. Each function opens its own unit of work; what changes something is done once per key.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import NotFound
from backend.domains.events import releases
from backend.domains.events import service as events
from backend.domains.events.changes import diff
from backend.domains.events.lifecycle import to_json
from backend.domains.events.model import Event, EventVersion, Source, VersionHead
from backend.flows.config_views import (
    diff_view,
    draft_head,
    head_view,
    published_view,
    validation_view,
    version_view,
)
from backend.flows.once import once, once_served
from backend.flows.runtime import Runtime


async def validate(
    runtime: Runtime, actor: Actor, *, yaml_content: str, config_id: str | None = None
) -> dict[str, Any]:
    """What is wrong in a document and, for an event that is known, what publishing it would change. Changes nothing.

    Shape: `{valid, errors, warnings, problems, schema_version, sha256, breaking_change_detected, breaking_changes,
    risk_assessment, changes}`. Raises: NotFound `events.not_found`.
    """
    source = Source(yaml_content, "document.yaml")
    in_force = await _in_force(runtime, actor, config_id) if config_id else None
    compilation = await asyncio.to_thread(events.checked_for, source, events.shipped_templates(), config_id)
    before = in_force.document if in_force else None
    compared = before is not None and compilation.compiled is not None
    found = await asyncio.to_thread(diff, before, compilation.compiled.document) if compared else None  # type: ignore[union-attr]
    return validation_view(compilation, found, before)


async def get_config(
    runtime: Runtime, actor: Actor, *, slug: str, version: int | None = None
) -> dict[str, Any]:
    """A version, the one in force unless a number is given, with its document and where each value comes from.

    Shape: `{config_id, organization_id, version, yaml_content, document, metadata, sha256, origins}`.
    Raises: NotFound `events.not_found`, `events.no_such_version`; Conflict `events.never_published`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_event(ctx, slug=slug)
        found = await _chosen_version(ctx, slug, version)
        head = await _head(ctx, slug, found.number)
    return await asyncio.to_thread(_version_view, event, found, head)


async def latest(runtime: Runtime, actor: Actor, *, organization_id: UUID) -> dict[str, Any]:
    """The version that came into force last in an organization. Raises: NotFound `events.not_found`."""
    async with runtime.database.as_actor(actor) as ctx:
        newest = await events.find_newest(ctx, organization_id=organization_id)
        if newest is None:
            raise NotFound("events.not_found", organization_id=str(organization_id))
        event = await events.get_event(ctx, slug=str(newest.document["id"]))
        head = await _head(ctx, event.slug, newest.number)
    return await asyncio.to_thread(_version_view, event, newest, head)


async def versions(
    runtime: Runtime, actor: Actor, *, slug: str, limit: int = 50, before: int = 2**31 - 1
) -> dict[str, Any]:
    """Versions, newest first. Shape: `{config_id, versions: [{version, status, message, kind, risk, …}]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        heads = await events.list_versions(ctx, slug=slug, limit=limit, before=before)
    return {"config_id": slug, "versions": [head_view(head) for head in heads]}


async def compare(
    runtime: Runtime, actor: Actor, *, slug: str, version_a: int, version_b: int
) -> dict[str, Any]:
    """What changed from one version to another.

    Shape: `{config_id, version_a, version_b, diff, changes, patch, breaking_changes, risk_assessment}`.
    Raises: NotFound `events.not_found`, `events.no_such_version`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        old = await events.get_version_number(ctx, slug=slug, number=version_a)
        new = await events.get_version_number(ctx, slug=slug, number=version_b)
        found = await releases.compare(ctx, slug=slug, before=version_a, after=version_b)
    named = {"config_id": slug, "version_a": version_a, "version_b": version_b}
    return {**named, **diff_view(found, old.document, new.document)}


async def history(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    limit: int = 50,
    offset: int = 0,
    author_type: str | None = None,
) -> dict[str, Any]:
    """Who changed what, when, with whose approval. Shape: `{config_id, total_changes, changes: [...]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        lines, total = await releases.history(
            ctx, slug=slug, limit=limit, offset=offset, author_type=author_type
        )
    changes = [
        {
            "change_id": str(line.id),
            "version": line.number,
            "author": line.author_email or "system",
            "author_type": line.author_type.value,
            "change_type": list(line.sections),
            "kind": line.kind,
            "commit_message": line.message,
            "reason": line.reason,
            "risk_level": line.risk,
            "approved_by": [approval["email"] for approval in line.approvals],
            "approvals": to_json(line.approvals),
            "applied_at": line.created_at.isoformat(),
            "active": line.is_current,
            "rolled_back": line.is_rolled_back,
            "restores": line.restores,
            "carry": line.carry,
            "gone": to_json(line.gone),
        }
        for line in lines
    ]
    return {"config_id": slug, "total_changes": total, "changes": changes}


async def consequences(runtime: Runtime, actor: Actor, *, slug: str, target: int) -> dict[str, Any]:
    """What a rollback would meet: conversations, holds and deposits begun under what it undoes. Changes nothing."""
    async with runtime.database.as_actor(actor) as ctx:
        found = await releases.consequences(ctx, slug=slug, target=target)
    return {"config_id": slug, **to_json(found)}


async def roll_back(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    target: int,
    reason: str,
    key: str,
    carry: str | None = None,
    current: UUID | None = None,
) -> dict[str, Any]:
    """Puts a new version in force that equals an old one.

    Shape: `{config_id, rolled_back_from, rolled_back_to, active_version, commit_message, version_id, sha256}`.
    Raises: as `releases.roll_back`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        before = await events.get_in_force(ctx, slug=slug)
        version = await releases.roll_back(
            ctx, slug=slug, target=target, reason=reason, carry=carry, current=current
        )
        return {
            "config_id": slug,
            "rolled_back_from": before.number,
            "rolled_back_to": target,
            "active_version": version.number,
            "commit_message": version.message,
            "version_id": str(version.id),
            "sha256": version.sha256,
            "carry": version.carry,
        }

    request = {"slug": slug, "target": target, "reason": reason, "carry": carry, "current": current}
    return await once_served(
        runtime, actor, operation="configs/rollback", key=key, request=request, work=work
    )


async def levers(runtime: Runtime, actor: Actor, *, slug: str) -> dict[str, Any]:
    """Every lever with its value and range. Shape: `{config_id, levers: [{path, label, kind, value, low, high, …}]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        views = await releases.levers(ctx, slug=slug)
    return {
        "config_id": slug,
        "levers": [{**to_json(view), "may_undo": view.may_undo} for view in views],
    }


async def move_lever(
    runtime: Runtime, actor: Actor, *, slug: str, path: str, value: Any, key: str, message: str = ""
) -> dict[str, Any]:
    """Puts a lever at a value inside its range, at once. `path` is a JSON Pointer. Raises: as `releases.move_lever`."""

    async def work(ctx: Context) -> dict[str, Any]:
        moved = await releases.move_lever(ctx, slug=slug, path=path, value=value, message=message)
        return _published(runtime, moved)

    request = {"slug": slug, "path": path, "value": value, "message": message}
    return await once_served(runtime, actor, operation="configs/levers", key=key, request=request, work=work)


async def undo_lever(
    runtime: Runtime, actor: Actor, *, slug: str, key: str, path: str | None = None
) -> dict[str, Any]:
    """Takes back the last move of a lever, or of any. Raises: Conflict `events.nothing_to_undo`; as `move_lever`."""

    async def work(ctx: Context) -> dict[str, Any]:
        return _published(runtime, await releases.undo_lever(ctx, slug=slug, path=path))

    request = {"slug": slug, "path": path}
    return await once_served(
        runtime, actor, operation="configs/levers/undo", key=key, request=request, work=work
    )


async def clone(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    new_slug: str,
    name: str,
    key: str,
    organization_id: UUID | None = None,
) -> dict[str, Any]:
    """A new event with a draft of what another has in force. Shape: `{config_id, draft}`. Raises: as `clone_event`."""

    async def work(ctx: Context) -> dict[str, Any]:
        saved = await releases.clone_event(
            ctx, slug=slug, new_slug=new_slug, name=name, organization_id=organization_id
        )
        return {"config_id": new_slug, "cloned_from": slug, "draft": draft_head(saved.draft, ctx.now)}

    request = {"slug": slug, "new_slug": new_slug, "name": name, "organization_id": organization_id}
    return await once(runtime, actor, operation="configs/clone", key=key, request=request, work=work)


async def _in_force(runtime: Runtime, actor: Actor, slug: str) -> EventVersion | None:
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_event(ctx, slug=slug)
        if event.current_version_id is None:
            return None
        return await events.get_version(ctx, version_id=event.current_version_id)


async def _chosen_version(ctx: Context, slug: str, number: int | None) -> EventVersion:
    if number is None:
        return await events.get_in_force(ctx, slug=slug)
    return await events.get_version_number(ctx, slug=slug, number=number)


async def _head(ctx: Context, slug: str, number: int) -> VersionHead:
    return (await events.list_versions(ctx, slug=slug, limit=1, before=number + 1))[0]


def _version_view(event: Event, version: EventVersion, head: VersionHead) -> dict[str, Any]:
    origins = events.origins(Source(version.source), events.shipped_templates())
    return version_view(event, version, head, origins)


def _published(runtime: Runtime, version: EventVersion) -> dict[str, Any]:
    slug = version.document["id"]
    return published_view(version, f"{runtime.settings.base_url}/e/{slug}")
