"""A message in sentences, and a sentence in the parts that ask for one thing each. Pure, linear.

Letters that are spaced out are put together again, as a reader would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from backend.domains.discovery.commanding import commands
from backend.domains.discovery.folding import Word, words
from backend.domains.discovery.requesting import Cuts, Lexicon

_END: Final = re.compile(r"[.!?;]{1,9}[\"'”’)]{0,4}(?=\s|\Z)|\n+|\s[–—-]{1,3}\s|[“”„«»]|\"")
_MARK: Final = re.compile(r"[,:()\[\]/–—]")
_SPELT: Final = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*·|]{1,3}){4,400}[^\W_](?![^\W_])")
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a message; `words` are its words, `start` and `end` its place; `orders`: whether it begins with an order
    that is no buyer's."""

    words: tuple[Word, ...]
    start: int
    end: int
    orders: bool = False


def sentences(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Where sentences stand, without their end marks."""
    start = 0
    for mark in _END.finditer(text):
        before = text[max(start, mark.start() - 8) : mark.start()].rsplit(None, 1)
        if mark.group() == "." and before and before[-1].casefold().replace(".", "") in lexicon.cuts.short:
            continue
        if mark.start() > start:
            yield start, mark.start()
        start = mark.end()
    if len(text) > start:
        yield start, len(text)


def units(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Unit]:
    """A sentence in parts: cut where a comma or an `and` is followed by another beginning."""
    found = [Word(w.text, w.start + start, w.end + start, w.plain) for w in words(text[start:end])]
    if not found:
        return
    kinds = lexicon.kinds(found)
    starters = {first for kind in lexicon.cuts.starts & kinds.keys() for first, _ in kinds[kind]}
    orders = set(commands(text, found, lexicon))
    cuts = [
        0,
        *(i for i in range(1, len(found)) if i in orders or _cuts(text, found, i, starters, lexicon.cuts)),
        len(found),
    ]
    for first, last in pairwise(cuts):
        for at in range(first, last, _LONGEST):
            part = found[at : min(at + _LONGEST, last)]
            yield Unit(tuple(part), part[0].start, part[-1].end, first in orders)


def _cuts(text: str, found: Sequence[Word], i: int, starters: set[int], cuts: Cuts) -> bool:
    gap = text[found[i - 1].end : found[i].start]
    if not (found[i].text in cuts.joins or _MARK.search(gap)):
        return False
    at = i + (found[i].text in cuts.joins)
    while at < len(found) and at < i + 4 and found[at].text in cuts.fillers and at not in starters:
        at += 1
    return at in starters


def respelt(text: str, known: frozenset[str]) -> str:
    """`S e t  t h e` as `Set the`; a run without wider gaps is parted by known words."""
    return _SPELT.sub(lambda m: _joined(m.group(), known), text) if _SPELT.search(text) else text


def _joined(run: str, known: frozenset[str]) -> str:
    letters = sum(c.isalpha() for c in run)
    if letters < 5 or letters * 5 < len(re.sub(r"\W|_", "", run)) * 4:
        return run
    if "  " in run:
        return " ".join(re.sub(r"[\W_]", "", part) for part in re.split(r" {2,}", run))
    if re.search(r"[.\-_*·|]", run) and " " in run:
        return " ".join(re.sub(r"[\W_]", "", part) for part in run.split(" "))
    return " ".join(_parted(re.sub(r"[\W_]", "", run), known))


def _parted(letters: str, known: frozenset[str]) -> Iterator[str]:
    at, rest = 0, ""
    while at < len(letters):
        size = next((n for n in range(14, 1, -1) if letters[at : at + n].casefold() in known), 0)
        if size:
            yield from filter(None, (rest, letters[at : at + size]))
            rest, at = "", at + size
        else:
            rest, at = rest + letters[at], at + 1
    yield from filter(None, (rest,))
