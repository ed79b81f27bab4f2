"""Numbers, measures and money as people write them: golden cases and round trips."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import Money, currency_code, format_money, major_units, minor_units, parse_money
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
        ("EUR 69.560,-", 6_956_000, "EUR"),
        ("1 783,50", 178_350, "USD"),
        ("£12.75k", 1_275_000, "GBP"),
        ("CHF 1'250.–", 125_000, "CHF"),
        ("12,5 Mio €", 1_250_000_000, "EUR"),
        ("€1.2 million", 120_000_000, "EUR"),
        ("45 T€", 4_500_000, "EUR"),
        ("k€ 45", 4_500_000, "EUR"),
        ("69.560 € (MwSt. ausweisbar)", 6_956_000, "EUR"),
        ("12 900 € HT", 1_290_000, "EUR"),
        ("à partir de 12 900 €", 1_290_000, "EUR"),
        ("$45,900 + fees", 4_590_000, "USD"),
        ("US $45,900", 4_590_000, "USD"),
        ("CAD $45,000", 4_500_000, "CAD"),
        ("R$ 85.000,00", 8_500_000, "BRL"),
        ("₹ 12,50,000", 125_000_000, "INR"),
        ("450 000 Kč", 45_000_000, "CZK"),
        ("€ 45.000 k.k.", 4_500_000, "EUR"),
        ("45.000 € IVA incl.", 4_500_000, "EUR"),
    ],
)
def test_prices_are_read_as_written(text: str, minor: int, currency: str) -> None:
    assert parse_money(text, "USD") == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "Call",
        "38-40k",
        "was $40,000 now $38,000",
        "-5",
        "$",
        "12 cars",
        "USD 5 EUR",
        "",
        "$450/mo",
        "(1,200)",
        "kr 5.000",
    ],
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
        ("736cc", "736", "cc"),
        ("37,5 cl", "37.5", "cl"),
        ("0.78 ac", "0.78", "acre"),
        ("1,2 ha", "1.2", "ha"),
        ("1.01 cts", "1.01", "ct"),
        ("25 Knoten", "25", "kn"),
        ("35 PSI", "35", "psi"),
        ("8 ‰", "8", "‰"),
        ("15.2 hands", "15.2", "hh"),
        ("120 m2", "120", "sqm"),
        ("7,5 l/100 km", "7.5", "l/100km"),
        ("1.500 Betriebsstunden", "1500", "h"),
        ("24' 6\"", "24.5", "ft"),
        ("150 kW (204 PS)", "150", "kw"),
        ("24.4 m / 80 ft", "24.4", "m"),
        ("62,000 miles (approx)", "62000", "mi"),
        ("Ø 41 mm", "41", "mm"),
        ("5 Türen", "5", None),
    ],
)
def test_measures_keep_their_unit(text: str, value: str, unit: str | None) -> None:
    measure = parse_measure(text)
    assert measure is not None
    assert (measure.value, measure.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text", ["10-12 m", "2x 300 hp", "> 100 km", "150 kW (999 PS)", "9" * 500, "1 " * 60_000]
)
def test_what_is_not_one_measure(text: str) -> None:
    assert parse_measure(text) is None


def test_rare_units_convert_through_pint() -> None:
    assert round(convert(Decimal(1), "acre", "sqm")) == 4047
    assert round(convert(Decimal(10), "knots", "km/h"), 2) == Decimal("18.52")
    assert round(convert(Decimal(5), "carat", "g"), 3) == Decimal(1)
    assert round(convert(Decimal("2.4"), "bar", "psi"), 1) == Decimal("34.8")
    assert convert(Decimal(75), "cl", "l") == Decimal("0.75")
    assert convert(Decimal(8), "‰", "%") == Decimal("0.8")
    assert not convertible("hands", "m")


def test_currencies_by_name() -> None:
    words = ("€", "Euro", "us dollars", "GBP", "Fr.", "kr", "Taler")
    assert [currency_code(word) for word in words] == ["EUR", "EUR", "USD", "GBP", "CHF", None, None]


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
