"""SQL of leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection


async def open_lead(
    conn: Connection,
    *,
    wishes: Any,
    portrait: dict[str, Any],
    contact: dict[str, Any] | None,
    matches: list[dict[str, Any]],
    refresh: bool,
    confirmation: UUID | None,
    origin: str,
) -> dict[str, Any]:
    cursor = await conn.execute(
        "select id, event_id, session_id, status, opened_at from private.open_lead(%s, %s, %s, %s, %s, %s, %s)",
        (
            Jsonb(wishes),
            Jsonb(portrait),
            Jsonb(contact) if contact else None,
            Jsonb(matches),
            refresh,
            confirmation,
            origin,
        ),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def withdraw_lead(conn: Connection, *, confirmation: UUID | None, origin: str) -> dict[str, Any]:
    cursor = await conn.execute(
        "select id, event_id, session_id, status, opened_at from private.withdraw_lead(%s, %s)",
        (confirmation, origin),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def find_own(conn: Connection) -> dict[str, Any] | None:
    cursor = await conn.execute(
        """
        select id, event_id, session_id, status, opened_at from public.leads
        where session_id = private.session_id() and status = 'open'
        """
    )
    return await cursor.fetchone()


async def list_prospects(conn: Connection, *, after: Any, limit: int) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select p.id, p.event_id, p.portrait, p.alignment, p.matching_listings, p.created_at
        from public.prospects p
        where %(after)s::timestamptz is null or p.created_at < %(after)s
        order by p.created_at desc limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )
    return await cursor.fetchall()
