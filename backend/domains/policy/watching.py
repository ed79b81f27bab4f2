"""What staff keep an eye on: decisions by the hour, and alerts about refusals. Reads alone; hidden rows are not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.domains.policy import watch_queries


@dataclass(frozen=True, slots=True)
class Hour:
    """How many decisions were taken in the hour that began at `at`, by verdict."""

    at: datetime
    allow: int = 0
    confirm: int = 0
    deny: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the guard wants somebody to look at; `facts` by kind, such as the `limit` that was passed."""

    id: int
    kind: str
    facts: Mapping[str, Any]
    created_at: datetime


async def decisions_by_hour(ctx: Context, *, event_id: UUID, hours: int = 24) -> list[Hour]:
    """The last so many hours, oldest first, quiet ones among them; the last one is not over yet."""
    last = ctx.now.replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=hours - 1)
    counts: dict[datetime, dict[str, int]] = {first + timedelta(hours=n): {} for n in range(hours)}
    for row in await watch_queries.decisions_by_hour(ctx.conn, event_id=event_id, since=first):
        counts.setdefault(row["hour"], {})[row["verdict"]] = row["decisions"]
    return [Hour(at, **found) for at, found in sorted(counts.items())]


async def list_alerts(ctx: Context, *, event_id: UUID, within: timedelta) -> list[Alert]:
    """Newest first."""
    rows = await watch_queries.list_alerts(ctx.conn, event_id=event_id, since=ctx.now - within)
    return [Alert(**row) for row in rows]
