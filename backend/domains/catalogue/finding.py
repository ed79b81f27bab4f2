"""Finding: the best listings, how many fit and what those are like, in one round trip; and what other filters would give.

What an inventory is like changes with imports and sales alone, so a share is kept for a minute per set of filters, and so is
how many there were before a message.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.core import quick_json
from backend.core.context import Context
from backend.domains.catalogue.model import CompiledFilters, Hit, Tried, Try, Weights, Wish
from backend.domains.catalogue.queries import listings as queries
from backend.domains.catalogue.search import Index, compile_wishes
from backend.domains.catalogue.share import Share

T = TypeVar("T")
Key: TypeAlias = tuple[UUID, int, str]

SAMPLE: Final = 500
MOST_TRIES: Final = 16
_KEPT, _FRESH = 256, timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Results:
    """`hits` are best first, and `like` has a row for each in the order of their ids; `share` is of all that fit."""

    hits: list[Hit]
    matches: int
    share: Share
    like: Share


_shares: OrderedDict[Key, tuple[datetime, Share]] = OrderedDict()
_counts: OrderedDict[Key, tuple[datetime, int]] = OrderedDict()


async def find(
    ctx: Context,
    *,
    event_id: UUID,
    filters: CompiledFilters,
    index: Index,
    wishes: Iterable[Wish] = (),
    weights: Weights | None = None,
    text: str | None = None,
    vector: NDArray[np.float32] | None = None,
    like: int | None = None,
    limit: int = 24,
) -> Results:
    """The best listings within the filters, and what all within them are like.

    `like` names a listing whose own vector is searched by where none is given. Raises: NotFound `events.not_found`.
    """
    weights = weights or Weights()
    key = _key(event_id, index, filters)
    kept = _kept(_shares, key, ctx.now)
    row = await queries.find(
        ctx.conn,
        event_id=event_id,
        where=filters.where,
        wishes=compile_wishes(wishes, index),
        weights={name: getattr(weights, name) for name in ("individual", "spec", "scarcity", "social")},
        embedding=None if vector is None else quick_json.vector(vector),
        model=ctx.ports.embedder.model,
        text=text,
        limit=limit,
        sample=0 if kept else SAMPLE,
        like=like,
    )
    share = (
        _of_now(kept, row["matches"]) if kept else Share.unpacked(row["matches"], row["bits"], row["numbers"])
    )
    if kept is None:
        _keep(_shares, key, ctx.now, share)
    similar = Share.unpacked(len(row["ids"]), row["hit_bits"] or b"", row["hit_numbers"] or b"")
    return Results(_hits(row), row["matches"], share, similar)


async def count_lately(ctx: Context, *, event_id: UUID, filters: CompiledFilters, index: Index) -> int:
    """How many listings the filters left within the last minute: what a buyer saw before a message, not what is there now.

    Raises: NotFound `events.not_found`, where it has to be counted.
    """
    key = _key(event_id, index, filters)
    known = _kept(_counts, key, ctx.now)
    if known is None:
        known = await queries.count_listings(ctx.conn, event_id=event_id, where=filters.where)
        _keep(_counts, key, ctx.now, known)
    return known


async def try_filters(ctx: Context, *, event_id: UUID, tries: Sequence[Try]) -> list[Tried]:
    """What each set of filters would give, in one round trip; at most 16 are tried."""
    asked = [_asked(one) for one in tries[:MOST_TRIES]]
    rows = await queries.try_filters(ctx.conn, event_id=event_id, tries=asked) if asked else []
    return [
        Tried(row["n"], tuple(row["near"]), {int(i): n for i, n in row["counts"].items()})
        for row in sorted(rows, key=lambda r: r["at"])
    ]


def _asked(one: Try) -> Mapping[str, Any]:
    slot = {"column": one.slot, "side": one.side} if one.slot else {}
    return {
        "filters": dict(one.filters.where),
        **slot,
        **({"facets": list(one.facets)} if one.facets else {}),
    }


def _hits(row: Mapping[str, Any]) -> list[Hit]:
    parts = [row["parts"][at : at + 4] for at in range(0, len(row["parts"]), 4)]
    return [Hit(listing_id, sum(four), *four) for listing_id, four in zip(row["ids"], parts, strict=True)]


def _key(event_id: UUID, index: Index, filters: CompiledFilters) -> Key:
    return event_id, index.revision, json.dumps(dict(filters.where), sort_keys=True)


def _kept(held: OrderedDict[Key, tuple[datetime, T]], key: Key, now: datetime) -> T | None:
    one = held.get(key)
    if one is None or not timedelta(0) <= now - one[0] < _FRESH:
        return None
    held.move_to_end(key)
    return one[1]


def forget() -> None:
    """Nothing is kept any more."""
    _shares.clear()
    _counts.clear()


def _keep(held: OrderedDict[Key, tuple[datetime, T]], key: Key, now: datetime, value: T) -> None:
    held[key] = (now, value)
    while len(held) > _KEPT:
        held.popitem(last=False)


def _of_now(kept: Share, matches: int) -> Share:
    """The kept share where still as many fit; else it stands for those that do now."""
    return kept if kept.matches == matches else Share(matches, kept.bits, kept.numbers)
