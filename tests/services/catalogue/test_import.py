"""The import end to end: what is stored, what is refused, and that nothing is ever half there."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.core.db import Database
from backend.core.errors import AppError, Conflict, InvalidInput, NotFound
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Progress
from tests.factories import World
from tests.services.catalogue.conftest import HEADER, MAPPING, ROWS, Import, Sheet

SEEDS = Path(__file__).resolve().parents[3] / "seeds" / "tesla_q1_2026"
Owner = psycopg.Connection[Any]


def everything(owner: Owner, world: World) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import may touch, for comparing before and after."""
    tables = ("listings", "listing_units", "facets", "event_attributes", "sources", "source_files")
    found = {
        name: owner.execute(
            f"select * from public.{name} where event_id = %s order by 1, 2", (world.event,)
        ).fetchall()
        for name in tables
    }
    found["embeddings"] = owner.execute(
        "select listing_id, model from public.listing_embeddings order by 1, 2"
    ).fetchall()
    found["scan"] = owner.execute("select * from private.listing_scan order by id").fetchall()
    found["event"] = owner.execute(
        "select catalogue_revision from public.events where id = %s", (world.event,)
    ).fetchall()
    return found


async def test_rows_become_listings_with_units_vectors_and_an_index(
    bring: Import, sheet: Sheet, owner: Owner, world: World
) -> None:
    report = await bring(sheet())
    assert (report.rows_read, report.added, report.rejected, report.catalogue_revision) == (4, 4, 0, 1)
    assert report.unknown_sellers == ("??",)
    row = owner.execute("select * from public.listings where external_id = 'A1'").fetchone()
    assert row is not None
    assert (row["title"], row["price_minor"], row["mileage"], row["mileage_unit"]) == (
        "2022 Tesla Model 3",
        3_000_000,
        20_000,
        "mi",
    )
    assert (row["dealer_id"], row["source_row"], row["specs"]) == (
        world.dealer,
        2,
        {"range": 272, "heat_pump": True},
    )
    unit = owner.execute(
        "select state from public.listing_units where listing_id = %s", (row["id"],)
    ).fetchone()
    assert unit == {"state": "available"}
    vector = owner.execute(
        "select model, dimension from public.listing_embeddings where listing_id = %s", (row["id"],)
    ).fetchone()
    assert vector == {"model": "hash-256", "dimension": 256}
    scan = owner.execute("select price, n1, cardinality(tags) as tags, scarcity, extensions.l2_norm(e64) as norm "
                         "from private.listing_scan where id = %s", (row["id"],)).fetchone()  # fmt: skip
    assert scan is not None
    assert (scan["price"], scan["n1"], scan["tags"]) == (30_000, 272, 4)
    assert 0 < scan["scarcity"] < 1
    assert abs(scan["norm"] - 1) < 0.01
    fact = owner.execute("select facts from public.journal where kind = 'catalogue.imported'").fetchone()
    assert fact is not None
    assert fact["facts"]["added"] == 4


async def test_facets_are_counted_and_have_bits(bring: Import, sheet: Sheet, owner: Owner) -> None:
    await bring(sheet())
    found = {
        (row["attribute"], row["value"]): row
        for row in owner.execute("select * from public.facets where n > 0").fetchall()
    }
    assert found["color_exterior", "white"]["n"] == 2
    assert found["color_exterior", "white"]["display"] == "White"
    assert found["specs.heat_pump", "true"]["n"] == 3
    bits = [row["bit"] for row in found.values()]
    assert None not in bits
    assert len(set(bits)) == len(bits)


async def test_the_same_file_again_changes_nothing(
    bring: Import, sheet: Sheet, owner: Owner, world: World
) -> None:
    first = await bring(sheet())
    before = owner.execute("select id, updated_at from public.listings order by id").fetchall()
    again = await bring(sheet())
    assert (again.added, again.updated, again.unchanged) == (0, 0, 4)
    assert again.catalogue_revision == first.catalogue_revision
    assert owner.execute("select id, updated_at from public.listings order by id").fetchall() == before


