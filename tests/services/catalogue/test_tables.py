"""Imports that are not of a plain sheet: records without a file, drafts without a version, totals, foreign prices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from backend.core.db import Database
from backend.core.errors import AppError, InvalidInput
from backend.domains.catalogue import service as catalogue
from tests.factories import World
from tests.services.catalogue.conftest import HEADER, MAPPING, ROWS, Import, Sheet

Owner = psycopg.Connection[dict[str, Any]]

FEED = """\
schema: source_mapping.v1
source: feed
columns:
  id: external_id
  name: title
  pricing.amount: {target: price, scale: 0.01}
  pricing.code: currency
"""
RECORDS = (("F1", "Juno", 125_000_00, "USD"), ("F2", "Vega", 99_000_00, "EUR"), ("F3", "Lyra", None, "USD"))


def table(records: Sequence[Sequence[Any]] = RECORDS) -> catalogue.Table:
    header = ("id", "name", "pricing.amount", "pricing.code")
    return catalogue.table_of("feed", header, records, sha256=hashlib.sha256(b"feed").hexdigest())


async def take(database: Database, world: World, **options: Any) -> Any:
    mapping = catalogue.parse_mapping(options.pop("mapping", FEED))
    async with database.as_system("tests of imports") as ctx:
        return await catalogue.import_table(ctx, event=world.slug, mapping=mapping, **options)


async def test_records_of_a_feed_become_listings(database: Database, owner: Owner, world: World) -> None:
    report = await take(database, world, table=table())
    assert (report.file, report.rows_read, report.added, report.rejected) == ("feed", 3, 3, 0)
    rows = owner.execute(
        "select external_id, price_minor, currency, source_row from public.listings where external_id like 'F%' order by 1"
    ).fetchall()
    assert [tuple(row.values()) for row in rows] == [
        ("F1", 12_500_000, "USD", 1),
        ("F2", 9_900_000, "EUR", 2),
        ("F3", None, None, 3),
    ]
    again = await take(database, world, table=table())
    assert (again.unchanged, again.catalogue_revision) == (3, report.catalogue_revision)


async def test_a_price_in_another_currency_is_kept_and_not_compared(
    database: Database, owner: Owner, world: World
) -> None:
    await take(database, world, table=table())
    rows = owner.execute(
        "select l.external_id, s.price::float8 as price from private.listing_scan s join public.listings l using (id)"
        " where l.external_id like 'F%' order by 1"
    ).fetchall()
    assert [tuple(row.values()) for row in rows] == [("F1", 125_000.0), ("F2", None), ("F3", None)]


async def test_the_document_of_a_draft_stands_in_for_the_event(
    database: Database, owner: Owner, world: World
) -> None:
    mapping = "schema: source_mapping.v1\nsource: s\ncolumns: {id: external_id, name: title, run: mileage}\n"
    draft = {"currency": "EUR", "catalogue": {"mileage_unit": "km", "attributes": []}}
    records = catalogue.table_of("t", ("id", "name", "run"), [("1", "x", "100 mi")], sha256="0" * 64)
    await take(database, world, table=records, mapping=mapping, document=draft)
    row = owner.execute(
        "select mileage, mileage_unit from public.listings where external_id = '1'"
    ).fetchone()
    assert row == {"mileage": 161, "mileage_unit": "km"}


async def test_a_table_is_closed_whatever_happens(database: Database, world: World) -> None:
    closed: list[bool] = []

    def records() -> Iterator[Sequence[Any]]:
        try:
            yield ("F1", "Juno", "a lot", "USD")
            yield ("F2", "Vega", 5, "USD")
        finally:
            closed.append(True)

    with pytest.raises(InvalidInput) as caught:
        await take(database, world, table=table(records()))  # type: ignore[arg-type]
    assert caught.value.code == "catalogue.too_many_rejects"
    assert closed == [True]
    unopened = table()
    with pytest.raises(AppError, match=r"events\.not_found"):
        async with database.as_system("tests of imports") as ctx:
            mapping = catalogue.parse_mapping(FEED)
            await catalogue.import_table(ctx, event="no-such-event", table=unopened, mapping=mapping)
    assert list(unopened.records) == []


async def test_totals_and_sections_are_no_listings(bring: Import, sheet: Sheet) -> None:
    blank = ("",) * 11
    rows = [
        ("USED", *blank),
        *ROWS,
        ("", "Subtotal", *("",) * 3, "$108,000", *("",) * 6),
        HEADER,
        ("Total", *blank),
    ]
    report = await bring(sheet(rows), MAPPING + "file: {rows: listings}\n")
    assert (report.rows_read, report.added, report.rejected) == (4, 4, 0)
