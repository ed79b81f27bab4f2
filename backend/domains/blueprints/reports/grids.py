"""Grids of a page: tables it draws, and rows of words that stand in columns. Pure; knows no label and no value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from backend.domains.blueprints.reports.cells import Cell, Grid, Line, joined, joined_line, lines_of
from backend.domains.blueprints.reports.pages import Bounds, PageContent, Token


def ruled_grids(page: PageContent) -> tuple[list[Grid], list[Token]]:
    """The tables a page draws, and the tokens outside of them. Frames around text are no tables."""
    left = [token for token in page.tokens if token.text.strip()]
    grids: list[Grid] = []
    for table in page.tables:
        inside, outside = _split(left, table)
        grid = _grid_of_cells(table, inside)
        if grid is not None:
            grids.append(grid)
            left = outside
    return grids, left


def _split(
    tokens: Sequence[Token], table: Sequence[Sequence[Bounds | None]]
) -> tuple[list[Token], list[Token]]:
    cells = [cell for row in table for cell in row if cell]
    inside: list[Token] = []
    outside: list[Token] = []
    for token in tokens:
        (inside if any(_holds(cell, token) for cell in cells) else outside).append(token)
    return inside, outside


def _holds(cell: Bounds, token: Token) -> bool:
    x, y = (token.x0 + token.x1) / 2, (token.y0 + token.y1) / 2
    return cell[0] - 0.5 <= x <= cell[2] + 0.5 and cell[1] - 0.5 <= y <= cell[3] + 0.5


def _grid_of_cells(table: Sequence[Sequence[Bounds | None]], tokens: Sequence[Token]) -> Grid | None:
    rows = [[_filled(cell, tokens) if cell else None for cell in row] for row in table]
    width = max((len(row) for row in rows), default=0)
    bounds = [
        (
            min((row[at][0] for row in table if at < len(row) and (cell := row[at]) and cell), default=0.0),  # pyright: ignore[reportOptionalSubscript]
            max((row[at][2] for row in table if at < len(row) and (cell := row[at]) and cell), default=0.0),  # pyright: ignore[reportOptionalSubscript]
        )
        for at in range(width)
    ]
    kept = [
        at
        for at in range(width)
        if any(row[at] for row in rows)
        or (bounds[at][1] - bounds[at][0] > 14 and any(row[at] for row in table))
    ]
    kept_rows = [tuple(row[at] for at in kept) for row in rows if any(row)]
    if len(kept) < 2 or sum(1 for row in kept_rows if sum(cell is not None for cell in row) > 1) < 1:
        return None
    return Grid(tuple(kept_rows), tuple(bounds[at] for at in kept), ruled=True)


def _filled(bounds: Bounds, tokens: Sequence[Token]) -> Cell | None:
    inside = [token for token in tokens if _holds(bounds, token)]
    lines = [joined_line(line) for line in lines_of(inside)]
    return joined(lines) if lines else None


@dataclass(slots=True)
class _Block:
    """Lines that seem to stand in the same columns."""

    lines: list[Line]

    @property
    def bottom(self) -> float:
        return max(cell.y1 for cell in self.lines[-1])

    def columns(self) -> list[tuple[float, float]]:
        """Where its columns lie: runs of cells that overlap, without those that reach over several."""
        spans: list[tuple[float, float]] = []
        for cell in sorted((c for line in self.lines for c in line), key=lambda c: c.x1 - c.x0):
            over = [span for span in spans if min(span[1], cell.x1) - max(span[0], cell.x0) > 0]
            if not over:
                spans.append((cell.x0, cell.x1))
            elif len(over) == 1:
                spans.remove(over[0])
                spans.append((min(over[0][0], cell.x0), max(over[0][1], cell.x1)))
        return sorted(spans)


def blocks_of(lines: Sequence[Line]) -> list[Grid | Line]:
    """Lines in reading order, those in columns gathered into grids."""
    out: list[Grid | Line] = []
    block: _Block | None = None
    for line in lines:
        if block is not None and _continues(block, line):
            block.lines.append(line)
            continue
        out += _closed(block)
        block = _Block([line])
    return _captioned(out + _closed(block))


def _captioned(parts: Sequence[Grid | Line]) -> list[Grid | Line]:
    """Forms whose labels stand small above their values: such two rows belong together, though their letters differ."""
    out: list[Grid | Line] = []
    for part in parts:
        above = out[-1] if out else None
        if isinstance(part, Grid) and isinstance(above, Grid) and _captions(above, part):
            spans = tuple(
                (min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(above.columns, part.columns, strict=True)
            )
            out[-1] = Grid((*above.rows, *part.rows), spans)
        else:
            out.append(part)
    return out


def _captions(above: Grid, below: Grid) -> bool:
    if above.ruled or below.ruled or len(above.rows) != 1 or len(below.rows) != 1:
        return False
    if len(above.columns) != len(below.columns):
        return False
    labels, values = ([cell for cell in grid.rows[0] if cell] for grid in (above, below))
    size = max(cell.size for cell in values)
    smaller = max(cell.size for cell in labels) < 0.95 * min(cell.size for cell in values)
    aligned = all(abs(a[0] - b[0]) <= size for a, b in zip(above.columns, below.columns, strict=True))
    return smaller and aligned and below.top - max(cell.y1 for cell in labels) <= 1.2 * size


def _closed(block: _Block | None) -> list[Grid | Line]:
    if block is None:
        return []
    tail: list[Line] = []
    while len(block.lines) > 1 and len(block.lines[-1]) == 1 and not _is_wrapped(block, block.lines[-1][0]):
        tail.insert(0, block.lines.pop())
    if max(len(line) for line in block.lines) < 2:
        return [*block.lines, *tail]
    block = _without_strays(block)
    columns = block.columns()
    rows = [_in_columns(line, columns) for line in block.lines]
    return [Grid(tuple(rows), tuple(columns)), *tail]


def _without_strays(block: _Block) -> _Block:
    """The block without columns that one row alone has, close behind another cell: there a phrase fell into two."""
    if len(block.lines) < 4:
        return block
    columns = block.columns()
    held = [
        [line for line in block.lines if any(_column(cell, columns) == at for cell in line)]
        for at in range(len(columns))
    ]
    strays = [columns[at] for at, lines in enumerate(held) if at and len(lines) == 1]
    return _Block([_mended(line, strays) for line in block.lines])


def _mended(line: Line, strays: Sequence[tuple[float, float]]) -> Line:
    cells: list[Cell] = []
    for cell in line:
        near = bool(cells) and cell.x0 - cells[-1].x1 < 2.5 * cell.size
        if near and any(cell.x0 >= x0 - 0.5 and cell.x1 <= x1 + 0.5 for x0, x1 in strays):
            cells[-1] = joined_line((cells[-1], cell))
        else:
            cells.append(cell)
    return tuple(cells)


def _in_columns(line: Line, columns: Sequence[tuple[float, float]]) -> tuple[Cell | None, ...]:
    row: list[Cell | None] = [None] * len(columns)
    for cell in line:
        at = _column(cell, columns)
        held = row[at]
        row[at] = joined_line((held, cell)) if held else cell
    return tuple(row)


def _column(cell: Cell, columns: Sequence[tuple[float, float]]) -> int:
    """The first column a cell lies in; where it touches none, the nearest."""
    touching = [at for at, (x0, x1) in enumerate(columns) if min(x1, cell.x1) - max(x0, cell.x0) > 0]
    if touching:
        return touching[0]
    return min(range(len(columns)), key=lambda at: abs(columns[at][0] - cell.x0))


def _continues(block: _Block, line: Line) -> bool:
    size = median([cell.size for cell in line])
    pitch = _pitch(block)
    gap = min(cell.y0 for cell in line) - block.bottom
    widest = max(len(each) for each in block.lines)
    if gap > max(2.2 * size, 1.4 * (pitch or 0)):
        return False
    if widest < 2:
        # a headline above is no part of what stands in columns below it
        return len(line) == 1 and _alike(block.lines[-1][0], line[0]) and _aligned(block, line[0])
    if len(line) == 1:
        return not _is_headline(block, line[0]) and (
            _is_wrapped(block, line[0]) or _fits_first(block, line[0])
        )
    if _is_new_head(block, line) or _is_title(block, size):
        return False
    if widest >= len(line):
        return sum(_aligned(block, cell) for cell in line) >= len(line) / 2
    columns = block.columns()
    lefts = sum(any(abs(cell.x0 - x0) < 0.6 * cell.size for cell in line) for x0, _ in columns)
    return lefts == len(columns)


def _is_title(block: _Block, size: float) -> bool:
    """Whether all there is before is one line in larger letters."""
    return len(block.lines) == 1 and min(cell.size for cell in block.lines[0]) > 1.2 * size


def _is_new_head(block: _Block, line: Line) -> bool:
    """Whether a line in bold begins a table under rows that are not."""
    return all(cell.bold for cell in line) and not any(
        all(cell.bold for cell in each) for each in block.lines
    )


def _pitch(block: _Block) -> float | None:
    """The usual distance from line to line."""
    middles = [median([cell.middle for cell in line]) for line in block.lines]
    return median([b - a for a, b in pairwise(middles)]) if len(middles) > 1 else None


def _alike(one: Cell, other: Cell) -> bool:
    return abs(one.size - other.size) < 0.15 * other.size


def _aligned(block: _Block, cell: Cell) -> bool:
    """Whether a cell begins, ends or has its middle where another one of the block does."""
    near = 0.6 * cell.size
    return any(
        abs(other.x0 - cell.x0) < near
        or abs(other.x1 - cell.x1) < near
        or abs(other.x0 + other.x1 - cell.x0 - cell.x1) < near
        for line in block.lines
        for other in line
    )


def _is_headline(block: _Block, cell: Cell) -> bool:
    others = [c for line in block.lines for c in line]
    bold_share = sum(c.bold for c in others) / len(others)
    first = [line[0].bold for line in block.lines if len(line) > 1]
    larger = cell.size > 1.15 * median([c.size for c in others])
    return larger or (cell.bold and bold_share < 0.5 and not all(first))


def _is_wrapped(block: _Block, cell: Cell) -> bool:
    """Whether a lone cell stands under a column after the first: the rest of a longer text there."""
    columns = block.columns()
    return any(abs(cell.x0 - x0) < 0.6 * cell.size for x0, _ in columns[1:])


def _fits_first(block: _Block, cell: Cell) -> bool:
    """Whether a lone cell stays within the first column, as a row with nothing else filled in."""
    columns = block.columns()
    return len(columns) > 2 and cell.x0 < columns[0][1] and cell.x1 < columns[1][0]
