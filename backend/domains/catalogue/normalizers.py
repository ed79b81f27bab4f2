"""From the text of one cell to a value: pure functions, one per kind of column.

Each takes the cell as the reader gives it (text, or a number or truth value of a workbook) and returns the
value, None where the cell says that there is none, or a `Rejected` with the reason. Markup, formulas and SQL in a
cell are text like any other. No I/O.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from backend.kit.money import Money, currency_code, minor_units, parse_money
from backend.kit.units import DecimalMark, Measure, canonical_unit, convert, convertible, parse_measure

Cell: TypeAlias = str | int | float | bool | None
DateOrder: TypeAlias = Literal["mdy", "dmy", "ymd"]


class Reason(StrEnum):
    """Why a cell was refused. Permanent: it stands in reports of rejected rows."""

    REQUIRED = "required"
    NOT_MONEY = "not_money"
    OTHER_CURRENCY = "other_currency"
    NOT_A_CURRENCY = "not_a_currency"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    OTHER_UNIT = "other_unit"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_DATE = "not_a_date"
    NOT_A_YEAR = "not_a_year"
    NOT_LISTED = "not_listed"
    NOT_A_LINK = "not_a_link"
    TOO_LONG = "too_long"
    TOO_MANY_CELLS = "too_many_cells"
    DUPLICATE_ID = "duplicate_id"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell that has a content, but none that fits the column."""

    reason: Reason


# fmt: off
_NOTHING: Final = frozenset({
    "-", "--", "–", "—", ".", "?", "n/a", "na", "n.a.", "nil", "null", "#n/a", "tbd", "tba", "tbc", "poa", "p.o.a.", "call",
    "unknown", "unbekannt", "inconnu", "k.a.", "sur demande", "auf anfrage", "a consultar", "on request", "price on request",
    "call for price", "contact us", "ask", "upon request", "not available", "not stated", "por consultar",
    "prix sur demande", "preis auf anfrage", "inquire", "enquire",
})
_YES: Final = frozenset({
    "✓", "✔", "☑", "x", "y", "yes", "yep", "true", "t", "1", "ja", "j", "oui", "o", "sí", "si", "s", "da", "sim", "incl",
    "included", "inkl", "on", "wahr", "vrai", "std",
})
_NO: Final = frozenset({
    "✗", "✘", "☒", "×", "n", "no", "nope", "false", "f", "0", "nein", "non", "none", "nee", "clean", "off", "falsch",
    "faux", "without", "not",
})
_MONTHS: Final = {name: number for number, names in enumerate((
    ("jan", "januar", "january", "janvier", "enero", "ene"), ("feb", "februar", "february", "février", "fevrier", "febrero"),
    ("mar", "mär", "märz", "marz", "march", "mars", "marzo", "mrz"), ("apr", "april", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"), ("jun", "juni", "june", "juin", "junio"), ("jul", "juli", "july", "juillet", "julio"),
    ("aug", "august", "août", "aout", "agosto"), ("sep", "sept", "september", "septembre", "septiembre"),
    ("oct", "okt", "oktober", "october", "octobre", "octubre"), ("nov", "november", "novembre", "noviembre"),
    ("dec", "dez", "dezember", "december", "décembre", "decembre", "déc", "diciembre", "dic"),
), 1) for name in names}
# fmt: on
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\ufeff]")


def plain(cell: Cell) -> str:
    """The cell as one trimmed line of text; numbers of a workbook as they would be typed."""
    return " ".join(block(cell).split())


def block(cell: Cell) -> str:
    """The cell as text that may have several lines."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if not isinstance(cell, str):
        return str(cell)
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", unicodedata.normalize("NFC", text)).strip()


def says_nothing(text: str) -> bool:
    """Whether a trimmed cell stands for "no value": empty, a dash, n/a, TBD, POA, Call, sur demande."""
    return not text or text.lower().rstrip("!") in _NOTHING


def text(cell: Cell, *, limit: int = 500) -> str | Rejected | None:
    value = plain(cell)
    if says_nothing(value):
        return None
    return value if len(value) <= limit else Rejected(Reason.TOO_LONG)


def paragraph(cell: Cell, *, limit: int = 20_000) -> str | Rejected | None:
    value = block(cell)
    if says_nothing(value):
        return None
    return value if len(value) <= limit else Rejected(Reason.TOO_LONG)


def money(cell: Cell, *, currency: str | None = None, mark: DecimalMark = "auto") -> Money | Rejected | None:
    """The amount in minor units. A foreign currency is kept as it was written: nothing is converted."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = Decimal(repr(cell)) if cell == cell and abs(cell) < 1e15 else Decimal(-1)
        return Money(minor_units(value, currency), currency) if value >= 0 else Rejected(Reason.NOT_MONEY)
    value = plain(cell)
    if says_nothing(value):
        return None
    amount = parse_money(value, currency, mark)
    if amount is None or amount.minor >= 10**17:
        return Rejected(Reason.NOT_MONEY)
    return amount


