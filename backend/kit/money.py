"""Amounts of money: reading them as people write them, and showing them. Amounts are whole minor units (cents).

Does not convert between currencies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from backend.kit.figures import currency_digits, currency_text
from backend.kit.units import DecimalMark, lone_number, scaled_number

_SYMBOLS: Final[Mapping[str, str]] = {
    symbol: code
    for code, symbols in {
        "USD": "us$ usd$",
        "CAD": "ca$ c$ can$ cad$",
        "AUD": "a$ au$ aud$",
        "NZD": "nz$",
        "HKD": "hk$",
        "SGD": "s$ sg$",
        "MXN": "mx$",
        "BRL": "r$",
        "TWD": "nt$",
        "EUR": "€ euro euros",
        "GBP": "£ stg",
        "JPY": "¥ 円",
        "CNY": "cn¥ rmb 元",
        "CHF": "fr fr. sfr sfr.",
        "INR": "₹ rs rs.",
        "PLN": "zł zl",
        "CZK": "kč",
        "RUB": "₽ руб руб.",
        "TRY": "₺ tl",
        "ILS": "₪",
        "KRW": "₩",
        "THB": "฿",
        "UAH": "₴",
        "AED": "dhs dh",
        "RON": "lei",
        "SEK": "skr",
        "NOK": "nkr",
        "DKK": "dkr",
        "HUF": "ft",
    }.items()
    for symbol in symbols.split()
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
_LONGEST: Final = 120  # characters of a price; beyond it is prose
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})  # all are written `kr`
_SCALES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("k", "t", "tsd"), 1_000),
    **dict.fromkeys(("m", "mm", "mio", "mn", "mil", "mill", "mln"), 1_000_000),
    **dict.fromkeys(("mrd", "bn"), 1_000_000_000),
}
_WORDS: Final[Mapping[str, str]] = {"million": "m", "billion": "bn", "thousand": "k"}
_SCALE = re.compile(
    r"\s?(?:(million|billion|thousand)[a-z]{0,2}|(mio|mill|mil|mln|mrd|mm|mn|bn|tsd|k|m|t(?= ?(?:€|eur))))\.?(?![^\W\d_]|\.)",
    re.IGNORECASE,
)
_USUAL = re.compile(r"([$€£])?(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})")  # what most cells hold
_SCALE_BEFORE = re.compile(r"(k|t)\s?(?=(?:€|eur|chf|usd|£|\$)\s*$)", re.IGNORECASE)
_DOLLAR = re.compile(r"\b(us|usd|ca|cad|can|c|a|au|aud|nz|hk|sg|s|mx|r) \$")
# What may stand beside a price without changing its figure.
_REMARK_TEXT: Final = """
obo ono o.n.o. o.n.o o.b.o. o.b.o ovno firm neg neg. negotiable vb vhb verhandlungsbasis fp fix fixed festpreis +tax
+fees +vat + & tax taxes fees ttc ht hors comprise comprises compris netto brutto net gross incl incl. inclusive
included inkl inkl. inklusive inc inc. incluido incluida inclus excl excl. exclusive excluded exkl exkl. ex plus
zzgl zzgl. zuzüglich vat mwst mwst. ust ust. tva iva i.v.a. btw gst hst ausweisbar ausgewiesen reclaimable
qualifying deductible §25a differenzbesteuert asking price preis prix precio prezzo prijs preço guide list vk vkp
uvp msrp rrp only approx approx. about ca ca. c. circa ~ ≈ env. environ from ab dès desde da vanaf partir à de
reduced reduziert sale offer now each ea ea. k.k. kk v.o.n. von -- ,- ,-- .- .-- - .– ,– ,— .— – — * ** † ^ = or
best nearest oder d'occasion drive away cash p.v.p. pvp +iva +btw +mwst
"""
_REMARKS: Final = frozenset(_REMARK_TEXT.split())


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units; `currency` is None where neither the text nor the caller names one."""

    minor: int
    currency: str | None


def minor_units(value: Decimal, currency: str | None) -> int:
    """Half a minor unit rounds up, as on an invoice."""
    digits = currency_digits(currency) if currency else 2
    return int(
        value.scaleb(digits).to_integral_value(rounding=ROUND_HALF_UP)
    )  # quantize refuses what is very large


def major_units(minor: int, currency: str | None) -> Decimal:
    return Decimal(minor) / 10 ** (currency_digits(currency) if currency else 2)


def format_money(minor: int, currency: str, locale: str = "en_US") -> str:
    """`$38,990`; minor units are shown only where there are any."""
    return currency_text(minor, currency, locale.replace("-", "_"))


def parse_money(text: str, default: str | None = None, mark: DecimalMark = "auto") -> Money | None:
    """Reads `$38,990`, `41.5k`, `USD 35 900`, `1.250.000,00 €`, `£2.1m`, `38,990 OBO`.

    None when there is not exactly one figure, it is negative, or other words stand beside it. A bare `$` is the
    default currency if that is a dollar, else USD.
    """
    if mark != "," and (usual := _USUAL.fullmatch(text)):
        symbol, digits = usual.groups()
        currency = _code(symbol, default) if symbol else default
        return Money(minor_units(Decimal(digits.replace(",", "")), currency), currency)
    parts = lone_number(text.replace("'", "’")) if len(text) <= _LONGEST else None
    if parts is None:
        return None
    before, digits, after = parts
    if (
        digits.startswith("-")
        or before.rstrip().endswith("-")
        or (before.endswith("(") and after.startswith(")"))
    ):
        return None
    factor, before, after = _scale(before, after)
    value = scaled_number(digits, factor, mark)
    named = _named_currencies(before, after, default)
    if value is None or named is None or len(named) > 1:
        return None
    currency = named.pop() if named else default
    return Money(minor_units(value, currency), currency)


def _scale(before: str, after: str) -> tuple[int, str, str]:
    """The factor written at a figure (`k`, `Mio`, `T€`), and what stands around it without that."""
    if found := _SCALE.match(after):
        word = (found.group(1) or found.group(2)).lower()
        return _SCALES[_WORDS.get(word, word)], before, after[found.end() :]
    if found := _SCALE_BEFORE.search(before):
        return _SCALES[found.group(1).lower()], before[: found.start()] + before[found.end() :], after
    return 1, before, after


def _named_currencies(before: str, after: str, default: str | None) -> set[str] | None:
    """The currencies named beside a figure; None where a word there is not understood."""
    named: set[str] = set()
    text = _DOLLAR.sub(r"\1$", re.sub(r"[()\[\]:;*~≈]", " ", f"{before} {after}".lower()))
    words = [word for word in text.split() if word not in _REMARKS]
    for word in words:
        code = _code(word, default)
        if code is None:
            return None
        named.add(code)
    if "$" in words and len(named) > 1 and are_dollars(*named):
        named = {code for code in (_code(word, default) for word in words if word != "$") if code}
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
    stripped = word.strip(",;:.") if word not in _SYMBOLS else word
    if stripped == "kr":
        return default if default in _CROWNS else None
    if stripped in _SYMBOLS:
        return _SYMBOLS[stripped]
    return stripped.upper() if stripped.upper() in _CODES else None


_CODE_TEXT: Final = """
USD EUR GBP CHF CAD AUD NZD JPY CNY HKD SGD SEK NOK DKK ISK PLN CZK HUF RON BGN UAH RUB AED SAR QAR KWD BHD OMR EGP MAD INR BRL
MXN ARS CLP COP ZAR NGN KES KRW THB TRY ILS TWD MYR IDR PHP VND
"""
_CODES: Final = frozenset(_CODE_TEXT.split())
