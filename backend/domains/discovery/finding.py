"""Searching for a conversation: within its limits, and where few or none meet them, what a little more room would give.

Everything of the inventory is asked through the catalogue; what is made of it is decided in `spreading`, `relaxing`
and `asking`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.core.context import Context
from backend.core.ports import Embedder
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Hit, Listing, Try
from backend.domains.catalogue.service import Index, Results, Share
from backend.domains.discovery import ranking, relaxing, rules, spreading
from backend.domains.discovery.claims import stated
from backend.domains.discovery.conversation import Relaxation
from backend.domains.discovery.inquiring import Inquiry
from backend.domains.discovery.model import Filter, Loosening, State
from backend.domains.events.model import Document

_NOTHING: Final = Share.unpacked(0, b"", b"")
_POOL: Final = 60  # hits from which those shown are chosen, at least; three for each tile where that is more


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. `hits` are those to show, in their order; `matches` counts all within the limits.

    `share` is what all within the limits are like. With no match `hits` are the near misses of the first loosening;
    `loosenings` are there where none or few fit. `equals` is how many share the first place of an order that was
    asked for; 0 where none was.
    """

    hits: list[Hit]
    listings: Mapping[int, Listing]
    matches: int
    unsupported: tuple[str, ...]
    relaxation: Relaxation | None = None
    share: Share = field(default=_NOTHING)
    loosenings: tuple[Loosening, ...] = ()
    equals: int = 0


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
    order: Inquiry | None = None,
) -> Found:
    """The best listings for the state of a conversation, those with the most or the least of something first where asked."""
    wanted = _Search(event_id, document, state, index, vector)
    compiled = compiled_limits(state.filters, index)
    unsupported = tuple(f.field for f in compiled.unsupported)
    if not compiled.impossible:
        results = await _find(ctx, wanted, state.filters, compiled)
        if results.matches:
            ordered = await _in_order(ctx, wanted, results, order) if order else None
            if ordered is not None:
                return replace(ordered, unsupported=unsupported)
            more = await _loosenings(ctx, wanted, results.matches) if results.matches <= relaxing.FEW else ()
            hits, listings = await _shown(ctx, wanted, results)
            return Found(hits, listings, results.matches, unsupported, share=results.share, loosenings=more)
    return await _near(ctx, wanted, unsupported)


async def _in_order(ctx: Context, wanted: _Search, results: Results, inquiry: Inquiry) -> Found | None:
    """Those with the most or the least of an attribute, of all that fit; None where none of them states it.

    Two more round trips: how far the first ones reach, and who they are.
    """
    attribute = wanted.index.attribute(inquiry.field)
    if attribute is None or not attribute.slot:
        return None
    most, limits = wanted.document["search_defaults"]["max_results"], wanted.state.filters
    side: Literal["lte", "gte"] = "lte" if inquiry.side == "min" else "gte"
    asked = Try(compiled_limits(limits, wanted.index), attribute.slot, side)
    near = (await catalogue.try_filters(ctx, event_id=wanted.event_id, tries=[asked]))[0].near
    if not near:
        return None
    reach = Filter(inquiry.field, side, near[min(most, len(near)) - 1])
    first = await _find(ctx, wanted, limits, compiled_limits((*limits, reach), wanted.index))
    hits, listings = await _listed(ctx, wanted.document, _by_value(first, attribute.slot, inquiry)[:most])
    return Found(hits, listings, results.matches, (), share=results.share, equals=near.count(near[0]))


def _by_value(results: Results, slot: str, inquiry: Inquiry) -> list[Hit]:
    """Hits in the order of a column, which has a row for each in the order of their ids; equal ones by their score."""
    values = dict(
        zip(sorted(hit.listing_id for hit in results.hits), results.like.numbers[slot].tolist(), strict=True)
    )
    sign = 1 if inquiry.side == "min" else -1
    return sorted(results.hits, key=lambda hit: (sign * values[hit.listing_id], -hit.score))


