"""Side by side: differences marked, the best where nobody would dispute it, and what is not stated said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.domains.discovery import comparing
from backend.domains.discovery.likeness import limits_than
from backend.domains.discovery.model import Filter
from tests.rules.discovery.test_answering import DOCUMENT, listing, scene

CONTRACT = {"comparison_fields": ["key_specs", "color_exterior", "verifications", "ownership_costs"]}
OWNING = {
    "price_block": "ownership_cost",
    "ownership": {
        "down_payment_percent": 10, "apr_percent": 6.0, "term_months": 60, "distance_per_year": 12_000,
        "energy_per_100": 30, "energy_price": 0.2,
    },
}  # fmt: skip


def shown(**contract: Any) -> comparing.Scene:
    document = {
        **DOCUMENT,
        "ui_contract": {**DOCUMENT["ui_contract"], **CONTRACT, **contract},
        "safety": {"claims_review": ["accidents"]},
    }
    return replace(scene(), document=document)


def rows(*items: Any, **contract: Any) -> dict[str, comparing.Row]:
    return {row.label: row for row in comparing.compare(shown(**contract), items).rows}


def best(row: comparing.Row) -> list[bool]:
    return [cell.is_best for cell in row.cells]


ONE = listing(1)
TWO = listing(
    2, price_minor=3_400_000, mileage=40_000, year=2020, color_exterior="Black", specs={"range": 272}
)


def test_differences_are_marked_and_the_best_where_it_can_be_said() -> None:
    told = rows(ONE, TWO)
    assert list(told) == ["Price", "Year", "Mileage", "Range", "Exterior color", "Accidents"]
    assert [cell.text for cell in told["Price"].cells] == ["$36,800", "$34,000"]
    assert best(told["Price"]) == [False, True]
    assert best(told["Mileage"]) == best(told["Year"]) == best(told["Range"]) == [True, False]
    assert told["Exterior color"].differs
    assert best(told["Exterior color"]) == [False, False]
    assert told["Accidents"].group == "verified"


def test_what_is_not_stated_is_said_and_wins_nothing() -> None:
    told = rows(ONE, TWO)
    assert [cell.text for cell in told["Accidents"].cells] == ["0", "Not stated"]
    assert best(told["Accidents"]) == [False, False]
    other = rows(ONE, listing(3, price_minor=None))
    assert [cell.text for cell in other["Price"].cells] == ["$36,800", "Price on request"]
    assert best(other["Price"]) == [False, False]


def test_equal_facts_are_told_as_equal() -> None:
    told = comparing.compare(shown(), [ONE, listing(2)])
    assert not any(row.differs for row in told.rows)
    assert not any(cell.is_best for row in told.rows for cell in row.cells)
    assert told.summary == "All facts are the same."


def test_two_currencies_have_no_best_price() -> None:
    assert best(rows(ONE, listing(2, price_minor=10_000, currency="EUR"))["Price"]) == [False, False]


def test_what_owning_costs_stands_beside_it_where_the_event_shows_that() -> None:
    told = rows(ONE, TWO, **OWNING)
    assert told["About per month"].group == "costs"
    assert told["About per month"].differs
    assert "About per month" not in rows(ONE, TWO)


def test_one_sentence_says_what_tells_them_apart() -> None:
    told = comparing.compare(shown(), [ONE, TWO])
    assert told.summary == (
        "The 2022 Tesla Model 3 No. 1 is best in year (2022), mileage (18,200 mi) and range (330 mi). "
        "The 2022 Tesla Model 3 No. 2 is best in price ($34,000). 0 of 6 facts are the same. 1 value is not stated."
    )
    assert told.to_json()["rows"][0]["cells"][1] == {"text": "$34,000", "value": 34_000.0, "is_best": True}


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_are_compared(count: int) -> None:
    with pytest.raises(InvalidInput):
        comparing.compare(shown(), [listing(n) for n in range(count)])
    with pytest.raises(InvalidInput):
        comparing.compare(shown(), [ONE, ONE])


@given(st.lists(st.one_of(st.none(), st.integers(1, 90_000)), min_size=2, max_size=4))
def test_the_best_is_the_least_or_the_greatest_of_those_known(miles: list[int | None]) -> None:
    told = rows(*(listing(n, mileage=value) for n, value in enumerate(miles)))
    known = [m for m in miles if m is not None]
    marked = [m for m, is_best in zip(miles, best(told["Mileage"]), strict=True) if is_best] if known else []
    assert marked == ([m for m in known if m == min(known)] if len(set(known)) > 1 else [])


def test_cheaper_than_one_is_a_limit_against_it() -> None:
    limits, missing = limits_than(
        ONE, ["cheaper", "newer", "more:specs.range", "less:specs.owners", "nonsense"]
    )
    assert [(f.field, f.op, f.value) for f in limits] == [
        ("price", "lte", 36_799),
        ("year", "gte", 2023),
        ("specs.range", "gte", 331),
    ]
    assert missing == ("specs.owners",)
    assert limits_than(replace(ONE, price_minor=None), ["cheaper"]) == ((), ("price",))
    assert all(isinstance(f, Filter) for f in limits)
