"""Search: within the filters, ranked by four weighted parts, and closed to whoever has no business with the event."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import psycopg
import pytest

from backend.core.context import Actor, Context
from backend.core.db import Database
from backend.core.errors import AppError, InvalidInput, NotFound
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Filter, Listing, Weights, Wish
from tests.factories import World
from tests.fakes import HashEmbedder
from tests.services.catalogue.conftest import ROWS, Import, Sheet

Owner = psycopg.Connection[Any]
MODELS = ("Model 3", "Model Y", "i4", "EV6")
COLORS = ("White", "Grey", "Black", "Blue", "Red")


def many(count: int) -> list[tuple[str, ...]]:
    rng = random.Random(5)
    words = (
        "quiet", "family", "road", "trip", "winter", "tires", "one", "owner", "garage", "roof", "rack", "tow", "sport", "seats",
    )  # fmt: skip
    return [
        (
            f"S{n}", f"VIN{n}", "Tesla", rng.choice(MODELS), str(rng.randint(2018, 2025)), f"${rng.randint(15, 70)},500",
            f"{rng.randint(1, 90)},100", rng.choice(COLORS), str(rng.randint(200, 400)), rng.choice("yn"), "NB-PDX",
            " ".join(rng.sample(words, 6)),
        )
        for n in range(count)
    ]  # fmt: skip


async def ready(ctx: Context, world: World) -> catalogue.Index:
    return catalogue.Index(await catalogue.vocabulary(ctx, event_id=world.event))


async def test_hits_obey_every_filter(bring: Import, sheet: Sheet, database: Database, world: World) -> None:
    await bring(sheet(many(400)))
    rng = random.Random(7)
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        for _ in range(40):
            top, colors = rng.randint(20, 70) * 1000, rng.sample(COLORS, 2)
            wanted = [
                Filter("price", "lte", top),
                Filter("color_exterior", "in", colors),
                Filter("year", "gte", 2020),
            ]
            wanted += (
                [Filter("specs.heat_pump", "eq", True)]
                if rng.random() < 0.5
                else [Filter("model", "neq", "i4")]
            )
            filters = catalogue.compile_filters(wanted, index)
            hits = await catalogue.search(
                ctx, event_id=world.event, filters=filters, text="quiet family car", limit=500
            )
            assert len(hits) == await catalogue.count(ctx, event_id=world.event, filters=filters)
            for listing in await catalogue.list_listings(ctx, ids=[hit.listing_id for hit in hits]):
                assert listing.price_minor is not None
                assert listing.price_minor <= top * 100
                assert listing.color_exterior in colors
                assert (listing.year or 0) >= 2020
                assert (
                    listing.specs["heat_pump"]
                    if len(wanted) == 4 and wanted[3].value is True
                    else listing.model != "i4"
                )


async def test_the_order_is_that_of_brute_force(
    bring: Import, sheet: Sheet, database: Database, world: World, owner: Owner
) -> None:
    await bring(sheet(many(300)))
    query = HashEmbedder().embed(["quiet family road trip"])[0]
    weights = Weights(0.6, 0.2, 0.15, 0.05)
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        wishes = [
            Wish("color_exterior", ["white", "grey"]),
            Wish("heat_pump", True),
            Wish("price", 30_000, 10_000),
        ]
        hits = await catalogue.search(
            ctx, event_id=world.event, vector=query, wishes=wishes, weights=weights, index=index, limit=300
        )
        listings = {
            listing.id: listing
            for listing in await catalogue.list_listings(ctx, ids=[h.listing_id for h in hits])
        }
    stored = owner.execute(
        "select listing_id, embedding::text as e from public.listing_embeddings where model = 'hash-256'"
    ).fetchall()
    scarcity = {
        row["id"]: row["scarcity"]
        for row in owner.execute("select id, scarcity from private.listing_scan").fetchall()
    }
    vectors = {
        row["listing_id"]: np.array([float(x) for x in row["e"].strip("[]").split(",")]) for row in stored
    }
    expected = {
        i: 0.6 * float(vectors[i] @ query) + 0.2 * wished(listing) / 3 + 0.15 * scarcity[i]
        for i, listing in listings.items()
    }
    assert len(hits) == 300
    for hit in hits:
        assert hit.score == pytest.approx(expected[hit.listing_id], abs=2e-3)
        assert hit.score == pytest.approx(hit.individual + hit.spec + hit.scarcity + hit.social)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def wished(listing: Listing) -> float:
    near = max(0.0, 1 - abs((listing.price_minor or 0) / 100 - 30_000) / 10_000)
    return (listing.color_exterior in {"White", "Grey"}) + bool(listing.specs.get("heat_pump")) + near


async def test_the_same_question_has_the_same_answer(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(200)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        one = await catalogue.search(ctx, event_id=world.event, text="winter tires")
        assert one == await catalogue.search(ctx, event_id=world.event, text="winter tires")
        silent = await catalogue.search(ctx, event_id=world.event)
    assert len(silent) == 24
    assert all(hit.individual == 0 for hit in silent)


async def test_a_named_unit_comes_first_within_the_filters(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(200)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        named = catalogue.compile_filters([Filter("external_id", "eq", "s77")], index)
        hits = await catalogue.search(ctx, event_id=world.event, filters=named, text="quiet")
        first = await catalogue.get_listing(ctx, listing_id=hits[0].listing_id)
        assert (first.external_id, len(hits)) == ("S77", 24)
        far = catalogue.compile_filters(
            [Filter("external_id", "eq", "s77"), Filter("price", "lte", 1)], index
        )
        assert await catalogue.search(ctx, event_id=world.event, filters=far) == []
        assert [
            found.external_id
            for found in await catalogue.find_named(ctx, event_id=world.event, tokens=["vin77"])
        ] == ["S77"]


async def test_sold_units_are_not_offered(
    bring: Import, sheet: Sheet, database: Database, world: World, owner: Owner
) -> None:
    await bring(sheet())
    for state, left in (("sold", {"A2", "A3", "A4"}), ("available", {"A1", "A2", "A3", "A4"})):
        owner.execute(
            "update public.listing_units set state = %s "
            "where listing_id = (select id from public.listings where external_id = 'A1')",
            (state,),
        )
        assert await offered(database, world) == left


async def test_an_import_does_not_bring_a_sold_unit_back(
    bring: Import, sheet: Sheet, database: Database, world: World, owner: Owner
) -> None:
    await bring(sheet())
    owner.execute(
        "update public.listing_units set state = 'sold' "
        "where listing_id = (select id from public.listings where external_id = 'A1')"
    )
    await bring(sheet([(*row[:5], "$12,345", *row[6:]) for row in ROWS]))
    assert await offered(database, world) == {"A2", "A3", "A4"}


async def offered(database: Database, world: World) -> set[str]:
    """External ids of what a search offers; as many as are counted."""
    async with database.as_actor(world.actor("buyer")) as ctx:
        hits = await catalogue.search(ctx, event_id=world.event, text="careful owner")
        assert await catalogue.count(ctx, event_id=world.event) == len(hits)
        found = await catalogue.list_listings(ctx, ids=[hit.listing_id for hit in hits])
    return {listing.external_id for listing in found}


async def test_bounds_of_whole_numbers_and_bits_mean_what_they_say(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(300)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        everything = await catalogue.search(ctx, event_id=world.event, limit=500)
        listings = await catalogue.list_listings(ctx, ids=[hit.listing_id for hit in everything])
        years = [listing.year or 0 for listing in listings]
        for op, keeps in (
            ("gte", lambda y: y >= 2020.5), ("gt", lambda y: y > 2020.5), ("lte", lambda y: y <= 2020.5),
            ("lt", lambda y: y < 2020.5), ("eq", lambda y: y == 2020.5), ("neq", lambda y: y != 2020.5),
        ):  # fmt: skip
            for at, shift in ((2020.5, 0.0), (2021, 0.5)):
                where = CompiledFilters({"year": {op: at}})
                expected = sum(keeps(y - shift) for y in years)
                assert await catalogue.count(ctx, event_id=world.event, filters=where) == expected, (op, at)
        for huge in (1e300, -1e300):
            beyond = CompiledFilters({"year": {"lte": huge}, "mileage": {"gte": -1e18}})
            assert await catalogue.count(ctx, event_id=world.event, filters=beyond) == 300 * (huge > 0)
        narrow = [Filter("price", "between", [20_000, 40_000]), Filter("model", "eq", "i4")]
        found = catalogue.compile_filters(narrow, index)
        right = [x for x in listings if x.model == "i4" and 2_000_000 <= (x.price_minor or 0) <= 4_000_000]
        assert right
        assert await catalogue.count(ctx, event_id=world.event, filters=found) == len(right)


async def test_facet_counts_leave_out_their_own_filter(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet())
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        filters = catalogue.compile_filters(
            [Filter("color_exterior", "eq", "white"), Filter("model", "eq", "Model 3")], index
        )
        counts = await catalogue.count_facets(ctx, event_id=world.event, filters=filters)
        asked = [
            ("color_exterior", "white"),
            ("color_exterior", "grey"),
            ("model", "model y"),
            ("make", "tesla"),
            ("make", "bmw"),
        ]
        found = [counts.get(index.facet(name, value) or 0, 0) for name, value in asked]
        dealers = await catalogue.count_by_dealer(ctx, event_id=world.event)
    assert found == [1, 1, 1, 1, 0]
    assert dealers == {world.dealer: 2}


@pytest.mark.parametrize("persona", ["anon", "other_admin", "dealer", "stranger"])
async def test_outsiders_learn_nothing(
    bring: Import, sheet: Sheet, database: Database, world: World, persona: str
) -> None:
    await bring(sheet())
    calls = (
        catalogue.search,
        catalogue.count,
        catalogue.count_facets,
        catalogue.count_by_dealer,
        catalogue.vocabulary,
    )
    for call in calls:
        with pytest.raises(NotFound, match=r"events\.not_found"):
            async with database.as_actor(world.actor(persona)) as ctx:
                await call(ctx, event_id=world.event)


async def test_a_token_of_a_conversation_that_is_gone_opens_nothing(database: Database, world: World) -> None:
    ghost = Actor.buyer(world.version, world.event)
    with pytest.raises(NotFound):
        async with database.as_actor(ghost) as ctx:
            await catalogue.search(ctx, event_id=world.event)


@pytest.mark.parametrize("persona", ["admin", "operator", "viewer", "buyer"])
async def test_insiders_search(
    bring: Import, sheet: Sheet, database: Database, world: World, persona: str
) -> None:
    await bring(sheet())
    async with database.as_actor(world.actor(persona)) as ctx:
        assert len(await catalogue.search(ctx, event_id=world.event)) == 4
        assert (await catalogue.vocabulary(ctx, event_id=world.event)).revision == 1


@pytest.mark.parametrize(
    "where",
    [
        {"id; drop table public.listings": {"gte": 1}},
        {"price": {"gte": "1); drop table public.listings; --"}},
        {"price": {"or 1=1 --": 1}},
        {"any": [["1) or (true"]]},
        {"none": ["x"]},
        {"dealer": "' or true --"},
    ],
)
async def test_filters_cannot_carry_sql(
    bring: Import, sheet: Sheet, database: Database, world: World, where: dict[str, Any]
) -> None:
    await bring(sheet())
    with pytest.raises(InvalidInput):
        async with database.as_actor(world.actor("buyer")) as ctx:
            await catalogue.search(ctx, event_id=world.event, filters=CompiledFilters(where))


async def test_provenance_names_row_and_column_and_is_asked_for_once(
    bring: Import, sheet: Sheet, database: Database, world: World, owner: Owner
) -> None:
    await bring(sheet())
    for _ in range(2):
        async with database.as_actor(world.actor("buyer")) as ctx:
            (found,) = await catalogue.find_named(ctx, event_id=world.event, tokens=["A1"])
            (same,) = await catalogue.list_listings(ctx, ids=[found.id])
        assert same.provenance == found.provenance
        assert (found.source_row, found.provenance["is_feed"]) == (2, False)
        assert (found.provenance["columns"]["price"], found.provenance["raw"]["mileage"]) == (
            "Price",
            "20,000",
        )
        owner.execute("update public.sources set mapping = '{\"columns\": {}}'")  # the file was read already
    files = [row["source_file_id"] for row in owner.execute("select source_file_id from public.listings")]
    for persona in ("stranger", "other_admin", "anon"):
        with pytest.raises(AppError, match="not_found"):
            async with database.as_actor(world.actor(persona)) as ctx:
                await ctx.conn.execute("select * from private.columns_of(%s)", (files,))


async def test_listings_come_in_the_order_asked(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet())
    async with database.as_actor(world.actor("buyer")) as ctx:
        ids = [hit.listing_id for hit in await catalogue.search(ctx, event_id=world.event)][::-1]
        assert [listing.id for listing in await catalogue.list_listings(ctx, ids=[*ids, 10**12])] == ids
        with pytest.raises(NotFound, match="no_such_listing"):
            await catalogue.get_listing(ctx, listing_id=10**12)
    assert len(ids) == len(ROWS)
