"""What a message asks for, and which of it may be done: helped, refused, confirmed first, or left as text. Pure.

By general classes (verb, object, whose), never by sample phrases: `requests.toml`. A refusal takes its part out of what
is understood; the rest of the message stands. Nothing here does anything: the guard beside the rows decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from backend.domains.discovery.decoding import rot13
from backend.domains.discovery.folding import words
from backend.domains.discovery.marking import kinds_of
from backend.domains.discovery.requesting import Lexicon, Rule, lexicon
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
_PRETEXT: Final = frozenset({"spoof", "pretend", "authority"})
#: One of these makes the whole message a refusal: no part of it becomes a wish.
_WHOLE: Final = frozenset({"steering"})


def screen(message: str) -> Screened:
    """Reads what a message asks for. Never raises."""
    clean = cleaned(message[:_LONGEST])
    lex = lexicon()
    text = respelt(clean.text, lex.known)
    parts = [part for start, end in sentences(text, lex) for part in _read(text, start, end, lex, clean)]
    asked = [request for part in parts for request in part.asked]
    if not asked and len(parts) > 1:
        asked += _wide(parts, lex)
    if not asked:
        asked += _disguised(text, lex)
    asked += _encoded(clean, lex)
    kept = _kept(text, parts)
    flags = clean.flags | ({"spaced"} if text != clean.text else set())
    stance = _stance(asked, clean, any(_wishes(parts)))
    legitimate = "" if stance == Stance.REFUSE else kept
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


def _read(text: str, start: int, end: int, lex: Lexicon, clean: Cleaned) -> Iterator[_Part]:
    """The parts of one sentence with what each asks for, and whether it is a wish that may be understood."""
    parts = [_part(text, unit, lex, clean) for unit in units(text, start, end, lex)]
    size = sum(len(part.unit.words) for part in parts)
    if len(parts) > 1 and size <= _TOGETHER and not any(part.hostile for part in parts):
        whole = Unit(
            tuple(w for part in parts for w in part.unit.words), parts[0].unit.start, parts[-1].unit.end
        )
        joined = _part(text, whole, lex, clean)
        parts = [joined] if joined.hostile else parts
    first = next((at for at, part in enumerate(parts) if part.hostile), len(parts))
    for at, part in enumerate(parts):
        goes_on = at > 0 and parts[at - 1].unit.orders and part.unit.words[0].text in lex.cuts.relative
        stands = part.wishes and not goes_on and (at < first or part.fresh)
        idle = not part.asked and first < len(parts) and not stands
        yield replace(part, gone=True, wishes=False) if idle else part


def _part(text: str, unit: Unit, lex: Lexicon, clean: Cleaned) -> _Part:
    raw = text[unit.start : unit.end]
    kinds = kinds_of(text, unit.words, lex)
    found = list(_requests(raw, kinds, lex.rules_for(kinds), payload=bool(clean.payloads)))
    if unit.orders and not found:
        found = [Request("order", Stance.REFUSE, "scope", raw)]
    wishes = (
        not _PRETEXT & kinds.keys() and all(r.stance == Stance.CONFIRM for r in found) and _says(unit, kinds)
    )
    gone = bool(found) and all(r.stance != Stance.CONFIRM for r in found)
    return _Part(unit, tuple(found), wishes, gone, "asks_anew" in kinds or "figure" in kinds, "back" in kinds)


def _says(unit: Unit, kinds: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    """Whether a part wishes or asks for something, and names what."""
    if "wish" not in kinds or len(unit.words) < 3:
        return False
    empty = {i for kind in _EMPTY & kinds.keys() for first, end in kinds[kind] for i in range(first, end)}
    return any(i not in empty and len(w.text) > 3 for i, w in enumerate(unit.words)) or any(
        w.text.isdigit() for w in unit.words
    )


def _requests(
    raw: str, kinds: Mapping[str, Sequence[tuple[int, int]]], rules: Sequence[Rule], *, payload: bool
) -> Iterator[Request]:
    """What one part asks for: the first rule that fits, and any claim of a confirmation beside it."""
    for rule in rules:
        if rule.fits(kinds, payload=payload):
            yield _request(rule, raw)
            if rule.stance != "inert":
                return


def _request(rule: Rule, raw: str) -> Request:
    stance = {"confirm": Stance.CONFIRM, "inert": Stance.INERT}.get(rule.stance, Stance.REFUSE)
    if stance != Stance.CONFIRM:
        return Request(rule.verb, stance, rule.reason, raw)
    target = "" if rule.verb in ("hand_off", "share", "withdraw") else target_of(raw)
    return Request(rule.verb, stance, rule.reason, raw, target, arguments_of(raw, rule.verb, target))


def _wide(parts: Sequence[_Part], lex: Lexicon) -> list[Request]:
    """What only the sentences together ask for: somebody is named in one, and what to do to them in the next."""
    together = tuple(word for part in parts for word in part.unit.words)[:_TOGETHER]
    kinds = lex.kinds(together)
    rules = [rule for rule in lex.rules_for(kinds) if rule.wide]
    return list(_requests(" ".join(w.text for w in together), kinds, rules, payload=False))


def _disguised(text: str, lex: Lexicon) -> list[Request]:
    """What a text asks for when it is read backwards or with its letters turned, where that gives more known words."""
    plain = _known(text, lex)
    for other in (rot13(text), text[::-1]):
        if _known(other, lex) > max(plain, 2):
            found = _hostile(other, lex)
            if found:
                return [Request(found[0].verb, Stance.REFUSE, found[0].reason, text)]
    return []


def _known(text: str, lex: Lexicon) -> int:
    return sum(w.text in lex.known and len(w.text) > 2 for w in words(text))


def _hostile(text: str, lex: Lexicon) -> list[Request]:
    parts = (
        p
        for start, end in sentences(text, lex)
        for p in _read(text, start, end, lex, Cleaned(text, frozenset()))
    )
    return [r for part in parts for r in part.asked if r.stance == Stance.REFUSE]


def _encoded(clean: Cleaned, lex: Lexicon) -> list[Request]:
    """Encoded blocks that ask for something: never followed, only noted."""
    return [
        Request("decode", Stance.INERT, "encoded", payload.text)
        for payload in clean.payloads
        if payload.decoded and _hostile(payload.decoded, lex)
    ]


def _kept(text: str, parts: Sequence[_Part]) -> str:
    """The text without the parts that are refused or claim a confirmation."""
    kept: list[str] = []
    at = 0
    for part in parts:
        if part.gone:
            kept.append(text[at : part.unit.start])
            at = part.unit.end
    kept.append(text[at:])
    return re.sub(r"\s{2,}", " ", re.sub(r"(?:^|(?<=[.!?;,]))\s*[.!?;,]+", "", " ".join(kept))).strip(
        ' ,;:"“”«»'
    )


def _stance(asked: Sequence[Request], clean: Cleaned, wishes: bool) -> Stance:
    refused = {r.reason for r in asked if r.stance == Stance.REFUSE}
    if refused & _WHOLE:
        return Stance.REFUSE
    if any(r.stance == Stance.CONFIRM for r in asked):
        return Stance.CONFIRM
    if refused:
        return Stance.HELP if wishes else Stance.REFUSE
    if clean.payloads or "bidi" in clean.flags:
        return Stance.HELP if wishes else Stance.INERT
    return Stance.HELP
