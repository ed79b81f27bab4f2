"""A bare yes or no to what the last answer asked, in any process and four languages."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from backend.flows import storefront
from backend.flows.runtime import Runtime
from tests.flows.conftest import House
from tests.flows.test_giving_up import chips

Owner = psycopg.Connection[dict[str, Any]]
TOO_MUCH = "2025 or newer and under 26k"


async def to_nothing(house: House) -> tuple[Any, dict[str, Any]]:
    """A conversation in which nothing fits, and what would help was asked about."""
    buyer, _ = await house.start()
    answer = await house.say(buyer, TOO_MUCH)
    assert answer["matches"] == 0
    assert "Shall we loosen" in answer["reply"]
    return buyer, answer


@pytest.mark.parametrize("message", ["yes", "ok", "Sure, go ahead.", "gern", "oui", "sí"])
async def test_a_yes_takes_the_first_way_out(house: House, message: str) -> None:
    buyer, asked = await to_nothing(house)
    answer = await house.say(buyer, message)
    assert answer["matches"] == asked["loosenings"][0]["matches"]
    assert answer["tiles"]
    changed = {asked["loosenings"][0]["chip_id"], *(one["chip_id"] for one in asked["loosenings"][0]["also"])}
    unchanged = [c["id"] for c in asked["chips"] if c["id"] not in changed]
    assert [c["id"] for c in answer["chips"] if c["id"] not in changed] == unchanged
    assert chips(answer) != chips(asked)


async def test_a_tap_on_the_way_gives_the_same(house: House) -> None:
    buyer, asked = await to_nothing(house)
    other, _ = await to_nothing(house)
    said = await house.say(buyer, "yes")
    way = asked["loosenings"][0]
    for number, one in enumerate([way, *way["also"]]):
        tapped = await storefront.change_chip(
            house.runtime,
            other,
            chip_id=one["chip_id"],
            change=one["change"],
            value=one["value"],
            key=f"tap-{number}",
        )
    assert (said["matches"], set(chips(said))) == (tapped["matches"], set(chips(tapped)))


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("no", "Then everything stays as it is."),
        ("nein danke", "Dann bleibt alles, wie es ist."),
        ("non merci", "Alors tout reste comme c'est."),
        ("mejor no", "Entonces todo queda como está."),
    ],
)
async def test_a_no_keeps_everything_and_says_so(house: House, message: str, kept: str) -> None:
    buyer, asked = await to_nothing(house)
    answer = await house.say(buyer, message)
    assert answer["reply"] == kept
    assert [c["id"] for c in answer["chips"]] == [c["id"] for c in asked["chips"]]
    later = await house.say(buyer, "yes")
    assert chips(later) == chips(asked), "the question is closed"


async def test_the_offer_is_known_to_any_process_and_ends_with_the_next_message(
    house: House, owner: Owner
) -> None:
    buyer, asked = await to_nothing(house)
    other = Runtime(house.runtime.settings, house.runtime.ports)
    await other.database.open()
    try:
        await other.bundles.refresh()
        answer = await storefront.say(other, buyer, message="yes please", key="in-another-process")
    finally:
        await other.database.close()
    assert answer["matches"] == asked["loosenings"][0]["matches"]
    buyer, asked = await to_nothing(house)
    await house.say(buyer, "hello again")
    assert chips(await house.say(buyer, "yes")) == chips(asked)


async def test_a_conversation_from_before_there_were_offers_goes_on(house: House, owner: Owner) -> None:
    buyer, asked = await to_nothing(house)
    owner.execute("update public.sessions set state = state - 'offer' where id = %s", (buyer.session_id,))
    assert chips(await house.say(buyer, "yes")) == chips(asked)


async def test_a_changed_chip_that_leaves_nothing_asks_too(house: House) -> None:
    buyer, _ = await house.start()
    wished = await house.say(buyer, "under 40k")
    price = next(chip for chip in wished["chips"] if chip["field"] == "price")
    asked = await storefront.change_chip(
        house.runtime, buyer, chip_id=price["id"], change="value", value=900, key="nearly-nothing"
    )
    assert asked["matches"] == 0
    assert (await house.say(buyer, "ok"))["matches"] == asked["loosenings"][0]["matches"]
