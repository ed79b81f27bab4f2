"""A process that hears publishes, for `publish`: `python -m benchmarks.listening hear|serve COUNT`.

Writes "ready", then one line of JSON for each thing it heard, by the clock that all processes of a machine share.
Runs until it is terminated.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from itertools import count

import psycopg

from backend.adapters.realtime import RealtimeHub
from backend.core.settings import Settings, load_settings
from backend.domains.events.bundles import TOPIC
from backend.flows.runtime import Runtime
from backend.main import build_ports

SLUG = "bench-publish"
CHANNEL = "bench_publish"


_listeners = count()


def tell(kind: str, number: int, listener: int) -> None:
    """`listener` tells apart those of one process, so that one which hears a thing twice counts once."""
    print(json.dumps([kind, number, f"{os.getpid()}/{listener}", time.monotonic_ns()]), flush=True)


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
    """Tells of a version once a request would get it: read, made ready and put in force."""
    runtime = Runtime(settings, build_ports(settings))
    await runtime.open()
    listener, served = next(_listeners), runtime.bundles.current(SLUG)
    ready.set()
    while True:
        await runtime.bundles.reached(served.event_id, served.number + 1, patience_s=3600)
        served = runtime.bundles.current(SLUG)
        tell("served", served.number, listener)


async def main(role: str, times: int) -> None:
    settings = load_settings()
    works = [_hear_realtime if role == "hear" else _serve, _hear_postgres] * times
    flags = [asyncio.Event() for _ in works]
    tasks = [asyncio.create_task(work(settings, flag)) for work, flag in zip(works, flags, strict=True)]
    await asyncio.gather(*(flag.wait() for flag in flags))
    print('"ready"', flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    logging.getLogger("realtime").setLevel(logging.CRITICAL)  # that a socket was cut is no news here
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
