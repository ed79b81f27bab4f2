"""Supabase Realtime as the port `Broadcasts`: one socket per process, fanned out to any number of listeners.

The client library's own reconnection backs off to a minute, and after five failures for ever; a process that serves
events must be back within seconds, so this module connects anew itself and says `subscribed` each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from realtime import AsyncRealtimeClient, RealtimeSubscribeStates

log = logging.getLogger(__name__)

_BACKLOG = 1000
_RETRY_S = (0.2, 0.5, 1.0, 2.0)
_OPTIONS: Any = {
    "config": {
        "broadcast": {"ack": False, "self": False},
        "presence": {"key": "", "enabled": False},
        "private": True,
    }
}


class RealtimeHub:
    """Implements `Broadcasts` with the service key."""

    def __init__(self, supabase_url: str, secret_key: str) -> None:
        self._url = f"{supabase_url.rstrip('/')}/realtime/v1"
        self._key = secret_key
        self._queues: dict[str, set[asyncio.Queue[dict[str, Any]]]] = defaultdict(set)
        self._joined: set[str] = set()
        self._wake = asyncio.Event()
        self._lost = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    async def listen(self, topic: str) -> AsyncIterator[dict[str, Any]]:
        """Yields messages of a topic; see `Broadcasts.listen`. A listener that falls far behind is told to read again."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_BACKLOG)
        self._queues[topic].add(queue)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run(), name="realtime-hub")
        if topic in self._joined:
            queue.put_nowait({"event": "subscribed", "payload": {}})
        self._wake.set()
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues[topic].discard(queue)
            if not self._queues[topic]:
                del self._queues[topic]
                self._wake.set()

    async def close(self) -> None:
        if self._runner is not None:
            self._runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._runner
            self._runner = None

    async def _run(self) -> None:
        attempt = 0
        while True:
            client = AsyncRealtimeClient(self._url, self._key, auto_reconnect=False, max_retries=1)
            try:
                await client.connect()
                self._lost.clear()
                attempt = 0
                await self._serve(client)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever the socket library raises, the answer is to connect again
                log.info("realtime connection lost: %s", error)
            finally:
                self._joined.clear()
                with contextlib.suppress(Exception):
                    await client.close()
            await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
            attempt += 1

    async def _serve(self, client: AsyncRealtimeClient) -> None:
        """Joins what is listened to, leaves what is not, until the connection is lost."""
        while not self._lost.is_set() and client.is_connected:
            self._wake.clear()
            for topic in set(self._queues) - self._joined:
                await self._join(client, topic)
            for topic in self._joined - set(self._queues):
                self._joined.discard(topic)
                await client.channel(topic, _OPTIONS).unsubscribe()
            waits = [asyncio.create_task(self._wake.wait()), asyncio.create_task(self._lost.wait())]
            try:
                await asyncio.wait(waits, timeout=5, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    async def _join(self, client: AsyncRealtimeClient, topic: str) -> None:
        def on_message(message: Any) -> None:
            self._tell(topic, {"event": message["event"], "payload": message["payload"]})

        def on_state(state: RealtimeSubscribeStates, error: Exception | None) -> None:
            if state is RealtimeSubscribeStates.SUBSCRIBED:
                self._joined.add(topic)
                self._tell(topic, {"event": "subscribed", "payload": {}})
            elif topic in self._queues:  # an error or a close that we did not ask for
                self._lost.set()

        channel = client.channel(topic, _OPTIONS)
        channel.on_broadcast("*", on_message)
        await channel.subscribe(on_state)

    def _tell(self, topic: str, message: dict[str, Any]) -> None:
        message["at"] = time.monotonic()  # lets a slow reader skip what an earlier read has covered
        for queue in self._queues.get(topic, set()).copy():
            if queue.full():  # what it missed cannot be replayed: let it read everything again
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"event": "subscribed", "payload": {}})
            queue.put_nowait(message)
