"""A unit that somebody else holds: said at once, in the buyer's language, with what comes closest."""

from __future__ import annotations

import pytest

from tests.flows.conftest import House
from tests.flows.test_coming_back import WISH, hold


@pytest.mark.parametrize(
    ("wish", "ask"),
    [
        (WISH, "please hold the first one"),
        ("Model 3 unter 40.000 Dollar", "bitte reservieren Sie das erste für mich"),
        ("Model 3 moins de 40 000 dollars", "réservez la première pour moi"),
        ("Model 3 por menos de 40.000 dólares", "reserve el primero para mí"),
    ],
)
async def test_a_unit_that_somebody_else_holds_is_said_at_once_and_what_comes_closest_can_be_held(
    house: House, wish: str, ask: str
) -> None:
    faster, _ = await house.start()
    shown = (await house.say(faster, wish))["tiles"]
    await hold(house, faster, shown[0]["listing_id"])
    buyer, _ = await house.start()
    await house.say(buyer, wish)
    answer = await house.say(buyer, ask)
    assert "confirmations" not in answer
    assert "PST" in answer["reply"] or "PDT" in answer["reply"]  # until when, by the event's clock
    offered = answer["quick_replies"]
    assert len(offered) >= 3
    assert [e["options"] for e in answer["events"] if e["type"] == "question"] == [offered]
    instead = await house.say(buyer, offered[0])
    (card,) = instead["confirmations"]
    assert card["verb"] == "hold"
    assert card["listing_id"] != shown[0]["listing_id"]
    assert card["title"] in answer["reply"]

    own = await house.say(faster, ask)
    assert "confirmations" not in own
    assert "PST" in own["reply"] or "PDT" in own["reply"]
