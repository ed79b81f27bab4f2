"""Tools that only look: another search, listings side by side, similar ones, what the records say of one.

The same for the buyer's buttons, the built-in planner and a model; each in whatever unit of work the caller has open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.core.context import Context
from backend.core.errors import InvalidInput, NotFound
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Listing
from backend.domains.discovery import comparing, conversation, likeness, prompting, ranking
from backend.domains.discovery import service as discovery
from backend.domains.discovery.claims import stated
from backend.domains.discovery.explaining import Scene
from backend.domains.discovery.model import Tile
from backend.domains.discovery.service import Prepared, Turned
from backend.domains.discovery.wording import Words, chip_text
from backend.flows.listing_facts import listing_view

_LONGEST_TEXT: Final = 200


def scene_of(prepared: Prepared) -> Scene:
    words = Words.of(prepared.document, prepared.vocabulary, prepared.understanding.language)
    return Scene(words, prepared.document, prepared.vocabulary, prepared.state.filters)


async def compare(ctx: Context, prepared: Prepared, listing_ids: Sequence[int]) -> dict[str, Any]:
    """Two to four listings side by side. Raises: NotFound `catalogue.no_such_listing`; InvalidInput `discovery.compare_count`."""
    wanted = list(dict.fromkeys(listing_ids))[: comparing.MOST + 1]
    listings = await catalogue.list_listings(ctx, ids=wanted)
    for listing_id in wanted:
        if listing_id not in {one.id for one in listings if one.event_id == prepared.session.event_id}:
            raise NotFound("catalogue.no_such_listing", listing_id=listing_id)
    shown = [stated(prepared.document, one) for one in listings]
    return comparing.compare(scene_of(prepared), shown).to_json()


@dataclass(frozen=True, slots=True)
class Alike:
    """Listings like one, as a buyer sees them, and the same in a sentence."""

    listing_id: int
    tiles: tuple[Tile, ...]
    matches: int
    limits: tuple[str, ...]
    missing: tuple[str, ...]
    text: str


async def more_like(ctx: Context, prepared: Prepared, listing_id: int, than: Sequence[str] = ()) -> Alike:
    """More like a listing, within the limits of the conversation. Raises: NotFound `catalogue.no_such_listing`."""
    one = await catalogue.get_listing(ctx, listing_id=listing_id)
    if one.event_id != prepared.session.event_id:
        raise NotFound("catalogue.no_such_listing", listing_id=listing_id)
    found = await likeness.similar(
        ctx,
        listing_id,
        event_id=prepared.session.event_id,
        document=prepared.document,
        state=prepared.state,
        index=prepared.index,
        than=than,
    )
    scene = scene_of(prepared)
    return Alike(
        listing_id,
        ranking.tiles(scene, found.hits, found.listings),
        found.matches,
        tuple(chip_text(scene.words, limit) for limit in found.limits),
        tuple(scene.words.spoken_label(field) for field in found.missing),
        conversation.closest_to(scene.words, one.title, found.limits),
    )


async def similar(
    ctx: Context, prepared: Prepared, listing_id: int, than: Sequence[str] = ()
) -> dict[str, Any]:
    """The same as JSON. Shape: `{listing_id, tiles, matches, limits, missing}`."""
    found = await more_like(ctx, prepared, listing_id, than)
    return {
        "listing_id": listing_id,
        "tiles": [tile.to_json() for tile in found.tiles],
        "matches": found.matches,
        "limits": list(found.limits),
        "missing": list(found.missing),
    }


async def look(
    ctx: Context, prepared: Prepared, turned: Turned, verb: str, arguments: Mapping[str, Any], *, most: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a model's call gives: facts for the model of `most` listings, and parts of the answer for the buyer's screen.

    Raises: InvalidInput `core.invalid_request` for arguments that are none; NotFound.
    """
    match verb:
        case "compare":
            comparison = await compare(ctx, prepared, _ids(arguments.get("listing_ids")))
            return {"summary": comparison["summary"]}, {"comparison": comparison}
        case "similar":
            than = ("cheaper",) if arguments.get("cheaper") is True else ()
            found = await similar(ctx, prepared, _id(arguments.get("listing_id")), than)
            ids = [tile["listing_id"] for tile in found["tiles"][:most]]
            return {"matches": found["matches"], "listings": await _told(ctx, prepared, ids)}, {}
        case "documents":
            return await _documents(ctx, prepared, arguments), {}
        case _:
            return await _search(ctx, prepared, turned, arguments, most), {}


async def _search(
    ctx: Context, prepared: Prepared, turned: Turned, arguments: Mapping[str, Any], most: int
) -> dict[str, Any]:
    """The best within the buyer's own limits: a model may change the words of a search, never its limits."""
    text = str(arguments.get("text") or "")[:_LONGEST_TEXT].strip()
    if text:
        vector = ctx.ports.embedder.embed([text])[0]
        asked = replace(prepared, state=replace(prepared.state, text=text), vector=vector)
        turned = await discovery.answered(ctx, asked)
    shown = [tile.listing_id for tile in turned.facts.tiles[:most]]
    words = turned.facts.words
    told = [
        prompting.listing_text(words, prepared.document, turned.found.listings[i])
        for i in shown
        if i in turned.found.listings
    ]
    return {"matches": turned.facts.matches, "listings": told}


async def _documents(ctx: Context, prepared: Prepared, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the records say of a listing, each fact with its source."""
    listing_id = _id(arguments.get("listing_id"))
    one = await catalogue.get_listing(ctx, listing_id=listing_id)
    if one.event_id != prepared.session.event_id:
        raise NotFound("catalogue.no_such_listing", listing_id=listing_id)
    view = listing_view(scene_of(prepared).words, prepared.document, one)
    facts = [
        f"{fact['label']}: {fact['text']} ({fact['source']})"
        for group in view["groups"]
        for fact in group["facts"]
    ]
    return {"listing_id": listing_id, "title": view["title"], "facts": facts}


async def _told(ctx: Context, prepared: Prepared, ids: Sequence[int]) -> list[str]:
    words = scene_of(prepared).words
    listings: list[Listing] = await catalogue.list_listings(ctx, ids=list(ids))
    shown = (stated(prepared.document, one) for one in listings)
    return [prompting.listing_text(words, prepared.document, one) for one in shown]


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise InvalidInput(
            "core.invalid_request", problems=[{"where": "listing_id", "expected": "an integer"}]
        )
    return value


def _ids(values: Any) -> list[int]:
    return [_id(value) for value in values] if isinstance(values, list) else []  # pyright: ignore[reportUnknownVariableType]
