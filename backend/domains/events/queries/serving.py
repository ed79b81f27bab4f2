"""SQL of what processes serve beyond the versions themselves: which are used, and which take themselves back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.core.db import Connection


async def versions_in_use(conn: Connection, *, version_ids: Sequence[UUID]) -> set[UUID]:
    cursor = await conn.execute("select v from private.versions_in_use(%s) v", (list(version_ids),))
    return {row["v"] for row in await cursor.fetchall()}


async def watch_versions(conn: Connection) -> list[dict[str, Any]]:
    cursor = await conn.execute("select private.watch_versions() as alert")
    return [row["alert"] for row in await cursor.fetchall()]
