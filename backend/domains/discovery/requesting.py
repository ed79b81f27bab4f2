"""The lexicon of requests: kinds of words and the rules over them, read from `requests.toml` and `commands.toml`. Pure.

A part of a message becomes the kinds of words in it, with their places; a rule asks which kinds occur, in which order and
how near, and in what mood the part is. Looking words up costs the same for any number of phrases.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from backend.domains.discovery.folding import Word
from backend.domains.discovery.inflecting import forms_of

_FILES: Final = ("requests.toml", "commands.toml")
#: Kinds that are told by form, not by a list of words: see `marking`.
MARKED: Final = ("address", "figure", "item", "possessive", "assigned", "money", "percent")
#: So many places of one kind are tried in a rule; who says it more often has said it.
_MOST: Final = 6
#: As common as what is told by form is taken to be.
_COMMON: Final = 200
#: So near to where a part begins its verb stands: `can I reserve`.
_NEAR: Final = 2

#: One phrase found: its kind, the place of its first word and of the word behind it, whether it counts at a beginning alone.
Hit = tuple[str, int, int, bool]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of words of a part of a message, with their places in order; `mask` has a bit for each kind."""

    places: Mapping[str, Sequence[Place]]
    mask: int

    def __contains__(self, kind: str) -> bool:
        return kind in self.places

    def among(self, kinds: Set[str]) -> Set[str]:
        """Which of these kinds occur."""
        return kinds & self.places.keys()

    def of(self, kinds: Iterable[str]) -> list[Place]:
        """The places of these kinds, in order."""
        return sorted(place for kind in kinds for place in self.places.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Rule:
    """One request: which kinds of words make it, and in which moods. Masks say the same as names, for a quick no."""

    verb: str
    stance: str
    reason: str
    moods: frozenset[str]
    needs: tuple[tuple[str, ...], ...]
    head: bool
    order: bool
    within: int
    payload: bool
    wide: bool
    needed: tuple[int, ...]
    barred: int
    excepted: int

    def fits(self, kinds: Kinds, moods: Set[str], head: int, *, payload: bool) -> bool:
        """Whether a part with these kinds of words makes this request; `head`: where its verb stands."""
        mask = kinds.mask
        if mask & self.barred or (self.payload and not payload) or (self.moods and not self.moods & moods):
            return False
        for needed in self.needed:
            if not mask & needed:
                return False
        if self.excepted and mask & self.excepted == self.excepted:
            return False
        if len(self.needs) == 1:
            return True
        places = [kinds.of(needed)[:_MOST] for needed in self.needs]
        if self.head:
            places[0] = [place for place in places[0] if 0 <= place[0] - head <= _NEAR]
        return _together(places, (), self.order, self.within)


def _together(places: Sequence[Sequence[Place]], taken: tuple[Place, ...], order: bool, within: int) -> bool:
    """Whether one place of each kind can be chosen near enough to the first; no two the same words."""
    if not places:
        return True
    for place in places[0]:
        if taken and not _may_stand(place, taken, order, within):
            continue
        if _together(places[1:], (*taken, place), order, within):
            return True
    return False


def _may_stand(place: Place, taken: Sequence[Place], order: bool, within: int) -> bool:
    if abs(place[0] - taken[0][0]) > within:
        return False
    if order:
        return place[0] >= taken[-1][1]
    return all(place[0] >= end or place[1] <= first for first, end in taken)


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: str
    rest: tuple[str, ...]
    starts: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """What may begin with a word: kinds of the word alone, phrases by their second word, phrases whose second word is open."""

    alone: tuple[_Phrase, ...]
    pairs: Mapping[str, tuple[_Phrase, ...]]
    open: tuple[_Phrase, ...]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a message is cut into parts: words that join, words that go on with a part, kinds that begin one."""

    short: frozenset[str]
    joins: frozenset[str]
    relative: frozenset[str]
    starts: frozenset[str]


class Lexicon:
    """Phrases by their first word or by how it begins; rules in their order."""

    def __init__(self, *files: Mapping[str, Any]) -> None:
        data = files[0]
        self.cuts = Cuts(**{name: frozenset(text.split()) for name, text in data["cuts"].items()})
        self.no_order: Mapping[str, str] = files[-1]["no_order"]
        self._exact: dict[str, list[_Phrase]] = defaultdict(list)
        self._begun: dict[str, list[_Phrase]] = defaultdict(list)
        self._bits: dict[str, int] = {}
        known: set[str] = set()
        for kind, phrase in _phrases(files):
            self._bits.setdefault(kind, 1 << len(self._bits))
            for first, *rest in product(*(part.split("/") for part in phrase.removeprefix("^").split("_"))):
                known.update(w for w in (first, *rest) if w.isalpha())
                made = _Phrase(kind, tuple(rest), phrase[0] == "^")
                (self._begun[first[:-1]] if first[-1] == "*" else self._exact[first]).append(made)
        for kind in MARKED:
            self._bits.setdefault(kind, 1 << len(self._bits))
        self.known = frozenset(known)
        self._lengths = sorted({len(w) for w in self._begun})
        self._groups: dict[str, str] = data["groups"]
        self._moods: dict[str, str] = data["moods"]
        self.rules = tuple(self._rule(row) for row in data["rule"])
        self._by_kind = self._indexed()
        self._entry = lru_cache(maxsize=8192)(self._made)

    def _made(self, text: str, plain: str) -> _Entry:
        phrases = [p for word in dict.fromkeys(filter(None, (text, plain))) for p in self._beginning(word)]
        phrases = list(dict.fromkeys(phrases))
        pairs: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in phrases:
            if phrase.rest and phrase.rest[0].isalnum():
                pairs[phrase.rest[0]].append(phrase)
        return _Entry(
            tuple(p for p in phrases if not p.rest),
            {second: tuple(found) for second, found in pairs.items()},
            tuple(p for p in phrases if p.rest and not p.rest[0].isalnum()),
        )

    def _beginning(self, word: str) -> Iterator[_Phrase]:
        yield from self._exact.get(word, ())
        for length in self._lengths:
            if length > len(word):
                break
            yield from self._begun.get(word[:length], ())

    def hits(self, words: Sequence[Word]) -> list[Hit]:
        """The phrases found in a row of words, by their first word."""
        found: list[Hit] = []
        last = len(words) - 1
        for at, word in enumerate(words):
            entry = self._entry(word.text, word.plain)
            for phrase in entry.alone:
                found.append((phrase.kind, at, at + 1, phrase.starts))
            if at < last and entry.pairs:
                following = words[at + 1]
                found += _longer(entry.pairs.get(following.text, ()), words, at)
                if following.plain:
                    found += _longer(entry.pairs.get(following.plain, ()), words, at)
            if entry.open:
                found += _longer(entry.open, words, at)
        return found

    def kinds(self, hits: Iterable[Hit], first: int, end: int) -> Kinds:
        """The kinds of words from one place to another. What is `neutral` hides the words it is made of."""
        within = [h for h in hits if h[2] <= end and (not h[3] or h[1] == first)]
        hidden = {i for kind, at, to, _ in within if kind == "neutral" for i in range(at, to)}
        places: dict[str, list[Place]] = {}
        mask = 0
        for kind, at, to, _ in within:
            if hidden and kind not in MARKED and hidden.intersection(range(at, to)):
                continue
            if kind in places:
                places[kind].append((at, to))
            else:
                places[kind] = [(at, to)]
                mask |= self._bits[kind]
        return Kinds(places, mask)

    def rules_for(self, kinds: Kinds) -> list[Rule]:
        """The rules that may fit a part with these kinds, in their order."""
        by_kind = self._by_kind
        return [self.rules[i] for i in sorted({i for kind in kinds.places for i in by_kind.get(kind, ())})]

    def _indexed(self) -> dict[str, list[int]]:
        """The rules by the kinds of the need that fewest words meet."""
        sizes = Counter(p.kind for found in (*self._exact.values(), *self._begun.values()) for p in found)
        by_kind: dict[str, list[int]] = defaultdict(list)
        for i, rule in enumerate(self.rules):
            rarest = min(rule.needs, key=lambda kinds: sum(sizes[k] for k in kinds) or _COMMON)
            for kind in rarest:
                by_kind[kind].append(i)
        return by_kind

    def with_kind(self, kinds: Kinds, kind: str, place: Place) -> Kinds:
        """The same with one more."""
        return Kinds({**kinds.places, kind: [place]}, kinds.mask | self._bits[kind])

    def _kinds_of(self, names: str) -> tuple[str, ...]:
        """`change|price` as its kinds; a group is all of its kinds."""
        return tuple(kind for name in names.split("|") for kind in self._groups.get(name, name).split())

    def _mask(self, kinds: Iterable[str]) -> int:
        mask = 0
        for kind in kinds:
            mask |= self._bits[kind]
        return mask

    def _rule(self, row: Mapping[str, Any]) -> Rule:
        stance = next(name for name in ("refuse", "confirm", "inert") if name in row)
        needs = tuple(self._kinds_of(names) for names in str(row["needs"]).split())
        also = tuple(self._kinds_of(names) for names in str(row.get("also", "")).split())
        moods = (self._moods.get(name, name) for name in str(row.get("in", "")).split())
        return Rule(
            row.get("verb") or row[stance], stance, "" if stance == "confirm" else row[stance],
            frozenset(mood for names in moods for mood in names.split()), needs,
            row.get("head", False), row.get("order", False), row.get("within", 1000),
            row.get("payload", False), row.get("wide", False),
            tuple(self._mask(kinds) for kinds in (*needs, *also)),
            self._mask(kind for names in str(row.get("unless", "")).split() for kind in self._kinds_of(names)),
            self._mask(str(row.get("except", "")).split()),
        )  # fmt: skip


def _phrases(files: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Every phrase with its kind. A word marked `~` stands for its forms; of verbs the kind tells the form, too."""
    files = tuple(files)
    endings = {k: v for data in files for k, v in data.get("endings", {}).items()}
    by_language = {kind for data in files for kind in data.get("by_language", ())}
    for data in files:
        for kind, languages in data["words"].items():
            for language, text in languages.items():
                for phrase in dict.fromkeys(text.split()):
                    for _, form in forms_of(phrase, language, endings):
                        yield kind, form
                        if kind in by_language:
                            yield f"{kind}_{language}", form
        for kind, languages in data.get("verbs", {}).items():
            for language, text in languages.items():
                for phrase in dict.fromkeys(text.split()):
                    for form, one in forms_of(f"{phrase}~", language, endings):
                        yield f"{kind}{form}", one


def _longer(phrases: Sequence[_Phrase], words: Sequence[Word], at: int) -> Iterator[Hit]:
    for phrase in phrases:
        end = at + 1 + len(phrase.rest)
        if end <= len(words) and all(_is(words[at + 1 + i], part) for i, part in enumerate(phrase.rest)):
            yield phrase.kind, at, end, phrase.starts


def _is(word: Word, part: str) -> bool:
    if part == "?":
        return True
    if part == "#":
        return any(c.isdigit() for c in word.text)
    if part[-1] == "*":
        return word.text.startswith(part[:-1]) or word.plain.startswith(part[:-1])
    return part in (word.text, word.plain)


@cache
def lexicon() -> Lexicon:
    """The words and rules of both files, ready to use."""
    here = Path(__file__)
    return Lexicon(*(tomllib.loads(here.with_name(name).read_text(encoding="utf-8")) for name in _FILES))
