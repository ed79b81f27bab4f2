"""Receipts of what the guide's tools decided within a turn: refusals that raise, and calls of a model that only look."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from backend.core.errors import TooMany
from backend.core.ports import ToolCall
from backend.flows import guarding
from tests.fakes import says
from tests.flows.conftest import House
from tests.flows.test_guiding import WISH, ready, talker
from tests.flows.test_turns import one

Owner = psycopg.Connection[dict[str, Any]]
_PACE = 60


async def test_a_refusal_that_raises_within_a_turn_leaves_a_receipt(house: House, owner: Owner) -> None:
    buyer, screen = await house.start()
    listing_id = screen["tiles"][0]["listing_id"]
    for _ in range(_PACE):
        await guarding.prepare(house.runtime, buyer, verb="hold", arguments={"listing_id": listing_id})
    with pytest.raises(TooMany):
        await guarding.prepare(house.runtime, buyer, verb="hold", arguments={"listing_id": listing_id})
    before = one(owner, "select receipt_count from public.sessions where id = %s", buyer.session_id)
    answer = await house.say(buyer, "hold the first one")
    assert "confirmations" not in answer
    found = owner.execute(
        "select verb, origin, verdict, reasons from public.receipts where session_id = %s and n > %s",
        (buyer.session_id, before),
    ).fetchall()
    assert found == [{"verb": "hold", "origin": "guide", "verdict": "deny", "reasons": ["policy.too_fast"]}]


async def test_what_a_model_calls_leaves_receipts(house: House, owner: Owner) -> None:
    buyer = await ready(house)
    calls = (ToolCall("1", "search_listings", {"text": "white"}), ToolCall("2", "set_price", {"price": 1}))
    talker(house, says_=lambda told: says("Gladly.", *(() if told[-1].role == "tool" else calls)))
    await house.say(buyer, WISH)
    found = owner.execute(
        "select verb, origin, verdict, reasons from public.receipts where session_id = %s order by n",
        (buyer.session_id,),
    ).fetchall()
    assert {"verb": "search", "origin": "guide", "verdict": "allow", "reasons": []} in found
    assert {"verb": "unknown", "origin": "guide", "verdict": "deny", "reasons": ["not_in_policy"]} in found
