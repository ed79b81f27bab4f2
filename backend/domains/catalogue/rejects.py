"""The report of refused cells: a CSV that any spreadsheet opens safely."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from backend.core.errors import InvalidInput
from backend.domains.catalogue.model import RejectedCell

_HEADER: Final = ("row", "column", "reason", "value", "effect")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula.

    Source: OWASP, CSV injection.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


class RejectLog:
    """Writes every refused cell to a file as it comes, and keeps the first few. Without a path it only keeps."""

    KEPT: Final = 50

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: Any = None
        self._writer: Any = None
        self.first: list[RejectedCell] = []

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._file = self._path.open("w", encoding="utf-8", newline="")
            except OSError as error:
                facts = {"file": str(self._path), "problem": error.strerror}
                raise InvalidInput("catalogue.rejects_unwritable", **facts) from error
            self._writer = csv.writer(self._file)
            self._writer.writerow(_HEADER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, cell: RejectedCell) -> None:
        if len(self.first) < self.KEPT:
            self.first.append(cell)
        if self._writer is not None:
            self._writer.writerow(
                [cell.row, inert(cell.column), str(cell.reason), inert(cell.value), cell.effect]
            )