async def test_a_changed_row_updates_its_listing_and_keeps_who_has_it(
    bring: Import, sheet: Sheet, owner: Owner, world: World
) -> None:
    await bring(sheet())
    owner.execute(
        "update public.listing_units set state = 'held', hold_id = %s, held_until = now() + interval '1 hour' "
        "where listing_id = (select id from public.listings where external_id = 'A1')", (world.hold,),
    )  # fmt: skip
    cheaper = (*ROWS[0][:5], "$28,500", *ROWS[0][6:7], "Black", *ROWS[0][8:])
    report = await bring(sheet([cheaper, *ROWS[1:]]))
    assert (report.added, report.updated, report.unchanged, report.catalogue_revision) == (0, 1, 3, 2)
    row = owner.execute(
        "select l.price_minor, u.state, s.price from public.listings l join public.listing_units u on u.listing_id = l.id "
        "join private.listing_scan s on s.id = l.id where l.external_id = 'A1'"
    ).fetchone()
    assert row == {"price_minor": 2_850_000, "state": "held", "price": 28_500}
    counts = owner.execute(
        "select value, n from public.facets where attribute = 'color_exterior' order by 1"
    ).fetchall()
    assert {row["value"]: row["n"] for row in counts} == {"black": 1, "blue": 1, "grey": 1, "white": 1}


async def test_missing_rows_stay_unless_replaced(bring: Import, sheet: Sheet, owner: Owner) -> None:
    await bring(sheet())
    assert (await bring(sheet(ROWS[:2]))).unlisted == 0
    report = await bring(sheet(ROWS[:2]), replace_missing=True)
    assert report.unlisted == 2
    listed = owner.execute(
        "select external_id from public.listings where listed and external_id like 'A%' order by 1"
    ).fetchall()
    assert [row["external_id"] for row in listed] == ["A1", "A2"]
    assert owner.execute("select count(*) as n from private.listing_scan").fetchone() == {"n": 2}
    back = await bring(sheet(), replace_missing=True)
    assert (back.updated, back.unchanged) == (2, 2)
    assert owner.execute("select count(*) as n from private.listing_scan").fetchone() == {"n": 4}


async def test_a_row_that_cannot_be_read_keeps_its_listing_when_replacing(
    bring: Import, sheet: Sheet, owner: Owner
) -> None:
    await bring(sheet())
    spoiled = (*ROWS[0][:5], "38-40k", *ROWS[0][6:])
    report = await bring(sheet([spoiled, *ROWS[1:]]), replace_missing=True, max_rejects_percent=50)
    assert (report.rejected, report.unlisted) == (1, 0)


async def test_another_source_of_the_event_is_left_alone(bring: Import, sheet: Sheet, owner: Owner) -> None:
    await bring(sheet())
    other = MAPPING.replace("source: lot", "source: other lot")
    report = await bring(sheet([("B1", *ROWS[0][1:])], "other.csv"), other, replace_missing=True)
    assert (report.added, report.unlisted) == (1, 0)
    assert owner.execute("select count(*) as n from private.listing_scan").fetchone() == {"n": 5}


async def test_two_rows_with_one_id_are_both_told_and_the_later_left_out(
    bring: Import, sheet: Sheet, owner: Owner
) -> None:
    twin = ("A1", *ROWS[1][1:])
    report = await bring(sheet([*ROWS, twin]), max_rejects_percent=30)
    assert [(cell.row, cell.effect) for cell in report.rejects] == [(2, "kept"), (6, "rejected")]
    assert owner.execute("select price_minor from public.listings where external_id = 'A1'").fetchone() == {
        "price_minor": 3_000_000
    }


async def test_too_many_rejects_write_nothing_but_the_report(
    bring: Import, sheet: Sheet, owner: Owner, world: World, tmp_path: Path
) -> None:
    before = everything(owner, world)
    bad = [(*row[:4], "soon", *row[5:]) for row in ROWS[:2]]
    with pytest.raises(InvalidInput) as caught:
        await bring(sheet([*bad, *ROWS[2:]]), rejects=tmp_path / "rejects.csv")
    assert (caught.value.code, caught.value.facts["rejected"]) == ("catalogue.too_many_rejects", 2)
    assert everything(owner, world) == before
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        assert [row[:4] for row in csv.reader(file)][1:] == [
            ["2", "Year", "not_a_year", "soon"],
            ["3", "Year", "not_a_year", "soon"],
        ]


