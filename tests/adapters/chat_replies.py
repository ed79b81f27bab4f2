"""Streamed replies of a provider on this machine, in the wire form of OpenAI, Groq and Mistral, good and bad."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from tests.adapters.providers import Handler, Reply

DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 21, "completion_tokens": 8, "total_tokens": 29}


def streamed(events: Iterable[bytes], *, pause_s: float = 0.0, whole: bool = True) -> Reply:
    """Sends each event as a chunk; `whole` False breaks off in the middle of the transfer."""

    def reply(handler: Handler) -> None:
        _start(handler)
        for event in events:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            handler.wfile.flush()
            time.sleep(pause_s)
        if whole:
            handler.wfile.write(b"0\r\n\r\n")
        handler.wfile.flush()
        handler.close_connection = True

    return reply


def writes(text: str, *, usage: Mapping[str, int] | None = USAGE, finish: str = "stop") -> Reply:
    """A whole answer, in small pieces."""
    return streamed(answer_events(text, usage=usage, finish=finish))


def answer_events(text: str, *, usage: Mapping[str, int] | None = USAGE, finish: str = "stop") -> list[bytes]:
    pieces = [text[at : at + 5] for at in range(0, len(text), 5)]
    said = [event({"role": "assistant", "content": ""}), *(event({"content": piece}) for piece in pieces)]
    return [*said, event({}, finish=finish, usage=usage), DONE]


def wants(*calls: tuple[str, str, str], split: bool = True) -> Reply:
    """Calls tools: id, name and arguments as text; `split` sends arguments in pieces, as OpenAI and Groq do."""
    events = [event({"role": "assistant", "content": ""})]
    for place, (call_id, name, arguments) in enumerate(calls):
        pieces = [arguments[at : at + 7] for at in range(0, len(arguments), 7)] if split else [arguments]
        first = {
            "index": place,
            "id": call_id,
            "type": "function",
            "function": {"name": name, "arguments": ""},
        }
        if not split:
            first["function"] = {"name": name, "arguments": arguments}
        events.append(event({"tool_calls": [first]}))
        for piece in pieces if split else []:
            part = {"index": place, "function": {"name": "", "arguments": piece}}
            events.append(event({"tool_calls": [part]}))
    return streamed([*events, event({}, finish="tool_calls", usage=USAGE), DONE])


def breaks_off(text: str = "Half an answ") -> Reply:
    """The connection ends in the middle of a transfer."""
    return streamed([event({"content": text})], whole=False)


def ends_early(text: str = "Half an answ") -> Reply:
    """The transfer is whole, the answer is not: nobody said why it ended."""
    return streamed([event({"content": text})])


def fails_midway(text: str = "Half an answ") -> Reply:
    """An error in the stream, that quotes the question as providers do."""

    def reply(handler: Handler) -> None:
        _, _, body = handler.provider.asked[-1]
        error = {"error": {"message": f"overloaded: {body}", "type": "server_error"}}
        streamed([event({"content": text}), b"data: %s\n\n" % json.dumps(error).encode()])(handler)

    return reply


def stands_still(text: str = "Half an answ", *, for_s: float = 8.0) -> Reply:
    """Begins, then keeps the line open and says nothing."""
    return _anew(lambda: _then_nothing([event({"content": text})], for_s))


def stays_open(events: Sequence[bytes], *, for_s: float = 8.0) -> Reply:
    """Everything was said, the line is not given up."""
    return _anew(lambda: _then_nothing(events, for_s))


def drips_events(*, every_s: float = 0.05, times: int = 200) -> Reply:
    """Always one more sign, never an end."""
    return _anew(lambda: repeat(event({"content": "a"}), times), pause_s=every_s)


def keeps_alive(*, times: int = 200) -> Reply:
    """Comments of the protocol, and no answer."""
    return _anew(lambda: repeat(b": still here\n\n", times), pause_s=0.05)


def without_headers(handler: Handler) -> None:
    """Takes the question and says nothing at all, for long."""
    time.sleep(8)
    handler.close_connection = True


def event(delta: Mapping[str, Any], *, finish: str | None = None, usage: Any = None) -> bytes:
    chunk: dict[str, Any] = {
        "id": "cmpl-1", "object": "chat.completion.chunk", "created": 1_760_000_000, "model": "small",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip
    if usage:
        chunk["usage"] = usage
    return b"data: %s\n\n" % json.dumps(chunk).encode()


def _anew(events: Callable[[], Iterable[bytes]], *, pause_s: float = 0.0) -> Reply:
    """The same each time it is asked for."""
    return lambda handler: streamed(events(), pause_s=pause_s)(handler)


def _then_nothing(events: Sequence[bytes], for_s: float) -> Iterator[bytes]:
    yield from events
    time.sleep(for_s)


def _start(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
