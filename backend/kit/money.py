"""Amounts of money: reading them as people write them, and showing them. Amounts are whole minor units (cents).

Does not convert between currencies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.numbers import format_currency, get_currency_precision

from backend.kit.units import DecimalMark, lone_number, scaled_number

_SYMBOLS: Final[Mapping[str, str]] = {
    "us$": "USD",
    "usd": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "fr.": "CHF",
    "sfr": "CHF",
    "sfr.": "CHF",
    "₹": "INR",
    "zł": "PLN",
}
_NAMES: Final[Mapping[str, str]] = {
    "dollar": "USD",
    "us dollar": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "pound sterling": "GBP",
    "british pound": "GBP",
    "sterling": "GBP",
    "gbp": "GBP",
    "swiss franc": "CHF",
    "schweizer franken": "CHF",
    "franken": "CHF",
    "canadian dollar": "CAD",
    "australian dollar": "AUD",
    "yen": "JPY",
}
_DOLLARS: Final = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN"})
_SCALES: Final[Mapping[str, int]] = {
    "k": 1_000,
    "m": 1_000_000,
    "mio": 1_000_000,
    "mn": 1_000_000,
    "mil": 1_000_000,
}
_SCALE = re.compile(r"\s?(mio|mil|mn|k|m)\.?(?![a-z])", re.IGNORECASE)
# What may stand beside a price without changing its figure.
_REMARKS: Final = frozenset(
    [
        "obo",
        "ono",
        "o.n.o.",
        "o.b.o.",
        "firm",
        "neg",
        "negotiable",
        "vb",
        "vhb",
        "fp",
        "fix",
        "festpreis",
        "plus+tax",
        "+tax",
        "+fees",
        "ttc",
        "ht",
        "incl",
        "incl.",
        "excl",
        "excl.",
        "vat",
        "asking",
        "only",
        "approx",
        "approx.",
        "ca",
        "ca.",
        "c.",
        "~",
        "from",
        "--",
        ",-",
        ",--",
        ".-",
        ".--",
        "-",
        ".–",
        ",–",
    ]
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units; `currency` is None where neither the text nor the caller names one."""

    minor: int
    currency: str | None


def minor_units(value: Decimal, currency: str | None) -> int:
    """Half a minor unit rounds up, as on an invoice."""
    digits = get_currency_precision(currency) if currency else 2
    return int(
        value.scaleb(digits).to_integral_value(rounding=ROUND_HALF_UP)
    )  # quantize refuses what is very large


def major_units(minor: int, currency: str | None) -> Decimal:
    return Decimal(minor) / 10 ** (get_currency_precision(currency) if currency else 2)


def format_money(minor: int, currency: str, locale: str = "en_US") -> str:
    """`$38,990`; minor units are shown only where there are any."""
    value = major_units(minor, currency)
    whole = value == value.to_integral_value()
    text: str = format_currency(
        value,
        currency,
        locale=locale.replace("-", "_"),
        currency_digits=not whole,
        format=_whole(locale) if whole else None,
    )
    return text


def _whole(locale: str) -> str:
    from babel import Locale

    pattern: str = Locale.parse(locale.replace("-", "_")).currency_formats["standard"].pattern
    return re.sub(r"\.0+", "", pattern)


def parse_money(text: str, default: str | None = None, mark: DecimalMark = "auto") -> Money | None:
    """Reads `$38,990`, `41.5k`, `USD 35 900`, `1.250.000,00 €`, `£2.1m`, `38,990 OBO`.

    None when there is not exactly one figure, it is negative, or other words stand beside it. A bare `$` is the
    default currency if that is a dollar, else USD.
    """
    parts = lone_number(text.replace("'", "’"))
    if parts is None:
        return None
    before, digits, after = parts
    if digits.startswith("-") or before.rstrip().endswith("-"):
        return None
    scale = _SCALE.match(after)
    value = scaled_number(digits, _SCALES[scale.group(1).lower()] if scale else 1, mark)
    named = _named_currencies(before, after[scale.end() :] if scale else after, default)
    if value is None or named is None or len(named) > 1:
        return None
    currency = named.pop() if named else default
    return Money(minor_units(value, currency), currency)


def _named_currencies(before: str, after: str, default: str | None) -> set[str] | None:
    """The currencies named beside a figure; None where a word there is not understood."""
    named: set[str] = set()
    for word in (
        f"{before} {after}".lower().replace("(", " ").replace(")", " ").replace("plus tax", " ").split()
    ):
        if word in _REMARKS:
            continue
        code = _code(word, default)
        if code is None:
            return None
        named.add(code)
    return named


def are_dollars(*codes: str) -> bool:
    """Whether all of them are written with a bare `$`."""
    return all(code in _DOLLARS for code in codes)


def currency_code(text: str) -> str | None:
    """The code a currency is named by: `EUR`, `€`, `US dollars`."""
    word = " ".join(text.lower().split()).removesuffix("s")
    return _NAMES.get(word) or _code(word.replace(" ", ""), None)


def _code(word: str, default: str | None) -> str | None:
    if word == "$":
        return default if default in _DOLLARS else "USD"
    stripped = word.strip(",;:")
    if stripped in _SYMBOLS:
        return _SYMBOLS[stripped]
    return stripped.upper() if stripped.upper() in _CODES else None


_CODES: Final = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "CAD",
        "AUD",
        "NZD",
        "JPY",
        "CNY",
        "HKD",
        "SGD",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "AED",
        "SAR",
        "INR",
        "BRL",
        "MXN",
        "ZAR",
        "KRW",
        "THB",
        "TRY",
        "ILS",
    ]
)
