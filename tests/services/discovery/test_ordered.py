"""The most and the least of something, over all that fits and not only what is shown."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.services.discovery.conftest import Buyer

_VALUES = {
    "price": "price_minor / 100",
    "year": "year",
    "mileage": "mileage",
    "specs.range": "(specs ->> 'range')::int",
}


def column(owner: psycopg.Connection[Any], ids: list[int], field: str) -> list[float]:
    rows = owner.execute(
        f"select id, {_VALUES[field]} as value from public.listings where id = any(%s)", (ids,)
    )
    values = {row["id"]: row["value"] for row in rows.fetchall()}
    return [values[one] for one in ids]


@pytest.mark.parametrize(
    ("message", "field", "order", "limits"),
    [
        ("which is the cheapest?", "price", "asc", "true"),
        ("show me the newest ones", "year", "desc", "true"),
        ("welcher hat die größte Reichweite?", "specs.range", "desc", "true"),
        ("which has the lowest mileage?", "mileage", "asc", "true"),
        ("the most expensive white one", "price", "desc", "color_exterior = 'White'"),
    ],
)
async def test_the_first_ones_of_all_that_fit_in_their_order(
    buyer: Buyer, owner: psycopg.Connection[Any], message: str, field: str, order: str, limits: str
) -> None:
    answer = await buyer.says(message)
    ids = [tile["listing_id"] for tile in answer["tiles"]]
    shown = column(owner, ids, field)
    best = owner.execute(
        f"""
        select {_VALUES[field]} as value from public.listings
        where event_id = %s and model = 'Model 3' and year >= 2021 and specs @> '{{"accident_free": true}}' and {limits}
        order by 1 {order} nulls last limit %s
        """,
        (buyer.shop.bundle.event_id, len(ids)),
    ).fetchall()
    assert shown == [row["value"] for row in best]
    assert answer["tiles"][0]["title"] in answer["reply"]
    assert all(sum(tile["parts"].values()) == tile["score"] for tile in answer["tiles"])


async def test_the_order_stands_while_nothing_else_is_wished(buyer: Buyer) -> None:
    def order(answer: dict[str, Any]) -> list[int]:
        return [tile["listing_id"] for tile in answer["tiles"]]

    first = order(await buyer.says("show me the cheapest ones"))
    assert order(await buyer.says("does the second one have a heat pump?")) == first
    assert order(await buyer.says("thanks")) == first
    assert [tile.listing_id for tile in (await buyer.sees()).tiles] == first
    other = await buyer.says("only white ones, please")
    prices = [tile["price"] or 0 for tile in other["tiles"]]
    assert prices != sorted(prices)


async def test_where_nothing_fits_there_is_no_order(buyer: Buyer) -> None:
    answer = await buyer.says("the newest under $900")
    assert answer["matches"] == 0
    assert "The newest is" not in answer["reply"]


async def test_a_listing_that_is_only_named_is_told_about(buyer: Buyer) -> None:
    shown = (await buyer.says("white ones under 40k"))["tiles"]
    answer = await buyer.says("the second one")
    assert answer["reply"].startswith(f"{shown[1]['title']}: {shown[1]['price_text']}")
    assert [tile["listing_id"] for tile in answer["tiles"]] == [tile["listing_id"] for tile in shown]
    assert "I did not find a wish" in (await buyer.says("hm"))["reply"]


async def test_whether_one_is_cheaper_is_answered_by_its_own_figures(buyer: Buyer) -> None:
    shown = (await buyer.says("white ones under 40k"))["tiles"]
    answer = await buyer.says("is the second one cheaper?")
    assert answer["reply"].startswith(f"{shown[1]['title']}: {shown[1]['price_text']}")
    assert [tile["listing_id"] for tile in answer["tiles"]] == [tile["listing_id"] for tile in shown]
