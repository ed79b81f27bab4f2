"""What a model is told: the policy holds for tools as for the context, and each question says what went into it."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from backend.core.ports import Ports, ToolCall
from tests.fakes import fake_ports, says
from tests.flows.conftest import House
from tests.flows.test_guiding import AGENT, ALONE, WISH, Talker, talker

Owner = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def ports() -> Ports:
    return fake_ports(models=Talker())


def policy(**context: Any) -> dict[str, Any]:
    tools = {"allowed": ["search_listings", "hold_listing"], "confirm": ["hold_listing"]}
    return {"profiles": [{"key": "narrow", "context_policy": context, "tool_policy": tools}]}


async def told_by_tools(house: House, **context: Any) -> tuple[list[dict[str, Any]], Talker]:
    """What a search of the model brought it."""
    await house.publish(agent=AGENT, preference_extraction=ALONE, policy=policy(**context))
    buyer, _ = await house.start()
    calls = iter([says("", ToolCall("1", "search_listings", {"text": "long range"}))])
    model = talker(house, says_=lambda _: next(calls, says("Gladly.")))
    await house.say(buyer, WISH)
    texts = {m.text for q in model.asked for m in q["messages"] if m.role == "tool"}
    return [json.loads(text)["result"] for text in texts], model


async def test_a_search_tells_no_more_listings_than_the_context_may_hold(house: House, owner: Owner) -> None:
    (result,), _ = await told_by_tools(house, sources=["listings"], retrieval_limit=2)
    assert len(result["listings"]) == 2
    rows = owner.execute("select purpose, provenance from public.model_exchanges order by id").fetchall()
    assert [row["provenance"] for row in rows if row["purpose"] == "read"] == [[]]
    later = [row["provenance"] for row in rows if row["purpose"] == "answer"][-1]
    assert {"bucket": "retrieval_context", "source": "listings", "by": "search_listings"} in later


async def test_listings_that_the_context_may_not_hold_come_in_by_no_tool(house: House) -> None:
    (result,), model = await told_by_tools(house, sources=["store"], retrieval_limit=3)
    assert result == {"refused": "source_not_allowed"}
    assert all(
        "listing_id" not in question["system"] for question in model.asked if question.get("schema") is None
    )
