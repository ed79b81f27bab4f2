"""Numbers and measures as people write them, and conversion between units. No words of any domain.

Figures follow the exact definitions (international mile, pound, foot); metric horsepower, PS, CV and ch are kept
apart from watts only by their own factor and count as `hp`, as sellers use them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

DecimalMark = Literal["auto", ".", ","]

# Any space a spreadsheet may use to group digits: no-break, thin, narrow no-break, figure.
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000]+")
_NUMBER = re.compile(r"[+-]?\d(?:[\d.,'’ ]*\d)?")
_USUAL = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")  # what most cells hold
_THOUSANDS = re.compile(r"k\.?(?![a-z])")
_ABOUT = frozenset({"", "~", "≈", "c.", "ca", "ca.", "circa", "about", "approx", "approx."})

# dimension, factor to its base unit
_UNITS: Final[Mapping[str, tuple[str, Decimal]]] = {
    "mm": ("length", Decimal("0.001")),
    "cm": ("length", Decimal("0.01")),
    "m": ("length", Decimal(1)),
    "km": ("length", Decimal(1000)),
    "in": ("length", Decimal("0.0254")),
    "ft": ("length", Decimal("0.3048")),
    "mi": ("length", Decimal("1609.344")),
    "nmi": ("length", Decimal(1852)),
    "kg": ("mass", Decimal(1)),
    "lb": ("mass", Decimal("0.45359237")),
    "t": ("mass", Decimal(1000)),
    "hp": ("power", Decimal("0.73549875")),
    "kw": ("power", Decimal(1)),
    "kwh": ("energy", Decimal(1)),
    "wh": ("energy", Decimal("0.001")),
    "sqm": ("area", Decimal(1)),
    "sqft": ("area", Decimal("0.09290304")),
    "l": ("volume", Decimal(1)),
    "cc": ("volume", Decimal("0.001")),
    "gal": ("volume", Decimal("3.785411784")),
    "s": ("time", Decimal(1)),
    "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "km/h": ("speed", Decimal(1)),
    "mph": ("speed", Decimal("1.609344")),
    "%": ("share", Decimal(1)),
    "nm": ("torque", Decimal(1)),
}
_ALIASES: Final[Mapping[str, str]] = {
    alias: unit
    for unit, names in {
        "mi": "mile miles mls",
        "km": "kms kilometer kilometers kilometre kilometres tkm",
        "m": "meter meters metre metres",
        "cm": "centimeter centimeters",
        "mm": "millimeter millimeters",
        "in": 'inch inches ″ "',
        "ft": "foot feet ' ′",
        "kg": "kgs kilo kilos",
        "lb": "lbs pound pounds",
        "hp": "ps cv ch bhp pk horsepower",
        "h": "hr hrs hour hours std heures",
        "s": "sec secs second seconds",
        "min": "mins minute minutes",
        "sqft": "sf ft² ft2 sq.ft.",
        "sqm": "m² m2 qm",
        "l": "liter liters litre litres ltr",
        "cc": "ccm cm³ cm3",
        "gal": "gallon gallons",
        "km/h": "kmh kph",
        "%": "percent pct prozent",
        "nm": "n·m",
    }.items()
    for alias in names.split()
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and the unit that was written beside it, if any."""

    value: Decimal
    unit: str | None


def canonical_unit(text: str) -> str | None:
    """The known unit a word stands for, or None."""
    word = _SPACES.sub("", text).lower().strip(".")
    word = _ALIASES.get(word, word)
    return word if word in _UNITS else None


def convertible(unit: str, other: str) -> bool:
    """Whether both are known and measure the same thing."""
    one, two = canonical_unit(unit), canonical_unit(other)
    return one is not None and two is not None and _UNITS[one][0] == _UNITS[two][0]


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """Raises: ValueError where the units do not measure the same thing."""
    one, two = canonical_unit(unit), canonical_unit(to)
    if one == two and one is not None:
        return value
    if one is None or two is None or _UNITS[one][0] != _UNITS[two][0]:
        raise ValueError(f"{unit} does not convert to {to}")
    return value * _UNITS[one][1] / _UNITS[two][1]


def plain_number(digits: str, mark: DecimalMark = "auto") -> Decimal | None:
    """The value of one written number without unit or scale, or None if its separators contradict each other.

    With `auto`, the later of two different separators is the decimal mark; a lone separator groups thousands exactly
    when three digits follow each of its occurrences and the number does not begin with a zero.
    """
    if mark != "," and _USUAL.fullmatch(digits):
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
    """Reads `39k mi`, `61.200 km`, `c. 1959`, `~4,2 s`; None when there is not exactly one number.

    The unit is returned as a known name, or as written (lower case) where it is unknown. `12m` is twelve meters:
    a million is written so only in money.
    """
    parts = lone_number(text)
    if parts is None or parts[0].strip().lower() not in _ABOUT:
        return None
    digits, after = parts[1], parts[2].strip().lower()
    thousands = _THOUSANDS.match(after)
    value = scaled_number(digits, 1000 if thousands else 1, mark)
    if value is None:
        return None
    after = after[thousands.end() :].strip() if thousands else after
    if after == "tkm":
        return Measure(value * 1000, "km")
    return Measure(value, (canonical_unit(after) or after) if after else None)
