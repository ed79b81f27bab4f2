"""SQL of the audit: chains, snapshots and seals as they lie in the tables, and the making of seals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.db import Connection, one_row


async def list_audited(conn: Connection, *, slug: str | None) -> list[UUID]:
    cursor = await conn.execute(
        """
        select o.id from public.organizations o where (%(slug)s::text is null or o.slug = %(slug)s)
        union
        select r.organization_id from public.receipt_anchors r where %(slug)s::text is null
        """,
        {"slug": slug},
    )
    return sorted(row["id"] for row in await cursor.fetchall())


async def list_chain_ids(conn: Connection, *, owners: Sequence[UUID], since: datetime | None) -> list[UUID]:
    cursor = await conn.execute(
        """
        select s.id from public.sessions s
        where s.organization_id = any(%(owners)s)
          and (s.receipt_count > 0 or s.is_guarded and (
            s.turn_count > 0 or exists (select from public.policy_snapshots p where p.session_id = s.id)
            or exists (select from public.holds h where h.session_id = s.id)
            or exists (select from public.buyer_requests b where b.session_id = s.id)))
          and (%(since)s::timestamptz is null or s.last_seen_at >= %(since)s or exists (
            select from public.receipts r where r.session_id = s.id and r.created_at >= %(since)s))
        union
        select r.session_id from public.receipts r
        where (r.organization_id = any(%(owners)s) or r.organization_id not in (select id from public.organizations))
          and (%(since)s::timestamptz is null or r.created_at >= %(since)s)
        """,
        {"owners": list(owners), "since": since},
    )
    return sorted(row["id"] for row in await cursor.fetchall())


async def list_chains(conn: Connection, *, sessions: Sequence[UUID]) -> list[dict[str, Any]]:
    # one statement: the end that a conversation names and its receipts are of the same moment
    cursor = await conn.execute(
        """
        select w.id as chain, s.id is not null as is_there, s.organization_id as owner, s.receipt_count, s.receipt_head, r.*
        from unnest(%s::uuid[]) w (id)
        left join public.sessions s on s.id = w.id left join public.receipts r on r.session_id = w.id
        order by w.id, r.n
        """,
        (list(sessions),),
    )
    return await cursor.fetchall()


async def list_snapshots(conn: Connection, *, sessions: Sequence[UUID]) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select session_id, number, event_id, organization_id, version_id, profile, policy::text as policy, sha256,
               facts::text as facts, sealed_facts is not null as is_sealed, trace::text as trace, reason, created_at, expires_at
        from public.policy_snapshots where session_id = any(%s)
        """,
        (list(sessions),),
    )
    return await cursor.fetchall()


async def list_anchors(conn: Connection, *, owner: UUID, since: datetime | None) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select organization_id, n, created_at, sealed_until, heads, previous, sha256 from public.receipt_anchors
        where organization_id = %(owner)s and (%(since)s::timestamptz is null or created_at >= %(since)s) order by n
        """,
        {"owner": owner, "since": since},
    )
    return await cursor.fetchall()


async def list_ends(conn: Connection, *, owners: Sequence[UUID]) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select w.id, o.seal_count, o.seal_head, coalesce(a.n, 0) as n, coalesce(a.sha256, '') as sha256
        from unnest(%s::uuid[]) w (id) left join public.organizations o on o.id = w.id
        left join lateral (select x.n, x.sha256 from public.receipt_anchors x where x.organization_id = w.id
                           order by x.n desc limit 1) a on true
        order by w.id
        """,
        (list(owners),),
    )
    return await cursor.fetchall()


async def find_seal(conn: Connection, *, owner: UUID, n: int) -> str | None:
    cursor = await conn.execute(
        "select sha256 from public.receipt_anchors where organization_id = %s and n = %s", (owner, n)
    )
    row = await cursor.fetchone()
    return row["sha256"] if row else None


async def find_hashes(conn: Connection, *, wanted: Sequence[tuple[UUID, int]]) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select r.session_id, r.n, r.sha256 from unnest(%s::uuid[], %s::int[]) w (session_id, n)
        join public.receipts r on r.session_id = w.session_id and r.n = w.n
        """,
        ([session for session, _ in wanted], [n for _, n in wanted]),
    )
    return await cursor.fetchall()


async def is_sealing_due(conn: Connection) -> bool:
    cursor = await conn.execute("select private.is_sealing_due() as due")
    return (await one_row(cursor))["due"]


async def seal(conn: Connection) -> int:
    cursor = await conn.execute("select private.seal_receipts() as sealed")
    return (await one_row(cursor))["sealed"]
