"""Sealed texts wherever they lie, for sealing them anew. What is in them is not looked at here."""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.context import Context
from backend.domains.policy import sealed_queries as queries


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed text. `kind`: credentials, facts, message, exchange."""

    kind: str
    key: str
    sealed: str


async def list_sealed(ctx: Context, *, after: Sealed | None, limit: int) -> list[Sealed]:
    """A page of them, in one order."""
    place = (after.kind, after.key) if after else None
    return [Sealed(**row) for row in await queries.list_sealed(ctx.conn, after=place, limit=limit)]


async def reseal(ctx: Context, *, old: Sealed, sealed: str) -> bool:
    """Puts the new text in the place of the old. False where that was sealed anew by somebody else meanwhile."""
    return await queries.reseal(ctx.conn, kind=old.kind, key=old.key, before=old.sealed, after=sealed)
