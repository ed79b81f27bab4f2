"""Whether a unit can be held at all: said before anything is prepared, so that no card is shown that can only fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.core.context import Context
from backend.domains.catalogue.model import Listing
from backend.domains.discovery import taken
from backend.domains.discovery.wording import Words
from backend.domains.transactions import service as transactions

_NEXT_BEST: Final = 3
_MOST_LOOKED_AT: Final = 24


@dataclass(frozen=True, slots=True)
class Taken:
    """Why a unit cannot be held just now, in words, and what one can say instead."""

    reason: str
    text: str
    options: tuple[str, ...] = ()


async def find_taken(
    ctx: Context,
    words: Words,
    timezone: str,
    language: str,
    *,
    listing_id: int,
    title: str,
    nearby: Mapping[int, Listing],
    order: Sequence[int],
    may_remind: bool,
) -> Taken | None:
    """What stands in the way of a hold; None where the unit is free.

    `nearby`: listings that come close, by id; `order`: the best first. What is offered instead was free a moment ago.
    """
    ranked = list(dict.fromkeys([*(i for i in order if i in nearby), *nearby]))[:_MOST_LOOKED_AT]
    states = await transactions.unit_states(ctx, listing_ids=[listing_id, *ranked])
    unit: Mapping[str, Any] = states.get(listing_id) or {"state": "available"}
    if unit["state"] == "available":
        return None
    own = next(
        (
            h
            for h in await transactions.list_own_holds(ctx)
            if h.listing_id == listing_id and h.is_open(ctx.now)
        ),
        None,
    )
    if own is not None:
        return Taken("yours", taken.yours(words, title, own.expires_at, timezone, language))
    free = [i for i in ranked if i != listing_id and states.get(i, {}).get("state") == "available"]
    best = [nearby[i] for i in free[:_NEXT_BEST]]
    text = taken.taken(words, title, unit.get("held_until"), timezone, best, language)
    return Taken("taken", text, taken.ways_on(title, best, language, may_remind=may_remind))
