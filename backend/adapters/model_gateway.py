"""Every chat model behind one door: asks them in the order given, keeps to the time, remembers answers.

What one provider's trouble means is in `model_door`. Which verbs a model may call is not decided here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.adapters.model_cache import AnswerCache, Question
from backend.adapters.model_door import Door, Limits, with_spare
from backend.adapters.model_spending import Ear
from backend.core.errors import AppError, Busy
from backend.core.ports import ChatAnswer, ChatMessage, ChatModel, ModelStatus, ToolSpec

_log = logging.getLogger(__name__)

_BUILTIN: Final = "builtin"


class ModelGateway:
    """Implements `Models`."""

    def __init__(
        self,
        models: Mapping[str, ChatModel],
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = limits or Limits()
        self._clock = clock
        self._doors = {name: Door(name, model, limits, clock) for name, model in models.items()}
        self._cache = AnswerCache(size=limits.cache_size, ttl_s=limits.cache_s, clock=clock)

    @property
    def available(self) -> tuple[str, ...]:
        return tuple(self._doors)

    def status(self) -> Mapping[str, ModelStatus]:
        return {name: door.status() for name, door in self._doors.items()}

    async def close(self) -> None:
        for door in self._doors.values():
            await door.close()

    async def chat(
        self,
        *,
        order: Sequence[str],
        system: str,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
        attempt_s: float,
        total_s: float,
        cache_key: str | None = None,
        heard: Callable[[str, str], None] | None = None,
    ) -> ChatAnswer:
        """See `Models.chat`."""
        question = Question(
            system, tuple(messages), tuple(_plain_tool(tool) for tool in tools), _plain(schema)
        )
        names = self._asked_in(order)
        kept_as = None if cache_key is None else question.fingerprint(cache_key, names)
        kept = kept_as and self._cache.find(kept_as)
        if kept:
            return kept
        until = self._clock() + with_spare(total_s)
        answer = await self._first(names, question, attempt_s, until, Ear(heard))
        if kept_as:
            self._cache.keep(kept_as, answer)
        return answer

    async def _first(
        self, names: Sequence[str], question: Question, attempt_s: float, until: float, ear: Ear
    ) -> ChatAnswer:
        tried: dict[str, str] = {}
        for place, name in enumerate(names, 1):
            try:
                answer = await self._doors[name].ask(
                    question, attempt_s=attempt_s, until=until, others_follow=place < len(names), ear=ear
                )
                return replace(answer, usage=ear.usage)
            except AppError as error:
                tried[name] = error.code
            except Exception as error:  # noqa: BLE001 - whatever a library does, a turn goes on
                _log.error("%s failed with %s", name, type(error).__name__)  # its text may quote the question
                tried[name] = "core.model_failed"
        spent = ear.usage
        raise Busy(
            "core.no_model", tried=tried, input_tokens=spent.input_tokens, output_tokens=spent.output_tokens
        )

    def _asked_in(self, order: Sequence[str]) -> tuple[str, ...]:
        """Those of an order that have a key, each once, up to the built-in engine."""
        end = list(order).index(_BUILTIN) if _BUILTIN in order else len(order)
        return tuple(name for name in dict.fromkeys(order[:end]) if name in self._doors)


def _plain_tool(tool: ToolSpec) -> ToolSpec:
    return ToolSpec(tool.name, tool.description, _plain(tool.parameters))


def _plain(value: Any) -> Any:
    """The same JSON in dicts and lists: documents come in frozen ones, which libraries cannot write."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
