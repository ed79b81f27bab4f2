"""Where: `within 50 miles of Austin`, `near Boston`, `in Denver`. Knows no map."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Final

from backend.domains.discovery.model import Filter, Signal
from backend.domains.discovery.signals.languages import Languages
from backend.domains.discovery.signals.lexicon import lexicon, plain
from backend.domains.discovery.signals.reader import Found, Reader
from backend.kit.units import plain_number

_MOST_WORDS: Final = 3


@cache
def patterns(lex_of: Languages) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A distance from a place, nearness, and being in a place, in these languages."""
    lex = lexicon(lex_of)
    units = _choice(plain(alias for alias, unit in lex.units.items() if unit in ("mi", "km")))
    heads, joins = _choice(plain(lex.places["radius_heads"])), _choice(plain(lex.places["radius_joins"]))
    return (
        re.compile(
            rf"(?<!\S)(?:(?:{heads}) )?(?P<n>\d+(?:[.,]\d+)*) ?-? ?(?P<unit>{units}) (?:{joins}) (?=\S)"
        ),
        re.compile(rf"(?<!\S)(?:{_choice(plain(lex.places['near']))}) (?=\S)"),
        re.compile(rf"(?<!\S)(?:{_choice(plain(lex.places['inside']))}) (?=\S)"),
    )


def _choice(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def read(reader: Reader) -> Found:
    """GEO_RADIUS signals; a distance becomes a filter only where the event can search by distance."""
    filters: list[Filter] = []
    signals: list[Signal] = []
    taken: set[int] = set()
    radius, near, _ = patterns(reader.lex.languages)
    for first, end, match in reader.text.find(radius):
        place, stop = _place(reader, end, strict=False)
        distance = plain_number(match["n"])
        if place and distance is not None:
            n = float(distance)
            value: dict[str, Any] = {
                "center": place,
                "radius": int(n) if n.is_integer() else n,
                "unit": reader.lex.units[match["unit"]],
            }
            signals.append(reader.signal("GEO_RADIUS", value, reader.text.words(first, stop)))
            if reader.settings.geo:
                filters.append(reader.filter("geo", "within", value, reader.text.words(first, stop)))
            taken |= set(range(first, stop))
    for first, end, _ in reader.text.find(near):
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
    for first, end, _ in reader.text.find(patterns(reader.lex.languages)[2]):
        clause = reader.clause(first)
        place, stop = _place(reader, end, strict=True)
        if (
            not place
            or taken & set(range(first, stop))
            or spoken & set(range(end, stop))
            or (clause and (clause.question or clause.soft))
        ):
            continue
        places = [place]
        tokens, alternatives = reader.text.tokens, reader.lex.words["alternatives"]
        while stop < len(tokens) and tokens[stop].text in alternatives and len(places) < _MOST_WORDS:
            place, end = _place(reader, stop + 1, strict=True)
            if not place:
                break
            places, stop = [*places, place], end
        found.append(reader.filter(field, "in", places, reader.text.words(first, stop)))
        taken |= set(range(first, stop))
    if len(found) > 1:  # `à Bordeaux ou à Nantes`
        values = [city for f in found for city in f.value]
        return [replace(found[0], value=list(dict.fromkeys(values)))]
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
    if reader.lex.capital_nouns and (word in reader.terms.known or word in reader.lex.known):
        return True
    return (
        word in reader.lex.months
        or word in reader.lex.weekdays
        or word in reader.lex.words["no_places"]
        or word in reader.lex.holidays
        or word in ("i", "im")
    )
