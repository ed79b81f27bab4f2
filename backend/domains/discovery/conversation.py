"""What the persona says: from facts at hand alone, in the event's tone. Pure and deterministic.

Every number and name in an answer comes from a listing, a count, the buyer's limits or the document. Text of buyers
and sellers is never repeated as the persona's own words but for values of the inventory and titles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.domains.catalogue.model import Listing
from backend.domains.catalogue.service import Index, Share
from backend.domains.discovery import informing
from backend.domains.discovery.asking import Question
from backend.domains.discovery.claims import is_sure, may_state
from backend.domains.discovery.inquiring import Inquiry
from backend.domains.discovery.model import Filter, Signal, Tile, Understanding
from backend.domains.discovery.offering import TURNED_DOWN
from backend.domains.discovery.phrasing import phrase, toned, tones, uncapital, within
from backend.domains.discovery.phrasing import refusal as refused
from backend.domains.discovery.signal_chips import signal_wish
from backend.domains.discovery.wording import Words, chip_text, spoken_value, value_of, wish_text
from backend.domains.events.model import Document


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The least change that gives results, and how many. `to` has each limit as it would be, None where left out."""

    filters: tuple[Filter, ...]
    matches: int
    to: tuple[Filter | None, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an answer may speak of.

    `about` is the listing that the message names; `share` what all that fit are like, and `equals` how many share the
    first place of the order that was asked for.
    """

    words: Words
    document: Document
    understanding: Understanding
    matches: int
    before: int | None
    tiles: tuple[Tile, ...]
    first: Listing | None
    question: Question | None
    relaxation: Relaxation | None
    turn: int
    unsupported: tuple[str, ...] = ()
    inquiry: Inquiry | None = None
    about: Listing | None = None
    share: Share | None = None
    index: Index | None = None
    equals: int = 0


def is_resting(document: Document) -> bool:
    """Whether messages are answered with fixed words alone."""
    return bool(document.get("safety", {}).get("ai_off"))


def reply(facts: Facts) -> str:
    """The answer to one message, in the buyer's language."""
    if is_resting(facts.document):
        return _say(facts, "resting")
    said = facts.understanding
    parts = [_courtesy(facts), _answer(facts)]
    if said.intents[:1] == ("restart",):
        parts.append(_say(facts, "again", count=facts.words.count(facts.matches)))
    elif facts.matches == 0 and (said.added or said.removed or not any(parts)):
        parts += _nothing(facts)
    elif said.added or said.removed:
        parts += [_found(facts), _highlight(facts)]
    elif not any(parts) and not said.signals:
        parts += [_pick(facts, "unheard"), _say(facts, "example") if facts.question is None else ""]
    elif said.signals and not any(parts):
        parts += [_say(facts, "noted"), _highlight(facts)]
    parts += [_limits(facts), _question(facts)]
    return " ".join(part for part in parts if part)


def greeting(facts: Facts) -> str:
    """The first words of a conversation: the document's own."""
    return str(
        facts.document["persona"].get("greeting")
        or _say(facts, "opening", count=facts.words.count(facts.matches))
    )


def refusal(facts: Facts, reasons: Sequence[str]) -> str:
    """Why something is declined, and what can be done instead. `reasons`: those of `requests`."""
    return refused(reasons, facts.understanding.language)


def note(facts: Facts) -> str:
    """What changed, beside the answer: `12 → 5 cars`; empty where nothing did."""
    if (
        facts.before is None
        or facts.before == facts.matches
        or not (facts.understanding.added or facts.understanding.removed)
    ):
        return ""
    return f"{facts.words.number(facts.before)} → {facts.words.count(facts.matches)}"


def changed(facts: Facts, text: str) -> str:
    """The answer to an edited chip."""
    if facts.matches == 0:
        return " ".join([f"{text}.", *_nothing(facts)])
    return f"{text}. {_found(facts)}"


def quick_replies(facts: Facts) -> tuple[str, ...]:
    """Answers that can be tapped; each is understood as it stands."""
    return facts.question.options if facts.question and facts.matches else ()


def filter_change(words: Words, change: str, old: Filter, new: Filter | None) -> str:
    """What the buyer's hand did to a limit: `Now: up to $24,000`."""
    if new is None:
        return words.say("edit.without", what=wish_text(words, old))
    key = change if change in ("must", "nice") else "now"
    return words.say(f"edit.{key}", what=wish_text(words, new))


def signal_change(words: Words, old: Signal, new: Signal | None) -> str:
    """The same of a soft wish: `Without use: family`."""
    return words.say("edit.now" if new else "edit.without", what=signal_wish(words, new or old))


def closest_to(words: Words, title: str, limits: Sequence[Filter]) -> str:
    """What stands above listings like one: `These are closest to the Golf, up to $9,000.`"""
    more = "".join(f", {wish_text(words, limit)}" for limit in limits)
    return words.say("alike.closest", title=title, limits=more)


def _say(facts: Facts, key: str, **values: Any) -> str:
    return phrase(facts.understanding.language, key, **values)


def _tone(facts: Facts) -> str:
    tone = str(facts.document["persona"].get("style", {}).get("tone", ""))
    return tone if tone in tones() else "professional_warm"


def _is_crisp(facts: Facts) -> bool:
    return facts.document["persona"].get("style", {}).get("directness") == "crisp"


def _pick(facts: Facts, key: str) -> str:
    return toned(facts.understanding.language, key, _tone(facts)).format(many=facts.words.many)


def _courtesy(facts: Facts) -> str:
    intents = facts.understanding.intents
    if "greeting" in intents and not facts.understanding.added:
        return _say(facts, "hello")
    return _say(facts, "welcome") if "thanks" in intents and not facts.understanding.added else ""


def _question(facts: Facts) -> str:
    return facts.question.text if facts.matches and facts.question is not None else ""


def _found(facts: Facts) -> str:
    template = toned(facts.understanding.language, "found", _tone(facts), facts.turn)
    one = facts.matches == 1
    return template.format(
        count=facts.words.count(facts.matches),
        fit=_say(facts, "fits" if one else "fit"),
        meet=_say(facts, "meets" if one else "meet"),
        stay=_say(facts, "stays" if one else "stay"),
    )


def _highlight(facts: Facts) -> str:
    """The first tile, with its price and its first reason."""
    if not facts.tiles:
        return ""
    tile = facts.tiles[0]
    telling = tile.reasons and not _is_crisp(facts)
    priced = (
        _say(facts, "at_price", price=tile.price_text)
        if tile.price is not None
        else _say(facts, "on_request")
    )
    return _say(
        facts,
        "closest",
        title=tile.title,
        price=priced,
        reason=f" ({within(facts.understanding.language, tile.reasons[0])})" if telling else "",
        held=_say(facts, "on_hold") if tile.state == "held" else "",
    )


def _nothing(facts: Facts) -> list[str]:
    """Says so kindly, and which one limit would open the way."""
    parts = [_pick(facts, "empty")]
    relaxed = facts.relaxation
    if relaxed is None:
        return [*parts, _say(facts, "fewer")]
    changes = [_change(facts, f, to) for f, to in zip(relaxed.filters, relaxed.to, strict=True)]
    told = facts.words.all_of([changes[0], *map(uncapital, changes[1:])])
    there = "there_is" if relaxed.matches == 1 else "there_are"
    parts.append(_say(facts, there, changes=told, count=facts.words.count(relaxed.matches)))
    if any(f.default for f in relaxed.filters):
        parts.append(_say(facts, "event_limit"))
    return [*parts, _say(facts, "loosen_one" if len(relaxed.filters) == 1 else "loosen_many")]


def _change(facts: Facts, f: Filter, to: Filter | None) -> str:
    """`With “Up to $24,000” instead of “Up to $20,000”`, `Without “Heat pump”`."""
    was = chip_text(facts.words, f)
    return (
        _say(facts, "instead", to=chip_text(facts.words, to), was=was)
        if to
        else _say(facts, "without", was=was)
    )


def _limits(facts: Facts) -> str:
    """What was understood but cannot be searched."""
    if not facts.unsupported:
        return ""
    return _say(facts, "unsupported", fields=facts.words.one_of(facts.unsupported))


def _answer(facts: Facts) -> str:
    """A question is answered from the first listing and the document, or honestly not at all."""
    said = facts.understanding
    if TURNED_DOWN in said.intents:
        return _say(facts, "as_it_is")
    if "person" in said.intents:
        actions = [str(a) for a in facts.document.get("ui_contract", {}).get("actions", ())]
        call = next((a for a in actions if "call" in a.casefold() or "walkthrough" in a.casefold()), None)
        return _say(facts, "person_call", call=call) if call else _say(facts, "person")
    if "hold" in said.intents and not said.added:
        minutes = facts.document.get("conversion", {}).get("hold_minutes")
        return _say(facts, "hold", minutes=minutes) if minutes else ""
    if "compare" in said.intents and not said.added:
        return _say(facts, "compare")
    if informed := informing.answer(facts):
        return informed
    if facts.inquiry is not None and facts.inquiry.kind == "fact":
        return _about(facts, (facts.inquiry.field,))
    if said.questions and "greeting" not in said.intents:
        return _about(facts, said.topics)
    if "cheaper" in said.intents and not said.added and facts.tiles:
        return _cheapest(facts)
    return ""


def _about(facts: Facts, topics: Sequence[str]) -> str:
    if not topics:
        wants_value = any(
            s.type == "FEATURE_PRIORITY" and "price" in s.value.get("features", ())
            for s in facts.understanding.signals
        )
        return _cheapest(facts) if wants_value and facts.tiles else _say(facts, "unknown")
    one = facts.about or facts.first
    if one is None:
        return ""
    told = [_fact(facts, one, topic) for topic in topics[:2]]
    return _say(facts, "about", title=one.title, told="; ".join(told))


def _fact(facts: Facts, listing: Listing, field: str) -> str:
    """A value, or that it is not known: what is too unsure is not said either."""
    label = facts.words.spoken_label(field)
    if not is_sure(facts.document, listing, field):
        return _say(facts, "unsure", label=label)
    value: Any = value_of(listing, field) if may_state(facts.document, listing, field) else None
    if value is None:
        return _say(facts, "not_stated", label=label)
    return _say(facts, "fact", label=label, value=spoken_value(facts.words, field, value))


def _cheapest(facts: Facts) -> str:
    priced = [t for t in facts.tiles if t.price is not None]
    if not priced:
        return ""
    best = min(priced, key=lambda t: (t.price or 0, t.listing_id))
    return _say(facts, "cheapest", price=best.price_text, title=best.title)
