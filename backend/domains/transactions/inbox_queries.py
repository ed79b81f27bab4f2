"""SQL of the inbox: what buyers asked of people, with the event and the listing it is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.db import Connection


async def list_inbox(conn: Connection, *, is_open: bool, limit: int) -> list[dict[str, Any]]:
    """Open ones oldest first, for they wait; those that are over newest first."""
    order = "r.created_at" if is_open else "r.ended_at desc"
    cursor = await conn.execute(
        f"""
        select r.id, r.session_id, r.organization_id, e.slug, e.name as event, r.kind, r.listing_id, l.title as listing,
               r.details, r.status, r.created_at, r.ended_at
        from public.buyer_requests r
        join public.events e on e.id = r.event_id
        left join public.listings l on l.id = r.listing_id
        where (r.status = 'open') = %s order by {order}, r.id limit %s
        """,  # noqa: S608
        (is_open, limit),
    )
    return await cursor.fetchall()


async def count_open(conn: Connection) -> int:
    cursor = await conn.execute("select count(*)::int as n from public.buyer_requests where status = 'open'")
    row = await cursor.fetchone()
    return row["n"] if row else 0


async def closable_in(conn: Connection) -> list[UUID]:
    """The organizations in which `private.end_request` lets the actor say what became of a request."""
    cursor = await conn.execute(
        "select o as id from private.organizations_of_actor('admin', 'operator', 'specialist') o"
    )
    return [row["id"] for row in await cursor.fetchall()]
