"""A message in sentences, and a sentence in the parts that ask for one thing each. Pure, linear.

Letters that are spaced out are put together again, as a reader would.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from backend.domains.discovery.commanding import is_beyond
from backend.domains.discovery.marking import Reading
from backend.domains.discovery.moods import ORDER, SAY, Mood, is_verb, mood_of, skipped
from backend.domains.discovery.requesting import Cuts

_END: Final = re.compile(r"[.!?;]{1,9}[\"'”’)]{0,4}(?=\s|\Z)|\n+|\s[–—-]{1,3}\s|[“”„«»]|\"")
_MARK: Final = re.compile(r"[,:()\[\]/–—]")
_SPELT: Final = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*·|]{1,3}){4,400}[^\W_](?![^\W_])")
_LONGEST: Final = 40
_AFTER_MARK: Final = frozenset({"plain", "tend"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a message: its words from `first` to `end`, and its mood; `beyond`: it orders what is no buyer's."""

    first: int
    end: int
    mood: Mood
    beyond: bool = False


def sentences(read: Reading) -> Iterator[tuple[int, int]]:
    """The words of each sentence, from one to another."""
    start = 0
    for end in _ends(read.text, read.lexicon.cuts):
        to = bisect_left(read.starts, end, start)
        if to > start:
            yield start, to
        start = to


def _ends(text: str, cuts: Cuts) -> Iterator[int]:
    start = 0
    for mark in _END.finditer(text):
        before = text[max(start, mark.start() - 8) : mark.start()].rsplit(None, 1)
        if mark.group() != "." or not before or before[-1].casefold().replace(".", "") not in cuts.short:
            yield mark.start()
            start = mark.end()
    yield len(text)


def units(read: Reading, first: int, end: int) -> Iterator[Unit]:
    """A sentence in parts: cut where a comma or an `and` is followed by another beginning."""
    marks = [first, *(i for i in range(first + 1, end) if _may_begin(read, i, end)), end]
    beyond: set[int] = set()
    for at, to in pairwise(marks):
        mood = mood_of(read, at, to)
        if read.end("stop", mood.head) == to < end:
            to = marks[marks.index(to) + 1]  # `Hör auf, …`: what is to stop comes after the comma
        if is_beyond(read, mood, at, to, begins=at == first):
            beyond.add(at)
    cuts = [first, *(i for i in marks[1:-1] if i in beyond or _cuts(read, i, end)), end]
    for at, to in pairwise(cuts):
        for part in range(at, to, _LONGEST):
            last = min(part + _LONGEST, to)
            mood = mood_of(read, part, last)
            is_order = at in beyond and mood.name == SAY
            yield Unit(part, last, replace(mood, name=ORDER) if is_order else mood, at in beyond)


def _may_begin(read: Reading, i: int, end: int) -> bool:
    """After a mark, after a joining word where a verb follows, or where a long lead stands: `… I order you to`."""
    if i in read.inner:
        return False
    if _MARK.search(read.gap(i)):
        return True
    if read.words[i].text in read.lexicon.cuts.joins:
        return _cuts(read, i, end) or is_verb(read.at(skipped(read, i, end)[0]))
    here = read.at(i)
    return here.get("lead", i) > i + 2 or here.get("bids", i) > i + (1 if "i" in here else 2)


def _cuts(read: Reading, i: int, end: int) -> bool:
    """Whether what begins here is another part. After `and` alone, more than a verb of one's own must follow."""
    cuts = read.lexicon.cuts
    joined = read.words[i].text in cuts.joins
    starts = cuts.starts | _AFTER_MARK if _MARK.search(read.gap(i)) else cuts.starts
    at = i + joined
    if at < end and starts & read.at(at).keys():
        return True
    at, is_led = skipped(read, i, end)
    return is_led and at < end and bool(starts & read.at(at).keys())


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
