"""The monthly cost of owning something, against figures reckoned by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery.ownership import annuity, costs, running
from backend.domains.discovery.wording import Words

OWNERSHIP = {
    "down_payment_percent": 10,
    "term_months": 60,
    "apr_percent": 6.0,
    "distance_per_year": 12_000,
    "energy_per_100": 25,
    "energy_price": 0.2,
}
WORDS = Words("en_US", "USD", "mi", "car", "cars", {}, {})


def test_annuity_golden_numbers() -> None:
    # 20,000 over 60 months at 6 %: 386.66 a month, as any loan table says
    assert annuity(20_000, 6.0, 60) == pytest.approx(386.656, abs=0.001)
    assert annuity(12_000, 0, 12) == 1000


@given(st.floats(1, 1e7), st.floats(0, 60), st.integers(1, 480))
def test_payments_never_return_less_than_was_lent(principal: float, apr: float, months: int) -> None:
    assert annuity(principal, apr, months) * months >= principal * 0.999999


def test_energy_of_a_month() -> None:
    assert running(OWNERSHIP) == pytest.approx(12_000 * 25 * 0.2 / 100 / 12)


def test_the_block_is_shown_only_where_the_event_asks_for_it() -> None:
    shown = costs(WORDS, {"price_block": "ownership_cost", "ownership": OWNERSHIP}, 20_000 / 0.9, "USD")
    assert [line["text"] for line in shown] == ["$437", "$387", "$50"]
    assert shown[0]["label"] == "About per month"
    assert costs(WORDS, {"price_block": "price", "ownership": OWNERSHIP}, 20_000, "USD") == []
    assert costs(WORDS, {"price_block": "ownership_cost", "ownership": OWNERSHIP}, None, "USD") == []
    assert costs(WORDS, {"price_block": "ownership_cost", "ownership": OWNERSHIP}, 20_000, "EUR") == []
