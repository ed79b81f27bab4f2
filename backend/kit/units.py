"""Numbers and measures as people write them. No words of any domain; units are in `unit_table`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from backend.kit.unit_table import canonical_unit, convert, convertible

__all__ = [
    "DecimalMark",
    "Measure",
    "canonical_unit",
    "convert",
    "convertible",
    "lone_number",
    "parse_measure",
    "plain_number",
    "scaled_number",
]

DecimalMark = Literal["auto", ".", ","]

# Any space a spreadsheet may use to group digits: no-break, thin, narrow no-break, figure.
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000]+")
_NUMBER = re.compile(r"[+-]?\d(?:[\d.,'’ ]*\d)?")
_USUAL = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")  # what most cells hold
_THOUSANDS = re.compile(r"k\.?(?![a-z])")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_ABOUT = frozenset({
    "", "~", "≈", "±", "c.", "ca", "ca.", "circa", "about", "approx", "approx.", "approximately", "roughly", "est.", "etwa",
    "rund", "env.", "environ",
    "aprox.", "aprox", "unos", "ongeveer", "ø", "⌀", "dia", "dia.",
})  # fmt: skip
_ABOUT_AFTER = re.compile(r"\s*\(?(?:approx(?:imately)?\.?|ca\.?|circa|est\.?|etwa|env\.?|aprox\.?|ø|⌀)\)?$")
_FEET = re.compile(r"(\d+)\s*(?:ft\.?|feet|['’′])\s*(\d+(?:\.\d+)?)\s*(?:in\.?|inch(?:es)?|[\"”″]|'')?")
_TWICE = re.compile(r"([^()/]*?\d[^()/]*?)\s*[(/]\s*([^()/]*?\d[^()/]*?)\s*\)?")
_PER_100_KM = re.compile(r"/ ?100 ?km")
_POWERS = str.maketrans({"2": "²", "3": "³"})
_LONGEST: Final = 120  # characters of a measure; beyond it is prose
_SAME: Final = Decimal("0.03")  # two ways to write one measure differ by rounding

_COUNTS: Final = """
pers person persons people personen personne personnes personas persone pax guests berths berth kojen couchettes literas
doors door dr türen türer portes puertas porte deuren seats seat seater sitze sitzer plätze places place plazas posti
zitplaatsen rooms room zimmer pièces habitaciones camere kamers beds bed betten lits camas letti bedrooms bathrooms
baths cabins cabin kabinen cabines owners owner halter vorbesitzer propriétaires pieces piece pcs pc stück stk pièce
unités unité units unit pezzi stuks speed speeds gears gear gänge gang vitesses marchas cyl cylinder cylinders zyl
zylinder cylindres cilindros cilindri jewels steine rubis keys key
"""
# What is counted has no unit: `5 doors`.
_COUNTED: Final = frozenset(_COUNTS.split())


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and the unit that was written beside it, if any."""

    value: Decimal
    unit: str | None


def plain_number(digits: str, mark: DecimalMark = "auto") -> Decimal | None:
    """The value of one written number without unit or scale, or None if its separators contradict each other.

    With `auto`, the later of two different separators is the decimal mark; a lone separator groups thousands exactly
    when three digits follow each of its occurrences and the number does not begin with a zero.
    """
    if mark != "," and _USUAL.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    if mark != "," and _INDIAN.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    text = _SPACES.sub(" ", digits.strip()).replace("’", "'")
    sign = -1 if text.startswith("-") else 1
    text = text.lstrip("+-").strip()
    if not text or not re.fullmatch(r"[\d.,' ]+", text):
        return None
    decimal = _decimal_mark(text) if mark == "auto" else mark
    whole, _, fraction = text.rpartition(decimal) if decimal and decimal in text else (text, "", "")
    if not fraction.isdigit() and fraction:
        return None
    groups = re.split(r"[.,' ]", whole)
    if len(set(re.findall(r"[.,' ]", whole))) > 1 or (decimal and decimal in whole):
        return None
    if len(groups) > 1 and not (1 <= len(groups[0]) <= 3 and all(_is_group(group) for group in groups[1:])):
        return None
    joined = "".join(groups)
    if not joined.isdigit():
        return None
    return sign * Decimal(f"{joined}.{fraction}" if fraction else joined)


