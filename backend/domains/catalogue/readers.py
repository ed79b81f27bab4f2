"""Streams the records of a seller's file, text or workbook, within limits that hold for hostile files too.

Knows nothing of mappings. A file is refused by size before it is opened, and a workbook by its zip directory and by
decompressing it without keeping the result, before `sheets` reads it in a process of its own with a memory limit.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

from backend.core.errors import InvalidInput
from backend.domains.catalogue import sheets
from backend.domains.catalogue.encodings import inspect, sniff_delimiter
from backend.domains.catalogue.heading import Heading, Merged, named_by
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.normalizers import Cell
from backend.domains.catalogue.sorting import listings_of

Record: TypeAlias = tuple[int, Sequence[Cell]]
_CHUNK: Final = 1 << 20
_TOLD_EVERY: Final = 500  # lines
_FOREIGN: Final = (
    (b"%pdf", "pdf"), (b"<!doctype", "web_page"), (b"<html", "web_page"), (b"<table", "web_page"), (b"<?xml", "xml"),
    (b"{\\rtf", "rich_text"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file. `records` yields (1-based record number, cells) after the header; `position` is in bytes."""

    name: str
    sha256: str
    bytes: int
    header: tuple[str, ...]
    records: Iterator[Record]
    position: Callable[[], int]
    close: Callable[[], None]


def table_of(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sha256: str, size: int = 0
) -> Table:
    """A table of records that come from no file, numbered from 1. `sha256` is that of what they were read from."""

    def numbered() -> Generator[Record]:
        yield from enumerate(rows, 1)

    records = numbered()
    return Table(name, sha256, size, tuple(header), records, int, records.close)


def open_table(
    path: Path,
    *,
    header_row: int = 1,
    header_rows: Sequence[int] | None = None,
    listings_only: bool = False,
    sheet: str | None = None,
    delimiter: str = "auto",
    encoding: str = "auto",
    limits: Limits | None = None,
) -> Table:
    """Checks a file and reads its header. Blocking; call it in a thread.

    `header_rows` names one or two rows, or none where the columns have no names. `listings_only` leaves out totals,
    sections, repeated names and remarks, as a survey of the file does.
    Raises: InvalidInput `catalogue.file_not_found`, `.unreadable_file`, `.file_too_large`, `.unsupported_file`,
    `.undecodable`, `.nul_byte`, `.unsafe_workbook`, `.unreadable_workbook`, `.unknown_sheet`, `.empty_file`,
    `.too_many_columns`, `.too_many_rows`, `.cell_too_large`.
    """
    rows = (header_row,) if header_rows is None else tuple(header_rows)
    source = open_source(path, sheet=sheet, delimiter=delimiter, encoding=encoding, limits=limits)
    try:
        heading, records = _headed(source, rows)
    except BaseException:
        source.close()
        raise
    chosen = listings_of(heading.names, records) if listings_only else records
    return Table(
        source.name, source.sha256, source.bytes, heading.keys, chosen, source.position, source.close
    )


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file before anybody knows where its header is. `records` begin with the first row."""

    name: str
    format: str
    sha256: str
    bytes: int
    records: Generator[Record]
    position: Callable[[], int]
    close: Callable[[], None]
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    merged: tuple[Merged, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None


def open_source(
    path: Path,
    *,
    sheet: str | None = None,
    choose: sheets.Choice | None = None,
    delimiter: str = "auto",
    encoding: str = "auto",
    limits: Limits | None = None,
) -> Source:
    """Checks a file and streams its rows. `choose` picks the sheet of a workbook that has several.

    Raises: as `open_table`.
    """
    limits = limits or Limits()
    size = _size(path, limits)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise InvalidInput("catalogue.unreadable_file", file=path.name, problem=error.strerror) from error
    form = sheets.workbook_format(path, start, limits)
    if form is not None:
        book = sheets.open_workbook(path, sheet, limits, choose=choose)
        try:
            digest = _digest(path)
        except BaseException:
            book.records.close()
            raise
        records = _checked(book.records, path.name, limits)
        return Source(
            path.name,
            form,
            digest,
            size,
            records,
            int,
            book.records.close,
            book.sheet,
            book.sheets,
            book.merged,
        )
    for mark, kind in _FOREIGN:
        if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(mark):
            raise InvalidInput("catalogue.unsupported_file", file=path.name, kind=kind)
    digest, found = inspect(path, start, encoding)
    separator = delimiter if delimiter != "auto" else sniff_delimiter(path, found)
    records, position = _read_text(path, found, separator, limits)
    kind = "tsv" if separator == "\t" else "txt" if path.suffix.lower() == ".txt" else "csv"
    checked = _checked(records, path.name, limits)
    return Source(
        path.name, kind, digest, size, checked, position, records.close, delimiter=separator, encoding=found
    )


def _size(path: Path, limits: Limits) -> int:
    if not path.is_file():
        raise InvalidInput("catalogue.file_not_found", file=str(path))
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise InvalidInput(
            "catalogue.file_too_large", file=path.name, bytes=size, limit_bytes=limits.file_bytes
        )
    if size == 0:
        raise InvalidInput("catalogue.empty_file", file=path.name)
    return size


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_text(
    path: Path, encoding: str, delimiter: str, limits: Limits
) -> tuple[Generator[Record], Callable[[], int]]:
    csv.field_size_limit(limits.cell_chars)
    done = 0

    def lines() -> Generator[str]:
        nonlocal done
        with path.open("rb", buffering=0) as raw:
            file = io.TextIOWrapper(io.BufferedReader(raw, _CHUNK // 4), encoding=encoding, newline="")
            # asking where it stands lets other threads go first: once for many lines, or reading waits for them at each
            for number in count():
                line = file.readline(limits.line_chars)
                if number % _TOLD_EVERY == 0 or not line:
                    done = raw.tell()
                if not line:
                    return
                if len(line) >= limits.line_chars:
                    raise csv.Error("line too long")
                yield line

    def records() -> Generator[Record]:
        number, source = 0, lines()
        try:
            for number, cells in enumerate(csv.reader(source, delimiter=delimiter), 1):
                yield number, cells
        except csv.Error as error:
            facts = {"file": path.name, "row": number + 1, "limit": limits.cell_chars}
            raise InvalidInput("catalogue.cell_too_large", **facts) from error
        finally:
            source.close()

    return records(), lambda: done


def _headed(source: Source, rows: tuple[int, ...]) -> tuple[Heading, Generator[Record]]:
    """The names of the columns, and the records below them."""
    before: list[Record] = []
    last = max(rows, default=0)
    while len(before) < last:
        record = next(source.records, None)
        if record is None:
            raise InvalidInput("catalogue.empty_file", file=source.name)
        before.append(record)
    if last:
        return named_by(before, rows, source.merged), source.records
    first = next(source.records, None)
    if first is None:
        raise InvalidInput("catalogue.empty_file", file=source.name)
    names = tuple(f"#{at}" for at in range(1, len(first[1]) + 1))
    return Heading((), names, ("",) * len(names), 0.0), _again(first, source.records)


def _again(first: Record, records: Generator[Record]) -> Generator[Record]:
    yield first
    yield from records


def _checked(records: Generator[Record], name: str, limits: Limits) -> Generator[Record]:
    for number, cells in records:
        if number > limits.rows:
            raise InvalidInput("catalogue.too_many_rows", file=name, limit=limits.rows)
        if len(cells) > limits.columns:
            raise InvalidInput(
                "catalogue.too_many_columns", file=name, columns=len(cells), limit=limits.columns
            )
        yield number, cells
