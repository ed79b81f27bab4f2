"""The next best question: the attribute whose answer would split what is left most evenly. Pure.

Source: Shannon entropy of an attribute's values among the listings at hand, as in decision trees (Quinlan 1986, ID3);
numbers are cut at their terciles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.model import State
from backend.domains.discovery.wording import Words, listed, value_of

ENOUGH: Final = 3
_MOST_OPTIONS: Final = 3
_LEAST_BITS: Final = 0.4
# How readily people answer: what they have thought about before they came.
_READINESS: Final = {"price": 1.6, "model": 1.2, "color_exterior": 1.1, "mileage": 1.05, "year": 0.9}
_NEVER: Final = frozenset(
    {
        "title",
        "description",
        "identifier",
        "external_id",
        "location_city",
        "location_region",
        "location_country",
        "color_interior",
        "status",
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, about which attribute, with answers that can be tapped."""

    field: str
    text: str
    options: tuple[str, ...] = ()


def next_question(words: Words, state: State, listings: Sequence[Listing], matches: int) -> Question | None:
    """None when few remain, or nothing would tell them apart."""
    if matches <= ENOUGH or len(listings) < 2:
        return None
    closed = {f.field for f in state.filters if not f.default} | set(state.asked) | _NEVER
    best: tuple[float, str] = (0.0, "")
    for field, attribute in sorted(words.attributes.items()):
        if field in closed or attribute.kind == "text" or words.label(field).startswith("No "):
            continue
        values = [v for listing in listings if (v := value_of(listing, field)) is not None]
        known = len(values) / len(listings)
        bits = entropy(values) * known * _READINESS.get(field, 0.8)
        if bits > best[0] and known >= 0.5:
            best = (bits, field)
    return _question(words, best[1], listings) if best[0] >= _LEAST_BITS else None


def entropy(values: Sequence[Any]) -> float:
    """Unit: bits. Numbers with many values are cut into three parts."""
    if not values:
        return 0.0
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) and len(set(values)) > 4:
        ordered = sorted(values)
        low, high = ordered[len(ordered) // 3], ordered[2 * len(ordered) // 3]
        values = [(v > low) + (v > high) for v in values]
    counts = Counter(str(v) for v in values)
    if len(counts) > 8:
        return 0.0 if len(counts) > len(values) * 0.8 else log2(8) * 0.5
    return -sum(n / len(values) * log2(n / len(values)) for n in counts.values())


def _question(words: Words, field: str, listings: Sequence[Listing]) -> Question:
    values = [v for listing in listings if (v := value_of(listing, field)) is not None]
    kind = words.attributes[field].kind
    label = words.spoken_label(field)
    if kind == "boolean":
        return Question(field, f"Is {label} a must?", (words.label(field),))
    if kind == "number":
        return _number_question(words, field, label, sorted(values))
    top = [
        str(v) for v, _ in sorted(Counter(values).items(), key=lambda p: (-p[1], str(p[0])))[:_MOST_OPTIONS]
    ]
    if len(top) < 2:
        return Question(field, f"Does the {label} matter to you?")
    return Question(field, f"Which {label} do you have in mind: {listed(top)}?", tuple(top))


def _number_question(words: Words, field: str, label: str, values: list[Any]) -> Question:
    low, high = words.measure(field, values[0]), words.measure(field, values[-1])
    middle = values[len(values) // 2]
    if field == "price":
        options = tuple(
            f"Up to {words.money(v)}"
            for v in dict.fromkeys(_rounded(values[len(values) * n // 3]) for n in (1, 2))
        )
        return Question(field, f"What should it cost at most? These run from {low} to {high}.", options)
    if field == "year":
        return Question(
            field,
            f"How recent should it be? These were built from {low} to {high}.",
            (f"{int(middle)} or newer",),
        )
    if field == "mileage":
        limit = words.measure(field, _rounded(middle))
        return Question(
            field, f"How far may it have been driven? These show {low} to {high}.", (f"Under {limit}",)
        )
    return Question(field, f"What {label} do you need? These run from {low} to {high}.")


def _rounded(value: float) -> float:
    """Up to two leading figures, so that it is a number somebody would say."""
    step = 10 ** max(0, len(str(int(value))) - 2)
    return -(-value // step) * step
