"""Tells listings from the other rows of a sheet: totals, sections, repeated names, remarks. Pure.

Judges by the first rows below the names, so that a survey and an import of the same file agree row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from statistics import median
from typing import Final, Literal, TypeAlias

from backend.domains.catalogue.cells import Cell, plain
from backend.domains.catalogue.shapes import shape, signature
from backend.domains.catalogue.words import REMARK, SUBTOTAL, TOTAL, TOTAL_BEGINS, TOTAL_OF

RowKind: TypeAlias = Literal["listing", "blank", "header", "subtotal", "total", "section", "note"]
Record: TypeAlias = tuple[int, Sequence[Cell]]

LEARNT_FROM: Final = 200  # rows
_COLUMNS: Final = 300
_AHEAD_CHARS: Final = 16_000_000
_OFTEN: Final = 0.3  # of rows with few cells: then they are listings too
_FRONT: Final = 2  # columns
_LABELS: Final = 4  # cells among which the word for a total stands


class RowSorter:
    """Knows the usual row of a sheet, and what is none."""

    def __init__(self, names: Sequence[str], sample: Sequence[Sequence[Cell]]) -> None:
        self._names = [name.casefold() for name in names]
        self._known = frozenset(name for name in self._names if name)
        rows = [row[:_COLUMNS] for row in sample if len(_filled(row)) > 1] or [
            row[:_COLUMNS] for row in sample
        ]
        usual = median(len(_filled(row)) for row in rows) if rows else 1
        self._full = 0.6 * usual
        self._sparse = max(2.0, 0.3 * usual)
        bare = sum(len(_filled(row)) <= self._sparse for row in rows)
        self._are_sparse = bare > _OFTEN * len(rows)
        self._is_wide = usual >= 4
        full = [row for row in rows if len(_filled(row)) >= self._full]
        width = max((len(row) for row in full), default=0)
        self._anchors = frozenset(at for at in range(width) if _is_anchor(full, at))
        self._ids = _ids(full, width)
        self._figures = tuple(at for at in range(width) if _is_figure(full, at))
        self._signatures = {
            at: frozenset(signature(row[at]) for row in full if at < len(row)) for at in self._ids
        }

    def kind(self, cells: Sequence[Cell]) -> RowKind:
        filled = _filled(cells)
        if not filled:
            return "blank"
        first = cells[filled[0]]
        text = first.strip() if isinstance(first, str) else ""
        if len(filled) >= self._full:
            if text and filled[0] < len(self._names) and text.casefold() == self._names[filled[0]]:
                return "header" if self._repeats_names(cells, filled) else "listing"
            return self._total(cells, filled) or self._described(cells) or "listing"
        if self._repeats_names(cells, filled):
            return "header"
        return self._total(cells, filled) or self._aside(cells, filled) or "listing"

    def _repeats_names(self, cells: Sequence[Cell], filled: Sequence[int]) -> bool:
        if all(plain(cells[at]).casefold() in self._known for at in filled) and len(filled) > 1:
            return True
        same = sum(
            at < len(self._names) and plain(cells[at]).casefold() == self._names[at] != "" for at in filled
        )
        return same >= 2 and same >= 0.6 * len(filled)

    def _total(self, cells: Sequence[Cell], filled: Sequence[int]) -> RowKind | None:
        for at in filled[:_LABELS]:
            cell = cells[at]
            if not isinstance(cell, str) or len(cell) > 100:
                continue
            if len(filled) >= self._full and cell.lstrip()[:2].casefold() not in TOTAL_BEGINS:
                continue  # a row that is full needs more than a hint, and most rows are
            label = cell.strip()
            exact = TOTAL.fullmatch(label) is not None
            if not exact and (len(filled) >= self._full or not TOTAL_OF.fullmatch(label)):
                continue
            if self._has_id(cells, at):
                return None
            others = self._anchors - {at}
            kept = sum(at in others and shape(cells[at]) in {"word", "code"} for at in filled)
            if kept * 3 <= len(others):
                return "subtotal" if SUBTOTAL.search(label) else "total"
        return None

    def _described(self, cells: Sequence[Cell]) -> RowKind | None:
        """A remark where every figure of a listing should be, such as `number, required` below its name."""
        if (
            len(self._figures) < 2
            or any(_has_digit(cells, at) for at in self._figures)
            or self._has_id(cells)
        ):
            return None
        told = [shape(cells[at]) for at in self._figures if at < len(cells)]
        return "note" if sum(kind in {"word", "prose"} for kind in told) * 2 > len(self._figures) else None

    def _has_id(self, cells: Sequence[Cell], label: int = -1) -> bool:
        """Whether a number of the list stands in its place; short bare digits may as well count something."""
        for at in self._ids:
            if at == label or at >= len(cells) or cells[at] in (None, ""):
                continue
            pattern = signature(cells[at])
            if pattern in self._signatures[at] and (not pattern.isdigit() or len(pattern) > 3):
                return True
        return False

    def _aside(self, cells: Sequence[Cell], filled: Sequence[int]) -> RowKind | None:
        if not self._is_wide or len(filled) > self._sparse or self._has_id(cells):
            return None
        kept = sum(at in self._anchors and shape(cells[at]) in {"word", "code"} for at in filled)
        if self._are_sparse and len(filled) > 1 and kept * 3 > len(self._anchors):
            return None
        texts = [plain(cells[at]) for at in filled]
        words = [
            text
            for at, text in zip(filled, texts, strict=True)
            if shape(cells[at]) in {"word", "prose", "code"}
        ]
        if not words:
            return (
                "subtotal"
                if len(filled) > 1 or (shape(cells[filled[0]]) == "number" and filled[0] > 0)
                else "note"
            )
        if any(REMARK.match(text) or len(text) > 60 for text in words) or len(filled) > 2:
            return "note"
        return "section"


def _filled(cells: Sequence[Cell]) -> list[int]:
    return [
        at
        for at, cell in enumerate(cells)
        if cell is not None and cell != "" and not (type(cell) is str and cell.isspace())
    ]


def _has_digit(cells: Sequence[Cell], at: int) -> bool:
    cell = cells[at] if at < len(cells) else None
    return any(map(str.isdigit, cell)) if isinstance(cell, str) else cell is not None


def _is_figure(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    shapes = [shape(row[at]) for row in rows if at < len(row)]
    told = [kind for kind in shapes if kind != "empty"]
    return (
        len(told) * 2 > len(rows) and sum(kind in {"number", "date"} for kind in told) * 10 >= len(told) * 8
    )


def _is_anchor(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether a column is nearly always filled, and with words or codes."""
    shapes = Counter(shape(row[at]) if at < len(row) else "empty" for row in rows)
    told = shapes["word"] + shapes["code"]
    return told * 10 >= 8 * len(rows) or (shapes["empty"] * 10 <= len(rows) and told * 2 >= len(rows))


