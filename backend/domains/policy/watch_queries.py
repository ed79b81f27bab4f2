"""SQL of watching: decisions by the hour and alerts, as their reader may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.db import Connection


async def decisions_by_hour(conn: Connection, *, event_id: UUID, since: datetime) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select date_trunc('hour', r.created_at, 'UTC') as hour, r.verdict, count(*)::int as decisions
        from public.receipts r where r.event_id = %s and r.created_at >= %s group by 1, 2 order by 1, 2
        """,
        (event_id, since),
    )
    return await cursor.fetchall()


async def list_alerts(conn: Connection, *, event_id: UUID, since: datetime) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select a.id, a.kind, a.facts, a.created_at from public.alerts a
        where a.event_id = %s and a.created_at >= %s order by a.created_at desc limit 50
        """,
        (event_id, since),
    )
    return await cursor.fetchall()
