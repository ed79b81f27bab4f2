"""Surveys a seller's file: which sheet, where the names of the columns are, which rows are listings, what columns hold.

Reads the file once, keeps little of it, and knows nothing of what columns mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from backend.core.errors import Conflict, InvalidInput
from backend.domains.catalogue.cells import Cell, plain
from backend.domains.catalogue.heading import LOOKED_AT, find_heading
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.model import SheetLayout, SheetSurvey
from backend.domains.catalogue.profiling import Profiler, Sampler
from backend.domains.catalogue.readers import Record, Source, open_source
from backend.domains.catalogue.shapes import shape
from backend.domains.catalogue.sheets import Outline
from backend.domains.catalogue.sorting import RowKind, settled, sorted_rows
from backend.domains.catalogue.words import ASIDE, names_a_column

ProgressCallback = Callable[[str, int, int], None]
_REPORT_EVERY: Final = 5_000
_OTHERS: Final = 10_000  # rows beside the listings that are remembered
_TITLE_CHARS: Final = 4_000


def survey(
    path: Path,
    *,
    limits: Limits | None = None,
    sheet: str | None = None,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SheetSurvey:
    """The structure of a file and a profile of its columns. Blocking: call it in a thread.

    Raises: as `open_table`; InvalidInput `catalogue.single_column`; Conflict `blueprints.cancelled`.
    """
    source = open_source(path, sheet=sheet, choose=choose_sheet, limits=limits)
    try:
        return _survey(source, progress or _silent, cancelled or _never)
    finally:
        source.records.close()
        source.close()


def _silent(_stage: str, _done: int, _total: int) -> None: ...


def _never() -> bool:
    return False


def choose_sheet(outlines: Sequence[Outline]) -> str:
    """The sheet that looks most like a list: visible, wide, long, with names above its columns, and no name of an aside."""
    years = [int(year) for outline in outlines for year in re.findall(r"(?<!\d)20\d\d(?!\d)", outline.name)]
    return max(outlines, key=lambda outline: _worth(outline, max(years, default=0))).name


def _worth(outline: Outline, latest: int) -> float:
    heading = find_heading(outline.first)
    width = len([name for name in heading.names if name])
    rows = max(0, outline.rows - (heading.rows[-1] if heading.rows else 0))
    worth = math.log2(1 + rows) * min(width, 30) * (0.2 + max(0.0, heading.score))
    worth *= 1.0 if outline.is_visible else 0.05
    worth *= 0.3 if ASIDE.search(outline.name) else 1.0
    years = [int(year) for year in re.findall(r"(?<!\d)20\d\d(?!\d)", outline.name)]
    return worth * (0.5 if years and max(years) < latest else 1.0)


def _survey(source: Source, progress: ProgressCallback, cancelled: Callable[[], bool]) -> SheetSurvey:
    ahead = list(islice(source.records, LOOKED_AT))
    heading = find_heading(ahead, source.merged)
    keys = heading.keys
    if source.delimiter is not None and (len(keys) < 2 or _is_prose(ahead, keys)):
        raise InvalidInput("catalogue.single_column", file=source.name)
    last = heading.rows[-1] if heading.rows else 0
    profiler, sampler = Profiler(keys, heading.names, heading.groups), Sampler()
    others: list[tuple[int, RowKind]] = []
    first = final = 0
    below = _chained([record for record in ahead if record[0] > last], source)
    for done, (row, cells, kind) in enumerate(sorted_rows(heading.names, below), 1):
        if kind == "listing":
            profiler.add(cells)
            sampler.add(row, cells)
            first, final = first or row, row
        elif kind != "blank" and len(others) < _OTHERS:
            others.append((row, kind))
        if done % _REPORT_EVERY == 0:
            if cancelled():
                raise Conflict("blueprints.cancelled", file=source.name)
            progress("reading", source.position(), source.bytes)
    columns = profiler.profiles()
    if not profiler.total:
        raise InvalidInput("catalogue.empty_file", file=source.name)
    above = [
        (number, _line(cells)) for number, cells in ahead if number <= last and number not in heading.rows
    ]
    titles = tuple((number, "title") for number, text in above if text)
    layout = SheetLayout(
        format=source.format,
        sheet=source.sheet,
        sheets=source.sheets,
        header_rows=heading.rows,
        keys=keys,
        first_row=first,
        row_count=profiler.total,
        other_rows=(*titles, *settled(others, final)),
        delimiter=source.delimiter,
        encoding=source.encoding,
        title_text="\n".join(text for _, text in above if text)[:_TITLE_CHARS],
    )
    return SheetSurvey(layout, columns, sampler.rows())


def _is_prose(rows: Sequence[Record], keys: Sequence[str]) -> bool:
    """Whether a text is no table: its commas stand in sentences."""
    if len(keys) > 2 or any(names_a_column(key) for key in keys):
        return False
    return not any(shape(cell) in {"number", "date", "code", "mark"} for _, cells in rows for cell in cells)


def _chained(ahead: Sequence[Record], source: Source) -> Generator[Record]:
    yield from ahead
    yield from source.records


def _line(cells: Sequence[Cell]) -> str:
    return " ".join(text for cell in cells if (text := plain(cell)))
