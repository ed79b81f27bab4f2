"""Text in images by rapidocr on this machine: no key, no network. The reading happens in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

from backend.core.errors import Busy, InvalidInput
from backend.core.ports import Word

_WORKER: Final = Path(__file__).with_name("ocr_worker.py")
_MEMORY: Final = 3 << 30
_CPU_SECONDS: Final = 60
_WALL_SECONDS: Final = 90
_AT_ONCE: Final = 1


class LocalOcr:
    """Implements `Ocr`."""

    name = "rapidocr"

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def read(self, image: bytes) -> tuple[Word, ...]:
        order = json.dumps({"memory": _MEMORY, "seconds": _CPU_SECONDS, "threads": 2})
        async with self._turn:
            worker = await asyncio.create_subprocess_exec(
                sys.executable, "-I", str(_WORKER), order,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                out, _ = await asyncio.wait_for(worker.communicate(image), _WALL_SECONDS)
            except TimeoutError as error:
                raise Busy("core.ocr_too_slow") from error
            finally:
                if worker.returncode is None:
                    worker.kill()
                    await worker.wait()
        answer: dict[str, Any] = json.loads(out) if out else {"problem": "unreadable_image"}
        if "problem" in answer:
            raise InvalidInput("core.unreadable_image")
        return tuple(Word(*line) for line in answer["lines"])
