"""Finding gives what search, count and a look at every listing give; and says what other filters would."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import NotFound
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Filter, Try, Wish
from tests.factories import World
from tests.services.catalogue.conftest import Import, Sheet
from tests.services.catalogue.test_search import COLORS, many, ready

Owner = psycopg.Connection[Any]


async def test_it_is_search_and_count_in_one(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(400)))
    rng = random.Random(3)
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        for at in range(25):
            wanted = [Filter("price", "lte", rng.randint(15, 70) * 1000)] if at else []
            wanted += [Filter("color_exterior", "in", rng.sample(COLORS, 2))] if at % 2 else []
            filters = catalogue.compile_filters(wanted, index)
            same = {
                "event_id": world.event,
                "filters": filters,
                "wishes": [Wish("heat_pump", True)],
                "text": "quiet family car",
                "vector": ctx.ports.embedder.embed(["quiet family car"])[0],
                "index": index,
                "limit": 40,
            }
            found, hits = await catalogue.find(ctx, **same), await catalogue.search(ctx, **same)
            assert [h.listing_id for h in found.hits] == [h.listing_id for h in hits]
            assert [h.score for h in found.hits] == pytest.approx([h.score for h in hits])
            assert found.matches == await catalogue.count(ctx, event_id=world.event, filters=filters)
            assert found.share.is_whole
            assert found.share.rows == found.matches
            assert found.like.rows == len(hits)
            counts = await catalogue.count_facets(ctx, event_id=world.event, filters=filters)
            filtered = {
                f.attribute for f in index.vocabulary.facets if at % 2 and f.attribute == "color_exterior"
            }
            for facet in index.vocabulary.facets:
                if facet.attribute not in filtered:
                    assert found.share.count(facet) == counts.get(facet.id, 0)


async def test_how_many_there_were_is_kept_for_a_minute(
    bring: Import, sheet: Sheet, database: Database, world: World, owner: Owner
) -> None:
    await bring(sheet(many(30)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        filters = catalogue.compile_filters([Filter("price", "lte", 10**6)], index)
        same: dict[str, Any] = {"event_id": world.event, "filters": filters, "index": index}
        before = await catalogue.count_lately(ctx, **same)
        assert before == await catalogue.count(ctx, event_id=world.event, filters=filters) > 1
        owner.execute("update private.listing_scan set sold = true where event_id = %s", (world.event,))
        assert await catalogue.count_lately(ctx, **same) == before
        later = replace(ctx, now=ctx.now + timedelta(seconds=61))
        assert await catalogue.count_lately(later, **same) == 0


async def test_a_share_is_even_and_kept_for_a_minute(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(2500)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        whole = catalogue.compile_filters([], index)
        found = await catalogue.find(ctx, event_id=world.event, filters=whole, index=index)
        again = await catalogue.find(ctx, event_id=world.event, filters=whole, index=index)
    assert found.matches == 2500
    assert 400 <= found.share.rows <= 600
    assert again.share is found.share
    for facet in (f for f in index.vocabulary.facets if f.attribute == "color_exterior"):
        assert found.share.estimated(found.share.count(facet)) == pytest.approx(facet.n, rel=0.35)


async def test_what_other_filters_would_give(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(300)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        slot = index.attributes["price"].slot
        red = catalogue.compile_filters([Filter("color_exterior", "in", ["Red"])], index)
        dear = catalogue.compile_filters([Filter("price", "gte", 60_000)], index)
        colors = tuple(f.id for f in index.values["color_exterior"])
        tried = await catalogue.try_filters(
            ctx,
            event_id=world.event,
            tries=[Try(red, slot), Try(red, slot, "gte"), Try(dear, facets=colors), Try(CompiledFilters({}))],
        )
        found = await catalogue.find(ctx, event_id=world.event, filters=red, index=index, limit=500)
        over = await catalogue.find(ctx, event_id=world.event, filters=dear, index=index, limit=500)
    prices = sorted(found.share.known("price").tolist())
    assert (tried[0].matches, list(tried[0].near)) == (found.matches, prices[:200])
    assert list(tried[1].near) == prices[::-1][:200]
    assert sum(tried[2].counts.values()) == tried[2].matches == over.matches
    assert (tried[3].matches, tried[3].near) == (300, ())


async def test_a_listing_is_like_itself_first(
    bring: Import, sheet: Sheet, database: Database, world: World
) -> None:
    await bring(sheet(many(60)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
        every = catalogue.compile_filters([], index)
        one = (
            (await catalogue.find(ctx, event_id=world.event, filters=every, index=index)).hits[-1].listing_id
        )
        found = await catalogue.find(ctx, event_id=world.event, filters=every, index=index, like=one)
    best = max(found.hits, key=lambda hit: hit.individual)
    assert best.listing_id == one
    assert best.individual == pytest.approx(0.5, abs=2e-3)


async def test_strangers_find_nothing(
    bring: Import, sheet: Sheet, database: Database, world: World, owner: Owner
) -> None:
    await bring(sheet(many(20)))
    async with database.as_actor(world.actor("buyer")) as ctx:
        index = await ready(ctx, world)
    for who in (Actor.anonymous(), world.actor("stranger")):
        with pytest.raises(NotFound):
            async with database.as_actor(who) as ctx:
                await catalogue.find(ctx, event_id=world.event, filters=CompiledFilters({}), index=index)
        with pytest.raises(NotFound):
            async with database.as_actor(who) as ctx:
                await catalogue.try_filters(ctx, event_id=world.event, tries=[Try(CompiledFilters({}))])


def test_nothing_is_a_share_too() -> None:
    empty = catalogue.Share.unpacked(0, b"", b"")
    assert empty.is_whole
    assert empty.known("price").dtype == np.float32
