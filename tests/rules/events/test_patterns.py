"""What the wall in the database sees of a change, computed without it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from backend.domains.events import schema
from backend.domains.events.patterns import (
    PathRule,
    changed_patterns,
    highest,
    leaf_values,
    pattern_of,
    pattern_risk,
    rule_for,
    same,
    trail,
)
from tests.rules.events.differing import edited, tesla


def test_values_by_pattern_in_the_order_of_the_document() -> None:
    document = {"a": {"b": [1, {"c": [], "d": {}}, 2]}, "e": None}
    assert leaf_values(document) == {
        ("a", "b", "*"): [1, 2],
        ("a", "b", "*", "c"): [[]],
        ("a", "b", "*", "d"): [{}],
        ("e",): [None],
    }
    assert leaf_values({}) == {(): [{}]}


@settings(max_examples=150, deadline=None)
@given(edited())
def test_documents_differ_exactly_if_a_pattern_does(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = pair
    assert bool(changed_patterns(before, after)) == (not same(before, after))
    assert changed_patterns(before, after) == changed_patterns(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"v": ["read", "write"]}, {"v": ["x"]}], [{"v": ["read"]}, {"v": ["write", "x"]}]),
        ([{"n": 1, "m": {"x": 0}}, {"n": 1, "m": None}], [{"n": 1, "m": None}, {"n": 1, "m": {"x": 0}}]),
        ([[1], [2]], [[1, 2]]),
        ([True], [1]),
    ],
)
def test_nothing_passes_from_one_element_to_another_unseen(before: Any, after: Any) -> None:
    assert changed_patterns({"tools": before}, {"tools": after})


def test_the_longest_prefix_that_says_something_counts() -> None:
    assert rule_for(("conversion", "hold_minutes")).reload == "live"
    assert rule_for(("conversion", "hold_minutes")).lever == {"range": [-12, 36], "step": 1}
    assert rule_for(("catalogue", "attributes", "*", "label")).risk == "low"
    assert rule_for(("catalogue", "attributes", "*", "kind")).risk == "medium"
    assert rule_for(("ui_contract", "chips", "*")).risk == "low"
    assert rule_for(("search_defaults", "filters", "model", "*")).risk == "medium"
    assert rule_for(("experiments", "*", "arms", "*", "patch", "ui_contract", "chips", "*")).risk == "medium"
    assert rule_for(("nowhere", "at", "all")) == PathRule("pinned", "high", "edit_document")


def test_every_leaf_of_the_schemas_has_a_rule_of_its_own() -> None:
    for path, leaf in schema.leaves():
        rule = rule_for(pattern_of(path))
        assert (rule.reload, rule.risk) == (leaf["x-reload"], leaf["x-risk"]), path


def test_the_way_to_a_place_goes_by_name_or_by_position() -> None:
    label = trail(("catalogue", "attributes", 3, "label"))
    assert label[-1]["title"] == "Label"
    assert trail(("catalogue", "attributes", "range", "label")) == label
    assert trail(("catalogue", "attributes", "$append", 0, "label")) == label


def test_risk() -> None:
    before, after = tesla(), tesla()
    assert pattern_risk(before, after) == "none" == highest([])
    after["persona"]["greeting"] = "Hi."
    assert pattern_risk(before, after) == "low"
    after["pricing"]["model"] = "free"
    assert pattern_risk(before, after) == "high" == highest(["low", "high", "medium"])
