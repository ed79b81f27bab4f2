"""A question in the words of OpenAI's chat protocol, which Groq, Mistral and many others speak. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from backend.adapters.model_answers import is_strict, response_format
from backend.core.ports import ChatMessage, ToolCall, ToolSpec

_MISTRAL_ID: Final = re.compile(r"[a-zA-Z0-9]{9}")


def body(
    *,
    model: str,
    system: str,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolSpec],
    schema: Mapping[str, Any] | None,
    call_id: Callable[[str], str] = str,
) -> dict[str, Any]:
    """What is sent, but for what concerns streaming. `call_id` brings a call's id into the form a provider wants."""
    said = [{"role": "system", "content": system}, *(_message(message, call_id) for message in messages)]
    wanted: dict[str, Any] = {"model": model, "messages": said, "temperature": 0}
    if tools:
        wanted["tools"] = [_tool(tool) for tool in tools]
    if schema is not None:
        wanted["response_format"] = response_format(schema)
    return wanted


def nine_signs(call_id: str) -> str:
    """An id as Mistral takes it, the same for the same call: another provider may have given it another form."""
    return call_id if _MISTRAL_ID.fullmatch(call_id) else sha256(call_id.encode()).hexdigest()[:9]


def _message(message: ChatMessage, call_id: Callable[[str], str]) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": call_id(message.call_id), "content": message.text}
    said: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.calls:
        said["tool_calls"] = [_call(call, call_id) for call in message.calls]
    return said


def _call(call: ToolCall, call_id: Callable[[str], str]) -> dict[str, Any]:
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return {
        "id": call_id(call.id),
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": tool.name, "description": tool.description, "parameters": dict(tool.parameters),
    }  # fmt: skip
    if is_strict(tool.parameters):
        function["strict"] = True
    return {"type": "function", "function": function}
