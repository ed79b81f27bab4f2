"""Why a listing is shown: what it meets and misses, what it is best at, and one plain sentence of that. Pure.

A reason, a badge or a sentence says only what stands in the listing, the buyer's limits or the counts of the inventory, in the
language of the scene's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.domains.catalogue.model import Listing, Vocabulary
from backend.domains.discovery.model import Filter
from backend.domains.discovery.phrasing import capital
from backend.domains.discovery.wording import Words, on_request, price_of, spoken_value, value_of
from backend.domains.events.model import Document

MOST_REASONS: Final = 4
_SUPERLATIVES: Final = (
    ("mileage", "min"),
    ("price", "min"),
    ("specs.range", "max"),
    ("specs.battery_health", "max"),
    ("year", "max"),
    ("specs.engine_hours", "min"),
)
_PLAIN_TO_SEE: Final = frozenset({"make", "model", "trim", "year"})  # stands in the title already
_SCARCE_BY: Final = ("color_exterior", "trim", "model")


@dataclass(frozen=True, slots=True)
class Scene:
    """What the tiles of one answer have in common."""

    words: Words
    document: Document
    vocabulary: Vocabulary
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A filter beside a listing: the listing's value, and whether that meets it (None where it is not known)."""

    filter: Filter
    value: Any
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Best:
    """That a listing has the best value of an attribute, of as many as are shown and state it."""

    field: str
    of: int


def judged(scene: Scene, listing: Listing) -> tuple[Judged, ...]:
    """Every filter of the scene beside a listing, once for all that is said of it."""
    values = ((f, value_of(listing, f.field)) for f in scene.filters)
    return tuple(Judged(f, value, _fits(value, f)) for f, value in values)


def meets(listing: Listing, f: Filter) -> bool | None:
    """Whether a listing meets a filter; None where its value is not known."""
    return _fits(value_of(listing, f.field), f)


def _fits(value: Any, f: Filter) -> bool | None:
    if value is None or f.op == "within":
        return None
    if f.op in ("in", "not_in"):
        wanted = {str(v).casefold() for v in f.value}
        return (str(value).casefold() in wanted) == (f.op == "in")
    if isinstance(f.value, bool) or isinstance(value, bool):
        return bool(value) == bool(f.value)
    if not isinstance(value, int | float):
        return None
    if f.op == "between":
        return f.value[0] <= value <= f.value[1]
    if f.op == "eq" and f.group == "nice":
        return abs(value - f.value) <= 0.1 * abs(f.value)
    return {"lte": value <= f.value, "gte": value >= f.value}.get(f.op, value == f.value)


def reasons(
    scene: Scene, listing: Listing, best: Sequence[Best] = (), beside: Sequence[Judged] | None = None
) -> list[str]:
    """Why this one, the most telling first: what misses, then money, what it is best at, then the other wishes."""
    beside, words = judged(scene, listing) if beside is None else beside, scene.words
    missed = [
        r for one in beside if one.filter.group == "must" and one.fits is False and (r := _miss(words, one))
    ]
    said = sorted(
        (one for one in beside if one.fits and not one.filter.default),
        key=lambda one: one.filter.field in _PLAIN_TO_SEE,
    )
    met = [(one.filter.field, r) for one in said if (r := _met(words, one))]
    money = [r for field, r in met if field == "price"]
    others = [r for field, r in met if field != "price"]
    told = [capital(words.say(f"best.{one.field.removeprefix('specs.')}", n=one.of)) for one in best]
    return list(dict.fromkeys([*missed, *money, *told, *others]))[:MOST_REASONS]


