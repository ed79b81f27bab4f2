"""Wishes and messages in a few words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.analytics.rules import LONGEST_EXCERPT, excerpt, labels_of, wishes


@pytest.mark.parametrize(
    ("field", "op", "value", "text"),
    [
        ("price", "lte", 40000, "Price ≤ 40,000"),
        ("year", "between", [2021, 2023], "Year 2021 to 2023"),
        ("specs.range", "gte", 250.0, "Range (EPA) ≥ 250"),
        ("specs.length", "gte", 4.5, "Length ≥ 4.5"),
        ("color_exterior", "not_in", ["red", "gold"], "Color exterior not red or gold"),
        ("specs.autopilot", "eq", True, "Autopilot"),
        ("model", "in", ["Model 3", "Model Y"], "Model 3 or Model Y"),
        ("location", "within", {"distance": 50, "place": "Portland"}, "Location within 50, Portland"),
    ],
)
def test_a_wish_in_words(field: str, op: str, value: Any, text: str) -> None:
    labels = labels_of({"catalogue": {"attributes": [{"name": "range", "label": "Range (EPA)"}]}})
    assert wishes({"filters": [{"field": field, "op": op, "value": value}]}, labels) == (text,)


@given(st.text(max_size=600))
def test_an_excerpt_is_one_short_line(message: str) -> None:
    short = excerpt(message)
    assert len(short) <= LONGEST_EXCERPT
    assert "\n" not in short


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert excerpt("Something  white\nplease") == "Something white please"
    assert excerpt("word " * 60).endswith("word…")
    assert excerpt(None) == ""
