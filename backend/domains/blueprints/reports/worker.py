"""A process that reads one PDF: its words, its ruled tables, and pictures of pages that carry no readable text.

Started by `pages` with its order as the only argument. Writes one line of JSON per page to stdout, the last line
is an object. Imports nothing of the product: it may die of its input. Scripts, actions and embedded files are counted,
never opened or run.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pypdfium2 as pdfium

_BOLD = re.compile(r"bold|black|heavy|semib|demi|[-,]bd\b", re.IGNORECASE)
_ACTIONS = {"JavaScript": "scripts", "Launch": "launch", "SubmitForm": "submit", "ImportData": "submit"}
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_MOST_LINES = 1000  # of a page that pdfium alone can read
_VOWEL = re.compile(r"[aeiouyàâäáãåæçéèêëíìîïóòôöõøœúùûüÿ]", re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]{4,}")


def limit_resources(order: Mapping[str, Any]) -> None:
    """Where the platform has them. Without limits the wall clock of `pages` still stands."""
    try:
        import resource
    except ImportError:
        return
    wanted = {
        resource.RLIMIT_AS: order["memory"],
        resource.RLIMIT_CPU: order["seconds"],
        resource.RLIMIT_FSIZE: order["file_bytes"],
    }
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def say(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def refuse(code: str, /, **facts: Any) -> dict[str, Any]:
    return {"problem": code, "facts": facts}


def open_document(order: Mapping[str, Any]) -> pdfium.PdfDocument | dict[str, Any]:
    """The document, or why it is refused."""
    try:
        document = pdfium.PdfDocument(order["path"])
    except pdfium.PdfiumError as error:
        protected = getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower()
        return refuse("protected_report" if protected else "unreadable_report")
    count = len(document)
    if not count:
        return refuse("unreadable_report")
    if count > order["pages"]:
        return refuse("too_many_pages", pages=count, limit=order["pages"])
    return document


def read(order: Mapping[str, Any]) -> dict[str, Any]:
    document = open_document(order)
    if isinstance(document, dict):
        return document
    say({"pages": len(document)})
    ignored: set[str] = set()
    plumbed = _plumb(order["path"], ignored)
    for number in range(1, len(document) + 1):
        sheet = document[number - 1]
        width, height = sheet.get_size()
        content: dict[str, Any] = {"page": number, "width": width, "height": height}
        source = plumbed[number - 1] if plumbed and number <= len(plumbed) else None
        content |= (_content(source, ignored, order) if source else None) or _plain_content(sheet)
        if need := _picture_reason(content):
            name = f"page-{number}.png"
            dpi = min(max(content["native_dpi"] or order["dpi"], 0.7 * order["dpi"]), 1.1 * order["dpi"])
            _picture(sheet, dpi, order["pixels"], gray=True).save(Path(order["folder"]) / name)
            content |= {"image": name, "image_reason": need}
        say(content)
        sheet.close()
    return {"ignored": sorted(ignored)}


def _plumb(path: str, ignored: set[str]) -> list[Any] | None:
    """The pages as pdfplumber sees them; None where the file is too damaged for it and pdfium must do."""
    import pdfplumber

    logging.disable(logging.CRITICAL)
    try:
        opened = pdfplumber.open(path)
        _note_document(opened.doc.catalog, ignored)
        return opened.pages
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pdfminer raises whatever a broken file makes it raise
        return None


def _content(page: Any, ignored: set[str], order: Mapping[str, Any]) -> dict[str, Any] | None:
    """Words, cells of ruled tables and how much of the page is pictures; None where the page is too broken or large."""
    try:
        if len(page.chars) > order["page_chars"]:  # words and tables of so many would take minutes
            ignored.add("crowded_pages")
            return {"words": [], "tables": [], "coverage": 0.0, "curves": 0, "native_dpi": None}
        upright = page.filter(lambda thing: thing.get("upright", True)).dedupe_chars()
        left, top = page.bbox[0], page.bbox[1]
        words = [*_words(upright), *_form_values(page, ignored)]
        return {
            "words": [[w[0], w[1] - left, w[2] - top, w[3] - left, w[4] - top, *w[5:]] for w in words],
            "tables": [[_moved(row, left, top) for row in table] for table in _tables(upright, order)],
            "coverage": _coverage(page),
            "curves": len(page.curves),
            "native_dpi": _native_dpi(page),
        }
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above: pdfium reads the page instead
        return None
    finally:
        page.close()


def _words(page: Any) -> Iterator[list[Any]]:
    found = page.extract_words(
        x_tolerance_ratio=0.2, y_tolerance=2, keep_blank_chars=False, extra_attrs=["fontname", "size"]
    )
    for word in found:
        bold = bool(_BOLD.search(str(word["fontname"])))
        yield [word["text"], word["x0"], word["top"], word["x1"], word["bottom"], bold, word["size"]]


def _tables(page: Any, order: Mapping[str, Any]) -> Iterator[list[list[Any]]]:
    if len(page.edges) > order["edges"]:
        return
    for table in page.find_tables():
        yield [[list(cell) if cell else None for cell in row.cells] for row in table.rows]


def _moved(row: list[Any], left: float, top: float) -> list[Any]:
    return [[cell[0] - left, cell[1] - top, cell[2] - left, cell[3] - top] if cell else None for cell in row]


def _coverage(page: Any) -> float:
    """The share of the page that its pictures take up. Unit: 0 to 1, overlaps counted twice."""
    area = float(page.width * page.height) or 1.0
    total = 0.0
    for image in page.images:
        across = min(image["x1"], page.bbox[2]) - max(image["x0"], page.bbox[0])
        down = min(image["bottom"], page.bbox[3]) - max(image["top"], page.bbox[1])
        total += max(across, 0) * max(down, 0)
    return min(total / area, 1.0)


def _native_dpi(page: Any) -> float | None:
    """The resolution of the picture that fills the page: drawn in just that, its letters stay as they were scanned."""
    for image in page.images:
        wide = image["x1"] - image["x0"]
        if wide > 0.6 * page.width and image["bottom"] - image["top"] > 0.6 * page.height:
            return image["srcsize"][0] / wide * 72
    return None


def _note_document(catalog: Mapping[str, Any], ignored: set[str]) -> None:
    from pdfminer.pdftypes import resolve1

    names: Any = resolve1(catalog.get("Names"))
    names = names if isinstance(names, dict) else {}
    if "JavaScript" in names:
        ignored.add("scripts")
    if "EmbeddedFiles" in names or "AF" in catalog:
        ignored.add("embedded_files")
    for key in ("OpenAction", "AA"):
        _note_action(catalog.get(key), ignored, depth=3)


def _note_action(thing: Any, ignored: set[str], *, depth: int) -> None:
    from pdfminer.pdftypes import resolve1

    action: Any = resolve1(thing)
    if not isinstance(action, dict) or not depth:
        return
    kind = getattr(resolve1(action.get("S")), "name", None)
    if kind in _ACTIONS:
        ignored.add(_ACTIONS[kind])
    for value in list(cast("dict[str, Any]", action).values())[:20]:
        if not isinstance(value, int | float | str | bytes):
            _note_action(value, ignored, depth=depth - 1)


def _form_values(page: Any, ignored: set[str]) -> Iterator[list[Any]]:
    """What is filled into form fields, as words in their places. Buttons and choices of several are left aside."""
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    _note_action(page.page_obj.attrs.get("AA"), ignored, depth=2)
    for annotation in page.annots[:2000]:
        data = annotation.get("data") or {}
        for key in ("A", "AA"):
            _note_action(data.get(key), ignored, depth=2)
        kind = getattr(data.get("Subtype"), "name", "")
        if kind in {"FileAttachment", "RichMedia", "Movie", "Sound", "Screen"}:
            ignored.add("embedded_files")
        value = resolve1(data.get("V", (resolve1(data.get("Parent")) or {}).get("V")))
        if kind == "Widget" and isinstance(value, bytes) and value.strip():
            text = decode_text(value)[:500]
            size = max(4.0, min(12.0, annotation["bottom"] - annotation["top"] - 2))
            box = [annotation[edge] for edge in ("x0", "top", "x1", "bottom")]
            yield [" ".join(text.split()), *box, False, size]


def _plain_content(page: pdfium.PdfPage) -> dict[str, Any]:
    """The lines pdfium finds, for pages that pdfplumber cannot read."""
    text, height = page.get_textpage(), page.get_size()[1]
    words: list[list[Any]] = []
    for at in range(min(text.count_rects(), _MOST_LINES)):
        x0, bottom, x1, top = text.get_rect(at)
        line = " ".join(text.get_text_bounded(x0, bottom, x1, top).split())
        if line:
            words.append([line, x0, height - top, x1, height - bottom, False, (top - bottom) * 0.9])
    text.close()
    return {"words": words, "tables": [], "coverage": 0.0 if words else 1.0, "curves": 0, "native_dpi": None}


def _picture_reason(content: Mapping[str, Any]) -> str | None:
    """Why a page must be read from its picture: it has no text, broken text, or large pictures beside its text."""
    words = [str(word[0]) for word in content["words"]]
    letters = sum(map(len, words))
    drawn = content["coverage"] >= 0.05 or content["curves"] >= 100
    if letters < 12:
        return "no_text" if drawn else None
    if is_garbage(words):
        return "broken_text"
    return "pictures" if content["coverage"] >= 0.2 else None


def is_garbage(words: list[str]) -> bool:
    """Whether a text layer is not what the page shows: characters without meaning, or words no language has."""
    text = "".join(words)
    unknown = len(re.findall(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd\x00-\x1f]", text))
    if unknown >= 0.2 * max(len(words), len(re.sub(r"\(cid:\d+\)", "?", text)) / 2):
        return True
    latin = [run for word in words for run in _LATIN.findall(word) if not run.isupper()]
    mute = sum(not _VOWEL.search(run) for run in latin)
    return len(latin) >= 6 and mute > 0.35 * len(latin)


def _picture(page: pdfium.PdfPage, dpi: float, pixels: int, *, gray: bool) -> Any:
    width, height = page.get_size()
    scale = min(dpi / 72, (pixels / max(width * height, 1)) ** 0.5, 10_000 / max(width, height, 1))
    drawing: Any = page.render  # its stub asks for whole scales
    return drawing(scale=scale, grayscale=gray, may_draw_forms=False).to_pil()


def render(order: Mapping[str, Any]) -> dict[str, Any]:
    document = open_document(order)
    if isinstance(document, dict):
        return document
    if not 1 <= order["page"] <= len(document):
        return refuse("no_such_page", page=order["page"], pages=len(document))
    picture = _picture(document[order["page"] - 1], order["dpi"], order["pixels"], gray=False)
    picture.save(Path(order["folder"]) / "page.png", compress_level=3)
    return {}


def main() -> None:
    order = json.loads(sys.argv[1])
    limit_resources(order)
    try:
        closing = render(order) if order["task"] == "render" else read(order)
    except MemoryError:
        closing = refuse("report_too_complex")
    except (pdfium.PdfiumError, OSError, ValueError, RecursionError):
        closing = refuse("unreadable_report")
    say(closing)


if __name__ == "__main__":
    main()