@pytest.mark.parametrize("stage", ["reading", "writing"])
async def test_a_crash_or_cancel_leaves_nothing(
    bring: Import, sheet: Sheet, owner: Owner, world: World, stage: str
) -> None:
    before = everything(owner, world)

    def crash(step: Progress) -> None:
        if step.stage == stage:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        await bring(sheet(), progress=crash)
    assert everything(owner, world) == before
    with pytest.raises(Conflict, match="import_cancelled"):
        await bring(sheet(), cancelled=lambda: True)
    assert everything(owner, world) == before


async def test_ctrl_c_rolls_back(bring: Import, sheet: Sheet, owner: Owner, world: World) -> None:
    before = everything(owner, world)
    rows = [(f"C{n}", *ROWS[n % 4][1:]) for n in range(6000)]
    reading = asyncio.Event()
    work = asyncio.create_task(bring(sheet(rows), progress=lambda step: reading.set() if step.rows else None))
    await reading.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert everything(owner, world) == before


async def test_one_import_at_a_time(database: Database, bring: Import, sheet: Sheet, world: World) -> None:
    async with database.as_system("holds the lock of imports") as ctx:
        await ctx.conn.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"catalogue.import:{world.event}",)
        )
        with pytest.raises(Conflict, match="import_running"):
            await bring(sheet())
    assert (await bring(sheet())).added == 4


async def test_hostile_cells_are_inert(bring: Import, sheet: Sheet, owner: Owner) -> None:
    notes = (
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
        "'); drop table public.listings; --",
        '\\N {"a": "b"} \\x00',
    )
    await bring(sheet([(*row[:11], note) for row, note in zip(ROWS, notes, strict=True)]))
    stored = owner.execute(
        "select description from public.listings where external_id like 'A%' order by external_id"
    ).fetchall()
    assert [row["description"] for row in stored] == list(notes)


async def test_refusals_before_anything_is_read(
    bring: Import, sheet: Sheet, owner: Owner, world: World, tmp_path: Path
) -> None:
    before = everything(owner, world)
    (tmp_path / "bad.csv").write_bytes(b"Stock,Make\n\xff\xfe\x00,x\n")
    for path, options, code in (
        (sheet(name="a.csv", header=("Stok", *HEADER[1:])), {}, "catalogue.missing_column"),
        (sheet(name="b.csv", header=(*HEADER[:11], "Remarks")), {}, "catalogue.missing_column"),
        (tmp_path / "bad.csv", {}, "catalogue."),
        (tmp_path / "none.csv", {}, "catalogue.file_not_found"),
        (sheet([], "c.csv"), {}, "catalogue.empty_file"),
    ):
        with pytest.raises(AppError) as caught:
            await bring(path, **options)
        assert caught.value.code.startswith(code)
    with pytest.raises(NotFound, match=r"events\.not_found"):
        await bring(sheet(), event="no-such-event")
    assert everything(owner, world) == before


async def test_members_cannot_import_past_the_system_door(
    database: Database, sheet: Sheet, world: World
) -> None:
    mapping = catalogue.parse_mapping(MAPPING)
    with pytest.raises(AppError):
        async with database.as_actor(world.actor("admin")) as ctx:
            await catalogue.import_file(ctx, event=world.slug, path=sheet(), mapping=mapping)


async def test_the_demo_inventory_and_its_update(bring: Import, owner: Owner) -> None:
    mapping = (SEEDS / "mapping.yaml").read_text()
    first = await bring(SEEDS / "inventory.csv", mapping)
    assert (first.rows_read, first.added, first.rejected) == (360, 354, 6)
    second = await bring(SEEDS / "inventory_update.xlsx", mapping)
    assert (second.added, second.updated, second.unchanged) == (5, 28, 28)
    stored = owner.execute("select string_agg(l::text, '') as t from public.listings l").fetchone()
    assert stored is not None
    assert "-555-01" not in stored["t"]
    assert len(list((SEEDS / "photos").glob("*.svg"))) == 73
    for row in owner.execute(
        "select distinct m ->> 'url' as url from public.listings, jsonb_array_elements(media) m"
    ).fetchall():
        assert (SEEDS / "photos" / row["url"].removeprefix("/media/tesla-q1-2026/")).is_file()
