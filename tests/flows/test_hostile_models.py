"""A model that sends nonsense costs its buyer nothing: the built-in engine answers, and what is kept is bounded."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from backend.adapters.model_gateway import ModelGateway
from backend.core.ports import ChatAnswer, ToolCall, Usage
from backend.flows import looking, streaming, turns
from tests.flows.conftest import House
from tests.flows.test_guiding import AGENT, ALONE, NOTHING, WISH

Owner = psycopg.Connection[dict[str, Any]]


class Hostile:
    """A provider that calls whatever it was given."""

    name = "groq"

    def __init__(self, *calls: ToolCall, text: str = "Gladly.") -> None:
        self.calls, self.text = calls, text

    async def chat(self, *, messages: Any, schema: Any = None, **_: Any) -> ChatAnswer:
        if schema is not None:
            return ChatAnswer(NOTHING, (), Usage(1, 1), "groq", "m", raw=NOTHING)
        if self.calls and messages[-1].role != "tool":
            return ChatAnswer("", self.calls, Usage(1, 1), "groq", "m", raw="x")
        return ChatAnswer(self.text, (), Usage(1, 1), "groq", "m", raw=self.text)

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    "model",
    [
        Hostile(ToolCall("1", "search_listings", {"text": "a\0b"})),
        Hostile(ToolCall("1", "search_listings", {"text": "\ud800"})),
        Hostile(ToolCall("\ud800", "\0\ud800", {"\ud800": "\0"})),
        Hostile(ToolCall("1", "search_listings", {"text": "x" * 200_000, "n": float("nan"), "i": 10**40})),
        Hostile(*(ToolCall(str(n), "hold_listing", {"listing_id": 10**n, "x": "\0"}) for n in range(60))),
        Hostile(text="Gladly.\0\ud800"),
    ],
    ids=["nul", "surrogate", "name", "large", "many", "text"],
)
async def test_no_call_of_a_model_kills_a_turn(house: House, owner: Owner, model: Hostile) -> None:
    await house.publish(agent=AGENT, preference_extraction=ALONE)
    object.__setattr__(house.runtime.ports, "models", ModelGateway({"groq": model}))
    buyer, _ = await house.start()
    assert (await house.say(buyer, WISH))["reply"]
    rows = owner.execute(
        "select length(arguments::text) as size from public.tool_calls where session_id = %s",
        (buyer.session_id,),
    ).fetchall()
    assert all(row["size"] < 3000 for row in rows)


async def test_what_breaks_beside_a_model_leaves_the_built_in_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a bug")

    await house.publish(agent=AGENT, preference_extraction=ALONE)
    model = Hostile(ToolCall("1", "search_listings", {"text": "car"}))
    object.__setattr__(house.runtime.ports, "models", ModelGateway({"groq": model}))
    monkeypatch.setattr(looking, "look", broken)
    buyer, _ = await house.start()
    assert (await house.say(buyer, WISH))["matches"] > 0


async def test_a_stream_ends_in_an_error_whatever_breaks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(turns, "_kept_or_taken", broken)
    buyer, _ = await house.start()
    events = [one async for one in streaming.stream_turn(house.runtime, buyer, WISH, str(uuid4()))]
    assert [one["type"] for one in events] == ["started", "error"]
    assert events[1]["code"] == "core.unexpected"
