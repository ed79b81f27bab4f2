"""What the gateway lets through, how a model is asked to mend its answer, and which answers are kept."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from backend.adapters.model_door import Limits
from backend.core.ports import ChatAnswer, ChatMessage, ToolCall, ToolSpec, Usage
from tests.adapters.test_model_breaker import Clock
from tests.adapters.test_model_gateway import TWO, WRONG_KEY, ask, failure, gateway
from tests.fakes import ScriptedChat, says

SCHEMA = {
    "type": "object",
    "properties": {"color": {"type": "string"}},
    "required": ["color"],
    "additionalProperties": False,
}
GOOD = '{"color": "white"}'
SEARCH = ToolSpec(
    "search_cars", "Finds cars.", {"type": "object", "properties": {"most": {"type": "integer"}}}
)


async def test_wrong_json_is_repaired_once() -> None:
    heard: list[str] = []
    groq = ScriptedChat(says("Sure! It is white."), says(f"```json\n{GOOD}\n```"))
    answer = await ask(gateway(groq=groq), schema=SCHEMA, heard=lambda _, raw: heard.append(raw))
    assert json.loads(answer.text) == {"color": "white"}
    assert answer.usage == Usage(20, 10)
    assert all(raw in answer.raw for raw in heard)
    assert len(heard) == 2
    quoted, mend = groq.asked[1]["messages"][-2:]
    assert (quoted.role, quoted.text) == ("assistant", "Sure! It is white.")
    assert (mend.role, "not one JSON object" in mend.text) == ("user", True)
    assert len(groq.asked) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        says('{"colour": "white"}'), says('{"color": NaN}'), says("[]"), says('{"color": "\\u0000"}'),
        says('{"color": "\\ud800"}'), says(""), says('{"color": ' * 3000), says("[" * 100_000),
    ],
)  # fmt: skip
async def test_wrong_twice_is_a_failure_and_the_next_is_asked(wrong: ChatAnswer) -> None:
    groq, heard = ScriptedChat(wrong), list[str]()
    models = gateway(groq=groq, mistral=ScriptedChat(says(GOOD)))
    assert (await ask(models, schema=SCHEMA, heard=lambda _, raw: heard.append(raw))).text == GOOD
    assert len(groq.asked) == 2
    assert heard == [wrong.raw, wrong.raw, GOOD]
    assert (models.status()["groq"].state, models.status()["groq"].last_error) == (
        "closed",
        "core.model_failed",
    )
    alone = await failure(gateway(groq=ScriptedChat(wrong)), schema=SCHEMA)
    assert alone.facts == {"tried": {"groq": "core.model_failed"}, "input_tokens": 20, "output_tokens": 10}


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([ToolCall("1", "drop_tables", {})], "no tool 'drop_tables'"),
        ([ToolCall("1", "search_cars", {"most": "many"})], "search_cars do not fit"),
        (
            [ToolCall("1", "search_cars", {"most": 3}), ToolCall("2", "search_cars", {"most": 0.5})],
            "do not fit",
        ),
    ],
)
async def test_calls_are_checked_before_they_are_passed_on(calls: list[ToolCall], said: str) -> None:
    groq = ScriptedChat(says("", *calls), says("", ToolCall("3", "search_cars", {"most": 3})))
    answer = await ask(gateway(groq=groq), tools=[SEARCH])
    assert [call.id for call in answer.calls] == ["3"]
    assert said in groq.asked[1]["messages"][-1].text


async def test_an_empty_answer_is_none() -> None:
    assert (await ask(gateway(groq=ScriptedChat(says("  "), TWO)))).text == TWO.text


async def test_the_same_question_is_asked_once() -> None:
    groq = ScriptedChat(says("one"), says("two"), says("three"), says("four"), says("five"), says("six"))
    models = gateway(groq=groq)
    first = await ask(models, cache_key="event-1")
    again = await ask(models, cache_key="event-1")
    assert (again.text, again.cached, again.usage) == ("one", True, Usage())
    assert (first.cached, first.usage) == (False, Usage(10, 5))
    other = {
        "system": "Be quick.", "messages": [ChatMessage("user", "red ones?")], "tools": [SEARCH],
        "cache_key": "event-2",
    }  # fmt: skip
    texts = [
        (await ask(models, **{"cache_key": "event-1", name: value})).text for name, value in other.items()
    ]
    assert texts == ["two", "three", "four", "five"]
    assert (await ask(models)).text == "six", "without a key nothing is kept or looked up"


async def test_a_schema_makes_another_question() -> None:
    groq = ScriptedChat(says(GOOD), says('{"color": "red"}'))
    models = gateway(groq=groq)
    await ask(models, cache_key="k")
    assert json.loads((await ask(models, cache_key="k", schema=SCHEMA)).text) == {"color": "red"}


async def test_what_is_kept_ends_and_is_bounded() -> None:
    clock, groq = Clock(), ScriptedChat(TWO)
    models = gateway(Limits(cache_s=60, cache_size=2), clock, groq=groq)
    for key in ("a", "b", "a", "c", "a"):
        await ask(models, cache_key=key)
    assert len(groq.asked) == 3
    await ask(models, cache_key="b")
    assert len(groq.asked) == 4, "the one used least recently made room"
    clock.now += 60
    await ask(models, cache_key="b")
    assert len(groq.asked) == 5


async def test_failures_are_not_kept() -> None:
    models = gateway(groq=ScriptedChat(WRONG_KEY, TWO))
    await failure(models, cache_key="k")
    assert not (await ask(models, cache_key="k")).cached


async def test_frozen_documents_are_asked_about_as_plain_ones() -> None:
    frozen = MappingProxyType(
        {**SCHEMA, "properties": MappingProxyType(SCHEMA["properties"]), "required": ("color",)}
    )
    groq = ScriptedChat(says(GOOD))
    models = gateway(groq=groq)
    await ask(models, schema=frozen, cache_key="k")
    assert groq.asked[0]["schema"] == SCHEMA
    assert (await ask(models, schema=SCHEMA, cache_key="k")).cached
