"""What the proposals of behavior are made from: the fields that are sold by, the inventory's facts, the seed template.

Joins them once, so that each proposal is a short function of one value. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from backend.domains.blueprints.behavior.nearest import Nearest, Profile
from backend.domains.blueprints.behavior.words import Family, clean, is_claim, label_of, tokens
from backend.domains.blueprints.inventory import CORE_ENUMS, AttributeFacts, InventoryFacts, Kind, Spread
from backend.domains.blueprints.model import (
    Choices,
    FieldProposal,
    Proposal,
    ScreenProposal,
    ValueProposal,
)
from backend.domains.events.model import LISTING_FIELDS

#: Facts every listing has that are shown in places of their own, or not at all.
_OWN_PLACES: Final = frozenset({
    "title", "description", "external_id", "identifier", "image_urls", "url", "currency", "status", "seller", "latitude",
    "longitude", "mileage_unit",
})  # fmt: skip
#: Facts every listing has are called so, unless the seller calls them otherwise.
USUAL_LABELS: Final = {
    "price": "Price", "year": "Year", "mileage": "Mileage", "make": "Make", "model": "Model", "trim": "Trim",
    "condition": "Condition", "color_exterior": "Exterior color", "color_interior": "Interior color",
    "location_city": "City", "location_region": "State", "location_country": "Country",
}  # fmt: skip
_KINDS: Final[Mapping[str, str]] = {"list": "enum", "date": "text"}
_LONG: Final = 28  # characters of a value that still fits on a tile


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute as buyers meet it: what it is called, how it is read, and what the rows say of it."""

    target: str
    label: str
    kind: str
    unit: str | None
    facts: AttributeFacts

    @property
    def is_core(self) -> bool:
        return self.target in LISTING_FIELDS

    @property
    def is_short(self) -> bool:
        return self.kind in ("number", "boolean") or all(
            len(value) <= _LONG for value, _ in self.facts.top[:10]
        )

    @property
    def tells(self) -> float:
        """How much it tells listings apart, with what is missing counted against it. Unit: bits, 0 to 4."""
        if self.kind == "text" or self.facts.distinct < 2:
            return 0.0
        return min(self.facts.entropy, 4.0) * self.facts.filled

    @property
    def is_choice(self) -> bool:
        """Whether a buyer can choose among its values."""
        return (
            self.kind == "enum"
            and (len(self.values(2)) == 2 or not self.facts.is_whole)
            and 2 <= self.facts.distinct <= 60
            and self.facts.filled >= 0.4
            and self.is_short
            and not all(text.isdigit() for text in self.values(5))
        )

    @property
    def is_claim(self) -> bool:
        return is_claim(self.target)

    def values(self, most: int) -> list[str]:
        """The commonest values as they can be shown, each once."""
        shown = (clean(value, 80) for value, _ in self.facts.top[:most])
        return list(dict.fromkeys(text for text in shown if text))


@dataclass(frozen=True, slots=True)
class Scene:
    """`seed` is the nearest template, `base` the one that is extended: the same, or the platform's defaults."""

    proposal: Proposal
    facts: InventoryFacts
    attributes: tuple[Fact, ...]
    domain: str
    family: Family
    noun: tuple[str, str]
    seed: Profile
    base: Profile
    nearest: Nearest | None
    currency: str
    locale: str

    @property
    def choices(self) -> Choices:
        return self.proposal.choices

    @property
    def price(self) -> float | None:
        """The middle price. Unit: major units of the event's currency."""
        return self.facts.price.median if self.facts.price else None

    @property
    def has_rows(self) -> bool:
        """Whether anything is known but what a description says: a feed is read later."""
        return self.facts.rows > 0

    @property
    def is_priced(self) -> bool:
        return self.facts.price is not None or self.find("price") is not None

    @property
    def is_seeded(self) -> bool:
        """Whether a template was near enough to learn from."""
        return self.seed.name != self.base.name or self.nearest is not None

    @property
    def mode(self) -> str:
        """What the event leads to: as the seller chose, or as the goods are sold by the nearest template."""
        if self.choices.transaction_mode:
            return self.choices.transaction_mode
        return "lead_generation" if self.has_sellers and self.seed.is_marketplace else "direct_sale"

    @property
    def has_sellers(self) -> bool:
        """Whether the rows belong to several sellers."""
        found = self.facts.find("seller")
        return found is not None and found.distinct > 1

    @property
    def screens(self) -> Sequence[ScreenProposal]:
        return self.proposal.screens

    def find(self, target: str) -> Fact | None:
        return next((fact for fact in self.attributes if fact.target == target), None)

    def of_seed(self, *path: str) -> Any:
        value: Any = self.seed.document
        for step in path:
            value = value[step]
        return value

    def as_seed(self) -> str:
        return f"As in {self.seed.name}, the nearest template."


