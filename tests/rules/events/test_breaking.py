"""What open conversations use and a new document no longer has."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domains.events.breaking import Gone, breaking
from tests.rules.events.differing import tesla


def test_an_equal_document_breaks_nothing() -> None:
    assert breaking(tesla(), tesla()) == ()


def test_what_is_gone_is_named() -> None:
    before, after = tesla(), tesla()
    before["agent"] = {"tools": [{"name": "compare"}, {"name": "search"}]}
    after["agent"] = {"tools": [{"name": "search", "description": "other words"}]}
    after["catalogue"]["attributes"] = after["catalogue"]["attributes"][1:]
    after["preference_extraction"]["signals"].remove("GEO_RADIUS")
    after["ui_contract"]["actions"].remove(
        "Compare"
    )  # a button of the new version alone: nobody depends on it
    assert breaking(before, after) == (
        Gone("field", "specs.body_style"),
        Gone("signal", "GEO_RADIUS"),
        Gone("tool", "compare"),
    )
    assert breaking(before, after)[0].to_json() == {"kind": "field", "name": "specs.body_style"}


def test_more_and_another_order_break_nothing() -> None:
    before, after = tesla(), tesla()
    after["catalogue"]["attributes"].reverse()
    after["preference_extraction"]["signals"].append("FEATURES")
    assert breaking(before, after) == ()
    assert breaking(after, before) == (Gone("signal", "FEATURES"),)


def test_a_renamed_field_is_gone_under_its_old_name() -> None:
    before, after = tesla(), tesla()
    after["catalogue"]["attributes"][2]["name"] = "specs.reach"
    assert breaking(before, after) == (Gone("field", "specs.range"),)


@pytest.mark.parametrize("document", [{}, {"agent": None}, {"catalogue": {"attributes": {}}}])
def test_sections_may_be_missing(document: dict[str, Any]) -> None:
    assert breaking(document, {}) == ()
