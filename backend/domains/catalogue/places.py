"""Takes `Boston, MA`, `Antibes, France`, `Paris (FR)` and `48143 Münster` apart. Pure; knows countries, not cities."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from babel import Locale

_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt")
_STATE_CODES: Final = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD "
    "TN TX UT VT VA WA WV WI WY DC PR AB BC MB NB NL NS NT NU ON PE QC SK YT NSW QLD VIC TAS ACT"
)
_STATES: Final = frozenset(_STATE_CODES.split())
_ALSO: Final = frozenset(
    {"usa", "u.s.a.", "uk", "u.k.", "uae", "england", "scotland", "wales", "northern ireland", "holland"}
)
_NO_COUNTRY: Final = frozenset({"ZZ", "EU", "EZ", "UN"})
_BRACKETS = re.compile(r"(.+?)\s*[(\[]([^)\]]+)[)\]]\s*")
_SEPARATOR = re.compile(r"\s*[,/|·]\s*|\s+[–—-]\s+")
_CODE_LAST = re.compile(r"(.+?)\s+([A-Z]{2,3})")
_POSTAL: Final = (
    r"\d{4} [A-Z]{2}\b|(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{3,4})?|\d{3} \d{2}|\d{2}-\d{3}|\d{4}[A-Z]{2}"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
)
_POSTAL_FIRST = re.compile(rf"({_POSTAL})(?:\s*[,/·]\s*|\s+[–—-]\s+|\s+)(?=\D)(.+)")
_POSTAL_LAST = re.compile(rf"(.+?)(?:\s*[,/·]\s*|\s+[–—-]\s+|\s+)[(\[]?({_POSTAL})[)\]]?")

Parts = Mapping[str, str]


@cache
def countries() -> frozenset[str]:
    """Lower-case names of countries in the languages sellers write in."""
    return _ALSO | {name.lower() for language in _LANGUAGES for name in _territories(language).values()}


@cache
def country_codes() -> frozenset[str]:
    return frozenset(_territories("en"))


def state_codes() -> frozenset[str]:
    """States and provinces by the codes that addresses end in."""
    return _STATES


def _territories(language: str) -> Mapping[str, str]:
    """Two-letter code → name, without regions of the world."""
    known: Mapping[Any, Any] = Locale(language).territories
    codes = (str(code) for code in known)
    return {
        code: str(known[code]) for code in codes if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY
    }


def split_place(text: str, targets: Collection[str]) -> Parts:
    """City with region or country, as far as `targets` ask for them. What is neither stays with the city."""
    parts = [part for part in _pieces(text) if part]
    if not parts:
        return {}
    if len(parts) == 1:
        alone = _kind(parts[0], targets)
        return {
            alone
            if alone == "location_country" and parts[0].lower() in countries()
            else "location_city": parts[0]
        }
    if len(parts) > 2 and "location_country" not in targets and parts[-1].lower() in countries():
        parts.pop()  # a column that asks for regions alone
    found: dict[str, str] = {}
    while len(parts) > 1 and len(found) < 2:
        kind = _kind(parts[-1], [target for target in targets if target not in found])
        if kind is None:
            break
        found[kind] = parts.pop()
    return {"location_city": ", ".join(parts), **found}


def _pieces(text: str) -> list[str]:
    bracketed = _BRACKETS.fullmatch(text)
    if bracketed:
        return [*_SEPARATOR.split(bracketed.group(1)), bracketed.group(2).strip()]
    pieces = _SEPARATOR.split(text)
    coded = _CODE_LAST.fullmatch(pieces[-1])
    if coded and (
        coded.group(2) in _STATES or coded.group(2) in country_codes() or coded.group(2).lower() in _ALSO
    ):
        pieces[-1:] = [coded.group(1), coded.group(2)]
    return pieces


def _kind(piece: str, targets: Collection[str]) -> str | None:
    """What the last piece of a place is. The column decides where both would do: `CA`, `DE`."""
    asks_region, asks_country = "location_region" in targets, "location_country" in targets
    is_state = piece.upper() in _STATES
    is_country = piece.lower() in countries() or (piece.isupper() and piece in country_codes())
    if asks_country and is_country and not (asks_region and is_state):
        return "location_country"
    if asks_region and (is_state or not is_country):
        return "location_region"
    if asks_country and not asks_region and not is_state:
        return "location_country"
    return "location_region" if asks_region else None


def split_postal_place(text: str, targets: Collection[str]) -> Parts:
    """Postal code and city; the code goes to the first `specs.` target."""
    target = next((name for name in targets if name.startswith("specs.")), "specs.postal_code")
    first, last = _POSTAL_FIRST.fullmatch(text), _POSTAL_LAST.fullmatch(text)
    if first:
        return {target: first.group(1), **split_place(first.group(2), targets)}
    if last:
        return {target: last.group(2), **split_place(last.group(1), targets)}
    if re.fullmatch(_POSTAL, text):
        return {target: text}
    return split_place(text, targets)