def _ids(rows: Sequence[Sequence[Cell]], width: int) -> tuple[int, ...]:
    """Columns whose cells are all different codes; bare numbers only where ids stand, in front: prices differ too."""
    found: list[int] = []
    for at in range(width):
        cells = [plain(row[at]) for row in rows if at < len(row) and row[at] not in (None, "")]
        if len(cells) < 3 or len(cells) * 10 < len(rows) * 8 or len(set(cells)) * 20 < len(cells) * 19:
            continue
        if all(shape(cell) == "code" or (at < _FRONT and cell.isdigit()) for cell in cells):
            found.append(at)
    return tuple(found[:3])


def sorted_rows(
    names: Sequence[str], records: Iterator[Record]
) -> Iterator[tuple[int, Sequence[Cell], RowKind]]:
    """Every record below the names with its kind. Reads ahead by the rows it learns from."""
    ahead: list[Record] = []
    seen = chars = 0
    for record in records:
        ahead.append(record)
        seen += bool(_filled(record[1]))
        chars += sum(len(cell) for cell in record[1] if type(cell) is str)
        if seen >= LEARNT_FROM or len(ahead) >= 20 * LEARNT_FROM or chars > _AHEAD_CHARS:
            break
    sorter = RowSorter(names, [cells for _, cells in ahead if _filled(cells)])
    return ((row, cells, sorter.kind(cells)) for row, cells in chain(ahead, records))


def listings_of(names: Sequence[str], records: Iterator[Record]) -> Generator[Record]:
    for row, cells, kind in sorted_rows(names, records):
        if kind == "listing":
            yield row, cells


def settled(rows: Iterable[tuple[int, RowKind]], last_listing: int) -> tuple[tuple[int, str], ...]:
    """What a row is can depend on what follows: a section without listings is a remark, a total before more listings a
    subtotal."""
    settled: list[tuple[int, str]] = []
    for row, kind in rows:
        if kind == "section" and row > last_listing:
            settled.append((row, "note"))
        elif kind == "total" and row < last_listing:
            settled.append((row, "subtotal"))
        else:
            settled.append((row, kind))
    return tuple(settled)
