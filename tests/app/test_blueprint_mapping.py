"""The mapping grid: questions and conflicts first, what is sure apart, what is left out with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from app import blueprint_mapping as mapping
from app.blueprint_showing import proposal_of
from app.blueprint_views import ColumnRow
from tests.app import blueprint_example as example


def columns(**facts: Any) -> list[ColumnRow]:
    view = example.view(**facts)
    file = view["files"][0]
    return mapping.columns(proposal_of(view, file), file, view["open_questions"])


def by_title(rows: list[ColumnRow]) -> dict[str, ColumnRow]:
    return {row.title: row for row in rows}


def test_what_needs_a_person_comes_first() -> None:
    rows = columns()
    groups = [row.group for row in rows]
    assert groups == sorted(groups, key=["ask", "check", "sure", "left"].index)
    assert [row.title for row in rows if row.group == "ask"] == ["Finish"]
    assert [group.key for group in mapping.groups(rows)] == ["ask", "check", "sure", "left"]


def test_a_column_tells_what_it_becomes_how_sure_and_why() -> None:
    row = by_title(columns())["Length"]
    assert (row.over, row.target, row.kind) == ("Dimensions", "Length", "Number, cm")
    assert (row.percent, row.level, row.group) == (84, "medium", "check")
    assert row.evidence[1].text == "Numbers from 148 to 274 with cm."
    assert row.alternatives[1].text == "Left out"
    assert row.filled == "94 % filled, 22 different values"


def test_a_reason_that_speaks_against_it_is_marked() -> None:
    against = [one.against for one in by_title(columns())["Finish"].evidence]
    assert against == [False, True]


def test_what_was_decided_is_settled_and_asked_no_more() -> None:
    decided = [example.file(example.SHEET, "pianos.xlsx", "sheet", decided=["Finish"])]
    row = by_title(columns(files=decided))["Finish"]
    assert (row.is_settled, row.group) == (True, "sure")


def test_internal_and_personal_columns_are_guarded_and_an_empty_one_is_not() -> None:
    rows = by_title(columns())
    assert (rows["Reserve"].left_words, rows["Reserve"].is_guarded) == ("Internal figure", True)
    assert (rows["Consignor Tel."].left_words, rows["Consignor Tel."].is_guarded) == ("Personal data", True)
    assert (rows["#11"].left_words, rows["#11"].is_guarded) == ("Empty", False)
    assert {rows[name].group for name in ("Reserve", "Consignor Tel.", "#11")} == {"left"}


def test_two_columns_with_one_target_are_a_conflict() -> None:
    view = example.view(open_questions=[])
    fields = view["proposal"]["sheets"][0]["fields"]
    fields[1]["targets"] = ["model"]
    rows = by_title(mapping.columns(view["proposal"]["sheets"][0], view["files"][0], ()))
    assert (rows["Maker"].group, rows["Model"].group) == ("ask", "ask")
    assert rows["Maker"].question == "Another column is Model too. Keep one of them."


def test_several_columns_of_photos_are_none() -> None:
    view = example.view(open_questions=[])
    fields = view["proposal"]["sheets"][0]["fields"]
    fields[1]["targets"] = fields[2]["targets"] = ["image_urls"]
    rows = by_title(mapping.columns(view["proposal"]["sheets"][0], view["files"][0], ()))
    assert rows["Maker"].question == ""


@pytest.mark.parametrize(
    ("confidence", "level"), [(0.9, "high"), (0.89, "medium"), (0.7, "medium"), (0.69, "low")]
)
def test_levels(confidence: float, level: str) -> None:
    assert mapping.level(confidence) == level


def test_a_sheet_is_told_in_a_line() -> None:
    view = example.view()
    head = mapping.sheet_head(proposal_of(view, view["files"][0]), "sheet", ["“Built” is new."])
    told = {fact.label: fact.text for fact in head.facts}
    assert (told["Rows"], told["Header"], told["Sheet"]) == ("48", "row 4 and 5", "Stock")
    assert head.others == ["1 title", "1 subtotal", "1 total"]
    assert head.notes[0] == "“Built” is new."


def test_an_api_is_told_by_request_and_pages() -> None:
    view = example.view()
    head = mapping.sheet_head(proposal_of(view, view["files"][2]), "feed", [])
    assert ("Request", "GET /v1/pianos") in [(fact.label, fact.text) for fact in head.facts]


def test_rows_show_values_and_mark_what_was_refused_below_its_target() -> None:
    view = example.view()
    heads, rows = mapping.live(example.ROWS, proposal_of(view, view["files"][0]))
    year = heads.index("Year")
    assert rows[0].cells[year].text == "1987"
    assert (rows[1].cells[year].written, rows[1].cells[year].problem) == ("before the war", "No year")
    assert mapping.rejected(example.ROWS) == 1


def test_a_refused_cell_of_a_column_that_goes_nowhere_still_has_a_place() -> None:
    heads, rows = mapping.live(
        [{"row": 2, "values": {}, "problems": [{"column": "?", "reason": "odd", "value": ""}]}],
        {"fields": []},
    )
    assert (heads, rows[0].cells[0].written) == (["?"], "empty")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (True, "Yes"), (False, "No"), (211.0, "211"), (["a", 2], "a, 2"), ("x", "x")],
)
def test_values_are_read_by_people(value: Any, words: str) -> None:
    assert mapping.value_words(value) == words


def test_what_was_understood_is_shown_as_before_and_after() -> None:
    change = {
        "field": "Finish",
        "before": {"targets": ["color_exterior"]},
        "after": {"left": "unused"},
        "text": "x",
    }
    shown = mapping.understood({"changes": [change]})[0]
    assert (shown.before, shown.after) == ("Exterior color", "left out: Not needed")


def test_what_was_not_understood_names_the_nearest() -> None:
    facts = {"part": "colour of lid", "columns": ["Finish"], "targets": ["color_exterior"]}
    words = mapping.misread({"code": "blueprints.not_understood", "facts": facts})
    assert words == "“colour of lid” was not understood. Nearest: “Finish”, “Exterior color”."
    assert mapping.misread(None) == ""
