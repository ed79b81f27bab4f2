"""From ranked listings to tiles: match, reasons, badges, key facts, and a light diversity. Pure and deterministic.

A reason or a badge says only what stands in the listing, the buyer's limits or the counts of the inventory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.domains.catalogue.model import Hit, Listing, Vocabulary, Weights, Wish
from backend.domains.discovery import ownership
from backend.domains.discovery.model import Filter, Tile
from backend.domains.discovery.wording import ON_REQUEST, Words, price_of, shown_value, value_of
from backend.domains.events.model import Document, field_name

MOST_REASONS: Final = 4
_SAME_PENALTY: Final = 0.01
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


def weights_of(document: Document) -> Weights:
    """The event's ranking weights in the catalogue's words."""
    w = document["ranking_weights"]
    return Weights(w["individual_match"], w["spec_alignment"], w["scarcity"], w["social_proof"])


def wishes_of(filters: Sequence[Filter]) -> list[Wish]:
    """Soft preferences for the search: nice-to-have values, and numbers to be near."""
    wishes: list[Wish] = []
    for f in filters:
        if f.group != "nice" or f.op in ("not_in", "within"):
            continue
        if f.op == "in":
            wishes += [Wish(f.field, f.value)]
        elif isinstance(f.value, bool):
            wishes += [Wish(f.field, True)] if f.value else []
        elif isinstance(f.value, int | float):
            near = {"lte": 0.9, "gte": 1.1}.get(f.op, 1.0)
            wishes.append(Wish(f.field, f.value * near))
    return wishes


def diversified(hits: Sequence[Hit], listings: Mapping[int, Listing], limit: int) -> list[Hit]:
    """The best hits, with each further listing of the same kind a little behind. Stable for equal scores."""
    seen: Counter[tuple[Any, ...]] = Counter()
    left = [(h, _kind(listings[h.listing_id])) for h in hits if h.listing_id in listings]
    chosen: list[Hit] = []
    while left and len(chosen) < limit:
        scores = [hit.score - _SAME_PENALTY * seen[kind] for hit, kind in left]
        hit, kind = left.pop(scores.index(max(scores)))
        seen[kind] += 1
        chosen.append(hit)
    return chosen


def _kind(listing: Listing) -> tuple[Any, ...]:
    return (listing.make, listing.model, listing.trim, listing.color_exterior, listing.year)


def tiles(scene: Scene, hits: Sequence[Hit], listings: Mapping[int, Listing]) -> tuple[Tile, ...]:
    """Tiles in the order of the hits."""
    shown = [listings[h.listing_id] for h in hits]
    best = _superlatives(scene, shown)
    top = max((h.score for h in hits), default=0.0)
    return tuple(
        _tile(scene, hit, listing, top, best.get(listing.id, ()))
        for hit, listing in zip(hits, shown, strict=True)
    )


def _tile(scene: Scene, hit: Hit, listing: Listing, top: float, best: Sequence[str]) -> Tile:
    price = price_of(listing)
    currency = listing.currency or scene.words.currency
    return Tile(
        listing_id=listing.id,
        title=listing.title,
        price=int(price) if price is not None and price.is_integer() else price,
        price_text=ON_REQUEST if price is None else scene.words.money(price, currency),
        currency=currency,
        match=match_of(scene, hit, listing, top),
        reasons=tuple(reasons(scene, listing, best)),
        badges=tuple(badges(scene, listing)),
        specs=tuple(specs(scene, listing)),
        media=tuple(_pictures(listing)),
        state=listing.state,
        held_until=listing.held_until.isoformat() if listing.held_until else None,
        costs=tuple(ownership.costs(scene.words, scene.document["ui_contract"], price, currency)),
        parts={
            "individual": hit.individual,
            "spec": hit.spec,
            "scarcity": hit.scarcity,
            "social": hit.social,
        },
    )


def _pictures(listing: Listing) -> Iterator[Mapping[str, Any]]:
    """Every picture's address; the sizes of the first alone, which is the one a tile shows."""
    for at, picture in enumerate(listing.media):
        sizes = {"variants": picture["variants"]} if at == 0 and picture.get("variants") else {}
        yield {"url": picture["url"], "alt": picture.get("alt") or listing.title, **sizes}


def match_of(scene: Scene, hit: Hit, listing: Listing, top: float) -> int:
    """0 to 100. Half is for meeting every limit; the other half follows the score beside the best one shown, and
    grows with how much the buyer has said: who said little cannot be matched well. A missed limit costs 20, one that
    cannot be checked for want of a value 10.
    """
    said = sum(1 for f in scene.filters if not f.default)
    sure = min(1.0, 0.6 + 0.1 * said)
    beside_best = min(1.0, max(0.0, hit.score / top)) if top > 0 else 0.0
    limits = [f for f in scene.filters if f.group == "must" and f.op != "within"]
    misses = sum({True: 0, False: 20, None: 10}[meets(listing, f)] for f in limits)
    return max(0, min(100, round(50 + 50 * sure * beside_best) - misses))


def meets(listing: Listing, f: Filter) -> bool | None:
    """Whether a listing meets a filter; None where its value is not known."""
    value = value_of(listing, f.field)
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


def reasons(scene: Scene, listing: Listing, best: Sequence[str] = ()) -> list[str]:
    """Why this one, the most telling first: what misses, then money, what it is best at, then the other wishes."""
    said = [f for f in scene.filters if not f.default]
    missed = [
        r
        for f in scene.filters
        if f.group == "must" and meets(listing, f) is False and (r := _miss(scene.words, listing, f))
    ]
    said.sort(key=lambda f: f.field in _PLAIN_TO_SEE)
    met = [(f, r) for f in said if meets(listing, f) and (r := _met(scene.words, listing, f))]
    money = [r for f, r in met if f.field == "price"]
    others = [r for f, r in met if f.field != "price"]
    return list(dict.fromkeys([*missed, *money, *best, *others]))[:MOST_REASONS]


def _met(words: Words, listing: Listing, f: Filter) -> str:
    value = value_of(listing, f.field)
    if f.op == "in" and not (f.field in _PLAIN_TO_SEE and len(f.value) == 1):
        return f"{shown_value(words, f.field, value)}, as you asked"
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


def _miss(words: Words, listing: Listing, f: Filter) -> str:
    value = value_of(listing, f.field)
    if f.op in ("lte", "gte") and isinstance(value, int | float) and f.field != "year":
        side = "over" if f.op == "lte" else "short of"
        what = "your budget" if f.field == "price" else f"your limit for {words.spoken_label(f.field)}"
        return f"{words.measure(f.field, abs(value - f.value))} {side} {what}"
    return f"{words.label(f.field)}: {shown_value(words, f.field, value)}"


def _superlatives(scene: Scene, shown: Sequence[Listing]) -> dict[int, list[str]]:
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


def specs(scene: Scene, listing: Listing) -> list[dict[str, str]]:
    """The event's key facts of a listing, those that are known."""
    wanted = [field_name(name) for name in scene.document.get("ui_contract", {}).get("tile_specs", ())]
    fields = wanted or ["year", "mileage", *(f"specs.{name}" for name in listing.specs)]
    known = [(f, v) for f in fields if (v := value_of(listing, f)) is not None and v != ""]
    return [
        {"label": scene.words.label(f), "text": shown_value(scene.words, f, v)}
        for f, v in known[: len(wanted) or 3]
    ]
