"""From words with boxes to lines and cells: what stands beside what on a page. Pure; knows no label and no value.

Lengths are points; distances between words are measured in the size of their letters, so that small print and headlines
follow the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from backend.domains.blueprints.reports.pages import Bounds, Token

_GAP: Final = 0.95  # of the letters' size: a wider gap divides two cells, a narrower one two words
_RUN_GAP: Final = 0.35  # the same between runs of words, whose boxes reach a little beyond their letters
_LEADER: Final = re.compile(r"\s*(?:[.·…‥_]{3,}|(?:[.·_] ){3,}[.·_]?)\s*")
_LEADER_ONLY: Final = re.compile(r"[.·…‥_\-–—]{3,}|[.·…‥]")


@dataclass(frozen=True, slots=True)
class Cell:
    """Text that stands together. `strong` is the part in bold that it begins with, where only a part is bold.

    `lines` are its lines where it has several, `starts` where the words of a single line begin: (character, x0).
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    bold: bool = False
    size: float = 10.0
    strong: str = ""
    lines: tuple[Cell, ...] = ()
    starts: tuple[tuple[int, float], ...] = ()

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def bounds(self) -> Bounds:
        return self.x0, self.y0, self.x1, self.y1


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in rows and columns; every row has one entry a column. `ruled`: the page draws lines around them."""

    rows: tuple[tuple[Cell | None, ...], ...]
    columns: tuple[tuple[float, float], ...]
    ruled: bool = False

    @property
    def top(self) -> float:
        return min((cell.y0 for row in self.rows for cell in row if cell), default=0.0)


Line = tuple[Cell, ...]


def lines_of(tokens: Iterable[Token]) -> list[Line]:
    """Rows of cells, top to bottom, cells left to right."""
    bands: list[list[Token]] = []
    for token in sorted(
        (part for each in tokens for part in _without_leaders(each)), key=lambda t: (t.y0 + t.y1, t.x0)
    ):
        band = next((b for b in reversed(bands[-4:]) if _beside(b, token)), None)
        if band is None:
            bands.append([token])
        else:
            band.append(token)
    lines = [tuple(_cells(sorted(band, key=lambda t: t.x0))) for band in bands]
    return sorted((line for line in lines if line), key=lambda line: min(cell.middle for cell in line))


def _beside(band: Sequence[Token], token: Token) -> bool:
    """Whether a token stands in the row of a band: its nearest neighbors there overlap it in height."""
    near = min(band, key=lambda other: max(other.x0 - token.x1, token.x0 - other.x1, 0))
    overlap = min(near.y1, token.y1) - max(near.y0, token.y0)
    return overlap > 0.5 * min(near.y1 - near.y0, token.y1 - token.y0)


def _without_leaders(token: Token) -> list[Token]:
    """A token without the dots that lead the eye; what stands before and after them is two tokens."""
    if _LEADER_ONLY.fullmatch(token.text):
        lone = len(token.text) < 3
        return (
            [replace(token, text="\t")]
            if not lone
            else [replace(token, text="\t" if token.text in ".·…‥" else token.text)]
        )
    found = _LEADER.search(token.text)
    if not found:
        return [token]
    per = (token.x1 - token.x0) / len(token.text)
    before, after = token.text[: found.start()], token.text[found.end() :]
    left, right = token.x0 + per * found.start(), token.x0 + per * found.end()
    parts = [replace(token, text=before, x1=left)] if before else []
    parts.append(replace(token, text="\t", x0=left, x1=right))
    return parts + ([replace(token, text=after, x0=right)] if after else [])


def _cells(tokens: Sequence[Token]) -> list[Cell]:
    groups: list[list[Token]] = []
    divided = True
    for token in tokens:
        if token.text == "\t":
            divided = True
            continue
        last = groups[-1][-1] if groups else None
        if divided or last is None or token.x0 - last.x1 > _gap(last, token):
            groups.append([token])
        else:
            groups[-1].append(token)
        divided = False
    return [cell_of(group) for group in groups]


def _gap(last: Token, token: Token) -> float:
    """The distance from which two tokens are two cells."""
    return (_RUN_GAP if last.is_run and token.is_run else _GAP) * min(token.size, last.size)


def cell_of(tokens: Sequence[Token]) -> Cell:
    """One line of tokens as a cell."""
    strong: list[str] = []
    for token in tokens:
        if not token.bold:
            break
        strong.append(token.text)
    bold = len(strong) == len(tokens)
    return Cell(
        text=_spaced(tokens),
        x0=min(token.x0 for token in tokens),
        y0=min(token.y0 for token in tokens),
        x1=max(token.x1 for token in tokens),
        y1=max(token.y1 for token in tokens),
        bold=bold,
        size=median(token.size for token in tokens),
        strong="" if bold else _spaced(tokens[: len(strong)]),
        starts=tuple(
            (len(_spaced(tokens[:at])) + 1 if at else 0, token.x0) for at, token in enumerate(tokens)
        ),
    )


def _spaced(tokens: Sequence[Token]) -> str:
    """Words divided by one space, but where two tokens touch: a change of letter type within a word is no gap."""
    text = ""
    for at, token in enumerate(tokens):
        touching = (
            at > 0 and token.x0 - tokens[at - 1].x1 < 0.04 * token.size and token.bold != tokens[at - 1].bold
        )
        text += token.text if touching or not text else f" {token.text}"
    return " ".join(text.split())


def joined(cells: Sequence[Cell]) -> Cell:
    """Several lines as one cell; a word divided by a hyphen at the end of a line is made whole."""
    text = cells[0].text
    for cell in cells[1:]:
        divided = re.search(r"[^\W\d_]-$", text) and cell.text[:1].islower()
        text = text[:-1] + cell.text if divided else f"{text} {cell.text}"
    first = cells[0]
    return Cell(
        text=text,
        x0=min(cell.x0 for cell in cells),
        y0=min(cell.y0 for cell in cells),
        x1=max(cell.x1 for cell in cells),
        y1=max(cell.y1 for cell in cells),
        bold=all(cell.bold for cell in cells),
        size=first.size,
        strong=first.strong,
        lines=tuple(line for cell in cells for line in (cell.lines or (cell,))),
    )


def joined_line(line: Line) -> Cell:
    """The cells of one line as one cell: wide gaps within a drawn cell divide nothing."""
    if len(line) == 1:
        return line[0]
    whole = joined(line)
    strong = (
        " ".join(cell.text for cell in line if cell.bold) if line[0].bold and not whole.bold else whole.strong
    )
    return replace(whole, lines=(), strong=strong)