def number(
    cell: Cell,
    *,
    unit: str | None = None,
    to: str | None = None,
    whole: bool = False,
    mark: DecimalMark = "auto",
) -> float | int | Rejected | None:
    """A number in the unit `to` (default `unit`); `unit` is what a bare number of this column means.

    A share (`%`) written as a fraction of one is read as a percentage: 0.93 is 93.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != cell or abs(cell) == float("inf"):
            return Rejected(Reason.NOT_A_NUMBER)
        value, written = Decimal(repr(cell)), None
    else:
        content = plain(cell)
        if says_nothing(content):
            return None
        measure = parse_measure(content, mark)
        if measure is None:
            return Rejected(Reason.NOT_A_NUMBER)
        value, written = measure.value, measure.unit
    if unit == "%" and written is None and 0 < value <= 1:
        value *= 100
    target = to or unit
    source = written or unit
    if source and target and source != target:
        if not convertible(source, target):
            return Rejected(Reason.OTHER_UNIT)
        value = convert(value, source, target)
    elif written and not target:
        return Rejected(Reason.OTHER_UNIT)
    return shown(value, whole=whole)


def measure(cell: Cell, *, mark: DecimalMark = "auto") -> Measure | Rejected | None:
    """A number with the unit that is written beside it."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        finite = cell == cell and abs(cell) != float("inf")
        return Measure(Decimal(repr(cell)), None) if finite else Rejected(Reason.NOT_A_NUMBER)
    content = plain(cell)
    if says_nothing(content):
        return None
    return parse_measure(content, mark) or Rejected(Reason.NOT_A_NUMBER)


def score(cell: Cell, *, mark: DecimalMark = "auto") -> float | int | Rejected | None:
    """`92/100`, `92 pts`, `95+`, `4.5 / 5` without what they are out of."""
    content = plain(cell)
    if says_nothing(content):
        return None
    found = re.fullmatch(
        r"([\d.,]+) ?\+?(?: ?(?:/|of|von|sur|de|su|out of) ?\d+)? ?(?:points?|pts?\.?|punkte?|/)?",
        content.lower(),
    )
    return number(found.group(1), mark=mark) if found else Rejected(Reason.NOT_A_NUMBER)


def currency(cell: Cell) -> str | Rejected | None:
    """The code of a currency: `EUR`, `€`, `Euro`."""
    content = plain(cell)
    if says_nothing(content):
        return None
    return currency_code(content) or Rejected(Reason.NOT_A_CURRENCY)


def distance_unit(cell: Cell) -> str | Rejected | None:
    """`mi` or `km`."""
    content = plain(cell)
    if says_nothing(content):
        return None
    unit = canonical_unit(content)
    return unit if unit in {"mi", "km"} else Rejected(Reason.OTHER_UNIT)


def shown(value: Decimal, *, whole: bool) -> float | int | Rejected:
    """A plain number, whole where it can be."""
    if abs(value) >= 10**15:
        return Rejected(Reason.OUT_OF_RANGE)
    if whole:
        return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    rounded = float(round(value, 4))
    return int(rounded) if rounded.is_integer() else rounded


def boolean(
    cell: Cell,
    *,
    yes: frozenset[str] = frozenset(),
    no: frozenset[str] = frozenset(),
    negate: bool = False,
) -> bool | Rejected | None:
    """Yes or no in their many guises. `yes` and `no` are the column's own words and win over the common ones."""
    if isinstance(cell, bool):
        return cell != negate
    word = plain(cell).lower().rstrip(".!")
    if word in yes or word in no:
        return (word in yes) != negate
    if word in _YES or word in _NO:
        return (word in _YES) != negate
    return None if says_nothing(word) else Rejected(Reason.NOT_YES_OR_NO)


