"""Verbs of the journal: record a fact; answer a repeated request with what was answered before."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.domains.journal import queries


async def record(
    ctx: Context,
    *,
    kind: str,
    facts: dict[str, Any],
    organization_id: UUID | None = None,
    event_id: UUID | None = None,
) -> None:
    """Adds one fact to the caller's transaction: it stands or falls with what it tells of."""
    await queries.record_fact(
        ctx.conn, kind=kind, facts=facts, organization_id=organization_id, event_id=event_id
    )


async def once(
    ctx: Context,
    *,
    operation: str,
    key: str,
    request: dict[str, Any],
    work: Callable[[], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """Does the work the first time a key is seen, and gives the kept answer afterwards.

    The key, the work and the answer share one transaction: after a crash either all are there or none.
    Raises: Conflict `core.key_reused` when the key came with another request before.
    """
    digest = sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    kept = await queries.claim_answer(ctx.conn, operation=operation, key=key, request_sha256=digest)
    if kept is not None:
        return kept["body"]
    body = await work()
    await queries.keep_answer(ctx.conn, operation=operation, key=key, status=200, body=body)
    return body


async def keep_house(ctx: Context) -> None:
    """Next months' partitions, and the end of rows that have served."""
    await queries.keep_house(ctx.conn)
