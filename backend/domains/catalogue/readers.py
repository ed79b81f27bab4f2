"""Streams the records of a seller's file: CSV, TSV and XLSX, within limits that hold for hostile files too.

Knows nothing of mappings. A file is refused by size before it is opened, and a workbook by its zip directory and by
decompressing it without keeping the result, before `sheets` reads it in a process of its own with a memory limit.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from backend.core.errors import InvalidInput
from backend.domains.catalogue import sheets
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.normalizers import Cell

Record: TypeAlias = tuple[int, Sequence[Cell]]
_CHUNK: Final = 1 << 20
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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


def open_table(
    path: Path,
    *,
    header_row: int = 1,
    sheet: str | None = None,
    delimiter: str = "auto",
    encoding: str = "auto",
    limits: Limits | None = None,
) -> Table:
    """Checks a file and reads its header. Blocking; call it in a thread.

    Raises: InvalidInput `catalogue.file_not_found`, `.unreadable_file`, `.file_too_large`, `.unsupported_file`,
    `.undecodable`, `.nul_byte`, `.unsafe_workbook`, `.unreadable_workbook`, `.unknown_sheet`, `.empty_file`,
    `.too_many_columns`, `.too_many_rows`, `.cell_too_large`.
    """
    limits = limits or Limits()
    size = _size(path, limits)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise InvalidInput("catalogue.unreadable_file", file=path.name, problem=error.strerror) from error
    if start.startswith(b"PK\x03\x04"):
        records = sheets.read_workbook(path, sheet, limits)
        digest = _digest(path)
        position = int
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput("catalogue.unsupported_file", file=path.name, kind="old_or_protected_workbook")
    else:
        digest, chosen = _inspect(path, start, encoding)
        records, position = _read_text(path, chosen, delimiter, limits)
    try:
        header = _header(records, header_row, path.name, limits)
    except BaseException:
        records.close()
        raise
    checked = _checked(records, path.name, limits)
    return Table(path.name, digest, size, header, checked, position, records.close)


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


def _inspect(path: Path, start: bytes, encoding: str) -> tuple[str, str]:
    """The sha256 of a text file and its encoding, found by decoding all of it."""
    candidates = [encoding] if encoding != "auto" else _candidates(start)
    failures: list[InvalidInput] = []
    for candidate in candidates:
        try:
            return _decode_all(path, candidate), candidate
        except InvalidInput as error:
            failures.append(error)
            if error.code == "catalogue.nul_byte" or error.facts.get("multibyte_before"):
                break
    raise failures[-1] if failures[-1].code == "catalogue.nul_byte" else failures[0]


def _candidates(start: bytes) -> list[str]:
    for bom, name in _BOMS:
        if start.startswith(bom):
            return [name]
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 4:
        return ["utf-16-le"]
    if len(start) >= 4 and start[::2].count(0) > len(start) // 4:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _decode_all(path: Path, encoding: str) -> str:
    """Returns the sha256. Raises at the first undecodable byte, with its record and place, and at a NUL."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(encoding)()
    done, lines, multibyte = 0, 0, False
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            digest.update(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                pending = len(error.object) - len(chunk)
                good = bytes(error.object[: error.start])
                raise InvalidInput(
                    "catalogue.undecodable",
                    file=path.name,
                    encoding=encoding,
                    line=lines + good.count(b"\n") + 1,
                    byte=done - pending + error.start,
                    multibyte_before=multibyte or not good.isascii(),
                ) from error
            if "\x00" in text:
                line = lines + text[: text.index("\x00")].count("\n") + 1
                raise InvalidInput("catalogue.nul_byte", file=path.name, line=line)
            lines, multibyte, done = (
                lines + text.count("\n"),
                multibyte or not text.isascii(),
                done + len(chunk),
            )
            if not chunk:
                return digest.hexdigest()


def _read_text(
    path: Path, encoding: str, delimiter: str, limits: Limits
) -> tuple[Generator[Record], Callable[[], int]]:
    csv.field_size_limit(limits.cell_chars)
    chosen = delimiter if delimiter != "auto" else sniff_delimiter(path, encoding)
    done = 0

    def lines() -> Generator[str]:
        nonlocal done
        with path.open("rb", buffering=0) as raw:
            file = io.TextIOWrapper(io.BufferedReader(raw, _CHUNK // 4), encoding=encoding, newline="")
            while line := file.readline(limits.line_chars):
                if len(line) >= limits.line_chars:
                    raise csv.Error("line too long")
                done = raw.tell()
                yield line

    def records() -> Generator[Record]:
        number, source = 0, lines()
        try:
            for number, cells in enumerate(csv.reader(source, delimiter=chosen), 1):
                yield number, cells
        except csv.Error as error:
            facts = {"file": path.name, "row": number + 1, "limit": limits.cell_chars}
            raise InvalidInput("catalogue.cell_too_large", **facts) from error
        finally:
            source.close()

    return records(), lambda: done


def sniff_delimiter(path: Path, encoding: str) -> str:
    """The separator that splits the first records into the most columns of equal number."""
    with path.open("rb") as file:
        sample = codecs.getincrementaldecoder(encoding)().decode(file.read(64 * 1024))
    best, best_score = ",", (0, 0)
    for candidate in (",", ";", "\t", "|"):
        widths: list[int] = []
        try:
            for cells in csv.reader(sample.splitlines(keepends=True)[:50], delimiter=candidate):
                widths.append(len(cells))
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        mode = max(set(wide), key=wide.count) if wide else 0
        score = (wide.count(mode) * min(mode, 3), mode) if mode else (0, 0)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _header(records: Iterator[Record], header_row: int, name: str, limits: Limits) -> tuple[str, ...]:
    for number, cells in records:
        if len(cells) > limits.columns:
            raise InvalidInput(
                "catalogue.too_many_columns", file=name, columns=len(cells), limit=limits.columns
            )
        if number == header_row:
            return column_keys(cells)
    raise InvalidInput("catalogue.empty_file", file=name)


def column_keys(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Header texts with white space collapsed; an empty one is `#<column>`, the second `Length` is `Length#2`."""
    seen: dict[str, int] = {}
    keys: list[str] = []
    for at, cell in enumerate(cells, 1):
        text = " ".join(str("" if cell is None else cell).split()) or f"#{at}"
        seen[text] = seen.get(text, 0) + 1
        keys.append(text if seen[text] == 1 else f"{text}#{seen[text]}")
    while keys and keys[-1] == f"#{len(keys)}":
        keys.pop()
    return tuple(keys)


def _checked(records: Iterator[Record], name: str, limits: Limits) -> Iterator[Record]:
    for number, cells in records:
        if number > limits.rows:
            raise InvalidInput("catalogue.too_many_rows", file=name, limit=limits.rows)
        if len(cells) > limits.columns:
            raise InvalidInput(
                "catalogue.too_many_columns", file=name, columns=len(cells), limit=limits.columns
            )
        yield number, cells
