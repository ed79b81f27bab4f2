"""Whether an answer can be used as it is, and how a model is asked to mend one that cannot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

from jsonschema import Draft202012Validator

from backend.adapters.model_cache import Question
from backend.core.ports import ChatAnswer, ChatMessage, ToolCall

_QUOTED: Final = 6_000
_SAID: Final = 300
_MEND: Final = "Your last answer could not be used: {said}. Answer the same question again, correctly, and write nothing else."


@dataclass(frozen=True, slots=True)
class UnreadableCall(ToolCall):
    """A call whose arguments are no JSON object; what was written stands in the answer's `raw`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer: `problem` for errors and figures, `said` for the model that wrote it."""

    problem: str
    said: str


def checked(answer: ChatAnswer, question: Question) -> ChatAnswer | Fault:
    """The answer as it may be passed on, its JSON plain; or what is wrong with it."""
    if answer.calls:
        faults = (_fault_of(call, question) for call in answer.calls)
        return next((fault for fault in faults if fault), answer)
    if question.schema is not None:
        return _checked_json(answer, question.schema)
    return answer if answer.text.strip() else Fault("empty", "it was empty")


def repair(question: Question, answer: ChatAnswer, fault: Fault) -> Question:
    """The same question, the answer quoted back and the error named. Tool calls are quoted as text: nobody ran them."""
    quoted = (answer.raw or answer.text)[:_QUOTED] or "(nothing)"
    mend = _MEND.format(said=fault.said[:_SAID])
    return replace(
        question, messages=(*question.messages, ChatMessage("assistant", quoted), ChatMessage("user", mend))
    )


def _fault_of(call: ToolCall, question: Question) -> Fault | None:
    spec = next((tool for tool in question.tools if tool.name == call.name), None)
    if spec is None:
        return Fault("tool", f"there is no tool {call.name[:60]!r}")
    if isinstance(call, UnreadableCall):
        return Fault("json", f"the arguments of {call.name} are not a JSON object")
    wrong = _wrong(call.arguments, spec.parameters)
    return Fault("schema", f"the arguments of {call.name} do not fit: {wrong}") if wrong else None


def _checked_json(answer: ChatAnswer, schema: Mapping[str, Any]) -> ChatAnswer | Fault:
    value = read_object(answer.text)
    if value is None:
        return Fault("json", "it is not one JSON object")
    wrong = _wrong(value, schema)
    return Fault("schema", wrong) if wrong else replace(answer, text=json.dumps(value, ensure_ascii=False))


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object a text holds, in a fence or bare; None where it holds none that Postgres can keep."""
    plain = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        value = json.loads(plain, parse_constant=_refuse)
        written = json.dumps(value, ensure_ascii=False).encode()  # lone surrogates end here
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and b"\\u0000" not in written else None


def _wrong(value: Any, schema: Mapping[str, Any]) -> str:
    error = next(Draft202012Validator(dict(schema)).iter_errors(value), None)
    return f"{error.json_path}: {error.message}" if error else ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
