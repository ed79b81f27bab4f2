"""What a buyer gives up or finds too dear, as the conversation takes it; in four languages."""

from __future__ import annotations

from typing import Any

import pytest

from backend.flows import storefront
from tests.flows.conftest import House


def chips(answer: dict[str, Any]) -> list[str]:
    return [chip["text"] for chip in answer["chips"]]


@pytest.mark.parametrize(
    ("wish", "taken_back"),
    [
        ("around 40k", "forget the price"),
        ("under 30k miles", "forget the mileage"),
        ("etwa 40.000", "vergiss den Preis"),
        ("environ 40 000 €", "oubliez le budget"),
        ("unos 40.000", "olvida el precio"),
    ],
)
async def test_a_wish_that_is_taken_back_leaves_no_chip(house: House, wish: str, taken_back: str) -> None:
    buyer, screen = await house.start()
    assert len(chips(await house.say(buyer, wish))) > len(chips(screen))
    left = await house.say(buyer, taken_back)
    assert [chip["id"] for chip in left["chips"]] == [chip["id"] for chip in screen["chips"]]


async def test_a_chip_that_is_removed_takes_with_it_what_said_the_same(house: House) -> None:
    buyer, screen = await house.start()
    wished = await house.say(buyer, "around 40k")
    price = next(chip for chip in wished["chips"] if chip["field"] == "price")
    answer = await storefront.change_chip(
        house.runtime, buyer, chip_id=price["id"], change="remove", value=None, key="without-a-price"
    )
    assert chips(answer) == chips(screen)


@pytest.mark.parametrize(
    "message",
    [
        "I don't care about accidents",
        "accidents are fine",
        "Unfälle sind kein Problem",
        "les accidents ne me dérangent pas",
        "no me importan los accidentes",
    ],
)
async def test_accidents_may_be_let_in(house: House, message: str) -> None:
    buyer, screen = await house.start()
    assert "No accidents" in chips(screen)
    answer = await house.say(buyer, message)
    assert "No accidents" not in chips(answer)
    assert answer["matches"] > screen["matches"]
    assert "No accidents" in chips(await house.say(buyer, "no accidents please"))


@pytest.mark.parametrize(
    "message", ["too expensive", "that's too much", "zu teuer", "trop cher", "demasiado caro"]
)
async def test_too_dear_is_cheaper_than_the_first_shown(house: House, message: str) -> None:
    buyer, _ = await house.start()
    shown = await house.say(buyer, "white")
    answer = await house.say(buyer, message)
    assert answer["tiles"]
    assert all(tile["price"] < shown["tiles"][0]["price"] for tile in answer["tiles"])
