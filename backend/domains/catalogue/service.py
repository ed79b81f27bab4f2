"""Verbs of the catalogue: search and read listings, know the vocabulary of an inventory. Imports are in `importing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.core import quick_json
from backend.core.context import Context
from backend.core.errors import NotFound
from backend.domains.catalogue.cells import says_nothing
from backend.domains.catalogue.columns import with_columns
from backend.domains.catalogue.combined import combined_share, list_separator, place_targets
from backend.domains.catalogue.finding import Results, count_lately, find, try_filters
from backend.domains.catalogue.importing import import_file, import_table
from backend.domains.catalogue.layout import survey
from backend.domains.catalogue.mapping import mapping_of, parse_mapping, read_mapping
from backend.domains.catalogue.model import (
    Attribute,
    CompiledFilters,
    FacetValue,
    Hit,
    Listing,
    Vocabulary,
    Weights,
    Wish,
)
from backend.domains.catalogue.normalizers import boolean as read_boolean
from backend.domains.catalogue.places import countries, country_codes, state_codes
from backend.domains.catalogue.preview import preview_rows, read_cell, read_values
from backend.domains.catalogue.profiling import profile_records
from backend.domains.catalogue.queries import listings as queries
from backend.domains.catalogue.readers import Table, table_of
from backend.domains.catalogue.reading import Setting
from backend.domains.catalogue.search import Index, compile_filters, compile_wishes
from backend.domains.catalogue.share import Share
from backend.domains.catalogue.titles import spoken, spoken_row
from backend.domains.catalogue.vehicles import known_makes, learn_vehicles

__all__ = [
    "Index",
    "Results",
    "Setting",
    "Share",
    "Table",
    "combined_share",
    "compile_filters",
    "compile_wishes",
    "count",
    "count_by_dealer",
    "count_facets",
    "count_lately",
    "countries",
    "country_codes",
    "find",
    "find_named",
    "get_listing",
    "import_file",
    "import_table",
    "known_makes",
    "learn_vehicles",
    "list_listings",
    "list_mappings",
    "list_separator",
    "mapping_of",
    "parse_mapping",
    "place_targets",
    "preview_rows",
    "profile_records",
    "read_boolean",
    "read_cell",
    "read_mapping",
    "read_values",
    "says_nothing",
    "search",
    "state_codes",
    "survey",
    "table_of",
    "try_filters",
    "vocabulary",
]

_FILTERS: Final = CompiledFilters({})


async def vocabulary(ctx: Context, *, event_id: UUID, revision: int | None = None) -> Vocabulary:
    """What the inventory can be asked for. Keep it until `catalogue_revision` of the event moves on.

    A process that knows the `revision` says so, and need not be in a conversation.
    Raises: NotFound `events.not_found` for whoever is neither in a conversation of the event nor of its organization.
    """
    if revision is None:
        revision = await queries.get_revision(ctx.conn, event_id=event_id)
    attributes = await queries.list_attributes(ctx.conn, event_id=event_id)
    facets = await queries.list_facets(ctx.conn, event_id=event_id)
    return Vocabulary(
        event_id,
        revision,
        tuple(Attribute(**row) for row in attributes),
        tuple(FacetValue(**row) for row in facets if spoken(row["display"]) == row["display"]),
    )


async def search(
    ctx: Context,
    *,
    event_id: UUID,
    filters: CompiledFilters = _FILTERS,
    wishes: Iterable[Wish] = (),
    weights: Weights | None = None,
    text: str | None = None,
    vector: NDArray[np.float32] | None = None,
    index: Index | None = None,
    limit: int = 24,
) -> list[Hit]:
    """The best listings within the filters, best first, in one round trip.

    `text` is what the buyer is after, in words: it is embedded here unless `vector` (a unit row) comes with it.
    Wishes need the `index` of the vocabulary. Raises: NotFound `events.not_found`.
    """
    embedder = ctx.ports.embedder
    if vector is None and text:
        vector = embedder.embed([text])[0]
    weights = weights or Weights()
    rows = await queries.search(
        ctx.conn,
        event_id=event_id,
        where=filters.where,
        wishes=compile_wishes(wishes, index) if index else {},
        weights={
            "individual": weights.individual,
            "spec": weights.spec,
            "scarcity": weights.scarcity,
            "social": weights.social,
        },
        embedding=None if vector is None else quick_json.vector(vector),
        model=embedder.model,
        text=text,
        limit=limit,
    )
    return [Hit(**row) for row in rows]


async def count(ctx: Context, *, event_id: UUID, filters: CompiledFilters = _FILTERS) -> int:
    """How many listings the filters leave."""
    return await queries.count_listings(ctx.conn, event_id=event_id, where=filters.where)


async def count_facets(
    ctx: Context, *, event_id: UUID, filters: CompiledFilters = _FILTERS
) -> Mapping[int, int]:
    """Facet id → listings it would leave; a filtered attribute is counted without its own filter."""
    return await queries.facet_counts(ctx.conn, event_id=event_id, where=filters.where)


async def count_by_dealer(
    ctx: Context, *, event_id: UUID, filters: CompiledFilters = _FILTERS
) -> Mapping[UUID, int]:
    """Partner dealer → how many of their listings the filters leave, most first."""
    return await queries.count_by_dealer(ctx.conn, event_id=event_id, where=filters.where)


async def list_listings(ctx: Context, *, ids: Sequence[int]) -> list[Listing]:
    """The listings the actor may see, in the order of `ids`, each with where its facts come from."""
    rows = await with_columns(ctx, await queries.list_listings(ctx.conn, ids=ids))
    found = {row["id"]: _listing(row) for row in rows}
    return [found[listing_id] for listing_id in ids if listing_id in found]


async def get_listing(ctx: Context, *, listing_id: int) -> Listing:
    """Raises: NotFound `catalogue.no_such_listing`."""
    found = await list_listings(ctx, ids=[listing_id])
    if not found:
        raise NotFound("catalogue.no_such_listing", listing_id=listing_id)
    return found[0]


async def list_mappings(ctx: Context, *, event_id: UUID) -> Sequence[Mapping[str, Any]]:
    """How the columns of an event's sources become listings, as their authors wrote it, by the name of the source."""
    return await queries.list_mappings(ctx.conn, event_id=event_id)


async def find_named(ctx: Context, *, event_id: UUID, tokens: Sequence[str]) -> list[Listing]:
    """Listings whose stock or vehicle number is one of these words, whatever else is filtered."""
    rows = await queries.find_by_tokens(ctx.conn, event_id=event_id, tokens=tokens) if tokens else []
    return [_listing(row) for row in await with_columns(ctx, rows)]


def _listing(row: Mapping[str, Any]) -> Listing:
    values: dict[str, Any] = spoken_row(row)
    return Listing(**values)
