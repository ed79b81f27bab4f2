"""Numbers, measures and money as people write them: golden cases and round trips."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import Money, format_money, major_units, minor_units, parse_money
from backend.kit.units import canonical_unit, convert, convertible, parse_measure, plain_number


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("$38,990", 3_899_000, "USD"),
        ("41.5k", 4_150_000, "USD"),
        ("1.234k", 123_400, "USD"),
        ("USD 35 900", 3_590_000, "USD"),
        ("35\u202f900 €", 3_590_000, "EUR"),
        ("1.250.000,00 €", 125_000_000, "EUR"),
        ("CHF 1'250'000", 125_000_000, "CHF"),
        ("£2.1m", 210_000_000, "GBP"),
        ("¥3,200,000", 3_200_000, "JPY"),
        ("$38,990.50", 3_899_050, "USD"),
        ("38,990 OBO", 3_899_000, "USD"),
        ("€ 45.900,-", 4_590_000, "EUR"),
        ("C$1,200", 120_000, "CAD"),
        ("0.99", 99, "USD"),
    ],
)
def test_prices_are_read_as_written(text: str, minor: int, currency: str) -> None:
    assert parse_money(text, "USD") == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["Call", "38-40k", "was $40,000 now $38,000", "-5", "$", "12 cars", "USD 5 EUR", ""]
)
def test_what_is_no_single_price_is_refused(text: str) -> None:
    assert parse_money(text, "USD") is None


def test_a_bare_dollar_is_the_dollar_of_the_event() -> None:
    assert parse_money("$10", "CAD") == Money(1000, "CAD")
    assert parse_money("$10", "EUR") == Money(1000, "USD")


@given(st.integers(0, 10**11), st.sampled_from(["USD", "EUR", "JPY", "CHF", "GBP"]))
def test_a_shown_amount_reads_back(minor: int, currency: str) -> None:
    assert parse_money(format_money(minor, currency), currency) == Money(minor, currency)
    assert minor_units(major_units(minor, currency), currency) == minor


@given(st.integers(0, 10**9), st.sampled_from([",", " ", "\u202f", "'", "\u00a0"]))
def test_grouping_does_not_change_a_number(value: int, separator: str) -> None:
    assert plain_number(f"{value:,}".replace(",", separator)) == value


@given(st.integers(1000, 10**9), st.integers(0, 99))
def test_both_conventions_agree(value: int, cents: int) -> None:
    american = f"{value:,}.{cents:02d}"
    european = american.replace(",", "_").replace(".", ",").replace("_", ".")
    assert plain_number(american) == plain_number(european) == Decimal(f"{value}.{cents:02d}")


@given(st.text(max_size=40))
def test_no_text_makes_the_parsers_fail(text: str) -> None:
    parse_money(text, "USD")
    parse_measure(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("39k mi", "39000", "mi"),
        ("61,200 km", "61200", "km"),
        ("61 tkm", "61000", "km"),
        ("4,2 s", "4.2", "s"),
        ("94%", "94", "%"),
        ("12m", "12", "m"),
        ("c. 1959", "1959", None),
        ("200 sq ft", "200", "sqft"),
    ],
)
def test_measures_keep_their_unit(text: str, value: str, unit: str | None) -> None:
    measure = parse_measure(text)
    assert measure is not None
    assert (measure.value, measure.unit) == (Decimal(value), unit)


def test_exact_factors() -> None:
    """Source: international yard and pound agreement, 1959."""
    assert convert(Decimal(1), "mi", "km") == Decimal("1.609344")
    assert convert(Decimal(1), "lb", "kg") == Decimal("0.45359237")
    assert round(convert(Decimal(438), "km", "mi")) == 272
    with pytest.raises(ValueError, match="does not convert"):
        convert(Decimal(1), "mi", "kg")


@given(
    st.decimals(0, 10**6, places=3),
    st.sampled_from(["mi", "km", "m", "ft", "in"]),
    st.sampled_from(["mi", "km", "nmi"]),
)
def test_conversion_round_trips(value: Decimal, one: str, other: str) -> None:
    assert convertible(one, other)
    assert abs(convert(convert(value, one, other), other, one) - value) < Decimal("1e-6")


def test_unit_names() -> None:
    assert [canonical_unit(word) for word in ("Miles", "PS", "kWh", "parsec")] == ["mi", "hp", "kwh", None]


def test_very_large_amounts_are_numbers_too() -> None:
    assert minor_units(Decimal(10) ** 26, "USD") == 10**28
    assert minor_units(Decimal("2.345"), "USD") == 235
    assert minor_units(Decimal("100"), "JPY") == 100
