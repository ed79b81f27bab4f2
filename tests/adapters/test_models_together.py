"""The gateway in front of three providers on this machine, through their real libraries, as an installation has it."""

from __future__ import annotations

import json
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from backend.adapters.completions_chat import GroqChat, OpenAiChat
from backend.adapters.mistral_chat import MistralChat
from backend.adapters.model_door import Limits
from backend.adapters.model_gateway import ModelGateway
from backend.adapters.zep_memory import ZepMemory
from backend.core.errors import Busy
from backend.core.ports import ChatAnswer, ChatMessage, ToolSpec, Usage
from backend.main import build_ports
from tests.adapters import chat_replies as replies
from tests.adapters.providers import Provider, hangs_up, provider, raw, refuses
from tests.adapters.test_models import settings

KEY, WORDS = "sk-very-secret-4711", "A white one below 40k, please"
ORDER = ("groq", "mistral", "openai_compatible", "builtin")
SCHEMA = {
    "type": "object",
    "properties": {"color": {"type": "string"}},
    "required": ["color"],
    "additionalProperties": False,
}
SEARCH = ToolSpec(
    "search_cars", "Finds cars.", {"type": "object", "properties": {"most": {"type": "integer"}}}
)


@pytest.fixture
def there() -> Iterator[dict[str, Provider]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(provider()) for name in ORDER[:3]}


class Clock:
    """Today's, and as far ahead as a test wants."""

    ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def models(there: dict[str, Provider], clock: Clock) -> AsyncIterator[ModelGateway]:
    made = ModelGateway(
        {
            "groq": GroqChat(KEY, model="small", base_url=there["groq"].url),
            "mistral": MistralChat(KEY, model="small", base_url=there["mistral"].url),
            "openai_compatible": OpenAiChat(
                KEY, model="small", base_url=f"{there['openai_compatible'].url}/v1"
            ),
        },
        Limits(failures=3, pause_s=30),
        clock,
    )
    yield made
    await made.close()


async def ask(models: ModelGateway, **more: Any) -> ChatAnswer:
    question: dict[str, Any] = {
        "order": ORDER, "system": "You are calm.", "messages": [ChatMessage("user", WORDS)],
        "attempt_s": 2.0, "total_s": 5.0,
    }  # fmt: skip
    return await models.chat(**question | more)


@pytest.mark.parametrize("only", ORDER[:3])
async def test_each_answers_calls_and_writes_json(
    models: ModelGateway, there: dict[str, Provider], only: str
) -> None:
    there[only].replies = [
        replies.writes("Two."), replies.wants(("a1B2c3D4e", "search_cars", '{"most": 3}')),
        replies.writes('{"color": "white"}'),
    ]  # fmt: skip
    answer = await ask(models, order=[only])
    assert (answer.text, answer.provider, answer.model, answer.usage) == ("Two.", only, "small", Usage(21, 8))
    (call,) = (await ask(models, order=[only], tools=[SEARCH])).calls
    assert (call.id, call.name, call.arguments) == ("a1B2c3D4e", "search_cars", {"most": 3})
    assert json.loads((await ask(models, order=[only], schema=SCHEMA)).text) == {"color": "white"}


@pytest.mark.parametrize("only", ORDER[:3])
@pytest.mark.parametrize(
    "trouble",
    [
        refuses(500),
        refuses(429),
        refuses(429, retry_after="0"),
        hangs_up,
        replies.breaks_off(),
        replies.ends_early(),
    ],
)
async def test_trouble_that_passes_is_tried_again(
    models: ModelGateway, there: dict[str, Provider], only: str, trouble: Any
) -> None:
    there[only].replies = [trouble, replies.writes("Two.")]
    assert (await ask(models, order=[only])).text == "Two."
    assert len(there[only].asked) == 2


@pytest.mark.parametrize("only", ORDER[:3])
async def test_the_wait_a_provider_asks_for_is_kept(
    models: ModelGateway, there: dict[str, Provider], only: str
) -> None:
    there[only].replies = [refuses(429, retry_after="1"), replies.writes("Two.")]
    began = time.monotonic()
    assert (await ask(models, order=[only])).text == "Two."
    assert 1.0 <= time.monotonic() - began < 2.0


