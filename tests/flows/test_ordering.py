"""Under a policy that lets the guide act, only a bare order acts: nothing else a buyer may write places a hold."""

from __future__ import annotations

from typing import Any

import psycopg

from backend.flows import storefront
from tests.flows.conftest import House
from tests.flows.test_turns import AUTO, CALL, FREE, HAND_OVER, one
from tests.rules.discovery.test_ordering import NO_ORDERS, SPOOFS

Owner = psycopg.Connection[dict[str, Any]]


async def test_no_sentence_about_a_hold_places_one(house: House, owner: Owner) -> None:
    await house.publish(policy=AUTO, agent={"tools": [*FREE, HAND_OVER]})
    placed: list[str] = []
    for message in (*NO_ORDERS, *SPOOFS):
        buyer, _ = await house.start()
        answer = await house.say(buyer, message)
        count = one(owner, "select count(*) from public.holds where session_id = %s", buyer.session_id)
        if count or answer.get("executed"):
            placed.append(message)
    assert placed == []


async def test_a_bare_order_does(house: House, owner: Owner) -> None:
    await house.publish(policy=AUTO, agent={"tools": [*FREE, HAND_OVER]})
    buyer, _ = await house.start()
    assert (await house.say(buyer, "please hold the second one"))["executed"]
    assert one(owner, "select count(*) from public.holds where session_id = %s", buyer.session_id) == 1


async def test_one_message_prepares_the_same_once(house: House) -> None:
    balanced = {"autonomy": "balanced", "compliance": "standard"}
    profile = {"key": "e", "tool_policy": {"allowed": ["schedule_call"]}, **balanced}
    await house.publish(agent={"tools": [*FREE, CALL]}, policy={"profiles": [profile]})
    buyer, _ = await house.start()
    answer = await house.say(
        buyer, "Book a viewing of the first one. Please book a viewing of the first one."
    )
    assert len(answer["confirmations"]) == 1


async def test_long_keys_that_begin_alike_are_two(house: House, owner: Owner) -> None:
    await house.publish(policy=AUTO, agent={"tools": [*FREE, HAND_OVER]})
    buyer, _ = await house.start()
    for at, message in enumerate(("hold the first one", "hold the second one")):
        answer = await storefront.say(house.runtime, buyer, message=message, key=f"{'k' * 199}{at}")
        assert answer["executed"]
    assert one(owner, "select count(*) from public.holds where session_id = %s", buyer.session_id) == 2
