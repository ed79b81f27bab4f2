"""Language models through their real libraries: what is sent, what is taken, and that trouble stays small."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr

from backend.adapters.groq_model import GroqModel
from backend.adapters.mistral_model import MistralModel
from backend.adapters.model_answers import CheckedModel, is_strict, seconds_of
from backend.adapters.openai_model import OpenAiModel
from backend.core.errors import AppError, Busy, TooMany, Upstream
from backend.core.settings import Settings
from backend.main import build_ports
from tests.adapters.providers import (
    Provider,
    completion,
    cut,
    drips,
    hangs_up,
    plain,
    provider,
    raw,
    refuses,
    says,
    slow,
)

KEY, SYSTEM, PROMPT = "sk-very-secret-4711", "You name columns.", "Column: Ext. Kleur; cells: r••d, bl•e"
SCHEMA = {
    "type": "object",
    "properties": {
        "target": {"type": "string", "enum": ["color_exterior", "unused"]},
        "sure": {"type": "number"},
    },
    "required": ["target", "sure"],
    "additionalProperties": False,
}
GOOD = {"target": "color_exterior", "sure": 0.9}
PATHS = {
    "mistral": "/v1/chat/completions",
    "groq": "/openai/v1/chat/completions",
    "openai": "/v1/chat/completions",
}


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture(params=["mistral", "groq", "openai"])
async def model(request: pytest.FixtureRequest, there: Provider) -> AsyncIterator[CheckedModel]:
    made: CheckedModel
    if request.param == "mistral":
        made = MistralModel(KEY, model="small", base_url=there.url)
    elif request.param == "groq":
        made = GroqModel(KEY, model="small", base_url=there.url)
    else:
        made = OpenAiModel(KEY, model="small", base_url=f"{there.url}/v1")
    yield made
    await made.close()


async def ask(model: CheckedModel, *, timeout_s: float = 5.0, schema: Any = SCHEMA) -> Any:
    return await model.answer(system=SYSTEM, prompt=PROMPT, schema=schema, timeout_s=timeout_s)


async def failure(model: CheckedModel, **options: Any) -> AppError:
    with pytest.raises(AppError) as error:
        await ask(model, **options)
    assert error.value.__cause__ is None
    assert KEY not in str(error.value)
    assert PROMPT not in str(error.value)
    return error.value


async def test_a_question_is_asked_as_the_provider_expects_it(model: CheckedModel, there: Provider) -> None:
    there.replies = [says(GOOD)]
    assert await ask(model) == GOOD
    ((path, headers, body),) = there.asked
    assert path == PATHS[model.name.split(":")[0]]
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["authorization"] == f"Bearer {KEY}"
    assert body["model"] == "small"
    assert [(m["role"], m["content"]) for m in body["messages"]] == [("system", SYSTEM), ("user", PROMPT)]
    assert body["response_format"]["type"] == "json_schema"
    described = body["response_format"]["json_schema"]
    assert (described["schema"], described["strict"]) == (SCHEMA, True)
    assert body["temperature"] == 0
    assert not body.get("stream")


async def test_an_answer_in_a_fence_is_taken(model: CheckedModel, there: Provider) -> None:
    there.replies = [says('```json\n{"target": "unused", "sure": 1}\n```')]
    assert await ask(model) == {"target": "unused", "sure": 1}


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_trouble_that_passes_is_tried_again(model: CheckedModel, there: Provider, status: int) -> None:
    there.replies = [refuses(status), says(GOOD)]
    assert await ask(model) == GOOD
    assert len(there.asked) == 2


@pytest.mark.parametrize("trouble", [cut, hangs_up])
async def test_a_connection_that_breaks_is_made_again(
    model: CheckedModel, there: Provider, trouble: Any
) -> None:
    there.replies = [trouble, says(GOOD)]
    assert await ask(model) == GOOD


async def test_the_provider_says_how_long_to_wait(model: CheckedModel, there: Provider) -> None:
    there.replies = [refuses(429, retry_after="1"), says(GOOD)]
    began = time.monotonic()
    assert await ask(model) == GOOD
    assert 1.0 <= time.monotonic() - began < 3


async def test_a_wait_beyond_the_budget_is_not_begun(model: CheckedModel, there: Provider) -> None:
    there.replies = [refuses(429, retry_after="60")]
    began = time.monotonic()
    error = await failure(model, timeout_s=3.0)
    assert isinstance(error, TooMany)
    assert (error.code, error.facts["retry_after_s"]) == ("core.model_busy", 60)
    assert time.monotonic() - began < 1.5
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (refuses(429), TooMany, "core.model_busy"),
        (refuses(500), Upstream, "core.model_failed"),
        (cut, Busy, "core.model_unreachable"),
        (slow(5, says(GOOD)), Busy, "core.model_unreachable"),
        (drips, Busy, "core.model_unreachable"),
    ],
)
async def test_trouble_that_stays_ends_within_the_budget(
    model: CheckedModel, there: Provider, reply: Any, kind: type[AppError], code: str
) -> None:
    there.replies = [reply]
    began = time.monotonic()
    error = await failure(model, timeout_s=1.0)
    assert (type(error), error.code) == (kind, code)
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_what_will_not_pass_is_not_tried_again(
    model: CheckedModel, there: Provider, status: int
) -> None:
    there.replies = [refuses(status)]
    error = await failure(model)
    assert (error.code, error.facts["status"]) == ("core.model_failed", status)
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (raw(b"<html>maintenance</html>"), {"protocol"}),
        (raw(b"[1, 2"), {"protocol"}),
        (plain({"hello": 1}), {"protocol"}),
        (plain({**completion("{}"), "choices": []}), {"protocol"}),
        (plain(completion(None)), {"json"}),
        (says("Sure! The column is the exterior color."), {"json"}),
        (says('{"target": "color_ext'), {"json"}),
        (says([1, 2]), {"schema"}),
        (says({"target": "price", "sure": 0.9}), {"schema"}),
        (says({"target": "unused"}), {"schema"}),
        (says({**GOOD, "more": 1}), {"schema"}),
    ],
)
async def test_nonsense_is_no_answer(
    model: CheckedModel, there: Provider, reply: Any, problem: set[str]
) -> None:
    there.replies = [reply]
    error = await failure(model)
    assert isinstance(error, Upstream)
    assert error.code == "core.model_failed"
    assert error.facts["problem"] in problem


async def test_nobody_there(model: CheckedModel, there: Provider) -> None:
    there.replies = [hangs_up]
    assert (await failure(model, timeout_s=0.8)).code == "core.model_unreachable"


async def test_neither_key_nor_question_is_logged(
    model: CheckedModel, there: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        there.replies = [refuses(503), refuses(401)]
        await failure(model)
        there.replies = [says(GOOD)]
        await ask(model)
    assert KEY not in caplog.text
    assert PROMPT not in caplog.text
    assert SYSTEM not in caplog.text


async def test_mistrals_thoughts_are_left_out(there: Provider) -> None:
    pieces = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hmm"}]},
        {"type": "text", "text": '{"target": "unused",'},
        {"type": "text", "text": '"sure": 1}'},
    ]
    there.replies = [plain(completion(pieces))]
    model = MistralModel(KEY, model="small", base_url=there.url)
    assert await ask(model) == {"target": "unused", "sure": 1}
    await model.close()


def test_a_schema_is_strict_where_nothing_is_left_open() -> None:
    assert is_strict(SCHEMA)
    assert not is_strict({**SCHEMA, "required": ["target"]})
    assert not is_strict({**SCHEMA, "additionalProperties": True})
    nested = {
        "type": "object",
        "properties": {"a": {"type": "object"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    assert not is_strict(nested)


def test_a_wait_is_a_number_or_a_date() -> None:
    assert seconds_of("2.5") == 2.5
    assert seconds_of("-3") == 0
    assert (seconds_of("inf"), seconds_of("nan")) == (86_400, 0)
    later = seconds_of(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))
    assert later is not None
    assert 25 < later < 31
    assert seconds_of("soon") is None
    assert seconds_of(None) is None


def settings(**more: Any) -> Settings:
    return Settings(
        supabase_url="http://127.0.0.1:9", publishable_key="p", secret_key=SecretStr("s"), jwt_secret=SecretStr("j" * 40),
        app_dsn=SecretStr("postgresql://x"), system_dsn=SecretStr("postgresql://x"), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("set_to", "kind", "ocr"),
    [
        ({}, None, "rapidocr"),
        ({"openai_api_key": KEY}, OpenAiModel, "rapidocr"),
        ({"openai_base_url": "http://127.0.0.1:9/v1"}, OpenAiModel, "rapidocr"),
        ({"openai_api_key": KEY, "groq_api_key": KEY}, GroqModel, "rapidocr"),
        ({"groq_api_key": KEY, "mistral_api_key": KEY}, MistralModel, "mistral:"),
        ({"mistral_api_key": KEY, "mistral_ocr_model": ""}, MistralModel, "rapidocr"),
    ],
)
async def test_the_first_that_is_configured_is_asked(set_to: dict[str, Any], kind: Any, ocr: str) -> None:
    made = build_ports(settings(**set_to))
    assert made.ocr.name.startswith(ocr)
    assert (made.model is None) if kind is None else isinstance(made.model, kind)
    await made.close()