def value(path: str, said: Any, reason: str, confidence: float) -> ValueProposal:
    return ValueProposal(path, said, reason, round(confidence, 2))


def attributes_of(proposal: Proposal, facts: InventoryFacts) -> tuple[Fact, ...]:
    """Facts that buyers can ask for, those that tell most first; numbers stand first among equals."""
    said = _fields_by_target(proposal)
    known = {each.target for each in facts.attributes}
    foretold = [_foretold(target, said[target]) for target in _of_feeds(proposal) if target not in known]
    found: list[Fact] = []
    for each in (*facts.attributes, *foretold):
        if each.target in _OWN_PLACES or not each.filled:
            continue
        field = said.get(each.target)
        kind = _kind(each, field)
        unit = (field.column.get("to") or field.unit) if field and kind == "number" else None
        found.append(Fact(each.target, _label(each.target, field), kind, str(unit) if unit else None, each))
    return tuple(sorted(found, key=lambda fact: (-round(fact.tells, 1), fact.kind != "number", fact.target)))


def _of_feeds(proposal: Proposal) -> list[str]:
    """What feeds will bring, whose rows are not here yet."""
    return list(
        dict.fromkeys(target for feed in proposal.feeds for field in feed.fields for target in field.targets)
    )


def _foretold(target: str, field: FieldProposal) -> AttributeFacts:
    """The facts of an attribute by the few values that a description shows."""
    values = list(dict.fromkeys(clean(text, 80) for text in field.samples))
    kind = {"integer": "number", "number": "number"}.get(field.type, field.type)
    numbers = sorted(float(text) for text in values if text.replace(".", "", 1).isdigit())
    spread = None
    if kind == "number" and numbers:
        middle = numbers[len(numbers) // 2]
        spread = Spread(len(numbers), numbers[0], numbers[0], middle, numbers[-1], numbers[-1])
    distinct = max(field.distinct, len(values), 2)
    top = tuple((text, 1) for text in values if text)
    said = "enum" if target in CORE_ENUMS else kind
    share = field.filled or 1.0
    return AttributeFacts(target, cast(Kind, said), share, distinct, 1.0, top, spread, is_whole=False)


def _fields_by_target(proposal: Proposal) -> dict[str, FieldProposal]:
    fields = [field for part in (*proposal.sheets, *proposal.feeds) for field in part.fields]
    found: dict[str, FieldProposal] = {}
    for field in sorted(fields, key=lambda each: (len(each.targets), -each.confidence)):
        for target in field.targets:
            found.setdefault(target, field)
    return found


def _kind(facts: AttributeFacts, field: FieldProposal | None) -> str:
    if (
        field is not None
        and field.targets == (facts.target,)
        and facts.kind == "text"
        and field.type != "text"
    ):
        said = {"integer": "number", "number": "number", "list": "enum", "date": "text"}.get(
            field.type, field.type
        )
        return said if said != "number" or facts.spread else "text"
    return _KINDS.get(facts.kind, facts.kind)


def _label(target: str, field: FieldProposal | None) -> str:
    said = field.column.get("label") if field and field.targets == (target,) else None
    if said and "." not in str(said) and (shown := clean(str(said), 60)):
        return shown
    if target in USUAL_LABELS:
        return USUAL_LABELS[target]
    if field and field.targets == (target,):
        header = clean(field.key.rpartition(" / ")[2], 60)
        if tokens(header) == tokens(target.removeprefix("specs.")):
            return header[:1].upper() + header[1:]
    return label_of(target)[:60]


def rounded(amount: float) -> float:
    """An amount as people say it: two significant digits, the second one 0 or 5."""
    if amount <= 0:
        return 0.0
    step = 10 ** (math.floor(math.log10(amount)) - 1) * 5
    return math.ceil(round(amount / step, 6)) * step
