"""A provider on this machine: it speaks HTTP as the real ones do, says what it was told to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]


@dataclass
class Provider:
    """Replies in turn; the last one again and again."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    asked: list[tuple[str, Mapping[str, str], dict[str, Any]]] = field(default_factory=list)

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.provider.asked.append((self.path, dict(self.headers), json.loads(body)))
        try:
            self.provider.next()(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def send(
        self, content: bytes, *, status: int = 200, headers: Mapping[str, str] = {}, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


@contextmanager
def provider() -> Iterator[Provider]:
    handler = type("OneHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield handler.provider
    finally:
        server.shutdown()
        server.server_close()


def completion(content: Any, **more: Any) -> dict[str, Any]:
    """A chat completion as OpenAI, Groq and Mistral send it."""
    message = {"role": "assistant", "content": content, "tool_calls": None}
    return {
        "id": "cmpl-1", "object": "chat.completion", "created": 1_760_000_000, "model": "small",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}, **more,
    }  # fmt: skip


def says(answer: Any) -> Reply:
    """Answers with that content; anything but text is written as JSON."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return plain(completion(text))


def plain(body: Any) -> Reply:
    return lambda handler: handler.send(json.dumps(body).encode())


def raw(body: bytes) -> Reply:
    return lambda handler: handler.send(body)


def refuses(status: int, **headers: str) -> Reply:
    """Quotes key and question, as providers do."""

    def reply(handler: Handler) -> None:
        _, sent, body = handler.provider.asked[-1]
        quoted = {
            "error": {"message": f"wrong: {sent.get('Authorization') or sent.get('authorization')} {body}"}
        }
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send(json.dumps(quoted).encode(), status=status, headers=named)

    return reply


def cut(handler: Handler) -> None:
    """Promises more than it sends."""
    handler.send(json.dumps(completion("{}")).encode()[:40], length=4000)
    handler.close_connection = True


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True


def slow(seconds: float, then: Reply) -> Reply:
    def reply(handler: Handler) -> None:
        time.sleep(seconds)
        then(handler)

    return reply


def drips(handler: Handler) -> None:
    """Always sends something, never ends."""
    handler.send(b"", length=1_000_000)
    for _ in range(400):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)
    handler.close_connection = True