def _is_group(group: str) -> bool:
    return len(group) == 3 and group.isdigit()


def _decimal_mark(text: str) -> str:
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        return "." if dot > comma else ","
    mark = "." if dot >= 0 else ","
    if mark not in text or text.count(mark) > 1:
        return ""
    whole, _, fraction = text.partition(mark)
    grouped = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if grouped and " " not in whole and "'" not in whole else mark


def scaled_number(digits: str, factor: int, mark: DecimalMark = "auto") -> Decimal | None:
    """The value of a number before a scale such as `k`: its lone separator is a decimal mark, as in `1.234k`."""
    separators = set(re.findall(r"[.,]", digits))
    if factor > 1 and mark == "auto" and len(separators) == 1 and digits.count(min(separators)) == 1:
        mark = "." if "." in separators else ","
    value = plain_number(digits, mark)
    return None if value is None else value * factor


def lone_number(text: str) -> tuple[str, str, str] | None:
    """The only number of a text with what stands before and after it; None when there is none or more than one."""
    clean = _SPACES.sub(" ", text).strip()
    first = _NUMBER.search(clean)
    if first is None or _NUMBER.search(clean, first.end()):
        return None
    return clean[: first.start()], first.group(), clean[first.end() :]


def parse_measure(text: str, mark: DecimalMark = "auto") -> Measure | None:
    """Reads `39k mi`, `61.200 km`, `c. 1959`, `~4,2 s`, `24' 6"`, `150 kW (204 PS)`; None when there is not exactly one
    measure.

    The unit is returned as a known name, or as written (lower case) where it is unknown. `12m` is twelve meters:
    a million is written so only in money.
    """
    if len(text) > _LONGEST:
        return None
    if mark != "," and _USUAL.fullmatch(text):
        return Measure(Decimal(text.replace(",", "")), None)
    clean = _PER_100_KM.sub("/ckm", _SPACES.sub(" ", text).strip().lower())
    clean = re.sub(r"(?<=[a-z])[23]\b", lambda power: power.group().translate(_POWERS), clean)
    if feet := _FEET.fullmatch(clean):
        return Measure(Decimal(feet.group(1)) + Decimal(feet.group(2)) / 12, "ft")
    if (twice := _TWICE.fullmatch(clean)) and (both := _same_measure(twice.group(1), twice.group(2), mark)):
        return both
    return _lone_measure(clean, mark)


def _same_measure(one: str, other: str, mark: DecimalMark) -> Measure | None:
    """The first of two measures that say the same in different units."""
    first, second = _lone_measure(one, mark), _lone_measure(other, mark)
    if not first or not second or not first.unit or not second.unit or first.unit == second.unit:
        return None
    if not convertible(first.unit, second.unit):
        return None
    again = convert(second.value, second.unit, first.unit)
    return first if abs(again - first.value) <= _SAME * max(abs(first.value), Decimal(1)) else None


def _lone_measure(text: str, mark: DecimalMark) -> Measure | None:
    parts = lone_number(text)
    if parts is None or parts[0].strip() not in _ABOUT:
        return None
    digits, after = parts[1], _ABOUT_AFTER.sub("", parts[2]).strip()
    thousands = _THOUSANDS.match(after)
    value = scaled_number(digits, 1000 if thousands else 1, mark)
    if value is None:
        return None
    after = after[thousands.end() :].strip() if thousands else after
    if after == "tkm":
        return Measure(value * 1000, "km")
    if after.strip(".-") in _COUNTED:
        return Measure(value, None)
    return Measure(value, (canonical_unit(after) or after) if after else None)
