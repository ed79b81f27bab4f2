"""Reads single cells and a few rows exactly as an import would, without a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.mapping import mapping_of
from backend.domains.catalogue.model import PreviewRow, SourceMapping
from backend.domains.catalogue.normalizers import Cell, Reason, Rejected
from backend.domains.catalogue.readers import Table, open_table
from backend.domains.catalogue.reading import OWN, Setting
from backend.domains.catalogue.rows import RowTyper

_KEY: Final = "cell"


def preview_rows(
    path: Path,
    mapping: SourceMapping | Mapping[str, Any],
    *,
    setting: Setting | None = None,
    rows: Collection[int] | None = None,
    limit: int | None = 50,
    limits: Limits | None = None,
) -> list[PreviewRow]:
    """The listings of a file by a mapping (or its plain document, complete or not): those at `rows`, else the first.

    Without a `setting`, amounts and distances stay in the currency and unit they have in the file. Blocking.
    Raises: as `open_table` and `RowTyper` do; InvalidInput `catalogue.mapping_invalid`.
    """
    known = mapping if isinstance(mapping, SourceMapping) else mapping_of(mapping, complete=False)
    table = open_mapped(path, known, limits=limits)
    try:
        typer = RowTyper(replace(known, strict=False), table.header, setting or OWN, file=table.name)
        return _read(typer, table, rows, limit)
    finally:
        table.close()


def open_mapped(path: Path, mapping: SourceMapping, *, limits: Limits | None = None) -> Table:
    """Opens a file the way its mapping says. Raises: as `open_table`."""
    return open_table(
        path,
        header_rows=mapping.header_rows,
        listings_only=mapping.rows == "listings",
        sheet=mapping.sheet,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        limits=limits,
    )


def _read(typer: RowTyper, table: Table, rows: Collection[int] | None, limit: int | None) -> list[PreviewRow]:
    wanted = None if rows is None else frozenset(rows)
    last = max(wanted, default=0) if wanted is not None else None
    found: list[PreviewRow] = []
    for row, cells in table.records:
        if last is not None and row > last:
            break
        if (wanted is None or row in wanted) and any(cell not in (None, "") for cell in cells):
            found.append(typer.preview(row, cells))
        if wanted is None and limit is not None and len(found) >= limit:
            break
    return found


def read_values(
    cell: Cell, column: Mapping[str, Any] | str, *, mapping_defaults: Mapping[str, Any] | None = None
) -> Mapping[str, Any] | Rejected:
    """What one cell says, target by target, read by an entry of a source mapping; nothing where it is empty.

    `mapping_defaults` are `decimal`, `dates`, `currency` and `mileage_unit` of the text the cell comes from.
    """
    given = dict(mapping_defaults or {})
    document: dict[str, Any] = {"schema": "source_mapping.v1", "source": _KEY, "columns": {_KEY: column}}
    document |= {name: given[name] for name in ("currency", "mileage_unit") if given.get(name)}
    document["file"] = {name: given[name] for name in ("decimal", "dates") if given.get(name)}
    read = RowTyper(mapping_of(document, complete=False), (_KEY,), OWN, file=_KEY).preview(1, [cell])
    refused = next((p for p in read.problems if p.value or p.reason != "required"), None)
    return Rejected(Reason(refused.reason)) if refused else read.values


def read_cell(
    cell: Cell, column: Mapping[str, Any] | str, *, mapping_defaults: Mapping[str, Any] | None = None
) -> Any:
    """The value of one cell, a `Rejected`, or None where it says nothing; of several targets, target → value.

    Raises: InvalidInput `catalogue.mapping_invalid`.
    """
    values = read_values(cell, column, mapping_defaults=mapping_defaults)
    if isinstance(values, Rejected):
        return values
    if isinstance(column, str):
        return values.get(column)
    return values.get(column["target"]) if "target" in column else dict(values)
