"""Zips of strangers, entry by entry, without ever writing to the paths they name.

Names that leave the folder, links, entries that overlap or lie about their size, and everything that unpacks to far more
than it is are refused whole. Archives inside are given as they are: nobody opens them here.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from backend.core.errors import InvalidInput

_MEGABYTE: Final = 1 << 20
_DIRECTORY_ENTRY: Final = 1024  # bytes of the directory that one honest entry takes at most
_LONGEST_NAME: Final = 300
_TAIL: Final = 22 + 65_535  # the closing record with the longest comment
_SYSTEM_FILES: Final = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
_SYSTEM_FOLDERS: Final = frozenset({"__macosx", "@eadir", "$recycle.bin"})


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of one zip. `ratio` is of an entry that unpacks to more than a megabyte."""

    entries: int = 2_000
    entry_bytes: int = 64 * _MEGABYTE
    unpacked_bytes: int = 1024 * _MEGABYTE
    ratio: int = 100


def read_archive(path: Path, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    """Yields (name, content) of every file but hidden ones and those that operating systems add, in the order of names.

    Raises: InvalidInput `core.unsafe_archive` (problem), `core.unreadable_archive`.
    """
    try:
        with path.open("rb") as raw:
            _check_end(path, raw, limits)
            with zipfile.ZipFile(raw) as archive:
                _check(path, archive.infolist(), limits)
                for entry in sorted(archive.infolist(), key=lambda e: e.filename):
                    if not entry.is_dir() and not _is_system(entry.filename):
                        yield entry.filename, archive.read(entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise InvalidInput("core.unreadable_archive", file=path.name) from error


def _check_end(path: Path, raw: IO[bytes], limits: ArchiveLimits) -> None:
    """The directory is read whole by the library, so its size is looked at before."""
    size = raw.seek(0, 2)
    raw.seek(max(0, size - _TAIL))
    tail = raw.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise InvalidInput("core.unreadable_archive", file=path.name)
    entries, directory = struct.unpack_from("<HL", tail, at + 10)
    if entries > limits.entries or directory > limits.entries * _DIRECTORY_ENTRY:
        raise _unsafe(path, "too_many_entries", limit=limits.entries)
    if b"PK\x06\x06" in tail:  # a second directory, for archives far above our limits
        raise _unsafe(path, "too_large_unpacked", limit_bytes=limits.unpacked_bytes)


def _check(path: Path, entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    if len(entries) > limits.entries:
        raise _unsafe(path, "too_many_entries", limit=limits.entries)
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise _unsafe(path, "overlapping_entries")
        end = entry.header_offset + entry.compress_size
    if len({entry.filename for entry in entries}) != len(entries):
        raise _unsafe(path, "repeated_entries")
    for entry in entries:
        problem = _problem(entry, limits)
        if problem:
            raise _unsafe(path, problem, entry=ascii(entry.filename[:80]))
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise _unsafe(path, "too_large_unpacked", limit_bytes=limits.unpacked_bytes)


def _problem(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> str | None:
    """Why an archive with this entry is refused. The library reads no more of it than `file_size` says."""
    if not is_safe_name(entry.orig_filename) or not is_safe_name(entry.filename):
        return "path"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "link"
    if entry.flag_bits & 0x1:
        return "protected"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "unknown_entry"
    if entry.file_size > limits.entry_bytes:
        return "too_large_unpacked"
    if entry.file_size > max(_MEGABYTE, entry.compress_size * limits.ratio):
        return "compression_ratio"
    return None


def is_safe_name(name: str) -> bool:
    """Whether a name stays below the folder it is unpacked into, on every system."""
    if not name or len(name) > _LONGEST_NAME or any(ord(letter) < 32 for letter in name):
        return False
    plain = name.replace("\\", "/")
    return not plain.startswith("/") and plain[1:2] != ":" and ".." not in PurePosixPath(plain).parts


def _is_system(name: str) -> bool:
    parts = [part.casefold() for part in PurePosixPath(name).parts]
    return (
        any(part.startswith(".") or part in _SYSTEM_FOLDERS for part in parts) or parts[-1] in _SYSTEM_FILES
    )


def _unsafe(path: Path, problem: str, **facts: Any) -> InvalidInput:
    return InvalidInput("core.unsafe_archive", file=path.name, problem=problem, **facts)
