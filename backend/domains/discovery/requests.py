"""What a message asks for, and which of it may be done: helped, refused, confirmed first, or left as text. Pure.

By general classes (verb, object, whose), never by sample phrases: `requests.toml`. A refusal takes its part out of what
is understood; the rest of the message stands. Nothing here does anything: the guard beside the rows decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from backend.domains.discovery.decoding import rot13
from backend.domains.discovery.folding import words
from backend.domains.discovery.marking import Reading
from backend.domains.discovery.moods import ASK, MAY, MUST, OFFER, ORDER, SAY, WANT, WILL
from backend.domains.discovery.requesting import Kinds, Lexicon, Rule, lexicon
from backend.domains.discovery.screening import Cleaned, cleaned
from backend.domains.discovery.targets import arguments_of, target_of
from backend.domains.discovery.units import Unit, respelt, sentences, units


class Stance(StrEnum):
    """How a message is answered."""

    HELP = "answer_safely"
    REFUSE = "refuse"
    CONFIRM = "ask_confirmation"
    INERT = "treat_as_text"


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked for. `words` are the message's own; `reason` names the class of a refusal."""

    verb: str
    stance: Stance
    reason: str
    words: str
    target: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Screened:
    """`legitimate`: what may be understood: hostile, quoted and encoded spans are taken out."""

    message: str
    legitimate: str
    requests: tuple[Request, ...]
    stance: Stance
    flags: frozenset[str]


_LONGEST: Final = 4000
_TOGETHER: Final = 60
_EMPTY: Final = frozenset({"wish", "me", "you", "spoof", "seller", "third", "other", "howmuch"})
_PRETEXT: Final = frozenset({"spoof", "pretend", "authority", "why"})
#: A part in one of these moods asks for something, where it names one of these.
_ASKING: Final = frozenset({ASK, WANT})
_NAMED: Final = frozenset({"item", "thing", "figure"})
_OPEN: Final = frozenset({ASK, MAY, OFFER})
_ORDERING: Final = frozenset({ORDER, MUST, WILL})
#: What is but named takes so many words, and none of these.
_FEW: Final = 6
_PERSONAL: Final = frozenset(
    {"me", "you", "spoof", "pretend", "authority", "not", "safety", "prompt", "role"}
)
#: One of these makes the whole message a refusal: no part of it becomes a wish.
_WHOLE: Final = frozenset({"steering"})


def screen(message: str) -> Screened:
    """Reads what a message asks for. Never raises."""
    clean = cleaned(message[:_LONGEST])
    lex = lexicon()
    text = respelt(clean.text, lex.known)
    read = Reading(text, words(text), lex)
    parts = _parts(read, payload=bool(clean.payloads))
    asked = [request for part in parts for request in part.asked]
    wishes = any(_wishes(parts))
    if not asked and len(parts) > 1:
        asked += _wide(read, _moods(parts))
        wishes = wishes and not asked
    if not asked:
        asked += _disguised(read)
    asked += _encoded(clean, lex)
    kept = _kept(read, parts)
    flags = clean.flags | ({"spaced"} if text != clean.text else set())
    names = any(_names_something(read, part) for part in parts)
    stance = _stance(asked, clean, wishes, names)
    legitimate = "" if stance in (Stance.REFUSE, Stance.INERT) else kept
    return Screened(message, legitimate, tuple(asked), stance, frozenset(flags))


@dataclass(frozen=True, slots=True)
class _Part:
    """A unit with what it asks for; `wishes` whether it may be understood, `gone` whether it is taken out,
    `fresh` whether it stands on its own: a figure or a question of its own."""

    unit: Unit
    asked: tuple[Request, ...]
    wishes: bool
    gone: bool
    fresh: bool
    points_back: bool

    @property
    def hostile(self) -> bool:
        return any(r.stance == Stance.REFUSE for r in self.asked)


def _wishes(parts: Sequence[_Part]) -> Iterator[bool]:
    """Which parts are wishes of their own; `I need it` after something refused only insists on that."""
    refused = False
    for part in parts:
        yield part.wishes and not (refused and part.points_back)
        refused = refused or part.hostile


