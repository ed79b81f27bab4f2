"""Searching for a conversation: within its limits, and where nothing meets them all, what one less would give.

Everything of the inventory is asked through the catalogue; ranking of what comes back is in `ranking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.core.context import Context
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Hit, Listing
from backend.domains.catalogue.model import Filter as Limit
from backend.domains.catalogue.service import Index
from backend.domains.discovery import ranking, rules
from backend.domains.discovery.conversation import Relaxation
from backend.domains.discovery.model import Filter, State
from backend.domains.discovery.wording import value_of
from backend.domains.events.model import Document

SAMPLE: Final = 48  # enough to choose tiles and the next question from


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. `matches` counts all within the limits; with none, `hits` are the near misses of `relaxation`."""

    hits: list[Hit]
    listings: Mapping[int, Listing]
    matches: int
    unsupported: tuple[str, ...]
    relaxation: Relaxation | None = None


@dataclass(frozen=True, slots=True)
class _Search:
    event_id: UUID
    document: Document
    state: State
    index: Index
    vector: NDArray[np.float32] | None


async def search(
    ctx: Context,
    *,
    event_id: UUID,
    document: Document,
    state: State,
    index: Index,
    vector: NDArray[np.float32] | None,
) -> Found:
    """The best listings for the state of a conversation."""
    wanted = _Search(event_id, document, state, index, vector)
    compiled = compiled_limits(state.filters, index)
    unsupported = tuple(f.field for f in compiled.unsupported)
    if not compiled.impossible:
        hits = await _hits(ctx, wanted, state.filters, compiled)
        if hits:
            matches = len(hits)
            if len(hits) >= _limit(document):
                matches = await catalogue.count(ctx, event_id=event_id, filters=compiled)
            return Found(hits, await _listings(ctx, hits), matches, unsupported)
    return await _near(ctx, wanted, unsupported)


async def count(ctx: Context, *, event_id: UUID, filters: Sequence[Filter], index: Index) -> int:
    """How many listings the limits leave."""
    compiled = compiled_limits(filters, index)
    return 0 if compiled.impossible else await catalogue.count(ctx, event_id=event_id, filters=compiled)


def compiled_limits(filters: Sequence[Filter], index: Index) -> CompiledFilters:
    """The limits among filters, in the form search takes."""
    limits = [Limit(f.field, f.op, f.value) for f in filters if f.group == "must" and f.op != "within"]
    return catalogue.compile_filters(limits, index)


async def _near(ctx: Context, wanted: _Search, unsupported: tuple[str, ...]) -> Found:
    """The near misses: what fewest limits less would give."""
    relaxation = await _relaxation(ctx, wanted)
    if relaxation is None:
        return Found([], {}, 0, unsupported)
    left = rules.without(wanted.state.filters, relaxation.filters)
    toward = [w for f in relaxation.filters for w in _toward(f)]
    hits = await _hits(ctx, wanted, (*left, *toward), compiled_limits(left, wanted.index))
    listings = await _listings(ctx, hits)
    nearest = (
        _nearest(relaxation.filters[0], list(listings.values())) if len(relaxation.filters) == 1 else None
    )
    return Found(hits, listings, 0, unsupported, replace(relaxation, nearest=nearest))


async def _relaxation(ctx: Context, wanted: _Search) -> Relaxation | None:
    """One limit less if that helps, else two; of equal many, what gives most."""
    best: Relaxation | None = None
    for some in rules.relaxations(wanted.state.filters):
        if best is not None and len(some) > len(best.filters):
            break
        compiled = compiled_limits(rules.without(wanted.state.filters, some), wanted.index)
        if compiled.impossible:
            continue
        matches = await catalogue.count(ctx, event_id=wanted.event_id, filters=compiled)
        if matches and (best is None or matches > best.matches):
            best = Relaxation(some, matches)
    return best


def _limit(document: Document) -> int:
    return max(SAMPLE, document["search_defaults"]["max_results"])


async def _hits(
    ctx: Context, wanted: _Search, filters: Sequence[Filter], compiled: CompiledFilters
) -> list[Hit]:
    return await catalogue.search(
        ctx,
        event_id=wanted.event_id,
        filters=compiled,
        wishes=ranking.wishes_of(filters),
        weights=ranking.weights_of(wanted.document),
        text=wanted.state.text or None,
        vector=wanted.vector,
        index=wanted.index,
        limit=_limit(wanted.document),
    )


async def _listings(ctx: Context, hits: Sequence[Hit]) -> dict[int, Listing]:
    return {
        listing.id: listing
        for listing in await catalogue.list_listings(ctx, ids=[h.listing_id for h in hits])
    }


def _toward(f: Filter) -> list[Filter]:
    """A limit that was loosened, as a wish to be near."""
    return (
        [replace(f, op="eq", group="nice")]
        if f.op in ("lte", "gte") and isinstance(f.value, int | float)
        else []
    )


def _nearest(f: Filter, listings: Sequence[Listing]) -> float | None:
    values = [
        v
        for listing in listings
        if isinstance(v := value_of(listing, f.field), int | float) and not isinstance(v, bool)
    ]
    return min(values, key=lambda v: abs(v - f.value)) if values and f.op in ("lte", "gte") else None
