"""The gateway: order, time, further tries, one repair, breaker, cache; with fakes where time is not the point."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from backend.adapters.model_door import Limits, pause_before_next
from backend.adapters.model_gateway import ModelGateway
from backend.core.errors import AppError, Busy, TooMany, Upstream
from backend.core.ports import ChatAnswer, ChatMessage, Models, ToolCall, ToolSpec, Usage
from tests.adapters.test_model_breaker import Clock
from tests.fakes import ScriptedChat, ScriptedModels, says

ORDER = ("groq", "mistral", "builtin")
TWO = says("Two white ones.")
DOWN = Busy("core.model_unreachable", provider="x")
WRONG_KEY = Upstream("core.model_failed", provider="x", problem="status", status=401)
ILL = Upstream("core.model_failed", provider="x", problem="status", status=500)


async def ask(models: Models, **more: Any) -> ChatAnswer:
    question: dict[str, Any] = {
        "order": ORDER, "system": "Be calm.", "messages": [ChatMessage("user", "white ones?")],
        "attempt_s": 2.0, "total_s": 5.0,
    }  # fmt: skip
    return await models.chat(**question | more)


async def failure(models: Models, **more: Any) -> AppError:
    with pytest.raises(Busy) as error:
        await ask(models, **more)
    assert error.value.code == "core.no_model"
    return error.value


def gateway(
    limits: Limits | None = None, clock: Any = time.monotonic, **models: ScriptedChat
) -> ModelGateway:
    return ModelGateway(models, limits, clock)


@pytest.mark.parametrize(
    "make", [lambda *a: gateway(groq=ScriptedChat(*a)) if a else gateway(), ScriptedModels]
)
async def test_what_every_gateway_keeps_to(make: Any) -> None:
    heard: list[tuple[str, str]] = []
    models: Models = make(TWO)
    assert models.available == ("groq",)
    answer = await ask(models, heard=lambda *said: heard.append(said))
    assert (answer.text, heard) == ("Two white ones.", [("groq", "Two white ones.")])
    assert models.status()["groq"].state == "closed"
    await models.close()
    assert (await failure(make(TWO), order=("builtin", "groq"))).facts["tried"] == {}
    assert (await failure(make(TWO), order=("mistral",))).facts["tried"] == {}
    assert (make().available, make().status()) == ((), {})
    assert (await failure(make())).facts["tried"] == {}


async def test_the_order_decides() -> None:
    groq, mistral = ScriptedChat(says("groq")), ScriptedChat(says("mistral"))
    models = gateway(groq=groq, mistral=mistral)
    assert (await ask(models)).text == "groq"
    assert (await ask(models, order=("mistral", "groq"))).text == "mistral"
    assert (await ask(models, order=("openai_compatible", "mistral"))).text == "mistral"
    assert len(groq.asked) == 1


@pytest.mark.parametrize("trouble", [DOWN, ILL, WRONG_KEY, TooMany("core.model_busy", provider="x")])
async def test_the_next_is_asked_where_one_fails(trouble: AppError) -> None:
    models = gateway(groq=ScriptedChat(trouble), mistral=ScriptedChat(TWO))
    assert (await ask(models)).text == TWO.text
    status = models.status()
    assert (status["groq"].answered, status["groq"].last_error) == (0, trouble.code)
    assert (status["mistral"].asked, status["mistral"].answered) == (1, 1)


async def test_what_was_tried_is_told() -> None:
    models = gateway(groq=ScriptedChat(DOWN), mistral=ScriptedChat(WRONG_KEY))
    error = await failure(models)
    assert error.facts["tried"] == {"groq": "core.model_unreachable", "mistral": "core.model_failed"}


LATE = Busy("core.model_unreachable", provider="x", timeout_s=2.0)
NONSENSE = Upstream("core.model_failed", provider="x", problem="protocol")
HALF = Upstream("core.model_failed", provider="x", problem="length", input_tokens=40, output_tokens=7)
#: "Be calm." and "white ones?", a token for each four letters begun and for each sign.
SENT = 7


@pytest.mark.parametrize(
    ("trouble", "cost"),
    [
        (LATE, (SENT, 0)), (NONSENSE, (SENT, 0)), (KeyError("x"), (SENT, 0)), (HALF, (40, 7)),
        (DOWN, (0, 0)), (ILL, (0, 0)), (WRONG_KEY, (0, 0)), (TooMany("core.model_busy", provider="x"), (0, 0)),
    ],
)  # fmt: skip
async def test_tries_that_bring_nothing_are_charged(trouble: Exception, cost: tuple[int, int]) -> None:
    facts = (await failure(gateway(groq=ScriptedChat(trouble)))).facts
    assert (facts["input_tokens"], facts["output_tokens"]) == cost
    followed = await ask(gateway(groq=ScriptedChat(trouble), mistral=ScriptedChat(TWO)))
    assert (followed.usage.input_tokens, followed.usage.output_tokens) == (cost[0] + 10, cost[1] + 5)


async def test_a_model_that_never_ends_is_charged_for_what_was_sent() -> None:
    deaf = gateway(groq=Deaf())
    assert (await failure(deaf, attempt_s=0.2)).facts["input_tokens"] == SENT
    await deaf.close()


async def test_a_models_own_end_comes_before_the_gateways() -> None:
    class Slow(ScriptedChat):
        async def chat(self, **question: Any) -> ChatAnswer:
            await asyncio.sleep(question["timeout_s"])
            raise Busy("core.model_unreachable", timeout_s=1.0, input_tokens=30, output_tokens=9)

    facts = (await failure(gateway(groq=Slow()), attempt_s=0.3)).facts
    assert (facts["input_tokens"], facts["output_tokens"]) == (30, 9)


async def test_wrong_answers_of_one_are_charged_with_the_good_one_of_another() -> None:
    models = gateway(groq=ScriptedChat(says("")), mistral=ScriptedChat(TWO))
    assert (await ask(models)).usage == Usage(30, 15)


async def test_trouble_that_passes_is_tried_again() -> None:
    groq = ScriptedChat(ILL, TWO)
    assert (await ask(gateway(groq=groq))).text == TWO.text
    assert len(groq.asked) == 2
    wrong_key = ScriptedChat(WRONG_KEY, TWO)
    await failure(gateway(groq=wrong_key))
    assert len(wrong_key.asked) == 1


async def test_a_hanging_provider_costs_less_than_its_attempt() -> None:
    models = gateway(groq=ScriptedChat(60.0), mistral=ScriptedChat(TWO))
    began = time.monotonic()
    assert (await ask(models, attempt_s=0.6)).text == TWO.text
    assert time.monotonic() - began < 1.0


async def test_the_whole_ends_in_time_whatever_all_do() -> None:
    hanging = {name: ScriptedChat(60.0) for name in ("groq", "mistral", "openai_compatible")}
    began = time.monotonic()
    await failure(gateway(**hanging), order=tuple(hanging), attempt_s=0.5, total_s=0.8)
    assert time.monotonic() - began < 1.2
    assert len(hanging["openai_compatible"].asked) == 0


class Deaf(ScriptedChat):
    """Does not heed that it was cancelled."""

    async def chat(self, **question: Any) -> ChatAnswer:
        self.asked.append(question)
        for _ in range(3):
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                continue
        raise RuntimeError("too late")


async def test_a_model_that_cannot_be_stopped_is_left_behind() -> None:
    models = gateway(groq=Deaf(), mistral=ScriptedChat(TWO))
    began = time.monotonic()
    assert (await ask(models, attempt_s=0.4)).text == TWO.text
    assert time.monotonic() - began < 0.9
    await models.close()
    assert time.monotonic() - began < 3


class Broken(ScriptedChat):
    async def chat(self, **question: Any) -> ChatAnswer:
        raise KeyError("white ones?")


async def test_an_error_of_a_library_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    models = gateway(groq=Broken(), mistral=ScriptedChat(TWO))
    assert (await ask(models)).text == TWO.text
    assert models.status()["groq"].last_error == "core.model_failed"
    assert "KeyError" in caplog.text
    assert "white ones" not in caplog.text


async def test_a_tool_nobody_can_read_does_not_end_a_turn() -> None:
    unreadable = ToolSpec("search_cars", "", {"type": "object", "properties": {"text": {"pattern": "("}}})
    models = gateway(groq=ScriptedChat(says("", ToolCall("1", "search_cars", {"text": "x"}))))
    assert (await failure(models, tools=[unreadable])).facts["tried"] == {"groq": "core.model_failed"}


async def test_whoever_stops_waiting_leaves_nothing_behind() -> None:
    groq = ScriptedChat(60.0)
    models = gateway(groq=groq)
    asking = asyncio.create_task(ask(models))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert models.status()["groq"].state == "closed"
    assert models.status()["groq"].failed == 0


async def test_the_breaker_opens_and_closes(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    groq = ScriptedChat(WRONG_KEY)
    models = gateway(Limits(failures=3, pause_s=30), clock, groq=groq, mistral=ScriptedChat(TWO))
    for _ in range(5):
        assert (await ask(models)).text == TWO.text
    assert (len(groq.asked), models.status()["groq"].state) == (3, "open")
    clock.now += 30
    assert models.status()["groq"].state == "half_open"
    groq.answers = [says("groq is back")]
    assert (await ask(models)).text == "groq is back"
    assert models.status()["groq"].state == "closed"
    assert [record.getMessage() for record in caplog.records] == [
        "groq is now open; last error: core.model_failed", "groq is now closed; last error: core.model_failed",
    ]  # fmt: skip


@pytest.mark.parametrize("blameless", [
    Upstream("core.model_failed", provider="x", problem="status", status=400),
    Upstream("core.model_failed", provider="x", problem="status", status=422),
])  # fmt: skip
async def test_a_question_that_is_refused_is_not_the_providers_fault(blameless: AppError) -> None:
    groq = ScriptedChat(blameless)
    models = gateway(Limits(failures=2), groq=groq)
    for _ in range(4):
        await failure(models)
    assert (len(groq.asked), models.status()["groq"].state) == (4, "closed")


@pytest.mark.parametrize(
    "slow",
    [
        60.0,
        Busy("core.model_unreachable", provider="x", timeout_s=0.05),
        Upstream("core.model_failed", provider="x", problem="stalled"),
    ],
)
async def test_too_little_time_is_not_the_providers_fault(slow: AppError | float) -> None:
    models = gateway(Limits(failures=2, slow_s=1.0), groq=ScriptedChat(slow))
    for _ in range(4):
        await failure(models, attempt_s=0.1)
    assert models.status()["groq"].state == "closed"
    impatient = gateway(Limits(failures=2, slow_s=0.04), groq=ScriptedChat(slow))
    for _ in range(2):
        await failure(impatient, attempt_s=0.1)
    assert impatient.status()["groq"].state == "open"


async def test_a_provider_that_asks_for_rest_is_not_asked_meanwhile() -> None:
    clock = Clock()
    groq = ScriptedChat(TooMany("core.model_busy", provider="x", retry_after_s=20.0))
    models = gateway(None, clock, groq=groq, mistral=ScriptedChat(TWO))
    await ask(models)
    await ask(models)
    assert len(groq.asked) == 1
    clock.now += 20
    await ask(models)
    assert len(groq.asked) == 2


async def test_calls_at_once_are_limited() -> None:
    class Counting(ScriptedChat):
        now = most = 0

        async def chat(self, **question: Any) -> ChatAnswer:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.02)
            self.now -= 1
            return TWO

    groq = Counting()
    models = gateway(Limits(at_once=3), groq=groq)
    await asyncio.gather(*(ask(models) for _ in range(12)))
    assert groq.most == 3


async def test_no_room_is_not_the_providers_fault() -> None:
    models = gateway(Limits(at_once=1, failures=1, slow_s=0.0), groq=ScriptedChat(60.0))
    first = asyncio.create_task(failure(models, attempt_s=1.5))
    await asyncio.sleep(0.05)
    assert (await failure(models, attempt_s=0.2)).facts["tried"] == {"groq": "core.model_busy"}
    assert models.status()["groq"].state == "closed"
    first.cancel()


@pytest.mark.parametrize(
    ("error", "tries", "others", "expected"),
    [
        (ILL, 1, False, 0.05), (ILL, 2, False, 0.1), (ILL, 3, False, None), (ILL, 1, True, 0.05),
        (ILL, 2, True, None), (WRONG_KEY, 1, False, None), (DOWN, 1, False, 0.05),
        (Busy("core.model_unreachable", timeout_s=2.0), 1, False, None),
        (Upstream("core.model_failed", problem="cut"), 1, False, 0.05),
        (Upstream("core.model_failed", problem="stalled"), 1, False, None),
        (TooMany("core.model_busy", retry_after_s=1.0), 1, False, 1.01),
        (TooMany("core.model_busy", retry_after_s=1.0), 1, True, None),
        (TooMany("core.model_busy", retry_after_s=4.0), 1, False, None),
    ],
)  # fmt: skip
def test_when_it_is_tried_again(error: AppError, tries: int, others: bool, expected: float | None) -> None:
    wait = pause_before_next(error, tries, room_s=3.0, others_follow=others, chance=0.0)
    assert wait == (None if expected is None else pytest.approx(expected))


def test_waits_are_spread() -> None:
    busy = TooMany("core.model_busy", retry_after_s=1.0)
    assert len({pause_before_next(ILL, 1, room_s=3.0, others_follow=False) for _ in range(20)}) > 10
    assert all((pause_before_next(busy, 1, room_s=3.0, others_follow=False) or 0) >= 1 for _ in range(20))
