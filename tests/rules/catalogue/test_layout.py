"""The structure of sellers' sheets as they come: names of columns anywhere, rows that are no listings, many sheets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import Conflict, InvalidInput
from backend.domains.catalogue.layout import survey
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.profiling import profile_records
from backend.domains.catalogue.readers import open_table
from backend.domains.catalogue.sorting import RowSorter
from tests.rules.catalogue import samples

HEADER = ("Ref", "Brand", "Model", "Year", "Price")
GUITARS = [
    (f"G-{i}", ("Gibson", "Fender")[i % 2], ("Les Paul", "Strat")[i % 2], 1960 + i, 900 + i)
    for i in range(12)
]


def refused(path: Path, **options: object) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        survey(path, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^", "~", ":"])
def test_any_separator_is_found(tmp_path: Path, separator: str) -> None:
    layout = survey(samples.text(tmp_path / "f.txt", [HEADER, *GUITARS], separator=separator)).layout
    assert (layout.delimiter, layout.keys, layout.row_count) == (separator, HEADER, 12)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-32-le", "cp1252", "mac-roman"]
)
def test_umlauts_come_out_right(tmp_path: Path, encoding: str) -> None:
    rows = [
        ("Stück", "Größe", "Straße", "Übergabe"),
        *((i, "groß", f"Bäckerstraße {i}", "Köln") for i in range(9)),
    ]
    assert survey(samples.text(tmp_path / "f.csv", rows, encoding=encoding)).layout.keys == rows[0]


def test_central_europe_is_told_from_the_west(tmp_path: Path) -> None:
    czech = [("Číslo", "Značka", "Popis"), *((i, "Škoda", "velmi pěkný vůz, žádné škody") for i in range(9))]
    danish = [
        ("Nr", "Mærke", "Beskrivelse"),
        *((i, "Škoda", "kører godt, rød, går på gæld") for i in range(9)),
    ]
    assert (
        survey(samples.text(tmp_path / "a.csv", czech, separator=";", encoding="cp1250")).layout.keys
        == czech[0]
    )
    assert (
        survey(samples.text(tmp_path / "b.csv", danish, separator=";", encoding="cp1252")).layout.keys
        == danish[0]
    )


@pytest.mark.parametrize(
    "content", ["stock\n1\n2\n3\n", "Dear all,\nplease find our list below, thanks.\nYours, Bob\n"]
)
def test_a_text_without_columns_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "f.txt"
    path.write_text(content)
    assert refused(path).code == "catalogue.single_column"


@pytest.mark.parametrize("content", ["<html><table>", "%PDF-1.7", '<?xml version="1.0"?><a/>', "{\\rtf1"])
def test_what_is_no_spreadsheet_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "f.xls"
    path.write_text(content)
    assert refused(path).code == "catalogue.unsupported_file"


def test_titles_stand_above_and_totals_below(tmp_path: Path) -> None:
    rows = [
        ("Vintage guitars, prices in EUR", "", "", "", ""), ("As of 12 March 2025", "", "", "", ""), ("", "", "", "", ""), HEADER,
        *GUITARS[:5], ("", "Subtotal Gibson", "", "", 4500), ("", "", "", "", ""), HEADER, *GUITARS[5:],
        ("Grand total", "", "", "", 11000), ("Count:", "12", "", "", ""), ("* VAT included", "", "", "", ""),
    ]  # fmt: skip
    layout = survey(samples.text(tmp_path / "f.csv", rows)).layout
    assert (layout.header_rows, layout.first_row, layout.row_count) == ((4,), 5, 12)
    assert layout.other_rows == (
        (1, "title"), (2, "title"), (10, "subtotal"), (12, "header"), (20, "total"), (21, "total"), (22, "note"),
    )  # fmt: skip
    assert "prices in EUR" in layout.title_text


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Gesamtsumme", "total"), ("Zwischensumme", "subtotal"), ("Total général", "total"), ("Sous-total", "subtotal"),
        ("Totale", "total"), ("Totaal:", "total"), ("Suma", "total"), ("Summe (12)", "total"), ("Subtotaal", "subtotal"),
        ("12 Stück", "total"), ("Fender Total", "total"),
    ],
)  # fmt: skip
def test_totals_in_several_languages(tmp_path: Path, label: str, kind: str) -> None:
    layout = survey(samples.text(tmp_path / "f.csv", [HEADER, *GUITARS, (label, "", "", "", 9)])).layout
    assert layout.other_rows == ((14, kind),)
    assert layout.row_count == 12


def test_sections_are_no_listings_and_the_last_one_is_a_remark(tmp_path: Path) -> None:
    rows = [
        HEADER,
        ("GUITARS", "", "", "", ""),
        *GUITARS[:6],
        ("BASSES", "", "", "", ""),
        *GUITARS[6:],
        ("END", "", "", "", ""),
    ]
    assert survey(samples.text(tmp_path / "f.csv", rows)).layout.other_rows == (
        (2, "section"),
        (9, "section"),
        (16, "note"),
    )


def test_a_listing_may_be_called_total(tmp_path: Path) -> None:
    rows = [
        HEADER,
        ("G-1", "Total", "Total", 2020, 10),
        ("G-2", "Sum", "Count", 2021, 20),
        ("G-3", "Note", "Average", "", ""),
    ]
    assert survey(samples.text(tmp_path / "f.csv", rows)).layout.row_count == 3


def test_a_sparse_listing_with_its_number_stays(tmp_path: Path) -> None:
    rows = [HEADER, *GUITARS, ("G-99", "", "", "", "")]
    assert survey(samples.text(tmp_path / "f.csv", rows)).layout.row_count == 13


@pytest.mark.parametrize(
    "word",
    [
        "Total", "Grand total", "Subtotal", "Overall total", "Report total", "Page total", "Running total", "Sum", "Count",
        "Average", "Mean",
        "Min", "Max", "Summe", "Zwischensumme", "Gesamt", "Endsumme", "Insgesamt", "Anzahl", "Stückzahl", "Durchschnitt",
        "Mittelwert", "Sous-total",
        "Totaux", "Somme", "Nombre", "Moyenne", "Suma total", "Promedio", "Media", "Somma", "Eindtotaal", "Gemiddeld",
        "Soma", "Som",
    ],
)  # fmt: skip
def test_every_word_for_a_total_is_seen_in_a_full_row(word: str) -> None:
    sorter = RowSorter(("Model", "Price"), [("Alpha", 10), ("Beta", 20), ("Gamma", 30)])
    assert sorter.kind((word, 60)) in {"total", "subtotal"}


def test_a_list_of_two_columns_has_a_total_too(tmp_path: Path) -> None:
    rows = [("Model", "Price"), ("Alpha", 10), ("Beta", 20), ("Gamma", 30), ("Total", 60)]
    layout = survey(samples.text(tmp_path / "f.csv", rows)).layout
    assert (layout.row_count, layout.other_rows) == (3, ((5, "total"),))


def test_records_are_counted_with_blank_ones_and_quoted_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('Ref,Brand,Price\n1,"two\nlines",5\n\n2,x,6\n3,y,7,8,9\n4\n')
    found = survey(path)
    assert [row for row, _ in found.sample_rows] == [2, 4, 5, 6]
    assert found.layout.row_count == 4


def test_columns_without_names_are_numbered(tmp_path: Path) -> None:
    layout = survey(samples.text(tmp_path / "f.csv", GUITARS)).layout
    assert (layout.header_rows, layout.keys[:2], layout.first_row, layout.row_count) == (
        (),
        ("#1", "#2"),
        1,
        12,
    )
    table = open_table(tmp_path / "f.csv", header_rows=())
    assert (table.header, sum(1 for _ in table.records)) == (layout.keys, 12)


def test_a_file_of_names_alone_has_no_rows(tmp_path: Path) -> None:
    assert refused(samples.text(tmp_path / "f.csv", [HEADER])).code == "catalogue.empty_file"


@pytest.mark.parametrize("names", [("番号", "メーカー", "価格"), ("Artikelnummer", "Benämning", "Pris")])
def test_names_in_other_languages_are_told_by_their_shape(tmp_path: Path, names: tuple[str, ...]) -> None:
    rows = [names, *((f"A{i}", "Sofa", i * 100) for i in range(1, 9))]
    assert survey(samples.text(tmp_path / "f.csv", rows)).layout.keys == names


TOP = ("Listing", "", "Hull", "", "", "Money", "")
NAMES = ("Ref", "Name", "Length", "Beam", "Length", "Ask", "")
BOATS = [(f"Y{i}", f"Juno {i}", "12.5 m", "4 m", "13 m", 90_000 + i, "") for i in range(9)]


def test_groups_above_names_with_and_without_merged_cells(tmp_path: Path) -> None:
    expected = (
        "Listing / Ref",
        "Listing / Name",
        "Hull / Length",
        "Hull / Beam",
        "Hull / Length#2",
        "Money / Ask",
    )
    plain = survey(samples.text(tmp_path / "f.csv", [TOP, NAMES, *BOATS])).layout
    assert (plain.header_rows, plain.keys) == ((1, 2), expected)
    title = ("Boats of the week", *[""] * 6)
    areas = ("A1:G1", "A2:B2", "C2:E2", "F2:G2")
    path = samples.xlsx(tmp_path / "f.xlsx", {"Boats": [title, TOP, NAMES, *BOATS]}, merged=areas)
    merged = survey(path)
    assert (merged.layout.header_rows, merged.layout.keys[:6]) == ((2, 3), expected)
    assert (merged.columns[2].group, merged.columns[2].header) == ("Hull", "Length")
    assert open_table(path, header_rows=(2, 3)).header == merged.layout.keys


def test_names_merged_downwards_stand_alone(tmp_path: Path) -> None:
    rows = [
        ("Ref", "Engine", "", "Price"),
        ("", "Power", "Fuel", ""),
        *((f"E{i}", 90 + i, "Diesel", i) for i in range(9)),
    ]
    expected = ("Ref", "Engine / Power", "Engine / Fuel", "Price")
    assert survey(samples.text(tmp_path / "f.csv", rows)).layout.keys == expected
    path = samples.xlsx(tmp_path / "f.xlsx", {"S": rows}, merged=("A1:A2", "B1:C1", "D1:D2"))
    assert survey(path).layout.keys == expected


def test_the_list_is_chosen_among_the_sheets(tmp_path: Path) -> None:
    sheets = {
        "READ ME": [("How to use this",), ("Inventory is the live list.",)],
        "Old 2022": [HEADER, *GUITARS, *GUITARS],
        "Inventory": [("Live list",), HEADER, *GUITARS],
        "Lookup": [("Code", "Meaning"), *((f"c{i}", "x") for i in range(99))],
        "Everything": [HEADER, *GUITARS * 9],
    }
    path = samples.xlsx(tmp_path / "f.xlsx", sheets, hidden=("Everything",))
    layout = survey(path).layout
    assert (layout.sheet, layout.header_rows, layout.row_count) == ("Inventory", (2,), 12)
    assert layout.sheets == tuple(sheets)
    assert survey(path, sheet="Everything").layout.row_count == 108


def test_old_and_open_workbooks_are_read_alike(tmp_path: Path) -> None:
    rows = [("Our list", "", "", "", ""), HEADER, *GUITARS, ("Total", "", "", "", 99)]
    old = survey(samples.xls(tmp_path / "f.xls", {"Notes": [("Read me",)], "Stock": rows}))
    free = survey(samples.ods(tmp_path / "f.ods", {"Stock": samples.ods_rows(rows)}))
    assert (old.layout.format, free.layout.format) == ("xls", "ods")
    for found in (old, free):
        assert (found.layout.sheet, found.layout.header_rows, found.layout.row_count) == ("Stock", (2,), 12)
        assert found.sample_rows[0] == (3, GUITARS[0])


def test_columns_are_counted_whole_until_they_are_too_many(tmp_path: Path) -> None:
    rows = [("Ref", "Color", "Note"), *((f"R{i}", ("red", "blue ", "")[i % 3], "") for i in range(6000))]
    ref, color, note = survey(samples.text(tmp_path / "f.csv", rows)).columns
    assert (len(ref.values), ref.is_whole, ref.filled, ref.total) == (5000, False, 6000, 6000)
    assert (dict(color.values), color.is_whole, color.filled) == ({"red": 2000, "blue": 2000}, True, 4000)
    assert (note.filled, note.total) == (0, 6000)


def test_samples_are_the_first_rows_and_others_from_the_whole_file(tmp_path: Path) -> None:
    rows = [HEADER, *((f"G{i}", "Gibson", "SG", 1960, i) for i in range(5000))]
    numbers = [row for row, _ in survey(samples.text(tmp_path / "f.csv", rows)).sample_rows]
    assert numbers[:50] == list(range(2, 52))
    assert len(numbers) <= 500
    assert max(numbers) > 4900


def test_records_of_a_feed_are_profiled_alike() -> None:
    color, price = profile_records(("color", "price"), [("red", 5), ("red", None), ("", 7)])
    assert (dict(color.values), color.filled, dict(price.values)) == ({"red": 2}, 2, {5: 1, 7: 1})


def test_an_import_leaves_out_what_the_survey_did(tmp_path: Path) -> None:
    rows = [
        ("My list", "", "", "", ""),
        HEADER,
        *GUITARS[:6],
        ("Subtotal", "", "", "", 9),
        *GUITARS[6:],
        ("Total", "", "", "", 9),
    ]
    path = samples.text(tmp_path / "f.csv", rows)
    layout = survey(path).layout
    table = open_table(path, header_rows=layout.header_rows, listings_only=True)
    numbers = [row for row, _ in table.records]
    assert len(numbers) == layout.row_count == 12
    assert set(numbers).isdisjoint({row for row, _ in layout.other_rows})


def test_a_survey_can_be_stopped_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = samples.text(tmp_path / "f.csv", [HEADER, *GUITARS * 1000])
    heard: list[tuple[str, int, int]] = []
    survey(path, progress=lambda *told: heard.append(told))
    assert heard
    assert 0 < heard[0][1] <= heard[0][2] == path.stat().st_size
    with pytest.raises(Conflict) as caught:
        survey(path, cancelled=lambda: True)
    assert caught.value.code == "blueprints.cancelled"


CELLS = st.one_of(
    st.none(), st.integers(), st.floats(), st.booleans(), st.text(max_size=12), st.just("Total")
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.lists(CELLS, max_size=8))
def test_every_row_has_a_kind(sample: list[list[object]], row: list[object]) -> None:
    names = ("Ref", "Brand", "Model", "Price")
    kind = RowSorter(names, sample).kind(row)  # type: ignore[arg-type]
    assert kind in {"listing", "blank", "header", "subtotal", "total", "section", "note"}


@given(st.lists(st.lists(st.text(max_size=9), min_size=2, max_size=5), min_size=1, max_size=9))
def test_no_text_makes_a_survey_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "f.csv"
    path.write_bytes("\n".join(";".join(row) for row in rows).encode("utf-8", "replace"))
    try:
        found = survey(path)
    except InvalidInput:
        return
    assert found.layout.row_count == found.columns[0].total > 0


def test_a_wide_and_long_file_is_surveyed_in_a_moment(tmp_path: Path) -> None:
    rows = [
        [f"c{i}" for i in range(20)],
        *([f"A{n}", *("red", "1,5", "x y", "2020") * 4, n, "", "z"] for n in range(20_000)),
    ]
    path = samples.text(tmp_path / "f.csv", rows, separator=";")
    started = time.process_time()
    assert survey(path).layout.row_count == 20_000
    assert time.process_time() - started < 3.0


@pytest.mark.parametrize("width", [1001, 10_000])
def test_too_many_columns_are_refused_at_once(tmp_path: Path, width: int) -> None:
    path = samples.text(tmp_path / "f.csv", [[f"c{i}" for i in range(width)]])
    assert refused(path).code == "catalogue.too_many_columns"


def test_one_huge_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('a,b\n1,"' + "x" * 5_000_000 + '"\n')
    assert refused(path).code == "catalogue.cell_too_large"
    book = samples.xlsx(tmp_path / "f.xlsx", {"S": [HEADER, *GUITARS]})
    assert refused(book, limits=Limits(cell_chars=4)).code == "catalogue.cell_too_large"


HORSES = [(f"Luna {i}", "Hanoverian", "Mare", 15.1, f"2015-01-{i + 1:02}", 9000 + i) for i in range(10)]
HORSE = ("Horse", "Breed", "Sex", "Height", "Born", "Price")


def test_a_second_list_and_addresses_below_are_no_listings(tmp_path: Path) -> None:
    blank = ("",) * 4
    rows = [
        HORSE,
        *HORSES,
        ("SOLD", "", *blank),
        ("Horse", "Price", *blank),
        ("Nox", 5000, *blank),
        ("Contact", "Bob", *blank),
    ]
    layout = survey(samples.text(tmp_path / "f.csv", rows)).layout
    assert layout.row_count == 10
    assert layout.other_rows == ((12, "note"), (13, "header"), (14, "note"), (15, "note"))


def test_what_names_stand_for_may_be_told_below_them(tmp_path: Path) -> None:
    told = (
        "Required. A name.",
        "As registered",
        "Mare, gelding",
        "Required, in hands",
        "Date, required",
        "Number, in euros",
    )
    layout = survey(samples.text(tmp_path / "f.csv", [HORSE, told, *HORSES], separator=";")).layout
    assert (layout.header_rows, layout.first_row, layout.other_rows) == ((1,), 3, ((2, "note"),))


def test_a_sheet_may_begin_anywhere(tmp_path: Path) -> None:
    rows = [(), (), ("", "", "Horses for sale"), (), ("", "", *HORSE), *(("", "", *row) for row in HORSES)]
    path = samples.xlsx(tmp_path / "f.xlsx", {"S": [[cell or None for cell in row] for row in rows]})
    layout = survey(path).layout
    assert (layout.keys, layout.first_row) == (("#1", "#2", *HORSE), 6)


def test_a_cell_merged_downwards_holds_for_every_row(tmp_path: Path) -> None:
    rows = [("Kind", "Ref", "Price"), *(("Dozer" if i == 0 else None, f"D{i}", 1000 * i) for i in range(6))]
    path = samples.xlsx(tmp_path / "f.xlsx", {"S": rows}, merged=("A2:A6",))
    assert [cells[0] for _, cells in survey(path).sample_rows] == [*["Dozer"] * 5, ""]
