"""Mistral OCR through its real library: boxes of lines, and reading on this machine wherever it fails."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from backend.adapters.ocr_mistral import MistralOcr
from backend.core.ports import Word
from tests.adapters.providers import Provider, cut, hangs_up, plain, provider, raw, refuses, slow
from tests.fakes import FixedOcr

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
LOCAL = (Word("read here", 0.8, 1, 2, 3, 4),)


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


def block(kind: str, content: str, box: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    names = ("top_left_x", "top_left_y", "bottom_right_x", "bottom_right_y")
    return {"type": kind, "content": content, **dict(zip(names, box, strict=True)), **more}


def page(*blocks: dict[str, Any], markdown: str = "text") -> dict[str, Any]:
    return {
        "pages": [
            {
                "index": 0, "markdown": markdown, "images": [], "dimensions": {"dpi": 200, "height": 1000, "width": 800},
                "blocks": list(blocks),
            }
        ],
        "model": "mistral-ocr-latest",
        "usage_info": {"pages_processed": 1, "doc_size_bytes": 38},
    }  # fmt: skip


async def read(there: Provider, *, timeout_s: float = 5.0) -> tuple[tuple[Word, ...], FixedOcr]:
    local = FixedOcr(LOCAL)
    ocr = MistralOcr(
        "sk-secret", model="mistral-ocr-latest", local=local, base_url=there.url, timeout_s=timeout_s
    )
    try:
        return await ocr.read(PNG), local
    finally:
        await ocr.close()


async def test_blocks_become_lines_with_boxes(there: Provider) -> None:
    score = {"average_content_confidence_score": 0.97, "minimum_content_confidence_score": 0.5}
    there.replies = [
        plain(
            page(
                block(
                    "table", "| Part | State |\n| --- | --- |\n| Brakes | **worn** |", (100, 300, 700, 400)
                ),
                block("title", "# Inspection report", (100, 50, 500, 90), confidence_scores=score),
                block("text", "VIN: 1HGCM82633A004352\nOdometer: 42,120 mi", (100, 120, 600, 200)),
                block("image", "", (0, 0, 50, 50), image_id="img-0"),
            )
        )
    ]
    words, local = await read(there)
    assert [word.text for word in words] == [
        "Inspection report", "VIN: 1HGCM82633A004352", "Odometer: 42,120 mi", "Part  State", "Brakes  worn",
    ]  # fmt: skip
    assert words[0].confidence == 0.97
    assert [(w.x0, w.y0, w.x1, w.y1) for w in words[1:3]] == [(100, 120, 600, 160), (100, 160, 600, 200)]
    assert local.seen == []
    ((path, headers, body),) = there.asked
    assert path == "/v1/ocr"
    assert {name.lower(): value for name, value in headers.items()}["authorization"] == "Bearer sk-secret"
    assert body["document"]["type"] == "image_url"
    address = body["document"]["image_url"]
    sent = address if isinstance(address, str) else address["url"]
    assert sent == f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert body["include_blocks"] is True


@pytest.mark.parametrize(
    "reply",
    [
        refuses(401), refuses(429, retry_after="30"), refuses(500), cut, hangs_up, raw(b"<html>"), plain({"pages": 3}),
        plain(page(markdown="words without a place")), slow(3, plain(page())),
    ],
)  # fmt: skip
async def test_whatever_goes_wrong_it_is_read_here(
    there: Provider, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    there.replies = [reply]
    with caplog.at_level(logging.DEBUG):
        words, local = await read(there, timeout_s=1.0)
    assert words == LOCAL
    assert local.seen == [PNG]
    assert "sk-secret" not in caplog.text


async def test_a_page_without_text_has_none(there: Provider) -> None:
    there.replies = [plain(page(markdown=" "))]
    words, local = await read(there)
    assert words == ()
    assert local.seen == []
