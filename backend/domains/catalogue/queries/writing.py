"""SQL that turns staged rows into listings and their search index: one statement per batch or table, nothing per row.

The order matters: `reject_duplicates` · `write_batch` for every batch, then `count_written` · `unlist_missing` ·
`refresh_facets` · `write_scan` · `flush_tags` · `write_attributes` · `finish`, all in the transaction that staged the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from backend.core.db import Connection
from backend.domains.catalogue.queries.staging import COLUMNS, Row

# columns of `listings` that come straight from the staged row
_PLAIN = [*list(COLUMNS)[2:22], "listed", "content_sha256"]
_NUMBERS = [f"n{number}" for number in range(1, 9)]


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _changes(columns: Sequence[str]) -> sql.Composed:
    each = sql.SQL("{0} = excluded.{0}")
    return sql.SQL(", ").join(each.format(sql.Identifier(name)) for name in columns)


async def reject_duplicates(conn: Connection) -> list[Row]:
    """Takes out of the batch every later row of an id that came before in the file: (row, first row, id)."""
    cursor = await conn.execute(
        """
        with twins as (
          select s.ctid as place, coalesce(n.row, min(s.row) over same_id) as first_row,
                 row_number() over (same_id order by s.row) as n, n.row is not null as came_before
          from pg_temp.staged s left join pg_temp.named n using (external_id)
          where s.fate <> 'rejected' window same_id as (partition by s.external_id)
        )
        delete from pg_temp.staged s using twins t where s.ctid = t.place and (t.n > 1 or t.came_before)
        returning s.row, t.first_row, s.external_id
        """
    )
    return sorted(await cursor.fetchall(), key=lambda row: row["row"])


async def write_batch(
    conn: Connection,
    *,
    event_id: UUID,
    organization_id: UUID,
    source_file_id: UUID,
    model: str,
    dimension: int,
) -> None:
    """Adds the listings of the batch and changes those whose content changed, with their vectors; empties the batch."""
    taken = [
        *_PLAIN,
        "source_file_id",
        "source_row",
        "dealer_id",
        "specs",
        "media",
        "provenance",
        "updated_at",
    ]
    statement = sql.SQL(
        """
        with stored as (
          insert into public.listings (event_id, organization_id, {taken})
          select %(event)s, %(organization)s, {plain}, %(file)s, s.row, d.id,
                 s.specs::jsonb, s.media::jsonb, s.provenance::jsonb, now()
          from pg_temp.staged s
          left join public.dealers d on d.seller_id = %(organization)s and d.code = s.seller
          where s.fate = 'changed' order by s.row
          on conflict (event_id, external_id) do update set {changes}
          returning external_id, id, xmax = 0 as added, listed, price_minor, currency, year, mileage, dealer_id
        ), embedded as (
          insert into public.listing_embeddings (listing_id, model, dimension, embedding)
          select w.id, %(model)s, %(dimension)s, s.embedding from stored w join pg_temp.staged s using (external_id)
          on conflict (listing_id, model) do update set embedding = excluded.embedding, dimension = excluded.dimension
        ), names as (
          insert into pg_temp.named select s.external_id, s.row from pg_temp.staged s where s.fate <> 'rejected'
        ), rest as (
          insert into pg_temp.refused select s.external_id from pg_temp.staged s where s.fate = 'rejected'
        )
        insert into pg_temp.written
        select w.*, {numbers}, s.tags, extensions.l2_normalize(extensions.subvector(s.embedding, 1, 64))
        from stored w join pg_temp.staged s using (external_id)
        """
    ).format(
        taken=_names(taken),
        plain=sql.SQL(", ").join(sql.Identifier("s", name) for name in _PLAIN),
        changes=_changes(taken[1:]),
        numbers=sql.SQL(", ").join(sql.Identifier("s", name) for name in _NUMBERS),
    )
    scope = {"event": event_id, "organization": organization_id, "file": source_file_id}
    await conn.execute(statement, {**scope, "model": model, "dimension": dimension})
    await conn.execute("truncate pg_temp.staged")


async def count_written(conn: Connection) -> Row:
    """Returns {added, updated}."""
    await conn.execute("analyze pg_temp.written")
    cursor = await conn.execute(
        """
        select count(*) filter (where added) as added, count(*) filter (where not added) as updated from pg_temp.written
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def list_unknown_sellers(conn: Connection, *, organization_id: UUID, codes: Sequence[str]) -> list[str]:
    """Those of the codes that no dealer of the organization has."""
    cursor = await conn.execute(
        """
        select c.code from unnest(%s::text[]) as c (code)
        where not exists (select from public.dealers d where d.seller_id = %s and d.code = c.code)
        order by 1 limit 20
        """,
        (list(codes), organization_id),
    )
    return [row["code"] for row in await cursor.fetchall()]


