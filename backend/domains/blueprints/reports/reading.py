"""From pages to what is printed on them: labelled values and tables of findings, with their places. Pure.

Knows how reports are set, not what their labels mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, Literal, TypeAlias

from backend.domains.blueprints.model import Box
from backend.domains.blueprints.reports.cells import Cell, Grid, Line, lines_of
from backend.domains.blueprints.reports.grids import blocks_of, ruled_grids
from backend.domains.blueprints.reports.kinds import reading_of
from backend.domains.blueprints.reports.pages import PageContent, Token
from backend.domains.blueprints.reports.pairs import (
    Known,
    Pair,
    leading_label,
    pairs_above,
    pairs_in_cells,
    pairs_in_columns,
    pairs_in_lines,
)
from backend.domains.blueprints.reports.scans import as_shown, skew_of, straightened
from backend.domains.blueprints.reports.tables import (
    Table,
    close_pitch,
    is_packed,
    table_of,
    unpacked,
    whole_rows,
)

Strategy: TypeAlias = Literal["text", "table", "ocr"]

_EDGE: Final = 0.12  # share of a page's height at its top and bottom where running heads stand
STRONGEST: Final[tuple[Strategy, ...]] = ("ocr", "table", "text")


@dataclass(frozen=True, slots=True)
class SheetOfPaper:
    """A page to be read: its tokens upright, how far it is `turned` as shown, and whether they come from its picture."""

    content: PageContent
    tokens: tuple[Token, ...]
    turned: int = 0
    is_scan: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A label and its value as printed."""

    label: str
    text: str
    box: Box
    is_scan: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of a table of findings."""

    cells: dict[str, str]
    box: Box


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a report says in print. `texts`: its lines, page by page, for what stands outside of labels."""

    strategies: tuple[Strategy, ...]
    printed: tuple[Printed, ...]
    findings: tuple[Finding, ...]
    heads: tuple[str, ...]
    texts: tuple[str, ...]


def read_printed(pages: Sequence[SheetOfPaper], known: Known) -> Reading:
    """Every page in turn; a table goes on over pages, running heads count once."""
    repeated = _running(pages)
    strategies: list[Strategy] = []
    printed: list[Printed] = []
    tables: list[tuple[SheetOfPaper, Table]] = []
    texts: list[str] = []
    for page in pages:
        seen = _read_page(page, known, tables[-1][1] if tables else None, repeated)
        strategies.append("ocr" if page.is_scan else "table" if seen.tables or seen.is_ruled else "text")
        printed += [
            Printed(pair.label, pair.value.text, _box(page, pair.value), page.is_scan) for pair in seen.pairs
        ]
        tables += [(page, table) for table in seen.tables]
        texts += seen.texts
        repeated = dict.fromkeys(repeated, False)
    findings = [finding for page, table in tables for finding in _rows(page, table)]
    heads = tuple(dict.fromkeys(name for _, table in tables for name in table.heads))
    return Reading(tuple(strategies), tuple(printed), tuple(findings), heads, tuple(texts))


@dataclass(slots=True)
class _Seen:
    pairs: list[Pair]
    tables: list[Table]
    texts: list[str]
    is_ruled: bool = False


def _read_page(page: SheetOfPaper, known: Known, before: Table | None, running: dict[str, bool]) -> _Seen:
    tokens = page.tokens
    if page.is_scan:
        tokens = straightened(tokens, skew_of(tokens))
    ruled, free = ruled_grids(replace(page.content, tokens=tokens))
    lines = [line for line in lines_of(free) if running.get(_run_key(page, line), True)]
    seen = _Seen([], [], [" ".join(cell.text for cell in line) for line in lines], bool(ruled))
    parts: list[Grid | Line] = sorted([*ruled, *blocks_of(lines)], key=_top)
    loose: list[Line] = []
    for part in [*parts, None]:
        if isinstance(part, tuple) and len(part) == 1:
            loose.append(part)
            continue
        seen.pairs += _loose_pairs(loose, known, page.content.width)
        loose = []
        if isinstance(part, Grid):
            _read_grid(part, known, seen, (seen.tables[-1] if seen.tables else before), page)
    return seen


