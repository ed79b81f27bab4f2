"""SQL that reads: listings, the vocabulary of an inventory, search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection

Row = dict[str, Any]

_LISTING = """
    l.id, l.event_id, l.external_id, l.listed, l.title, l.description, l.price_minor, l.currency, l.condition, l.make,
    l.model, l.trim, l.year, l.mileage, l.mileage_unit, l.color_exterior, l.color_interior, l.identifier,
    l.location_city, l.location_region, l.location_country, l.latitude, l.longitude, l.dealer_id, l.specs, l.media,
    l.provenance, l.source_row, l.source_file_id, l.updated_at,
    case when u.state = 'held' and u.held_until <= now() then 'available' else coalesce(u.state, 'available') end as state,
    case when u.state = 'held' and u.held_until > now() then u.held_until end as held_until
    from public.listings l left join public.listing_units u on u.listing_id = l.id
"""


async def list_listings(conn: Connection, *, ids: Sequence[int]) -> list[Row]:
    cursor = await conn.execute(f"select {_LISTING} where l.id = any(%s)", (list(ids),))
    return await cursor.fetchall()


async def find_by_tokens(conn: Connection, *, event_id: UUID, tokens: Sequence[str]) -> list[Row]:
    cursor = await conn.execute(
        f"""
        select {_LISTING}
        where l.event_id = %(event)s and l.listed
          and (lower(l.external_id) = any(%(tokens)s) or lower(l.identifier) = any(%(tokens)s))
        order by l.id limit 24
        """,
        {"event": event_id, "tokens": [token.lower() for token in tokens]},
    )
    return await cursor.fetchall()


async def get_revision(conn: Connection, *, event_id: UUID) -> int:
    cursor = await conn.execute("select private.catalogue_revision(%s) as revision", (event_id,))
    row = await cursor.fetchone()
    assert row is not None
    return row["revision"]


async def list_attributes(conn: Connection, *, event_id: UUID) -> list[Row]:
    cursor = await conn.execute(
        "select name, kind, label, unit, slot, stats from public.event_attributes where event_id = %s order by name",
        (event_id,),
    )
    return await cursor.fetchall()


async def list_facets(conn: Connection, *, event_id: UUID) -> list[Row]:
    cursor = await conn.execute(
        """
        select id, attribute, value, coalesce(nullif(display, ''), value) as display, n, bit from public.facets
        where event_id = %s and n > 0 order by attribute, n desc, value
        """,
        (event_id,),
    )
    return await cursor.fetchall()


async def search(
    conn: Connection,
    *,
    event_id: UUID,
    where: Mapping[str, Any],
    wishes: Mapping[str, Any],
    weights: Mapping[str, float],
    embedding: str | None,
    model: str,
    text: str | None,
    limit: int,
) -> list[Row]:
    cursor = await conn.execute(
        "select * from private.search_listings(%s, %s, %s, %s, %s::extensions.halfvec, %s, %s, %s)",
        (event_id, Jsonb(where), Jsonb(wishes), Jsonb(weights), embedding, model, text, limit),
    )
    return await cursor.fetchall()


async def find(
    conn: Connection,
    *,
    event_id: UUID,
    where: Mapping[str, Any],
    wishes: Mapping[str, Any],
    weights: Mapping[str, float],
    embedding: str | None,
    model: str,
    text: str | None,
    limit: int,
    sample: int,
    like: int | None,
) -> Row:
    """One row: {ids, parts, matches, bits, numbers, hit_bits, hit_numbers}."""
    cursor = await conn.execute(
        "select * from private.find_listings(%s, %s, %s, %s, %s::extensions.halfvec, %s, %s, %s, %s, %s)",
        (
            event_id,
            Jsonb(where),
            Jsonb(wishes),
            Jsonb(weights),
            embedding,
            model,
            text,
            limit,
            sample,
            like,
        ),
        binary=True,
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def try_filters(conn: Connection, *, event_id: UUID, tries: Sequence[Mapping[str, Any]]) -> list[Row]:
    """One row per set of filters, in their order: {at, n, near, counts}."""
    cursor = await conn.execute(
        "select * from private.try_filters(%s, %s)", (event_id, Jsonb(list(tries))), binary=True
    )
    return await cursor.fetchall()


async def count_listings(conn: Connection, *, event_id: UUID, where: Mapping[str, Any]) -> int:
    cursor = await conn.execute("select private.count_listings(%s, %s) as n", (event_id, Jsonb(where)))
    row = await cursor.fetchone()
    assert row is not None
    return row["n"]


async def facet_counts(conn: Connection, *, event_id: UUID, where: Mapping[str, Any]) -> dict[int, int]:
    cursor = await conn.execute(
        "select facet_id, n from private.facet_counts(%s, %s)", (event_id, Jsonb(where))
    )
    return {row["facet_id"]: row["n"] for row in await cursor.fetchall()}


async def count_by_dealer(conn: Connection, *, event_id: UUID, where: Mapping[str, Any]) -> dict[UUID, int]:
    cursor = await conn.execute(
        "select dealer_id, n from private.count_by_dealer(%s, %s)", (event_id, Jsonb(where))
    )
    return {row["dealer_id"]: row["n"] for row in await cursor.fetchall()}


async def list_columns(conn: Connection, *, files: Sequence[UUID]) -> list[Row]:
    """One row a file: {file_id, is_feed, columns: {target: column}}."""
    cursor = await conn.execute("select * from private.columns_of(%s)", (list(files),))
    return await cursor.fetchall()


async def list_mappings(conn: Connection, *, event_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        "select s.mapping from public.sources s where s.event_id = %s order by s.name", (event_id,)
    )
    return [row["mapping"] for row in await cursor.fetchall()]
