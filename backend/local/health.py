"""Questions that tell whether a service is of use: over HTTP, or to Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import psycopg

from backend.local.layout import HOST
from backend.local.postgres import Cluster

Health = Callable[[], Awaitable[bool]]


def http_ok(port: int, path: str, timeout_s: float = 3) -> Health:
    """Healthy when GET answers 200."""

    async def ask() -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                return await _status(port, path) == 200
        except (OSError, TimeoutError, ValueError):
            return False

    return ask


def accepts_connections(cluster: Cluster) -> Health:
    """Healthy when Postgres takes connections."""

    async def ask() -> bool:
        return await asyncio.to_thread(cluster.is_ready)

    return ask


class WorkerHealth:
    """Healthy when a worker has signed on since `remember` and its heart still beats.

    The row of a worker that was killed stays for a while; it is told apart by its number.
    """

    _LAST = "select coalesce(max(id), 0) from procrastinate.procrastinate_workers"
    _ALIVE = """
        select exists (select from procrastinate.procrastinate_workers
                       where id > %s and last_heartbeat > now() - interval '30 seconds')
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._before = 0

    def remember(self) -> None:
        with psycopg.connect(self._dsn, connect_timeout=3) as conn:
            row = conn.execute(self._LAST).fetchone()
        self._before = int(row[0]) if row else 0

    async def __call__(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=3) as conn:
                row = await (await conn.execute(self._ALIVE, (self._before,))).fetchone()
        except psycopg.Error:
            return False
        return bool(row and row[0])


async def _status(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        line = await reader.readline()
        return int(line.split()[1]) if line.startswith(b"HTTP/") else 0
    finally:
        writer.close()