async def count(ctx: Context, *, event_id: UUID, filters: Sequence[Filter], index: Index) -> int:
    """How many listings the limits leave."""
    compiled = compiled_limits(filters, index)
    return 0 if compiled.impossible else await catalogue.count(ctx, event_id=event_id, filters=compiled)


async def count_lately(ctx: Context, *, event_id: UUID, filters: Sequence[Filter], index: Index) -> int:
    """How many listings the limits left, as somebody saw it within the last minute."""
    compiled = compiled_limits(filters, index)
    if compiled.impossible:
        return 0
    return await catalogue.count_lately(ctx, event_id=event_id, filters=compiled, index=index)


def compiled_limits(filters: Sequence[Filter], index: Index) -> CompiledFilters:
    """The limits among filters, in the form search takes."""
    return relaxing.compiled(filters, index)


async def _near(ctx: Context, wanted: _Search, unsupported: tuple[str, ...]) -> Found:
    """The near misses: what the least change would give, the nearest first."""
    loosenings = await _loosenings(ctx, wanted, 0)
    if not loosenings:
        return Found([], {}, 0, unsupported)
    best = loosenings[0]
    out = tuple(one.filter for one in (best, *best.also))
    left = rules.without(wanted.state.filters, out)
    toward = [wish for f in out for wish in _toward(f)]
    results = await _find(ctx, wanted, (*left, *toward), compiled_limits(left, wanted.index))
    hits, listings = await _shown(ctx, wanted, results)
    relaxation = Relaxation(out, best.matches, to=tuple(one.to for one in (best, *best.also)))
    return Found(hits, listings, 0, unsupported, relaxation, loosenings=loosenings)


async def _loosenings(ctx: Context, wanted: _Search, now: int) -> tuple[Loosening, ...]:
    """What more room would give: one limit at a time, and where none helps two. One round trip each."""
    alike = _alike(ctx.ports.embedder)
    for attempts in (relaxing.alone, relaxing.paired):
        tries = attempts(wanted.state.filters, wanted.index)
        tried = await catalogue.try_filters(ctx, event_id=wanted.event_id, tries=[t.asked for t in tries])
        found = relaxing.read(tries[: len(tried)], tried, wanted.index, alike, now)
        if found or now:
            return tuple(found)
    return ()


def _alike(embedder: Embedder) -> Callable[[str, Sequence[str]], list[float]]:
    """How alike values are by their words, from the embedder of the catalogue."""

    def alike(one: str, others: Sequence[str]) -> list[float]:
        rows = embedder.embed([one, *others])
        return [float(cosine) for cosine in rows[1:] @ rows[0]]

    return alike


async def _find(
    ctx: Context, wanted: _Search, filters: Sequence[Filter], compiled: CompiledFilters
) -> Results:
    return await catalogue.find(
        ctx,
        event_id=wanted.event_id,
        filters=compiled,
        index=wanted.index,
        wishes=ranking.wishes_of(filters),
        weights=ranking.weights_of(wanted.document),
        text=wanted.state.text or None,
        vector=wanted.vector,
        limit=max(_POOL, 3 * wanted.document["search_defaults"]["max_results"]),
    )


async def _shown(ctx: Context, wanted: _Search, results: Results) -> tuple[list[Hit], dict[int, Listing]]:
    most = wanted.document["search_defaults"]["max_results"]
    return await _listed(
        ctx, wanted.document, spreading.diversified(results.hits, results.like, wanted.index, most)
    )


async def _listed(
    ctx: Context, document: Document, hits: Sequence[Hit]
) -> tuple[list[Hit], dict[int, Listing]]:
    """Hits with their listings, those that may be seen."""
    ids = [hit.listing_id for hit in hits]
    found = await catalogue.list_listings(ctx, ids=ids)
    listings = {listing.id: stated(document, listing) for listing in found}
    return [hit for hit in hits if hit.listing_id in listings], listings


def _toward(f: Filter) -> list[Filter]:
    """A limit that was loosened, as a wish to be near."""
    return (
        [replace(f, op="eq", group="nice")]
        if f.op in ("lte", "gte") and isinstance(f.value, int | float)
        else []
    )
