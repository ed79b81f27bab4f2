"""Which languages a message is in, by its own words and those of the lexicon. English is always read along.

The files `en.toml`, `de.toml`, `fr.toml`, `es.toml` hold a language each in the same form; here they are joined: the
language of the message comes first, and a word of it (`also`, `was`) never keeps a meaning that another language gives it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from backend.domains.discovery.signals.stems import Stem, by_endings, english
from backend.domains.discovery.signals.text import fold

Languages = tuple[str, ...]
ENGLISH: Final = "en"
KNOWN: Final = ("en", "de", "fr", "es")
_HERE: Final = Path(__file__).parent
_WORD: Final = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’][^\W\d_]+)*")
_NAME: Final = re.compile(
    r"\b(?:L[ao]s?|El|San(?:ta)?|Del?|Les?|Saint)\s(?=[A-Z])"
)  # `Los Angeles`, `Santa Fe`
_LONGEST: Final = 2000
_MOST_WORDS: Final = 200
_SHORT: Final = frozenset("àyoeu")  # words of one letter; the others are units and names
# how much a word of the language says, one for goods, an inflected one, a letter
_OWN, _NAMED, _INFLECTED, _LETTER = 1.0, 0.8, 0.5, 0.6
_FEW: Final = 4


@cache
def source(language: str) -> Mapping[str, Any]:
    """The file of a language."""
    return tomllib.loads((_HERE / f"{language}.toml").read_text("utf-8"))


@cache
def attribute_names() -> Mapping[str, Mapping[str, list[str]]]:
    """What attributes are called, by language."""
    return tomllib.loads((_HERE / "attributes.toml").read_text("utf-8"))


@cache
def own_words(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in source(language)["language"]["own"].split())


def stem_of(language: str) -> Stem:
    """How words of a language end."""
    return _stem(language)


@cache
def _stem(language: str) -> Stem:
    ends = source(language)["language"].get("endings")
    return by_endings(ends, source(language)["language"]["least"]) if ends else english


def pairs() -> tuple[Languages, ...]:
    """Every way in which languages are read together."""
    return ((ENGLISH,), *((code, ENGLISH) for code in KNOWN[1:]), *((ENGLISH, code) for code in KNOWN[1:]))


def spoken_in(message: str, earlier: str = "", kept: str = ENGLISH) -> Languages:
    """The languages to read a message with, its own first; `earlier` decides for a message of figures and names alone. The
    language `kept` from the conversation decides between two that are as likely, and where nothing else does."""
    told = _spoken(message, kept) or (_spoken(earlier[-400:], kept) if earlier else None)
    return told or ((ENGLISH,) if kept == ENGLISH or kept not in KNOWN else (kept, ENGLISH))


def _spoken(message: str, kept: str) -> Languages | None:
    """None where no word says anything."""
    found = [m.group() for m in _WORD.finditer(_NAME.sub(" ", message[:_LONGEST]))][:_MOST_WORDS]
    words = [fold(word) for word in found if len(word) > 1 or word in _SHORT]
    weights = {language: [_weight(word, language) for word in words] for language in KNOWN}
    others = {
        language: sum(w for w, english in zip(mine, weights[ENGLISH], strict=True) if not english)
        + _LETTER
        * sum(c in source(language)["language"].get("letters", "") for c in message.casefold()[:500])
        for language, mine in weights.items()
        if language != ENGLISH
    }
    evident = [language for language, score in others.items() if score]
    if not evident:
        shared = [any(ws) for ws in zip(*(weights[code] for code in KNOWN[1:]), strict=True)]
        alone = any(w for w, other in zip(weights[ENGLISH], shared, strict=True) if not other)
        return (ENGLISH,) if alone else None
    best = max(evident, key=lambda language: (others[language], language == kept, sum(weights[language])))
    english_alone = sum(w for w, other in zip(weights[ENGLISH], weights[best], strict=True) if not other)
    if others[best] >= english_alone:
        return (best, ENGLISH)
    speaks = any(w == _OWN and not other for w, other in zip(weights[best], weights[ENGLISH], strict=True))
    # one word of goods in a long English message is rather an English word that the lexicon lacks
    return (ENGLISH, best) if speaks or others[best] * _FEW > english_alone else (ENGLISH,)


def _weight(word: str, language: str) -> float:
    if word in own_words(language):
        return _OWN
    if word in _said_in(language):
        return _NAMED
    return _INFLECTED if _stem(language)(word) in _said_in(language) else 0.0


@cache
def known_words(language: str) -> frozenset[str]:
    """Words that no misspelled name is looked for behind."""
    return own_words(language) | _said_in(language)


@cache
def _said_in(language: str) -> frozenset[str]:
    """Words of the goods and of speech that the lexicon has in a language, whole and without endings."""
    found = set(_tokens(_phrases(source(language))))
    if language == ENGLISH:  # the values are named in English
        found |= set(_tokens(source(ENGLISH)["values"]))
    found |= set(_tokens(name for entry in attribute_names().values() for name in entry.get(language, ())))
    return frozenset(found | {_stem(language)(word) for word in found})


def _phrases(table: Any) -> Iterable[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, list):
        for entry in cast(list[Any], table):
            yield from _phrases(entry)
    elif isinstance(table, Mapping):
        for key, entry in cast(Mapping[str, Any], table).items():
            if key in ("language", "units", "currencies", "signals"):
                continue
            if not isinstance(entry, list | str | Mapping):
                yield key
            yield from _phrases(entry)


def _tokens(phrases: Iterable[str]) -> Iterable[str]:
    for phrase in phrases:
        if phrase.isascii() and any(c in phrase for c in "\\(?*+["):
            continue
        yield from (fold(m.group()) for m in _WORD.finditer(phrase) if len(m.group()) > 1)


@cache
def joined(languages: Languages) -> Mapping[str, Any]:
    """The data of some languages as one, the first with precedence."""
    first, *rest = languages
    data = dict(source(first))
    own = own_words(first)
    for other in rest:
        data = _joined(data, source(other), own)
    return data


def _joined(a: Mapping[str, Any], b: Mapping[str, Any], own: frozenset[str]) -> dict[str, Any]:
    both = dict(a)
    for key, entry in b.items():
        if key == "language" or (key not in a and key in own and not isinstance(entry, Mapping | list)):
            continue
        both[key] = _both(a.get(key), entry, own)
    return both


def _both(mine: Any, other: Any, own: frozenset[str]) -> Any:
    """Two entries of the same key as one."""
    if isinstance(other, Mapping):
        return _joined(cast(Mapping[str, Any], mine or {}), cast(Mapping[str, Any], other), own)
    if isinstance(other, list):
        have = cast(list[Any], mine or [])
        return [*have, *(x for x in cast(list[Any], other) if x not in have and x not in own)]
    if isinstance(other, str) and mine != other:
        return f"{mine or ''} {' '.join(w for w in other.split() if w not in own)}"
    return other if mine is None else mine
