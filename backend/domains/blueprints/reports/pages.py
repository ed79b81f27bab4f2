"""The door to `worker`: pages of a PDF as words with boxes, and pages as pictures. Decides nothing about meaning.

The worker has a limit of memory, processor time and files; its death is an error message and nothing more.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from backend.core.errors import Conflict, InvalidInput, NotFound

Progress: TypeAlias = Callable[[str, int, int], None]
Cancelled: TypeAlias = Callable[[], bool]
Bounds: TypeAlias = tuple[float, float, float, float]

_WORKER: Final = Path(__file__).with_name("worker.py")
_POLL_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class ReportLimits:
    """Bounds of one PDF. A file beyond them is refused whole."""

    file_bytes: int = 50 * 1024 * 1024
    pages: int = 200
    page_chars: int = 60_000
    edges: int = 4_000  # of ruled lines on a page; with more, its words are still read
    pixels: int = 25_000_000
    ocr_dpi: int = 160
    ocr_pages: int = 60
    worker_memory_bytes: int = 2 * 1024 * 1024 * 1024
    worker_seconds: int = 180
    wall_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a page. Unit: points from the top left corner.

    `is_run`: read from a picture, all words that stand together at once; another one beside it is another cell.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    bold: bool = False
    size: float = 10.0
    is_run: bool = False


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page holds. `tables`: rows of cells by their bounds; `picture` is there where the text must be read from it."""

    number: int
    width: float
    height: float
    tokens: tuple[Token, ...]
    tables: tuple[tuple[tuple[Bounds | None, ...], ...], ...] = ()
    picture: Path | None = None
    reason: str = ""


@dataclass(slots=True)
class Pages:
    pages: list[PageContent] = field(default_factory=list[PageContent])
    ignored: tuple[str, ...] = ()


def read_pages(
    path: Path,
    folder: Path,
    *,
    limits: ReportLimits,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Pages:
    """Every page; pictures of those without readable text are left in `folder`.

    Raises: InvalidInput `blueprints.unreadable_report`, `.protected_report`, `.too_many_pages` (pages, limit),
    `.report_too_large` (bytes, limit_bytes), `.report_too_complex`; Conflict `blueprints.cancelled`.
    """
    found, total = Pages(), 0
    for message in _answers(path, limits, cancelled, task="read", folder=str(folder)):
        if "pages" in message:
            total = message["pages"]
        elif "page" in message:
            found.pages.append(_page(message, folder))
            if progress:
                progress("pages", len(found.pages), total)
        else:
            found.ignored = tuple(message["ignored"])
    return found


def render_page(path: Path, page: int, *, dpi: float = 110, limits: ReportLimits | None = None) -> bytes:
    """One page as PNG.

    Raises: as `read_pages`, and NotFound `blueprints.no_such_page` (page, pages).
    """
    with tempfile.TemporaryDirectory() as folder:
        for _ in _answers(
            path, limits or ReportLimits(), None, task="render", folder=folder, page=page, dpi=dpi
        ):
            pass
        return (Path(folder) / "page.png").read_bytes()


def _page(message: Mapping[str, Any], folder: Path) -> PageContent:
    return PageContent(
        number=message["page"],
        width=message["width"],
        height=message["height"],
        tokens=tuple(Token(*word) for word in message["words"]),
        tables=tuple(
            tuple(tuple(_bounds(cell) for cell in row) for row in table) for table in message["tables"]
        ),
        picture=folder / message["image"] if "image" in message else None,
        reason=message.get("image_reason", ""),
    )


def _bounds(cell: list[float] | None) -> Bounds | None:
    return (cell[0], cell[1], cell[2], cell[3]) if cell else None


def _check(path: Path, limits: ReportLimits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise InvalidInput("blueprints.unreadable_report", file=path.name) from error
    if size > limits.file_bytes:
        raise InvalidInput(
            "blueprints.report_too_large", file=path.name, bytes=size, limit_bytes=limits.file_bytes
        )
    if b"%PDF-" not in start:
        raise InvalidInput("blueprints.unreadable_report", file=path.name)


def _answers(
    path: Path, limits: ReportLimits, cancelled: Cancelled | None, **task: Any
) -> Iterator[dict[str, Any]]:
    """The worker's messages; the last one says how it ended."""
    _check(path, limits)
    order = {
        "path": str(path.resolve()), "memory": limits.worker_memory_bytes, "seconds": limits.worker_seconds,
        "file_bytes": 128 << 20, "pages": limits.pages, "page_chars": limits.page_chars, "edges": limits.edges,
        "pixels": limits.pixels, "dpi": limits.ocr_dpi,
    } | task  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-I", str(_WORKER), json.dumps(order)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    ended = False
    try:
        for line in _lines(worker, time.monotonic() + limits.wall_seconds, path, cancelled):
            message = json.loads(line)
            ended = "page" not in message and "pages" not in message
            _raise_if_refused(path, message)
            yield message
    finally:
        worker.kill()
        worker.wait()
        if worker.stdout:
            worker.stdout.close()
    if not ended:
        raise InvalidInput("blueprints.report_too_complex", file=path.name)


def _lines(
    worker: subprocess.Popen[bytes], deadline: float, path: Path, cancelled: Cancelled | None
) -> Iterator[bytes]:
    assert worker.stdout is not None
    rest = b""
    while True:
        if cancelled and cancelled():
            raise Conflict("blueprints.cancelled")
        if time.monotonic() > deadline:
            raise InvalidInput("blueprints.report_too_complex", file=path.name)
        ready, _, _ = select.select([worker.stdout], [], [], _POLL_S)
        if not ready:
            continue
        chunk = worker.stdout.read1(1 << 20)  # pyright: ignore[reportAttributeAccessIssue]
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def _raise_if_refused(path: Path, message: Mapping[str, Any]) -> None:
    problem = message.get("problem")
    if problem is None:
        return
    facts = {"file": path.name, **message["facts"]}
    if problem == "no_such_page":
        raise NotFound("blueprints.no_such_page", **facts)
    raise InvalidInput(f"blueprints.{problem}", **facts)
