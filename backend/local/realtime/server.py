"""The Realtime process: WebSocket, HTTP broadcast and health. Run by uvicorn with one worker.

Needs a direct connection to Postgres: LISTEN is silently dead behind a pooler in transaction mode.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from backend.local.realtime import protocol
from backend.local.realtime.access import Claims, Gate, Pool, Refused, rights_on
from backend.local.realtime.client import Client
from backend.local.realtime.hub import Hub

POLICY_VIOLATION, SERVICE_RESTART = 1008, 1012
LARGEST_BODY = 3_000_000


class Server:
    """The routes, and what they share."""

    def __init__(self, dsn: str, gate: Gate) -> None:
        self._gate = gate
        self._clients: set[Client] = set()
        pool: Pool = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=8,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"application_name": "mpax-realtime"},
        )
        self._hub = Hub(dsn, pool, self._send_all_away)

    def app(self) -> Starlette:
        return Starlette(
            lifespan=self._lifespan,
            routes=[
                WebSocketRoute("/realtime/v1/websocket", self._websocket),
                Route("/realtime/v1/api/broadcast", self._broadcast, methods=["POST"]),
                Route("/realtime/v1/api/broadcast/{topic}/events/{event}", self._broadcast, methods=["POST"]),
                Route("/realtime/v1/health", self._health),
            ],
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._hub.pool:
            tasks = [asyncio.create_task(self._hub.listen()), asyncio.create_task(self._hub.purge())]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _websocket(self, socket: WebSocket) -> None:
        try:
            self._gate.claims(socket.query_params.get("apikey"))
        except Refused:
            await socket.close(POLICY_VIOLATION)  # before it is accepted: the client sees HTTP 403
            return
        await socket.accept()
        client = Client(socket, self._hub, self._gate)
        self._clients.add(client)
        try:
            await client.serve()
        finally:
            self._clients.discard(client)

    async def _broadcast(self, request: Request) -> Response:
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            return _problem(413, "The message is too large")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = self._gate.claims(bearer or request.headers.get("apikey"))
        except Refused as error:
            return _problem(401, str(error))
        try:
            messages = await _messages(request)
        except (ValueError, KeyError, TypeError, AttributeError):
            return _problem(422, "Expected {messages: [{topic, event, payload, private}]}")
        for topic, event, payload, private in messages:
            if private and not await self._may_say(claims, topic):
                return _problem(403, "Unauthorized")
            self._hub.fan_out((topic, private), protocol.broadcast(topic, event, payload))
        return JSONResponse({}, 202)

    async def _may_say(self, claims: Claims, topic: str) -> bool:
        if claims["role"] == "service_role":
            return True
        return "broadcast" in (await rights_on(self._hub.pool, claims, topic)).says

    async def _health(self, _: Request) -> Response:
        up = self._hub.listening
        body = {
            "ok": up,
            "clients": len(self._clients),
            "topics": len(self._hub.channels),
            "heard": self._hub.heard,
        }
        return JSONResponse(body, 200 if up else 503)

    def _send_all_away(self) -> None:
        for client in self._clients:
            client.close(SERVICE_RESTART)


async def _messages(request: Request) -> list[tuple[str, str, Any, bool]]:
    body = await request.json()
    if "topic" in request.path_params:
        private = request.query_params.get("private") == "true"
        return [(request.path_params["topic"], request.path_params["event"], body, private)]
    return [
        (
            str(one["topic"]).removeprefix(protocol.PREFIX),
            str(one["event"]),
            one["payload"],
            bool(one.get("private")),
        )
        for one in body["messages"]
    ]


def _problem(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)


def create_app() -> Starlette:
    """What uvicorn calls (`--factory`)."""
    env = os.environ
    gate = Gate(env["PUBLISHABLE_KEY"], env["SECRET_KEY"], env["JWT_SECRET"])
    return Server(env["DATABASE_URL"], gate).app()
