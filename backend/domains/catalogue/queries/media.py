"""SQL of pictures that people attached to listings. Who may attach is decided by the functions called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection

Row = dict[str, Any]


async def attach(conn: Connection, *, event_id: UUID, pictures: Sequence[Mapping[str, Any]]) -> int:
    cursor = await conn.execute(
        "select private.attach_media(%s, %s) as attached", (event_id, Jsonb([dict(one) for one in pictures]))
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["attached"]


async def detach(conn: Connection, *, event_id: UUID, external_id: str, sha256: str | None) -> int:
    cursor = await conn.execute(
        "select private.detach_media(%s, %s, %s) as gone", (event_id, external_id, sha256)
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["gone"]


async def list_attached(conn: Connection, *, event_id: UUID) -> list[Row]:
    cursor = await conn.execute(
        """
        select external_id, position, sha256, width, height, phash, alt, variants from public.attached_media
        where event_id = %s order by external_id, position, created_at
        """,
        (event_id,),
    )
    return await cursor.fetchall()


async def apply(conn: Connection, *, event_id: UUID) -> int:
    """Puts attached pictures before those that a file has just brought. The system's own."""
    cursor = await conn.execute("select private.apply_media(%s) as changed", (event_id,))
    row = await cursor.fetchone()
    assert row is not None
    return row["changed"]