def _parts(read: Reading, *, payload: bool) -> list[_Part]:
    parts: list[_Part] = []
    for first, end in sentences(read):
        for part in _read(read, first, end, payload):
            parts.append(_with_what_it_means(read, part, parts) if parts else part)
    return parts


def _read(read: Reading, first: int, end: int, payload: bool) -> Iterator[_Part]:
    """The parts of one sentence with what each asks for, and whether it is a wish that may be understood."""
    parts = [_part(read, unit, payload) for unit in units(read, first, end)]
    if len(parts) > 1 and end - first <= _TOGETHER and not any(part.asked for part in parts):
        whole = Unit(first, end, parts[0].unit.mood)
        joined = _part(read, whole, payload, _moods(parts))
        parts = [joined] if joined.hostile else parts
    hostile = next((at for at, part in enumerate(parts) if part.hostile), len(parts))
    for at, part in enumerate(parts):
        goes_on = at > 0 and parts[at - 1].unit.beyond and _word(read, part) in read.lexicon.cuts.relative
        stands = part.wishes and not goes_on and (at < hostile or part.fresh)
        idle = not part.asked and hostile < len(parts) and not stands
        yield replace(part, gone=True, wishes=False) if idle else part


def _moods(parts: Sequence[_Part]) -> Set[str]:
    """The moods of parts together; where something is asked, what is named orders nothing."""
    moods = {part.unit.mood.name for part in parts}
    return moods if moods.isdisjoint(_OPEN) else moods - _ORDERING


def _word(read: Reading, part: _Part) -> str:
    return read.words[part.unit.first].text


def _part(read: Reading, unit: Unit, payload: bool, moods: Set[str] | None = None) -> _Part:
    kinds = read.kinds(unit.first, unit.end)
    raw = read.told(unit.first, unit.end)
    if unit.mood.name == MUST and "must" not in kinds:
        kinds = read.lexicon.with_kind(kinds, "must", (unit.mood.head, unit.mood.head))
    rules = read.lexicon.rules_for(kinds)
    found = list(_requests(raw, kinds, moods or {unit.mood.name}, rules, unit.mood.head, payload=payload))
    if unit.beyond and not found:
        found = [Request("order", Stance.REFUSE, "scope", raw)]
    wishes = (
        not kinds.among(_PRETEXT)
        and all(r.stance == Stance.CONFIRM for r in found)
        and _says(read, unit, kinds)
    )
    gone = bool(found) and all(r.stance != Stance.CONFIRM for r in found)
    return _Part(unit, tuple(found), wishes, gone, "asks_anew" in kinds or "figure" in kinds, "back" in kinds)


def _with_what_it_means(read: Reading, part: _Part, before: Sequence[_Part]) -> _Part:
    """An order upon `it` is about what was said before; `put it in my name` goes on with what another has."""
    unit = part.unit
    if part.asked and part.points_back and any(r.reason == "claim" for one in before for r in one.asked):
        return replace(part, asked=(), gone=True, wishes=False)
    if part.asked or unit.mood.name not in (ORDER, MUST) or not read.has("back", unit.first, unit.end):
        return part
    kinds = read.kinds(max(0, unit.end - _TOGETHER), unit.end)
    rules = [rule for rule in read.lexicon.rules_for(kinds) if rule.wide]
    found = _requests(read.told(unit.first, unit.end), kinds, {unit.mood.name}, rules, payload=False)
    asked = tuple(found)
    return replace(part, asked=asked, gone=bool(asked), wishes=False) if asked else part


def _names_something(read: Reading, part: _Part) -> bool:
    """Whether a part is but a few words for a thing: `yellow kayak`."""
    unit = part.unit
    few = unit.mood.name == SAY and unit.end - unit.first <= _FEW
    kinds = read.kinds(unit.first, unit.end)
    told = (w.text for w in read.words[unit.first : unit.end])
    return (
        few
        and not part.asked
        and not kinds.among(_PERSONAL)
        and any(w.isalpha() and len(w) > 3 for w in told)
    )


