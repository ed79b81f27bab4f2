"""Commands to the guide that are not a buyer's to give. Pure, linear.

Turned round against `requests`, which knows what is hostile: here it is known what a buyer can have (to be shown things, to
change wishes of one's own), and whatever else is ordered upon something certain is declined. An order begins a clause with a
verb; what it acts on follows. Lists of words: `commands.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from backend.domains.discovery.folding import Word
from backend.domains.discovery.marking import kinds_of
from backend.domains.discovery.requesting import Lexicon

_FILE: Final = Path(__file__).with_name("commands.toml")
_MARK: Final = re.compile(r"[,:](?=\s)|[()\[\]–—]")
_QUESTION: Final = re.compile(r'[ "”]*\?')
_LONGEST: Final = 24
#: What is never one of the buyer's own things.
_GUARDED_KINDS: Final = """record price fields other holds prompt safety secret event_thing contact database bulk wording
status backstage program file possessive"""
_GUARDED: Final = frozenset(_GUARDED_KINDS.split())
#: What follows a verb where it is a favor, or acts on what is not of a search.
_TAKEN_WORDS: Final = (
    "this it your their every all me us dein deine euer eure ihr mir alle tes vos leurs moi toutes tous tus"
)
_TAKEN: Final = frozenset(_TAKEN_WORDS.split())
_PARTICLE_WORDS: Final = "raus rein weg dazu aus hoch runter out off in up"
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())
_VERBS: Final = ("edit", "other", "buyer")
#: After a name, not after a verb nobody knows.
_PLACES: Final = frozenset({"in", "on", "at"})
#: After an article these make a comparison, or a clause: `la moins chère`.
_THAN: Final = frozenset({"plus", "moins", "mieux", "mas", "menos", "mejor", "que", "qui"})
#: So many words after a verb stands what it acts on.
_NEAR: Final = 2
_ENGLISH: Final = "en"


class _Phrases:
    """Phrases to be found at a place: by their first word, the longest first."""

    def __init__(self, text: str) -> None:
        self._by: dict[str, list[tuple[str, ...]]] = {}
        self._begun: list[str] = []
        for phrase in text.split():
            first, *rest = phrase.split("_")
            if first.endswith("*"):
                self._begun.append(first[:-1])
            else:
                self._by.setdefault(first, []).append(tuple(rest))
        for found in self._by.values():
            found.sort(key=len, reverse=True)

    def end(self, told: Sequence[str], at: int) -> int:
        """Where a phrase that begins here ends; `at` where none does."""
        if at >= len(told):
            return at
        for rest in self._by.get(told[at], ()):
            end = at + 1 + len(rest)
            if end <= len(told) and all(_fits(told[at + 1 + i], part) for i, part in enumerate(rest)):
                return end
        return at + 1 if any(told[at].startswith(begun) for begun in self._begun) else at

    def among(self, told: Sequence[str]) -> bool:
        return any(self.end(told, at) > at for at in range(len(told)))


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


@dataclass(frozen=True, slots=True)
class _Orders:
    """The words of one language."""

    name: str
    lists: Mapping[str, _Phrases]
    verbs: Mapping[str, _Phrases]
    no_order: re.Pattern[str]

    def verb(self, name: str, told: Sequence[str], at: int) -> int:
        """Where a verb ends that begins here; `at` where none does. `name`: other, edit, buyer."""
        return self.verbs[name].end(told, at)

    def end(self, name: str, told: Sequence[str], at: int) -> int:
        return self.lists[name].end(told, at)

    def among(self, name: str, told: Sequence[str]) -> bool:
        return self.lists[name].among(told)


def commands(text: str, words: Sequence[Word], lexicon: Lexicon) -> Iterator[int]:
    """Where in a sentence clauses begin that order something a buyer cannot have."""
    starts = [0, *(i for i in range(1, len(words)) if _begins(text, words, i, lexicon))]
    ends = [*starts[1:], len(words)]
    for number, at in enumerate(starts):
        end = ends[number]
        if end < len(words) and _only_stops(words[at:end]):
            end = ends[number + 1]
        clause = words[at : min(end, at + _LONGEST)]
        told = [w.text for w in clause]
        is_known = any(_orders_here(clause, orders) for orders in _orders())
        may_be = (at == 0, is_known)
        if any(_is_declined(text, clause, told, orders, lexicon, may_be) for orders in _orders()):
            yield at


def _only_stops(clause: Sequence[Word]) -> bool:
    """`Hör auf, …`: what is to stop comes after the comma."""
    told = [w.text for w in clause]
    return any(0 < orders.end("stop", told, 0) == len(told) for orders in _orders())


def _begins(text: str, words: Sequence[Word], i: int, lexicon: Lexicon) -> bool:
    gap = text[words[i - 1].end : words[i].start]
    told = [w.text for w in words[i : i + 6]]
    if _MARK.search(gap) or any(orders.end("lead", told, 0) > 2 for orders in _orders()):
        return True  # a comma, or `… I order you to`
    return words[i].text in lexicon.cuts.joins and any(_orders_here(words[i : i + 8], o) for o in _orders())


def _orders_here(clause: Sequence[Word], orders: _Orders) -> bool:
    told = [w.text for w in clause]
    at, _ = _skipped(told, orders)
    return any(orders.verb(name, told, at) > at for name in _VERBS)


def _is_declined(
    text: str,
    clause: Sequence[Word],
    told: Sequence[str],
    orders: _Orders,
    lexicon: Lexicon,
    may_be: tuple[bool, bool],
) -> bool:
    """`may_be`: whether the clause begins the sentence, and whether its verb is one of any language."""
    is_first, is_known = may_be
    at, is_led = _skipped(told, orders)
    asked = orders.end("asks", told, at)
    is_asked, at = asked > at, asked
    if is_asked:
        at, _ = _skipped(told, orders, at)
    if at >= len(told) or (is_asked and orders.end("service", told, at) > at):
        return False
    rest = clause[at:]
    if orders.end("stop", told, at) > at:
        return _stops_more(told, orders.end("stop", told, at), orders)
    after = {name: orders.verb(name, told, at) for name in _VERBS}
    if after["edit"] > at:
        return _is_not_own(text, clause, told, after["edit"], orders, lexicon)
    if after["other"] > at and after["other"] >= after["buyer"]:
        return _acts(text, clause, told, after["other"], orders, lexicon)
    if is_known or after["buyer"] > at or not _may_order(told[at], orders):
        return False
    if not is_asked and _is_cheapened(told[at + 1 :], orders, kinds_of(text, rest, lexicon)):
        return True
    is_question = _QUESTION.match(text, clause[-1].end) is not None
    is_order = is_asked or ((is_first or is_led) and not is_question)
    if not is_order or not _hits_surely(text, clause, told, at + 1, orders):
        return False
    return not _may_be_own(told, at + 1, orders, kinds_of(text, rest, lexicon))


def _stops_more(told: Sequence[str], at: int, orders: _Orders) -> bool:
    """`Quit enforcing …`: whether what is to stop is not what a buyer may be tired of."""
    rest = told[at:]
    if not rest:
        return False
    is_tired = orders.among("fine", rest)
    acts = orders.name != _ENGLISH or rest[0].endswith("ing")
    return orders.among("system", rest) or (acts and not is_tired)


def _skipped(told: Sequence[str], orders: _Orders, at: int = 0) -> tuple[int, bool]:
    began = at
    while (end := orders.end("lead", told, at)) > at:
        at = end
    return at, at > began


def _may_order(word: str, orders: _Orders) -> bool:
    return (
        word.isalpha()
        and len(word) > 2
        and orders.end("closed", [word], 0) == 0
        and not orders.no_order.search(word)
    )


def _acts(
    text: str, clause: Sequence[Word], told: Sequence[str], at: int, orders: _Orders, lexicon: Lexicon
) -> bool:
    """Whether a verb that is no buyer's acts on something certain."""
    if at >= len(told):
        return False
    kinds = kinds_of(text, clause[at:], lexicon)
    if _is_cheapened(told[at:], orders, kinds) or _hits(told, at, orders):
        return not _may_be_own(told, at, orders, kinds)
    return "address" in kinds or any(
        first <= _NEAR for kind in ("item", "possessive") for first, _ in kinds.get(kind, ())
    )


