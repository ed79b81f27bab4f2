"""Reads workbooks (XLSX, XLSB, ODS, XLS) without trusting them. Macros, links and formulas are never run.

Most are a zip of XML, so a small file can ask for any amount of memory: by a high compression ratio, by entries
that overlap or lie about their size, or by one cell in the last row of the last column. The zip directory is checked,
every entry is decompressed once without being kept, and the reading itself happens in `sheet_worker`, a process with
a memory limit whose death is an error message and nothing more.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeAlias, cast

from rapidfuzz import process

from backend.core.errors import InvalidInput
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.normalizers import Cell

_CHUNK: Final = 256 * 1024
_MEGABYTE: Final = 1 << 20
_OLE: Final = b"\xd0\xcf\x11\xe0"
_FORMATS: Final = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
_WORKER: Final = Path(__file__).with_name("sheet_worker.py")


@dataclass(frozen=True, slots=True)
class Outline:
    """One sheet of a workbook before it is chosen: its size, and its first rows cut short."""

    name: str
    is_visible: bool
    rows: int
    columns: int
    first: Sequence[tuple[int, Sequence[Cell]]]


Choice: TypeAlias = Callable[[Sequence[Outline]], str]


@dataclass(frozen=True, slots=True)
class Book:
    """An opened sheet. `records` yields (1-based sheet row, cells); closing it ends the process that reads."""

    sheet: str
    sheets: tuple[str, ...]
    merged: tuple[tuple[int, int, int, int], ...]
    records: Generator[tuple[int, Sequence[Cell]]]


def workbook_format(path: Path, start: bytes, limits: Limits) -> str | None:
    """`xlsx`, `xlsb`, `ods` or `xls` by its content, None for what is no workbook.

    Raises: as `check_workbook`.
    """
    if start.startswith(_OLE):
        return "xls"
    return check_workbook(path, limits) if start.startswith(b"PK\x03\x04") else None


def check_workbook(path: Path, limits: Limits) -> str:
    """The format of a zipped workbook whose parts are what they claim to be.

    Raises: InvalidInput `catalogue.unsafe_workbook` (problem), `catalogue.unreadable_workbook`, `.unsupported_file`.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            entries = archive.infolist()
            _check_directory(path, entries, limits)
            budget = limits.zip_unpacked_bytes
            for entry in entries:
                budget -= _unpacked_size(path, raw, entry, min(budget, _allowed(entry, limits)))
            names = set(archive.namelist())
            return next(form for mark, form in _FORMATS.items() if mark in names)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise InvalidInput("catalogue.unreadable_workbook", file=path.name) from error


def _check_directory(path: Path, entries: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    names = [entry.filename for entry in entries]
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise _unsafe(path, "overlapping_entries")
        end = entry.header_offset + entry.compress_size
    if len(entries) > limits.zip_entries:
        raise _unsafe(path, "too_many_entries", entries=len(entries), limit=limits.zip_entries)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise InvalidInput("catalogue.unsupported_file", file=path.name, kind="protected_workbook")
    if len(set(names)) != len(names):
        raise _unsafe(path, "repeated_entries")
    total = sum(entry.file_size for entry in entries)
    if total > limits.zip_unpacked_bytes:
        raise _unsafe(path, "too_large_unpacked", bytes=total, limit_bytes=limits.zip_unpacked_bytes)
    if any(entry.file_size > _allowed(entry, limits) for entry in entries):
        raise _unsafe(path, "compression_ratio", limit=limits.zip_ratio)
    if not any(mark in names for mark in _FORMATS):
        raise InvalidInput("catalogue.unsupported_file", file=path.name, kind="zip_without_workbook")


def _allowed(entry: zipfile.ZipInfo, limits: Limits) -> int:
    return max(_MEGABYTE, entry.compress_size * limits.zip_ratio)


def _unpacked_size(path: Path, raw: IO[bytes], entry: zipfile.ZipInfo, allowed: int) -> int:
    """The true size of an entry, whatever its header says; read in chunks that are thrown away."""
    raw.seek(entry.header_offset)
    header = raw.read(30)
    name_length, extra_length = struct.unpack("<26xHH", header)
    if header[:4] != b"PK\x03\x04" or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _unsafe(path, "unknown_entry", entry=entry.filename[:80])
    raw.seek(name_length + extra_length, 1)
    size, left = 0, entry.compress_size
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := raw.read(min(_CHUNK, left))):
        left -= len(packed)
        while packed:
            size += len(inflate.decompress(packed, _CHUNK)) if inflate else len(packed)
            packed = inflate.unconsumed_tail if inflate else b""
            if size > allowed:
                raise _unsafe(path, "too_large_unpacked", entry=entry.filename[:80])
    if size != entry.file_size or (inflate and not inflate.eof):
        raise _unsafe(path, "false_size", entry=entry.filename[:80])
    return size


def _unsafe(path: Path, problem: str, **facts: Any) -> InvalidInput:
    return InvalidInput("catalogue.unsafe_workbook", file=path.name, problem=problem, **facts)


def open_workbook(path: Path, sheet: str | None, limits: Limits, *, choose: Choice | None = None) -> Book:
    """Opens one sheet of a checked workbook: the one named, the one `choose` takes, or the first that has cells.

    Raises: InvalidInput `catalogue.unknown_sheet` (nearest), `.unreadable_workbook`, `.unsupported_file`,
    `.unsafe_workbook`, `.empty_file`; while reading also `.cell_too_large`, `.too_many_rows`, `.too_many_columns`.
    """
    records = _stream(path, sheet, limits, choose)
    opened = next(records)
    assert isinstance(opened, dict)
    merged = tuple((a[0], a[1], a[2], a[3]) for a in opened["merged"])
    return Book(opened["sheet"], tuple(opened["sheets"]), merged, cast("Any", records))


def _stream(
    path: Path, sheet: str | None, limits: Limits, choose: Choice | None
) -> Generator[dict[str, Any] | tuple[int, Sequence[Cell]]]:
    """What was opened, then its rows."""
    order = json.dumps({
        "path": str(path.resolve()), "sheet": sheet, "choose": choose is not None and sheet is None,
        "memory": limits.worker_memory_bytes, "seconds": limits.worker_seconds, "rows": limits.rows,
        "columns": limits.columns, "cell_chars": limits.cell_chars, "row_chars": limits.row_chars,
    })  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-I", str(_WORKER), order],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    try:
        for line in worker.stdout:
            message = json.loads(line)
            if isinstance(message, list):
                yield message[0], message[1]
            elif "outlines" in message and choose is not None:
                chosen = choose([Outline(**outline) for outline in message["outlines"]])
                worker.stdin.write(json.dumps(chosen).encode() + b"\n")
                worker.stdin.flush()
            elif "opened" in message:
                yield message["opened"]
            else:
                _raise_if_refused(path, message)
                return
        raise _unsafe(path, "needs_too_much_memory")
    finally:
        worker.kill()
        worker.wait()
        for pipe in (worker.stdout, worker.stdin):
            with suppress(OSError):
                pipe.close()


def _raise_if_refused(path: Path, message: dict[str, Any]) -> None:
    problem: str | None = message.get("problem")
    if problem is None:
        return
    facts: dict[str, Any] = {"file": path.name, **message.get("facts", {})}
    if problem == "unknown_sheet":
        nearest = process.extractOne(str(facts["sheet"]), list(facts["sheets"]))
        facts |= {"nearest": nearest[0]} if nearest else {}
    raise InvalidInput(f"catalogue.{problem}", **facts)
