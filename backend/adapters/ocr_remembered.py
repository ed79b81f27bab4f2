"""Text of images that were read before: a preview that is opened again asks for the same pictures again."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from backend.core.ports import Ocr, Word

_KEPT: Final = 256  # images; a page full of text takes a few hundred kilobytes


class RememberedOcr:
    """Implements `Ocr` by another one and a memory of this process. What could not be read is tried again."""

    def __init__(self, ocr: Ocr, *, kept: int = _KEPT) -> None:
        self.name = ocr.name
        self._ocr, self._kept = ocr, kept
        self._words: OrderedDict[bytes, tuple[Word, ...]] = OrderedDict()

    async def read(self, image: bytes) -> tuple[Word, ...]:
        key = sha256(image).digest()
        words = self._words.get(key)
        if words is None:
            words = await self._ocr.read(image)
        self._words[key] = words
        self._words.move_to_end(key)
        while len(self._words) > self._kept:
            self._words.popitem(last=False)
        return words

    async def close(self) -> None:
        self._words.clear()
        await self._ocr.close()
