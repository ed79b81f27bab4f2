"""What a single value is by its form alone: yes or no, a date, a mark on a scale, a measure, a street, a way to reach somebody.

Pure; knows no label.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.domains.blueprints.model import ValueType
from backend.domains.catalogue.normalizers import DateOrder, iso_date
from backend.kit.units import canonical_unit, parse_measure

_STREET: Final = re.compile(
    r"\d{1,5}[a-z]?,? (?:[\w.'-]+ ){1,4}(?:st|street|ave|avenue|rd|road|ln|lane|dr|drive|ct|court|blvd|boulevard|way|pl|place|"
    r"ter|terrace|cir|circle|pkwy|hwy|trl|trail|loop|sq|square)\.?(?:,.*)?"
    r"|\d{1,4},? (?:bis )?(?:rue|avenue|boulevard|allée|chemin|place|via|calle|rua)\b.*"
    r"|[\w.'-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan) \d{1,4}[a-z]?"
    r"|(?:rue|avenue|via|calle|rua|avenida) .+ \d{1,4}",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}")
_PHONE: Final = re.compile(
    r"\+\d[\d ()/.-]{7,}\d|\(\d{2,5}\)[ \d-]{5,}\d|\b\d{3}[-.]\d{3}[-.]\d{4}\b|\b0\d{2,4}[ /-]\d{5,8}\b"
)
HISTORY: Final = re.compile(
    r"accident|collision|flood|recall|theft|salvage|lien|damage|defect|modif|leak|unfall|schaden|schäden|mängel|accident|sinistre|siniestro|"
    r"accidente|incidente|sinistr|schade|infest|mou?ld|asbestos|smok",
    re.IGNORECASE,
)
NEVER: Final = re.compile(
    r"(?:none|no|nil|nothing|keine?|nicht|aucune?|néant|ningun[oa]?|nessun[oa]?|geen|nenhum[a]?)\b"
    r"(?:\s+(?:accidents?|damage|damages|defects?|recalls?|leaks?|issues|history|open|known))*"
    r"(?:\s+(?:reported|known|noted|found|recorded|visible|detected|observed|evident|stated|bekannt|gemeldet|festgestellt|vorhanden|"
    r"connue?s?|signalée?s?|constatée?s?|conocid[oa]s?|registrad[oa]s?|rilevat[oaie]|bekend))?\.?",
    re.IGNORECASE,
)
YES_NO: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("yes", "ja", "oui", "sí", "si", "sì", "sim", "true", "✓", "✔", "☑", "☒", "y"), True),
    **dict.fromkeys(("no", "nein", "non", "nee", "não", "false", "✗", "✘", "☐", "n"), False),
}
_RATING: Final = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|su|van)\s*(\d+(?:[.,]\d+)?)(?:\s*(?:points?|pts|stars?|punkte))?",
    re.IGNORECASE,
)
_SCALES: Final = frozenset({4, 5, 6, 10, 20, 50, 100, 1000})
_NUMERIC_DATE: Final = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})\b")
_BRITISH: Final = re.compile(
    r"\b(?:colour|tyres?|mot|v5c?|kerb|bonnet|gearbox|registration mark|mileage recorded)\b", re.IGNORECASE
)


def shape_of(text: str, dates: DateOrder) -> tuple[Any, ValueType, str | None]:
    """A value by its form alone: yes or no, a date, a mark on a scale, a number with its unit, else text."""
    content = " ".join(text.split())
    if content.casefold() in YES_NO:
        return YES_NO[content.casefold()], "boolean", None
    rating = _RATING.fullmatch(content)
    if (
        rating
        and _number(rating.group(2)) in _SCALES
        and _number(rating.group(1)) <= _number(rating.group(2))
    ):
        return _plain(_number(rating.group(1))), "number", None
    if re.search(r"\d{4}|[./-]\d{2}$", content) and len(content) <= 24:
        day = iso_date(content, order=order_of_date(content, dates))
        if isinstance(day, str):
            return day, "date", None
    number = None if is_street(content) or re.match(r"0\d", content) else _measured(content)
    if number is not None:
        return number[0], "integer" if isinstance(number[0], int) else "number", number[1]
    return text, "text", None


def _measured(text: str) -> tuple[float | int, str | None] | None:
    """A number with its unit, known or of the usual form of one; words after a number are none."""
    found = re.fullmatch(r"[~≈<>≤≥+-]?\s*\d[\d.,'’ \u00a0\u202f]*\s*(\D.*)?", text)
    measure = parse_measure(text) if found else None
    if found is None or measure is None:
        return None
    written = (found.group(1) or "").strip()
    known = canonical_unit(measure.unit) if measure.unit else None
    if (
        written
        and not known
        and not re.fullmatch(r"[A-Za-zµ°]{1,5}/[A-Za-z]{1,5}[²³]?|[a-zµ°]{1,4}[²³]?", written)
    ):
        return None
    return _plain(float(measure.value)), known or written or None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else round(value, 6)


def reaches_somebody(text: str) -> bool:
    return bool(_MAIL.search(text) or _PHONE.search(text))


def is_street(text: str) -> bool:
    return bool(_STREET.fullmatch(text))


def order_of_dates(texts: Sequence[str], *, is_letter: bool) -> DateOrder:
    """Whether day or month comes first: by dates that can be read in one way only, else by the paper and the words.

    Letter paper is used where the month comes first.
    """
    votes = {"dmy": 0, "mdy": 0}
    for text in texts:
        for first, second in _NUMERIC_DATE.findall(text):
            votes["dmy"] += int(first) > 12
            votes["mdy"] += int(second) > 12
    if votes["dmy"] != votes["mdy"]:
        return "dmy" if votes["dmy"] > votes["mdy"] else "mdy"
    return "mdy" if is_letter and not _BRITISH.search(" ".join(texts)) else "dmy"


def order_of_date(text: str, usual: DateOrder) -> DateOrder:
    return order_of_dates([text], is_letter=usual == "mdy")


def slug(label: str) -> str:
    """The name of a specification from its label."""
    plain = (
        unicodedata.normalize("NFKD", label.replace("ß", "ss").replace("#", " number "))
        .encode("ascii", "ignore")
        .decode()
    )
    name = "_".join(re.findall(r"[a-z0-9]+", plain.lower())) or "value"
    return (name if name[0].isalpha() else f"n_{name}")[:60].rstrip("_")
