"""A process that reads one workbook and writes its rows to stdout as lines of JSON; the last line is an object.

Started by `sheets` with its order as the only argument. Imports next to nothing of the product: it may die of its input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import python_calamine as calamine

sys.path.append(str(Path(__file__).resolve().parents[3]))
from backend.domains.catalogue.sheet_formulas import Calculator, find_formulas

SHEETS: Final = 60
OUTLINE_ROWS: Final = 60
OUTLINE_COLUMNS: Final = 100
MERGED_ROWS: Final = 200
MERGED: Final = 50_000


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


def rows_of(sheet: calamine.CalamineSheet) -> Iterator[list[Any]]:
    """Every row from the first on, with the columns in front of the used ones."""
    before: list[Any] = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*before, *row] if before else row


def say(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")


def read(order: dict[str, Any]) -> dict[str, Any]:
    """Writes what was opened and its rows; returns the closing object."""
    with calamine.CalamineWorkbook.from_path(order["path"]) as workbook:
        names = workbook.sheet_names
        wanted = order["sheet"]
        if wanted is not None and wanted not in names:
            return refuse("unknown_sheet", sheet=wanted, sheets=names[:50])
        if wanted is not None:
            sheet = workbook.get_sheet_by_name(wanted)
        else:
            sheet = asked(workbook) if order["choose"] else first_with_cells(workbook)
        if sheet is None:
            return refuse("empty_file")
        areas = merged(sheet)
        top = [area for area in areas if area[0] <= MERGED_ROWS]
        say({"opened": {"sheet": sheet.name, "sheets": names[:SHEETS], "merged": top}})
        return write(sheet, order, calculator(sheet, order["path"], sheet.name), areas)


def calculator(sheet: calamine.CalamineSheet, path: str, name: str) -> Calculator | None:
    formulas = find_formulas(path, name)
    return Calculator(formulas, rows_of(sheet)) if formulas else None


def first_with_cells(workbook: calamine.CalamineWorkbook) -> calamine.CalamineSheet | None:
    sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
    return next((sheet for sheet in sheets if sheet.total_height), None)


def asked(workbook: calamine.CalamineWorkbook) -> calamine.CalamineSheet | None:
    """Shows the sheets that have cells and waits for the name of one."""
    sheets: dict[str, calamine.CalamineSheet] = {}
    outlines: list[dict[str, Any]] = []
    for about in workbook.sheets_metadata[:SHEETS]:
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        if not sheet.total_height:
            continue
        first = [
            [number, [short(plain(cell)) for cell in row[:OUTLINE_COLUMNS]]]
            for number, row in enumerate(islice(rows_of(sheet), OUTLINE_ROWS), 1)
        ]
        visible = about.visible == calamine.SheetVisibleEnum.Visible
        sheets[about.name] = sheet
        outlines.append({
            "name": about.name, "is_visible": visible, "rows": sheet.total_height, "columns": sheet.total_width, "first": first,
        })  # fmt: skip
    if len(sheets) < 2:
        return next(iter(sheets.values()), None)
    say({"outlines": outlines})
    sys.stdout.flush()
    return sheets[json.loads(sys.stdin.readline())]


def short(cell: Any) -> Any:
    return cell[:200] if isinstance(cell, str) else cell


def merged(sheet: calamine.CalamineSheet) -> list[list[int]]:
    """Merged cells, 1-based: first row, first column, last row, last column."""
    return [
        [top + 1, left + 1, bottom + 1, right + 1]
        for (top, left), (bottom, right) in islice(sheet.merged_cell_ranges or (), MERGED)
    ]


def reaching_down(areas: list[list[int]]) -> dict[int, list[tuple[int, int]]]:
    """First row → (column, last row) of cells merged downwards: their value holds for every row."""
    found: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, right in areas:
        if bottom > top and left == right:
            found.setdefault(top, []).append((left, bottom))
    return found


def write(
    sheet: calamine.CalamineSheet,
    order: dict[str, Any],
    calculated: Calculator | None,
    areas: list[list[int]],
) -> dict[str, Any]:
    if sheet.total_width > order["columns"]:
        return refuse("too_many_columns", columns=sheet.total_width, limit=order["columns"])
    formulas = calculated.by_row() if calculated else {}
    starts, reaching = reaching_down(areas), dict[int, tuple[int, Any]]()
    for number, row in enumerate(rows_of(sheet), 1):
        if number > order["rows"]:
            return refuse("too_many_rows", limit=order["rows"])
        cells = [plain(cell) for cell in row]
        if calculated and number in formulas:
            calculated.fill(number, cells, formulas[number])
        for column, (last, value) in list(reaching.items()):
            if number > last:
                del reaching[column]
            elif column <= len(cells):
                cells[column - 1] = value
        for column, last in starts.get(number, ()):
            if column <= len(cells):
                reaching[column] = (last, cells[column - 1])
        sizes = [len(cell) for cell in cells if isinstance(cell, str)]
        if sizes and (max(sizes) > order["cell_chars"] or sum(sizes) > order["row_chars"]):
            return refuse("cell_too_large", row=number, limit=order["cell_chars"])
        sys.stdout.write(json.dumps([number, cells]) + "\n")
    return {"ended": True}


def main() -> None:
    order = json.loads(sys.argv[1])
    limit_resources(order["memory"], order["seconds"])
    try:
        closing = read(order)
    except MemoryError:
        closing = refuse("unsafe_workbook", problem="needs_too_much_memory")
    except calamine.PasswordError:
        closing = refuse("unsupported_file", kind="protected_workbook")
    except (calamine.CalamineError, OSError, ValueError):
        with Path(order["path"]).open("rb") as file:
            is_old = file.read(4) == b"\xd0\xcf\x11\xe0"
        kind = {"kind": "old_or_protected_workbook"}
        closing = refuse("unsupported_file", **kind) if is_old else refuse("unreadable_workbook")
    sys.stdout.write(json.dumps(closing) + "\n")


if __name__ == "__main__":
    main()
