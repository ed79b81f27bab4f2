"""Finds the names of the columns among the first rows of a sheet, whatever stands above them. Pure.

A row of names differs from what stands below it: words over numbers, dates and codes, never repeated further down.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from backend.domains.catalogue.cells import Cell, plain
from backend.domains.catalogue.shapes import Shape, shape
from backend.domains.catalogue.words import names_a_column

Rows: TypeAlias = Sequence[tuple[int, Sequence[Cell]]]
Merged: TypeAlias = tuple[int, int, int, int]  # first row, first column, last row, last column; all 1-based

LOOKED_AT: Final = 60  # rows among which the names are searched
_BELOW: Final = 25
_COLUMNS: Final = 300
_LONGEST_GROUP: Final = 40  # characters
_DATA: Final = frozenset({"number", "date", "link", "prose"})


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows that name the columns (none where a file brings no names), and each column's name and group."""

    rows: tuple[int, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    score: float

    @property
    def keys(self) -> tuple[str, ...]:
        """One key a column: `Group / Name`; an empty one is `#12`, the second `Length` is `Length#2`."""
        if not self.rows:
            return self.names
        return distinct(
            [f"{g} / {n}" if g and n else n or g for g, n in zip(self.groups, self.names, strict=True)]
        )


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    keys: list[str] = []
    for at, name in enumerate(names, 1):
        text = name or f"#{at}"
        seen[text] = seen.get(text, 0) + 1
        keys.append(text if seen[text] == 1 else f"{text}#{seen[text]}")
    while keys and keys[-1] == f"#{len(keys)}":
        keys.pop()
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Sequence[Cell]
    texts: list[str]
    shapes: list[Shape]

    @property
    def filled(self) -> list[int]:
        return [at for at, kind in enumerate(self.shapes) if kind != "empty"]


def find_heading(rows: Rows, merged: Sequence[Merged] = ()) -> Heading:
    """The heading of a sheet by its first rows."""
    looked = [_row(number, cells) for number, cells in rows[:LOOKED_AT]]
    looked = [row for row in looked if row.filled]
    if not looked:
        return Heading((), (), (), 0.0)
    width = max(len(row.filled) for row in looked)
    scores = [_score(looked, at, width) for at in range(len(looked))]
    best = max(range(len(looked)), key=lambda at: (round(scores[at][0], 6), -at))
    score, contrast = scores[best]
    if score <= 0 or (contrast * 2 < len(looked[best].filled) and _is_data(looked[best])):
        return Heading((), *_unnamed(looked), 0.0)
    if best + 1 < len(looked) and _goes_on(looked, scores, best, contrast):
        return _two_rows(looked[best], looked[best + 1], merged, score)
    if best and _groups(looked[best - 1], looked[best], merged):
        return _two_rows(looked[best - 1], looked[best], merged, score)
    row = looked[best]
    return Heading((row.number,), tuple(row.texts), ("",) * len(row.texts), score)


def named_by(rows: Rows, header_rows: Sequence[int], merged: Sequence[Merged] = ()) -> Heading:
    """The heading at rows that somebody named. `rows` must hold them."""
    found = {number: _row(number, cells) for number, cells in rows if number in set(header_rows)}
    if len(header_rows) == 2 and all(number in found for number in header_rows):
        return _two_rows(found[header_rows[0]], found[header_rows[1]], merged, 1.0)
    row = found.get(header_rows[-1]) if header_rows else None
    if row is None:
        looked = [_row(number, cells) for number, cells in rows[:LOOKED_AT]]
        return Heading((), *_unnamed(looked), 0.0)
    return Heading((row.number,), tuple(row.texts), ("",) * len(row.texts), 1.0)


def _row(number: int, cells: Sequence[Cell]) -> _Row:
    shapes: list[Shape] = [shape(cell) for cell in cells[:_COLUMNS]]
    return _Row(number, cells, [plain(cell) for cell in cells], shapes)


def _unnamed(rows: Sequence[_Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    width = max((len(row.cells) for row in rows), default=0)
    names = tuple(f"#{at}" for at in range(1, width + 1))
    return names, ("",) * width


def _score(rows: Sequence[_Row], at: int, width: int) -> tuple[float, float]:
    """How much a row looks like names, a column; and the part of it that comes from what stands below."""
    row, below = rows[at], rows[at + 1 : at + 1 + _BELOW]
    if not below:
        named = sum(names_a_column(row.texts[column]) for column in row.filled)
        return (0.1, 0.0) if named >= 2 and len(rows) == 1 else (0.0, 0.0)
    below = [other for other in below if not _repeats(other, row)]
    points = contrast = 0.0
    for column in row.filled:
        kind, text = row.shapes[column], row.texts[column]
        points += -1.0 if kind in _DATA else 0.3 + 0.7 * names_a_column(text)
        under = [other for other in below if column < len(other.shapes) and other.shapes[column] != "empty"]
        if not under:
            continue
        usual, times = Counter(other.shapes[column] for other in under).most_common(1)[0]
        if any(other.texts[column] == text for other in under):
            points -= 0.6
        elif kind != usual and kind not in _DATA and times * 2 > len(under):
            contrast += 1.0
    return (points + contrast) / max(width, 1) - at * 0.001, contrast


def _repeats(row: _Row, names: _Row) -> bool:
    same = sum(row.texts[at] == names.texts[at] for at in names.filled if at < len(row.texts))
    return same >= 2 and same * 5 >= len(names.filled) * 4


def _is_data(row: _Row) -> bool:
    """Whether a row is a listing itself: figures in it, and no word that names a column."""
    figures = sum(kind in _DATA or kind == "code" for kind in row.shapes)
    named = sum(names_a_column(row.texts[at]) for at in row.filled if row.shapes[at] not in _DATA)
    return figures >= 2 and figures * 3 >= len(row.filled) and named <= 1


def _goes_on(rows: Sequence[_Row], scores: Sequence[tuple[float, float]], at: int, contrast: float) -> bool:
    """Whether the row below goes on naming: a line of units, or the second line of wrapped names."""
    header, following = rows[at], rows[at + 1]
    if following.number != header.number + 1:
        return False
    if any(following.shapes[column] in _DATA for column in following.filled):
        return False
    if len(following.filled) >= 2 and scores[at + 1][1] >= max(2.0, contrast * 0.5):
        return not _describes(header, following)
    return _completes(header, following, rows[at + 2 : at + 2 + _BELOW])


def _describes(header: _Row, following: _Row) -> bool:
    """Whether a row says in more words what complete names stand for."""
    if len(following.filled) > len(header.filled):
        return False
    lengths = [sum(len(row.texts[at]) for at in row.filled) / len(row.filled) for row in (header, following)]
    return lengths[1] > max(10.0, 1.5 * lengths[0])


def _completes(header: _Row, following: _Row, below: Sequence[_Row]) -> bool:
    """Whether a row names the columns that the names leave out, under the groups that span them."""
    new = [at for at in following.filled if at >= len(header.texts) or not header.texts[at]]
    left = [at for at in header.filled if at >= len(following.texts) or not following.texts[at]]
    used = [at for at in left if sum(at in row.filled for row in below) * 2 > len(below)]
    return bool(new) and bool(below) and len(used) >= 1 and len(used) * 3 >= len(header.filled)


def _groups(above: _Row, header: _Row, merged: Sequence[Merged]) -> bool:
    """Whether the row above spans the names with groups. A title is one text; groups are several."""
    filled = above.filled
    if above.number != header.number - 1 or any(above.shapes[at] in _DATA for at in filled):
        return False
    across = [area for area in merged if area[0] == above.number and area[3] > area[1]]
    if len(filled) < 2:
        return False
    if across:
        return len(across) >= 2 or any(area[1] > 1 for area in across)
    if any(len(above.texts[at]) > _LONGEST_GROUP or re.search(r"[\d:@]", above.texts[at]) for at in filled):
        return False
    over = [at for at in filled if at < len(header.texts) and header.texts[at]]
    return len(filled) < len(header.filled) and len(over) >= 2


def _two_rows(above: _Row, below: _Row, merged: Sequence[Merged], score: float) -> Heading:
    width = max(len(above.texts), len(below.texts))
    top = above.texts + [""] * (width - len(above.texts))
    names = below.texts + [""] * (width - len(below.texts))
    across = [area for area in merged if area[0] <= above.number <= area[2] and area[3] > area[1]]
    groups = _merged_groups(top, across) if across else _carried_groups(top, names)
    for area in merged:  # a name merged with its group is the name alone
        if area[0] == above.number and area[2] >= below.number and area[1] == area[3] <= width:
            names[area[1] - 1], groups[area[1] - 1] = top[area[1] - 1], ""
    return Heading((above.number, below.number), tuple(names), tuple(groups), score)


def _merged_groups(top: Sequence[str], across: Sequence[Merged]) -> list[str]:
    groups = list(top)
    for _, first, _, last in across:
        for column in range(first, min(last, len(groups)) + 1):
            groups[column - 1] = top[first - 1]
    return groups


def _carried_groups(top: Sequence[str], names: Sequence[str]) -> list[str]:
    """Without merged cells a group reaches to the next; a text with nothing below is a name of its own."""
    groups: list[str] = []
    carried = ""
    for text, name in zip(top, names, strict=True):
        if text:
            carried = text if name else ""
        groups.append(text or (carried if name else ""))
    return groups
