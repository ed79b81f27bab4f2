"""Each kind of cell: what it becomes, what is refused and why, and that no cell whatever raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.catalogue import normalizers as n
from backend.domains.catalogue.normalizers import Reason, Rejected

CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=60))


@given(CELLS)
def test_every_cell_has_an_answer(cell: Any) -> None:
    for read in (
        n.text, n.paragraph, n.money, n.year, n.iso_date, n.boolean, n.items,
        lambda c: n.number(c, unit="mi", to="km", whole=True), lambda c: n.number(c, unit="%"),
        lambda c: n.enum(c, values={"a": "A"}, closed=True), lambda c: n.links(c, prefixes={"photos/": "/media/"}),
    ):  # fmt: skip
        value = read(cell)
        assert not isinstance(value, str) or "\x00" not in value


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "n/a", "TBD", "POA", "Call", "call!", "sur demande", "?", None]
)
def test_cells_that_say_nothing(cell: str | None) -> None:
    assert n.money(cell) is None
    assert n.number(cell, unit="mi") is None
    assert n.text(cell) is None
    assert n.year(cell) is None
    assert n.iso_date(cell) is None


@pytest.mark.parametrize(
    "word",
    ["✓", "✅", "sì", "avec", "vorhanden", "x", "Y", "yes", "Ja", "Oui", "Sí", "1", "TRUE", "incl.", True, 1],
)
def test_yes(word: Any) -> None:
    assert n.boolean(word) is True
    assert n.boolean(word, negate=True) is False


@pytest.mark.parametrize(
    "word",
    ["✗", "❌", "ohne", "senza", "não", "N", "no", "Nein", "Non", "0", "none", "Clean", "FALSE", False, 0],
)
def test_no(word: Any) -> None:
    assert n.boolean(word) is False


def test_a_column_may_have_words_of_its_own() -> None:
    yes, no = frozenset({"1 (minor)"}), frozenset({"x"})
    assert n.boolean("1 (Minor)", yes=yes, no=no) is True
    assert n.boolean("X", yes=yes, no=no) is False
    assert n.boolean("maybe") == Rejected(Reason.NOT_YES_OR_NO)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("94%", 94), ("0.93", 93), ("93", 93), (0.93, 93), ("1", 100), ("100 %", 100)],
)
def test_shares_are_percentages(cell: Any, value: int) -> None:
    assert n.number(cell, unit="%", whole=True) == value


def test_numbers_are_converted_to_the_unit_of_the_event() -> None:
    assert n.number("61,200 km", unit="mi", whole=True) == 38_028
    assert n.number("39k", unit="mi", whole=True) == 39_000
    assert n.number("450 PS", unit="hp") == 450
    assert n.number("12 kg", unit="mi") == Rejected(Reason.OTHER_UNIT)
    assert n.number("good", unit="mi") == Rejected(Reason.NOT_A_NUMBER)


@given(st.integers(0, 10**7))
def test_mileage_survives_its_forms(miles: int) -> None:
    for form in (f"{miles:,}", str(miles), f"{miles:,} mi", f"{miles} miles", f"{miles:,}".replace(",", " ")):
        assert n.number(form, unit="mi", whole=True) == miles


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2024-04-03", "2024-04-03"), ("4/2/2024", "2024-04-02"), ("04.03.2025", "2025-03-04"), ("Apr 3, 2024", "2024-04-03"),
        ("3. März 2021", "2021-03-03"), ("Apr 2024", "2024-04"), ("4-Mar-24", "2024-03-04"), 
        ("2024-04-03 10:00:00", "2024-04-03"), ("2024-04-03T10:00:00+02:00", "2024-04-03"), ("20240403", "2024-04-03"),
        ("14 Apr 2025", "2025-04-14"), ("1er mars 2021", "2021-03-01"), ("3 de enero de 2020", "2020-01-03"),
        ("12 gennaio 2019", "2019-01-12"), ("5 mrt 2018", "2018-03-05"), ("Mon, 3 Apr 2024", "2024-04-03"),
        ("07/2017", "2017-07"), ("02.2026", "2026-02"), ("Jan-24", "2024-01"),
        ("April 3rd, 2024", "2024-04-03"), (45385.0, "2024-04-03"),
    ],
)  # fmt: skip
def test_dates(cell: Any, value: str) -> None:
    assert n.iso_date(cell) == value


def test_day_first_dates_and_impossible_ones() -> None:
    assert n.iso_date("4/2/2024", order="dmy") == "2024-02-04"
    assert n.iso_date("31/12/2024") == Rejected(Reason.NOT_A_DATE)
    assert n.iso_date("soon") == Rejected(Reason.NOT_A_DATE)
    assert n.iso_date("12 May") == Rejected(Reason.NOT_A_DATE)
    assert n.iso_date("07/17") == Rejected(Reason.NOT_A_DATE)


@pytest.mark.parametrize("word", ["neu", "exempt", "sofort", "abgelaufen", "-", "n.v.t."])
def test_words_that_stand_for_no_date(word: str) -> None:
    assert n.iso_date(word) is None


@pytest.mark.parametrize(
    "word", ["VB", "SALE PENDING", "Preis auf Anfrage", "su richiesta", "op aanvraag", "a consultar", "NC"]
)
def test_words_that_stand_for_no_price(word: str) -> None:
    assert n.money(word) is None


def test_words_that_say_nothing_of_a_figure_are_words_elsewhere() -> None:
    assert n.number("NC", unit="mi") is None
    assert [n.text(word) for word in ("NC", "ND", "VB", "neu", "offen")] == ["NC", "ND", "VB", "neu", "offen"]


@given(st.dates())
def test_iso_dates_pass_through(day: Any) -> None:
    expected = day.isoformat() if 1800 <= day.year <= 2200 else Rejected(Reason.NOT_A_DATE)
    assert n.iso_date(day.isoformat()) == expected


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2021", 2021),
        ("MY2021", 2021),
        ("'21", 2021),
        ("c. 1959", 1959),
        (2021.0, 2021),
        ("c.1958", 1958),
        ("ca. 2011", 2011),
        ("NM", None),
        ("n.v.", None),
    ],
)
def test_years(cell: Any, value: int) -> None:
    assert n.year(cell) == value
    assert n.year("20211") == Rejected(Reason.NOT_A_YEAR)
    assert n.year("1066") == Rejected(Reason.OUT_OF_RANGE)


def test_enums_know_their_synonyms() -> None:
    values = {"grey": "Grey", "midnight silver": "Grey", "none": "Plain"}
    assert n.enum(" Midnight  Silver ", values=values) == "Grey"
    assert n.enum("None", values=values) == "Plain"
    assert n.enum("Teal", values=values) == "Teal"
    assert n.enum("Teal", values=values, closed=True) == Rejected(Reason.NOT_LISTED)


def test_lists_keep_what_stands_in_brackets() -> None:
    assert n.items("Radio (DAB, CarPlay), Navi,, navi", separators=",") == ["Radio (DAB, CarPlay)", "Navi"]


def test_links_stay_in_their_folders() -> None:
    folders = {"photos/": "/media/event/"}
    assert n.links("photos/a.svg|https://x.example/b.jpg", prefixes=folders) == [
        "/media/event/a.svg",
        "https://x.example/b.jpg",
    ]
    for bad in (
        "javascript:alert(1)",
        "photos/../secret",
        "file:///etc/passwd",
        "//x.example/a.jpg",
        'https://x/"onload="',
    ):
        assert n.links(bad, prefixes=folders) == Rejected(Reason.NOT_A_LINK)


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "'); drop table listings;--", "+1", "@x"]
)
def test_markup_formulas_and_sql_are_text(cell: str) -> None:
    assert n.text(cell) == cell


def test_control_characters_go_and_lines_stay() -> None:
    assert n.paragraph("a\x07b\r\nc\u200b") == "ab\nc"
    assert n.text("a\nb\tc") == "a b c"
    assert n.text("x" * 501) == Rejected(Reason.TOO_LONG)
