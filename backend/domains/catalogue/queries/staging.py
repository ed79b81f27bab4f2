"""SQL of an import up to the staging table: the event, the source, what is known already, and COPY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types import TypeInfo
from psycopg.types.json import Jsonb

from backend.core.db import Connection
from backend.core.errors import Busy

Row = dict[str, Any]

COLUMNS: Mapping[str, str] = {
    "row": "int4",
    "fate": "text",  # changed, same, rejected
    "external_id": "text",
    "title": "text",
    "description": "text",
    "price_minor": "int8",
    "currency": "text",
    "condition": "text",
    "make": "text",
    "model": "text",
    "trim": "text",
    "year": "int4",
    "mileage": "int4",
    "mileage_unit": "text",
    "color_exterior": "text",
    "color_interior": "text",
    "identifier": "text",
    "location_city": "text",
    "location_region": "text",
    "location_country": "text",
    "latitude": "float8",
    "longitude": "float8",
    "seller": "text",
    "listed": "bool",
    "specs": "text",
    "media": "text",
    "provenance": "text",
    "content_sha256": "text",
    **{f"n{number}": "float4" for number in range(1, 9)},
    "tags": "int4[]",
    "embedding": "extensions.halfvec",
}


class Halfvec(bytes):
    """A vector in the binary form of pgvector's halfvec."""


async def lock_import(conn: Connection, *, event_id: UUID) -> bool:
    """One import per event at a time; the lock ends with the transaction."""
    cursor = await conn.execute(
        "select pg_try_advisory_xact_lock(hashtextextended('catalogue.import:' || %s, 0)) as got",
        (str(event_id),),
    )
    row = await cursor.fetchone()
    return bool(row and row["got"])


async def find_event(conn: Connection, *, event: str) -> Row | None:
    """An event by slug or id, with the document in force, if any."""
    cursor = await conn.execute(
        """
        select e.id, e.slug, e.organization_id, e.catalogue_revision, v.document
        from public.events e left join public.event_versions v on v.id = e.current_version_id
        where e.slug = %(event)s or e.id::text = %(event)s
        """,
        {"event": event},
    )
    return await cursor.fetchone()


async def save_source(
    conn: Connection,
    *,
    event_id: UUID,
    organization_id: UUID,
    name: str,
    mapping: Mapping[str, Any],
    sha256: str,
) -> UUID:
    cursor = await conn.execute(
        """
        insert into public.sources (event_id, organization_id, name, mapping, mapping_sha256) values (%s, %s, %s, %s, %s)
        on conflict (event_id, name) do update set mapping = excluded.mapping, mapping_sha256 = excluded.mapping_sha256
        returning id
        """,
        (event_id, organization_id, name, Jsonb(mapping), sha256),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["id"]


async def add_source_file(
    conn: Connection,
    *,
    source_id: UUID,
    event_id: UUID,
    organization_id: UUID,
    name: str,
    sha256: str,
    size: int,
    user_id: UUID | None,
) -> UUID:
    cursor = await conn.execute(
        """
        insert into public.source_files (source_id, event_id, organization_id, name, sha256, bytes, imported_by)
        values (%s, %s, %s, %s, %s, %s, %s) returning id
        """,
        (source_id, event_id, organization_id, name, sha256, size, user_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["id"]


async def list_slots(conn: Connection, *, event_id: UUID) -> dict[str, str]:
    """Numeric columns of the scan that attributes of this event have taken."""
    cursor = await conn.execute(
        "select name, slot from public.event_attributes where event_id = %s and slot is not null", (event_id,)
    )
    return {row["name"]: row["slot"] for row in await cursor.fetchall()}


async def has_listings(conn: Connection, *, event_id: UUID) -> bool:
    cursor = await conn.execute("select from public.listings where event_id = %s limit 1", (event_id,))
    return await cursor.fetchone() is not None


async def known_contents(
    conn: Connection, *, event_id: UUID, model: str, external_ids: Sequence[str]
) -> dict[str, tuple[str, bool]]:
    """Hash and listed flag of the listings that are stored, and embedded by this model."""
    cursor = await conn.execute(
        """
        select l.external_id, l.content_sha256, l.listed from public.listings l
        join public.listing_embeddings e on e.listing_id = l.id and e.model = %s
        where l.event_id = %s and l.external_id = any(%s)
        """,
        (model, event_id, list(external_ids)),
    )
    return {row["external_id"]: (row["content_sha256"], row["listed"]) for row in await cursor.fetchall()}


async def list_facet_ids(conn: Connection, *, event_id: UUID) -> dict[tuple[str, str], int]:
    cursor = await conn.execute(
        "select id, attribute, value from public.facets where event_id = %s", (event_id,)
    )
    return {(row["attribute"], row["value"]): row["id"] for row in await cursor.fetchall()}


async def add_facets(
    conn: Connection, *, event_id: UUID, organization_id: UUID, facets: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str], int]:
    cursor = await conn.execute(
        """
        insert into public.facets (event_id, organization_id, attribute, value, display)
        select %s, %s, f.attribute, f.value, f.display
        from unnest(%s::text[], %s::text[], %s::text[]) as f (attribute, value, display)
        on conflict (event_id, attribute, value) do update set display = excluded.display
        returning id, attribute, value
        """,
        (event_id, organization_id, *([facet[part] for facet in facets] for part in range(3))),
    )
    return {(row["attribute"], row["value"]): row["id"] for row in await cursor.fetchall()}


def _kind(kind: str) -> sql.Composed:
    base = sql.SQL(".").join(map(sql.Identifier, kind.removesuffix("[]").split(".")))
    return base + sql.SQL("[]") if kind.endswith("[]") else base


async def create_staging(conn: Connection) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} ").format(sql.Identifier(name)) + _kind(kind) for name, kind in COLUMNS.items()
    )
    await conn.execute(sql.SQL("create temp table staged ({}) on commit drop").format(columns))
    numbers = sql.SQL(", ").join(sql.SQL("n{} real").format(sql.Literal(n)) for n in range(1, 9))
    await conn.execute(
        sql.SQL(
            """
            create temp table written (external_id text, id bigint, added bool, listed bool, price_minor bigint, currency text,
              year int, mileage int, dealer_id uuid, {numbers}, tags int[], e64 extensions.halfvec) on commit drop
            """
        ).format(numbers=numbers)
    )
    await conn.execute("create temp table named (external_id text primary key, row int) on commit drop")
    await conn.execute("create temp table refused (external_id text) on commit drop")
    info = await TypeInfo.fetch(conn, "extensions.halfvec")
    if info is None:
        raise Busy("core.database_unreachable", missing="extension vector")

    class HalfvecDumper(Dumper):
        format = Format.BINARY
        oid = info.oid

        def dump(self, obj: Any) -> Buffer:
            return obj

    conn.adapters.register_dumper(Halfvec, HalfvecDumper)


async def stage(conn: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Values in the order of `COLUMNS`."""
    oid = conn.adapters.get_dumper(Halfvec, "b").oid  # type: ignore[arg-type]
    kinds: list[str | int] = [oid if kind.endswith("halfvec") else kind for kind in COLUMNS.values()]
    async with conn.cursor() as cursor, cursor.copy("copy pg_temp.staged from stdin (format binary)") as copy:
        copy.set_types(kinds)
        for row in rows:
            await copy.write_row(row)
