"""Verbs of pictures that people attach to listings. They stay when the list is imported again.

Sizes are made and stored before, by a flow; here are only their addresses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.domains.catalogue.queries import media as queries


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a listing. `variants` is `[{url, width, height, type}]`, smallest first, the last one for everybody."""

    external_id: str
    position: int
    sha256: str
    width: int
    height: int
    phash: str = ""
    alt: str = ""
    variants: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {"variants": [dict(one) for one in self.variants]}


async def check_may_attach(ctx: Context, *, event_id: UUID) -> None:
    """Asks the database before any work is done. Raises: NotFound; NotAllowed `identity.needs_permission`; Gone."""
    async with ctx.conn.transaction(force_rollback=True):
        await queries.attach(ctx.conn, event_id=event_id, pictures=())


async def attach_media(ctx: Context, *, event_id: UUID, pictures: Sequence[Picture]) -> int:
    """Pictures by the seller's own numbers, also of listings that only a later import brings. Raises: as above."""
    return await queries.attach(ctx.conn, event_id=event_id, pictures=[one.to_json() for one in pictures])


async def detach_media(ctx: Context, *, event_id: UUID, external_id: str, sha256: str | None = None) -> int:
    """One picture of a listing, or all of them. Shape: how many are gone. Raises: as above."""
    return await queries.detach(ctx.conn, event_id=event_id, external_id=external_id, sha256=sha256)


async def list_media(ctx: Context, *, event_id: UUID) -> list[Picture]:
    """Every attached picture that the actor may see, by listing and position."""
    rows = await queries.list_attached(ctx.conn, event_id=event_id)
    return [_picture(row) for row in rows]


def _picture(row: queries.Row) -> Picture:
    facts: dict[str, Any] = {**row, "variants": tuple(row["variants"])}
    return Picture(**facts)
