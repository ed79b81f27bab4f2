"""From the text of one cell to a value: pure functions, one per kind of column.

Each takes the cell as the reader gives it (text, or a number or truth value of a workbook) and returns the
value, None where the cell says that there is none, or a `Rejected` with the reason. Markup, formulas and SQL in a
cell are text like any other. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from backend.domains.catalogue.cells import Cell, Reason, Rejected, block, is_no_figure, plain, says_nothing
from backend.domains.catalogue.dates import DateOrder, iso_date
from backend.kit.money import Money, currency_code, minor_units, parse_money
from backend.kit.units import DecimalMark, Measure, canonical_unit, convert, convertible, parse_measure

__all__ = [
    "Cell",
    "DateOrder",
    "Measure",
    "Reason",
    "Rejected",
    "block",
    "boolean",
    "currency",
    "distance_unit",
    "enum",
    "iso_date",
    "items",
    "links",
    "measure",
    "money",
    "number",
    "paragraph",
    "plain",
    "says_nothing",
    "score",
    "shown",
    "text",
    "year",
]

# fmt: off
_YES: Final = frozenset({
    "✓", "✔", "✅", "☑", "●", "•", "+", "x", "y", "yes", "yep", "true", "t", "1", "ja", "j", "jawohl", "wahr", "vorhanden",
    "mit", "oui", "o", "vrai",
    "avec", "sí", "si", "s", "verdadero", "con", "sì", "vero", "met", "waar", "sim", "com", "verdadeiro", "da", "tak", "ano",
    "evet", "incl", "incl.",
    "included", "inkl", "inklusive", "inclus", "incluido", "incluso", "on", "std", "standard", "serie", "present",
    "available", "full", "w", "w/", "with",
})
_NO: Final = frozenset({
    "✗", "✘", "❌", "☒", "☐", "○", "×", "n", "no", "nope", "false", "f", "0", "nein", "falsch", "ohne", "nicht vorhanden",
    "kein", "keine", "non", "faux", "sans",
    "aucun", "aucune", "falso", "sin", "senza", "nee", "onwaar", "zonder", "geen", "não", "nao", "sem", "ne", "nie", "nej",
    "nei", "net", "hayır", "none", "clean", "off",
    "without", "w/o", "not", "absent", "not included", "excl", "excluded",
})
_NO_PRICE: Final = frozenset({
    "vb", "vhb", "fp", "offers", "offer", "make offer", "best offer", "obo", "o.b.o.", "negotiable", "auction", "at auction",
    "no reserve", "reserved",
    "sold", "sale pending", "pending", "under offer", "refer", "estimate on request", "reserviert", "verkauft",
    "verhandlungsbasis", "gebot", "gegen gebot", "höchstgebot",
    "vendu", "vendue", "réservé", "à débattre", "faire offre", "vendido", "vendida", "reservado", "oferta", "venduto",
    "riservato", "verkocht", "gereserveerd",
    "bieden", "bod", "prijs nader overeen te komen",
})
_NO_YEAR: Final = frozenset({
    "nm", "n.m.", "nv", "n.v.", "n/v", "s.a.", "sa", "non millésimé", "non-millésimé", "non vintage", "non-vintage", "sans année",
    "o.j.", "undated",
})
# fmt: on
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
    if is_no_figure(value) or value.lower().rstrip(".!") in _NO_PRICE:
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
    places: int = 4,
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
        if is_no_figure(content):
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
    return shown(value, whole=whole, places=places)


def measure(cell: Cell, *, mark: DecimalMark = "auto") -> Measure | Rejected | None:
    """A number with the unit that is written beside it."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        finite = cell == cell and abs(cell) != float("inf")
        return Measure(Decimal(repr(cell)), None) if finite else Rejected(Reason.NOT_A_NUMBER)
    content = plain(cell)
    if is_no_figure(content):
        return None
    return parse_measure(content, mark) or Rejected(Reason.NOT_A_NUMBER)


def score(cell: Cell, *, mark: DecimalMark = "auto") -> float | int | Rejected | None:
    """`92/100`, `92 pts`, `95+`, `4.5 / 5` without what they are out of."""
    content = plain(cell)
    if is_no_figure(content):
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


def shown(value: Decimal, *, whole: bool, places: int = 4) -> float | int | Rejected:
    """A plain number, whole where it can be."""
    if abs(value) >= 10**15:
        return Rejected(Reason.OUT_OF_RANGE)
    if whole:
        return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    rounded = float(round(value, places))
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
    if is_no_figure(content) or content in _NO_YEAR:
        return None
    if short := re.fullmatch(r"['’](\d\d)", content):
        digits = int(short.group(1))
        return 2000 + digits if digits < 50 else 1900 + digits
    found = re.findall(r"(?<!\d)\d{4}(?!\d)", content)
    if len(found) != 1 or len(content) > 24:
        return Rejected(Reason.NOT_A_YEAR)
    value = int(found[0])
    return value if earliest <= value <= latest else Rejected(Reason.OUT_OF_RANGE)


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
    for part in _split_list(content, separators):
        entry = " ".join(part.split())
        if entry:
            seen.setdefault(entry.lower(), entry)
    if len(seen) > limit or any(len(entry) > 500 for entry in seen.values()):
        return Rejected(Reason.TOO_LONG)
    return list(seen.values()) or None


def _split_list(content: str, separators: str) -> list[str]:
    """A bracket keeps what separates its own entries."""
    if len(separators) == 1 and "(" not in content:
        return content.split(separators)
    return re.split(rf"[{re.escape(separators)}](?![^()]*\))", content)


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
