"""SQL of going back, of levers and flags, and of the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.db import Connection

Row = dict[str, Any]


async def consequences(conn: Connection, *, event_id: UUID, target: int) -> Row:
    cursor = await conn.execute("select private.consequences(%s, %s) as found", (event_id, target))
    row = await cursor.fetchone()
    assert row is not None
    return row["found"]


async def roll_back(
    conn: Connection, *, event_id: UUID, current: UUID, target: int, reason: str, carry: str | None
) -> UUID:
    """Shape: the id of the new version."""
    cursor = await conn.execute(
        "select id from private.roll_back(%s, %s, %s, %s, %s)", (event_id, current, target, reason, carry)
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["id"]


async def move_lever(
    conn: Connection, *, event_id: UUID, number: int, canonical: str, source: str, sha256: str, message: str
) -> UUID:
    """Shape: the id of the new version."""
    cursor = await conn.execute(
        "select id from private.move_lever(%s, %s, %s, %s, %s, %s)",
        (event_id, number, canonical, source, sha256, message),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["id"]


async def lever_moves(conn: Connection, *, event_id: UUID, baseline_id: UUID, limit: int) -> list[Row]:
    """Versions that moved levers since the last one that passed the gate, newest first, each with the document it replaced."""
    cursor = await conn.execute(
        """
        select v.number, v.document, b.document as before, v.created_at, private.email_of(v.author_id) as author_email
        from public.event_versions v join public.event_versions b on b.id = v.based_on
        where v.event_id = %s and v.baseline_id = %s and v.kind = 'lever'
        order by v.number desc limit %s
        """,
        (event_id, baseline_id, limit),
    )
    return await cursor.fetchall()


async def history(
    conn: Connection, *, event_id: UUID, limit: int, offset: int, author_type: str | None
) -> list[Row]:
    """Versions, newest first, each with the sections in which it differs from the one it replaced and the count of all."""
    cursor = await conn.execute(
        """
        with lines as (
          select v.*, case when v.author_id is null then 'system' when d.origin = 'assistant' then 'assistant' else 'member' end
                 as author_type
          from public.event_versions v left join public.drafts d on d.id = v.draft_id where v.event_id = %(event)s
        )
        select v.id, v.number, v.kind, v.risk, v.message, v.reason, v.author_id, private.email_of(v.author_id) as author_email,
               v.author_type, v.approvals, t.number as restores, v.carry, v.gone, v.created_at,
               v.id = e.current_version_id as is_current,
               exists (select from public.event_versions r join public.event_versions b on b.id = r.restores
                       where r.event_id = v.event_id and r.number > v.number and b.number < v.number) as is_rolled_back,
               (select coalesce(array_agg(key order by key), '{}') from (
                  select coalesce(old.key, new.key) as key
                  from jsonb_each(coalesce(p.document, '{}')) old full join jsonb_each(v.document) new on new.key = old.key
                  where old.value is distinct from new.value) changed) as sections,
               count(*) over () as total
        from lines v
        join public.events e on e.id = v.event_id
        left join public.event_versions p on p.id = v.based_on
        left join public.event_versions t on t.id = v.restores
        where %(author)s::text is null or v.author_type = %(author)s
        order by v.number desc limit %(limit)s offset %(offset)s
        """,
        {"event": event_id, "limit": limit, "offset": offset, "author": author_type},
    )
    return await cursor.fetchall()


async def list_flags(conn: Connection, *, organization_id: UUID) -> list[Row]:
    cursor = await conn.execute(
        """
        select f.name, f.is_on, f.note, private.email_of(f.updated_by) as updated_by, f.updated_at
        from public.organization_flags f where f.organization_id = %s order by f.name
        """,
        (organization_id,),
    )
    return await cursor.fetchall()


async def set_flag(conn: Connection, *, organization_id: UUID, name: str, is_on: bool, note: str) -> None:
    await conn.execute("select private.set_flag(%s, %s, %s, %s)", (organization_id, name, is_on, note))
