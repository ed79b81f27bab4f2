"""An image is read once while it is remembered."""

from __future__ import annotations

import pytest

from backend.adapters.ocr_remembered import RememberedOcr
from backend.core.errors import InvalidInput
from backend.core.ports import Word
from tests.fakes import FixedOcr

WORDS = (Word("K-20418", 0.9, 0, 0, 1, 1),)


async def test_the_same_image_is_read_once() -> None:
    real = FixedOcr(WORDS)
    ocr = RememberedOcr(real)
    assert await ocr.read(b"a") == await ocr.read(b"a") == WORDS
    await ocr.read(b"b")
    assert real.seen == [b"a", b"b"]
    assert ocr.name == real.name


async def test_what_was_asked_for_last_stays() -> None:
    real = FixedOcr(WORDS)
    ocr = RememberedOcr(real, kept=2)
    for image in (b"a", b"b", b"a", b"c", b"a", b"b"):
        await ocr.read(image)
    assert real.seen == [b"a", b"b", b"c", b"b"]


async def test_a_failure_is_not_remembered() -> None:
    class Once(FixedOcr):
        async def read(self, image: bytes) -> tuple[Word, ...]:
            await super().read(image)
            if len(self.seen) == 1:
                raise InvalidInput("core.unreadable_image")
            return WORDS

    ocr = RememberedOcr(Once())
    with pytest.raises(InvalidInput):
        await ocr.read(b"a")
    assert await ocr.read(b"a") == WORDS