async def unlist_missing(conn: Connection, *, event_id: UUID, source_id: UUID) -> int:
    """Takes off the list what this source no longer names; rows that were refused keep their listing."""
    cursor = await conn.execute(
        """
        update public.listings l set listed = false, updated_at = now()
        where l.event_id = %s and l.listed
          and l.source_file_id in (select f.id from public.source_files f where f.source_id = %s)
          and not exists (select from pg_temp.named n where n.external_id = l.external_id)
          and not exists (select from pg_temp.refused r where r.external_id = l.external_id)
        """,
        (event_id, source_id),
    )
    return cursor.rowcount


async def refresh_facets(conn: Connection, *, event_id: UUID) -> None:
    """Counts every facet anew and gives free bits to the most frequent ones that have none."""
    event = {"event": event_id}
    await conn.execute(
        """
        delete from private.listing_scan s using public.listings l
        where s.event_id = %(event)s and l.id = s.id and not l.listed
        """,
        event,
    )
    await conn.execute(
        """
        with counted as (
          select t.id, count(*)::int as n from (
            select unnest(s.tags) as id from private.listing_scan s
            where s.event_id = %(event)s and not exists (select from pg_temp.written w where w.id = s.id)
            union all
            select unnest(w.tags) from pg_temp.written w where w.listed
          ) t group by t.id
        )
        update public.facets f set n = coalesce(c.n, 0)
        from public.facets g left join counted c on c.id = g.id
        where g.event_id = %(event)s and f.id = g.id and f.n <> coalesce(c.n, 0)
        """,
        event,
    )
    await conn.execute(
        """
        with free as (
          select b as bit, row_number() over (order by b) as place from generate_series(0, 255) b
          where not exists (select from public.facets f where f.event_id = %(event)s and f.bit = b)
        ), waiting as (
          select id, row_number() over (order by n desc, id) as place from public.facets
          where event_id = %(event)s and bit is null and n > 0
        )
        update public.facets f set bit = free.bit from waiting join free using (place) where f.id = waiting.id
        """,
        event,
    )


_SCAN = ["price", "year", "mileage", *_NUMBERS, "tags", "bits", "scarcity", "dealer_id", "e64", "sold"]


async def write_scan(
    conn: Connection, *, event_id: UUID, currency: str, minor_digits: int, common: Sequence[str]
) -> None:
    """Puts changed listings into the partition of the event and refreshes how rare the others have become.

    A price in another currency than the event's is not compared with others: the scan has none.

    Scarcity is the mean of 1 - share over a listing's facets, but for those of the `common` attributes (place, condition).
    """
    values = {"event": event_id, "currency": currency, "unit": 10**minor_digits, "common": list(common)}
    await conn.execute(
        """
        create temp table masks on commit drop as
        select f.id, case when f.bit is null then repeat('0', 256)::bit(256)
                     else set_bit(repeat('0', 256)::bit(256), f.bit::int, 1) end as mask,
               case when f.attribute <> all (%(common)s) then 1 - f.n::float8 / nullif(t.total, 0) end as rarity
        from public.facets f cross join (
          select (select count(*) from private.listing_scan s where s.event_id = %(event)s
                    and not exists (select from pg_temp.written w where w.id = s.id))::float8
               + (select count(*) from pg_temp.written w where w.listed) as total) t
        where f.event_id = %(event)s and f.n > 0
        """,
        values,
    )
    await conn.execute("create unique index on pg_temp.masks (id)")
    await conn.execute("analyze pg_temp.masks")
    statement = sql.SQL(
        """
        insert into private.listing_scan (event_id, id, {scan})
        select %(event)s, w.id,
               case when w.currency = %(currency)s then w.price_minor::float8 / %(unit)s end,
               w.year, w.mileage, {numbers}, w.tags,
               coalesce(m.bits, repeat('0', 256)::bit(256)), coalesce(m.rarity, 0), w.dealer_id, w.e64, u.state = 'sold'
        from pg_temp.written w join public.listing_units u on u.listing_id = w.id
        left join lateral (select bit_or(k.mask) as bits, avg(k.rarity) as rarity
                           from unnest(w.tags) t (id) join pg_temp.masks k on k.id = t.id) m on true
        where w.listed
        order by w.price_minor nulls last, w.id
        on conflict (event_id, id) do update set {changes}
        """
    ).format(scan=_names(_SCAN), numbers=_names(_NUMBERS), changes=_changes(_SCAN))
    await conn.execute(statement, values)
    await conn.execute(
        """
        update private.listing_scan s set scarcity = r.rarity
        from (select o.id, avg(k.rarity) as rarity from private.listing_scan o cross join lateral unnest(o.tags) t (id)
              join pg_temp.masks k on k.id = t.id where o.event_id = %(event)s group by o.id) r
        where s.event_id = %(event)s and s.id = r.id and abs(s.scarcity - r.rarity) > 0.02
          and not exists (select from pg_temp.written w where w.id = s.id)
        """,
        values,
    )
    await conn.execute(
        """
        insert into private.listing_totals (event_id, n)
        select %(event)s, count(*) from private.listing_scan s where s.event_id = %(event)s
        on conflict (event_id) do update set n = excluded.n
        """,
        values,
    )