def _may_be_own(told: Sequence[str], at: int, orders: _Orders, kinds: Mapping[str, object]) -> bool:
    """`the mileage down to 60k`, `the convertibles`: what belongs to a search, or several of what is for sale."""
    if "item" in kinds:
        return False
    if orders.among("seller", told[at:]) or orders.among("system", told[at:]):
        return False
    if orders.among("things", told[at : at + 4]):
        return True
    noun = len(told) - (2 if told[-1] in _PARTICLES else 1)
    is_plural = told[noun].endswith(("s", "n") if orders.name == "de" else "s")
    several = is_plural and noun - 3 <= at < noun
    return several and not _GUARDED & kinds.keys() and told[at] not in _TAKEN


def _hits(told: Sequence[str], at: int, orders: _Orders) -> bool:
    """Whether something certain follows a verb that is known, past particles and whom it is for."""
    after, at = _certain(told, at, orders)
    if after or at >= len(told) or orders.among("own", told[at : at + 3]):
        return after > 0
    weak = orders.end("weak_definite", told, at)
    return orders.end("as_me", told, at) > at or at < weak < len(told)


def _hits_surely(text: str, clause: Sequence[Word], told: Sequence[str], at: int, orders: _Orders) -> bool:
    """Whether something certain follows a word that may be a verb: `Gomme la mention`, not `Domaine la Croix`."""
    if orders.name == _ENGLISH and at < len(told) and told[at] in _PLACES:
        return False  # `Chateau in the original case`
    after, at = _certain(told, at, orders)
    if not after or orders.name == _ENGLISH:
        return after > 0 and not (at > 0 and told[at - 1] == "me")  # `spare me the details` asks for a favor
    if after >= len(told):
        return orders.name == "de" and told[at].startswith("alle")
    is_name = text[clause[after].start].isupper()
    if orders.name == "de":
        return is_name or told[at].startswith(("alle", "jede"))
    return not is_name and told[after] not in _THAN


