"""Writes small seller's files for tests: text in any form, workbooks of three formats, and workbooks made to harm."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlwt
from openpyxl import Workbook

Row = Sequence[Any]

_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
    "{tables}</office:spreadsheet></office:body></office:document-content>"
)
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


def text(path: Path, rows: Sequence[Row], *, separator: str = ",", encoding: str = "utf-8") -> Path:
    lines = [
        separator.join(
            f'"{cell}"' if separator in str(cell) or "\n" in str(cell) else str(cell) for cell in row
        )
        for row in rows
    ]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def xlsx(
    path: Path, sheets: dict[str, Sequence[Row]], *, merged: Sequence[str] = (), hidden: Sequence[str] = ()
) -> Path:
    """`merged` are areas of the last sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    for area in merged:
        book.worksheets[-1].merge_cells(area)
    book.save(path)
    return path


def xls(path: Path, sheets: dict[str, Sequence[Row]]) -> Path:
    book: Any = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    book.save(str(path))
    return path


def ods(path: Path, sheets: dict[str, str]) -> Path:
    """`sheets` hold the XML of their rows: see `ods_rows`."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{rows}</table:table>' for name, rows in sheets.items()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED
        )
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", _ODS.format(tables=tables))
    return path


def ods_rows(rows: Sequence[Row]) -> str:
    return "".join(
        "<table:table-row>" + "".join(_ods_cell(cell) for cell in row) + "</table:table-row>" for row in rows
    )


def _ods_cell(cell: Any) -> str:
    if cell in ("", None):
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
