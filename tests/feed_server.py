"""A small HTTP server on loopback that plays the API of a seller: five ways to page, four to sign in, and every bad habit."""

from __future__ import annotations

import gzip
import json
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server got it. Header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Reply:
    """`content` goes out as it is; `promised` is a Content-Length that need not be true."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    promised: int | None = None
    is_endless: bool = False
    wait_s: float = 0.0


Route = Callable[[Seen], Reply]


@dataclass(slots=True)
class FeedServer:
    """Routes by path. `seen` is every request in order."""

    url: str
    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def on(self, path: str, route: Route | Reply) -> str:
        """Returns the address of the path."""
        self.routes[path] = route if callable(route) else lambda _: route
        return self.url + path

    def in_turn(self, path: str, *replies: Reply) -> str:
        """Each reply once, the last one ever after."""
        left = list(replies)
        return self.on(path, lambda _: left.pop(0) if len(left) > 1 else left[0])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that hangs up is no error of ours
            super().handle_error(request, client_address)


@contextmanager
def serve() -> Iterator[FeedServer]:
    server = _Server(("127.0.0.1", 0), _Handler)
    feed = FeedServer(f"http://127.0.0.1:{server.server_port}")
    server.feed = feed  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield feed
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _go(self) -> None:
        feed: FeedServer = self.server.feed  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(
            self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body
        )
        feed.seen.append(seen)
        route = feed.routes.get(parts.path)
        reply = route(seen) if route else Reply({"error": "no such path"}, 404)
        time.sleep(reply.wait_s)
        try:
            self._send(reply)
        except OSError:
            self.close_connection = True  # the client has heard enough

    do_GET = do_POST = _go

    def _send(self, reply: Reply) -> None:
        content = reply.content if reply.content is not None else json.dumps(reply.body).encode()
        given = {"Content-Type": "application/json", **reply.headers}
        self.send_response(reply.status)
        for name, value in given.items():
            self.send_header(name, value)
        if reply.is_endless:
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            while True:
                self.wfile.write(content)
        if reply.status not in (204, 304):
            self.send_header(
                "Content-Length", str(len(content) if reply.promised is None else reply.promised)
            )
        self.end_headers()
        if reply.status not in (204, 304):
            self.wfile.write(content)
        if reply.promised is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None: ...


def bomb(megabytes: int) -> Reply:
    """A small body that unfolds to many megabytes of JSON."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = squeeze.compress(b"[") + b"".join(squeeze.compress(b" " * (1 << 20)) for _ in range(megabytes))
    return Reply(
        content=packed + squeeze.compress(b"]") + squeeze.flush(), headers={"Content-Encoding": "gzip"}
    )


def packed(body: Any) -> Reply:
    return Reply(content=gzip.compress(json.dumps(body).encode()), headers={"Content-Encoding": "gzip"})


def things(count: int, *, start: int = 0) -> list[dict[str, Any]]:
    """Records of watches."""
    return [
        {
            "ref": f"W-{at:04}",
            "brand": "Aster",
            "model": f"M{at % 7}",
            "year": 1990 + at % 30,
            "price": 1_000 + at,
        }
        for at in range(start, start + count)
    ]


def is_signed(seen: Seen, **wanted: str) -> bool:
    """Whether the request has these headers; underscores stand for hyphens."""
    return all(seen.headers.get(name.replace("_", "-")) == value for name, value in wanted.items())


def part(records: Sequence[Any], start: int, size: int) -> list[Any]:
    return list(records[start : start + size])
