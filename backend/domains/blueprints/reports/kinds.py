"""What a grid of cells is: labels with values, labels above values, or a table of findings. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from backend.domains.blueprints.reports.cells import Cell, Grid
from backend.domains.blueprints.reports.pairs import Known, pairs_in_text
from backend.domains.blueprints.reports.words import clean_label, heads_pairs, may_be_label, names_findings

Kind: TypeAlias = Literal["pairs", "above", "cells", "findings", "lines"]

_MOST: Final = 0.6  # share from which a column or row counts as being of a kind


@dataclass(frozen=True, slots=True)
class Reading:
    """How a grid is read. `labels`: columns (`pairs`) or rows (`above`) that hold labels; `first`: the first row that counts."""

    kind: Kind
    labels: tuple[int, ...] = ()
    first: int = 0


def reading_of(grid: Grid, known: Known) -> Reading:
    """The reading that the grid's own marks (colons, bold, heads) and known words speak for."""
    if len(grid.columns) < 2:
        return Reading("lines")
    found = _by_marks(grid, known)
    if found:
        return found
    if len(grid.columns) == 2:
        return _of_two(grid, known)
    return _of_many(grid, known)


def _by_marks(grid: Grid, known: Known) -> Reading | None:
    colons = tuple(
        at for at in range(len(grid.columns)) if _share(_column(grid, at), _ends_with_colon) >= _MOST
    )
    if colons and colons[-1] < len(grid.columns) - 1:
        return Reading("pairs", colons if colons[0] == 0 else (0, *colons))
    cells = [cell for row in grid.rows for cell in row if cell]
    if _share(cells, lambda cell: bool(list(pairs_in_text(cell, known)))) >= 0.5:
        return Reading("cells")
    if grid.ruled and _share(cells, lambda cell: _holds_both(cell, known)) >= _MOST:
        return Reading("cells")
    return None


def _holds_both(cell: Cell, known: Known) -> bool:
    """A box of a form: a small label in its first line, the value under it."""
    if len(cell.lines) < 2 or not may_be_label(cell.lines[0].text):
        return False
    first, second = cell.lines[0], cell.lines[1]
    return first.size < 0.93 * second.size or first.bold != second.bold or known(clean_label(first.text))


def _of_two(grid: Grid, known: Known) -> Reading:
    first, second = grid.rows[0]
    if first and second and len(grid.rows) > 1:
        rest_known = _share(_column(grid, 0)[1:], lambda cell: known(clean_label(cell.text)))
        if heads_pairs(first.text, second.text) and (rest_known >= 0.4 or not _bold_head(grid)):
            return Reading("pairs", (0,), first=1)
        named = names_findings(first.text) and names_findings(second.text)
        if (
            (named or (_bold_head(grid) and rest_known < 0.5))
            and len(grid.rows) > 2
            and not known_value(second, known)
        ):
            return Reading("findings")
        if _bold_head(grid) and rest_known >= 0.5 and names_findings(first.text):
            return Reading("pairs", (0,), first=1)
    return Reading("pairs", (0,)) if _labels_fit(grid, (0,)) else Reading("lines")


def known_value(cell: Cell, known: Known) -> bool:
    """Whether a cell of the first row is plainly a value: it has digits and is no label."""
    return bool(re.search(r"\d", cell.text)) and not known(clean_label(cell.text))


def _of_many(grid: Grid, known: Known) -> Reading:
    evens = tuple(range(0, len(grid.columns), 2))
    head = [cell for cell in grid.rows[0] if cell]
    finding_share = _share(head, lambda cell: names_findings(cell.text))
    head_known = _share(head, lambda cell: known(clean_label(cell.text)))
    above = _rows_of_labels(grid, known)
    if above and not (finding_share > head_known or (finding_share >= _MOST and len(grid.rows) > 2)):
        return Reading("above", above)
    bold_alternate = _alternates(grid)
    if bold_alternate and len(grid.columns) % 2 == 0:
        return Reading("pairs", evens)
    paired = len(grid.columns) % 2 == 0 and not _bold_head(grid) and _even_lead(grid, known) > 0.35
    if _is_head(grid, finding_share) and not paired:
        return Reading("findings")
    if len(grid.columns) % 2 == 0 and _even_lead(grid, known) > 0.25 and _labels_fit(grid, evens):
        return Reading("pairs", evens)
    first_known = _share(_column(grid, 0), lambda cell: known(clean_label(cell.text)))
    if first_known >= _MOST and len(grid.columns) == 3:
        return Reading("pairs", (0,))
    return Reading("findings") if grid.ruled or (_is_regular(grid) and finding_share) else Reading("lines")


