"""SQL of holds and requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row

_COLUMNS = "id, listing_id, event_id, session_id, version_id, status, placed_at, expires_at, deposit_required"
_REQUEST = "id, event_id, session_id, kind, listing_id, details, status, created_at, ended_at"


async def prepare_action(
    conn: Connection, *, verb: str, arguments: Mapping[str, Any], origin: str
) -> dict[str, Any]:
    cursor = await conn.execute(
        "select private.prepare_action(%s, %s, %s) as prepared", (verb, Jsonb(dict(arguments)), origin)
    )
    return (await one_row(cursor))["prepared"]


async def withdraw_confirmations(conn: Connection, *, confirmations: list[UUID]) -> list[UUID]:
    cursor = await conn.execute(
        "select withdrawn from private.withdraw_confirmations(%s) withdrawn", (confirmations,)
    )
    return [row["withdrawn"] for row in await cursor.fetchall()]


async def place_hold(
    conn: Connection, *, listing_id: int, key: str, confirmation: UUID | None, origin: str
) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_COLUMNS} from private.place_hold(%s, %s, %s, %s)",  # noqa: S608
        (listing_id, key, confirmation, origin),
    )
    return await one_row(cursor)


async def record_refusal(conn: Connection, *, listing_id: int) -> None:
    await conn.execute("select private.record_refusal(%s)", (listing_id,))


async def release_hold(
    conn: Connection, *, hold_id: UUID, confirmation: UUID | None, origin: str
) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_COLUMNS} from private.release_hold(%s, %s, %s)",  # noqa: S608
        (hold_id, confirmation, origin),
    )
    return await one_row(cursor)


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
    return (await one_row(cursor))["swept"]


async def make_request(
    conn: Connection,
    *,
    kind: str,
    listing_id: int | None,
    details: Mapping[str, Any],
    key: str,
    confirmation: UUID | None,
    origin: str,
) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_REQUEST} from private.make_request(%s, %s, %s, %s, %s, %s)",  # noqa: S608
        (kind, listing_id, Jsonb(dict(details)), key, confirmation, origin),
    )
    return await one_row(cursor)


async def withdraw_request(
    conn: Connection, *, request_id: UUID, confirmation: UUID | None, origin: str
) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_REQUEST} from private.withdraw_request(%s, %s, %s)",  # noqa: S608
        (request_id, confirmation, origin),
    )
    return await one_row(cursor)


async def end_request(conn: Connection, *, request_id: UUID, status: str) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_REQUEST} from private.end_request(%s, %s)",  # noqa: S608
        (request_id, status),
    )
    return await one_row(cursor)


async def list_requests(
    conn: Connection, *, event_id: UUID | None, session_id: UUID | None, limit: int
) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        f"""
        select {_REQUEST} from public.buyer_requests
        where (%(event)s::uuid is null or event_id = %(event)s) and (%(session)s::uuid is null or session_id = %(session)s)
        order by created_at desc limit %(limit)s
        """,  # noqa: S608
        {"event": event_id, "session": session_id, "limit": limit},
    )
    return await cursor.fetchall()
