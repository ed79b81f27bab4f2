"""Mapping files are checked with line and column; rows become listings or reasons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.core.errors import InvalidInput
from backend.domains.catalogue.mapping import parse_mapping, read_mapping
from backend.domains.catalogue.planning import declared_attributes, setting_of, with_slots
from backend.domains.catalogue.reading import Setting
from backend.domains.catalogue.rows import RowTyper, fill

SEEDS = Path(__file__).resolve().parents[3] / "seeds" / "tesla_q1_2026"
MAPPING = """\
schema: source_mapping.v1
source: stock
columns:
  Stock: external_id
  Make: make
  Model: model
  Price: price
  Odo: {target: mileage, unit: mi}
  Range: {target: specs.range, type: integer, unit: mi, min: 50}
  Heat pump: {target: specs.heat_pump, type: boolean}
  Options: {target: specs.options, type: list}
  Colours: {targets: [color_exterior, color_interior], split: /}
  Status: {target: status, optional: true}
  Note: {target: specs.fee, normalizer: money, on_error: blank, optional: true}
ignore: {Cost: internal}
"""
HEADER = (
    "Stock",
    "Make",
    "Model",
    "Price",
    "Odo",
    "Range",
    "Heat pump",
    "Options",
    "Colours",
    "Cost",
    "Note",
)
CELLS = (
    "A1",
    "Tesla",
    "Model 3",
    "$38,990",
    "61,200 km",
    "438 km",
    "✓",
    "Glass roof; Tow hitch",
    "Grey / White",
    "9",
    "12",
)


def typer(mapping: str = MAPPING, header: tuple[str, ...] = HEADER, **setting: Any) -> RowTyper:
    return RowTyper(parse_mapping(mapping), header, Setting(**setting), file="stock.csv")


def test_a_row_becomes_a_listing() -> None:
    typed = typer().type_row(2, CELLS).typed
    assert typed is not None
    assert typed.external_id == "A1"
    assert typed.core["title"] == "Tesla Model 3"
    assert (typed.core["price_minor"], typed.core["currency"]) == (3_899_000, "USD")
    assert (typed.core["mileage"], typed.core["mileage_unit"]) == (38_028, "mi")
    assert (typed.core["color_exterior"], typed.core["color_interior"]) == ("Grey", "White")
    assert typed.specs == {"range": 272, "heat_pump": True, "options": ["Glass roof", "Tow hitch"], "fee": 12}
    assert ("specs.heat_pump", "true", "Heat pump") in typed.facets
    assert ("specs.options", "tow hitch", "Tow hitch") in typed.facets
    assert typed.raw["mileage"] == "61,200 km"
    assert typed.numbers == {"mileage": 38_028, "specs.range": 272, "specs.fee": 12}


def test_ignored_columns_are_nowhere() -> None:
    typed = typer().type_row(2, (*CELLS[:9], "SECRET-COST", "12")).typed
    assert "SECRET-COST" not in repr(typed)


def test_the_event_decides_the_unit_that_is_kept() -> None:
    typed = typer(mileage_unit="km", units={"specs.range": "km"}).type_row(2, CELLS).typed
    assert typed is not None
    assert (typed.core["mileage"], typed.specs["range"]) == (61_200, 438)


@pytest.mark.parametrize(
    ("at", "cell", "column", "reason"),
    [
        (0, " ", "Stock", "required"),
        (0, "x" * 201, "Stock", "too_long"),
        (3, "38-40k", "Price", "not_money"),
        (3, "€ 35,000", "Price", "other_currency"),
        (3, "$99,999,999,999,999", "Price", "out_of_range"),
        (4, "see photos", "Odo", "not_a_number"),
        (4, "-5", "Odo", "out_of_range"),
        (5, "20 mi", "Range", "out_of_range"),
        (5, "20 kg", "Range", "other_unit"),
        (6, "maybe", "Heat pump", "not_yes_or_no"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_row(at: int, cell: str, column: str, reason: str) -> None:
    outcome = typer().type_row(7, (*CELLS[:at], cell, *CELLS[at + 1 :]))
    assert outcome.typed is None
    assert [(p.row, p.column, p.reason, p.effect) for p in outcome.problems] == [
        (7, column, reason, "rejected")
    ]


def test_a_forgiving_column_is_left_empty_and_told() -> None:
    outcome = typer().type_row(7, (*CELLS[:10], "ask Bob"))
    assert outcome.typed is not None
    assert "fee" not in outcome.typed.specs
    assert [(p.column, p.effect) for p in outcome.problems] == [("Note", "blanked")]


def test_short_rows_are_filled_and_long_ones_refused() -> None:
    assert typer().type_row(3, CELLS[:4]).typed is not None
    assert typer().type_row(3, (*CELLS, "", " ")).typed is not None
    assert typer().type_row(3, (*CELLS, "oops")).problems[0].reason == "too_many_cells"


def test_sold_rows_are_not_listed() -> None:
    typed = typer(header=(*HEADER, "Status")).type_row(2, (*CELLS, "Sold")).typed
    assert typed is not None
    assert not typed.listed


def test_the_same_content_has_the_same_hash_wherever_it_stands() -> None:
    one, two = (
        typer().type_row(2, CELLS).typed,
        typer().type_row(9, ("A1", *CELLS[1:3], "38990", *CELLS[4:])).typed,
    )
    assert one is not None
    assert two is not None
    assert one.sha256 == two.sha256
    other = typer().type_row(2, ("A1", *CELLS[1:3], "38991", *CELLS[4:])).typed
    assert other is not None
    assert other.sha256 != one.sha256


def test_a_missing_column_names_the_nearest() -> None:
    with pytest.raises(InvalidInput) as caught:
        typer(header=("Stock", "Make", "Modell", *HEADER[3:]))
    assert caught.value.code == "catalogue.missing_column"
    assert (caught.value.facts["column"], caught.value.facts["nearest"]) == ("Model", "Modell")


def test_an_unknown_column_is_an_error_unless_the_mapping_says_so() -> None:
    with pytest.raises(InvalidInput) as caught:
        typer(header=(*HEADER, "Owner phone"))
    assert caught.value.facts["columns"] == ["Owner phone"]
    assert typer(MAPPING + "unmapped: warn\n", (*HEADER, "Owner phone")).unmapped == ("Owner phone",)


def refused(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_mapping(text, file="m.yaml")
    assert caught.value.code == "catalogue.mapping_invalid"
    return caught.value


def test_broken_yaml_has_a_place() -> None:
    error = refused("schema: source_mapping.v1\ncolumns: {a: b\nsource: x\n")
    assert error.facts["line"] >= 2


def test_an_unknown_field_has_a_place_and_a_neighbour() -> None:
    error = refused(MAPPING.replace("type: boolean", "tpye: boolean"))
    assert (error.facts["line"], error.facts["nearest"]) == (10, "type")


def test_an_unknown_target_has_a_place() -> None:
    error = refused(MAPPING.replace("Make: make", "Make: maker"))
    assert error.facts["line"] == 5


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("Stock: external_id", "Stock: title"), "external_id"),
        (("Make: make", "Make: model"), "two columns map to model"),
        (("Cost: internal", "Make: internal"), "mapped and ignored"),
    ],
)
def test_contradictions_are_found(change: tuple[str, str], problem: str) -> None:
    assert problem in refused(MAPPING.replace(*change)).facts["problem"]


@pytest.mark.parametrize("text", ["", "[]", "x", "&a [*a]", "schema: source_mapping.v1\n", "\x00"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    refused(text)


def test_titles_fill_names_and_nothing_else() -> None:
    assert fill("{year} {make} {__class__} {model}", {"make": "Tesla", "model": "S"}) == "Tesla S"


def test_slots_stay_where_they_were() -> None:
    attributes = typer().attributes
    first = {a.name: a.slot for a in with_slots(attributes, [], {})}
    assert first["specs.range"] == "n1"
    later = {
        a.name: a.slot
        for a in with_slots(attributes, ["specs.fee"], {"specs.other": "n1", "specs.range": "n4"})
    }
    assert (later["specs.range"], later["specs.fee"], later["price"]) == ("n4", "n2", "price")
    assert all(a.slot is None for a in attributes if a.kind != "number")


def test_the_document_of_the_event_comes_first() -> None:
    mapping = parse_mapping(MAPPING + "currency: USD\nmileage_unit: mi\n")
    document = {"currency": "EUR", "catalogue": {"mileage_unit": "km", "attributes": []}}
    assert setting_of(document, mapping, {}) == Setting("EUR", "km", {})
    assert setting_of({}, mapping, {}) == Setting("USD", "mi", {})


def test_attributes_of_the_document_are_found_by_either_name() -> None:
    listed = [{"name": "range", "unit": "km"}, {"name": "specs.fee"}, {"name": "color_exterior"}]
    declared = declared_attributes({"catalogue": {"attributes": listed}})
    assert list(declared) == ["specs.range", "specs.fee", "color_exterior"]
    assert setting_of({}, parse_mapping(MAPPING), declared).units == {"specs.range": "km"}


def test_the_demo_mapping_is_valid_and_keeps_private_columns_out() -> None:
    mapping = read_mapping(SEEDS / "mapping.yaml")
    assert mapping.ignore == {"dealer cost": "internal", "owner phone": "personal"}
    assert {column.header for column in mapping.columns}.isdisjoint({"Dealer Cost", "Owner phone"})
