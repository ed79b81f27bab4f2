"""The words of a language, as data: `en.toml` beside this file, and names of the world in `names.toml`.

Another language is another file of the same form. Patterns run on folded text: lower case, no accents, no
apostrophes, marks set apart by spaces.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Cue:
    """A signal that words give by themselves: `value[slot]` gets `entry`."""

    type: str
    slot: str
    entry: Any
    pattern: re.Pattern[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language, ready to use."""

    numbers: Mapping[str, float]
    scales: Mapping[str, float]
    units: Mapping[str, str]
    currencies: Mapping[str, str]
    patterns: Mapping[str, re.Pattern[str]]
    nouns: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[str, ...]]
    zero: Mapping[str, tuple[str, ...]]
    values: Mapping[str, tuple[str, ...]]
    amounts: Mapping[str, tuple[tuple[str, float], ...]]
    colors: tuple[str, ...]
    weak: frozenset[str]
    equipment: tuple[tuple[str, str], ...]
    more_is_better: frozenset[str]
    less_is_better: frozenset[str]
    counted: frozenset[str]
    common: frozenset[str]
    words: Mapping[str, frozenset[str]]
    story: re.Pattern[str]
    figures: re.Pattern[str]
    income: re.Pattern[str]
    income_after: re.Pattern[str]
    holidays: Mapping[str, tuple[int, int]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Brands, models and places that are known even where an inventory has none of them."""

    makes: Mapping[str, str]
    models: Mapping[str, tuple[str, str]]
    trims: tuple[str, ...]
    capital: frozenset[str]
    regions: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, tuple[str, ...]]


def any_of(phrases: Iterable[str], *, head: str = r"(?<!\S)", tail: str = r"(?!\S)") -> re.Pattern[str]:
    """One pattern for many patterns, the longest first, on whole words."""
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(f"{head}(?:{'|'.join(ordered)}){tail}")


def plain(phrases: Iterable[str]) -> Iterable[str]:
    """Phrases in which no character is a pattern."""
    return (re.escape(phrase) for phrase in phrases)


@cache
def lexicon(language: str = "en") -> Lexicon:
    data = tomllib.loads((_HERE / f"{language}.toml").read_text("utf-8"))
    patterns = {name: any_of(plain(phrases)) for name, phrases in data["patterns"].items()}
    filler = rf"(?: (?:{'|'.join(plain(data['filler']))}))*\s*$"
    patterns |= {name: any_of(plain(phrases), tail=filler) for name, phrases in data["before"].items()}
    patterns |= {
        name: any_of(plain(phrases), head=r"^", tail=r"(?!\S)(?! than)")
        for name, phrases in data["after"].items()
    }
    return Lexicon(
        numbers=data["numbers"],
        scales=data["scales"],
        units={alias: unit for unit, names in data["units"].items() for alias in names},
        currencies={alias: code for code, names in data["currencies"].items() for alias in names},
        patterns=patterns,
        nouns=_tuples(data["nouns"]),
        flags=_tuples(data["flags"]),
        zero=_tuples(data["zero"]),
        values=_tuples(data["values"]),
        amounts={
            name: tuple((word, float(n)) for word, n in table.items())
            for name, table in data["amounts"].items()
        },
        colors=tuple(data["colors"]),
        weak=frozenset(data["weak"]),
        equipment=tuple((phrase, name) for name, phrases in data["equipment"].items() for phrase in phrases),
        more_is_better=frozenset(data["more_is_better"]),
        less_is_better=frozenset(data["less_is_better"]),
        counted=frozenset(data["counted"]),
        common=frozenset(data["common"].split()),
        words={name: frozenset(listed.split()) for name, listed in data["words"].items()},
        story=any_of(data["story"]),
        figures=any_of(data["figures"]),
        income=any_of(data["income"], tail=rf"(?: (?:{'|'.join(plain(data['income_filler']))}))*\s*$"),
        income_after=any_of(data["income_after"], head=r"^"),
        holidays={name: (month, day) for name, (month, day) in data["holidays"].items()},
        months={name: n for n, names in enumerate(data["months"], 1) for name in names},
        weekdays={name: n for n, names in enumerate(data["weekdays"]) for name in names},
        cues=tuple(_cues(data["signals"])),
    )


@cache
def names() -> Names:
    data = tomllib.loads((_HERE / "names.toml").read_text("utf-8"))
    makes = {
        alias: make for make, entry in data["makes"].items() for alias in (make, *entry.get("aliases", ()))
    }
    models = {
        model: (make, model) for make, entry in data["makes"].items() for model in entry.get("models", ())
    }
    return Names(
        makes=makes,
        models=models,
        trims=tuple(data["trims"]),
        capital=frozenset(data["capital"]),
        regions=_tuples(data["regions"]),
        countries=_tuples(data["countries"]),
    )


def _tuples(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(entries) for name, entries in table.items()}


def _cues(table: Mapping[str, Mapping[str, Any]]) -> Iterable[Cue]:
    for signal, entry in table.items():
        for value, phrases in entry["entries"].items():
            yield Cue(signal, entry["slot"], value, any_of(phrases), float(entry.get("confidence", 0.75)))
