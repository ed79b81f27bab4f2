"""Statements about a listing with the place they come from and how sure that is; what is too unsure is not stated. Pure.

A fact of the seller's list is as sure as the list; one read from a report carries the confidence of its reading. Facts that
the event holds for delicate (`safety.claims_review`) are stated only with their source.
Shape of provenance: `{row, columns: {field: column}, raw: {field: as written}, fields: {field: {source, page, box,
confidence}}}`, each part where it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.model import Claim, Tile
from backend.domains.discovery.wording import Words, shown_value, value_of
from backend.domains.events.model import Document, field_name

LEAST_CONFIDENCE: Final = 0.6
_CORE: Final = ("price", "mileage", "year", "condition", "color_exterior", "color_interior", "trim")
_SHORTEST: Final = 2
_JOINED: Final = frozenset("_$€£.,")  # before a figure: it is a part of another one


def confidence_of(listing: Listing, field: str) -> float:
    """How sure a fact is. Unit: 0..1; what the seller's own list says is 1."""
    value = _read(listing.provenance, field).get("confidence", 1.0)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 1.0


def source_of(listing: Listing, field: str, provenance: Mapping[str, Any] | None = None) -> str:
    """Where a fact comes from, in words: page of a report, or row and column of the seller's list; empty where unknown."""
    told = {**listing.provenance, **(provenance or {})}
    read = _read(told, field)
    if read:
        page = f", page {read['page']}" if isinstance(read.get("page"), int) else ""
        place = f", at {_box(read['box'])}" if isinstance(read.get("box"), list | tuple) else ""
        return f"{read.get('source') or 'a report'}{page}{place}"
    row = told.get("row", listing.source_row)
    if row is None:
        return ""
    column, written = told.get("columns", {}).get(field), told.get("raw", {}).get(field)
    named = f", column “{column}”" if column else ""
    return f"row {row}{named} of the seller's list" + (f", written “{written}”" if written else "")


def may_state(document: Document, listing: Listing, field: str) -> bool:
    """Whether a fact is sure enough to be said, and has a source where the event asks for one."""
    safety: Mapping[str, Any] = document.get("safety", {})
    least = float(safety.get("least_confidence", LEAST_CONFIDENCE))
    reviewed = {field_name(str(name)) for name in safety.get("claims_review", ())}
    return confidence_of(listing, field) >= least and (
        field not in reviewed or bool(source_of(listing, field))
    )


def claims_of(
    reply: str,
    words: Words,
    tiles: Iterable[Tile],
    listings: Mapping[int, Listing],
    provenances: Mapping[int, Mapping[str, Any]] | None = None,
) -> tuple[Claim, ...]:
    """What an answer states of listings it names, each statement word for word as it stands there."""
    found: list[Claim] = []
    shown = {tile.listing_id: tile for tile in tiles}
    titles = {listing_id: listing.title for listing_id, listing in listings.items() if listing.title}
    for listing_id, start, end in _stretches(reply, titles):
        listing, told = listings[listing_id], (provenances or {}).get(listing_id)
        told_of: set[str] = set()
        for field, text in _statements(words, listing, shown.get(listing_id)):
            if field not in told_of and _stands_in(text, reply, start, end):
                told_of.add(field)
                source, sure = source_of(listing, field, told), confidence_of(listing, field)
                found.append(Claim(text, listing_id, field, source or "stated by the seller", sure))
    return tuple(found)


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
        shown = shown_value(words, field, value)
        yield field, f"{words.spoken_label(field)} {shown}"
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


def _read(provenance: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    fields = provenance.get("fields")
    read: Any = fields.get(field) if isinstance(fields, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return read if isinstance(read, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]


def _box(box: Any) -> str:
    return ", ".join(str(round(side)) for side in box if isinstance(side, int | float))
