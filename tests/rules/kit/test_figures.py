"""Figures are written as Babel writes them, in every locale it knows."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from babel import Locale, localedata
from babel.numbers import format_currency, format_decimal, get_currency_precision
from hypothesis import example, given
from hypothesis import strategies as st

from backend.kit.figures import currency_text, decimal_text

LOCALES = sorted(localedata.locale_identifiers())
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "INR", "KWD", "SEK", "HUF", "CLP")


def by_babel(minor: int, currency: str, locale: str) -> str:
    digits = get_currency_precision(currency)
    value = Decimal(minor) / 10**digits
    if value != value.to_integral_value():
        return format_currency(value, currency, locale=locale)
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    return format_currency(
        value, currency, locale=locale, currency_digits=False, format=re.sub(r"\.0+", "", pattern)
    )


@given(
    minor=st.integers(-(10**21), 10**21) | st.integers(-(10**9), 10**9),
    currency=st.sampled_from(CURRENCIES),
    locale=st.sampled_from(LOCALES),
)
@example(minor=0, currency="USD", locale="en_US")
@example(minor=-50, currency="USD", locale="en_US")
@example(minor=123_456_789_00, currency="INR", locale="hi_IN")
def test_amounts_are_written_as_babel_writes_them(minor: int, currency: str, locale: str) -> None:
    assert currency_text(minor, currency, locale) == by_babel(minor, currency, locale)


@given(value=st.floats(-1e20, 1e20) | st.floats(-1e6, 1e6), locale=st.sampled_from(LOCALES))
@example(value=-0.0, locale="en_US")
@example(value=-0.004, locale="de_DE")
@example(value=1e15, locale="fr_FR")
def test_numbers_are_written_as_babel_writes_them(value: float, locale: str) -> None:
    assert decimal_text(value, locale) == format_decimal(round(value, 2), locale=locale)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (3_899_000, "USD", "en_US", "$38,990"),
        (3_899_050, "USD", "en_US", "$38,990.50"),
        (125_000_000, "EUR", "de_DE", "1.250.000 €"),
        (1_250_000_00, "INR", "en_IN", "₹12,50,000"),
        (3_200_000, "JPY", "en_US", "¥3,200,000"),
    ],
)
def test_amounts(minor: int, currency: str, locale: str, text: str) -> None:
    assert currency_text(minor, currency, locale).replace("\xa0", " ") == text
