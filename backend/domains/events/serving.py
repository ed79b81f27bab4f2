"""Verbs of versions while they are served: who still uses them, and taking back a fresh one that fails buyers.

Which version that is, and when it counts as failing, the database decides; a person goes back with `releases`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.domains.events.queries import serving as queries


async def find_in_use(ctx: Context, *, version_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these versions that open conversations have."""
    return await queries.versions_in_use(ctx.conn, version_ids=version_ids)


async def watch(ctx: Context) -> list[dict[str, Any]]:
    """Takes back fresh versions under which too many new conversations fail; journalled and announced by the database.

    Shape: of each `{slug, from, to, number, failed, begun}`. Raises: NotAllowed for anybody but the system.
    """
    return await queries.watch_versions(ctx.conn)
