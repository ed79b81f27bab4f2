"""SQL of conversations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection

_SESSION = "id, event_id, organization_id, version_id, state, arms, turn_count"


async def open_session(
    conn: Connection, *, slug: str, version_id: UUID, state: dict[str, Any], arms: dict[str, str]
) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_SESSION} from private.open_session(%s, %s, %s, %s)",  # noqa: S608
        (slug, version_id, Jsonb(state), Jsonb(arms)),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def find_session(conn: Connection, *, session_id: UUID) -> dict[str, Any] | None:
    cursor = await conn.execute(f"select {_SESSION} from public.sessions where id = %s", (session_id,))  # noqa: S608
    return await cursor.fetchone()


async def find_turn(conn: Connection, *, session_id: UUID, key: str) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "select message, answer from public.turns where session_id = %s and idempotency_key = %s",
        (session_id, key),
    )
    return await cursor.fetchone()


async def list_turns(conn: Connection, *, session_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select number, message, reply, coalesce(answer ->> 'note', '') as note, created_at from public.turns
        where session_id = %s order by number desc limit 200
        """,
        (session_id,),
    )
    return (await cursor.fetchall())[::-1]


async def record_turn(conn: Connection, *, turn: dict[str, Any]) -> None:
    """Shape of `turn`: as `private.record_turn` names it."""
    await conn.execute("select private.record_turn(%s)", (Jsonb(turn),))


async def record_exposure(conn: Connection, *, experiment: str) -> None:
    await conn.execute("select private.record_exposure(%s)", (experiment,))


async def record_action(conn: Connection, *, action: str, listing_id: int | None) -> None:
    await conn.execute("select private.record_action(%s, %s)", (action, listing_id))


async def record_failure(conn: Connection) -> None:
    await conn.execute("select private.note_failure()")
