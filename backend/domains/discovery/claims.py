"""Statements about a listing with the place they come from and how sure that is; what is too unsure is not stated. Pure.

A fact of the seller's list is as sure as the list; one read from a report carries the confidence of its reading. Facts that
the event holds for delicate (`safety.claims_review`) are stated only with their source. Shape of provenance: see
`catalogue.columns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.model import Claim, Tile
from backend.domains.discovery.origins import in_words, origin_of
from backend.domains.discovery.wording import Words, spoken_value, value_of
from backend.domains.events.model import Document, field_name

LEAST_CONFIDENCE: Final = 0.6
_CORE: Final = ("price", "mileage", "year", "condition", "color_exterior", "color_interior", "trim")
_SHORTEST: Final = 2
_JOINED: Final = frozenset("_$€£.,")  # before a figure: it is a part of another one
_COLUMNS: Final = frozenset({
    "condition", "make", "model", "trim", "year", "mileage", "color_exterior", "color_interior", "identifier",
    "location_city", "location_region", "location_country",
})  # fmt: skip


def confidence_of(listing: Listing, field: str) -> float:
    """How sure a fact is. Unit: 0..1; what the seller's own list says is 1."""
    origin = origin_of(listing, field)
    return origin.confidence if origin else 1.0


def is_sure(document: Document, listing: Listing, field: str) -> bool:
    """Whether a fact is as sure as the event asks for (`safety.least_confidence`)."""
    safety: Mapping[str, Any] = document.get("safety", {})
    return confidence_of(listing, field) >= float(safety.get("least_confidence", LEAST_CONFIDENCE))


def may_state(document: Document, listing: Listing, field: str) -> bool:
    """Whether a fact is sure enough to be said, and has a source where the event asks for one."""
    is_known = field not in _reviewed(document) or origin_of(listing, field) is not None
    return is_known and is_sure(document, listing, field)


def stated(document: Document, listing: Listing) -> Listing:
    """The listing with the facts that may be said; the others are as if they were not known."""
    read: Any = listing.provenance.get("fields")
    fields: set[str] = set(read) if isinstance(read, Mapping) else set()  # pyright: ignore[reportUnknownArgumentType]
    if listing.source_row is None:
        fields |= _reviewed(document)
    unsure = {field for field in fields if not may_state(document, listing, field)}
    if not unsure:
        return listing
    left: dict[str, Any] = dict.fromkeys(unsure & _COLUMNS)
    left |= {"price_minor": None} if "price" in unsure else {}
    specs = {name: value for name, value in listing.specs.items() if f"specs.{name}" not in unsure}
    return replace(listing, specs=specs, **left)


def _reviewed(document: Document) -> set[str]:
    return {field_name(str(name)) for name in document.get("safety", {}).get("claims_review", ())}


def claims_of(
    reply: str, words: Words, tiles: Iterable[Tile], listings: Mapping[int, Listing]
) -> tuple[Claim, ...]:
    """What an answer states of listings it names, each statement word for word as it stands there."""
    found: list[Claim] = []
    shown = {tile.listing_id: tile for tile in tiles}
    titles = {listing_id: listing.title for listing_id, listing in listings.items() if listing.title}
    for listing_id, start, end in _stretches(reply, titles):
        listing = listings[listing_id]
        told_of: set[str] = set()
        for field, text in _statements(words, listing, shown.get(listing_id)):
            if field not in told_of and _stands_in(text, reply, start, end):
                told_of.add(field)
                found.append(_claim(words.language, text, listing, field))
    return tuple(found)


def _claim(language: str, text: str, listing: Listing, field: str) -> Claim:
    origin = origin_of(listing, field)
    if origin is None:
        return Claim(text, listing.id, field, in_words(None, language))
    return Claim(text, listing.id, field, in_words(origin, language), origin.confidence, origin.place())


def _stretches(reply: str, titles: Mapping[int, str]) -> Iterator[tuple[int, int, int]]:
    """From each title to the next one, or to the end: what is said there is about that listing."""
    places = sorted(
        (at, -len(title), listing_id)
        for listing_id, title in titles.items()
        if (at := reply.find(title)) >= 0
    )
    for number, (at, _, listing_id) in enumerate(places):
        following = next((p[0] for p in places[number + 1 :] if p[0] > at), len(reply))
        before = reply.rfind(". ", 0, at) + 1
        yield listing_id, before, following if following > at else len(reply)


def _statements(words: Words, listing: Listing, tile: Tile | None) -> Iterator[tuple[str, str]]:
    """Facts as answers word them: `range 330 mi`, `18,200 mi`, `$36,800`. Longer wordings first."""
    if tile is not None and tile.price is not None:
        yield "price", tile.price_text
    for field in (*_CORE, *(f"specs.{name}" for name in listing.specs)):
        value = value_of(listing, field)
        if value is None or value in ("", []):
            continue
        shown = spoken_value(words, field, value)
        yield field, f"{words.spoken_label(field)} {shown}"
        yield field, f"{words.spoken_label(field)} ({shown})"  # as a comparison words it
        if field in _CORE and len(shown) > _SHORTEST and field != "year":
            yield field, shown


def _stands_in(text: str, reply: str, start: int, end: int) -> bool:
    """Whether a statement stands within a stretch of the reply as words of its own, not as a part of others."""
    at = reply.find(text, start, end) if len(text) > _SHORTEST else -1
    while at >= 0:
        before = reply[at - 1] if at > start else " "
        behind = reply[at + len(text)] if at + len(text) < end else " "
        if not (before in _JOINED or before.isalnum()) and not (behind == "_" or behind.isalnum()):
            return True
        at = reply.find(text, at + 1, end)
    return False
