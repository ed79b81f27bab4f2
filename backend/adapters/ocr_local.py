"""Text in images by rapidocr on this machine: no key, no network.

The reading happens in a process of its own that stays for the next image, and leaves when none comes for a while.
"""

from __future__ import annotations

import asyncio
import json
import select
import struct
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any, Final

from backend.core.errors import Busy, InvalidInput
from backend.core.ports import Word

_WORKER: Final = Path(__file__).with_name("ocr_worker.py")
_ORDER: Final = {"memory": 3 << 30, "seconds": 60, "threads": 2, "pixels": 40_000_000, "idle_seconds": 60}
_WALL_SECONDS: Final = 90.0
_MOST_BYTES: Final = 64 << 20
_CHUNK: Final = 1 << 16


class LocalOcr:
    """Implements `Ocr`. One image at a time: two would only share the same processor."""

    name = "rapidocr"

    def __init__(self, *, wall_seconds: float = _WALL_SECONDS) -> None:
        self._turn = threading.Lock()
        self._wall_seconds = wall_seconds
        self._workers: list[subprocess.Popen[bytes]] = []
        self._end = weakref.finalize(self, _stop, self._workers)

    async def read(self, image: bytes) -> tuple[Word, ...]:
        if not image or len(image) > _MOST_BYTES:
            raise InvalidInput("core.unreadable_image")
        answer = await asyncio.to_thread(self._ask, image)
        if "problem" in answer:
            raise InvalidInput("core.unreadable_image")
        return tuple(Word(*line) for line in answer["lines"])

    async def close(self) -> None:
        await asyncio.to_thread(_stop, self._workers)

    def _ask(self, image: bytes) -> dict[str, Any]:
        with self._turn:
            # a worker that was just leaving does not answer: the next one is asked the same
            for _ in range(2):
                line = self._exchange(image, deadline=time.monotonic() + self._wall_seconds)
                if line:
                    return json.loads(line)
                _stop(self._workers)
        return {"problem": "unreadable_image"}

    def _exchange(self, image: bytes, *, deadline: float) -> bytes:
        worker = self._worker()
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            worker.stdin.write(struct.pack(">Q", len(image)) + image)
            worker.stdin.flush()
        except OSError:
            return b""
        answer = b""
        while not answer.endswith(b"\n"):
            ready, _, _ = select.select([worker.stdout], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                _stop(self._workers)
                raise Busy("core.ocr_too_slow")
            chunk = worker.stdout.read1(_CHUNK)  # pyright: ignore[reportAttributeAccessIssue]
            if not chunk:
                return b""
            answer += chunk
        return answer

    def _worker(self) -> subprocess.Popen[bytes]:
        if self._workers and self._workers[0].poll() is not None:
            _stop(self._workers)
        if not self._workers:
            self._workers.append(
                subprocess.Popen(
                    [sys.executable, "-I", str(_WORKER), json.dumps(_ORDER)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
        return self._workers[0]


def _stop(workers: list[subprocess.Popen[bytes]]) -> None:
    while workers:
        worker = workers.pop()
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # bytes that were never taken
                    continue
