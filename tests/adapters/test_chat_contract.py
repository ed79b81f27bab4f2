"""What every chat model keeps to: three providers through their real libraries, and the fake."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from backend.adapters.completions_chat import GroqChat, OpenAiChat
from backend.adapters.mistral_chat import MistralChat
from backend.core.errors import AppError, Busy, TooMany, Upstream
from backend.core.ports import ChatAnswer, ChatMessage, ChatModel, ToolCall, ToolSpec, Usage
from tests.adapters import chat_replies as replies
from tests.adapters.providers import Provider, hangs_up, plain, provider, raw, refuses
from tests.fakes import ScriptedChat, says

KEY, SYSTEM, WORDS = "sk-very-secret-4711", "You are a calm guide.", "A white one below 40k, please"
SEARCH = ToolSpec(
    "search_inventory",
    "Finds cars.",
    {
        "type": "object",
        "properties": {"text": {"type": "string"}, "most": {"type": "integer"}},
        "required": ["text"],
    },
)
SCHEMA = {
    "type": "object",
    "properties": {"color": {"type": "string"}},
    "required": ["color"],
    "additionalProperties": False,
}
PROVIDERS = ("mistral", "groq", "openai_compatible")


@dataclass
class Stage:
    """A model and what stands behind it."""

    model: ChatModel
    there: Provider

    def will(self, answer: ChatAnswer | Exception | float, *wire: Any) -> None:
        """The fake is given the answer, a provider what it sends."""
        if isinstance(self.model, ScriptedChat):
            self.model.answers = [answer]
        self.there.replies = list(wire)


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


def made_model(name: str, there: Provider) -> ChatModel:
    if name == "mistral":
        return MistralChat(KEY, model="small", base_url=there.url)
    if name == "groq":
        return GroqChat(KEY, model="small", base_url=there.url)
    return OpenAiChat(KEY, model="small", base_url=f"{there.url}/v1")


@pytest.fixture(params=[*PROVIDERS, "fake"])
async def stage(request: pytest.FixtureRequest, there: Provider) -> AsyncIterator[Stage]:
    model = ScriptedChat() if request.param == "fake" else made_model(request.param, there)
    yield Stage(model, there)
    await model.close()


@pytest.fixture(params=PROVIDERS)
async def model(request: pytest.FixtureRequest, there: Provider) -> AsyncIterator[ChatModel]:
    made = made_model(request.param, there)
    yield made
    await made.close()


async def ask(model: ChatModel, *, timeout_s: float = 5.0, **more: Any) -> ChatAnswer:
    return await model.chat(
        **{"system": SYSTEM, "messages": [ChatMessage("user", WORDS)], "timeout_s": timeout_s, **more}
    )


async def failure(model: ChatModel, **options: Any) -> AppError:
    with pytest.raises(AppError) as error:
        await ask(model, **options)
    assert error.value.__cause__ is None
    for secret in (KEY, WORDS, SYSTEM):
        assert secret not in str(error.value)
    return error.value


async def test_an_answer_is_whole_and_counted(stage: Stage) -> None:
    stage.will(
        says("Here are two white ones.", usage=Usage(21, 8)), replies.writes("Here are two white ones.")
    )
    answer = await ask(stage.model)
    assert (answer.text, answer.calls, answer.usage) == ("Here are two white ones.", (), Usage(21, 8))
    assert answer.raw == answer.text
    assert not answer.cached


async def test_tools_are_called(stage: Stage) -> None:
    call = ToolCall("a1B2c3D4e", "search_inventory", {"text": "white Größe 2", "most": 3})
    written = json.dumps(call.arguments, ensure_ascii=False)
    stage.will(says("", call), replies.wants((call.id, call.name, written), ("z9Y8x7W6v", call.name, "{}")))
    answer = await ask(stage.model, tools=[SEARCH])
    assert answer.calls[0] == call
    assert answer.text == ""


async def test_json_comes_as_text(stage: Stage) -> None:
    stage.will(says('{"color": "white"}'), replies.writes('{"color": "white"}'))
    assert json.loads((await ask(stage.model, schema=SCHEMA)).text) == {"color": "white"}


async def test_a_model_with_no_room_says_so(stage: Stage) -> None:
    busy = TooMany("core.model_busy", provider="scripted", retry_after_s=7.0)
    stage.will(busy, refuses(429, retry_after="7"))
    error = await failure(stage.model)
    assert (type(error), error.code, error.facts["retry_after_s"]) == (TooMany, "core.model_busy", 7)


async def test_a_model_that_fails_says_so(stage: Stage) -> None:
    stage.will(Upstream("core.model_failed", provider="scripted", status=500), refuses(500))
    error = await failure(stage.model)
    assert (type(error), error.code, error.facts["status"]) == (Upstream, "core.model_failed", 500)


@pytest.mark.parametrize("hanging", [replies.without_headers, replies.drips_events(), replies.keeps_alive()])
async def test_a_model_that_hangs_is_left_in_time(stage: Stage, hanging: Any) -> None:
    stage.will(30.0, hanging)
    began = time.monotonic()
    error = await failure(stage.model, timeout_s=0.6)
    assert (type(error), error.code, error.facts["timeout_s"]) == (Busy, "core.model_unreachable", 0.6)
    assert time.monotonic() - began < 1.0


async def test_a_question_is_asked_as_the_provider_expects_it(model: ChatModel, there: Provider) -> None:
    there.replies = [replies.writes("{}")]
    call = ToolCall("call_from_another_provider", "search_inventory", {"text": "white"})
    messages = [
        ChatMessage("user", WORDS),
        ChatMessage("assistant", "Let me look.", calls=(call,)),
        ChatMessage("tool", '{"found": 2}', call_id=call.id),
    ]
    await ask(model, messages=messages, tools=[SEARCH], schema=SCHEMA)
    ((_, headers, body),) = there.asked
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["temperature"], body["stream"]) == ("small", 0, True)
    system, user, assistant, tool = body["messages"]
    assert (system["role"], system["content"], user["content"]) == ("system", SYSTEM, WORDS)
    (asked_for,) = assistant["tool_calls"]
    assert json.loads(asked_for["function"]["arguments"]) == {"text": "white"}
    assert tool["role"] == "tool"
    assert tool["tool_call_id"] == asked_for["id"]
    assert body["tools"][0]["function"]["name"] == "search_inventory"
    assert body["tools"][0]["function"]["parameters"] == SEARCH.parameters
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["response_format"]["json_schema"]["strict"] is True
    if model.name.startswith("mistral"):
        assert len(asked_for["id"]) == 9
        assert asked_for["id"].isalnum()
    else:
        assert asked_for["id"] == call.id
    if model.name.startswith("openai"):
        assert body["stream_options"] == {"include_usage": True}


async def test_calls_come_whole_or_in_pieces(model: ChatModel, there: Provider) -> None:
    there.replies = [
        replies.wants(
            ("a1B2c3D4e", "search_inventory", '{"text": "white"}'), ("f5G6h7I8j", "compare", ""), split=False
        )
    ]
    answer = await ask(model, tools=[SEARCH])
    assert [(call.id, call.name, call.arguments) for call in answer.calls] == [
        ("a1B2c3D4e", "search_inventory", {"text": "white"}), ("f5G6h7I8j", "compare", {}),
    ]  # fmt: skip
    assert json.loads(answer.raw)["tool_calls"][0] == {
        "name": "search_inventory", "arguments": '{"text": "white"}',
    }  # fmt: skip


@pytest.mark.parametrize("half", [replies.breaks_off(), replies.ends_early(), replies.fails_midway()])
async def test_half_an_answer_is_none(model: ChatModel, there: Provider, half: Any) -> None:
    there.replies = [half]
    error = await failure(model)
    assert (error.code, error.facts["problem"]) == ("core.model_failed", "cut")
    assert len(there.asked) == 1


@pytest.mark.parametrize(("finish", "problem"), [("length", "length"), ("content_filter", "filtered")])
async def test_an_answer_that_was_stopped_is_none(
    model: ChatModel, there: Provider, finish: str, problem: str
) -> None:
    there.replies = [replies.writes("Here are", finish=finish)]
    assert (await failure(model)).facts["problem"] == problem


async def test_a_stream_that_stands_still_is_left_at_half_time(model: ChatModel, there: Provider) -> None:
    there.replies = [replies.stands_still()]
    began = time.monotonic()
    error = await failure(model, timeout_s=1.2)
    assert (error.code, error.facts["problem"]) == ("core.model_failed", "stalled")
    assert time.monotonic() - began < 1.1


async def test_a_whole_answer_is_taken_though_the_line_stays_open(model: ChatModel, there: Provider) -> None:
    for events in (replies.answer_events("Two."), replies.answer_events("Two.")[:-1]):
        there.replies = [replies.stays_open(events)]
        began = time.monotonic()
        answer = await ask(model, timeout_s=5.0)
        assert (answer.text, answer.usage) == ("Two.", Usage(21, 8))
        assert time.monotonic() - began < 1.5
    there.replies = [replies.streamed(replies.answer_events("Two.")[:-1], whole=False)]
    assert (await ask(model)).text == "Two."


async def test_an_answer_without_end_is_left(model: ChatModel, there: Provider) -> None:
    there.replies = [replies.streamed(replies.event({"content": "x" * 50_000}) for _ in range(20))]
    assert (await failure(model)).facts["problem"] == "too_long"


@pytest.mark.parametrize(
    "nonsense",
    [
        raw(b"<html>maintenance</html>"),
        plain({"hello": 1}),
        raw(b""),
        replies.streamed([b"data: <html>\n\n"]),
        replies.streamed([b"data: [1, 2]\n\n"]),
        replies.streamed([b'data: {"choices": 7}\n\n']),
        replies.streamed([b'data: {"choices": [7]}\n\n']),
    ],
)
async def test_nonsense_is_no_answer(model: ChatModel, there: Provider, nonsense: Any) -> None:
    there.replies = [nonsense]
    error = await failure(model)
    assert (error.code, error.facts["problem"]) == ("core.model_failed", "protocol")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 503])
async def test_a_refusal_is_told_by_its_status(model: ChatModel, there: Provider, status: int) -> None:
    there.replies = [refuses(status)]
    error = await failure(model)
    assert (error.code, error.facts["status"]) == ("core.model_failed", status)
    assert len(there.asked) == 1


async def test_a_question_is_not_carried_elsewhere(model: ChatModel, there: Provider) -> None:
    there.replies = [refuses(307, location=f"{there.url}/elsewhere"), replies.writes("Two.")]
    assert (await failure(model)).code == "core.model_failed"
    assert len(there.asked) == 1


async def test_nobody_there(model: ChatModel, there: Provider) -> None:
    there.replies = [hangs_up]
    error = await failure(model)
    assert (error.code, "timeout_s" in error.facts) == ("core.model_unreachable", False)


@pytest.mark.parametrize("reply", [replies.breaks_off("Here are two"), replies.stands_still()])
async def test_half_an_answer_is_charged(model: ChatModel, there: Provider, reply: Any) -> None:
    there.replies = [reply]
    facts = (await failure(model, timeout_s=1.2)).facts
    assert 20 < facts["input_tokens"] < 120
    assert 0 < facts["output_tokens"] < 12


async def test_what_was_counted_is_charged_where_an_answer_was_stopped(
    model: ChatModel, there: Provider
) -> None:
    there.replies = [replies.writes("Here are", finish="length")]
    facts = (await failure(model)).facts
    assert (facts["input_tokens"], facts["output_tokens"]) == (21, 8)


async def test_an_answer_that_comes_too_slowly_is_charged_for_what_had_come(
    model: ChatModel, there: Provider
) -> None:
    there.replies = [replies.streamed(replies.answer_events("Here are two white ones. " * 20), pause_s=0.05)]
    facts = (await failure(model, timeout_s=0.8)).facts
    assert facts["timeout_s"] == 0.8
    assert facts["input_tokens"] > 20
    assert facts["output_tokens"] > 5


@pytest.mark.parametrize("told", [{"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, None])
async def test_usage_is_estimated_where_none_is_told(model: ChatModel, there: Provider, told: Any) -> None:
    there.replies = [replies.writes("Here are two white ones.", usage=told)]
    usage = (await ask(model)).usage
    assert 20 < usage.input_tokens < 120
    assert 4 < usage.output_tokens < 12


async def test_what_a_provider_counts_has_bounds(model: ChatModel, there: Provider) -> None:
    told = {"prompt_tokens": 10**12, "completion_tokens": -5, "total_tokens": 10**12}
    there.replies = [replies.writes("Two.", usage=told)]
    assert (await ask(model)).usage == Usage(1_000_000, 0)


async def test_what_no_database_keeps_is_left_out(model: ChatModel, there: Provider) -> None:
    there.replies = [replies.writes("White\0 ones")]
    assert (await ask(model)).text == "White ones"


async def test_neither_key_nor_question_is_logged(
    model: ChatModel, there: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for reply in (refuses(503), replies.fails_midway(), replies.writes("{}")):
            there.replies = [reply]
            try:
                await ask(model, tools=[SEARCH], schema=SCHEMA)
            except AppError:
                continue
    for secret in (KEY, WORDS, SYSTEM):
        assert secret not in caplog.text


async def test_mistrals_thoughts_are_left_out(there: Provider) -> None:
    thought = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hmm"}]},
        {"type": "text", "text": "Two."},
    ]
    there.replies = [
        replies.streamed([replies.event({"content": thought}), replies.event({}, finish="stop")])
    ]
    model = made_model("mistral", there)
    assert (await ask(model)).text == "Two."
    await model.close()


async def test_groq_tells_its_usage_in_its_own_place(there: Provider) -> None:
    last = json.loads(replies.event({}, finish="stop").removeprefix(b"data: "))
    last["x_groq"] = {"id": "req_1", "usage": replies.USAGE}
    there.replies = [
        replies.streamed([replies.event({"content": "Two."}), b"data: %s\n\n" % json.dumps(last).encode()])
    ]
    model = made_model("groq", there)
    assert (await ask(model)).usage == Usage(21, 8)
    await model.close()


async def test_openai_tells_its_usage_after_the_end(there: Provider) -> None:
    last = json.loads(replies.event({}, usage=replies.USAGE).removeprefix(b"data: ")) | {"choices": []}
    said = [replies.event({"content": "Two."}), replies.event({}, finish="stop")]
    there.replies = [replies.streamed([*said, b"data: %s\n\n" % json.dumps(last).encode(), replies.DONE])]
    model = made_model("openai_compatible", there)
    assert (await ask(model)).usage == Usage(21, 8)
    await model.close()


async def test_a_compatible_service_may_need_no_key(there: Provider) -> None:
    there.replies = [replies.writes("Two.")]
    model = OpenAiChat("", model="small", base_url=f"{there.url}/v1")
    assert (await ask(model)).text == "Two."
    assert "authorization" not in {name.lower() for name in there.asked[0][1]}
    await model.close()
