"""Text in images by Mistral OCR. What it cannot do, or cannot place on the page, is read on this machine instead."""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections.abc import Iterator
from typing import Any, Final

from backend.adapters.mistral_client import MistralClient
from backend.adapters.model_answers import Failed
from backend.core.ports import Ocr, Word

log = logging.getLogger(__name__)

_TIMEOUT_S: Final = 20.0
_UNSURE: Final = 0.9  # of a block without a score of its own
_TEXT: Final = frozenset(
    {
        "text",
        "title",
        "list",
        "table",
        "header",
        "footer",
        "caption",
        "code",
        "aside_text",
        "references",
        "equation",
    }
)
_MARKS: Final = re.compile(r"^\s{0,3}(#{1,6}\s+|[-*+]\s+|>\s?)|\*\*|__|`|</?[a-z][^>]{0,60}>", re.IGNORECASE)
_RULE: Final = re.compile(r"^[\s|:-]*$")
_KINDS: Final = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"RIFF", "webp"), (b"GIF8", "gif"))


class MistralOcr:
    """Implements `Ocr`. `local` reads whatever the provider does not."""

    def __init__(
        self, api_key: str, *, model: str, local: Ocr, base_url: str = "", timeout_s: float = _TIMEOUT_S
    ) -> None:
        self.name = f"mistral:{model}"
        self._model, self._local, self._timeout_s = model, local, timeout_s
        self._mistral = MistralClient(api_key, base_url)

    async def close(self) -> None:
        await self._mistral.close()
        await self._local.close()

    async def read(self, image: bytes) -> tuple[Word, ...]:
        try:
            async with asyncio.timeout(self._timeout_s):
                words = words_of(await self._ask(image))
        except (Failed, TimeoutError) as problem:
            log.warning(
                "Mistral OCR: %s; read locally", problem.problem if isinstance(problem, Failed) else "timeout"
            )
            words = None
        return await self._local.read(image) if words is None else words

    async def _ask(self, image: bytes) -> Any:
        kind = next((name for head, name in _KINDS if image.startswith(head)), "png")
        address = f"data:image/{kind};base64,{base64.b64encode(image).decode()}"
        return await self._mistral.call(
            lambda client: client.ocr.process_async(
                model=self._model,
                document={"type": "image_url", "image_url": address},
                include_blocks=True,
                confidence_scores_granularity="block",
                timeout_ms=round(self._timeout_s * 1000),
            )
        )


def words_of(answer: Any) -> tuple[Word, ...] | None:
    """Lines with boxes, top to bottom; None where there is text without a place."""
    found: list[Word] = []
    for page in answer.pages:
        blocks = [block for block in page.blocks or () if getattr(block, "type", "") in _TEXT]
        if not blocks and page.markdown.strip():
            return None
        for block in blocks:
            found += _lines(block)
    return tuple(sorted(found, key=lambda word: (word.y0, word.x0)))


def _lines(block: Any) -> Iterator[Word]:
    """A block is a paragraph: its lines share its height evenly."""
    lines = [line for raw in block.content.splitlines() if (line := _plain(raw))]
    top, height = float(block.top_left_y), float(block.bottom_right_y - block.top_left_y)
    for at, line in enumerate(lines):
        y0, y1 = top + height * at / len(lines), top + height * (at + 1) / len(lines)
        yield Word(line, _score(block), float(block.top_left_x), y0, float(block.bottom_right_x), y1)


def _score(block: Any) -> float:
    score = getattr(getattr(block, "confidence_scores", None), "average_content_confidence_score", None)
    return float(score) if isinstance(score, float | int) else _UNSURE


def _plain(line: str) -> str:
    """A line of Markdown as it is printed; a row of a table with gaps between its cells."""
    if _RULE.match(line):
        return ""
    cells = [cell.strip() for cell in _MARKS.sub("", line).strip().strip("|").split("|")]
    return "  ".join(cell for cell in cells if cell)
