"""Filters and wishes on named attributes, in the form search takes; and reports that no spreadsheet runs."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.domains.catalogue.model import Attribute, FacetValue, Filter, RejectedCell, Vocabulary, Wish
from backend.domains.catalogue.rejects import RejectLog, inert
from backend.domains.catalogue.search import Index, compile_filters, compile_wishes

INDEX = Index(
    Vocabulary(
        uuid4(),
        1,
        (
            Attribute("price", "number", "Price", "USD", "price"),
            Attribute("year", "number", "Year", None, "year"),
            Attribute("specs.range", "number", "Range", "mi", "n1"),
            Attribute("specs.torque", "number", "Torque"),
            Attribute("color_exterior", "enum", "Color"),
            Attribute("specs.heat_pump", "boolean", "Heat pump"),
            Attribute("specs.note", "text", "Note"),
        ),
        (
            FacetValue(1, "color_exterior", "grey", "Grey", 3, 0),
            FacetValue(2, "color_exterior", "pearl white", "Pearl White", 4, 1),
            FacetValue(3, "specs.heat_pump", "true", "Heat pump", 5, 2),
        ),
    )
)


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        (Filter("price", "lte", 40000), {"price": {"lte": 40000}}),
        (Filter("price", "between", [20000, 30000]), {"price": {"gte": 20000, "lte": 30000}}),
        (Filter("price", "between", {"max": 30000}), {"price": {"lte": 30000}}),
        (Filter("year", "in", [2022, 2021]), {"year": {"gte": 2021, "lte": 2022}}),
        (Filter("range", "gt", 250), {"n1": {"gt": 250}}),
        (Filter("color_exterior", "in", ["GRAY", "Pearl  white"]), {"any": [[1, 2]]}),
        (Filter("color_exterior", "not_in", ["grey"]), {"none": [1]}),
        (Filter("specs.heat_pump", "eq", True), {"any": [[3]]}),
        (Filter("specs.heat_pump", "eq", False), {"none": [3]}),
        (Filter("heat_pump", "neq", True), {"none": [3]}),
        (Filter("external_id", "eq", "NB-1"), {"tokens": ["nb-1"]}),
    ],
)
def test_one_filter(wanted: Filter, where: object) -> None:
    assert compile_filters([wanted], INDEX).where == where


def test_bounds_of_one_attribute_tighten_and_groups_add_up() -> None:
    filters = [
        Filter("price", "lte", 40),
        Filter("price", "lte", 30),
        Filter("price", "gte", 10),
        Filter("price", "gte", 5),
    ]
    assert compile_filters(filters, INDEX).where == {"price": {"lte": 30, "gte": 10}}
    both = [Filter("color_exterior", "eq", "grey"), Filter("heat_pump", "eq", True)]
    assert compile_filters(both, INDEX).where == {"any": [[1], [3]]}


def test_a_value_that_nobody_offers_matches_nothing_and_is_told() -> None:
    wanted = Filter("color_exterior", "eq", "turquoise")
    compiled = compile_filters([wanted], INDEX)
    assert (compiled.where, compiled.impossible) == ({"any": [[]]}, (wanted,))


@pytest.mark.parametrize(
    "wanted",
    [
        Filter("specs.torque", "gte", 1),
        Filter("specs.note", "eq", "x"),
        Filter("wings", "eq", 2),
        Filter("year", "in", [2019, 2022]),
    ],
)
def test_what_cannot_be_filtered_is_told(wanted: Filter) -> None:
    compiled = compile_filters([wanted], INDEX)
    assert (compiled.where, compiled.unsupported) == ({}, (wanted,))


def test_wishes() -> None:
    wishes = [
        Wish("color_exterior", ["grey", "pearl white"]),
        Wish("heat_pump", True),
        Wish("price", 40000),
        Wish("wings", 2),
    ]
    assert compile_wishes(wishes, INDEX) == {
        "groups": [[1, 2], [3]],
        "near": [{"column": "price", "target": 40000.0, "tolerance": 8000.0}],
    }
    assert compile_wishes([], INDEX) == {}


@given(st.text(max_size=30))
def test_no_cell_of_a_report_is_a_formula(text: str) -> None:
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert inert(text).removeprefix("'") in {text, text.removeprefix("'")}


def test_the_report_holds_every_cell(tmp_path: Path) -> None:
    with RejectLog(tmp_path / "r.csv") as log:
        for row in range(80):
            log.add(RejectedCell(row, "Price", "not_money", '=cmd|"/c calc"!A1'))
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert (len(rows), rows[1]) == (81, ["0", "Price", "not_money", '\'=cmd|"/c calc"!A1', "rejected"])
    assert len(log.first) == log.KEPT
    with pytest.raises(InvalidInput, match="rejects_unwritable"), RejectLog(tmp_path / "none" / "r.csv"):
        pass