def _met(words: Words, one: Judged) -> str:
    f, value = one.filter, one.value
    if f.op == "in" and not (f.field in _PLAIN_TO_SEE and len(f.value) == 1):
        return words.say("reason.as_asked", what=spoken_value(words, f.field, value))
    if isinstance(f.value, bool):
        label = words.label(f.field)
        is_absence = label.startswith("No ")
        return (
            words.say("reason.recorded" if is_absence else "reason.as_asked", what=label) if f.value else ""
        )
    if f.op == "eq" and f.value == 0:
        return capital(words.say("reason.none", label=words.spoken_label(f.field)))
    if f.op in ("lte", "gte") and isinstance(value, int | float):
        return _within_limit(words, f, value)
    if f.op == "eq" and f.group == "nice" and f.field == "price":
        return capital(words.say("reason.close", price=words.measure(f.field, f.value)))
    if not isinstance(value, int | float):
        return ""
    return words.say("fact", label=words.label(f.field), value=words.measure(f.field, value))


def _within_limit(words: Words, f: Filter, value: float) -> str:
    distance = abs(f.value - value)
    if f.field == "price":
        if f.op == "lte" and distance >= 0.01 * f.value:
            return words.say("reason.under_budget", amount=words.measure(f.field, distance))
        return capital(words.say("reason.in_budget"))
    if f.field == "year":
        return capital(words.say("reason.built", year=int(value)))
    shown = words.measure(f.field, value)
    named = shown if f.field == "mileage" else words.say("fact", label=words.label(f.field), value=shown)
    if not distance:
        return named
    side = "reason.below" if f.op == "lte" else "reason.beyond"
    return words.say(side, what=named, amount=words.measure(f.field, distance))


def _miss(words: Words, one: Judged) -> str:
    f, value = one.filter, one.value
    if f.op in ("lte", "gte") and isinstance(value, int | float) and f.field != "year":
        side = "over" if f.op == "lte" else "short"
        amount = words.measure(f.field, abs(value - f.value))
        if f.field == "price":
            return words.say(f"reason.{side}_budget", amount=amount)
        return words.say(f"reason.{side}_limit", amount=amount, label=words.spoken_label(f.field))
    return words.say("chip.stated", label=words.label(f.field), value=spoken_value(words, f.field, value))


def superlatives(shown: Sequence[Listing]) -> dict[int, list[Best]]:
    """What exactly one of the shown listings is best at; nothing where fewer than three can be compared."""
    found: dict[int, list[Best]] = {}
    for field, side in _SUPERLATIVES:
        known = [
            (v, listing.id) for listing in shown if isinstance(v := value_of(listing, field), int | float)
        ]
        if len(known) < 3:
            continue
        best = (min if side == "min" else max)(v for v, _ in known)
        holders = [listing_id for v, listing_id in known if v == best]
        if len(holders) == 1:
            found.setdefault(holders[0], []).append(Best(field, len(known)))
    return found


def badges(scene: Scene, listing: Listing) -> list[dict[str, str]]:
    """Only what can be recounted: a price that is not given, the only one of its kind in the event."""
    found: list[dict[str, str]] = []
    if listing.price_minor is None:
        found.append({"kind": "price_on_request", "text": on_request(scene.words)})
    if scene.document.get("sdme", {}).get("scarcity_badges"):
        counts = _counts(scene.vocabulary)
        for field in _SCARCE_BY:
            value = value_of(listing, field)
            if value and counts.get((field, str(value).casefold())) == 1:
                key = "badge.only_in" if "color" in field else "badge.only"
                found.append({"kind": "only_one", "text": scene.words.say(key, value=value)})
                break
    return found


_COUNTS: dict[int, tuple[Vocabulary, dict[tuple[str, str], int]]] = {}


def _counts(vocabulary: Vocabulary) -> dict[tuple[str, str], int]:
    """How many listings have each value; kept while the vocabulary is in service."""
    held = _COUNTS.get(id(vocabulary))
    if held is None or held[0] is not vocabulary:
        if len(_COUNTS) >= 64:
            _COUNTS.clear()
        held = (vocabulary, {(f.attribute, f.value): f.n for f in vocabulary.facets})
        _COUNTS[id(vocabulary)] = held
    return held[1]


