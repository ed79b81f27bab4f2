"""A proxy that cuts every connection whenever it is told to, for `publish`: what a bad network does to listeners."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_CHUNK = 1 << 16


class Cutter:
    """Passes on what both sides say until the next cut."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open: set[StreamWriter] = set()
        self.cuts = 0

    def cut(self) -> None:
        """Ends every connection without a farewell."""
        for writer in self._open:
            writer.transport.abort()
        self.cuts += bool(self._open)
        self._open.clear()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.close()
            return
        self._open |= {writer, up_writer}
        await asyncio.gather(_pass_on(reader, up_writer), _pass_on(up_reader, writer))
        self._open -= {writer, up_writer}


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cutter_before(url: str) -> AsyncIterator[tuple[Cutter, str]]:
    """A cutter in front of that address, and its own address."""
    there = urlsplit(url)
    cutter = Cutter(there.hostname or "127.0.0.1", there.port or 80)
    server = await asyncio.start_server(cutter.serve, "127.0.0.1", 0)
    try:
        yield cutter, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        cutter.cut()
        server.close()
