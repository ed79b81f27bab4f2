"""From ranked listings to tiles: what the score is made of, match and key facts. Pure and deterministic.

Why a listing is shown is said by `explaining`; in which order, by `spreading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import floor
from typing import Any, Final

from backend.domains.catalogue.model import Hit, Listing, Weights, Wish
from backend.domains.discovery import ownership
from backend.domains.discovery.explaining import (
    Best,
    Judged,
    Scene,
    badges,
    judged,
    meets,
    reasons,
    superlatives,
    why,
)
from backend.domains.discovery.model import Filter, Tile
from backend.domains.discovery.wording import on_request, price_of, shown_value, value_of
from backend.domains.events.model import Document, field_name

__all__ = ["Scene", "badges", "meets", "points", "specs", "tiles", "weights_of", "wishes_of"]

_HALVES: Final = 200  # of the whole score
_COSTS: Final = {True: 0, False: 20, None: 10}  # of a limit that is met, missed, or cannot be checked


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


def tiles(scene: Scene, hits: Sequence[Hit], listings: Mapping[int, Listing]) -> tuple[Tile, ...]:
    """Tiles in the order of the hits."""
    shown = [listings[h.listing_id] for h in hits]
    best = superlatives(shown)
    top = max((h.score for h in hits), default=0.0)
    return tuple(
        _tile(scene, hit, listing, top, best.get(listing.id, ()))
        for hit, listing in zip(hits, shown, strict=True)
    )


def _tile(scene: Scene, hit: Hit, listing: Listing, top: float, best: Sequence[Best]) -> Tile:
    price = price_of(listing)
    currency = listing.currency or scene.words.currency
    parts, beside = points(hit), judged(scene, listing)
    return Tile(
        listing_id=listing.id,
        title=listing.title,
        price=int(price) if price is not None and price.is_integer() else price,
        price_text=on_request(scene.words) if price is None else scene.words.money(price, currency),
        currency=currency,
        match=match_of(hit, beside, top),
        reasons=tuple(reasons(scene, listing, best, beside)),
        badges=tuple(badges(scene, listing)),
        specs=tuple(specs(scene, listing)),
        media=tuple(_pictures(listing)),
        state=listing.state,
        held_until=listing.held_until.isoformat() if listing.held_until else None,
        costs=tuple(ownership.costs(scene.words, scene.document["ui_contract"], price, currency)),
        parts=parts,
        score=sum(parts.values()),
        diversity=round(_HALVES * hit.diversity) / 2,
        why=why(scene, listing, best, beside),
    )


def points(hit: Hit) -> dict[str, float]:
    """The four weighted parts of a score, which sum to it exactly. Unit: points of 100, in halves.

    Source: largest remainders (Hamilton), so that rounding takes nothing away and adds nothing.
    """
    parts = {
        "individual": hit.individual,
        "spec": hit.spec,
        "scarcity": hit.scarcity,
        "social": hit.social,
    }
    exact = {name: _HALVES * part for name, part in parts.items()}
    halves = {name: floor(value) for name, value in exact.items()}
    missing = round(sum(exact.values())) - sum(halves.values())
    for name in sorted(exact, key=lambda name: halves[name] - exact[name])[:missing]:
        halves[name] += 1
    return {name: count / 2 for name, count in halves.items()}


def _pictures(listing: Listing) -> Iterator[Mapping[str, Any]]:
    """Every picture's address; the sizes of the first alone, which is the one a tile shows."""
    for at, picture in enumerate(listing.media):
        sizes = {"variants": picture["variants"]} if at == 0 and picture.get("variants") else {}
        yield {"url": picture["url"], "alt": picture.get("alt") or listing.title, **sizes}


def match_of(hit: Hit, beside: Sequence[Judged], top: float) -> int:
    """0 to 100. Half is for meeting every limit; the other half follows the score beside the best one shown, and
    grows with how much the buyer has said: who said little cannot be matched well. A missed limit costs 20, one that
    cannot be checked for want of a value 10.
    """
    said = sum(1 for one in beside if not one.filter.default)
    sure = min(1.0, 0.6 + 0.1 * said)
    beside_best = min(1.0, max(0.0, hit.score / top)) if top > 0 else 0.0
    limits = (one for one in beside if one.filter.group == "must" and one.filter.op != "within")
    misses = sum(_COSTS[one.fits] for one in limits)
    return max(0, min(100, round(50 + 50 * sure * beside_best) - misses))


def specs(scene: Scene, listing: Listing) -> list[dict[str, str]]:
    """The event's key facts of a listing, those that are known."""
    wanted = _fields(tuple(scene.document.get("ui_contract", {}).get("tile_specs", ())))
    fields = wanted or ["year", "mileage", *(f"specs.{name}" for name in listing.specs)]
    known = [(f, v) for f in fields if (v := value_of(listing, f)) is not None and v != ""]
    return [
        {"label": scene.words.label(f), "text": shown_value(scene.words, f, v)}
        for f, v in known[: len(wanted) or 3]
    ]


@lru_cache(maxsize=256)
def _fields(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(field_name(name) for name in names)
