"""Verbs of how an organization approves, and of documents tried out. The gate itself stands in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Gone, InvalidInput, NotFound
from backend.domains.events import service
from backend.domains.events.lifecycle import ApprovalPolicy
from backend.domains.events.model import Document
from backend.domains.events.queries import drafts as queries


@dataclass(frozen=True, slots=True)
class Preview:
    """A document tried out, kept for an hour."""

    id: UUID
    event_id: UUID
    slug: str
    draft_id: UUID | None
    sha256: str
    results: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    document: Document = field(repr=False)


#: What may be said, lowest and highest.
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "low": (0, 5),
    "medium": (0, 5),
    "high": (0, 5),
    "escalate_conversations": (1, 1_000_000),
    "escalate_holds": (1, 1_000_000),
    "draft_days": (1, 90),
}


async def get_policy(ctx: Context, *, organization_id: UUID) -> ApprovalPolicy:
    """How many people have to agree, per risk; the defaults where the organization never said."""
    return ApprovalPolicy(**await queries.approval_policy(ctx.conn, organization_id=organization_id))


async def set_policy(ctx: Context, *, organization_id: UUID, changes: Mapping[str, Any]) -> ApprovalPolicy:
    """Changes what is named and leaves the rest.

    Raises: NotFound; NotAllowed `identity.needs_permission`; InvalidInput `events.bad_policy` with `problem`.
    """
    before = await get_policy(ctx, organization_id=organization_id)
    wanted = {name: changes.get(name, getattr(before, name)) for name in ("low", "medium", "high")}
    problem = next(_problems(changes), None)
    if problem is None and not wanted["low"] <= wanted["medium"] <= wanted["high"]:
        problem = "a higher risk cannot need fewer people"
    if problem is not None:
        raise InvalidInput("events.bad_policy", problem=problem)
    row = await queries.set_approval_policy(ctx.conn, organization_id=organization_id, policy=dict(changes))
    return ApprovalPolicy(**row)


def _problems(changes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in changes.items():
        low, high = LIMITS.get(name, (0, 0))
        if name == "high_needs_admin":
            if not isinstance(value, bool):
                yield f"{name} is true or false"
        elif name not in LIMITS:
            yield f"there is no {name}"
        elif not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            yield f"{name} is a whole number from {low} to {high}"


async def keep_preview(
    ctx: Context,
    *,
    slug: str,
    document: Document,
    sha256: str,
    results: Mapping[str, Any],
    draft_id: UUID | None = None,
) -> Preview:
    """Keeps what trying a document gave, for an hour. Raises: NotFound; NotAllowed `identity.needs_permission`."""
    event = await service.get_event(ctx, slug=slug)
    preview_id = await queries.keep_preview(
        ctx.conn,
        event_id=event.id,
        draft_id=draft_id,
        document=dict(document),
        sha256=sha256,
        results=dict(results),
    )
    return await get_preview(ctx, preview_id=preview_id)


async def get_preview(ctx: Context, *, preview_id: UUID) -> Preview:
    """Raises: NotFound `events.no_such_preview`; Gone `events.preview_over`."""
    row = await queries.find_preview(ctx.conn, preview_id=preview_id)
    if row is None:
        raise NotFound("events.no_such_preview", preview_id=str(preview_id))
    preview = Preview(**row)
    if preview.expires_at <= ctx.now:
        raise Gone("events.preview_over", expired_at=preview.expires_at.isoformat())
    return preview
