"""Answers kept for a while, so that the same question is paid for once."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.core.ports import ChatAnswer, ChatMessage, ToolSpec, Usage
from backend.kit.canonical_json import canonical_sha256


@dataclass(frozen=True, slots=True)
class Question:
    """All that a model is told."""

    system: str
    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    schema: Mapping[str, Any] | None = None

    def fingerprint(self, cache_key: str, order: Sequence[str]) -> str | None:
        """The same for the same question to the same providers under the same key alone; None where it has none."""
        said = [
            [m.role, m.text, m.call_id, [[c.id, c.name, c.arguments] for c in m.calls]] for m in self.messages
        ]
        tools = [[tool.name, tool.description, tool.parameters] for tool in self.tools]
        try:
            return canonical_sha256([cache_key, list(order), self.system, said, tools, self.schema])
        except ValueError:  # it holds what JSON cannot carry
            return None


class AnswerCache:
    """The `size` answers used last, each for `ttl_s`; none where either is 0."""

    def __init__(self, *, size: int, ttl_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._ttl_s, self._clock = size, ttl_s, clock
        self._kept: OrderedDict[str, tuple[float, ChatAnswer]] = OrderedDict()

    def find(self, fingerprint: str) -> ChatAnswer | None:
        """The answer, marked as cached and free of charge."""
        at, answer = self._kept.get(fingerprint, (0.0, None))
        if answer is None:
            return None
        if self._clock() - at >= self._ttl_s:
            del self._kept[fingerprint]
            return None
        self._kept.move_to_end(fingerprint)
        return replace(answer, cached=True, usage=Usage())

    def keep(self, fingerprint: str, answer: ChatAnswer) -> None:
        self._kept[fingerprint] = (self._clock(), answer)
        self._kept.move_to_end(fingerprint)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
