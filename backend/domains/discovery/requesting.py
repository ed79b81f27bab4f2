"""The lexicon of requests: kinds of words and the rules over them, read from `requests.toml`. Pure.

A unit of a message becomes the kinds of words in it, with their places; a rule asks which kinds occur, in which order
and how near. Looking words up costs the same for any number of phrases.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from backend.domains.discovery.folding import Word

_FILE: Final = Path(__file__).with_name("requests.toml")

#: kind → places of its phrases as (first word, end), in order
Kinds = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One request: which kinds of words make it."""

    verb: str
    stance: str
    reason: str
    needs: tuple[tuple[str, ...], ...]
    also: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    excepted: tuple[str, ...]
    order: bool
    within: int
    payload: bool
    wide: bool

    def fits(self, kinds: Kinds, *, payload: bool) -> bool:
        """Whether a unit with these kinds of words makes this request."""
        if self.payload and not payload:
            return False
        if not all(any(k in kinds for k in needed) for needed in (*self.needs, *self.also)):
            return False
        if any(k in kinds for k in self.unless) or (self.excepted and all(k in kinds for k in self.excepted)):
            return False
        places = [sorted(p for k in needed for p in kinds.get(k, ())) for needed in self.needs]
        return len(places) == 1 or _together(places, order=self.order, within=self.within)


def _together(places: Sequence[Sequence[tuple[int, int]]], *, order: bool, within: int) -> bool:
    """Whether one place of each kind can be chosen near enough; no two the same words."""
    return any(_from(first, places[1:], order, within) for first in places[0])


def _from(
    first: tuple[int, int], rest: Sequence[Sequence[tuple[int, int]]], order: bool, within: int
) -> bool:
    at = first
    for choices in rest:
        after = bisect_right(choices, (at[1] - 1, 1 << 30))
        near = [choices[after]] if after < len(choices) else []
        if not order:
            near += [c for c in (choices[i] for i in range(max(0, after - 3), after)) if c[1] <= first[0]]
        near = [c for c in near if abs(c[0] - first[0]) <= within]
        if not near:
            return False
        if order:
            at = near[0]
    return True


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: str
    rest: tuple[str, ...]
    starts: bool


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a message is cut into parts: words that join, words that are passed over, kinds that begin a part."""

    short: frozenset[str]
    joins: frozenset[str]
    fillers: frozenset[str]
    relative: frozenset[str]
    starts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by their first word, by their first two, or by how the first begins; rules in their order, and which of them
    need a kind of words first of all."""

    exact: Mapping[str, tuple[_Phrase, ...]]
    paired: Mapping[tuple[str, str], tuple[_Phrase, ...]]
    begun: Mapping[str, tuple[_Phrase, ...]]
    lengths: tuple[int, ...]
    rules: tuple[Rule, ...]
    needing: Mapping[str, tuple[int, ...]]
    known: frozenset[str]
    cuts: Cuts

    def kinds(self, words: Sequence[Word]) -> dict[str, list[tuple[int, int]]]:
        """The kinds of words of a unit. What is `neutral` hides the words it is made of."""
        hits = [hit for at in range(len(words)) for hit in self._at(words, at)]
        hidden = {i for kind, first, end in hits if kind == "neutral" for i in range(first, end)}
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for kind, first, end in hits:
            if kind != "neutral" and not hidden.intersection(range(first, end)):
                found[kind].append((first, end))
        return dict(found)

    def rules_for(self, kinds: Iterable[str]) -> list[Rule]:
        """The rules that may fit a unit with these kinds of words, in their order."""
        return [self.rules[n] for n in sorted({n for kind in kinds for n in self.needing.get(kind, ())})]

    def _at(self, words: Sequence[Word], at: int) -> Iterator[tuple[str, int, int]]:
        for text in filter(None, (words[at].text, words[at].plain)):
            yield from _matches(self.exact.get(text, ()), words, at)
            if at + 1 < len(words):
                for following in {words[at + 1].text, words[at + 1].plain}:
                    yield from _matches(self.paired.get((text, following), ()), words, at)
            for length in self.lengths:
                if length > len(text):
                    break
                yield from _matches(self.begun.get(text[:length], ()), words, at)


def _matches(phrases: Iterable[_Phrase], words: Sequence[Word], at: int) -> Iterator[tuple[str, int, int]]:
    for phrase in phrases:
        end = at + 1 + len(phrase.rest)
        if phrase.starts and at:
            continue
        if end <= len(words) and all(_is(words[at + 1 + i], part) for i, part in enumerate(phrase.rest)):
            yield phrase.kind, at, end


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
    """The words and rules of `requests.toml`, ready to use."""
    data: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    exact: dict[str, list[_Phrase]] = defaultdict(list)
    paired: dict[tuple[str, str], list[_Phrase]] = defaultdict(list)
    begun: dict[str, list[_Phrase]] = defaultdict(list)
    known: set[str] = set()
    for kind, languages in data["words"].items():
        for phrase in dict.fromkeys(p for text in languages.values() for p in text.split()):
            for first, *rest in product(*(part.split("/") for part in phrase.removeprefix("^").split("_"))):
                known.update(w for w in (first, *rest) if w.isalpha())
                made = _Phrase(kind, tuple(rest), phrase[0] == "^")
                if first[-1] == "*":
                    begun[first[:-1]].append(made)
                elif rest and rest[0].isalnum():
                    paired[first, rest[0]].append(made)
                else:
                    exact[first].append(made)
    rules = tuple(_rule(r) for r in data["rule"])
    needed = {kind for rule in rules for kind in rule.needs[0]}
    return Lexicon(
        {w: tuple(p) for w, p in exact.items()},
        {w: tuple(p) for w, p in paired.items()},
        {w: tuple(p) for w, p in begun.items()},
        tuple(sorted({len(w) for w in begun})),
        rules,
        {kind: tuple(n for n, rule in enumerate(rules) if kind in rule.needs[0]) for kind in needed},
        frozenset(known),
        Cuts(**{name: frozenset(text.split()) for name, text in data["cuts"].items()}),
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        row["verb"], row.get("stance", "refuse"), row.get("reason", ""),
        tuple(tuple(n.split("|")) for n in row["needs"]), tuple(tuple(n.split("|")) for n in row.get("also", ())),
        tuple(row.get("unless", ())), tuple(row.get("except", ())),
        row.get("order", False), row.get("within", 1000), row.get("payload", False), row.get("wide", False),
    )  # fmt: skip
