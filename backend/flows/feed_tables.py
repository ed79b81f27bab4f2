"""Fetched records as a table that the importer reads: one line of JSON each on disk, paths as columns. No database."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.domains.blueprints.connecting.records import cell_at, paths_of
from backend.domains.catalogue.readers import Record, Table

_MOST: Final = 1_000  # columns
_LOOKED_AT: Final = 300  # records that are searched for them


@dataclass(frozen=True, slots=True)
class Spool:
    """A table on disk with the mapping for it, as text."""

    table: Table
    mapping: str


async def open_spool(
    folder: Path, name: str, mapping: Mapping[str, Any], pages: AsyncIterator[Sequence[Mapping[str, Any]]]
) -> Spool:
    """Writes the records below `folder`, a page at a time, and opens them."""
    path, digest, count = folder / "feed.jsonl", hashlib.sha256(), 0
    paths = dict.fromkeys((*mapping.get("columns", {}), *mapping.get("ignore", {})))
    with path.open("wb") as file:
        async for page in pages:
            for record in page:
                line = json.dumps(record).encode() + b"\n"
                digest.update(line)
                file.write(line)
                if (count := count + 1) <= _LOOKED_AT and len(paths) < _MOST:
                    paths |= dict.fromkeys(paths_of(record))
            await asyncio.sleep(0)
    return Spool(_table(path, name, digest.hexdigest(), tuple(paths)[:_MOST]), json.dumps(dict(mapping)))


def _table(path: Path, name: str, digest: str, header: tuple[str, ...]) -> Table:
    done = 0

    def records() -> Generator[Record]:
        nonlocal done
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                record = json.loads(line)
                done += len(line)
                yield number, [cell_at(record, key) for key in header]

    reading = records()
    return Table(name, digest, path.stat().st_size, header, reading, lambda: done, reading.close)
