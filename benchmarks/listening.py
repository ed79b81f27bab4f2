"""A process that hears publishes, for `publish`: `python -m benchmarks.listening hear|serve COUNT`.

Writes "ready", then one line of JSON for each thing it heard, by the clock that all processes of a machine share.
Runs until it is terminated.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from itertools import count
from uuid import UUID

import psycopg

from backend.adapters.realtime import RealtimeHub
from backend.core.db import Database
from backend.core.settings import Settings, load_settings
from backend.domains.events.bundles import TOPIC, Bundles
from backend.domains.events.model import Bundle, ServedHead
from backend.flows.loading import EventLoader
from benchmarks.ground import real_ports

SLUG = "bench-publish"
CHANNEL = "bench_publish"


_listeners = count()


def tell(kind: str, number: int, listener: int) -> None:
    """`listener` tells apart those of one process, so that one which hears a thing twice counts once."""
    print(json.dumps([kind, number, f"{os.getpid()}/{listener}", time.monotonic_ns()]), flush=True)


class _Telling:
    """A loader that tells which version it has just read; it is served within microseconds."""

    def __init__(self, loader: EventLoader) -> None:
        self._loader = loader
        self._listener = next(_listeners)
        self.ready = asyncio.Event()

    async def served(self, event_id: UUID | None = None) -> Sequence[Bundle]:
        found = await self._loader.served(event_id)
        for bundle in found:
            if bundle.slug == SLUG:
                tell("served", bundle.number, self._listener)
        self.ready.set()
        return found

    async def heads(self) -> Sequence[ServedHead]:
        return await self._loader.heads()

    async def pinned(self, version_id: UUID) -> Bundle | None:
        return await self._loader.pinned(version_id)


async def _hear_realtime(settings: Settings, ready: asyncio.Event) -> None:
    hub = RealtimeHub(settings.supabase_url, settings.secret_key.get_secret_value())
    listener = next(_listeners)
    async for message in hub.listen(TOPIC):
        if message["event"] == "subscribed":
            ready.set()
        elif message["payload"].get("slug") == SLUG:
            tell("heard", message["payload"]["number"], listener)


async def _hear_postgres(settings: Settings, ready: asyncio.Event) -> None:
    dsn = settings.system_dsn.get_secret_value()
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(f"listen {CHANNEL}")
        ready.set()
        listener = next(_listeners)
        notices: AsyncIterator[psycopg.Notify] = conn.notifies()
        async for notice in notices:
            tell("notified", int(notice.payload), listener)


async def _serve(settings: Settings, ready: asyncio.Event) -> None:
    ports = real_ports(settings)
    database = Database(settings, ports)
    await database.open()
    loader = _Telling(EventLoader(database))
    watch = asyncio.create_task(Bundles(loader).run(ports.broadcasts, poll_s=settings.poll_seconds))
    await loader.ready.wait()
    ready.set()
    await watch


async def main(role: str, times: int) -> None:
    settings = load_settings()
    works = [_hear_realtime if role == "hear" else _serve, _hear_postgres] * times
    flags = [asyncio.Event() for _ in works]
    tasks = [asyncio.create_task(work(settings, flag)) for work, flag in zip(works, flags, strict=True)]
    await asyncio.gather(*(flag.wait() for flag in flags))
    print('"ready"', flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
