"""Workbooks as they come and workbooks made to harm: formulas without results, bombs, documents of another kind."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from backend.core.errors import InvalidInput
from backend.domains.catalogue.layout import survey
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.readers import open_table
from backend.domains.catalogue.sheet_formulas import Calculator, find_formulas
from tests.rules.catalogue import samples

HEADER = ("Ref", "Model", "Price", "With fees", "Margin")


def stock(path: Path, *formulas: str) -> Path:
    rows = [(f"C-{n}", "Cargo bike", 1000 * n, f"=C{n + 1}+499", f"=C{n + 1}*0.07") for n in range(1, 9)]
    return samples.xlsx(path, {"Notes": [("x",)], "Stock": [HEADER, *rows, ("Total", "", *formulas)]})


def cells(path: Path, row: int, sheet: str = "Stock") -> list[object]:
    table = open_table(path, sheet=sheet)
    found = next(cells for number, cells in table.records if number == row)
    table.close()
    return list(found)


def test_plain_formulas_without_results_are_worked_out(tmp_path: Path) -> None:
    path = stock(tmp_path / "f.xlsx", "=SUM(C2:C9)", "=SUM(D2:D9)", "=(C2+C3)/2-E2")
    assert cells(path, 2) == ["C-1", "Cargo bike", 1000, 1499, 70]
    assert cells(path, 10) == ["Total", "", 36_000, 39_992, 1430]
    found = survey(path)
    assert (found.layout.sheet, found.layout.row_count, found.layout.other_rows) == (
        "Stock",
        8,
        ((10, "total"),),
    )
    assert found.columns[3].filled == 8


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK("http://evil.example","x")', "=cmd|'/C calc'!A0", "=WEBSERVICE(C2)", "=C10", "=C99", "=B2+1", "=C2/0",
        "=Notes!A1+1", "=IF(C2>1,2,3)", "=C2&C3", "=9^99", "=" + "(" * 100 + "1" + ")" * 100, "=SUM(A1:XFD1048576)",
        "=1e999", "=+", "=SUM(", "=[1]X!A1",
    ],
)  # fmt: skip
def test_other_formulas_leave_a_cell_empty(tmp_path: Path, formula: str) -> None:
    assert cells(stock(tmp_path / "f.xlsx", formula), 10)[2] == ""


def test_sums_over_and_over_come_to_an_end() -> None:
    formulas = {(row, 2): "SUM(A1:A9999)" for row in range(1, 9999)}
    calculator = Calculator(formulas, [(1.0, None)] * 9999)
    started = time.monotonic()
    rows = [[1.0, None] for _ in range(9998)]
    for number, row in enumerate(rows, 1):
        calculator.fill(number, row, (2,))
    assert time.monotonic() - started < 20
    assert rows[0][1] == 9999
    assert rows[-1][1] is None


def test_a_chain_without_end_has_no_result() -> None:
    formulas = {(row, 1): f"A{row + 1}+1" for row in range(1, 5000)}
    row: list[object] = [None]
    Calculator(formulas, []).fill(1, row, (1,))
    assert row == [None]


def test_saved_results_are_kept(tmp_path: Path) -> None:
    path = stock(tmp_path / "f.xlsx", "=SUM(C2:C9)")
    rewrite(
        path,
        "xl/worksheets/sheet2.xml",
        b"<f>C2+499</f><v></v>",
        b"<f>C2+499</f><v>7</v>",
        b"<f>C2+499</f><v />",
    )
    assert cells(path, 2)[3] == 7


def rewrite(path: Path, name: str, old: bytes, new: bytes, *others: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    known = next(each for each in (old, *others) if each in parts[name])
    parts[name] = parts[name].replace(known, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)


def test_xml_with_a_document_type_is_not_looked_into(tmp_path: Path) -> None:
    path = stock(tmp_path / "f.xlsx", "=SUM(C2:C9)")
    assert find_formulas(str(path), "Stock")
    rewrite(path, "xl/worksheets/sheet2.xml", b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><worksheet')
    assert find_formulas(str(path), "Stock") == {}


def refused(path: Path, **options: object) -> InvalidInput:
    started = time.monotonic()
    with pytest.raises(InvalidInput) as caught:
        survey(path, **options)  # type: ignore[arg-type]
    assert time.monotonic() - started < 30
    return caught.value


def test_an_open_document_that_repeats_itself_endlessly_ends(tmp_path: Path) -> None:
    told = 'table:number-columns-repeated="16384" office:value-type="string"'
    cell = f"<table:table-cell {told}><text:p>x</text:p></table:table-cell>"
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    path = samples.ods(tmp_path / "f.ods", {"S": rows})
    error = refused(path, limits=Limits(worker_memory_bytes=1 << 30, worker_seconds=10))
    assert error.code in {
        "catalogue.unsafe_workbook",
        "catalogue.too_many_columns",
        "catalogue.unreadable_workbook",
    }


def test_an_open_document_with_entities_is_no_bomb(tmp_path: Path) -> None:
    path = samples.ods(tmp_path / "f.ods", {"S": samples.ods_rows([("a", "b"), ("&e9;", 1)])})
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 99}">' for n in range(10))
    rewrite(
        path,
        "content.xml",
        b"<office:document-content",
        f"<!DOCTYPE d [{entities}]><office:document-content".encode(),
    )
    rewrite(path, "content.xml", b"&amp;e9;", b"&e9;")
    limits = Limits(worker_memory_bytes=1 << 30, worker_seconds=10)
    assert refused(path, limits=limits).code == "catalogue.unreadable_workbook"


def test_zipped_zips_are_no_workbook(tmp_path: Path) -> None:
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.dll", b"\0" * 50_000_000)
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(16):
            archive.write(inner, f"lib {number}.zip")
    assert refused(path).code == "catalogue.unsupported_file"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refused(path).code in {
        "catalogue.unreadable_workbook",
        "catalogue.unsupported_file",
        "catalogue.empty_file",
    }


def test_old_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    path = samples.xls(tmp_path / "f.xls", {"S": [HEADER, ("1", "2", "3", "4", "5")]})
    path.write_bytes(path.read_bytes()[:700])
    assert refused(path).code in {"catalogue.unsupported_file", "catalogue.unreadable_workbook"}
    for tail in (b"", b"\0" * 2000, b"\xff" * 2000):
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + tail)
        assert refused(path).code == "catalogue.unsupported_file"


def test_macros_and_links_are_only_text(tmp_path: Path) -> None:
    rows = [("Ref", "Name", "Price"), ("A1", "=cmd|' /C calc'!A0", 5), ("A2", "@SUM(1)", 6)]
    path = samples.xlsx(tmp_path / "f.xlsx", {"S": rows})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macro")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    assert survey(path).layout.row_count == 2
    assert cells(path, 3, "S") == ["A2", "@SUM(1)", 6]


def test_formulas_of_a_sheet_that_begins_further_right(tmp_path: Path) -> None:
    rows = [
        (None, None, "Ref", "Model", "Price"),
        *((None, None, f"C-{n}", "Bike", f"={n}*E9") for n in range(2, 5)),
    ]
    rows += [(None,) * 5] * 4 + [(None, None, "Base", None, 500)]
    path = samples.xlsx(tmp_path / "f.xlsx", {"S": rows})
    assert cells(path, 2, "S") == ["", "", "C-2", "Bike", 1000]
