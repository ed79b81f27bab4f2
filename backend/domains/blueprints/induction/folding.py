"""Headers as words that can be compared: without case, accents, plurals and punctuation. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from backend.kit.money import currency_code
from backend.kit.units import canonical_unit

_SPECIAL: Final = str.maketrans({
    "ß": "ss", "ø": " diameter ", "Ø": " diameter ", "æ": "ae", "œ": "oe", "&": " and ", "+": " and ", "№": " no ",
    "#": " no ", "’": "'", "`": "'", "ł": "l", "đ": "d",
})  # fmt: skip
_NUMBER_SIGNS: Final = frozenset({"no", "nr", "num", "nro", "numero", "nummer", "n", "number"})
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ASIDE = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_WORD = re.compile(r"[^\W_]+")
#: Units of time that end a name as often as they measure it: `Engine hours`, `Model year`.
_LASTING: Final = frozenset({"h", "min", "s"})
_CALENDAR: Final = frozenset({"yr", "month", "day", "week"})
#: Units that columns are named by: `HP`, `Acres`, `SqFt`. A `Year` is no length of time.
_NAMESAKES: Final = frozenset(
    {"hp", "kw", "kwh", "acre", "ha", "ct", "sqft", "sqm", "cc", "hh", "km", "mi", "kg", "lb"}
)
_SYMBOL = re.compile(r"US\$|[$€£¥₹]|%|‰|°")
_RATE = re.compile(
    r"(?:/|\b(?:per|pro|par|por)\b)\s*(mo|month|monat|mois|mes|mese|maand|yr|year|jahr|an|ano|week)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A header taken apart. `words` without units, `aside` the words in brackets, `unit` a unit or currency named in it."""

    text: str
    words: tuple[str, ...]
    aside: tuple[str, ...]
    group: tuple[str, ...]
    unit: str | None
    currency: str | None

    @property
    def joined(self) -> str:
        return "".join(self.words)


def folded(text: str) -> str:
    """Lower case, without accents; `ae`, `oe` and `ue` as the umlauts they stand for."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()
    return re.sub(r"([aou])e", r"\1", plain)


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a header or phrase, in order: `stockNo.`, `Stock #` and `stock_number` are all `stock no`."""
    parts = [
        _HUMPS.sub(" ", part) if len(part) > 4 and not part.isupper() else part
        for part in re.split(r"[\s_]+", text)
    ]
    return tuple(_singular(word) for word in _WORD.findall(folded(" ".join(parts)).replace("'", "")))


def spelled(text: str) -> str:
    """A text as a name of plain letters: `Überholt (Jahr)` is `ueberholt_jahr`."""
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        text = text.replace(umlaut, letters)
    plain = unicodedata.normalize(
        "NFKD", _HUMPS.sub(" ", text) if " " not in text and not text.isupper() else text
    )
    plain = "".join(mark for mark in plain.translate(_SPECIAL) if not unicodedata.combining(mark)).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _singular(word: str) -> str:
    if word in _NUMBER_SIGNS:
        return "no"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def heading_of(header: str, group: str = "") -> Heading:
    """Takes a header apart. Units are recognized in brackets, after a comma, and as a last word or sign."""
    rest, unit, currency = header, None, None
    for inside in _ASIDE.findall(header):
        found = _unit(inside)
        currency = currency or _currency(inside)
        if found or _currency(inside):
            unit = unit or found
            rest = rest.replace(inside, " ")
    for sign in _SYMBOL.findall(rest):
        currency = currency or _currency(sign)
        unit = unit or (sign if sign in "%‰" else None)
    rest = _RATE.sub(" monthly " if _monthly(rest) else " ", _SYMBOL.sub(" ", rest))
    aside = tuple(word for inside in _ASIDE.findall(rest) for word in words_of(inside))
    main = _ASIDE.sub(" ", rest)
    words = list(words_of(main))
    parts = re.split(r"[\s,_/]+|(?<=[a-z])(?=[A-Z][a-z]+$)", main.strip())
    if len(parts) > 1 and len(words) > 1:
        last = parts[-1].strip(".")
        currency = currency or (_currency(last) if last.isupper() else None)
        found = _unit(last) if unit is None and (len(last) > 1 or not last.isalpha()) else None
        found = None if found in _CALENDAR else found
        if (found or (currency and _currency(last) == currency)) and words_of(last) == tuple(words[-1:]):
            unit = unit or found
            if found not in _LASTING:
                words.pop()
    if unit is None and len(words) == 1 and (found := _unit(header)) in _NAMESAKES:
        unit = found
    return Heading(header, tuple(words), aside, words_of(group), unit, currency)


def _monthly(text: str) -> bool:
    found = _RATE.search(text)
    return bool(found and found.group(1).lower().startswith("m"))


def _unit(text: str) -> str | None:
    clean = text.strip().strip(".")
    return canonical_unit(clean) if clean and len(clean) <= 12 else None


def _currency(text: str) -> str | None:
    return currency_code(text.strip()) if text.strip() else None
