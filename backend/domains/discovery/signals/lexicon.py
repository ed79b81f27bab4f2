"""The words of the languages of a message, ready to use, and names of the world from `names.toml`.

Patterns run on folded text: lower case, no accents, no apostrophes, marks set apart by spaces. Plain phrases are
written as people write them; what stands under `signals`, `story`, `figures`, `income` and `dates` are patterns.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from backend.domains.discovery.signals.languages import (
    ENGLISH,
    KNOWN,
    Languages,
    attribute_names,
    joined,
    known_words,
    source,
    stem_of,
)
from backend.domains.discovery.signals.stems import Stem
from backend.domains.discovery.signals.text import fold, read

_HERE: Final = Path(__file__).parent
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}


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
    """What the words of one or two languages mean."""

    languages: Languages
    stem: Stem
    numbers: Mapping[str, float]
    scales: Mapping[str, float]
    units: Mapping[str, str]
    currencies: Mapping[str, str]
    patterns: Mapping[str, re.Pattern[str]]
    nouns: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[str, ...]]
    zero: Mapping[str, tuple[str, ...]]
    values: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]]
    decades: Mapping[str, int]
    capital_nouns: bool
    amounts: Mapping[str, tuple[tuple[str, float], ...]]
    colors: tuple[str, ...]
    weak: frozenset[str]
    equipment: tuple[tuple[str, str], ...]
    more_is_better: frozenset[str]
    less_is_better: frozenset[str]
    counted: frozenset[str]
    common: frozenset[str]
    known: frozenset[str]
    words: Mapping[str, frozenset[str]]
    heads: tuple[str, ...]
    story: re.Pattern[str]
    figures: re.Pattern[str]
    income: re.Pattern[str]
    income_after: re.Pattern[str]
    holidays: Mapping[str, tuple[int, int]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    dates: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]]
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
    """Phrases in which no character is a pattern, as they stand in folded text."""
    return (re.escape(plain_of(form)) for phrase in phrases for form in spellings(phrase))


@lru_cache(maxsize=32768)
def plain_of(phrase: str) -> str:
    """A phrase as `Text.plain` has it."""
    return read(phrase).plain


def spellings(phrase: str) -> tuple[str, ...]:
    """With `ä` and with `ae`, so that either is understood."""
    written = phrase.lower()
    wide = written
    for letter, pair in _UMLAUTS.items():
        wide = wide.replace(letter, pair)
    return (phrase,) if wide == written else (phrase, wide)


@cache
def lexicon(languages: Languages = (ENGLISH,)) -> Lexicon:
    """The words of some languages together; where two disagree, the first of them decides."""
    data = joined(languages)
    numbers = _numbers(data)
    patterns = {name: any_of(plain(phrases)) for name, phrases in data["patterns"].items()}
    filler = rf"(?: (?:{'|'.join(plain(data['filler']))}))*\s*$"
    patterns |= {name: any_of(plain(phrases), tail=filler) for name, phrases in data["before"].items()}
    patterns |= {
        name: any_of(
            plain(phrases), head=r"^", tail=rf"(?!\S)(?! (?:{'|'.join(data['than'])}) )(?! (?:[$€£] )?\d)"
        )
        for name, phrases in data["after"].items()
    }
    return Lexicon(
        languages=languages,
        stem=stem_of(languages[0]),
        numbers=numbers,
        scales={fold(name): float(n) for name, n in data["scales"].items()},
        units=_aliases(data["units"]),
        currencies=_aliases(data["currencies"]),
        patterns=patterns,
        nouns=_named(data["nouns"], languages),
        flags=_named(data["flags"], languages),
        zero=_tuples(data["zero"]),
        values=_tuples(data["values"]),
        near=_tuples(data["near"]),
        decades={fold(name): year for name, year in data["decades"].items()},
        capital_nouns=source(languages[0])["language"].get("capital_nouns", False),
        amounts={
            name: tuple((word, float(n)) for word, n in table.items())
            for name, table in data["amounts"].items()
        },
        colors=tuple(data["colors"]),
        weak=frozenset(fold(word) for word in data["weak"]),
        equipment=tuple(
            (plain_of(form), name)
            for name, phrases in data["equipment"].items()
            for phrase in phrases
            for form in spellings(phrase)
        ),
        more_is_better=frozenset(data["more_is_better"]),
        less_is_better=frozenset(data["less_is_better"]),
        counted=frozenset(data["counted"]),
        common=frozenset(data["common"].split()),
        known=frozenset(data["common"].split()).union(*(known_words(code) for code in languages)),
        words={name: frozenset(fold(w) for w in listed.split()) for name, listed in data["words"].items()},
        heads=tuple(fold(word) for word in data["heads"].split()),
        story=any_of(data["story"]),
        figures=any_of(data["figures"]),
        income=any_of(data["income"], tail=rf"(?: (?:{'|'.join(plain(data['income_filler']))}))*\s*$"),
        income_after=any_of(data["income_after"], head=r"^"),
        holidays={fold(name): (month, day) for name, (month, day) in data["holidays"].items()},
        months={fold(name): n for name, n in data["months"].items()},
        weekdays={fold(name): n for name, n in data["weekdays"].items()},
        dates=_tuples(data["dates"]),
        places=_tuples(data["places"]),
        cues=tuple(_cues(data["signals"])),
    )


def _numbers(data: Mapping[str, Any]) -> dict[str, float]:
    """Number words, and those of two parts that a language writes as one: `fünfundzwanzig`, `zwanzigtausend`."""
    numbers = {fold(word): float(n) for word, n in data["numbers"].items()}
    parts = data.get("compounds", {})
    if between := parts.get("between"):
        units = {w: n for w, n in numbers.items() if 1 <= n <= 9 and n == int(n)}
        tens = {w: n for w, n in numbers.items() if 20 <= n <= 90}
        numbers |= {f"{u}{between}{t}": n + m for u, n in units.items() for t, m in tens.items()}
    for scale, factor in parts.get("scales", {}).items():
        numbers |= {f"{w}{scale}": n * factor for w, n in dict(numbers).items() if 1 <= n < factor}
    return numbers


def _aliases(table: Mapping[str, list[str]]) -> dict[str, str]:
    """From each way to write a unit to the unit; the first one that has it keeps it."""
    found: dict[str, str] = {}
    for unit, names_ in table.items():
        for name in names_:
            for form in spellings(name):
                found.setdefault(plain_of(form), unit)
    return found


def _named(table: Mapping[str, list[str]], languages: Languages) -> dict[str, tuple[str, ...]]:
    """What attributes are called in these languages: the names of the language files, then the common list."""
    named = {name: list(entries) for name, entries in table.items()}
    for name, entry in attribute_names().items():
        said = [n for language in languages for n in entry.get(language, ())]
        narrow = [n.replace("ae", "a").replace("oe", "o").replace("ue", "u") for n in entry.get("de", ())]
        named.setdefault(name, []).extend([*said, *narrow] if "de" in languages else said)
    return {name: tuple(entries) for name, entries in named.items()}


@cache
def concepts() -> Mapping[str, str]:
    """From the words of any language for a value to the English value: `kombi` to `wagon`."""
    found: dict[str, str] = {}
    for language in KNOWN:
        for value, phrases in source(language)["values"].items():
            for phrase in phrases:
                found.setdefault(fold(phrase), value)
    return found


def concept_of(value: str) -> str:
    """The English word for a value, in lower case; the value itself where the lexicon has none."""
    word = fold(value)
    return (
        word if any(word in source(language)["values"] for language in KNOWN) else concepts().get(word, word)
    )


@cache
def in_english(value: str) -> str:
    """A seller's word as the lexicon has it in English: `Kombi` as `Wagon`; an English one as it is."""
    word, english = fold(value), source(ENGLISH)["values"]
    foreign = any(word in map(fold, p) for code in KNOWN[1:] for p in source(code)["values"].values())
    if word in english or (any(word in phrases for phrases in english.values()) and not foreign):
        return value
    concept = concept_of(value)
    return value if concept == word else concept.title()


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
