"""SQL of the journal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection


async def record_fact(
    conn: Connection, *, kind: str, facts: dict[str, Any], organization_id: UUID | None, event_id: UUID | None
) -> None:
    await conn.execute(
        "select private.record_fact(%s, %s, %s, %s)", (kind, Jsonb(facts), organization_id, event_id)
    )


async def claim_answer(
    conn: Connection, *, operation: str, key: str, request_sha256: str
) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "select status, body from private.claim_answer(%s, %s, %s)", (operation, key, request_sha256)
    )
    return await cursor.fetchone()


async def keep_answer(conn: Connection, *, operation: str, key: str, status: int, body: Any) -> None:
    await conn.execute("select private.keep_answer(%s, %s, %s, %s)", (operation, key, status, Jsonb(body)))


async def keep_house(conn: Connection) -> None:
    await conn.execute("select private.keep_house()")
