"""What the cells of a column look like: shares of shapes, spread of numbers, words of a kind. Pure; gives no meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from statistics import median
from typing import Any, Final

from backend.domains.blueprints.induction.folding import words_of
from backend.domains.blueprints.induction.lexicon import value_words
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ColumnProfile
from backend.kit.money import currency_code, major_units, parse_money
from backend.kit.units import DecimalMark, canonical_unit, parse_measure

_LOOKED_AT: Final = 400  # different cells; a column tells what it is sooner
_MONEY = re.compile(
    r"(?P<before>US\$|CA\$|A\$|[$€£¥₹]|(?<![A-Z])[A-Z]{3}(?![A-Z])|\bFr\.)?\s*(?P<digits>\d[\d.,'’\s\u00a0\u202f]*)\s?(?P<scale>k|m|mio|mn|mil|tsd)?\.?"
    r"(?P<tail>\s?[,.]?-{1,2}|\.–)?\s*(?P<after>US\$|[$€£¥₹]|\b(?:EUR|USD|GBP|CHF|euros?)\b|Fr\.)?",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?:c\.?|ca\.?|circa|um|vers|about|~|approx\.?|my)?\s*(1[5-9]\d\d|20[0-4]\d)(?:s|er)?", re.IGNORECASE
)
_PHONE = re.compile(r"(?:tel\.?:?\s*)?\+?\(?\d[\d\s()/.–-]{6,20}\d(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_IMAGE = re.compile(
    r"\.(?:jpe?g|png|webp|avif|gif|heic|tiff?)\b|/(?:img|image|photo|foto|media|pic)", re.IGNORECASE
)
_FILE = re.compile(r"[\w .-]+\.(?:jpe?g|png|webp|avif|gif|heic)", re.IGNORECASE)
_VIN = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-HJ-NPR-Z0-9]{17}")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9./_#-]{1,30}")
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d|(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T]\d.*)?|\d{1,2}\.? ?[^\W\d]{3,9}\.?,? ?\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4}"
)
_STREET = re.compile(
    r"\d+\w? [\w .'-]+\b(?:st|street|dr|drive|ave|avenue|ln|lane|ct|court|rd|road|blvd|way|pl|place|ter|cir|hwy)\b.*"
    r"|.+(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse)\s*\d+.*"
    r"|\d*,? ?(?:rue|avenue|chemin|calle|avenida|paseo|via|viale|rua|plaza)\b.+"
    r"|.+(?:straat|laan|kade|gracht)\s*\d+.*",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?i:mr|mrs|ms|mme|m|mlle|herr|frau|familie|fam|sr|sra|sig|dhr|mevr)\.? [A-ZÀ-Þ][\w'-]+.*|[A-ZÀ-Þ]\. ?[A-ZÀ-Þ][\w'-]{2,}",
    re.UNICODE,
)
_INITIALS = re.compile(r"[A-Z]{2,3}")
_SLOT_WORDS: Final = "lot|row|bay|rack|shelf|bin|slot|aisle|hall|halle|regal|saal|lager|showroom|room|safe|vault|zone|dock|stall"
_PLACE = re.compile(rf"(?:{_SLOT_WORDS}) ?[\w.-]{{0,6}}", re.IGNORECASE)
_RATING = re.compile(r"\d{1,3}(?:[.,]\d)?\s?(?:/\s?\d{1,3}|points?|pts?|punkte)", re.IGNORECASE)
_PAIR = re.compile(r"[^/]+ ?/ ?[^/]+")
_PERCENT = re.compile(r"-?\d{1,3}(?:[.,]\d+)?\s?%")
_YEARS = re.compile(r"(?:19|20)\d\d ?[-–/] ?(?:19|20)?\d\d")
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_POINT: Final = {mark: re.compile(rf"-?\d{{1,3}}{re.escape(mark)}\d{{3,}}") for mark in ".,"}
_COORDINATES = re.compile(r"-?\d{1,2}\.\d{2,},? ?-?\d{1,3}\.\d{2,}")


@dataclass(frozen=True, slots=True)
class Traits:
    """Shares (0 to 1) of what filled cells look like, weighted by how often each stands there; `words` by list of words."""

    filled: float
    count: int
    distinct: int
    shares: Mapping[str, float]
    words: Mapping[str, float]
    numbers: tuple[float, ...]
    units: tuple[tuple[str, float], ...]
    currencies: tuple[tuple[str, float], ...]
    length: float
    texts: tuple[str, ...]
    rises: bool  # 1, 2, 3 … down the file

    def share(self, *names: str) -> float:
        return sum(self.shares.get(name, 0.0) for name in names)

    @property
    def is_known(self) -> bool:
        """Whether there are cells to judge by."""
        return self.count > 0

    @property
    def uniqueness(self) -> float:
        return self.distinct / self.count if self.count else 0.0

    @property
    def middle(self) -> float | None:
        return median(self.numbers) if self.numbers else None

    @property
    def are_whole(self) -> bool:
        return bool(self.numbers) and all(float(number).is_integer() for number in self.numbers)


def traits_of(column: ColumnProfile, mark: DecimalMark = "auto") -> Traits:
    """Looks at the different cells of a column."""
    shares: Counter[str] = Counter()
    words: Counter[str] = Counter()
    units: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    numbers: list[float] = []
    texts: list[str] = []
    weight = length = 0.0
    said = 0
    for cell, times in islice(column.values.items(), 4 * _LOOKED_AT):
        text = " ".join(str(cell).split()) if isinstance(cell, str) else _number_text(cell)
        if catalogue.says_nothing(text):
            shares["nothing"] += times
            continue
        said += 1
        if said > _LOOKED_AT:
            break
        weight += times
        length += len(text) * times
        if len(texts) < 60:
            texts.append(text)
        for name in _shapes(text, cell, mark):
            shares[name] += times
        for name in _kinds_of_word(text):
            words[name] += times
        amount, unit, currency = _amount(text, cell, mark)
        if amount is not None:
            numbers.append(amount)
            shares["number"] += times
        if unit:
            units[unit] += times
        if currency:
            currencies[currency] += times
    total = weight or 1.0
    nothing = shares.pop("nothing", 0)
    return Traits(
        filled=(column.filled - nothing) / column.total if column.total else 0.0,
        count=max(0, column.filled - nothing),
        distinct=len(column.values) if column.is_whole else max(0, column.filled - nothing),
        shares={name: count / total for name, count in shares.items()},
        words={name: count / total for name, count in words.items()},
        numbers=tuple(numbers),
        units=tuple((name, count / total) for name, count in units.most_common(5)),
        currencies=tuple((name, count / total) for name, count in currencies.most_common(5)),
        length=length / total,
        texts=tuple(texts),
        rises=_rises(column),
    )


def _number_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _rises(column: ColumnProfile) -> bool:
    """Whether the first cells count 1, 2, 3 …"""
    first = [_number_text(cell).strip().rstrip(".") for cell in islice(column.values, 12)]
    return len(first) >= 3 and [cell.lstrip("0") for cell in first] == [
        str(n) for n in range(1, len(first) + 1)
    ]


_SHAPES: Final[Sequence[tuple[str, Callable[[str], Any]]]] = (
    ("email", _EMAIL.search),
    ("link", _LINK.match),
    ("image", lambda text: (_LINK.match(text) and _IMAGE.search(text)) or _FILE.match(text)),
    ("vin", lambda text: _VIN.fullmatch(text.upper())),
    ("year", _YEAR.fullmatch),
    ("month", _MONTH.fullmatch),
    ("date", _DATE.fullmatch),
    ("phone", lambda text: _is_phone(text)),
    ("street", _STREET.fullmatch),
    ("person", _PERSON.fullmatch),
    ("initials", _INITIALS.fullmatch),
    ("slot", _PLACE.fullmatch),
    ("rating", _RATING.fullmatch),
    ("pair", _PAIR.fullmatch),
    ("percent", _PERCENT.fullmatch),
    ("coordinates", _COORDINATES.fullmatch),
    ("code", lambda text: _CODE.fullmatch(text) and not text.replace(".", "").replace(",", "").isdigit()),
    ("digits", str.isdigit),
    ("prose", lambda text: len(text) > 40 and text.count(" ") >= 5),
    ("letters", lambda text: not any(map(str.isdigit, text))),
    ("country", lambda text: text.lower() in catalogue.countries()),
    ("country_code", lambda text: len(text) == 2 and text.upper() in catalogue.country_codes()),
    ("state", lambda text: len(text) <= 3 and text in catalogue.state_codes()),
    ("currency", lambda text: len(text) <= 3 and currency_code(text) is not None),
    ("boolean", lambda text: isinstance(catalogue.read_boolean(text), bool)),
    ("make", lambda text: text.lower() in catalogue.known_makes()),
    ("unit", lambda text: canonical_unit(text) in {"mi", "km"}),
)


def _shapes(text: str, cell: Any, mark: DecimalMark) -> list[str]:
    if isinstance(cell, float) and not cell.is_integer():
        return ["point"] if len(text.split(".")[-1]) >= 3 else []
    found = [name for name, fits in _SHAPES if fits(text)]
    if _POINT["," if mark == "," else "."].fullmatch(text):
        found.append("point")
    return [name for name in found if name != "code" or "date" not in found]


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    marked = text.startswith("+") or any(mark in text for mark in " -()/")
    other = _DATE.fullmatch(text) or _GROUPED.fullmatch(text) or _YEARS.fullmatch(text)
    looks = bool(_PHONE.fullmatch(text)) and not other
    return 7 <= digits <= 16 and marked and looks


def _kinds_of_word(text: str) -> list[str]:
    if len(text) > 40:
        return []
    word = " ".join(words_of(text))
    return [name for name, words in _word_lists() if word in words]


@cache
def _word_lists() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(value_words().items())


def _amount(text: str, cell: Any, mark: DecimalMark) -> tuple[float | None, str | None, str | None]:
    """The number of a cell, its unit, or its currency."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell), None, None
    money = _MONEY.fullmatch(text)
    if money and (named := money.group("before") or money.group("after")) and (code := currency_code(named)):
        read = parse_money(text, code, mark)
        return (float(major_units(read.minor, code)) if read else None), None, code
    if not any(map(str.isdigit, text)) or len(text) > 40:
        return None, None, None
    measure = parse_measure(text, mark)
    if measure is None:
        return None, None, None
    unit = measure.unit
    if unit is not None and canonical_unit(unit) is None:
        return None, None, None
    return float(measure.value if abs(measure.value) < Decimal("1e15") else 0), unit, None
