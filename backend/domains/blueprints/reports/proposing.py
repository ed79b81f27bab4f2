"""Reports (PDF): how each page is to be read, what it says, and what that means for a listing.

The file itself is opened by `worker` alone; pictures of text are read by the `Ocr` port.
"""

from __future__ import annotations

import asyncio
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from backend.core.errors import AppError, Conflict
from backend.core.ports import Embedder, Ocr, Word
from backend.domains.blueprints.model import Evidence, Remembered, ReportItem, ReportProposal
from backend.domains.blueprints.reports.cells import lines_of
from backend.domains.blueprints.reports.links import link_reports
from backend.domains.blueprints.reports.pages import (
    Cancelled,
    PageContent,
    Pages,
    Progress,
    ReportLimits,
    Token,
    read_pages,
    render_page,
)
from backend.domains.blueprints.reports.reading import (
    STRONGEST,
    Printed,
    Reading,
    SheetOfPaper,
    Strategy,
    read_printed,
)
from backend.domains.blueprints.reports.scans import main_turn, tokens_of_words
from backend.domains.blueprints.reports.shapes import order_of_dates
from backend.domains.blueprints.reports.values import fields_of, is_known, spaced

__all__ = ["ReportLimits", "link_reports", "read_report", "render_page"]

_IGNORED: Final = {
    "scripts": "The file carries scripts. They were not run.",
    "launch": "The file wants to start a program. It was not started.",
    "submit": "The file wants to send or fetch data. It was not allowed to.",
    "crowded_pages": "A page has more letters than any report. It was left unread.",
    "embedded_files": "The file carries other files. They were not opened.",
}
_MOST_TITLE: Final = 300
_LEAST_LINES: Final = (
    3  # of text in a picture beside the page's own, from which it counts as a part of the report
)


async def read_report(
    path: Path,
    *,
    ocr: Ocr | None,
    embedder: Embedder | None = None,
    remembered: Sequence[Remembered] = (),
    file: str = "",
    limits: ReportLimits | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ReportProposal:
    """What a report says, field by field and row by row, each with its place. Without `ocr`, scanned pages stay unread.

    Raises: as `read_pages`; Busy where reading text in pictures takes too long.
    """
    bounds = limits or ReportLimits()
    with tempfile.TemporaryDirectory() as folder:
        pages = await asyncio.to_thread(
            read_pages, path, Path(folder), limits=bounds, progress=progress, cancelled=cancelled
        )
        sheets, notes = await _sheets(pages, ocr, bounds, progress, cancelled)
    return await asyncio.to_thread(
        _propose, sheets, [*notes, *_ignored(pages)], embedder, remembered, file or path.name
    )


def _propose(
    sheets: Sequence[SheetOfPaper],
    notes: Sequence[Evidence],
    embedder: Embedder | None,
    remembered: Sequence[Remembered],
    file: str,
) -> ReportProposal:
    read = read_printed(sheets, is_known)
    printed = [_mended(each) for each in read.printed]
    first = sheets[0].content
    meant = fields_of(
        printed,
        text=" ".join(read.texts)[:_MOST_TITLE],
        dates=order_of_dates(read.texts, is_letter=_is_letter(first)),
        embedder=embedder,
        remembered=remembered,
    )
    return ReportProposal(
        file=file,
        strategy=strongest(read),
        page_strategies=read.strategies,
        page_sizes=tuple((sheet.content.width, sheet.content.height) for sheet in sheets),
        fields=meant.fields,
        items=tuple(ReportItem(finding.cells, finding.box) for finding in read.findings),
        item_columns=read.heads,
        notes=(*notes, *meant.notes),
    )


def strongest(read: Reading) -> Strategy:
    found: list[Strategy] = [each for each in STRONGEST if each in read.strategies]
    return found[0] if found else "text"


def _mended(each: Printed) -> Printed:
    return Printed(spaced(each.label), each.text, each.box, each.is_scan) if each.is_scan else each


def _is_letter(page: PageContent) -> bool:
    short, long = sorted((page.width, page.height))
    return abs(short - 612) < 6 and (abs(long - 792) < 6 or abs(long - 1008) < 6)


def _ignored(pages: Pages) -> list[Evidence]:
    return [Evidence("file", _IGNORED[what]) for what in pages.ignored if what in _IGNORED]


async def _sheets(
    pages: Pages,
    ocr: Ocr | None,
    limits: ReportLimits,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> tuple[list[SheetOfPaper], list[Evidence]]:
    """The pages with their text, from their pictures where they have none."""
    pictured = [page for page in pages.pages if page.picture]
    sheets: list[SheetOfPaper] = []
    notes: list[Evidence] = []
    done = 0
    for page in pages.pages:
        if cancelled and cancelled():
            raise Conflict("blueprints.cancelled")
        sheet = SheetOfPaper(page, page.tokens)
        if page.picture is not None:
            done += 1
            if ocr is None or done > limits.ocr_pages:
                notes.append(Evidence("file", f"Page {page.number} is a picture whose text was not read."))
            else:
                sheet, note = await _read_picture(page, page.picture, ocr)
                notes += note
            if progress:
                progress("text in pictures", done, len(pictured))
        sheets.append(sheet)
    return sheets, notes


async def _read_picture(page: PageContent, picture: Path, ocr: Ocr) -> tuple[SheetOfPaper, list[Evidence]]:
    image = await asyncio.to_thread(picture.read_bytes)
    try:
        words = await ocr.read(image)
    except AppError as error:
        if error.status == 503:
            raise
        return SheetOfPaper(page, page.tokens), [
            Evidence("file", f"The text in the picture of page {page.number} could not be read.")
        ]
    return with_words(page, words, _measures(image)), []


def _measures(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG. Source: PNG specification, 11.2.2 (IHDR is the first chunk)."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def with_words(page: PageContent, words: Sequence[Word], pixels: tuple[int, int]) -> SheetOfPaper:
    """A page with the text of its picture: instead of its own, or beside it where only a part is a picture."""
    tokens = tokens_of_words(words, width=page.width, height=page.height, pixels=pixels)
    if page.reason != "pictures":
        return (
            SheetOfPaper(page, tokens, main_turn(words), is_scan=True)
            if tokens
            else SheetOfPaper(page, page.tokens)
        )
    beside = [token for token in tokens if not any(_overlap(token, own) for own in page.tokens)]
    if main_turn(words) or len(lines_of(beside)) < _LEAST_LINES:
        return SheetOfPaper(page, page.tokens)
    return SheetOfPaper(page, (*page.tokens, *beside), is_scan=True)


def _overlap(token: Token, own: Token) -> bool:
    across = min(token.x1, own.x1) - max(token.x0, own.x0)
    down = min(token.y1, own.y1) - max(token.y0, own.y0)
    return across > 0 and down > 0.3 * min(token.y1 - token.y0, own.y1 - own.y0)
