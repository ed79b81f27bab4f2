"""Orders to the guide that are not a buyer's to give. Pure.

Turned round against `requests`, which knows what is hostile: here it is known what a buyer can have (to be shown things, to
change wishes of one's own), and whatever else is ordered upon something certain is declined, also by a verb nobody knows.
Lists of words: `commands.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from backend.domains.discovery.marking import Reading
from backend.domains.discovery.moods import ORDER, SAY, Mood
from backend.domains.discovery.requesting import Kinds, lexicon

#: What is never one of the buyer's own things.
_GUARDED_KINDS: Final = """record price fields other holds prompt safety secret event_thing contact database bulk turned
backstage program file possessive sellers_things machinery"""
_GUARDED: Final = frozenset(_GUARDED_KINDS.split())
#: What belongs to a search.
_WISHED: Final = frozenset({"wish_things", "wish_kinds"})
#: What follows a verb where it is a favor, or acts on what is not of a search.
_TAKEN_WORDS: Final = (
    "this it your their every all me us dein deine euer eure ihr mir alle tes vos leurs moi toutes tous tus"
)
_TAKEN: Final = frozenset(_TAKEN_WORDS.split())
_PARTICLE_WORDS: Final = "raus rein weg dazu aus hoch runter out off in up"
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())
#: After a name, not after a verb nobody knows.
_PLACES: Final = frozenset({"in", "on", "at"})
#: After an article these make a comparison, or a clause: `la moins chère`.
_THAN: Final = frozenset({"plus", "moins", "mieux", "mas", "menos", "mejor", "que", "qui"})
_TO: Final = frozenset({"to", "auf", "a", "at", "for"})
_SUM: Final = re.compile(r"[$€£]?\d[\d.,]*(?:k|m|%)?\Z")
_CERTAIN: Final = re.compile(
    r"(?:cheapest|first|second|third|last|newest|gunstigste[nrs]?|erste[nrs]?|zweite[nrs]?|letzte[nrs]?|premiere?|deuxieme|primer[oa]?|segund[oa])\Z"
)
#: A word of one of these is no verb nobody knows.
_NO_VERB: Final = frozenset(
    {"closed", "own_search", "wish_things", "wish_kinds", "thing", "must", "opens", "amount", "meeting"}
)
#: So many words after a verb stands what it acts on; beyond the longest nothing belongs to it.
_NEAR: Final = 2
_LONGEST: Final = 24
_LANGUAGES: Final = ("en", "de", "fr", "es")


def is_beyond(read: Reading, mood: Mood, first: int, end: int, *, begins: bool) -> bool:
    """Whether the words from one place to another order what a buyer cannot have. `begins`: they begin a sentence."""
    if mood.name not in (ORDER, SAY):
        return False
    at, end = mood.head, min(end, first + _LONGEST)
    here = read.at(at)
    if (to := here.get("stop", at)) > at:
        return _stops_more(read, to, end)
    strict = max(here.get("alter", at), here.get("misuse", at))
    if strict > at and strict >= max(here.get(kind, at) for kind in ("see", "plain", "tend", "adjust")):
        return _acts(read, strict, end)
    if any(kind in here for kind in ("see", "plain", "adjust", "mend", "tend", "alter", "misuse")):
        to = max(here.get("adjust", at), here.get("mend", at))
        return to > at and _is_cheapened(read, to, end, read.kinds(to, end))
    return _may_be_order(read, mood, at, end, begins)


def _may_be_order(read: Reading, mood: Mood, at: int, end: int, begins: bool) -> bool:
    """The same for a word nobody knows."""
    word = read.words[at].text
    if not word.isalpha() or len(word) < 3 or _NO_VERB & read.at(at).keys() or at + 1 >= end:
        return False
    is_order = mood.is_asked or ((begins or mood.is_led) and not read.is_asked(at, end))
    for language in _LANGUAGES:
        if not _no_order(language).search(word) and is_order and _hits_surely(read, at + 1, end, language):
            return not _may_be_own(read, at + 1, end, read.kinds(at, end))
    return not mood.is_asked and _is_cheapened(read, at + 1, end, read.kinds(at, end))


@cache
def _no_order(language: str) -> re.Pattern[str]:
    return re.compile(rf"{lexicon().no_order[language]}\Z")


def _stops_more(read: Reading, at: int, end: int) -> bool:
    """`Quit enforcing …`: whether what is to stop is not what a buyer may be tired of."""
    if at >= end:
        return False
    acts = read.end("stop_en", at - 1) == at - 1 or read.words[at].text.endswith("ing")
    return read.has("machinery", at, end) or (acts and not read.has("fine", at, end))


def _acts(read: Reading, at: int, end: int) -> bool:
    """Whether a verb that is no buyer's acts on something certain."""
    if at >= end:
        return False
    kinds = read.kinds(at, end)
    if _is_cheapened(read, at, end, kinds) or _hits(read, at, end):
        return not _may_be_own(read, at, end, kinds)
    return "address" in kinds or any(first - at <= _NEAR for first, _ in kinds.of(("item", "possessive")))


