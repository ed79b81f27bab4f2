"""SQL of figures and of the board. Row-level security decides what is counted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.db import Connection


async def kpis(conn: Connection, *, event_id: UUID) -> dict[str, Any]:
    cursor = await conn.execute(
        """
        with s as (
          select count(*)::int as sessions,
                 (count(*) filter (where turn_count > 0))::int as sessions_with_turn,
                 coalesce(sum(turn_count), 0)::int as turns,
                 count(first_match_at)::int as sessions_matched,
                 percentile_cont(0.5) within group (order by extract(epoch from first_match_at - created_at)
                   ::float8) filter (where first_match_at is not null) as seconds_to_first_match
          from public.sessions where event_id = %(event_id)s
        ), h as (
          select count(*)::int as holds_placed, count(distinct session_id)::int as sessions_with_hold,
                 (count(*) filter (where status = 'active' and expires_at > now()))::int as active_holds
          from public.holds where event_id = %(event_id)s
        ), l as (
          select count(*)::int as open_leads from public.leads where event_id = %(event_id)s and status = 'open'
        )
        select s.*, h.*, l.* from s, h, l
        """,
        {"event_id": event_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def hours(conn: Connection, *, event_id: UUID, count: int) -> list[dict[str, Any]]:
    """The last `count` hours, also the empty ones; whole hours of UTC."""
    cursor = await conn.execute(
        """
        with span as (
          select date_trunc('hour', now(), 'UTC') as until,
                 date_trunc('hour', now(), 'UTC') - make_interval(hours => %(count)s - 1) as since
        ), began as (
          select date_trunc('hour', created_at, 'UTC') as at, 1 as sessions, 0 as turns, 0 as holds
          from public.sessions, span where event_id = %(event_id)s and created_at >= since
          union all
          select date_trunc('hour', created_at, 'UTC'), 0, 1, 0
          from public.turns, span where event_id = %(event_id)s and created_at >= since
          union all
          select date_trunc('hour', placed_at, 'UTC'), 0, 0, 1
          from public.holds, span where event_id = %(event_id)s and placed_at >= since
        )
        select hour as at, coalesce(sum(b.sessions), 0)::int as sessions,
               coalesce(sum(b.turns), 0)::int as turns, coalesce(sum(b.holds), 0)::int as holds
        from span cross join generate_series(since, until, interval '1 hour') as hour
        left join began b on b.at = hour
        group by hour order by hour
        """,
        {"event_id": event_id, "count": count},
    )
    return await cursor.fetchall()


async def newest_sessions(conn: Connection, *, event_id: UUID, limit: int) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select s.id, v.number as version, s.created_at, s.last_seen_at, s.first_match_at, s.turn_count as turns,
               s.state, t.message
        from public.sessions s join public.event_versions v on v.id = s.version_id
        left join lateral (
          select left(message, 1000) as message from public.turns
          where session_id = s.id order by number desc limit 1
        ) t on true
        where s.event_id = %s order by s.created_at desc, s.id limit %s
        """,
        (event_id, limit),
    )
    return await cursor.fetchall()


async def newest_refusals(conn: Connection, *, event_id: UUID, limit: int) -> list[dict[str, Any]]:
    """Of the last day: the index on event and kind is read from its end."""
    cursor = await conn.execute(
        """
        select l.title, j.session_id, j.recorded_at as refused_at
        from public.journal j join public.listings l on l.id = (j.facts ->> 'listing_id')::bigint
        where j.event_id = %s and j.kind = 'hold.refused' and j.recorded_at > now() - interval '1 day'
        order by j.recorded_at desc limit %s
        """,
        (event_id, limit),
    )
    return await cursor.fetchall()


async def active_holds(conn: Connection, *, event_id: UUID, limit: int) -> list[dict[str, Any]]:
    """A hold that has run out is over, swept or not."""
    cursor = await conn.execute(
        """
        select h.id, h.listing_id, l.title, h.session_id, h.placed_at, h.expires_at
        from public.holds h join public.listings l on l.id = h.listing_id
        where h.event_id = %s and h.status = 'active' and h.expires_at > now()
        order by h.placed_at desc, h.id limit %s
        """,
        (event_id, limit),
    )
    return await cursor.fetchall()