def _read_grid(grid: Grid, known: Known, seen: _Seen, before: Table | None, page: SheetOfPaper) -> None:
    drawn = grid.ruled
    if drawn and is_packed(grid):
        grid = unpacked(grid)
    reading = reading_of(grid, known)
    if drawn:
        seen.texts += [" ".join(cell.text for cell in row if cell) for row in grid.rows]
    if before and reading.kind != "pairs" and _follows(grid, before):
        reading = replace(reading, kind="findings")
    if reading.kind == "findings":
        table = table_of(grid, before)
        if table and table.rows:
            seen.tables.append(table)
    elif reading.kind == "pairs":
        rows = grid.rows if grid.ruled or not close_pitch(grid) else tuple(whole_rows(grid))
        found = pairs_in_columns(replace(grid, rows=rows[reading.first :]), reading.labels, known)
        seen.pairs += sorted(found, key=lambda pair: (round(pair.value.y0 / 4), pair.value.x0))
    elif reading.kind == "above":
        seen.pairs += pairs_above(grid, reading.labels)
    elif reading.kind == "cells":
        seen.pairs += pairs_in_cells(grid, known)
    else:
        cells = [(cell,) for row in grid.rows for cell in row if cell]
        seen.pairs += _loose_pairs(cells, known, page.content.width)


def _follows(grid: Grid, before: Table) -> bool:
    return len(grid.columns) == len(before.heads) and all(
        abs(a[0] - b[0]) < 12 for a, b in zip(grid.columns, before.columns, strict=True)
    )


def _loose_pairs(lines: Sequence[Line], known: Known, width: float) -> list[Pair]:
    if not lines:
        return []
    found = list(pairs_in_lines(lines, known, width=width))
    if found or len(lines) < 2:
        return found
    size = median(line[0].size for line in lines)
    plain = [line[0] for line in lines if line[0].size < 1.15 * size and not line[0].bold]
    leading = [leading_label(cell, known) for cell in plain]
    # one such line may be a headline; several under each other are a list
    return [pair for pair in leading if pair] if sum(pair is not None for pair in leading) >= 2 else []


def _top(part: Grid | Line) -> float:
    return part.top if isinstance(part, Grid) else min(cell.y0 for cell in part)


def _running(pages: Sequence[SheetOfPaper]) -> dict[str, bool]:
    """Lines that stand at the same edge of several pages; they are read where they stand first."""
    count: dict[str, int] = {}
    for page in pages:
        for line in lines_of(page.tokens):
            key = _run_key(page, line)
            count[key] = count.get(key, 0) + 1
    return {key: True for key, times in count.items() if times > 1 and key}


def _run_key(page: SheetOfPaper, line: Line) -> str:
    """Empty for lines that are not at the edge of their page."""
    height = page.content.height
    middle = line[0].middle
    if _EDGE * height < middle < (1 - _EDGE) * height:
        return ""
    return f"{round(middle / 6)} {' '.join(cell.text for cell in line)}"


def _rows(page: SheetOfPaper, table: Table) -> list[Finding]:
    out: list[Finding] = []
    for row in table.rows:
        filled = [cell for cell in row if cell]
        cells = {head: cell.text if cell else "" for head, cell in zip(table.heads, row, strict=True)}
        out.append(Finding(cells, _union(page, filled)))
    return out


def _box(page: SheetOfPaper, cell: Cell) -> Box:
    return _union(page, [cell])


def _union(page: SheetOfPaper, cells: Sequence[Cell]) -> Box:
    bounds = (
        min(cell.x0 for cell in cells),
        min(cell.y0 for cell in cells),
        max(cell.x1 for cell in cells),
        max(cell.y1 for cell in cells),
    )
    # PageContent keeps the measures of the page as shown
    shown = as_shown(bounds, page.turned, page.content.width, page.content.height)
    return Box(page.content.number, *(round(edge, 1) for edge in shown))
