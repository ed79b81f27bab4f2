"""What a cell looks like, before anybody knows what it means: a number, a date, a word. Pure; decides nothing."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from backend.domains.catalogue.cells import Cell, plain, says_nothing

Shape: TypeAlias = Literal["empty", "number", "date", "link", "code", "word", "prose", "mark"]

_PROSE_FROM: Final = 80  # characters; no column has such a name
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([ T]\d.*)?|\d{1,2}[./]\d{4}"
    r"|\d{1,2}\.? ?[^\W\d]{3,9}\.?,? \d{2,4}|[^\W\d]{3,9}\.? \d{1,2}, ?\d{4}"
)
_NUMBER = re.compile(
    r"[~<>≈]?\s*[-+(]?\s*[^\w\s]{0,2}\s*[A-Z]{0,3}\s*[$€£¥]?\s*\d[\d.,'’ \u00a0\u202f]*\W{0,2}\s*[^\W\d]{0,4}[.²³]?\)?[-–—%]*"
)
_LINK = re.compile(r"(https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_MARKS: Final = frozenset("✓✔☑✗✘☒×●○•")


def shape(cell: Cell) -> Shape:
    """The kind of writing in a cell; tokens such as `n/a` count as empty."""
    if cell is None or isinstance(cell, bool):
        return "empty" if cell is None else "mark"
    if not isinstance(cell, str):
        return "number"
    text = cell.strip()
    if says_nothing(text):
        return "empty"
    if len(text) > _PROSE_FROM:
        return "link" if _LINK.match(text) else "prose"
    if not any(map(str.isdigit, text)):
        if _LINK.fullmatch(text):
            return "link"
        return "mark" if text in _MARKS else "word"
    if _DATE.fullmatch(text):
        return "date"
    if _NUMBER.fullmatch(text):
        return "number"
    if _LINK.fullmatch(text):
        return "link"
    return "word" if " " in text else "code"


def signature(cell: Cell) -> str:
    """The pattern of a code: `HE-722` and `AB-1` are both `A-9`; digits alone keep their number, so `40210` is `99999`."""
    text = plain(cell)[:80]
    if text.isdigit():
        return "9" * len(text)
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))[:40]
