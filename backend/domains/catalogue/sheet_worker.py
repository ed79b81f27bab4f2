"""A process that reads one workbook and writes its rows to stdout as lines of JSON; the last line is an object.

Started by `sheets` with its order as the only argument. Imports nothing of the product: it may die of its input.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine


def limit_resources(memory: int, seconds: int) -> None:
    """Where the platform has them. Without limits the checks of `sheets` still stand."""
    try:
        import resource
    except ImportError:
        return
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def plain(cell: Any) -> Any:
    if isinstance(cell, str | int | float | bool):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    return str(cell)


def refuse(code: str, /, **facts: Any) -> dict[str, Any]:
    return {"problem": code, "facts": facts}


def read(order: dict[str, Any]) -> dict[str, Any]:
    """Writes the rows; returns the closing object."""
    with calamine.CalamineWorkbook.from_path(order["path"]) as workbook:
        names = workbook.sheet_names
        if order["sheet"] is not None and order["sheet"] not in names:
            return refuse("unknown_sheet", sheet=order["sheet"], sheets=names[:50])
        for name in [order["sheet"]] if order["sheet"] is not None else names:
            sheet = workbook.get_sheet_by_name(name)
            if not sheet.total_height and order["sheet"] is None:
                continue
            return write(sheet, order)
    return refuse("empty_file")


def write(sheet: calamine.CalamineSheet, order: dict[str, Any]) -> dict[str, Any]:
    if sheet.total_width > order["columns"]:
        return refuse("too_many_columns", columns=sheet.total_width, limit=order["columns"])
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > order["rows"]:
            return refuse("too_many_rows", limit=order["rows"])
        cells = [plain(cell) for cell in row]
        if any(isinstance(cell, str) and len(cell) > order["cell_chars"] for cell in cells):
            return refuse("cell_too_large", row=number, limit=order["cell_chars"])
        sys.stdout.write(json.dumps([number, cells]) + "\n")
    return {}


def main() -> None:
    order = json.loads(sys.argv[1])
    limit_resources(order["memory"], order["seconds"])
    try:
        closing = read(order)
    except MemoryError:
        closing = refuse("unsafe_workbook", problem="needs_too_much_memory")
    except (calamine.CalamineError, OSError, ValueError):
        closing = refuse("unreadable_workbook")
    sys.stdout.write(json.dumps(closing) + "\n")


if __name__ == "__main__":
    main()
