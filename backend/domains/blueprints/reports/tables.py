"""Tables of findings: rows by the printed heads of their columns, wrapped cells joined, pages put together. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from backend.domains.blueprints.reports.cells import Cell, Grid, joined
from backend.domains.blueprints.reports.words import may_be_label

_SUM: Final = re.compile(r"(?:sub|grand )?total\b|summe\b|gesamt|somme\b|totale?\b|totaal\b", re.IGNORECASE)
Row = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Findings under their heads. `columns` are where the columns lie, so that the next page can go on."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[tuple[float, float], ...]


def table_of(grid: Grid, before: Table | None) -> Table | None:
    """The grid as a table; one without a head of its own goes on with the heads of `before`, where its columns fit."""
    rows = list(grid.rows) if grid.ruled else whole_rows(grid)
    if not rows:
        return None
    goes_on = before is not None and len(before.heads) == len(grid.columns)
    if (
        goes_on
        and before is not None
        and not _is_same_head(rows[0], before.heads)
        and _continues(grid, before)
    ):
        return Table(before.heads, _findings(rows, before.heads), before.columns)
    heads = _heads(rows[0])
    return Table(heads, _findings(rows[1:], heads), grid.columns) if heads else None


def _heads(row: Row) -> tuple[str, ...]:
    """Printed heads; an empty one is `#<number>`, a second of the same name `Name#2`."""
    names: list[str] = []
    for at, cell in enumerate(row, 1):
        name = cell.text if cell else f"#{at}"
        count = sum(each.split("#")[0] == name for each in names)
        names.append(f"{name}#{count + 1}" if count else name)
    return tuple(names)


def _is_same_head(row: Row, heads: Sequence[str]) -> bool:
    return [name.casefold() for name in _heads(row)] == [name.casefold() for name in heads]


def _continues(grid: Grid, before: Table) -> bool:
    """Whether columns lie where those of the page before did, and the first row is not a head."""
    first = [cell for cell in grid.rows[0] if cell]
    rest = [cell for row in grid.rows[1:] for cell in row if cell]
    headed = all(cell.bold for cell in first) and not all(cell.bold for cell in rest)
    fits = all(abs(a[0] - b[0]) < 12 for a, b in zip(grid.columns, before.columns, strict=True))
    return fits and not headed


def _findings(rows: Sequence[Row], heads: Sequence[str]) -> tuple[Row, ...]:
    return tuple(row for row in rows if not _is_same_head(row, heads) and not _is_aside(row))


def _is_aside(row: Row) -> bool:
    """A heading between rows, or a sum below them."""
    filled = [cell for cell in row if cell]
    if len(filled) <= 1:
        return len(row) > 1
    return bool(filled[0] is row[0] and _SUM.match(filled[0].text) and len(filled) <= max(2, len(row) - 2))


def is_packed(grid: Grid) -> bool:
    """Lines are drawn around the body as a whole: one drawn row holds many printed ones."""
    return len(grid.rows) <= 3 and any(
        sum(cell is not None and len(cell.lines) >= 3 for cell in row) >= max(2, len(row) - 1)
        and _lines_agree(row)
        for row in grid.rows
    )


def _lines_agree(row: Row) -> bool:
    """The lines of the first cell have a line beside them in every other cell."""
    first = row[0]
    if first is None or len(first.lines) < 3:
        return False
    others = [cell for cell in row[1:] if cell]
    return all(
        any(abs(line.middle - other.middle) < 0.5 * line.size for other in (cell.lines or (cell,)))
        for line in first.lines
        for cell in others
    )


def unpacked(grid: Grid) -> Grid:
    """A packed grid by its printed lines."""
    rows: list[Row] = []
    for row in grid.rows:
        lines = sorted(
            (
                (line.middle, at, line)
                for at, cell in enumerate(row)
                if cell
                for line in (cell.lines or (cell,))
            ),
            key=lambda found: (found[0], found[1]),
        )
        bands: list[dict[int, Cell]] = []
        middle = -1e9
        for place, at, line in lines:
            if place - middle > 0.5 * line.size:
                bands.append({})
                middle = place
            bands[-1][at] = line
        rows += [tuple(band.get(at) for at in range(len(row))) for band in bands]
    return Grid(tuple(rows), grid.columns, ruled=False)


def whole_rows(grid: Grid) -> list[Row]:
    """Rows of an unruled table with the lines of wrapped cells joined.

    Lines that stand closer than rows do belong together; where all stand alike, a line with nothing in its first column
    belongs to the row above.
    """
    close = close_pitch(grid)
    groups: list[list[Row]] = []
    for row in grid.rows:
        if groups and _belongs(groups[-1], row, close, head=len(groups) == 1):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [_merged(group) for group in groups]


def close_pitch(grid: Grid) -> float | None:
    """The distance up to which two lines are of one row, where distances are of two kinds; else None."""
    pitches = sorted(b - a for a, b in pairwise([_middle(row) for row in grid.rows]))
    jumps = [(b / max(a, 0.1), (a + b) / 2) for a, b in pairwise(pitches)]
    ratio, place = max(jumps, default=(0.0, 0.0))
    size = max((cell.size for row in grid.rows for cell in row if cell), default=10.0)
    return place if ratio > 1.25 and pitches[0] < 1.5 * size else None


def _middle(row: Row) -> float:
    middles = [cell.middle for cell in row if cell]
    return sum(middles) / len(middles)


def _belongs(group: Sequence[Row], row: Row, close: float | None, *, head: bool) -> bool:
    filled = sum(cell is not None for cell in row)
    full = max(2, len(row) - 1)
    if row[0] is not None and filled >= full and any(sum(c is not None for c in r) >= full for r in group):
        return False
    near = close is not None and _middle(row) - _middle(group[-1]) < close
    if head:
        bold = all(cell.bold for cell in row if cell) and all(cell.bold for r in group for cell in r if cell)
        return near and (bold or row[0] is None) and all(may_be_label(cell.text) for cell in row if cell)
    return near or (row[0] is None and close is None)


def _merged(group: Sequence[Row]) -> Row:
    columns = [[cell for row in group if (cell := row[at])] for at in range(len(group[0]))]
    return tuple(joined(cells) if len(cells) > 1 else cells[0] if cells else None for cells in columns)
