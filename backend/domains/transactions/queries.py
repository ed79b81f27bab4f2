"""SQL of holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.db import Connection

_COLUMNS = "id, listing_id, event_id, session_id, version_id, status, placed_at, expires_at, deposit_required"


async def place_hold(conn: Connection, *, listing_id: int, key: str) -> dict[str, Any]:
    cursor = await conn.execute(f"select {_COLUMNS} from private.place_hold(%s, %s)", (listing_id, key))  # noqa: S608
    row = await cursor.fetchone()
    assert row is not None
    return row


async def record_refusal(conn: Connection, *, listing_id: int) -> None:
    await conn.execute("select private.record_refusal(%s)", (listing_id,))


async def release_hold(conn: Connection, *, hold_id: UUID) -> dict[str, Any]:
    cursor = await conn.execute(f"select {_COLUMNS} from private.release_hold(%s)", (hold_id,))  # noqa: S608
    row = await cursor.fetchone()
    assert row is not None
    return row


async def list_own(conn: Connection, *, session_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        f"select {_COLUMNS} from public.holds where session_id = %s order by placed_at desc limit 50",  # noqa: S608
        (session_id,),
    )
    return await cursor.fetchall()


async def unit_states(conn: Connection, *, listing_ids: list[int]) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select listing_id, held_until,
               case when state = 'held' and held_until <= now() then 'available' else state end as state
        from public.listing_units where listing_id = any(%s)
        """,
        (listing_ids,),
    )
    return await cursor.fetchall()


async def sweep(conn: Connection, *, batch: int) -> int:
    cursor = await conn.execute("select private.sweep_holds(%s) as swept", (batch,))
    row = await cursor.fetchone()
    assert row is not None
    return row["swept"]
