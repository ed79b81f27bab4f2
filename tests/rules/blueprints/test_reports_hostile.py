"""Reports that are damaged, locked, endless or full of tricks: refused clearly, or read without obeying them."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from backend.core.errors import AppError, Conflict, InvalidInput, NotFound
from backend.domains.blueprints.reports.proposing import ReportLimits, read_report, render_page
from tests.rules.blueprints.report_samples import FACTS, drawn, many_pages, protected, simple, with_script


async def refused(path: Path, *, limits: ReportLimits | None = None) -> AppError:
    with pytest.raises(AppError) as caught:
        await read_report(path, ocr=None, limits=limits)
    return caught.value


async def test_a_password_is_asked_for_in_words(tmp_path: Path) -> None:
    assert (await refused(protected(tmp_path / "locked.pdf"))).code == "blueprints.protected_report"


async def test_ten_thousand_pages_are_refused_at_once(tmp_path: Path) -> None:
    path = many_pages(tmp_path / "long.pdf", 10_000)
    started = time.monotonic()
    error = await refused(path)
    assert (error.code, error.facts["pages"], error.facts["limit"]) == (
        "blueprints.too_many_pages",
        10_000,
        200,
    )
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "content", [b"", b"no pdf", b"%PDF-1.7\nnothing behind it", b"PK\x03\x04" + bytes(100)]
)
async def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.pdf"
    path.write_bytes(content)
    assert (await refused(path)).code == "blueprints.unreadable_report"


async def test_large_files_are_refused_unread(tmp_path: Path) -> None:
    error = await refused(simple(tmp_path / "report.pdf"), limits=ReportLimits(file_bytes=100))
    assert (error.code, error.facts["limit_bytes"]) == ("blueprints.report_too_large", 100)


async def test_a_lost_table_of_places_is_mended(tmp_path: Path) -> None:
    path = simple(tmp_path / "report.pdf")
    whole = path.read_bytes()
    at = whole.rindex(b"startxref")
    path.write_bytes(whole[:at] + b"startxref\n99999999\n%%EOF")
    report = await read_report(path, ocr=None)
    assert [(field.label, field.text) for field in report.fields] == FACTS


async def test_a_file_cut_in_two_is_refused_or_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = simple(tmp_path / "report.pdf")
    path.write_bytes(path.read_bytes()[:900])
    outcome = "read"
    try:
        await read_report(path, ocr=None)
    except InvalidInput as error:
        outcome = error.code
    assert outcome in {"read", "blueprints.unreadable_report"}


async def test_scripts_and_programs_are_named_and_never_run(tmp_path: Path) -> None:
    report = await read_report(with_script(tmp_path / "report.pdf"), ocr=None)
    assert [(field.label, field.text) for field in report.fields] == FACTS
    said = " ".join(note.text for note in report.notes)
    assert "scripts" in said
    assert "start a program" in said


async def test_a_page_of_a_square_kilometer_stays_small_as_a_picture(tmp_path: Path) -> None:
    path = drawn(
        tmp_path / "huge.pdf",
        lambda canvas: canvas.drawString(60, 60, "Make: Volkswagen"),
        pagesize=(1e6, 1e6),
    )
    report = await read_report(path, ocr=None)
    assert [(field.label, field.text) for field in report.fields] == [("Make", "Volkswagen")]
    with Image.open(io.BytesIO(render_page(path, 1))) as picture:
        assert picture.width * picture.height <= ReportLimits().pixels + picture.width + picture.height


async def test_a_flood_of_letters_ends_in_bounds(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(600):
            canvas.drawString(0, row, "x " * 300)

    started = time.monotonic()
    report = await read_report(drawn(tmp_path / "flood.pdf", draw), ocr=None)
    assert report.fields == ()
    assert "more letters" in report.notes[0].text
    assert time.monotonic() - started < 60


async def test_too_little_memory_is_an_answer(tmp_path: Path) -> None:
    error = await refused(simple(tmp_path / "report.pdf"), limits=ReportLimits(worker_memory_bytes=40 << 20))
    assert error.code in {"blueprints.report_too_complex", "blueprints.unreadable_report"}


async def test_reading_stops_when_told_to(tmp_path: Path) -> None:
    path = many_pages(tmp_path / "report.pdf", 150)
    seen: list[int] = []
    with pytest.raises(Conflict, match=r"blueprints\.cancelled"):
        await read_report(
            path,
            ocr=None,
            progress=lambda stage, done, total: seen.append(done),
            cancelled=lambda: len(seen) >= 3,
        )
    assert 3 <= len(seen) < 150


def test_pages_are_shown_as_pictures(tmp_path: Path) -> None:
    path = simple(tmp_path / "report.pdf")
    with Image.open(io.BytesIO(render_page(path, 1, dpi=72))) as picture:
        assert (picture.format, picture.size) == ("PNG", (596, 842))
    with pytest.raises(NotFound, match=r"blueprints\.no_such_page"):
        render_page(path, 2)
