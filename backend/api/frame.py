"""What surrounds every request: an id, a limit on the body, headers of safety. Plain ASGI: it costs next to nothing."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import render
from backend.flows.blueprints import LARGEST_BUNDLE, LARGEST_FILE

MAX_BODY_BYTES: Final = 2_000_000
#: Bodies of these are read by their route, which counts them as they arrive. Unit: bytes.
UPLOADS: Final = (
    (re.compile(r"/blueprints/[^/]+/files$"), LARGEST_FILE + 100_000),
    (re.compile(r"/blueprints/bundles$"), LARGEST_BUNDLE + 100_000),
)
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_SAFETY: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
)


class Frame:
    """Middleware. Bodies of API requests are read here and counted as they arrive, whatever they say of their length."""

    def __init__(self, app: ASGIApp, *, limited: str) -> None:
        self._app = app
        self._limited = limited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.match(given) else uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = request_id

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in _SAFETY:
                    headers.setdefault(name, value)
            await send(message)

        most = next((size for pattern, size in UPLOADS if pattern.search(scope["path"])), None)
        if most is not None and scope["method"] == "POST":
            receive = _counted(receive, most)
        elif scope["path"].startswith(self._limited):
            body = await _whole_body(receive)
            if body is None:
                answer = render(Request(scope), 413, "core.too_large", {"limit_bytes": MAX_BODY_BYTES})
                await answer(scope, receive, framed)
                return
            receive = _replayed(body, receive)
        await self._app(scope, receive, framed)


async def _whole_body(receive: Receive) -> bytes | None:
    """The body, or None as soon as it is over the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            return None
        parts.append(part)
        if message["type"] == "http.disconnect":
            return b""  # half a request is none; nobody waits for its answer
        if not message.get("more_body"):
            return b"".join(parts)


def _counted(receive: Receive, most: int) -> Receive:
    """Passes a body on as it arrives, and refuses it where it grows too large."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413)
        return message

    return counted


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
