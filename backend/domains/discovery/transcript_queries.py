"""SQL of transcripts: everything that was kept of one conversation, as its reader may see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.db import Connection


async def find_conversation(conn: Connection, *, session_id: UUID) -> dict[str, Any] | None:
    cursor = await conn.execute(
        """
        select s.id, s.event_id, s.organization_id, e.slug, e.name as event, v.number as version, s.created_at, s.last_seen_at,
               s.turn_count, s.spent_tokens, s.receipt_count, s.receipt_head
        from public.sessions s
        join public.events e on e.id = s.event_id
        join public.event_versions v on v.id = s.version_id
        where s.id = %s
        """,
        (session_id,),
    )
    return await cursor.fetchone()


async def list_kept_turns(conn: Connection, *, session_id: UUID) -> list[dict[str, Any]]:
    """The last 200, oldest first."""
    cursor = await conn.execute(
        """
        select t.id, t.number, t.message, t.reply, t.understanding, t.took_ms, t.created_at,
               coalesce(t.answer ->> 'note', '') as note, coalesce((t.answer ->> 'matches')::int, 0) as matches,
               coalesce(t.answer -> 'claims', '[]') as claims, jsonb_array_length(t.tiles) as shown,
               coalesce(r.stance, 'answer_safely') as stance, coalesce(r.record, '{}') as record
        from public.turns t left join public.turn_records r on r.turn_id = t.id
        where t.session_id = %s order by t.number desc limit 200
        """,
        (session_id,),
    )
    return (await cursor.fetchall())[::-1]


async def list_tool_calls(conn: Connection, *, session_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select turn_id, tool, verb, origin, outcome, arguments, reasons, took_ms from public.tool_calls
        where session_id = %s order by id desc limit 1000
        """,
        (session_id,),
    )
    return (await cursor.fetchall())[::-1]


async def list_exchanges(conn: Connection, *, session_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select turn_id, purpose, provider, model, outcome, sealed, provenance, input_tokens, output_tokens, took_ms
        from public.model_exchanges where session_id = %s order by id desc limit 1000
        """,
        (session_id,),
    )
    return (await cursor.fetchall())[::-1]
