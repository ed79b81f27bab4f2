"""Publish an event document on behalf of a signed-in person: at once where nobody has to agree, else as a draft in review."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import InvalidInput, NotFound
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.lifecycle import DraftHead, DraftStatus, Needs, Origin
from backend.domains.events.model import Compiled, Event, EventVersion, Source
from backend.domains.identity import service as identity
from backend.domains.identity.model import Membership
from backend.flows.config_views import published_view
from backend.flows.once import once_served
from backend.flows.runtime import Runtime


async def publish(
    runtime: Runtime,
    actor: Actor,
    *,
    document: str | dict[str, Any],
    organization: str | None = None,
    message: str = "",
    key: str,
    slug: str | None = None,
    carry: str | None = None,
) -> dict[str, Any]:
    """Validates, compiles, stores and announces a document; the same key gives the same answer.

    `slug` is the event the caller means, if the document must not name another; `carry` says what becomes of open
    conversations that a breaking change meets. What somebody has to agree to becomes a draft in review.
    Shape: `{status: "applied", event_id, version_id, version, sha256, is_new, url}` or `{status: "pending_approval",
    event_id, draft_id, risk, needed, url}`.
    Raises: InvalidInput `events.invalid_document` with `problems`; NotAllowed; NotFound; Conflict; Gone.
    """
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=2)
    source = Source(text, "document.yaml" if isinstance(document, str) else "document.json")

    async def work(ctx: Context) -> dict[str, Any]:
        owner = await _organization(ctx, organization)
        compiled = await events.compiled_apart(source, slug)
        event = await events.find_event(ctx, slug=compiled.id)
        if event is None or event.current_version_id is None or await _is_in_force(ctx, event, compiled):
            version = await events.publish(
                ctx, source=source, library=events.shipped_templates(), message=message, slug=slug,
                organization_id=owner,
            )  # fmt: skip
            return _applied(runtime, version)
        return await _through_the_gate(runtime, ctx, event, compiled, message, carry)

    request = {"document": text, "organization": organization, "message": message, "carry": carry}
    return await once_served(
        runtime, actor, operation="admin/sales_event", key=key, request=request, work=work
    )


async def _is_in_force(ctx: Context, event: Event, compiled: Compiled) -> bool:
    assert event.current_version_id is not None
    return (await events.get_version(ctx, version_id=event.current_version_id)).sha256 == compiled.sha256


async def _through_the_gate(
    runtime: Runtime, ctx: Context, event: Event, compiled: Compiled, message: str, carry: str | None
) -> dict[str, Any]:
    """As a draft; the same document put forward again by the same person is the same draft."""
    await events.wait_for_others(ctx, event_id=event.id)
    draft = await drafts.find_put_forward(ctx, event_id=event.id, sha256=compiled.sha256)
    if draft is None:
        saved = await drafts.save_draft(
            ctx, slug=event.slug, source_text=compiled.source, title=message, origin=Origin.PUBLISH
        )
        draft = await drafts.submit(
            ctx, draft_id=saved.draft.id, revision=saved.draft.revision, message=message
        )
    if draft.status is DraftStatus.APPROVED:
        version = await drafts.publish_draft(ctx, draft_id=draft.id, revision=draft.revision, carry=carry)
        return {**_applied(runtime, version), "draft_id": str(draft.id)}
    return _pending(runtime, draft, await drafts.needs(ctx, draft.id))


def _pending(runtime: Runtime, draft: DraftHead, needs: Needs | None) -> dict[str, Any]:
    return {
        "status": "pending_approval",
        "event_id": draft.slug,
        "draft_id": str(draft.id),
        "risk": draft.risk,
        "needed": needs.needed if needs else 0,
        "needs_admin": bool(needs and needs.needs_admin),
        "given": needs.given if needs else 0,
        "reasons": list(needs.reasons) if needs else [],
        "url": f"{runtime.settings.base_url}/cockpit/events/{draft.slug}",
    }


def _applied(runtime: Runtime, version: EventVersion) -> dict[str, Any]:
    url = f"{runtime.settings.base_url}/e/{version.document['id']}"
    return {"status": "applied", **published_view(version, url)}


async def _organization(ctx: Context, slug: str | None) -> UUID | None:
    """The organization that a new event belongs to; a person with one seller need not name it."""
    sellers = [m for m in await identity.list_memberships(ctx) if not m.is_dealer]
    chosen = _chosen(sellers, slug)
    return chosen.organization_id if chosen else None


def _chosen(sellers: Sequence[Membership], slug: str | None) -> Membership | None:
    if slug is not None:
        named = next((m for m in sellers if m.slug == slug), None)
        if named is None:
            raise NotFound("identity.no_such_organization", slug=slug)
        return named
    if len(sellers) > 1:
        raise InvalidInput("identity.which_organization", organizations=[m.slug for m in sellers])
    return sellers[0] if sellers else None
