"""The words sellers use: loads `lexicon/*.yaml` and finds which concepts the words of a header may stand for.

Knows nothing of values. Phrases are compared in the form of `folding`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from backend.domains.blueprints.induction.folding import words_of

_FOLDER: Final = Path(__file__).resolve().parents[1] / "lexicon"
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt")
_FILLER_WORDS: Final = """
the of de la le les l d du des der die das den del el los las il lo da do dos a an and und et e y en van het in im
value name text amount raw field data info code type per for fur von
"""
#: Words that say nothing alone: they neither make nor break a match.
_FILLERS: Final = frozenset(_FILLER_WORDS.split())


@dataclass(frozen=True, slots=True)
class Concept:
    """Something a column can be. `targets` is empty for what is never published; `left` says why."""

    key: str
    targets: tuple[str, ...]
    kind: str
    left: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    words: str | None = None
    domains: tuple[str, ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()  # (language, phrase), most usual first


@dataclass(frozen=True, slots=True)
class Match:
    """How well the words of a header name a concept: 1 is the very phrase, below 0.5 is a hint."""

    concept: Concept
    score: float
    phrase: str
    language: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    concept: Concept
    words: tuple[str, ...]
    language: str
    rank: int
    text: str


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept of the lexicon by its key (`core.price`, `specs.power`, `private.cost`, `combined.place`)."""
    found: dict[str, Concept] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        document: Mapping[str, Mapping[str, Mapping[str, Any]]] = yaml.safe_load(file.read_text("utf-8"))
        for section in ("core", "combined", "specs", "private"):
            for name, entry in document.get(section, {}).items():
                found[f"{section}.{name}"] = _concept(section, name, entry)
    return found


def _concept(section: str, name: str, entry: Mapping[str, Any]) -> Concept:
    targets = {"core": (name,), "specs": (f"specs.{name}",), "combined": tuple(entry.get("targets", ()))}
    low, high = entry.get("range", (None, None))
    return Concept(
        key=f"{section}.{name}",
        targets=targets.get(section, ()),
        kind=entry["kind"],
        left=entry.get("left"),
        unit=entry.get("unit"),
        low=low,
        high=high,
        words=entry.get("words"),
        domains=tuple(entry.get("domains", ())),
        phrases=tuple(
            (language, phrase.strip())
            for language in LANGUAGES
            for phrase in str(entry.get(language, "")).split(";")
            if phrase.strip()
        ),
    )


@cache
def guards() -> Mapping[str, frozenset[str]]:
    """Words that keep a column back wherever they stand in its header: reason → words."""
    document = yaml.safe_load((_FOLDER / "private.yaml").read_text("utf-8"))["guards"]
    return {
        reason: frozenset(
            word for listed in languages.values() for phrase in listed.split(";") for word in words_of(phrase)
        )
        for reason, languages in document.items()
    }


@cache
def value_words() -> Mapping[str, frozenset[str]]:
    """Words that stand in cells, by what they are words of: `color`, `condition`, `status`, `specs.fuel` …"""
    file = _FOLDER / "values.yaml"
    if not file.exists():
        return {}
    document: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return {name: frozenset(_cells(listed)) for name, listed in document.items()}


def _cells(listed: Any) -> Iterable[str]:
    if isinstance(listed, Mapping):
        return [word for part in listed.values() for word in _cells(part)]
    parts = listed.split(";") if isinstance(listed, str) else [str(part) for part in listed]
    return [" ".join(words_of(part)) for part in parts if words_of(part)]


class _Index:
    """Phrases by their words, by their words without spaces, and by each word."""

    def __init__(self) -> None:
        self.phrases: list[_Phrase] = []
        self.whole: defaultdict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
        self.bags: defaultdict[frozenset[str], list[_Phrase]] = defaultdict(list)
        self.joined: defaultdict[str, list[_Phrase]] = defaultdict(list)
        self.by_word: defaultdict[str, list[_Phrase]] = defaultdict(list)
        ranks: Counter[tuple[str, str]] = Counter()
        seen: defaultdict[str, set[str]] = defaultdict(set)
        for concept in concepts().values():
            for language, text in concept.phrases:
                words = words_of(text)
                if not words:
                    continue
                phrase = _Phrase(concept, words, language, ranks[concept.key, language], text)
                ranks[concept.key, language] += 1
                self._add(phrase)
                for word in words:
                    seen[word].add(concept.key)
        total = len(concepts()) or 1
        self.weight = {word: math.log(1 + total / len(keys)) for word, keys in seen.items()}
        self.unknown = math.log(1 + total)
        self.names = list(self.joined)

    def _add(self, phrase: _Phrase) -> None:
        self.phrases.append(phrase)
        self.whole[phrase.words].append(phrase)
        self.bags[frozenset(phrase.words)].append(phrase)
        self.joined["".join(phrase.words)].append(phrase)
        for word in set(phrase.words):
            self.by_word[word].append(phrase)

    def worth(self, words: Iterable[str]) -> float:
        return sum(0.25 if word in _FILLERS else self.weight.get(word, self.unknown) for word in words)