@pytest.mark.parametrize("only", ORDER[:3])
async def test_wrong_json_is_mended_once(models: ModelGateway, there: dict[str, Provider], only: str) -> None:
    there[only].replies = [replies.writes("It is white."), replies.writes('{"color": "white"}')]
    answer = await ask(models, order=[only], schema=SCHEMA)
    assert (json.loads(answer.text), answer.usage) == ({"color": "white"}, Usage(42, 16))
    quoted, mend = there[only].asked[1][2]["messages"][-2:]
    assert (quoted["role"], quoted["content"], mend["role"]) == ("assistant", "It is white.", "user")
    there[only].replies = [replies.wants(("a1B2c3D4e", "search_cars", '{"most": 3'))]
    with pytest.raises(Busy) as error:
        await ask(models, order=[only], tools=[SEARCH])
    assert error.value.facts["tried"] == {only: "core.model_failed"}
    assert len(there[only].asked) == 4


HANGING = {
    "silent": replies.without_headers, "still": replies.stands_still(), "dripping": replies.drips_events(),
    "alive": replies.keeps_alive(),
}  # fmt: skip


@pytest.mark.parametrize(
    ("only", "how", "attempt_s"),
    [
        *(("groq", how, 0.8) for how in HANGING),
        ("mistral", "dripping", 0.8),
        ("openai_compatible", "silent", 2.0),
    ],
)
async def test_a_provider_that_hangs_costs_less_than_its_time(
    models: ModelGateway, there: dict[str, Provider], only: str, how: str, attempt_s: float
) -> None:
    there[only].replies = [HANGING[how]]
    began = time.monotonic()
    with pytest.raises(Busy):
        await ask(models, order=[only, "builtin"], attempt_s=attempt_s, total_s=5.0)
    assert time.monotonic() - began < max(attempt_s, 1.3)  # a busy machine is late by itself
    assert len(there[only].asked) == 1


async def test_a_machine_that_takes_connections_and_nothing_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = ModelGateway(
            {"groq": GroqChat(KEY, model="small", base_url=f"http://127.0.0.1:{server.getsockname()[1]}")}
        )
        began = time.monotonic()
        with pytest.raises(Busy):
            await ask(silent, attempt_s=0.5, total_s=5.0)
        assert time.monotonic() - began < 1.0
        await silent.close()


async def test_they_are_asked_in_order_until_one_answers(
    models: ModelGateway, there: dict[str, Provider], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    there["groq"].replies = [refuses(401)]
    there["mistral"].replies = [raw(b"<html>maintenance</html>")]
    there["openai_compatible"].replies = [replies.writes("Two.")]
    with caplog.at_level(logging.DEBUG):
        answers = [await ask(models) for _ in range(4)]
    assert {answer.provider for answer in answers} == {"openai_compatible"}
    assert [len(one.asked) for one in there.values()] == [3, 3, 4]
    status = models.status()
    assert [status[name].state for name in ORDER[:3]] == ["open", "open", "closed"]
    assert (status["groq"].asked, status["groq"].failed, status["groq"].last_error) == (
        3,
        3,
        "core.model_failed",
    )
    for secret in (KEY, WORDS):
        assert secret not in caplog.text + str(status)
    there["groq"].replies = [replies.writes("Groq is back.")]
    clock.ahead_s = 30
    assert (await ask(models)).text == "Groq is back."
    assert models.status()["groq"].state == "closed"


@pytest.mark.parametrize(
    ("set_to", "available"),
    [
        ({}, ()),
        ({"mistral_api_key": KEY}, ("mistral",)),
        ({"openai_base_url": "http://127.0.0.1:9/v1"}, ("openai_compatible",)),
        ({"openai_api_key": KEY, "mistral_api_key": KEY, "groq_api_key": KEY}, ORDER[:3]),
    ],
)
async def test_settings_decide_who_is_there(set_to: dict[str, Any], available: tuple[str, ...]) -> None:
    made = build_ports(settings(**set_to))
    assert made.models.available == available
    assert made.memory is None
    await made.close()


async def test_zep_remembers_where_it_has_a_key() -> None:
    made = build_ports(settings(zep_api_key=KEY, zep_base_url="http://127.0.0.1:9"))
    assert isinstance(made.memory, ZepMemory)
    await made.close()


@pytest.mark.parametrize(
    ("library", "set_to"),
    [
        ("groq", {"groq_api_key": KEY}),
        ("openai", {"openai_api_key": KEY}),
        ("mistralai", {"mistral_api_key": KEY}),
        ("zep-cloud", {"zep_api_key": KEY}),
    ],
)
def test_a_key_without_its_library_says_what_to_do(
    library: str, set_to: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for missing in ("groq", "openai", "mistralai.client", "zep_cloud.client"):
        monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(Busy) as error:
        build_ports(settings(**set_to))
    assert (error.value.code, error.value.facts["missing"]) == ("core.not_configured", [library])
