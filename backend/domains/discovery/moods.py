"""In what mood a part of a message is: an order, a question, a wish, something said. Pure.

An order need not look like one: `would you mind …`, `it would be great if …`, `… has to go`, `I want … removed` order, too.
What may be done about it is decided elsewhere, by what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.domains.discovery.marking import Reading

#: `see`: to be shown or told something. `may`: whether the buyer may, or somebody could, do something.
#: `offer`: whether the seller does something at all. `must`: how something ought to be. `will`: what the buyer wants to do.
ORDER: Final = "order"
SEE: Final = "see"
ASK: Final = "ask"
MAY: Final = "may"
OFFER: Final = "offer"
MUST: Final = "must"
WANT: Final = "want"
WILL: Final = "will"
SAY: Final = "say"

_VERB_KINDS: Final = (
    "see plain tend adjust mend alter misuse hold_it secure notify tell calendar hand_in let_go"
)
_VERBS: Final = frozenset(_VERB_KINDS.split())
_DONE: Final = ("alter+", "adjust+", "mend+", "misuse+", "gone")
_STEMS: Final = ("alter", "adjust", "mend")  # of other languages than English also participles
_COURTESY: Final = frozenset({"lead", "please"})
#: `we're` is no `were`.
_SHORTENED: Final = frozenset({"we're", "we’re"})
_WISHING: Final = frozenset({"Que", "que"})
#: What tells the mood where a part begins.
_BEGINNINGS: Final = ("asks", "bids", "forbids", "wants", "opens")
#: So many phrases lead in at most.
_LEADS: Final = 8
#: So far behind `I want` stands what is to be done with what stands between.
_REACH: Final = 9


@dataclass(frozen=True, slots=True)
class Mood:
    """`head` is where the verb of an order stands, else where the part begins behind what leads in."""

    name: str
    head: int
    is_led: bool = False
    is_asked: bool = False


def mood_of(read: Reading, first: int, end: int) -> Mood:
    """The mood of the words from one place to another."""
    at, is_led = skipped(read, first, end)
    if at >= end:
        return Mood(SAY, first)
    here = read.at(at)
    if (to := here.get("asks", at)) > at:
        return _asked(read, skipped(read, to, end)[0], end)
    if (to := here.get("bids", at)) > at:
        to = skipped(read, to, end)[0]
        while to < end - 1 and "clitic" in read.at(to):
            to += 1
        here = read.at(min(to, end - 1))
        name = SEE if _is_shown(here) else ORDER if is_verb(here) else MUST
        return Mood(name, min(to, end - 1), True, True)
    if (to := here.get("forbids", at)) > at:
        return Mood(ORDER, min(to, end - 1), True)
    if (to := here.get("wants", at)) > max(at, here.get("opens", at) - 1):
        return _wanted(read, to, end, _DONE if "wants_en" in here else (*_DONE, *_STEMS))
    if "opens" in here and read.told(at, at + 1).casefold() not in _SHORTENED:
        return _question(read, at, end, here)
    if is_verb(here):
        return Mood(SEE if _is_shown(here) else ORDER, at, is_led)
    last = _last(read, at, end)
    if last > at and read.words[last].text.endswith("en") and is_verb(read.at(last)):
        return Mood(SEE if _is_shown(read.at(last)) else ORDER, at, is_led)  # `Bitte die Uhr zurücklegen`
    for i in range(at, end):
        if "must" in (there := read.at(i)) and not (i > at and "i" in read.at(i - 1)):
            return Mood(MUST, min(there["must"], end - 1), is_led)
    return Mood(SAY, at, is_led)


def skipped(read: Reading, at: int, end: int) -> tuple[int, bool]:
    """Where a part begins behind what leads in, and whether anything does."""
    began = at
    for _ in range(_LEADS):
        here = read.at(at) if at < end else {}
        to = here.get("lead", at)
        if to == at or any(here.get(kind, at) > to for kind in _BEGINNINGS):
            break
        at = to
    return min(at, end), at > began


def _last(read: Reading, at: int, end: int) -> int:
    """The last word that says something."""
    last = end - 1
    while last > at and not _COURTESY.isdisjoint(read.at(last)):
        last -= 1
    return last


def is_verb(here: Mapping[str, int]) -> bool:
    """Whether one of these kinds of phrases is a verb that can be an order."""
    return not _VERBS.isdisjoint(here)


def _is_shown(here: Mapping[str, int]) -> bool:
    return "see" in here and here["see"] >= max(here.get(kind, 0) for kind in _VERBS)


def _asked(read: Reading, at: int, end: int) -> Mood:
    """`can you …`: an order of something to do, a question about what the seller does, or to be shown something."""
    if at >= end:
        return Mood(ASK, end - 1)
    here = read.at(at)
    if _is_shown(here):
        return Mood(SEE, at, True, True)
    if "service" in here or read.has("service", max(at, end - 2), end):
        return Mood(OFFER, at, True, True)
    return Mood(ORDER, at, True, True)


def _wanted(read: Reading, at: int, end: int, done: tuple[str, ...]) -> Mood:
    """`I want to delete …` and `I want … removed` order; `I want a boat` wishes."""
    at, _ = skipped(read, at, end)
    if at < end and is_verb(read.at(at)):
        return Mood(WILL, at, True, True)
    certain = False
    for i in range(at, min(end, at + _REACH)):
        there = read.at(i)
        if certain and any(kind in there for kind in done):
            return Mood(MUST, i, True, True)
        certain = certain or "definite" in there or "item" in there
    return Mood(WANT, min(at, end - 1))


def _question(read: Reading, at: int, end: int, here: Mapping[str, int]) -> Mood:
    if "may" not in here:
        is_wish = read.told(at, at + 1) in _WISHING and not read.is_asked(at, end)
        return Mood(MUST if is_wish else ASK, at)  # `Que el velero cueste …`
    if any(read.has(kind, at, end) for kind in _DONE) and read.has("please", at, end):
        return Mood(ORDER, at, True, True)  # `could the photos be taken off, please`
    personal = any(read.has(kind, at, min(end, at + 3)) for kind in ("i", "person"))
    return Mood(MAY if personal else ASK, at)