def year(cell: Cell, *, earliest: int = 1800, latest: int = 2100) -> int | Rejected | None:
    """`2021`, `MY2021`, `'21`, `c. 1959`, or the year of a date."""
    content = plain(cell).lower()
    if says_nothing(content):
        return None
    if short := re.fullmatch(r"['’](\d\d)", content):
        digits = int(short.group(1))
        return 2000 + digits if digits < 50 else 1900 + digits
    found = re.findall(r"(?<!\d)\d{4}(?!\d)", content)
    if len(found) != 1 or len(content) > 24:
        return Rejected(Reason.NOT_A_YEAR)
    value = int(found[0])
    return value if earliest <= value <= latest else Rejected(Reason.OUT_OF_RANGE)


def iso_date(cell: Cell, *, order: DateOrder = "mdy", monthly: bool = False) -> str | Rejected | None:
    """ISO `YYYY-MM-DD`, or `YYYY-MM` where only a month is given. Dots always mean day first, as in Europe."""
    content = plain(cell).lower()
    if says_nothing(content):
        return None
    content = re.sub(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m|z)?$", "", content)
    parts = [part for part in re.split(r"[\s./,-]+", content) if part]
    numbers = [_MONTHS.get(part.rstrip("."), part) for part in parts]
    if not 2 <= len(numbers) <= 3 or not all(isinstance(n, int) or n.isdigit() for n in numbers):
        return Rejected(Reason.NOT_A_DATE)
    named = next((at for at, n in enumerate(numbers) if isinstance(n, int)), None)
    return _calendar(
        [int(n) for n in numbers], parts, named, "dmy" if "." in content and named is None else order
    )


def _calendar(
    numbers: Sequence[int], parts: Sequence[str], named: int | None, order: DateOrder
) -> str | Rejected:
    if len(numbers) == 2:
        first_is_year = len(parts[0]) == 4
        y, m = (numbers[0], numbers[1]) if first_is_year else (numbers[1], numbers[0])
        return f"{y:04d}-{m:02d}" if 1 <= m <= 12 and 1800 <= y <= 2200 else Rejected(Reason.NOT_A_DATE)
    if len(parts[0]) == 4:
        y, m, d = numbers
    elif named is not None:
        m, y = numbers[named], numbers[2]
        d = numbers[1 - named] if named < 2 else 0
    else:
        m, d, y = numbers if order == "mdy" else (numbers[1], numbers[0], numbers[2])
    if max(len(parts[0]), len(parts[2])) <= 2:
        y += 2000 if y < 50 else 1900
    try:
        return date(y, m, d).isoformat() if 1800 <= y <= 2200 else Rejected(Reason.NOT_A_DATE)
    except ValueError:
        return Rejected(Reason.NOT_A_DATE)


def enum(cell: Cell, *, values: Mapping[str, str], closed: bool = False) -> str | Rejected | None:
    """The canonical value of a word. `values` maps lower-case synonyms; an unlisted word is kept unless `closed`."""
    content = text(cell, limit=200)
    if not isinstance(content, str):
        # a list may give a meaning to "None" or "-"
        return values.get(plain(cell).lower(), content) if content is None else content
    found = values.get(content.lower())
    if found is not None:
        return found
    return Rejected(Reason.NOT_LISTED) if closed else content


def items(cell: Cell, *, separators: str = ";|\n", limit: int = 200) -> list[str] | Rejected | None:
    """A list of texts without empty or repeated entries; None when there is none."""
    content = block(cell)
    if says_nothing(" ".join(content.split())):
        return None
    seen: dict[str, str] = {}
    for part in re.split(f"[{re.escape(separators)}]", content):
        entry = " ".join(part.split())
        if entry:
            seen.setdefault(entry.lower(), entry)
    if len(seen) > limit or any(len(entry) > 500 for entry in seen.values()):
        return Rejected(Reason.TOO_LONG)
    return list(seen.values()) or None


def links(
    cell: Cell, *, prefixes: Mapping[str, str], separators: str = "|;\n, "
) -> list[str] | Rejected | None:
    """Addresses of media: http(s), or a file below one of the known folders, which is replaced by its address."""
    found = items(cell, separators=separators)
    if found is None or isinstance(found, Rejected):
        return found
    addresses = [_address(entry, prefixes) for entry in found]
    return [a for a in addresses if a] if all(addresses) else Rejected(Reason.NOT_A_LINK)


def _address(entry: str, prefixes: Mapping[str, str]) -> str | None:
    if re.fullmatch(r"https?://[^\s<>\"'\\]{1,1000}", entry):
        return entry
    for folder, address in prefixes.items():
        if entry.startswith(folder) and re.fullmatch(r"[\w][\w.-]*(/[\w][\w.-]*)*", entry[len(folder) :]):
            return address + entry[len(folder) :]
    return None