async def flush_tags(conn: Connection, *, event_id: UUID) -> None:
    """Moves what was just inserted from the pending list of the tag index into its tree, in bulk: an index that takes
    each row in at once makes a load of 20,000 rows fifteen times as slow."""
    await conn.execute(
        """
        select gin_clean_pending_list(c.oid::regclass) from pg_index i
        join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam and a.amname = 'gin'
        where i.indrelid = to_regclass('private.listing_scan_' || replace(%s, '-', ''))
        """,
        (str(event_id),),
    )


async def write_attributes(
    conn: Connection, *, event_id: UUID, organization_id: UUID, attributes: Sequence[Mapping[str, Any]]
) -> None:
    """Saves what can be filtered, with the spread of each number and how many values each enum has."""
    await conn.execute(
        """
        with spread as (
          select v.slot, jsonb_build_object('n', count(*), 'min', min(v.v)::real, 'max', max(v.v)::real, 'quantiles',
                   percentile_disc(array[0.05, 0.25, 0.5, 0.75, 0.95]) within group (order by v.v)::real[]) as stats
          from private.listing_scan s cross join lateral (values
            ('price', s.price::float8), ('year', s.year::float8), ('mileage', s.mileage::float8), ('n1', s.n1::float8),
            ('n2', s.n2::float8), ('n3', s.n3::float8), ('n4', s.n4::float8), ('n5', s.n5::float8), ('n6', s.n6::float8),
            ('n7', s.n7::float8), ('n8', s.n8::float8)) v (slot, v)
          where s.event_id = %(event)s and v.v is not null group by v.slot
        ), counts as (
          select f.attribute, jsonb_build_object('values', count(*), 'n', sum(f.n)) as stats from public.facets f
          where f.event_id = %(event)s and f.n > 0 group by f.attribute
        )
        insert into public.event_attributes (event_id, organization_id, name, kind, label, unit, slot, stats)
        select %(event)s, %(organization)s, a.name, a.kind, a.label, a.unit, a.slot,
               coalesce(spread.stats, counts.stats, '{}')
        from jsonb_to_recordset(%(attributes)s) as a (name text, kind text, label text, unit text, slot text)
        left join spread on spread.slot = a.slot left join counts on counts.attribute = a.name
        on conflict (event_id, name) do update set kind = excluded.kind, label = excluded.label, unit = excluded.unit,
          slot = excluded.slot, stats = excluded.stats
        """,
        {"event": event_id, "organization": organization_id, "attributes": Jsonb(list(attributes))},
    )


async def finish(
    conn: Connection,
    *,
    event_id: UUID,
    source_file_id: UUID,
    read: int,
    accepted: int,
    rejected: int,
    changed: bool,
) -> int:
    """Writes the count of the file and, if anything changed, the next revision. Returns the revision."""
    await conn.execute(
        """
        update public.source_files set rows_read = %s, rows_accepted = %s, rows_rejected = %s, status = %s where id = %s
        """,
        (read, accepted, rejected, "imported" if changed else "unchanged", source_file_id),
    )
    cursor = await conn.execute(
        "update public.events set catalogue_revision = catalogue_revision + %s where id = %s returning catalogue_revision",
        (int(changed), event_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["catalogue_revision"]
