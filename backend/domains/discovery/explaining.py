"""Why a listing is shown: what it meets and misses, what it is best at, and one plain sentence of that. Pure.

A reason, a badge or a sentence says only what stands in the listing, the buyer's limits or the counts of the inventory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.domains.catalogue.model import Listing, Vocabulary
from backend.domains.discovery.model import Filter
from backend.domains.discovery.wording import ON_REQUEST, Words, price_of, spoken_value, value_of
from backend.domains.events.model import Document

MOST_REASONS: Final = 4
_SUPERLATIVES: Final = (
    ("mileage", "min", "Lowest mileage"),
    ("price", "min", "Lowest price"),
    ("specs.range", "max", "Longest range"),
    ("specs.battery_health", "max", "Best battery health"),
    ("year", "max", "Newest"),
    ("specs.engine_hours", "min", "Fewest engine hours"),
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
    scene: Scene, listing: Listing, best: Sequence[str] = (), beside: Sequence[Judged] | None = None
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
    return list(dict.fromkeys([*missed, *money, *best, *others]))[:MOST_REASONS]


def _met(words: Words, one: Judged) -> str:
    f, value = one.filter, one.value
    if f.op == "in" and not (f.field in _PLAIN_TO_SEE and len(f.value) == 1):
        return f"{spoken_value(words, f.field, value)}, as you asked"
    if isinstance(f.value, bool):
        label = words.label(f.field)
        return (
            f"{label} recorded"
            if f.value and label.startswith("No ")
            else f"{label}, as you asked"
            if f.value
            else ""
        )
    if f.op == "eq" and f.value == 0:
        return f"No {words.spoken_label(f.field)} recorded"
    if f.op in ("lte", "gte") and isinstance(value, int | float):
        return _within_limit(words, f, value)
    if f.op == "eq" and f.group == "nice" and f.field == "price":
        return f"Close to your {words.measure(f.field, f.value)}"
    return f"{words.label(f.field)} {words.measure(f.field, value)}" if isinstance(value, int | float) else ""


def _within_limit(words: Words, f: Filter, value: float) -> str:
    distance = abs(f.value - value)
    if f.field == "price":
        telling = f.op == "lte" and distance >= 0.01 * f.value
        return f"{words.measure(f.field, distance)} under your budget" if telling else "Within your budget"
    if f.field == "year":
        return f"Built {int(value)}"
    side = "below your limit" if f.op == "lte" else "more than you asked"
    shown = words.measure(f.field, value)
    named = shown if f.field == "mileage" else f"{words.label(f.field)} {shown}"
    return f"{named}, {words.measure(f.field, distance)} {side}" if distance else named


def _miss(words: Words, one: Judged) -> str:
    f, value = one.filter, one.value
    if f.op in ("lte", "gte") and isinstance(value, int | float) and f.field != "year":
        side = "over" if f.op == "lte" else "short of"
        what = "your budget" if f.field == "price" else f"your limit for {words.spoken_label(f.field)}"
        return f"{words.measure(f.field, abs(value - f.value))} {side} {what}"
    return f"{words.label(f.field)}: {spoken_value(words, f.field, value)}"


def superlatives(scene: Scene, shown: Sequence[Listing]) -> dict[int, list[str]]:
    """What exactly one of the shown listings is best at; nothing where fewer than three can be compared."""
    found: dict[int, list[str]] = {}
    for field, side, text in _SUPERLATIVES:
        known = [
            (v, listing.id) for listing in shown if isinstance(v := value_of(listing, field), int | float)
        ]
        if len(known) < 3:
            continue
        best = (min if side == "min" else max)(v for v, _ in known)
        holders = [listing_id for v, listing_id in known if v == best]
        if len(holders) == 1:
            found.setdefault(holders[0], []).append(f"{text} of the {len(known)} shown")
    return found


def badges(scene: Scene, listing: Listing) -> list[dict[str, str]]:
    """Only what can be recounted: a price that is not given, the only one of its kind in the event."""
    found: list[dict[str, str]] = []
    if listing.price_minor is None:
        found.append({"kind": "price_on_request", "text": ON_REQUEST})
    if scene.document.get("sdme", {}).get("scarcity_badges"):
        counts = _counts(scene.vocabulary)
        for field in _SCARCE_BY:
            value = value_of(listing, field)
            if value and counts.get((field, str(value).casefold())) == 1:
                found.append(
                    {
                        "kind": "only_one",
                        "text": f"Only one in {value}" if "color" in field else f"Only {value}",
                    }
                )
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
    scene: Scene, listing: Listing, best: Sequence[str] = (), beside: Sequence[Judged] | None = None
) -> str:
    """One plain sentence: money, what misses or is not stated, how many wishes are met, what it alone has."""
    beside = judged(scene, listing) if beside is None else beside
    said = [one for one in beside if not one.filter.default and one.filter.op != "within"]
    own = [one for one in beside if one.filter.default and one.filter.group == "must" and one.fits is False]
    clauses = [c for one in (*said, *own) if (c := _clause(scene.words, one))]
    others = [one for one in said if one.filter.field != "price"]
    met = [one for one in others if one.fits]
    if len(met) > 1:
        all_of_them = "all " if len(met) == len(others) else ""
        of = f" of your {len(others)}" if len(met) < len(others) else " of your"
        clauses.append(
            f"meets {all_of_them}{len(met)}{of} {'other ' if len(said) > len(others) else ''}wishes"
        )
    elif met:
        clauses.append(_one_met(scene.words, met[0]))
    if only := _only(scene, listing):
        clauses.append(f"is the only {only} here")
    elif best:
        clauses.append(f"{'is' if best[0].startswith('Newest') else 'has'} the {_spoken(best[0])}")
    if not clauses:
        clauses += [_plainly(scene, listing)]
    text = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])} and {clauses[-1]}"
    return f"{text[:1].upper()}{text[1:]}."


def _clause(words: Words, one: Judged) -> str:
    """Money, a missed limit, or a value that is not stated; empty for a wish that is met."""
    f, value, fits = one.filter, one.value, one.fits
    label = words.spoken_label(f.field)
    if value is None:
        if f.field == "price":
            return "has its price on request"
        return f"does not state its {label}" if f.group == "must" else ""
    if f.field == "price" and fits:
        if f.op == "lte" and f.value - value >= 0.01 * f.value:
            return f"fits your budget with {words.measure('price', f.value - value)} to spare"
        return "is close to your price" if f.op == "eq" else "fits your budget"
    if fits is not False or f.group == "nice":
        return ""
    if f.op in ("lte", "gte") and isinstance(value, int | float) and f.field != "year":
        side = "more" if f.op == "lte" else "less"
        than = "your budget" if f.field == "price" else f"your limit for {label}"
        return f"is {words.measure(f.field, abs(value - f.value))} {side} than {than}"
    return f"differs in {label} ({spoken_value(words, f.field, value)})"


def _one_met(words: Words, one: Judged) -> str:
    f, value = one.filter, one.value
    label = words.spoken_label(f.field)
    if isinstance(f.value, bool):
        return f"has {label}" if f.value else f"has no {label}"
    if isinstance(value, int | float) and f.op not in ("in", "not_in"):
        meets_it = "comes close to what you said of" if f.group == "nice" else "keeps to your limit for"
        return f"{meets_it} {label} ({words.measure(f.field, value)})"
    return f"matches your {label} ({spoken_value(words, f.field, value)})"


def _spoken(text: str) -> str:
    """A reason within a sentence; names and abbreviations keep their capitals."""
    first = text.split(" ", 1)[0]
    return (
        text[:1].lower() + text[1:]
        if first in ("Lowest", "Longest", "Best", "Newest", "Fewest", "No")
        else text
    )


def _only(scene: Scene, listing: Listing) -> str:
    """What the event has one of, and this is it."""
    counts = _counts(scene.vocabulary)
    for field in _SCARCE_BY:
        value = value_of(listing, field)
        if value and counts.get((field, str(value).casefold())) == 1:
            return f"{value} one" if "color" in field else str(value)
    return ""


def _plainly(scene: Scene, listing: Listing) -> str:
    """Where nothing was said: how many of its kind there are, or its price."""
    counts = _counts(scene.vocabulary)
    known = [
        (n, str(value))
        for field in (*_SCARCE_BY, "make")
        if (value := value_of(listing, field)) and (n := counts.get((field, str(value).casefold())))
    ]
    if known:
        n, value = min(known)
        return f"is one of {n} here: {value}"
    price = price_of(listing)
    return "has its price on request" if price is None else f"costs {scene.words.measure('price', price)}"
