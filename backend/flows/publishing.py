"""Publish an event document on behalf of a signed-in person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import InvalidInput, NotFound
from backend.domains.events import service as events
from backend.domains.events.model import EventVersion, Source
from backend.domains.identity import service as identity
from backend.domains.identity.model import Membership
from backend.domains.journal import service as journal
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
) -> dict[str, Any]:
    """Validates, compiles, stores and announces a document; the same key gives the same answer.

    `slug` is the event the caller means, if the document must not name another.
    Shape: `{event_id, version_id, version, sha256, is_new, url}`.
    Raises: InvalidInput `events.invalid_document` with `problems`; NotAllowed; NotFound; Conflict; Gone.
    """
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=2)
    source = Source(text, "document.yaml" if isinstance(document, str) else "document.json")

    async with runtime.database.as_actor(actor) as ctx:

        async def work() -> dict[str, Any]:
            version = await events.publish(
                ctx,
                source=source,
                library=events.shipped_templates(),
                message=message,
                slug=slug,
                organization_id=await _organization(ctx, organization),
            )
            return _answer(version)

        request = {"document": text, "organization": organization, "message": message}
        answer = await journal.once(ctx, operation="admin/sales_event", key=key, request=request, work=work)
    await runtime.bundles.refresh()  # this process need not wait for its own broadcast
    return answer | {"url": f"{runtime.settings.base_url}/e/{answer['event_id']}"}


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


def _answer(version: EventVersion) -> dict[str, Any]:
    return {
        "event_id": version.document["id"],
        "version_id": str(version.id),
        "version": version.number,
        "sha256": version.sha256,
        "is_new": version.is_new,
    }
