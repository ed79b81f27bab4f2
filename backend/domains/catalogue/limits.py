"""How large a seller's file may be. Values in, nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file. A file beyond them is refused whole."""

    file_bytes: int = 200 * 1024 * 1024
    rows: int = 2_000_000
    columns: int = 1000
    cell_chars: int = 64 * 1024
    row_chars: int = 4 * 1024 * 1024
    line_chars: int = 16 * 1024 * 1024
    zip_entries: int = 2_000
    zip_unpacked_bytes: int = 600 * 1024 * 1024
    zip_ratio: int = 200  # of an entry above a megabyte: sheets of real sellers stay below 40
    worker_memory_bytes: int = 3 * 1024 * 1024 * 1024
    worker_seconds: int = 600
