"""Answers to questions that the event itself can answer: the most and the least, how many, which there are, whether one is
free, why it is shown, what a hold, the deposit or a financing means. Pure.

Figures come from the inventory, the count of what fits, or the event's document; nothing else is stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.catalogue.service import Index
from backend.domains.discovery.claims import may_state
from backend.domains.discovery.phrasing import is_one, phrase
from backend.domains.discovery.wording import shown_value, spoken_value, value_of

if TYPE_CHECKING:
    from backend.domains.discovery.conversation import Facts
    from backend.domains.discovery.model import Tile

_MOST_VALUES: Final = 6
_MOST_FACTS: Final = 4
#: Attributes whose most and least have a word of their own.
_NAMED: Final = frozenset({"price", "year"})


def answer(facts: Facts) -> str:
    """The answer to the question of a message; empty where it asks none of these, or nothing is there to answer it with."""
    inquiry = facts.inquiry
    if inquiry is None or inquiry.kind == "fact":
        return ""
    kinds = {
        "extreme": _extreme,
        "count": _count,
        "values": _values,
        "available": _available,
        "describe": _describe,
        "why": _why,
        "recommend": _recommend,
        "abilities": _abilities,
        "deposit": _deposit,
        "hold": _hold,
        "financing": _financing,
    }
    return kinds[inquiry.kind](facts)


def _say(facts: Facts, key: str, **values: Any) -> str:
    return phrase(facts.understanding.language, key, **values)


def _tile_of(facts: Facts, listing: Listing | None) -> Tile | None:
    """The tile of a listing, else the first."""
    wanted = listing.id if listing else None
    return next((t for t in facts.tiles if t.listing_id == wanted), facts.tiles[0] if facts.tiles else None)


def _extreme(facts: Facts) -> str:
    inquiry, one = facts.inquiry, facts.first
    if (
        inquiry is None
        or one is None
        or not facts.equals
        or not may_state(facts.document, one, inquiry.field)
    ):
        return ""
    field = inquiry.field
    value = shown_value(facts.words, field, value_of(one, field))
    key = f"extreme_{inquiry.side}" + (f"_{field}" if field in _NAMED else "")
    told = _say(facts, key, title=one.title, label=facts.words.spoken_label(field), value=value)
    if facts.equals == 1:
        return told
    return f"{told} {_say(facts, 'extreme_shared', count=facts.words.number(facts.equals))}"


def _count(facts: Facts) -> str:
    """How many of what fits, with the values that the question names."""
    named, share, index = facts.understanding.named, facts.share, facts.index
    if not facts.matches:
        return _say(facts, "counted_none")
    if not named or share is None or index is None:
        fit = _say(facts, "fits" if is_one(facts.words.language, facts.matches) else "fit")
        return _say(facts, "counted", count=facts.words.count(facts.matches), fit=fit)
    bits = [_bit(index, field, value) for field, value in named]
    rows = (
        share.bits[:, [bit for bit in bits if bit is not None]].all(axis=1).sum() if None not in bits else 0
    )
    values = facts.words.all_of([value for _, value in named])
    key, n = "counted_named" if share.is_whole else "counted_about", share.estimated(int(rows))
    are = _say(facts, "is" if is_one(facts.words.language, n) else "are")
    return _say(facts, key, count=facts.words.count(n), values=values, are=are)


def _bit(index: Index, field: str, value: str) -> int | None:
    return next((f.bit for f in index.values.get(field, ()) if f.value == value.casefold()), None)


def _values(facts: Facts) -> str:
    """Which values an attribute has among what fits, the most frequent first; from and to for a number."""
    inquiry, share, index = facts.inquiry, facts.share, facts.index
    attribute = index.attributes.get(inquiry.field) if inquiry and index else None
    if inquiry is None or attribute is None or share is None or index is None:
        return ""
    label = facts.words.label(inquiry.field)
    if not share.rows:  # nothing fits: of the whole event
        every = {f.display: f.n for f in index.values.get(inquiry.field, ())}
        told = _counted(facts, label, every) if attribute.kind == "enum" else ""
        return told and f"{_say(facts, 'of_all')} {told}"
    if attribute.kind == "number" and attribute.slot:
        known = share.known(attribute.slot)
        ends = [
            facts.words.measure(inquiry.field, float(value))
            for value in (known[:1], known[-1:])
            if len(value)
        ]
        return _say(facts, "values_range", label=label, low=ends[0], high=ends[-1]) if ends else ""
    if attribute.kind != "enum":
        return ""
    every = {f.display: share.estimated(share.count(f)) for f in index.values.get(inquiry.field, ())}
    return _counted(facts, label, every)


def _counted(facts: Facts, label: str, every: Mapping[str, int]) -> str:
    """Values with how many have each, the most frequent first."""
    there = sorted(((n, shown) for shown, n in every.items() if n), key=lambda one: (-one[0], one[1]))
    if not there:
        return ""
    told = [
        f"{spoken_value(facts.words, label, shown)} ({facts.words.number(n)})"
        for n, shown in there[:_MOST_VALUES]
    ]
    if len(there) <= _MOST_VALUES:
        return _say(facts, "values", label=label, values=facts.words.all_of(told))
    more = facts.words.number(len(there) - _MOST_VALUES)
    return _say(facts, "values_more", label=label, values=", ".join(told), more=more)


def _available(facts: Facts) -> str:
    tile = _tile_of(facts, facts.about)
    if tile is None:
        return ""
    return _say(facts, "is_held" if tile.state == "held" else "is_free", title=tile.title)


def _describe(facts: Facts) -> str:
    """A listing in its key facts, and why it is shown."""
    tile = _tile_of(facts, facts.about)
    if tile is None:
        return ""
    told = [
        f"{spec['label']} {spoken_value(facts.words, spec['label'], spec['text'])}"
        for spec in tile.specs[:_MOST_FACTS]
    ]
    facts_told = f"{tile.title}: {', '.join([tile.price_text, *told])}."
    return f"{facts_told} {tile.why}".strip() if _has_said(facts) else facts_told


def _why(facts: Facts) -> str:
    """The sentence of the tile, and the most telling part of its score."""
    tile = _tile_of(facts, facts.about)
    if tile is None or not tile.why:
        return ""
    if not _has_said(facts):
        return _say(facts, "why_unsaid", title=tile.title)
    return f"{_say(facts, 'why_shown', title=tile.title, match=tile.match)} {tile.why}"


def _recommend(facts: Facts) -> str:
    if not facts.tiles:
        return ""
    first, has_said = facts.tiles[0], _has_said(facts)
    key = "recommended" if has_said else "recommended_unsaid"
    told = _say(facts, key, title=first.title, price=first.price_text)
    return f"{told} {first.why}".strip() if has_said else told


def _has_said(facts: Facts) -> bool:
    """Whether the buyer has wished for anything that a listing can be held against."""
    return any(not f.default for f in facts.understanding.filters)


def _abilities(facts: Facts) -> str:
    return _say(facts, "abilities", count=facts.words.count(facts.matches))


def _deposit(facts: Facts) -> str:
    conversion: Mapping[str, Any] = facts.document.get("conversion", {})
    deposit: Mapping[str, Any] = conversion.get("deposit", {})
    if not conversion.get("deposit_required") or not deposit.get("amount"):
        return _say(facts, "no_deposit")
    is_share = deposit.get("kind") == "percent"
    amount = (facts.words.percent if is_share else facts.words.money)(deposit["amount"])
    key = "deposit_refundable" if deposit.get("is_refundable") else "deposit"
    return _say(facts, key, amount=amount)


def _hold(facts: Facts) -> str:
    minutes = facts.document.get("conversion", {}).get("hold_minutes")
    return _say(facts, "hold", minutes=minutes) if minutes else ""


def _financing(facts: Facts) -> str:
    """What the tile reckons with; nothing is offered that the event does not define."""
    tile = _tile_of(facts, facts.about)
    if tile is None or not tile.costs:
        return ""
    lines = [f"{line['label']}: {line['text']}" for line in tile.costs]
    return _say(facts, "financing", title=tile.title, lines="; ".join(lines))
