"""More like this one: by its own vector and its attributes, within the same limits, and cheaper or newer where wished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Hit, Listing, Weights, Wish
from backend.domains.catalogue.service import Index, Results
from backend.domains.discovery.claims import stated
from backend.domains.discovery.model import Filter, Op, State
from backend.domains.discovery.relaxing import compiled
from backend.domains.discovery.wording import value_of
from backend.domains.events.model import Document

#: What "… than this one" may say: a word, the attribute and the bound it sets.
THAN: Final[dict[str, tuple[str, Op]]] = {
    "cheaper": ("price", "lte"),
    "dearer": ("price", "gte"),
    "newer": ("year", "gte"),
    "older": ("year", "lte"),
    "fewer_miles": ("mileage", "lte"),
}
_KIND: Final = ("make", "model", "trim", "color_exterior")
_MOST_WISHES: Final = 12
# How rare or sought after something is does not make it like another.
_LIKENESS: Final = Weights(0.3, 0.7, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Alike:
    """Listings like one, best first. `limits` are those set against it; `missing` are attributes it does not state, by
    which nothing could be set."""

    hits: list[Hit]
    listings: dict[int, Listing]
    matches: int
    limits: tuple[Filter, ...] = ()
    missing: tuple[str, ...] = ()


async def similar(
    ctx: Context,
    listing_id: int,
    *,
    event_id: UUID,
    document: Document,
    state: State,
    index: Index,
    than: Sequence[str] = (),
) -> Alike:
    """More like a listing, within the limits of the conversation. `than`: see `THAN`, or `less:<field>`, `more:<field>`.

    Raises: NotFound `catalogue.no_such_listing`.
    """
    one = stated(document, await catalogue.get_listing(ctx, listing_id=listing_id))
    limits, missing = limits_than(one, than)
    freed = {f.field for f in limits}
    kept = [f for f in state.filters if not (f.field in freed and f.op == "eq")]
    most = document["search_defaults"]["max_results"]
    where = compiled([*kept, *limits], index)
    if where.impossible:
        return Alike([], {}, 0, limits, missing)
    found = await catalogue.find(
        ctx,
        event_id=event_id,
        filters=where,
        index=index,
        wishes=wishes_like(one, index, without=freed),
        weights=_LIKENESS,
        like=listing_id,
        limit=3 * most,
    )
    hits = [hit for hit in _kin_first(found, one, index) if hit.listing_id != listing_id]
    listings = await catalogue.list_listings(ctx, ids=[hit.listing_id for hit in hits[:most]])
    shown = {item.id: stated(document, item) for item in listings}
    is_in = len(found.hits) - len(hits)
    return Alike(hits[:most], shown, found.matches - is_in, limits, missing)


def _kin_first(found: Results, one: Listing, index: Index) -> list[Hit]:
    """The hits with those of the same model before the others; otherwise as they come."""
    bit = next((f.bit for f in index.values.get("model", ()) if f.display == one.model), None)
    if bit is None:
        return found.hits
    ordered = sorted(hit.listing_id for hit in found.hits)
    kin = {listing_id for listing_id, row in zip(ordered, found.like.bits, strict=True) if row[bit]}
    return sorted(found.hits, key=lambda hit: hit.listing_id not in kin)


def limits_than(one: Listing, than: Sequence[str]) -> tuple[tuple[Filter, ...], tuple[str, ...]]:
    """The limits that set others apart from one, and the attributes it does not state. Unknown words are left out."""
    limits: list[Filter] = []
    missing: list[str] = []
    for word in than:
        side, _, name = word.partition(":")
        field, op = THAN.get(word, (name, "lte" if side == "less" else "gte"))
        value = value_of(one, field) if field and (word in THAN or side in ("less", "more")) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            limits.append(Filter(field, op, _beyond(value, op), source=word))
        elif field:
            missing.append(field)
    return tuple(limits), tuple(missing)


def _beyond(value: float, op: Op) -> float:
    """The nearest value strictly on the wished side: whole numbers by one, others by a thousandth."""
    step = 1 if float(value).is_integer() else abs(value) / 1000
    beyond = value - step if op == "lte" else value + step
    return int(beyond) if float(beyond).is_integer() else beyond


def wishes_like(one: Listing, index: Index, *, without: set[str]) -> list[Wish]:
    """What a listing is, as wishes: its kind first, then other values, then numbers to be near."""
    named = [
        name for name, a in index.attributes.items() if a.kind == "enum" and not name.startswith("location_")
    ]
    fields = [*_KIND, *sorted(set(named) - set(_KIND))]
    values: list[tuple[str, Any]] = [(f, v) for f in fields if f not in without and (v := value_of(one, f))]
    numbers = [
        Wish(name, float(v))
        for name, a in sorted(index.attributes.items())
        if a.kind == "number"
        and a.slot
        and name not in without
        and isinstance(v := value_of(one, name), int | float)
    ]
    return [*(Wish(field, [value]) for field, value in values), *numbers][:_MOST_WISHES]
