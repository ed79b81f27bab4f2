"""One listing in full, as a buyer reads it: facts in groups, each with the place it comes from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.claims import stated
from backend.domains.discovery.origins import in_words, origin_of, with_confidence
from backend.domains.discovery.screening import cleaned
from backend.domains.discovery.wording import Words, on_request, price_of, shown_value, value_of
from backend.domains.events.model import Document

#: Nothing in it can be markup, a link, code or a disguise: not worth a closer look.
_PLAIN: Final = re.compile(r"[\w\s.,;:'’“”\"+\-–—/%$€£#&*°²³½¼¾()!?·×@]*")
_OVERVIEW = ("price", "condition", "year", "make", "model", "trim", "mileage")
_LOOKS = ("color_exterior", "color_interior")
_PLACE = ("external_id", "identifier", "location_city", "location_region")
_NUMBERS = ("external_id", "identifier")


def listing_view(words: Words, document: Document, listing: Listing) -> dict[str, Any]:
    """Shape: `{listing_id, title, price, price_text, currency, description, media, groups, state, held_until}`;
    a group is `{title, facts: [{label, text, source}]}`. What is not known, or not surely, is left out, never guessed."""
    listing = stated(document, listing)
    price = price_of(listing)
    specs = [f"specs.{name}" for name in listing.specs]
    groups = (
        ("overview", _OVERVIEW),
        ("details", [field for field in specs if not isinstance(value_of(listing, field), bool)]),
        ("equipment", [field for field in specs if isinstance(value_of(listing, field), bool)]),
        ("colors", _LOOKS),
        ("papers", _PLACE),
    )
    return {
        "listing_id": listing.id,
        "title": readable(listing.title),
        "price": price,
        "price_text": on_request(words) if price is None else words.money(price, listing.currency),
        "currency": listing.currency or words.currency,
        "description": readable(listing.description),
        "media": [
            {**photo, "alt": readable(str(photo.get("alt") or listing.title))} for photo in listing.media
        ],
        "groups": [
            {"title": words.say(f"listing.{group}"), "facts": facts}
            for group, fields in groups
            if (facts := list(_facts(words, listing, fields)))
        ],
        "state": listing.state,
        "held_until": listing.held_until.isoformat() if listing.held_until else None,
    }


def readable(text: str) -> str:
    """What a seller wrote, without markup, code and what cannot be seen: it is read, and never acts on anything."""
    return text if _PLAIN.fullmatch(text) else cleaned(text).text.strip()


def _facts(words: Words, listing: Listing, fields: Iterable[str]) -> Iterable[dict[str, str]]:
    for field in fields:
        value = value_of(listing, field)
        if value is None or value in ("", []):
            continue
        yield {
            "label": words.say(f"label.{field}") if field in _NUMBERS else words.label(field),
            "text": readable(shown_value(words, field, value)),
            "source": _source(words, listing, field),
        }


def _source(words: Words, listing: Listing, field: str) -> str:
    origin = origin_of(listing, field)
    sure = origin.confidence if origin else 1.0
    return with_confidence(in_words(origin, words.language), sure, words.language)
