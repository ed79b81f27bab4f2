"""What buyers asked of people, as those who answer see it: in all events they may read. Ending one is `service.end_request`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.domains.transactions import inbox_queries


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in the inbox. `may_end`: whether the reader may say what became of it; `listing` is None where there is none."""

    id: UUID
    session_id: UUID
    slug: str
    event: str
    kind: str
    listing_id: int | None
    listing: str | None
    details: Mapping[str, Any]
    status: str
    created_at: datetime
    ended_at: datetime | None
    may_end: bool


async def list_inbox(ctx: Context, *, is_open: bool, limit: int = 100) -> list[Asked]:
    """Those that wait, the longest first; or those that are over, the latest first."""
    mine = set(await inbox_queries.closable_in(ctx.conn))
    rows = await inbox_queries.list_inbox(ctx.conn, is_open=is_open, limit=limit)
    return [Asked(may_end=row.pop("organization_id") in mine, **row) for row in rows]


async def count_open(ctx: Context) -> int:
    """How many wait for somebody."""
    return await inbox_queries.count_open(ctx.conn)
