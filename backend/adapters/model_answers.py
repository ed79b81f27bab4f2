"""What every language model behind a network has in common: a budget of time, tries within it, an answer that is checked.

A provider's module knows its library and nothing else. Neither keys nor prompts nor what a provider wrote go into an
error or a log: providers like to quote both.
"""

from __future__ import annotations

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from jsonschema import Draft202012Validator
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay

from backend.core.errors import AppError, Busy, TooMany, Upstream

_FIRST_WAIT_S: Final = 0.25
_LONGEST_WAIT_S: Final = 4.0
_LONGEST_ASKED_S: Final = 86_400.0
PASSING: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_ANSWER: Final = "answer"


class Failed(Exception):
    """A provider did not answer as asked. `status` is None where there was no answer at all."""

    def __init__(self, problem: str, *, status: int | None = None, retry_after: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.status = problem, status
        self.retry_after_s = seconds_of(retry_after)

    @property
    def is_passing(self) -> bool:
        """Whether the same question may be answered in a moment."""
        return self.problem == "unreachable" or self.status in PASSING

    def as_error(self, provider: str) -> AppError:
        if self.status == 429:
            known = {} if self.retry_after_s is None else {"retry_after_s": round(self.retry_after_s, 1)}
            return TooMany("core.model_busy", provider=provider, **known)
        if self.problem == "unreachable":
            return Busy("core.model_unreachable", provider=provider)
        facts = {} if self.status is None else {"status": self.status}
        return Upstream("core.model_failed", provider=provider, problem=self.problem, **facts)


class CheckedModel(ABC):
    """Implements `LanguageModel` around one question to one provider."""

    name: str

    @abstractmethod
    async def ask(
        self, *, system: str, prompt: str, response_format: Mapping[str, Any], timeout_s: float
    ) -> str:
        """The text of one answer, without further tries. Raises: Failed."""

    @abstractmethod
    async def close(self) -> None: ...

    async def answer(
        self, *, system: str, prompt: str, schema: Mapping[str, Any], timeout_s: float
    ) -> Mapping[str, Any]:
        """See `LanguageModel.answer`."""
        troubles: list[Failed] = []

        def remember(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, Failed):
                troubles.append(error)

        tries = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, Failed) and error.is_passing),
            wait=wait_s, stop=stop_before_delay(timeout_s), before_sleep=remember,
            reraise=True,
        )  # fmt: skip
        wanted = response_format(schema)
        try:
            async with asyncio.timeout(timeout_s):
                text = await tries(
                    self.ask, system=system, prompt=prompt, response_format=wanted, timeout_s=timeout_s
                )
        except TimeoutError:
            if troubles:  # why there was another try says more than that it came too late
                raise troubles[-1].as_error(self.name) from None
            raise Busy("core.model_unreachable", provider=self.name, timeout_s=timeout_s) from None
        except Failed as failed:
            raise failed.as_error(self.name) from None  # its cause may quote the key or the prompt
        return checked(text, schema, self.name)


def response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """How OpenAI and those who speak its protocol are asked for JSON. `strict` only where the schema meets its demands."""
    described = {"name": _ANSWER, "schema": dict(schema), "strict": is_strict(schema)}
    return {"type": "json_schema", "json_schema": described}


def is_strict(schema: Any) -> bool:
    """Whether every object of a schema names all its members as required and allows no others."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "object" or "properties" in schema:
            members = set(schema.get("properties", {}))
            if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != members:
                return False
        return all(is_strict(value) for value in schema.values())
    return all(is_strict(value) for value in schema) if isinstance(schema, list) else True


def checked(text: str, schema: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
    """Raises: Upstream `core.model_failed` with `problem` json or schema."""
    plain = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        value = json.loads(plain)
    except ValueError:
        raise Upstream("core.model_failed", provider=provider, problem="json") from None
    if not isinstance(value, dict) or not Draft202012Validator(dict(schema)).is_valid(value):
        raise Upstream("core.model_failed", provider=provider, problem="schema")
    return value


def seconds_of(retry_after: str | None) -> float | None:
    """A `Retry-After` in seconds: it is written as a number or as a date."""
    if not retry_after:
        return None
    try:
        return min(max(0.0, float(retry_after)), _LONGEST_ASKED_S)
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def wait_s(state: RetryCallState) -> float:
    """What the provider asks for, else longer each time, never at the same moment as everybody else."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, Failed) else None
    if asked is not None:
        return asked + random.uniform(0, _FIRST_WAIT_S)  # noqa: S311 - spreads load, guards nothing
    most = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**state.attempt_number)
    return random.uniform(most / 2, most)  # noqa: S311
