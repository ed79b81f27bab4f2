"""Samples as files on this machine: fetched from storage when somebody needs them, kept while there is room."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from backend.core.ports import Files
from backend.domains.blueprints.records import SampleFile

BUCKET: Final = "samples"
_ROOM: Final = 1_000_000_000  # bytes
_UNSAFE: Final = re.compile(r"[^\w.() -]+")


class SampleFiles:
    """Copies of one process, by content. What somebody uses is never thrown away under them."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._folder: Path | None = None
        self._kept: OrderedDict[str, tuple[Path, int]] = OrderedDict()
        self._users: dict[str, int] = {}
        self._fetching: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def local(self, files: Files, sample: SampleFile) -> AsyncIterator[Path]:
        """Where the sample lies for as long as it is used. Raises: NotFound `core.no_such_file`; Upstream; Busy."""
        sha256 = sample.sha256
        self._users[sha256] = self._users.get(sha256, 0) + 1
        try:
            async with self._fetching.setdefault(sha256, asyncio.Lock()):
                if sha256 not in self._kept:
                    await self.keep(sample, await files.get(BUCKET, sample.path))
            self._kept.move_to_end(sha256)
            yield self._kept[sha256][0]
        finally:
            self._users[sha256] -= 1
            if not self._users[sha256]:
                del self._users[sha256]
                self._fetching.pop(sha256, None)
            await self._make_room()

    async def keep(self, sample: SampleFile, content: bytes) -> None:
        """A copy of what was just uploaded need not be fetched again."""
        if sample.sha256 in self._kept:
            return  # somebody may be reading it: the same bytes are never written under them
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="mpax-samples-"))
        path = self._folder / sample.sha256 / safe_name(sample.name)
        await asyncio.to_thread(_write, path, content)
        self._kept[sample.sha256] = (path, len(content))

    async def close(self) -> None:
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            self._folder = None
            self._kept.clear()

    async def _make_room(self) -> None:
        for sha256 in list(self._kept):
            if sum(size for _, size in self._kept.values()) <= self._room:
                return
            if sha256 not in self._users:
                path, _ = self._kept.pop(sha256)
                await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)


def safe_name(name: str) -> str:
    """A name that is one plain file in one folder, with its ending."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    return plain[-120:] or "sample"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
