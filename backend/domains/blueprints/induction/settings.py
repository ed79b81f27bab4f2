"""What holds for a whole file: decimal mark, order of dates, currency, unit of distances, language. Pure.

Nothing is guessed that the file does not show: a currency nobody names stays unnamed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from backend.domains.blueprints.induction.folding import Heading
from backend.domains.blueprints.induction.lexicon import spoken
from backend.domains.blueprints.induction.traits import Traits
from backend.domains.blueprints.model import Evidence
from backend.domains.catalogue.model import ColumnProfile
from backend.kit.money import currency_code

DateOrder = Literal["mdy", "dmy", "ymd"]
_COMMA = re.compile(
    r"(?<![\d.,])(?:\d+,\d{1,2}(?!\d)|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{4,}(?!\d))"
)
_POINT = re.compile(
    r"(?<![\d.,])(?:\d+\.\d{1,2}(?![\d.])|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+\.\d{4,}(?!\d))"
)
_GROUPED_BY_POINT = re.compile(r"(?<![\d.,])\d{1,3}\.\d{3}(?![\d.,])")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})(?!\d)")
_DOTTED = re.compile(
    r"\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})(?!\d)|(?<!\d)(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d(?!\d)"
)
_DASHED = re.compile(r"\d,-{1,2}|\d,–")
_NAMED = re.compile(
    r"US\$|CA\$|A\$|[€£¥₹]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|NZD|JPY|SEK|NOK|DKK|PLN|AED|HKD|SGD|euros?)\b",
    re.IGNORECASE,
)
_MILES: Final = frozenset({"USD", "GBP"})


@dataclass(frozen=True, slots=True)
class FileReading:
    """How the cells of a file are read. None: the file does not say."""

    language: str = "en"
    decimal: Literal["auto", ".", ","] = "auto"
    dates: DateOrder = "mdy"
    currency: str | None = None
    notes: tuple[Evidence, ...] = ()

    @property
    def mileage_unit(self) -> Literal["mi", "km"]:
        """What a bare distance is, by the habits of where such a file is written."""
        if self.language != "en":
            return "km"
        return "mi" if self.currency is None or self.currency in _MILES else "km"


def decimal_of(columns: Iterable[ColumnProfile]) -> Literal["auto", ".", ","]:
    """The mark that the numbers of the file agree on."""
    votes: Counter[str] = Counter()
    grouped = 0
    for column in columns:
        for cell in islice(column.values, 200):
            if (
                isinstance(cell, str)
                and any(map(str.isdigit, cell))
                and len(cell) < 40
                and not _DOTTED.search(cell)
            ):
                votes[","] += bool(_COMMA.search(cell) or _DASHED.search(cell))
                votes["."] += bool(_POINT.search(cell))
                grouped += bool(_GROUPED_BY_POINT.search(cell))
    if votes[","] > votes["."]:
        return ","
    if votes["."] > votes[","]:
        return "."
    return "," if grouped and not votes["."] else "auto"


def order_of(values: Iterable[object], habit: DateOrder) -> tuple[DateOrder, bool]:
    """The order of day and month that a whole column shows, and whether it shows one at all."""
    day_first = month_first = seen = 0
    for cell in values:
        found = _SLASHED.match(cell.strip()) if isinstance(cell, str) else None
        if found:
            seen += 1
            day_first += int(found.group(1)) > 12
            month_first += int(found.group(2)) > 12
    if not seen or day_first == month_first == 0:
        return habit, not seen
    return ("dmy", True) if day_first > month_first else ("mdy", True)


def file_reading(
    columns: Sequence[ColumnProfile], headings: Sequence[Heading], *, text: str = "", language: str = ""
) -> FileReading:
    """Looks at all columns together. `text` is what stands above the header, and the name of the file."""
    spoken_language = language or spoken(heading.words for heading in headings)
    decimal = decimal_of(columns)
    currency, told = _currency(columns, headings, text)
    habit: DateOrder = (
        "mdy" if spoken_language == "en" and currency in (None, "USD", "CAD") and decimal != "," else "dmy"
    )
    every = [cell for column in columns for cell in islice(column.values, 2_000)]
    order, _ = order_of(every, habit)
    return FileReading(spoken_language, decimal, order, currency, told)


def _currency(
    columns: Sequence[ColumnProfile], headings: Sequence[Heading], text: str
) -> tuple[str | None, tuple[Evidence, ...]]:
    """The currency most amounts name; else one a header names, else one the lines above name."""
    votes: Counter[str] = Counter()
    for column in columns:
        for cell, times in islice(column.values.items(), 100):
            if isinstance(cell, str) and len(cell) < 40 and any(map(str.isdigit, cell)):
                for named in re.findall(
                    r"US\$|CA\$|A\$|[$€£¥₹]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|\beuros?\b", cell
                ):
                    code = currency_code(named)
                    votes[code or ""] += times if code else 0
    votes.pop("", None)
    if votes:
        code, times = votes.most_common(1)[0]
        return code, (Evidence("values", f"{times:,} cells name {code}.", 1.0),)
    for heading in headings:
        if heading.currency:
            return heading.currency, (Evidence("header", f"“{heading.text}” names {heading.currency}.", 0.9),)
    named = {code for found in _NAMED.findall(text) if (code := currency_code(found))}
    if len(named) == 1:
        code = named.pop()
        return code, (Evidence("file", f"The lines above the list name {code}.", 0.8),)
    return None, (Evidence("file", "The file names no currency.", 0.0),)


def currency_of(traits: Traits, heading: Heading, reading: FileReading) -> str | None:
    """The currency of one column of amounts."""
    if traits.currencies and traits.currencies[0][1] > 0.5:
        return traits.currencies[0][0]
    return heading.currency or reading.currency


def mileage_unit_of(traits: Traits, heading: Heading, reading: FileReading) -> tuple[str | None, str]:
    """The unit of a column of distances, and why."""
    if heading.unit in {"mi", "km"}:
        return heading.unit, "its header says so"
    said = dict(traits.units)
    if said.get("mi", 0.0) or said.get("km", 0.0):
        return max(("mi", "km"), key=lambda unit: said.get(unit, 0.0)), "its cells say so"
    words: Mapping[str, str] = {
        "km": "km",
        "kilometer": "km",
        "kilometre": "km",
        "mile": "mi",
        "meilen": "mi",
    }
    for word in heading.words:
        if unit := next(
            (
                unit
                for stem, unit in words.items()
                if word == stem or (len(stem) > 4 and word.startswith(stem))
            ),
            None,
        ):
            return unit, "its header says so"
    return reading.mileage_unit, "bare distances of such files are in it"
