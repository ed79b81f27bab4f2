"""Where: `within 50 miles of Austin`, `near Boston`, `in Denver`. Knows no map."""

from __future__ import annotations

import re
from typing import Any

from backend.domains.discovery.model import Filter, Signal
from backend.domains.discovery.signals.reader import Found, Reader

_RADIUS = re.compile(
    r"(?<!\S)(?:within|inside|less than|under|no more than|not more than|up to|max|at most)?(?: (?:a|an|about))? ?"
    r"(?P<n>\d+(?:[.,]\d+)?) ?-? ?"
    r"(?P<unit>mi|mile|miles|km|kms|kilomet(?:er|re)s?) (?:radius )?(?:of|from|around|away from|drive of) (?=\S)"
)
_NEAR = re.compile(
    r"(?<!\S)(?:near|near to|close to|around|nearby|not far from|in the (?:area|vicinity) of|outside(?: of)?"
    r"|somewhere around) (?=\S)"
)
_IN = re.compile(r"(?<!\S)(?:in|located in|based in|lying in|from|at) (?=\S)")
_MOST_WORDS = 3


def read(reader: Reader) -> Found:
    """GEO_RADIUS signals; a distance becomes a filter only where the event can search by distance."""
    filters: list[Filter] = []
    signals: list[Signal] = []
    taken: set[int] = set()
    for first, end, match in reader.text.find(_RADIUS):
        place, stop = _place(reader, end, strict=False)
        if place:
            unit = "km" if match["unit"].startswith("k") else "mi"
            value: dict[str, Any] = {
                "center": place,
                "radius": float(match["n"].replace(",", "")),
                "unit": unit,
            }
            value["radius"] = int(value["radius"]) if value["radius"].is_integer() else value["radius"]
            signals.append(reader.signal("GEO_RADIUS", value, reader.text.words(first, stop)))
            if reader.settings.geo:
                filters.append(reader.filter("geo", "within", value, reader.text.words(first, stop)))
            taken |= set(range(first, stop))
    for first, end, _ in reader.text.find(_NEAR):
        place, stop = _place(reader, end, strict=True)
        if place and first not in taken:
            signals.append(reader.signal("GEO_RADIUS", {"center": place}, reader.text.words(first, stop)))
            taken |= set(range(first, stop))
    filters += _cities(reader, taken)
    return Found(tuple(filters), tuple(signals[:1]), taken=frozenset(taken))


def _cities(reader: Reader, taken: set[int]) -> list[Filter]:
    """A capitalized name after "in" that the inventory does not know is a city all the same: then nothing matches."""
    field = reader.terms.find("location_city")
    if field is None:
        return []
    spoken = {i for m in reader.mentions for i in range(m.first, m.end)}
    found: list[Filter] = []
    for first, end, _ in reader.text.find(_IN):
        clause = reader.clause(first)
        place, stop = _place(reader, end, strict=True)
        if (
            not place
            or taken & set(range(first, stop))
            or spoken & set(range(end, stop))
            or (clause and (clause.question or clause.soft))
        ):
            continue
        found.append(reader.filter(field, "in", [place], reader.text.words(first, stop)))
        taken |= set(range(first, stop))
    return found


def _place(reader: Reader, at: int, *, strict: bool) -> tuple[str, int]:
    """The name that begins at a token. `strict`: only a capitalized one."""
    tokens = reader.text.tokens
    end = at
    while (
        end < min(len(tokens), at + _MOST_WORDS)
        and tokens[end].raw[0].isupper()
        and not _is_other(reader, end)
    ):
        end += 1
    if (
        end == at
        and not strict
        and at < len(tokens)
        and tokens[at].text.isalpha()
        and not _is_other(reader, at)
    ):
        end = at + 1
    return reader.text.words(at, end), end


def _is_other(reader: Reader, at: int) -> bool:
    word = reader.text.tokens[at].text
    if reader.text.tokens[at].raw.islower() and (
        word in reader.lex.common or any(m.first <= at < m.end for m in reader.mentions)
    ):
        return True
    return (
        word in reader.lex.months
        or word in reader.lex.weekdays
        or word in reader.lex.words["no_places"]
        or word in ("christmas", "easter", "i", "im")
    )