@cache
def _index() -> _Index:
    return _Index()


@lru_cache(maxsize=4_000)
def matches(words: tuple[str, ...]) -> tuple[Match, ...]:
    """The concepts that these words may name, best first; one match a concept."""
    index, best = _index(), {}
    if not words:
        return ()

    def offer(phrase: _Phrase, score: float) -> None:
        known = best.get(phrase.concept.key)
        score -= min(phrase.rank, 40) * 0.001
        if known is None or score > known.score:
            best[phrase.concept.key] = Match(phrase.concept, round(score, 4), phrase.text, phrase.language)

    for phrase in index.whole.get(words, ()):
        offer(phrase, 1.0)
    for phrase in index.joined.get("".join(words), ()):
        offer(phrase, 0.97)
    for phrase in index.bags.get(frozenset(words), ()):
        offer(phrase, 0.93)
    _partly(index, words, offer)
    _within(index, words, offer)
    if not any(match.score > 0.9 for match in best.values()):
        _compounds(index, words, offer)
        _nearly(index, words, offer)
    return tuple(sorted(best.values(), key=lambda match: -match.score))


def _partly(index: _Index, words: tuple[str, ...], offer: Any) -> None:
    """Phrases whose words are all in the header; what else the header says weighs against them."""
    worth, present = index.worth(words), frozenset(words)
    for phrase in {id(p): p for word in present for p in index.by_word.get(word, ())}.values():
        if len(phrase.words) >= len(words) or not present.issuperset(phrase.words):
            continue
        if all(word in _FILLERS or word == "no" for word in phrase.words):
            continue
        share = index.worth(phrase.words) / worth
        together = phrase.words in _runs(words, len(phrase.words))
        head = words[-1] == phrase.words[-1] or words[0] == phrase.words[0]
        offer(phrase, 0.35 + 0.5 * share + 0.05 * together + 0.03 * head)


def _within(index: _Index, words: tuple[str, ...], offer: Any) -> None:
    """Phrases that say all the header says, and more: `Buy now` of `buy now price`."""
    present = frozenset(words)
    if all(word in _FILLERS or word == "no" for word in words):
        return
    rarest = min(words, key=lambda word: len(index.by_word.get(word, ())))
    for phrase in index.by_word.get(rarest, ()):
        if phrase.concept.left is None and len(phrase.words) > len(words) and present.issubset(phrase.words):
            share = index.worth(words) / index.worth(phrase.words)
            offer(phrase, 0.25 + 0.5 * share)


def _runs(words: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    return {words[at : at + length] for at in range(len(words) - length + 1)}


def _compounds(index: _Index, words: tuple[str, ...], offer: Any) -> None:
    """`Gehäusematerial` ends in `material`, `Kilometerstand` begins with `Kilometer`."""
    for word in words:
        if len(word) < 7:
            continue
        for at in range(4, len(word) - 3):
            for part, score in ((word[at:], 0.6), (word[:at], 0.45)):
                if len(part) >= 4:
                    for phrase in index.whole.get((part,), ()):
                        offer(phrase, score * (0.8 + 0.2 * len(part) / len(word)) / (len(words) ** 0.3))


def _nearly(index: _Index, words: tuple[str, ...], offer: Any) -> None:
    """Misspelt, cut short (`Trans` for `transmission`) or run together with a letter more or less."""
    joined = "".join(words)
    if len(joined) >= 5:
        near = process.extract(
            joined, index.names, scorer=OSA.normalized_similarity, score_cutoff=0.8, limit=6
        )
        for name, score, _ in near:
            if name[0] != joined[0] or round((1 - score) * max(len(name), len(joined))) > (
                1 if len(joined) < 10 else 2
            ):
                continue
            for phrase in index.joined[name]:
                offer(phrase, 0.8 * score)
    for word, other in {(w, p) for w in words if len(w) >= 3 for p in _completions(w)}:
        for phrase in index.whole.get((other,), ()):
            likeness = (0.12 if len(word) == 3 else 0.45) + 0.25 * len(word) / len(other)
            offer(phrase, likeness / (len(words) ** 0.5))


@lru_cache(maxsize=4_000)
def _completions(word: str) -> tuple[str, ...]:
    ordered = _ordered()
    return tuple(
        other for other in ordered.get(word[:3], ()) if other.startswith(word) and len(other) > len(word)
    )[:20]


@cache
def _ordered() -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for words in _index().whole:
        if len(words) == 1 and len(words[0]) > 3:
            found[words[0][:3]].append(words[0])
    return found


def spoken(headers: Iterable[tuple[str, ...]]) -> str:
    """The language most headers are in; English where they do not say."""
    votes: defaultdict[str, float] = defaultdict(float)
    for words in headers:
        said = {match.language for match in matches(words) if match.score > 0.9}
        for language in said:
            votes[language] += 1.0 / len(said)
    return max(votes, key=lambda language: (votes[language], language == "en"), default="en")
