"""More like one listing, against the shipped inventory."""

from __future__ import annotations

import pytest

from backend.core.errors import NotFound
from backend.domains.discovery import likeness
from backend.domains.discovery.model import Filter, State
from tests.services.discovery.conftest import Buyer, Shop


async def alike(buyer: Buyer, listing_id: int, state: State, *than: str) -> likeness.Alike:
    shop = buyer.shop
    async with shop.database.as_actor(buyer.actor) as ctx:
        return await likeness.similar(
            ctx,
            listing_id,
            event_id=shop.bundle.event_id,
            document=shop.bundle.document,
            state=state,
            index=shop.index,
            than=than,
        )


async def test_it_is_like_it_and_never_itself(buyer: Buyer) -> None:
    first = (await buyer.says("a white Model Y"))["tiles"][0]
    found = await alike(buyer, first["listing_id"], State())
    assert first["listing_id"] not in [hit.listing_id for hit in found.hits]
    nearest = [found.listings[hit.listing_id] for hit in found.hits[:5]]
    assert {item.model for item in nearest} == {"Model Y"}
    assert found.limits == ()


async def test_cheaper_is_a_limit_and_those_of_the_conversation_stand(buyer: Buyer) -> None:
    first = (await buyer.says("a white Model Y"))["tiles"][0]
    state = State(filters=(Filter("year", "gte", 2023),))
    found = await alike(buyer, first["listing_id"], state, "cheaper")
    assert found.matches >= len(found.hits) > 0
    for item in found.listings.values():
        assert item.price_minor is not None
        assert item.price_minor < 100 * first["price"]
        assert (item.year or 0) >= 2023
    none = await alike(buyer, first["listing_id"], State(filters=(Filter("price", "lte", 1),)))
    assert (none.hits, none.matches) == ([], 0)


async def test_something_cheaper_is_a_limit_against_the_one_that_is_meant(buyer: Buyer) -> None:
    before = (await buyer.says("a white Model Y"))["tiles"]
    answer = await buyer.says("something cheaper than the second one")
    assert answer["tiles"]
    assert all(tile["price"] < before[1]["price"] for tile in answer["tiles"])
    chip = next(chip for chip in answer["chips"] if chip["field"] == "price")
    assert chip["value"] == before[1]["price"] - 1
    again = await buyer.says("and newer")
    assert all(tile["price"] < before[1]["price"] for tile in again["tiles"])


async def test_of_what_cannot_be_seen_there_is_nothing_alike(buyer: Buyer, shop: Shop) -> None:
    with pytest.raises(NotFound):
        await alike(buyer, 10**9, State())
