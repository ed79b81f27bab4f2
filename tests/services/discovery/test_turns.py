"""Conversations against the real database and the shipped inventory."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from backend.core.context import Actor
from backend.core.errors import Conflict, Gone, InvalidInput, NotFound
from backend.domains.catalogue import service as catalogue
from backend.domains.discovery import service as discovery
from backend.domains.discovery.finding import compiled_limits
from backend.domains.discovery.model import Filter
from tests.services.discovery.conftest import Buyer, Shop

Owner = psycopg.Connection[Any]
WISH = "Model 3 under 40k, white or grey, no accidents"


async def test_the_first_screen_greets_and_shows(buyer: Buyer) -> None:
    screen = await buyer.sees()
    assert screen.reply.startswith("Hello, I am Claire.")
    assert screen.quick_replies[0] == "White or gray, under $40,000"
    assert screen.matches > len(screen.tiles) == 24
    assert screen.chips
    assert all(c.default for c in screen.chips)
    assert {a["kind"] for a in screen.actions} >= {"compare", "hold", "call"}
    assert screen.to_json()["reply"] == screen.reply


async def test_a_wish_narrows_ranks_and_explains(buyer: Buyer, owner: Owner) -> None:
    before = (await buyer.sees()).matches
    answer = await buyer.says(WISH)
    assert 0 < answer["matches"] < before
    assert answer["note"] == f"{before} → {answer['matches']} cars"
    assert "cars" in answer["reply"]
    ids = [t["listing_id"] for t in answer["tiles"]]
    rows = owner.execute("select * from public.listings where id = any(%s)", (ids,)).fetchall()
    assert len(rows) == len(ids)
    assert all(r["model"] == "Model 3" and r["price_minor"] <= 4_000_000 for r in rows)
    assert {r["color_exterior"].lower() for r in rows} <= {"white", "grey", "gray"}
    assert all(t["reasons"] and 50 <= t["match"] <= 100 for t in answer["tiles"])
    assert any("under your budget" in r for t in answer["tiles"] for r in t["reasons"])
    assert answer["signals"][0]["type"] == "BUDGET_RANGE"
    assert {c["text"] for c in answer["chips"]} >= {"Up to $40,000", "Model 3"}


async def test_every_price_and_title_that_is_said_is_in_a_tile(buyer: Buyer) -> None:
    for message in (WISH, "under 30k miles", "what is the battery health?", "cheaper", "long range"):
        answer = await buyer.says(message)
        titles = [t["title"] for t in answer["tiles"]]
        if "Closest is the " in answer["reply"]:
            assert any(f"Closest is the {title}" in answer["reply"] for title in titles)
            assert answer["tiles"][0]["price_text"] in answer["reply"] or "on request" in answer["reply"]


async def test_the_same_request_gives_the_same_answer_and_is_kept_once(buyer: Buyer, owner: Owner) -> None:
    first = await buyer.says(WISH, key="k1")
    assert await buyer.says(WISH, key="k1") == first
    with pytest.raises(Conflict) as refused:
        await buyer.says("something else", key="k1")
    assert refused.value.code == "core.key_reused"
    kept = owner.execute(
        "select count(*) as n from public.turns where session_id = %s", (buyer.session.id,)
    ).fetchone()
    assert kept == {"n": 1}


async def test_two_visitors_of_one_arm_who_say_the_same_see_the_same(shop: Shop) -> None:
    visitors = [await shop.enter(UUID(int=number)) for number in range(1, 9)]
    one, two = [visitor for visitor in visitors if visitor.session.arms == visitors[0].session.arms][:2]
    for message in (WISH, "ideally low mileage", "any Porsche?"):
        assert await one.says(message) == await two.says(message)


async def test_an_arm_shows_what_owning_costs_and_the_other_does_not(shop: Shop) -> None:
    shown: dict[str, bool] = {}
    for number in range(1, 9):
        visitor = await shop.enter(UUID(int=number))
        answer = await visitor.says(WISH)
        shown[visitor.session.arms["pricing_cards_vs_ownership_cost_cards_v1"]] = bool(
            answer["tiles"][0]["costs"]
        )
    assert shown == {"pricing_cards": False, "ownership_cost_cards": True}


async def test_of_two_messages_at_once_one_is_taken(buyer: Buyer) -> None:
    answers = await asyncio.gather(buyer.says("under 40k"), buyer.says("under 30k"), return_exceptions=True)
    refused = [a for a in answers if isinstance(a, BaseException)]
    assert all(isinstance(a, Conflict) and a.code == "discovery.turn_taken" for a in refused)
    assert len(refused) <= 1


async def test_chips_are_edited_and_the_change_is_said(buyer: Buyer) -> None:
    answer = await buyer.says("Model 3 under 30k, white")
    price = next(c["id"] for c in answer["chips"] if c["field"] == "price")
    raised = await buyer.changes(price, "value", 40_000.0, key="c1")
    assert raised["matches"] > answer["matches"]
    assert raised["reply"].startswith("Now: up to $40,000.")
    assert await buyer.changes(price, "value", 40_000.0, key="c1") == raised
    with pytest.raises(Conflict):
        await buyer.changes(price, "remove", key="c1")
    softer = await buyer.changes("color_exterior:in:must", "nice")
    assert softer["matches"] > raised["matches"]
    assert any(c["group"] == "nice" and c["text"] == "White" for c in softer["chips"])
    gone = await buyer.changes("color_exterior:in:nice", "remove")
    assert gone["reply"].startswith("Without White.")
    with pytest.raises(NotFound):
        await buyer.changes("color_exterior:in:nice", "remove")
    with pytest.raises(InvalidInput):
        await buyer.changes(price, "value", "a lot")


async def test_nothing_found_names_what_to_loosen_and_shows_near_misses(buyer: Buyer) -> None:
    answer = await buyer.says("Model 3 under $9,000")
    assert answer["matches"] == 0
    assert "instead of “Up to $9,000” there is 1 car." in answer["reply"]
    way = answer["loosenings"][0]
    assert (way["chip_id"], way["change"]) == ("price:lte:must", "value")
    assert answer["tiles"]
    assert all("over your budget" in t["reasons"][0] for t in answer["tiles"] if t["price"] is not None)
    nothing = await buyer.says("a blue Lamborghini with a tow hitch under 5k")
    assert nothing["matches"] == 0
    assert nothing["reply"]


async def test_first_match_is_noted_once_and_the_state_survives(buyer: Buyer, owner: Owner) -> None:
    await buyer.says("hello")
    columns = "first_match_at, turn_count, state"
    query = f"select {columns} from public.sessions where id = %s"
    row = owner.execute(query, (buyer.session.id,)).fetchone()
    assert row is not None
    assert row["first_match_at"] is None
    await buyer.says(WISH)
    await buyer.says("under 30k miles")
    row = owner.execute(query, (buyer.session.id,)).fetchone()
    assert row is not None
    assert row["first_match_at"] is not None
    assert row["turn_count"] == 3
    facts = owner.execute(
        "select facts from public.journal where kind = 'turn.first_match' and session_id = %s",
        (buyer.session.id,),
    ).fetchall()
    assert [f["facts"] for f in facts] == [{"turn": 2}]
    again = await buyer.sees()
    assert {c.field for c in again.chips} >= {"price", "mileage", "color_exterior"}
    async with buyer.shop.database.as_actor(buyer.actor) as ctx:
        turns = await discovery.list_turns(ctx)
    assert [t.message for t in turns] == ["hello", WISH, "under 30k miles"]


async def test_a_held_car_stays_in_sight_with_its_state(buyer: Buyer, owner: Owner) -> None:
    first = (await buyer.says(WISH))["tiles"][0]["listing_id"]
    owner.execute(
        "update public.listing_units set state = 'held', hold_id = gen_random_uuid(), held_until = now() + interval '9 min' "
        "where listing_id = %s",
        (first,),
    )
    tile = next(t for t in (await buyer.sees()).tiles if t.listing_id == first)
    assert tile.state == "held"
    assert tile.held_until is not None


async def test_strangers_and_closed_doors(shop: Shop, owner: Owner) -> None:
    buyer = await shop.enter()
    stranger = Buyer(shop, buyer.session, Actor.buyer(UUID(int=99), buyer.session.event_id))
    with pytest.raises(NotFound) as missing:
        await stranger.says(WISH)
    assert missing.value.code == "discovery.no_such_session"
    async with shop.database.as_actor(Actor.anonymous()) as ctx:
        with pytest.raises(NotFound):
            await discovery.get_session(ctx)
    owner.execute("update public.events set status = 'paused' where id = %s", (shop.bundle.event_id,))
    with pytest.raises(Gone):
        await shop.enter()


async def test_another_limit_never_gives_more(buyer: Buyer) -> None:
    """500 random pairs of filter sets, one within the other."""
    chance = random.Random(7)
    facets = [
        f
        for f in buyer.shop.vocabulary.facets
        if f.attribute in ("make", "model", "color_exterior", "specs.drivetrain")
    ]
    async with buyer.shop.database.as_actor(buyer.actor) as ctx:
        for _ in range(500):
            filters = [_random(chance, facets) for _ in range(chance.randint(1, 4))]
            counts = [
                await catalogue.count(
                    ctx, event_id=buyer.session.event_id, filters=compiled_limits(some, buyer.shop.index)
                )
                for some in (filters[:-1], filters)
            ]
            assert counts[1] <= counts[0], filters


def _random(chance: random.Random, facets: list[Any]) -> Filter:
    if chance.random() < 0.5:
        facet = chance.choice(facets)
        return Filter(facet.attribute, chance.choice(["in", "not_in"]), [facet.display])
    field, low, high = chance.choice(
        [("price", 15_000, 90_000), ("year", 2015, 2025), ("mileage", 1_000, 90_000)]
    )
    return Filter(field, chance.choice(["lte", "gte"]), chance.randint(low, high))
