"""What asking a model cost, the tries included that brought nothing: as the provider counted, else as what was sent counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.adapters.model_cache import Question
from backend.core.errors import AppError
from backend.core.ports import ChatAnswer, ChatMessage, ToolSpec, Usage
from backend.kit.tokens import estimated_tokens

#: Tries that ended before anything was sent.
UNASKED = frozenset({"resting", "no_time_left", "no_room"})


class Ear:
    """Hears what becomes of each try: tells whoever asked to hear each answer as it came, and adds up what all cost."""

    def __init__(self, told: Callable[[str, str], None] | None) -> None:
        self._told = told
        self.usage = Usage()

    def hear(self, answer: ChatAnswer) -> None:
        self.usage += answer.usage
        if self._told is not None:
            self._told(answer.provider, answer.raw)

    def miss(self, question: Question, failed: Exception) -> None:
        self.usage += _spent(question, failed)


def estimated_question(
    system: str,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolSpec] = (),
    schema: Mapping[str, Any] | None = None,
) -> int:
    """About as many tokens as a question has."""
    calls = [[call.name, call.arguments] for message in messages for call in message.calls]
    described = [[tool.name, tool.description, tool.parameters] for tool in tools]
    beside = [part for part in (calls, described, schema) if part]
    written = [json.dumps(part, ensure_ascii=False, default=str) for part in beside]
    return sum(estimated_tokens(text) for text in (system, *(message.text for message in messages), *written))


def _spent(question: Question, failed: Exception) -> Usage:
    """A provider that could not be reached or that refused by a status charges nothing."""
    facts = failed.facts if isinstance(failed, AppError) else {}
    if "input_tokens" in facts:
        return Usage(facts["input_tokens"], facts.get("output_tokens", 0))
    if isinstance(failed, AppError) and _is_free(failed):
        return Usage()
    return Usage(estimated_question(question.system, question.messages, question.tools, question.schema), 0)


def _is_free(failed: AppError) -> bool:
    is_away = failed.code == "core.model_unreachable" and "timeout_s" not in failed.facts
    is_refused = failed.code == "core.model_busy" or "status" in failed.facts
    return is_away or is_refused or failed.facts.get("problem") in UNASKED
