"""What the columns of a table hold, counted in one pass with bounded memory. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from backend.domains.catalogue.cells import Cell
from backend.domains.catalogue.model import ColumnProfile

_DISTINCT: Final = 5_000
_ALL_DISTINCT: Final = 500_000  # of all columns together
_CHARS: Final = 300
_BATCH: Final = 1_000
_FIRST: Final = 50
_SPREAD: Final = 450


class Profiler:
    """Takes listings one by one."""

    def __init__(self, keys: Sequence[str], names: Sequence[str] = (), groups: Sequence[str] = ()) -> None:
        self._keys, self._names, self._groups = keys, names or keys, groups or ("",) * len(keys)
        self._limit = min(_DISTINCT, max(200, _ALL_DISTINCT // max(1, len(keys))))
        self._counts: list[Counter[Cell]] = [Counter() for _ in keys]
        self._whole = [True] * len(keys)
        self._filled = [0] * len(keys)
        self._batch: list[Sequence[Cell]] = []
        self.total = 0

    def add(self, cells: Sequence[Cell]) -> None:
        self._batch.append(cells)
        if len(self._batch) >= _BATCH:
            self._count()

    def _count(self) -> None:
        width = len(self._keys)
        padded = [
            row if len(row) == width else (list(row[:width]) + [None] * (width - len(row)))
            for row in self._batch
        ]
        self.total += len(padded)
        for at, column in enumerate(zip(*padded, strict=True)):
            self._count_column(at, column)
        self._batch = []

    def _count_column(self, at: int, column: Sequence[Cell]) -> None:
        counts = Counter(map(_trimmed, column))
        empty = counts.pop(None, 0)
        self._filled[at] += len(column) - empty
        known = self._counts[at]
        if len(known) + len(counts) <= self._limit:
            known.update(counts)
            return
        for cell, times in counts.items():
            if cell in known or len(known) < self._limit:
                known[cell] += times
            else:
                self._whole[at] = False

    def profiles(self) -> tuple[ColumnProfile, ...]:
        self._count()
        return tuple(
            ColumnProfile(
                key=key, index=at, header=self._names[at], group=self._groups[at], values=self._counts[at],
                is_whole=self._whole[at], filled=self._filled[at], total=self.total,
            )
            for at, key in enumerate(self._keys)
        )  # fmt: skip


def _trimmed(cell: Cell) -> Cell:
    if type(cell) is str:
        return cell.strip()[:_CHARS] or None
    return f"{cell}".lower() if isinstance(cell, bool) else cell  # True would count as 1


class Sampler:
    """Keeps the first listings, and others spread evenly over a file of unknown length."""

    def __init__(self) -> None:
        self._first: list[tuple[int, tuple[Cell, ...]]] = []
        self._spread: list[tuple[int, tuple[Cell, ...]]] = []
        self._stride = 1
        self._seen = 0

    def add(self, row: int, cells: Sequence[Cell]) -> None:
        if len(self._first) < _FIRST:
            self._first.append((row, _short(cells)))
            return
        if self._seen % self._stride == 0:
            if len(self._spread) >= _SPREAD:
                self._spread = self._spread[::2]
                self._stride *= 2
            if self._seen % self._stride == 0:
                self._spread.append((row, _short(cells)))
        self._seen += 1

    def rows(self) -> tuple[tuple[int, tuple[Cell, ...]], ...]:
        return (*self._first, *self._spread)


def _short(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    limit = 2_000 if len(cells) <= 60 else 200
    return tuple(cell[:limit] if type(cell) is str else cell for cell in cells)


def profile_records(keys: Sequence[str], rows: Iterable[Sequence[Cell]]) -> tuple[ColumnProfile, ...]:
    """The columns of records that come from no file: an API, a report."""
    profiler = Profiler(keys)
    for cells in rows:
        profiler.add(cells)
    return profiler.profiles()
