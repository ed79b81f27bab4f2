"""Numbers and amounts as a locale writes them: Babel's own words, read once per locale and currency.

Babel looks up locale, pattern and symbols anew for every number; a screen of tiles shows a hundred of them. What is written
is the same to the character (property-tested); what is out of the ordinary goes to Babel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)

_MOST: Final = 10**15  # beyond it floats are written with an exponent, and nobody reads them


@dataclass(frozen=True, slots=True)
class Style:
    """What stands around the digits. `grouping` is the size of the last group and of those before it."""

    before: tuple[str, str]  # of what is not negative, and of what is
    after: tuple[str, str]
    group: str
    decimal: str
    grouping: tuple[int, int]

    def written(self, digits: str, fraction: str, *, is_negative: bool) -> str:
        """`digits` before the decimal mark and `fraction` behind it, both plain."""
        last, other = self.grouping
        if len(digits) > last:
            parts = [digits[-last:]]
            rest = digits[:-last]
            while rest:
                parts.append(rest[-other:])
                rest = rest[:-other]
            digits = self.group.join(reversed(parts))
        number = f"{digits}{self.decimal}{fraction}" if fraction else digits
        return f"{self.before[is_negative]}{number}{self.after[is_negative]}"


def currency_text(minor: int, currency: str, locale: str) -> str:
    """An amount of minor units; they are shown only where there are any. `locale` as Babel names it."""
    digits = currency_digits(currency)
    whole, part = divmod(abs(minor), 10**digits)
    style = _currency_style(currency, locale)
    if style is None or whole >= _MOST:
        return _by_babel(minor, currency, locale)
    return style.written(str(whole), f"{part:0{digits}d}" if part else "", is_negative=minor < 0)


def decimal_text(value: float, locale: str) -> str:
    """A number with two digits behind the decimal mark at most, none where they are zeros."""
    rounded = round(value, 2)
    style = _decimal_style(locale)
    if style is None or not abs(rounded) < _MOST:
        text: str = format_decimal(rounded, locale=locale)
        return text
    written = repr(rounded)
    digits, _, fraction = written.lstrip("-").partition(".")
    return style.written(digits, fraction.rstrip("0"), is_negative=written[0] == "-")


@lru_cache(maxsize=256)
def currency_digits(currency: str) -> int:
    """How many digits the minor unit of a currency has."""
    return get_currency_precision(currency)


def _by_babel(minor: int, currency: str, locale: str) -> str:
    digits = currency_digits(currency)
    whole = minor % 10**digits == 0
    text: str = format_currency(
        Decimal(minor) / 10**digits,
        currency,
        locale=locale,
        currency_digits=not whole,
        format=_whole(locale) if whole else None,
    )
    return text


@lru_cache(maxsize=64)
def _whole(locale: str) -> NumberPattern:
    """The pattern of a currency without its digits behind the decimal mark."""
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return parse_pattern(re.sub(r"\.0+", "", pattern))


@lru_cache(maxsize=256)
def _currency_style(currency: str, locale: str) -> Style | None:
    one = 10 ** currency_digits(currency)
    return _style(_whole(locale), locale, tuple(_by_babel(n, currency, locale) for n in (one, -one)))


@lru_cache(maxsize=64)
def _decimal_style(locale: str) -> Style | None:
    pattern = Locale.parse(locale).decimal_formats[None]
    return _style(pattern, locale, tuple(format_decimal(n, locale=locale) for n in (1, -1)))


def _style(pattern: NumberPattern, locale: str, ones: tuple[str, ...]) -> Style | None:
    """From how Babel writes 1 and -1; None where a pattern asks for more than digits and groups."""
    (before, one, after), (minus, less, behind) = (text.partition("1") for text in ones)
    usual = (
        pattern.int_prec[0] <= 1 and not pattern.exp_prec and not pattern.scale and "@" not in pattern.pattern
    )
    if not (one and less and usual) or "1" in after + behind:
        return None
    last, other = pattern.grouping
    return Style(
        (before, minus), (after, behind), get_group_symbol(locale), get_decimal_symbol(locale), (last, other)
    )
