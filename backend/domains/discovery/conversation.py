"""What the persona says: from facts at hand alone, in the event's tone. Pure and deterministic.

Every number and name in an answer comes from a listing, a count, the buyer's limits or the document. Text of buyers
and sellers is never repeated as the persona's own words but for values of the inventory and titles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.asking import Question
from backend.domains.discovery.claims import may_state
from backend.domains.discovery.model import Filter, Tile, Understanding
from backend.domains.discovery.wording import Words, chip_text, listed, shown_value, value_of
from backend.domains.events.model import Document


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The least change that gives results, and how many. `to` has each limit as it would be, None where left out."""

    filters: tuple[Filter, ...]
    matches: int
    to: tuple[Filter | None, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an answer may speak of."""

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


_FOUND: Final[Mapping[str, tuple[str, ...]]] = {
    "calm_expert": ("{count} {fit}.", "{count} {meet} all of that.", "That leaves {count}."),
    "professional_warm": (
        "Gladly. {count} {fit}.",
        "Of course. That leaves {count}.",
        "Thank you, that helps. {count} {fit}.",
    ),
    "friendly_expert": (
        "Nice, {count} {fit}.",
        "Got it, that leaves {count}.",
        "Good choice. {count} {fit}.",
    ),
}
_EMPTY: Final[Mapping[str, str]] = {
    "calm_expert": "None of the {many} here meets all of it.",
    "professional_warm": "I am sorry, none of the {many} here meets all of that.",
    "friendly_expert": "Hmm, none of the {many} here ticks every box.",
}
_UNHEARD: Final[Mapping[str, str]] = {
    "calm_expert": "I did not find a wish in that.",
    "professional_warm": "I am not sure I understood what you are looking for.",
    "friendly_expert": "I did not quite catch what you are after.",
}
_EXAMPLE: Final = "Tell me a budget, a model, a color or what it must have."


#: What is said while the kill switch `safety.ai_off` is on.
RESTING: Final = (
    "I am taking a short break just now. Your wishes are kept and everything here stays open to you; "
    "please write again a little later."
)


def is_resting(document: Document) -> bool:
    """Whether messages are answered with fixed words alone."""
    return bool(document.get("safety", {}).get("ai_off"))


def reply(facts: Facts) -> str:
    """The answer to one message."""
    if is_resting(facts.document):
        return RESTING
    said = facts.understanding
    parts = [_courtesy(facts), _answer(facts)]
    if said.intents[:1] == ("restart",):
        parts.append(f"We begin again, with {facts.words.count(facts.matches)}.")
    elif facts.matches == 0 and (said.added or said.removed or not any(parts)):
        parts += _nothing(facts)
    elif said.added or said.removed:
        parts += [_found(facts), _highlight(facts)]
    elif not any(parts) and not said.signals:
        parts += [_pick(facts, _UNHEARD), _EXAMPLE if facts.question is None else ""]
    elif said.signals and not any(parts):
        parts += ["Noted.", _highlight(facts)]
    parts.append(_limits(facts))
    if facts.matches and facts.question is not None:
        parts.append(facts.question.text)
    return " ".join(part for part in parts if part)


def greeting(facts: Facts) -> str:
    """The first words of a conversation: the document's own."""
    return str(
        facts.document["persona"].get("greeting")
        or f"Hello. There are {facts.words.count(facts.matches)} here."
    )


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


def _tone(facts: Facts) -> str:
    tone = str(facts.document["persona"].get("style", {}).get("tone", ""))
    return tone if tone in _FOUND else "professional_warm"


def _is_crisp(facts: Facts) -> bool:
    return facts.document["persona"].get("style", {}).get("directness") == "crisp"


def _pick(facts: Facts, texts: Mapping[str, str]) -> str:
    return texts[_tone(facts)].format(many=facts.words.many)


def _courtesy(facts: Facts) -> str:
    intents = facts.understanding.intents
    if "greeting" in intents and not facts.understanding.added:
        return "Hello."
    if "indifferent" in intents:
        return "All right."
    return "You are welcome." if "thanks" in intents and not facts.understanding.added else ""


def _found(facts: Facts) -> str:
    templates = _FOUND[_tone(facts)]
    template = templates[facts.turn % len(templates)]
    one = facts.matches == 1
    return template.format(
        count=facts.words.count(facts.matches), fit="fits" if one else "fit", meet="meets" if one else "meet"
    )


def _highlight(facts: Facts) -> str:
    """The first tile, with its price and its first reason."""
    if not facts.tiles:
        return ""
    tile = facts.tiles[0]
    held = " It is on hold just now." if tile.state == "held" else ""
    reason = f" ({_lowered(tile.reasons[0])})" if tile.reasons and not _is_crisp(facts) else ""
    price = f" at {tile.price_text}" if tile.price is not None else ", price on request"
    return f"Closest is the {tile.title}{price}{reason}.{held}"


def _lowered(text: str) -> str:
    return text if text[:2].isupper() or not text[:1].isalpha() else text[:1].lower() + text[1:]


def _nothing(facts: Facts) -> list[str]:
    """Says so kindly, and which one limit would open the way."""
    parts = [_pick(facts, _EMPTY)]
    relaxed = facts.relaxation
    if relaxed is None:
        return [*parts, "Remove one of your limits, and I will look again."]
    changes = [_change(facts.words, f, to) for f, to in zip(relaxed.filters, relaxed.to, strict=True)]
    there = f"there {'is' if relaxed.matches == 1 else 'are'} {facts.words.count(relaxed.matches)}."
    parts.append(f"{listed([changes[0], *map(_lowered, changes[1:])], 'and')} {there}")
    if any(f.default for f in relaxed.filters):
        parts.append("That limit is one this event begins with, not one of yours.")
    return [*parts, "Shall we loosen that one?" if len(relaxed.filters) == 1 else "Shall we loosen those?"]


def _change(words: Words, f: Filter, to: Filter | None) -> str:
    """`With “Up to $24,000” instead of “Up to $20,000”`, `Without “Heat pump”`."""
    was = f"“{chip_text(words, f)}”"
    return f"With “{chip_text(words, to)}” instead of {was}" if to else f"Without {was}"


def _limits(facts: Facts) -> str:
    """What was understood but cannot be searched."""
    return f"I cannot search by {listed(list(facts.unsupported))} here." if facts.unsupported else ""


def _answer(facts: Facts) -> str:
    """A question is answered from the first listing and the document, or honestly not at all."""
    said = facts.understanding
    if "person" in said.intents:
        actions = [str(a) for a in facts.document.get("ui_contract", {}).get("actions", ())]
        call = next((a for a in actions if "call" in a.casefold() or "walkthrough" in a.casefold()), None)
        return (
            f"A person can join: choose {call}."
            if call
            else "I am an AI guide; the seller's team can see this conversation."
        )
    if "hold" in said.intents and not said.added:
        minutes = facts.document.get("conversion", {}).get("hold_minutes")
        return (
            f"Choose Hold on the one you want; it is kept for you for {minutes} minutes." if minutes else ""
        )
    if "compare" in said.intents and not said.added:
        return "Choose Compare on up to four of them, and the differences are marked."
    if said.questions:
        return _about(facts, said.topics)
    if "cheaper" in said.intents and not said.added and facts.tiles:
        return _cheapest(facts.tiles)
    return ""


def _about(facts: Facts, topics: Sequence[str]) -> str:
    if not topics:
        wants_value = any(
            s.type == "FEATURE_PRIORITY" and "price" in s.value.get("features", ())
            for s in facts.understanding.signals
        )
        return (
            _cheapest(facts.tiles)
            if wants_value and facts.tiles
            else "That is not in the listings, so I cannot say."
        )
    if facts.first is None:
        return ""
    told = [_fact(facts, facts.first, topic) for topic in topics[:2]]
    return f"For the {facts.first.title}: {'; '.join(told)}."


def _fact(facts: Facts, listing: Listing, field: str) -> str:
    """A value, or that it is not known: what is too unsure is not said either."""
    value: Any = value_of(listing, field) if may_state(facts.document, listing, field) else None
    label = facts.words.spoken_label(field)
    return f"{label} is not stated" if value is None else f"{label} {shown_value(facts.words, field, value)}"


def _cheapest(tiles: Sequence[Tile]) -> str:
    priced = [t for t in tiles if t.price is not None]
    if not priced:
        return ""
    best = min(priced, key=lambda t: (t.price or 0, t.listing_id))
    return f"The lowest price of those shown is {best.price_text}, for the {best.title}."
