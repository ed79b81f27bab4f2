"""Each limit loosened just as far as it takes; counts are checked against the database in the services' tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.catalogue.model import FacetValue, Tried
from backend.domains.catalogue.service import Index
from backend.domains.discovery import relaxing
from backend.domains.discovery.model import Filter, Loosening
from tests.rules.discovery.test_answering import WORDS
from tests.rules.discovery.vocabularies import CAR_WORDS

SLOTTED = replace(
    CAR_WORDS,
    attributes=tuple(replace(a, slot=a.name if a.name == "price" else None) for a in CAR_WORDS.attributes),
    facets=(*CAR_WORDS.facets, FacetValue(900, "specs.heat_pump", "true", "true", 3, 200)),
)
INDEX = Index(SLOTTED)
BUDGET = Filter("price", "lte", 20_000, turn=1)
COLORS = Filter("color_exterior", "in", ["White"], turn=2)
HEAT = Filter("specs.heat_pump", "eq", True, default=True)


def alike(one: str, others: Sequence[str]) -> list[float]:
    """Gray is like white, and nothing else is like anything."""
    return [0.9 if {one, other} == {"White", "Gray"} else 0.1 for other in others]


def facet(value: str) -> int:
    return next(f.id for f in CAR_WORDS.facets if f.display == value)


@pytest.mark.parametrize(
    ("value", "upper", "said"),
    [(23_410, True, 23_500), (23_410, False, 23_000), (36_790, True, 37_000), (1_249_000, True, 1_250_000), (990, True, 990),
     (991, True, 995), (2019, False, 2019), (37, True, 37), (12.34, True, 12.5), (12.34, False, 12.0), (0, True, 0)],
)  # fmt: skip
def test_a_bound_is_a_figure_somebody_would_say(value: float, upper: bool, said: float) -> None:
    assert relaxing.sayable(value, upper=upper) == said


@given(st.floats(0.01, 1e7), st.booleans())
def test_a_said_bound_lets_the_value_in_and_not_much_more(value: float, upper: bool) -> None:
    bound = relaxing.sayable(value, upper=upper)
    assert bound >= value - 1e-6 if upper else bound <= value + 1e-6
    assert abs(bound - value) <= max(1.0, 0.051 * value)


@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=260), st.integers(1, 60_000))
def test_the_nearest_bound_lets_in_exactly_as_many_as_it_says(prices: list[int], limit: int) -> None:
    ordered = sorted(float(p) for p in prices)
    found = relaxing.nearest(Filter("price", "lte", limit), ordered[:200])
    beyond = [p for p in ordered if p > limit]
    if found is None:
        assert not beyond or ordered[:200][-1] <= min(beyond)
        return
    bound, fit = found
    assert fit == len([p for p in ordered if p <= bound])
    assert bound >= min(beyond)


def test_limits_are_tried_alone_the_latest_first_but_those_of_the_event_before() -> None:
    tried = relaxing.alone([BUDGET, COLORS, HEAT], INDEX)
    assert [a.one for a in tried] == [HEAT, COLORS, BUDGET]
    assert tried[2].asked.slot == INDEX.attributes["price"].slot
    assert facet("Gray") in tried[1].asked.facets
    assert facet("White") not in tried[1].asked.facets
    assert len(relaxing.paired([BUDGET, COLORS, HEAT], INDEX)) == 3


def test_of_a_range_each_end_is_moved_and_the_other_stays() -> None:
    between = Filter("price", "between", [15_000, 20_000])
    attempts = relaxing.alone([between], INDEX)
    found = relaxing.read(attempts, [Tried(2, (23_410.0, 30_000.0)), Tried(1, (9_000.0,))], INDEX, alike, 0)
    assert [(one.to.value if one.to else None, one.matches) for one in found] == [([15_000, 23_500], 1)]


def test_what_comes_back_becomes_changes_the_smallest_first() -> None:
    attempts = relaxing.alone([BUDGET, COLORS, HEAT], INDEX)
    found = relaxing.read(
        attempts,
        [Tried(4), Tried(9, counts={facet("Gray"): 3, facet("Black"): 6}), Tried(2, (23_410.0, 41_000.0))],
        INDEX, alike, 0,
    )  # fmt: skip
    assert [(one.filter, one.to.value if one.to else None, one.matches) for one in found] == [
        (HEAT, None, 4),
        (BUDGET, 23_500, 1),
        (COLORS, ["White", "Gray"], 3),
    ]


def test_what_gives_no_more_is_not_offered() -> None:
    attempts = relaxing.alone([COLORS, HEAT], INDEX)
    assert relaxing.read(attempts, [Tried(0), Tried(0)], INDEX, alike, 0) == []
    assert relaxing.read(attempts, [Tried(2), Tried(2)], INDEX, alike, 2) == []


def test_a_pair_loosens_the_first_and_leaves_out_the_second() -> None:
    attempts = relaxing.paired([BUDGET, COLORS], INDEX)
    found = relaxing.read(attempts, [Tried(5, counts={facet("Gray"): 5})], INDEX, alike, 0)
    assert [(one.filter, one.also[0].filter, one.also[0].to) for one in found] == [(COLORS, BUDGET, None)]


def test_a_change_is_a_button() -> None:
    wider = Loosening(COLORS, Filter("color_exterior", "in", ["White", "Gray"]), 3)
    assert relaxing.to_json(WORDS, wider) == {
        "chip_id": "color_exterior:in:must",
        "change": "value",
        "value": ["White", "Gray"],
        "text": "White or Gray",
        "matches": 3,
        "also": [],
    }
    pair = Loosening(COLORS, None, 3, also=(Loosening(BUDGET, None, 3),))
    removed = {"chip_id": BUDGET.id, "change": "remove", "value": None}
    assert relaxing.to_json(WORDS, pair)["also"] == [removed]
    assert relaxing.to_json(WORDS, Loosening(HEAT, None, 2))["text"] == "Without “Heat pump”"