def why(
    scene: Scene, listing: Listing, best: Sequence[Best] = (), beside: Sequence[Judged] | None = None
) -> str:
    """One plain sentence: money, what misses or is not stated, how many wishes are met, what it alone has."""
    beside, words = judged(scene, listing) if beside is None else beside, scene.words
    said = [one for one in beside if not one.filter.default and one.filter.op != "within"]
    own = [one for one in beside if one.filter.default and one.filter.group == "must" and one.fits is False]
    again = _met_budget(said)[1:]  # two ends of one budget are one reason
    clauses = [c for one in (*said, *own) if one not in again and (c := _clause(words, one))]
    others = [one for one in said if one.filter.field != "price"]
    met = [one for one in others if one.fits]
    if len(met) > 1:
        which = "all" if len(met) == len(others) else "some"
        beside_money = "_others" if len(said) > len(others) else ""
        clauses.append(words.say(f"why.{which}{beside_money}", n=len(met), of=len(others)))
    elif met:
        clauses.append(_one_met(words, met[0]))
    if only := _only(scene, listing):
        clauses.append(only)
    elif best:
        clauses.append(words.say(f"why.best.{best[0].field.removeprefix('specs.')}", n=best[0].of))
    if not clauses:
        clauses += [_plainly(scene, listing)]
    return f"{capital(words.all_of(clauses))}."


def _met_budget(said: Sequence[Judged]) -> list[Judged]:
    """The limits and wishes for the price that are met, what it may be at most first."""
    met = (one for one in said if one.filter.field == "price" and one.fits)
    return sorted(met, key=lambda one: one.filter.op != "lte")


def _clause(words: Words, one: Judged) -> str:
    """Money, a missed limit, or a value that is not stated; empty for a wish that is met."""
    f, value, fits = one.filter, one.value, one.fits
    if value is None:
        if f.field == "price":
            return words.say("why.on_request")
        unsaid = f.group == "must"
        return words.say("why.not_stated", label=words.spoken_label(f.field)) if unsaid else ""
    if f.field == "price" and fits:
        if f.op == "lte" and f.value - value >= 0.01 * f.value:
            return words.say("why.under_budget", amount=words.measure("price", f.value - value))
        return words.say("why.close" if f.op == "eq" else "why.in_budget")
    if fits is not False or f.group == "nice":
        return ""
    if f.op in ("lte", "gte") and isinstance(value, int | float) and f.field != "year":
        side = "more" if f.op == "lte" else "less"
        amount = words.measure(f.field, abs(value - f.value))
        if f.field == "price":
            return words.say(f"why.{side}_than_budget", amount=amount)
        return words.say(f"why.{side}_than_limit", amount=amount, label=words.spoken_label(f.field))
    label, shown = words.spoken_label(f.field), spoken_value(words, f.field, value)
    return words.say("why.differs", label=label, value=shown)


def _one_met(words: Words, one: Judged) -> str:
    f, value = one.filter, one.value
    label = words.spoken_label(f.field)
    if isinstance(f.value, bool):
        return words.say("why.has" if f.value else "why.has_no", label=label)
    key = "why.matches"
    if isinstance(value, int | float) and f.op not in ("in", "not_in"):
        key = "why.comes_close" if f.group == "nice" else "why.keeps"
    return words.say(key, label=label, value=spoken_value(words, f.field, value))


def _only(scene: Scene, listing: Listing) -> str:
    """That this is what the event has one of."""
    counts = _counts(scene.vocabulary)
    for field in _SCARCE_BY:
        value = value_of(listing, field)
        if value and counts.get((field, str(value).casefold())) == 1:
            return scene.words.say("why.only_in" if "color" in field else "why.only", value=value)
    return ""


def _plainly(scene: Scene, listing: Listing) -> str:
    """Where nothing was said: how many of its kind there are, or its price."""
    counts, words = _counts(scene.vocabulary), scene.words
    known = [
        (n, str(value))
        for field in (*_SCARCE_BY, "make")
        if (value := value_of(listing, field)) and (n := counts.get((field, str(value).casefold())))
    ]
    if known:
        n, value = min(known)
        return words.say("why.one_of" if n > 1 else "why.only", n=n, value=value)
    price = price_of(listing)
    return (
        words.say("why.on_request")
        if price is None
        else words.say("why.costs", price=words.measure("price", price))
    )
