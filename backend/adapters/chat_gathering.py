"""Puts a streamed answer together, chunk by chunk, and knows whether it is whole. It waits for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.adapters.model_answers import Failed
from backend.adapters.model_checking import UnreadableCall, read_object
from backend.core.ports import ChatAnswer, ToolCall, Usage
from backend.kit.tokens import estimated_tokens

_MOST_SIGNS: Final = 200_000
_MOST_CALLS: Final = 32
_MOST_TOKENS: Final = 1_000_000
_NOT_WHOLE: Final = {
    "length": "length",
    "model_length": "length",
    "content_filter": "filtered",
    "error": "cut",
}


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list[str])


class Gathering:
    """The answer so far."""

    def __init__(self, provider: str, model: str, asked: Mapping[str, Any]) -> None:
        self._provider, self._model, self._asked = provider, model, asked
        self._text: list[str] = []
        self._signs = 0
        self._calls: dict[int, _Call] = {}
        self._usage: Usage | None = None
        self._finish = ""
        self.has_begun = False

    def add(self, chunk: Any) -> None:
        """Takes a chunk as a provider's library reads it. Raises: Failed where it is none."""
        try:
            self._add(chunk)
        except (AttributeError, TypeError, LookupError, ValueError):
            raise Failed("protocol") from None
        self.has_begun = True

    @property
    def is_whole(self) -> bool:
        """Whether the provider said that it ended, and how."""
        return bool(self._finish)

    @property
    def usage(self) -> Usage:
        """What the provider counted; an estimate of what was sent and has come, where it told nothing."""
        if self._usage is not None:
            return self._usage
        return Usage(
            estimated_tokens(json.dumps(self._asked)), estimated_tokens(self._raw("".join(self._text)))
        )

    def answer(self) -> ChatAnswer:
        """Raises: Failed where it did not come to its end: half an answer is none."""
        if not self.has_begun:
            raise Failed("protocol")
        if not self.is_whole or self._finish in _NOT_WHOLE:
            raise Failed(_NOT_WHOLE.get(self._finish, "cut"))
        text = "".join(self._text).replace("\0", "")
        calls = tuple(_read(call, place) for place, call in sorted(self._calls.items()))
        return ChatAnswer(text, calls, self.usage, self._provider, self._model, raw=self._raw(text))

    def _add(self, chunk: Any) -> None:
        self._count(getattr(chunk, "usage", None) or getattr(getattr(chunk, "x_groq", None), "usage", None))
        for choice in chunk.choices:
            if choice.index:
                continue  # we ask for one
            if choice.delta is not None:
                self._take(text_of(getattr(choice.delta, "content", None)), self._text)
                self._add_calls(getattr(choice.delta, "tool_calls", None) or ())
            self._finish = _text(choice.finish_reason or self._finish)

    def _add_calls(self, parts: Iterable[Any]) -> None:
        for part in parts:
            place = len(self._calls) if part.index is None else int(part.index)
            call = self._calls.setdefault(place, _Call())
            if len(self._calls) > _MOST_CALLS:
                raise Failed("too_long")
            call.id = _text(part.id) if part.id != "null" and part.id else call.id
            if part.function is not None:
                call.name = _text(part.function.name or call.name)
                arguments = part.function.arguments
                whole = json.dumps(arguments) if isinstance(arguments, Mapping) else arguments or ""
                self._take(whole, call.arguments)

    def _take(self, piece: str, into: list[str]) -> None:
        self._signs += len(piece)
        if self._signs > _MOST_SIGNS:
            raise Failed("too_long")
        into.append(piece)

    def _count(self, usage: Any) -> None:
        if usage is None:
            return
        told = (int(usage.prompt_tokens or 0), int(usage.completion_tokens or 0))
        if any(told):  # nobody answers for nothing: such a provider does not count
            self._usage = Usage(*(min(max(0, count), _MOST_TOKENS) for count in told))

    def _raw(self, text: str) -> str:
        if not self._calls:
            return text
        written = [
            {"name": call.name, "arguments": "".join(call.arguments)}
            for _, call in sorted(self._calls.items())
        ]
        return json.dumps({"content": text, "tool_calls": written}, ensure_ascii=False)


def text_of(content: Any) -> str:
    """Content is a text, or pieces with thoughts among them, which are left out."""
    if isinstance(content, list):
        return "".join(
            getattr(piece, "text", "") for piece in content if getattr(piece, "type", "") == "text"
        )
    return content if isinstance(content, str) else ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read(call: _Call, place: int) -> ToolCall:
    written = "".join(call.arguments)
    arguments = read_object(written) if written.strip() else {}
    call_id = call.id or f"call_{place}"
    if arguments is None:
        return UnreadableCall(call_id, call.name, {})
    return ToolCall(call_id, call.name, arguments)
