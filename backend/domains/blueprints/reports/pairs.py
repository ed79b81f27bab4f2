"""Labels and their values on a page, whatever way they are set. Pure; what a label means is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from backend.domains.blueprints.reports.cells import Cell, Grid, Line, joined
from backend.domains.blueprints.reports.words import clean_label, is_furniture, may_be_label

Known: TypeAlias = Callable[[str], bool]

# a colon that ends a label: not one of times, addresses or scales
_COLON: Final = re.compile(r"\s*[:：](?=\s|$)|(?<=[^\W\d_.])\s*[:：](?=[^\s/\\:])|(?<=[#.)])[:：](?=[^\s/])")
_DIVIDER: Final = re.compile(r"\s+[|¦•·;]\s*|\s*[|¦•]\s+|\t")
_DASH: Final = re.compile(r"\s+(?:=|[-–—])\s+")
_WIDE: Final = 0.55  # share of the page's width from which a text is taken to run on in the next line


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its value as printed. `sure`: the page itself says so, by a colon, a rule or its columns."""

    label: str
    value: Cell
    sure: bool = True


def pairs_in_columns(grid: Grid, labels: Sequence[int], known: Known) -> Iterator[Pair]:
    """Labels stand in the columns `labels`, values in the columns after each."""
    ends = [*labels[1:], len(grid.columns)]
    for label_at, end in zip(labels, ends, strict=True):
        held: Pair | None = None
        waiting: Cell | None = None
        for row in grid.rows:
            label, values = row[label_at], [cell for cell in row[label_at + 1 : end] if cell]
            if waiting is not None and label is not None:
                label, waiting = joined((waiting, label)), None
            if label is None:
                if held and values and _near(held.value, values[0]):
                    held = replace(held, value=joined((held.value, *values)))
                continue
            if held:
                yield held
                held = None
            if not values:
                inline = list(pairs_in_text(label, known))
                yield from inline
                waiting = label if not inline and _runs_on(grid, row, label_at) else None
                continue
            held = _pair(label, joined(values) if len(values) > 1 else values[0])
        if held:
            yield held


def _near(above: Cell, below: Cell) -> bool:
    return below.y0 - above.y1 < 1.2 * below.size


def _runs_on(grid: Grid, row: tuple[Cell | None, ...], at: int) -> bool:
    """Whether a label without a value is the beginning of the label in the next row."""
    rows = list(grid.rows)
    place = rows.index(row)
    after = rows[place + 1][at] if place + 1 < len(rows) else None
    cell = row[at]
    return bool(cell and after and re.match(r"[a-zà-ÿ(]", after.text) and _near(cell, after))


def _pair(label: Cell, value: Cell) -> Pair | None:
    if not may_be_label(label.text) or not value.text:
        return None
    return Pair(clean_label(label.text), value)


def pairs_above(grid: Grid, labels: Sequence[int]) -> Iterator[Pair]:
    """Labels stand in the rows `labels`, each over its value."""
    rows = grid.rows
    for at in labels:
        for column, label in enumerate(rows[at]):
            value = rows[at + 1][column] if at + 1 < len(rows) else None
            found = _pair(label, value) if label and value else None
            if found:
                yield found


def pairs_in_cells(grid: Grid, known: Known) -> Iterator[Pair]:
    """Every cell holds its own label: before a colon, or in a line of its own above the value."""
    for row in grid.rows:
        for cell in row:
            if cell is None:
                continue
            found = list(pairs_in_text(cell, known))
            if not found and len(cell.lines) > 1:
                pair = _pair(cell.lines[0], joined(cell.lines[1:]))
                found = [pair] if pair else []
            yield from found


def pairs_in_lines(lines: Sequence[Line], known: Known, *, width: float) -> Iterator[Pair]:
    """Lines of one column: `Label: value`, a bold label before its value, or a label in the line above."""
    held: Pair | None = None
    last: Cell | None = None
    skip = False
    styles = _label_styles(lines, known)
    for at, line in enumerate(lines):
        cell = line[0]
        if skip or is_furniture(cell.text):
            skip = False
            continue
        found = list(pairs_in_text(cell, known))
        if found:
            if held:
                yield held
            yield from found[:-1]
            held = found[-1]
        elif held and last and _goes_on(last, cell, width):
            held = replace(held, value=joined((held.value, cell)))
        else:
            if held:
                yield held
            held = None
            below = lines[at + 1][0] if at + 1 < len(lines) else None
            pair = _label_above(cell, below, known, styles) if below else None
            if pair:
                yield pair
                skip = True
        last = cell
    if held:
        yield held


def _goes_on(last: Cell, cell: Cell, width: float) -> bool:
    return (
        last.x1 - last.x0 > _WIDE * width
        and _near(last, cell)
        and not cell.bold
        and abs(cell.size - last.size) < 0.1 * last.size
    )


