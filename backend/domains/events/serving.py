"""Verbs of versions while they are served: who still uses them, and taking back a fresh one that fails buyers.

Which version that is, and when it counts as failing, the database decides; a person goes back with `releases`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.domains.events.model import Bundle
from backend.domains.events.queries import serving as queries

#: How far the clocks of this machine and of the database may be apart.
_CLOCKS: Final = timedelta(minutes=1)


async def find_in_use(ctx: Context, *, version_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these versions that open conversations have."""
    return await queries.versions_in_use(ctx.conn, version_ids=version_ids)


def is_watched(bundle: Bundle, now: datetime) -> bool:
    """Whether a version in force is so fresh that it may take itself back."""
    rules = bundle.document.get("safety", {}).get("auto_rollback", {})
    window = timedelta(minutes=rules.get("watch_minutes", 0)) + _CLOCKS
    return bool(rules.get("enabled")) and now - bundle.created_at < window


async def watch(ctx: Context) -> list[dict[str, Any]]:
    """Takes back fresh versions under which too many new conversations fail; journalled and announced by the database.

    Shape: of each `{slug, from, to, number, failed, begun}`. Raises: NotAllowed for anybody but the system.
    """
    return await queries.watch_versions(ctx.conn)
