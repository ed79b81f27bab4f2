"""Imports: rows per second of a spreadsheet, beside COPY of the very rows it made into the same tables and indexes.

The floor moves finished bytes: no reading, no typing, no embedding. It pays for the same generated columns, triggers,
foreign keys, indexes and commit.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, LiteralString
from uuid import UUID

from psycopg import sql

from backend.core.settings import PROJECT
from backend.domains.catalogue import service as catalogue
from benchmarks import corpus
from benchmarks.ground import Ground, Owner, scalar
from benchmarks.importing import import_in_process
from benchmarks.measure import Findings, Goal

_FLOOR = "COPY of the same rows"
_SHIFT: Final = 1_000_000_000  # ids of the floor's rows: far from those that the product gives
_TABLES: Final[dict[LiteralString, LiteralString]] = {
    "public.listings": "event_id = {event}",
    "public.listing_embeddings": "listing_id in (select id from public.listings where event_id = {event})",
    "private.listing_scan": "event_id = {event}",
}


async def run(ground: Ground) -> Findings:
    found = Findings("imports")
    if ground.file is not None:
        if ground.mapping is None:
            raise ValueError("a file of your own needs its mapping: --file FILE --mapping MAPPING")
        catalogue.read_mapping(ground.mapping)  # a mistake in it is told before anything is measured
    with TemporaryDirectory() as folder:
        mapping = Path(folder) / "mapping.yaml"
        mapping.write_text(corpus.MAPPING, "utf-8")
        file = corpus.write_csv(Path(folder) / "stock.csv", ground.sizes.import_rows)
        await _measure(ground, found, "generated CSV", file, mapping, ground.sizes.import_rounds)
        seeds = PROJECT / "seeds" / "tesla_q1_2026"
        await _measure(
            ground,
            found,
            "the demo's inventory",
            seeds / "inventory.csv",
            seeds / "mapping.yaml",
            ground.sizes.import_rounds,
        )
        if ground.file is not None and ground.mapping is not None:
            await _measure(ground, found, ground.file.name, ground.file, ground.mapping, 1)
    return found


async def _measure(
    ground: Ground, found: Findings, title: str, file: Path, mapping: Path, rounds: int
) -> None:
    own, floor, again = [], [], []
    told = {}
    for at in range(rounds):
        slug = f"bench-import-{len(found.figures)}-{at}"
        event = (await ground.publish(slug)).event_id
        other = (await ground.publish(f"{slug}-floor")).event_id
        told = import_in_process(ground, slug, file, mapping)
        own.append(told["rows"] / told["took_s"])
        with ground.owner() as owner:
            for table in _TABLES:
                owner.execute(sql.SQL("analyze {}").format(sql.SQL(table)))
            floor.append(_copy(owner, event, other))
        once_more = import_in_process(ground, slug, file, mapping)
        again.append(once_more["rows"] / once_more["took_s"])
    size = f"{told['rows']:,} rows, {told['bytes'] / 1e6:.1f} MB"
    rejected = f", {told['rejected']} rejected" if told["rejected"] else ""
    peak = f"peak {told['rss_peak'] / 2**20:.0f} MB, {told['rss_before'] / 2**20:.0f} MB before it began"
    found.add(
        f"import {title}",
        own,
        "rows/s",
        floor=(_FLOOR, floor),
        goal=Goal("ratio", ">=", 0.5),
        note=f"{size}{rejected}; memory of the process: {peak}",
    )
    found.add(f"import {title} again, unchanged", again, "rows/s", floor=(_FLOOR, floor))


def _copy(owner: Owner, event: UUID, other: UUID) -> float:
    """Rows per second of writing the event's rows again, under another event."""
    rows: list[tuple[LiteralString, sql.Composed, list[bytes]]]
    rows = [(table, *_taken(owner, table, where, event, other)) for table, where in _TABLES.items()]
    count = scalar(owner, "select count(*) from public.listings where event_id = %s", event)
    began = time.perf_counter()
    with owner.transaction():
        for table, columns, data in rows:
            statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.SQL(table), columns)
            with owner.cursor().copy(statement) as copy:
                for block in data:
                    copy.write(block)
    took = time.perf_counter() - began
    copied = scalar(owner, "select count(*) from private.listing_scan where event_id = %s", other)
    assert copied == scalar(owner, "select count(*) from private.listing_scan where event_id = %s", event)
    return count / took


def _taken(
    owner: Owner, table: LiteralString, where: LiteralString, event: UUID, other: UUID
) -> tuple[sql.Composed, list[bytes]]:
    """The rows of one table in COPY's binary form, moved to the other event and to ids of their own."""
    names = [
        row[0]
        for row in owner.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 "
            "and not attisdropped and attgenerated = '' order by attnum",
            (table,),
        )
    ]
    moved = {
        "event_id": sql.SQL("{}::uuid").format(sql.Literal(str(other))),
        "id": sql.SQL("id + {}").format(sql.Literal(_SHIFT)),
        "listing_id": sql.SQL("listing_id + {}").format(sql.Literal(_SHIFT)),
    }
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("copy (select {} from {} where {}) to stdout (format binary)").format(
        sql.SQL(", ").join(moved.get(name) or sql.Identifier(name) for name in names),
        sql.SQL(table),
        sql.SQL(where).format(event=sql.Literal(str(event))),
    )
    with owner.cursor().copy(statement) as copy:
        return columns, [bytes(block) for block in copy]