def _even_lead(grid: Grid, known: Known) -> float:
    """By how much more often the even columns hold known labels than the odd ones."""
    shares = [
        _share(_column(grid, at), lambda cell: known(clean_label(cell.text)))
        for at in range(len(grid.columns))
    ]
    evens, odds = shares[0::2], shares[1::2]
    return min(evens) * 0.5 + sum(evens) / len(evens) * 0.5 - sum(odds) / max(len(odds), 1)


def _alternates(grid: Grid) -> bool:
    """Bold labels beside values that are not."""
    evens = [cell for row in grid.rows for cell in row[0::2] if cell]
    odds = [cell for row in grid.rows for cell in row[1::2] if cell]
    return bool(odds) and _share(evens, _is_bold) >= 0.9 and _share(odds, _is_bold) <= 0.2


def _is_head(grid: Grid, finding_share: float) -> bool:
    if len(grid.rows) < 2:
        return False
    head = grid.rows[0]
    filled = [cell for cell in head if cell]
    if len(filled) < 0.7 * len(head) or not all(may_be_label(cell.text) for cell in filled):
        return False
    return _bold_head(grid) or finding_share >= 0.5 or (_is_regular(grid) and _digits_only_below(grid))


def _bold_head(grid: Grid) -> bool:
    """The first row is set apart by bold letters (or by larger or smaller ones)."""
    head = [cell for cell in grid.rows[0] if cell]
    rest = [cell for row in grid.rows[1:] for cell in row if cell]
    if not head or not rest:
        return False
    return _share(head, _is_bold) >= 0.9 and _share(rest, _is_bold) <= 0.5


def _digits_only_below(grid: Grid) -> bool:
    """Some column has figures in most rows, and none in the first."""
    for at in range(len(grid.columns)):
        head, rest = grid.rows[0][at], [row[at] for row in grid.rows[1:]]
        if (
            head
            and not re.search(r"\d", head.text)
            and _share([c for c in rest if c], _has_digit) >= _MOST
            and any(rest)
        ):
            return not any(cell and _has_digit(cell) for cell in grid.rows[0])
    return False


def _is_regular(grid: Grid) -> bool:
    """Most cells are filled, as in a table; columns of text side by side seldom are."""
    filled = sum(cell is not None for row in grid.rows for cell in row)
    return len(grid.rows) >= 2 and filled >= 0.7 * len(grid.rows) * len(grid.columns)


def _rows_of_labels(grid: Grid, known: Known) -> tuple[int, ...]:
    """Every other row holds labels, with the values right under them."""
    rows = grid.rows
    if len(rows) % 2 or len(rows) > 40:
        return ()
    labels = tuple(range(0, len(rows), 2))
    names = [cell for at in labels for cell in rows[at] if cell]
    values = [cell for at in labels for cell in rows[at + 1] if cell]
    if not names or not values or not all(may_be_label(cell.text) for cell in names):
        return ()
    known_names = _share(names, lambda cell: known(clean_label(cell.text)))
    known_values = _share(values, lambda cell: known(clean_label(cell.text)))
    apart = _share(names, _is_bold) - _share(values, _is_bold) > 0.8 or max(
        c.size for c in names
    ) < 0.95 * min(c.size for c in values)
    least = 0.25 if apart and len(rows) > 2 else 0.5
    return labels if known_names >= least and known_names > known_values + 0.2 else ()


def _labels_fit(grid: Grid, labels: Sequence[int]) -> bool:
    cells = [cell for at in labels for cell in _column(grid, at)]
    return bool(cells) and _share(cells, lambda cell: may_be_label(cell.text)) >= _MOST


def _column(grid: Grid, at: int) -> list[Cell]:
    return [cell for row in grid.rows if (cell := row[at])]


def _share(cells: Sequence[Cell], claim: Callable[[Cell], bool]) -> float:
    if not cells:
        return 0.0
    return sum(claim(cell) for cell in cells) / len(cells)


def _ends_with_colon(cell: Cell) -> bool:
    return cell.text.rstrip().endswith((":", "："))


def _is_bold(cell: Cell) -> bool:
    return cell.bold


def _has_digit(cell: Cell) -> bool:
    return bool(re.search(r"\d", cell.text))
