"""Files as they come, and files made to harm: a table or one clear error, within bounded memory."""

from __future__ import annotations

import os
import struct
import sys
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from backend.core.errors import InvalidInput
from backend.domains.catalogue.heading import named_by
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.readers import open_table
from backend.domains.catalogue.taking_in import _short_turns

SEEDS = Path(__file__).resolve().parents[3] / "seeds" / "tesla_q1_2026"


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path, **options: object) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        sum(1 for _ in open_table(path, **options).records)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["Stock", "Häuser", "Preis"], ["1", "Größe, klein", "12"], ["2", "naïve", "13"]]
    text = "\r\n".join(
        delimiter.join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines
    )
    table = open_table(write(tmp_path / "f.csv", text.encode(encoding)))
    assert table.header == ("Stock", "Häuser", "Preis")
    assert list(table.records) == [(2, lines[1]), (3, lines[2])]


def test_records_are_counted_as_csv_counts_them(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "f.csv", 'a,b\n1,"two\nlines"\n\n2,x\n'))
    assert list(table.records) == [(2, ["1", "two\nlines"]), (3, []), (4, ["2", "x"])]


def test_headers_are_named_apart() -> None:
    assert named_by([(1, ["Length", " Length ", "", "A\nB", None])], [1]).keys == (
        "Length",
        "Length#2",
        "#3",
        "A B",
    )


def test_broken_utf8_is_told_with_its_place(tmp_path: Path) -> None:
    error = refused(write(tmp_path / "f.csv", "a,b\nü,1\n".encode() + b"\xff\xfe,2\n"))
    assert error.code == "catalogue.undecodable"
    assert (error.facts["line"], error.facts["byte"], error.facts["encoding"]) == (3, 9, "utf-8")


def test_a_given_encoding_is_not_guessed(tmp_path: Path) -> None:
    assert refused(write(tmp_path / "f.csv", b"a\n\xe9\n"), encoding="utf-8").code == "catalogue.undecodable"


def test_nul_bytes_are_refused(tmp_path: Path) -> None:
    error = refused(write(tmp_path / "f.csv", b"a,b\n1,\x002\n"))
    assert (error.code, error.facts["line"]) == ("catalogue.nul_byte", 2)


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    started = time.monotonic()
    error = refused(path)
    assert (error.code, error.facts["bytes"]) == ("catalogue.file_too_large", 1 << 30)
    assert time.monotonic() - started < 0.5


def test_an_endless_cell_and_an_endless_line_end(tmp_path: Path) -> None:
    unclosed = write(tmp_path / "f.csv", 'a,b\n1,"never closed\n' + "2,x\n" * 40_000)
    error = refused(unclosed)
    assert (error.code, error.facts["row"]) == ("catalogue.cell_too_large", 2)
    assert refused(write(tmp_path / "g.csv", "a,b\n" + "x" * 200_000)).code == "catalogue.cell_too_large"
    limits = Limits(line_chars=1000)
    assert (
        refused(write(tmp_path / "h.csv", "a,b\n" + "1," * 600), limits=limits).code
        == "catalogue.cell_too_large"
    )


def test_too_many_columns_and_rows(tmp_path: Path) -> None:
    assert (
        refused(write(tmp_path / "f.csv", ",".join(map(str, range(1001))))).code
        == "catalogue.too_many_columns"
    )
    limits = Limits(rows=10)
    assert refused(write(tmp_path / "g.csv", "a,b\n" * 12), limits=limits).code == "catalogue.too_many_rows"


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_files_without_a_table(tmp_path: Path, content: bytes) -> None:
    assert refused(write(tmp_path / "f.csv", content), header_row=5).code == "catalogue.empty_file"
    assert refused(tmp_path / "none.csv").code == "catalogue.file_not_found"
    assert refused(tmp_path).code == "catalogue.file_not_found"


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv").code == "catalogue.file_not_found"


def workbook(path: Path, *cells: tuple[str, object]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for place, value in cells:
        sheet[place] = value
    book.create_sheet("Other")
    book.save(path)
    return path


def test_workbooks_keep_numbers_and_row_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "f.xlsx",
        ("A3", "Stock"),
        ("B3", "Price"),
        ("A4", "1"),
        ("B4", 3.141),
        ("A6", "=1+1"),
        ("B6", True),
    )
    table = open_table(path, header_row=3)
    assert table.header == ("Stock", "Price")
    assert next(record for record in table.records if any(record[1])) == (4, ["1", 3.141])


def test_an_unknown_sheet_names_the_nearest(tmp_path: Path) -> None:
    error = refused(workbook(tmp_path / "f.xlsx", ("A1", "x")), sheet="Othr")
    assert (error.code, error.facts["nearest"]) == ("catalogue.unknown_sheet", "Other")


def bomb(path: Path, size: int, *, name: str = "xl/worksheets/sheet1.xml", said: int | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(name, b"0" * size)
    if said is not None:
        path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", said)))
    return path


@pytest.mark.parametrize(
    ("said", "problem"),
    [(None, "compression_ratio"), (1000, "too_large_unpacked"), (900_000, "too_large_unpacked")],
)
def test_zip_bombs_are_refused_whatever_they_say(tmp_path: Path, said: int | None, problem: str) -> None:
    error = refused(bomb(tmp_path / "bomb.xlsx", 50_000_000, said=said))
    assert (error.code, error.facts["problem"]) == ("catalogue.unsafe_workbook", problem)


def test_a_small_lie_is_a_lie(tmp_path: Path) -> None:
    assert refused(bomb(tmp_path / "lie.xlsx", 500_000, said=499_999)).facts["problem"] == "false_size"


def test_entries_must_not_overlap(tmp_path: Path) -> None:
    path = bomb(tmp_path / "f.xlsx", 1000)
    data = bytearray(path.read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 42 : directory + 46] = struct.pack(
        "<I", 0
    )  # the second entry claims the place of the first
    assert refused(write(path, bytes(data))).code in {
        "catalogue.unsafe_workbook",
        "catalogue.unreadable_workbook",
    }


def test_a_cell_in_the_last_corner_takes_no_memory_here(tmp_path: Path) -> None:
    error = refused(workbook(tmp_path / "sparse.xlsx", ("A1", "x"), ("XFD1048576", 1)))
    assert error.code in {"catalogue.unsafe_workbook", "catalogue.too_many_columns"}


def test_other_zips_old_books_and_torsos(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letter.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refused(tmp_path / "letter.xlsx").facts["kind"] == "zip_without_workbook"
    assert (
        refused(write(tmp_path / "old.xls", b"\xd0\xcf\x11\xe0" + b"0" * 600)).code
        == "catalogue.unsupported_file"
    )
    whole = (SEEDS / "inventory_update.xlsx").read_bytes()
    assert refused(write(tmp_path / "half.xlsx", whole[:5000])).code == "catalogue.unreadable_workbook"
    broken = write(tmp_path / "broken.xlsx", whole.replace(b"xl/worksheets", b"xl/worksheetz"))
    assert refused(broken).code in {"catalogue.unreadable_workbook", "catalogue.unknown_sheet"}


def test_the_demo_files_open() -> None:
    assert sum(1 for _ in open_table(SEEDS / "inventory.csv").records) == 360
    assert sum(1 for _ in open_table(SEEDS / "inventory_update.xlsx").records) == 61


def test_the_last_import_to_end_gives_threads_their_usual_turns_back() -> None:
    usual = sys.getswitchinterval()
    first, second = _short_turns(), _short_turns()
    first.__enter__()
    second.__enter__()
    assert sys.getswitchinterval() < usual
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() < usual
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == usual
