"""SQL of sealed texts, wherever they lie."""

from __future__ import annotations

from typing import Any

from backend.core.db import Connection, one_row


async def list_sealed(conn: Connection, *, after: tuple[str, str] | None, limit: int) -> list[dict[str, Any]]:
    kind, key = after or (None, None)
    cursor = await conn.execute(
        """
        select kind, key, sealed from private.sealed_texts
        where %(kind)s::text is null or (kind, key) > (%(kind)s::text, %(key)s::text)
        order by kind, key limit %(limit)s
        """,
        {"kind": kind, "key": key, "limit": limit},
    )
    return await cursor.fetchall()


async def reseal(conn: Connection, *, kind: str, key: str, before: str, after: str) -> bool:
    cursor = await conn.execute("select private.reseal(%s, %s, %s, %s) as done", (kind, key, before, after))
    return (await one_row(cursor))["done"]
