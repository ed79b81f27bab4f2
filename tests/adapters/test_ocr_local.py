"""Text in images, read on this machine: what it sees, which way up, and what it refuses. The real models run here."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from backend.adapters.ocr_local import LocalOcr
from backend.core.errors import Busy, InvalidInput
from backend.domains.blueprints.reports.proposing import read_report
from backend.domains.blueprints.screens.proposing import propose_screen
from tests.adapters.drawn_screens import comparison, storefront
from tests.rules.blueprints.report_samples import BOLD_HEAD, FACTS, FINDINGS, document, scanned, simple, table


@pytest.fixture(scope="module")
def ocr() -> LocalOcr:
    return LocalOcr()


def turned(image: bytes, degrees: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(image)) as opened:
        opened.rotate(-degrees, expand=True).save(out, "PNG")
    return out.getvalue()


TABLE = comparison(
    [
        ["Odometer", "41,230 mi", "61,000 mi"],
        ["Fuel type", "Diesel", "Petrol"],
        ["Exterior colour", "Deep Black", "Pearl White"],
    ]
)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
async def test_writing_is_read_whichever_way_it_is_turned(ocr: LocalOcr, degrees: int) -> None:
    words = await ocr.read(turned(TABLE, degrees))
    assert {"Odometer", "41,230 mi", "Pearl White"} <= {word.text for word in words}
    assert {word.turned for word in words} == {degrees}


@pytest.mark.parametrize("image", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + bytes(50), b"%PDF-1.7"])
async def test_what_is_no_image_is_refused_and_the_next_one_read(ocr: LocalOcr, image: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"core\.unreadable_image"):
        await ocr.read(image)
    assert await ocr.read(TABLE)


async def test_a_picture_of_too_many_pixels_is_refused(ocr: LocalOcr) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(InvalidInput, match=r"core\.unreadable_image"):
        await ocr.read(out.getvalue())


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(Busy, match=r"core\.ocr_too_slow"):
        await LocalOcr(wall_seconds=0.01).read(TABLE)


async def test_a_scanned_report_says_what_the_printed_one_does(ocr: LocalOcr, tmp_path: Path) -> None:
    printed = simple(tmp_path / "report.pdf")
    report = await read_report(scanned(tmp_path / "scan.pdf", printed, degrees=1.2), ocr=ocr)
    assert [(field.label, field.text) for field in report.fields] == FACTS
    assert report.strategy == "ocr"


async def test_findings_are_read_from_a_scan(ocr: LocalOcr, tmp_path: Path) -> None:
    printed = document(tmp_path / "report.pdf", table(FINDINGS, BOLD_HEAD, widths=[110, 80, 340]))
    report = await read_report(scanned(tmp_path / "scan.pdf", printed, degrees=-0.8), ocr=ocr)
    assert [dict(item.cells) for item in report.items] == [
        dict(zip(FINDINGS[0], row, strict=True)) for row in FINDINGS[1:]
    ]


async def test_a_drawn_storefront_is_understood(ocr: LocalOcr, tmp_path: Path) -> None:
    path = tmp_path / "screen.png"
    path.write_bytes(
        storefront(
            [
                ["2021 Tesla Model 3", "$38,900", "94% match", "Boston, MA"],
                ["2020 Honda Accord", "$21,450", "88% match", "Austin, TX"],
            ],
            ["Budget", "Condition", "Year"],
            ["Reserve", "Request info"],
        )
    )
    screen = await propose_screen(path, ocr=ocr)
    assert screen.tile_fields == ("media", "title", "price", "match", "location")
    assert screen.chips == ("Budget", "Condition", "Year")
    assert screen.actions == ("Reserve", "Request Info")