def _may_be_own(read: Reading, at: int, end: int, kinds: Kinds) -> bool:
    """`the mileage down to 60k`, `the convertibles`: what belongs to a search, or several of what is for sale."""
    if "item" in kinds or kinds.among({"sellers_things", "machinery"}):
        return False
    if "sort_of" in read.at(at) or any(read.has(kind, at, min(end, at + 4)) for kind in _WISHED):
        return True
    noun = end - (2 if read.words[end - 1].text in _PARTICLES else 1)
    if not noun - 3 <= at < noun or kinds.among(_GUARDED):
        return False
    german = read.words[noun].text.endswith("n") and "definite_de" in read.at(at)
    return (read.words[noun].text.endswith("s") or german) and read.words[at].text not in _TAKEN


def _hits(read: Reading, at: int, end: int) -> bool:
    """Whether something certain follows a verb that is known, past particles and whom it is for."""
    after, at = _certain(read, at, end, "definite")
    if after or at >= end or read.has("own_things", at, min(end, at + 3)):
        return after > 0
    return read.end("as_me", at) > at or at < read.end("indefinite", at) < end


def _hits_surely(read: Reading, at: int, end: int, language: str) -> bool:
    """Whether something certain follows a word that may be a verb: `Gomme la mention`, not `Domaine la Croix`."""
    words = read.words
    if language == "en" and at < end and words[at].text in _PLACES:
        return False  # `Chateau in the original case`
    after, at = _certain(read, at, end, f"definite_{language}")
    if not after or language == "en":
        return after > 0 and not (
            at > 0 and words[at - 1].text == "me"
        )  # `spare me the details` asks for a favor
    if after >= end:
        return language == "de" and words[at].text.startswith("alle")
    is_name = read.text[words[after].start].isupper()
    if language == "de":
        return is_name or words[at].text.startswith(("alle", "jede"))
    return not is_name and words[after].text not in _THAN


def _certain(read: Reading, at: int, end: int, definite: str) -> tuple[int, int]:
    """Where what `the` and the like begins goes on, 0 where nothing is certain; and where that stands."""
    while at < end and (to := read.end("gap", at)) > at:
        at = to
    if at >= end or read.has("own_things", at, min(end, at + 3)):
        return 0, at
    to = read.end(definite, at)
    return (to if to > at else 0), at


def _is_cheapened(read: Reading, at: int, end: int, kinds: Kinds) -> bool:
    """`a grand off that RAV4`, `den günstigsten auf 5.000`."""
    if kinds.among(_WISHED) and "item" not in kinds:
        return False
    if "figure" in kinds and at < end and read.end("definite_de", at) > at:
        return True
    if not kinds.among({"figure", "amount"}):
        return False
    told = [word.text for word in read.words[at:end]]
    certain = any(_CERTAIN.match(word) for word in told) and any(word in _TO for word in told)
    return certain or any(_is_sum_off(read, at, i, end, told) for i in range(at + 1, end))


def _is_sum_off(read: Reading, at: int, i: int, end: int, told: Sequence[str]) -> bool:
    """`3k off the …`: the sum stands before. `Norton from the 60s` takes nothing off anything."""
    to = read.end("off", i)
    if to <= i or to >= end:
        return False
    word = told[i - at]
    if word not in ("del", "du", "vom", "beim", "al") and not (
        read.end("definite", to) > to or told[to - at] in ("that", "den", "der", "dem")
    ):
        return False
    if "off_en" not in read.at(i):
        return True
    return any(_SUM.match(one) for one in told[: i - at]) or read.has("amount", at, i)