def _says(read: Reading, unit: Unit, kinds: Kinds) -> bool:
    """Whether a part wishes or asks for something, and names what."""
    about_one = unit.mood.name in _ASKING and bool(kinds.among(_NAMED)) and "who" not in kinds
    if unit.end - unit.first < 3 or not (about_one or "wish" in kinds):
        return False
    empty = {i for first, end in kinds.of(kinds.among(_EMPTY)) for i in range(first, end)}
    told = enumerate(read.words[unit.first : unit.end], unit.first)
    return any((i not in empty and len(w.text) > 3) or w.text.isdigit() for i, w in told)


def _requests(
    raw: str, kinds: Kinds, moods: Set[str], rules: Sequence[Rule], head: int = 0, *, payload: bool
) -> Iterator[Request]:
    """What one part asks for: the first rule that fits, and any claim of a confirmation beside it."""
    for rule in rules:
        if rule.fits(kinds, moods, head, payload=payload):
            yield _request(rule, raw)
            if rule.stance != "inert":
                return


def _request(rule: Rule, raw: str) -> Request:
    stance = {"confirm": Stance.CONFIRM, "inert": Stance.INERT}.get(rule.stance, Stance.REFUSE)
    if stance != Stance.CONFIRM:
        return Request(rule.verb, stance, rule.reason, raw)
    target = "" if rule.verb in ("hand_off", "share", "withdraw") else target_of(raw)
    return Request(rule.verb, stance, rule.reason, raw, target, arguments_of(raw, rule.verb, target))


def _wide(read: Reading, moods: Set[str]) -> list[Request]:
    """What only the sentences together ask for: somebody is named in one, and what to do to them in the next."""
    end = min(len(read.words), _TOGETHER)
    kinds = read.kinds(0, end)
    rules = [rule for rule in read.lexicon.rules_for(kinds) if rule.wide]
    return list(_requests(read.told(0, end), kinds, moods, rules, payload=False))


def _disguised(read: Reading) -> list[Request]:
    """What a text asks for when it is read backwards or with its letters turned, where that gives more known words."""
    known = read.lexicon.known
    strange = [w.text for w in read.words if len(w.text) > 2 and w.text not in known]
    plain = sum(len(w.text) > 2 for w in read.words) - len(strange)
    for turned in (rot13, _backwards):
        if sum(turned(word) in known for word in strange) > max(plain, 2):
            found = _hostile(turned(read.text), read.lexicon)
            if found:
                return [Request(found[0].verb, Stance.REFUSE, found[0].reason, read.text)]
    return []


def _backwards(text: str) -> str:
    return text[::-1]


def _hostile(text: str, lex: Lexicon) -> list[Request]:
    parts = _parts(Reading(text, words(text), lex), payload=False)
    return [r for part in parts for r in part.asked if r.stance == Stance.REFUSE]


def _encoded(clean: Cleaned, lex: Lexicon) -> list[Request]:
    """Encoded blocks that ask for something: never followed, only noted."""
    return [
        Request("decode", Stance.INERT, "encoded", payload.text)
        for payload in clean.payloads
        if payload.decoded and _hostile(payload.decoded, lex)
    ]


def _kept(read: Reading, parts: Sequence[_Part]) -> str:
    """The text without the parts that are refused or claim a confirmation."""
    kept: list[str] = []
    at = 0
    for part in parts:
        if part.gone:
            kept.append(read.text[at : read.words[part.unit.first].start])
            at = read.words[part.unit.end - 1].end
    kept.append(read.text[at:])
    return re.sub(r"\s{2,}", " ", re.sub(r"(?:^|(?<=[.!?;,]))\s*[.!?;,]+", "", " ".join(kept))).strip(
        ' ,;:"“”«»'
    )


def _stance(asked: Sequence[Request], clean: Cleaned, wishes: bool, names: bool) -> Stance:
    """`names`: beside what was taken out, something is left that may be looked for."""
    refused = {r.reason for r in asked if r.stance == Stance.REFUSE}
    if refused & _WHOLE:
        return Stance.REFUSE
    if any(r.stance == Stance.CONFIRM for r in asked):
        return Stance.CONFIRM
    if refused:
        return Stance.HELP if wishes else Stance.REFUSE
    if clean.payloads or "bidi" in clean.flags:
        return Stance.HELP if wishes or (names and not asked) else Stance.INERT
    return Stance.HELP
