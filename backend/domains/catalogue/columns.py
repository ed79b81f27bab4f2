"""Which column of a list, or field of a feed, each fact of a listing came from, added to what its row knows of that.

A file says the same for as long as it is kept, so a process asks once per file.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.domains.catalogue.queries import listings as queries

_MOST: Final = 512
_known: OrderedDict[UUID, Mapping[str, Any]] = OrderedDict()


async def with_columns(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of listings, their provenance with the column behind each target, and whether columns are fields of a feed.

    Shape of provenance: `{columns: {target: column}, is_feed, raw: {target: as written}, fields: {target: {source, page, box,
    confidence}}}`; `fields` are those that a report says, its box in points from the top left corner of the page.
    """
    files = {row["source_file_id"] for row in rows} - {None}
    known = {file: _known[file] for file in files if file in _known}
    if missing := files - known.keys():
        known |= await _learned(ctx, list(missing))
    return [_with(row, known) for row in rows]


def _with(row: Mapping[str, Any], known: Mapping[UUID, Mapping[str, Any]]) -> dict[str, Any]:
    values = dict(row)
    values["provenance"] = {**known.get(values.pop("source_file_id"), {}), **row["provenance"]}
    return values


async def _learned(ctx: Context, files: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    found: dict[UUID, Mapping[str, Any]] = {
        row["file_id"]: {"columns": row["columns"], "is_feed": row["is_feed"]}
        for row in await queries.list_columns(ctx.conn, files=files)
    }
    _known.update(found)
    while len(_known) > _MOST:
        _known.popitem(last=False)
    return found
