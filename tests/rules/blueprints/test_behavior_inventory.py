"""The facts of an inventory: exact where they are counted, near where they are read from a thinned stream, always flat."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Iterator

import pytest

from backend.domains.blueprints.inventory import MOST_VALUES, inventory_of
from tests.rules.blueprints.inventories import Row


def test_prices_of_the_commonest_currency_count() -> None:
    rows = [Row({"price": amount, "currency": "EUR"}) for amount in (100, 200, 300, 400, 500)]
    facts = inventory_of([*rows, Row({"price": 10_000, "currency": "USD"}), Row({})])
    assert facts.currency == "EUR"
    assert facts.currencies == (("EUR", 5), ("USD", 1))
    assert facts.price is not None
    assert (facts.price.low, facts.price.q1, facts.price.median, facts.price.q3) == (100, 200, 300, 400)
    assert facts.missing()["price"] == pytest.approx(1 / 7, abs=1e-3)


def test_entropy_is_in_bits_and_case_does_not_count() -> None:
    facts = inventory_of([Row({"make": make}) for make in ("Kawara", "KAWARA", "Petrow", "petrow")])
    found = facts.find("make")
    assert found is not None
    assert (found.distinct, found.entropy, found.top[0]) == (2, 1.0, ("Kawara", 2))


def test_a_single_is_one_with_no_other_like_it() -> None:
    like = [Row({"make": "A", "model": "1"})] * 3
    assert inventory_of([*like, Row({"make": "A", "model": "2"})]).singles == 0.25
    assert inventory_of([Row({}), Row({})]).singles == 1.0, (
        "where nothing says what it is like, each is its own"
    )


def test_an_empty_inventory_has_facts_too() -> None:
    facts = inventory_of([])
    assert (facts.rows, facts.price, facts.attributes, facts.with_photos) == (0, None, (), 0.0)


def test_memory_is_flat_and_quantiles_stay_near() -> None:
    def rows(count: int) -> Iterator[Row]:
        for at in range(count):
            yield Row(
                {"price": float(at % 1000), "specs.code": f"{at:08}", "title": f"t{at}", "currency": "USD"}
            )

    peaks: list[int] = []
    for count in (20_000, 80_000):
        tracemalloc.start()
        facts = inventory_of(rows(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    found = facts.find("specs.code")
    assert found is not None
    assert (found.distinct, found.is_whole) == (MOST_VALUES, False)
    assert facts.price is not None
    assert math.isclose(facts.price.median, 500, rel_tol=0.05)
    assert peaks[1] < peaks[0] + 16_000_000, "what tells listings apart is bounded, all else does not grow"