def _label_styles(lines: Sequence[Line], known: Known) -> set[tuple[bool, int, int]]:
    """The types of letters in which at least two known labels are set, each in a line of its own."""
    styles = [_style(line[0]) for line in lines if known(clean_label(line[0].text))]
    return {style for style in styles if styles.count(style) >= 2}


def _style(cell: Cell) -> tuple[bool, int, int]:
    return cell.bold, round(2 * cell.size), round(cell.x0 / 3)


def _label_above(cell: Cell, below: Cell, known: Known, styles: set[tuple[bool, int, int]]) -> Pair | None:
    """A label in a line of its own, known or set like known ones, and set apart from the value under it."""
    if not _near(cell, below) or abs(cell.x0 - below.x0) > 1.5 * cell.size:
        return None
    apart = (
        cell.bold != below.bold or cell.size < 0.93 * below.size or cell.text.rstrip().endswith((":", "："))
    )
    if not (apart and may_be_label(cell.text) and (known(clean_label(cell.text)) or _style(cell) in styles)):
        return None
    return None if known(clean_label(below.text)) or len(below.text) > 200 else _pair(cell, below)


def pairs_in_text(cell: Cell, known: Known) -> Iterator[Pair]:
    """`Label: value`, also several in one line; `Label = value`; a bold label before its value."""
    text = cell.text
    cuts = _cuts(text, known)
    if not cuts:
        yield from _without_colon(cell, known)
        return
    for at, (start, colon, value_start) in enumerate(cuts):
        end = cuts[at + 1][0] if at + 1 < len(cuts) else len(text)
        value = (
            text[value_start:end].strip(" \t|¦•;") if at + 1 < len(cuts) else text[value_start:end].strip()
        )
        label = text[start:colon].strip(" \t|¦•;·")
        if value and may_be_label(label):
            yield Pair(clean_label(label), _part(cell, value_start, value), sure=True)


def _cuts(text: str, known: Known) -> list[tuple[int, int, int]]:
    """Where labels begin and end and values begin. The first label must begin the text."""
    cuts: list[tuple[int, int, int]] = []
    for found in _COLON.finditer(text):
        if cuts and found.end() == len(text):
            continue  # a colon at the very end has no value after it
        before = cuts[-1][2] if cuts else 0
        start = before if not cuts else _label_start(text, before, found.start(), known)
        if start is None or not may_be_label(text[start : found.start()].strip(" |¦•;·")):
            if not cuts:
                return []
            continue
        cuts.append((start, found.start(), found.end()))
    return cuts


def _label_start(text: str, begin: int, colon: int, known: Known) -> int | None:
    """Where a further label of the same line begins; None where the colon belongs to the value before it."""
    stretch = text[begin:colon]
    dividers = list(_DIVIDER.finditer(stretch))
    if dividers:
        return begin + dividers[-1].end()
    words = list(re.finditer(r"\S+", stretch))
    if len(words) < 2:
        return None
    for count in range(min(6, len(words) - 1), 0, -1):
        place = words[-count].start()
        if known(stretch[place:]):
            return begin + place
    capital = next((word.start() for word in reversed(words[1:]) if word.group()[:1].isupper()), None)
    short = capital is not None and len(stretch[:capital].split()) <= 3
    return begin + capital if short and capital is not None and len(stretch[capital:].split()) <= 3 else None


def _without_colon(cell: Cell, known: Known) -> Iterator[Pair]:
    text = cell.text
    if cell.strong and may_be_label(cell.strong):
        rest = text[len(cell.strong) :].strip()
        if text.startswith(cell.strong) and rest:
            yield Pair(clean_label(cell.strong), _part(cell, len(text) - len(rest), rest), sure=True)
        return
    dash = _DASH.search(text)
    if dash and known(text[: dash.start()]) and text[dash.end() :].strip():
        value = text[dash.end() :].strip()
        yield Pair(clean_label(text[: dash.start()]), _part(cell, dash.end(), value), sure=False)


def leading_label(cell: Cell, known: Known) -> Pair | None:
    """A known label at the beginning of a line that has neither a colon nor a gap: `Odometer 41,230 mi`."""
    words = list(re.finditer(r"\S+", cell.text))
    for count in range(min(5, len(words) - 1), 0, -1):
        label, rest = cell.text[: words[count - 1].end()], cell.text[words[count].start() :]
        if known(label) and len(rest.split()) <= 6 and not rest.endswith("."):
            return Pair(clean_label(label), _part(cell, words[count].start(), rest), sure=False)
    return None


def _part(cell: Cell, start: int, text: str) -> Cell:
    """The part of a cell from a character on, its place by where its words begin, else by the share of characters."""
    if len(cell.lines) > 1:
        return Cell(text, *cell.bounds, cell.bold, cell.size)
    per = (cell.x1 - cell.x0) / max(len(cell.text), 1)
    x0 = next((x for at, x in cell.starts if at >= start), cell.x0 + per * start)
    end = start + len(text)
    x1 = next((x for at, x in cell.starts if at > end), cell.x1)
    return Cell(text, x0, cell.y0, max(x1, x0), cell.y1, cell.bold, cell.size)
