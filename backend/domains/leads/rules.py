"""How a conversation becomes a portrait without a person in it. Pure.

Only structured, understood limits go in, never words of the buyer: free text can carry a name, an address, a phone number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domains.leads.model import DealerMatch, Understood

# Attributes whose value could tell where or who somebody is, or which single car was meant.
PRIVATE_FIELDS = frozenset(
    {
        "identifier",
        "external_id",
        "seller",
        "location_city",
        "latitude",
        "longitude",
        "postal_code",
        "specs.postal_code",
        "geo",
    }
)
_URGENCY = {
    "immediate": "within two weeks",
    "soon": "within three months",
    "later": "later",
    "no_rush": "no rush",
}


def portrait(understood: Understood) -> dict[str, Any]:
    """A short portrait: rounded limits and values from the event's own vocabulary.

    A value that the inventory does not have is left out: it may be the buyer's own text.
    """
    wishes: list[dict[str, str]] = []
    for item in understood.filters:
        field = str(item["field"])
        if field in PRIVATE_FIELDS or item.get("default"):
            continue
        if text := _limit(field, str(item["op"]), item["value"], understood.known.get(field, set())):
            wishes.append({"label": understood.labels.get(field, field), "text": text})
    urgency = next(
        (s["value"].get("level") for s in understood.signals if s["type"] == "TIMELINE_URGENCY"), None
    )
    return {"wishes": wishes, "timeline": _URGENCY.get(str(urgency), "not said")}


def choose_dealers(counts: Sequence[DealerMatch], *, alignment_min: float, most: int) -> list[DealerMatch]:
    """The dealers a lead is shown to: aligned enough, best first, never more than `most`."""
    fit = [match for match in counts if match.alignment >= alignment_min and match.matching_listings > 0]
    return sorted(fit, key=lambda m: (-m.alignment, -m.matching_listings, str(m.dealer_id)))[:most]


def _limit(field: str, op: str, value: Any, allowed: set[str]) -> str | None:
    if op in ("lte", "lt", "gte", "gt") and isinstance(value, int | float):
        return f"{'up to' if op.startswith('lt') else 'from'} {_round(field, value)}"
    if op == "between" and isinstance(value, list | tuple) and len(value) == 2:  # pyright: ignore[reportUnknownArgumentType]
        return f"{_round(field, value[0])} to {_round(field, value[1])}"
    known = [
        str(v)
        for v in (value if isinstance(value, list | tuple | set) else [value])
        if str(v).casefold() in allowed
    ]
    if not known:
        return None
    words = ", ".join(known)
    return f"not {words}" if op in ("neq", "not_in") else words


def _round(field: str, value: Any) -> str:
    """Two leading digits are enough to match on and too few to recognize somebody by."""
    if field == "year":
        return str(int(value))
    number = float(value)
    step = 10 ** max(0, len(str(int(abs(number)))) - 2)
    return f"{round(number / step) * step:,.0f}"