def _certain(told: Sequence[str], at: int, orders: _Orders) -> tuple[int, int]:
    """Where what `the` and the like begin goes on, 0 where nothing is certain; and where that stands."""
    while (end := orders.end("object_gap", told, at)) > at:
        at = end
    if at >= len(told) or orders.among("own", told[at : at + 3]):
        return 0, at
    end = orders.end("definite", told, at)
    return (end if end > at else 0), at


def _is_not_own(
    text: str, clause: Sequence[Word], told: Sequence[str], at: int, orders: _Orders, lexicon: Lexicon
) -> bool:
    """Whether a change is of something else than the buyer's own wishes: of rules, of fees, of one certain listing."""
    rest = told[at:]
    if not rest:
        return False
    if orders.among("system", rest) or orders.among("status", rest):
        return True
    if orders.among("narrowing", rest) and not orders.among("seller", rest):
        return False
    kinds = kinds_of(text, clause[at:], lexicon)
    return (
        orders.among("seller", rest)
        or bool({"address", "other"} & kinds.keys())
        or ("figure" in kinds and "item" in kinds)
        or _is_cheapened(rest, orders, kinds)
    )


_SUM: Final = re.compile(r"[$€£]?\d[\d.,]*(?:k|m|%)?\Z")
_TO: Final = frozenset({"to", "auf", "a", "at", "for"})
_CERTAIN: Final = re.compile(
    r"(?:cheapest|first|second|third|last|newest|gunstigste[nrs]?|erste[nrs]?|zweite[nrs]?|letzte[nrs]?|premiere?|deuxieme|primer[oa]?|segund[oa])\Z"
)


def _is_cheapened(rest: Sequence[str], orders: _Orders, kinds: Mapping[str, object]) -> bool:
    """`a grand off that RAV4`, `den günstigsten auf 5.000`."""
    if orders.among("things", rest) and "item" not in kinds:
        return False
    if orders.name == "de" and "figure" in kinds and orders.end("definite", rest, 0) > 0:
        return True
    sums = "figure" in kinds or orders.among("amount", rest)
    certain = any(_CERTAIN.match(word) for word in rest) and any(word in _TO for word in rest)
    return sums and (certain or any(_is_sum_off(rest, at, orders) for at in range(1, len(rest))))


def _is_sum_off(rest: Sequence[str], at: int, orders: _Orders) -> bool:
    """`3k off the …`: the sum stands before. `Norton from the 60s` takes nothing off anything."""
    if orders.name != _ENGLISH or not _is_off(rest, at, orders):
        return _is_off(rest, at, orders)
    return any(_SUM.match(word) for word in rest[:at]) or orders.among("amount", rest[:at])


def _is_off(rest: Sequence[str], at: int, orders: _Orders) -> bool:
    end = orders.end("off", rest, at)
    if end <= at or end >= len(rest):
        return False
    return (
        rest[at] in ("del", "du", "vom", "beim", "al")
        or orders.end("definite", rest, end) > end
        or rest[end] in ("that", "den", "der", "dem")
    )


@cache
def _orders() -> tuple[_Orders, ...]:
    """The words of all languages, since a message may mix them."""
    data: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    names = {name for lists in data.values() for name in lists}
    return tuple(
        _Orders(
            language,
            {name: _Phrases(text) for name, text in lists.items() if name not in ("no_order", "endings")}
            | {name: _Phrases("") for name in names - lists.keys()},
            {name: _Phrases(" ".join(_forms(lists[name], lists.get("endings")))) for name in _VERBS},
            re.compile(rf"{lists['no_order']}\Z"),
        )
        for language, lists in data.items()
    )


def _forms(stems: str, endings: str | None) -> Iterable[str]:
    if endings is None:
        return stems.split()
    return (
        f"{first}{ending}{'_' if rest else ''}{rest}"
        for first, _, rest in (stem.partition("_") for stem in stems.split())
        for ending in ("", *endings.split())
    )
