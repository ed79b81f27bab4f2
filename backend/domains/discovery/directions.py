"""Which way a number is better, and which way one asks for it. Pure.

Only what nobody would dispute has a direction; everything else is told without a judgment.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, TypeAlias

Direction: TypeAlias = Literal["lower", "higher"]

_LOWER: Final = frozenset(
    {
        "price",
        "mileage",
        "engine_hours",
        "hours",
        "accidents",
        "owners",
        "repair_estimate",
        "fee",
        "consumption",
    }
)
_HIGHER: Final = frozenset(
    {
        "range",
        "battery_health",
        "mpg",
        "towing_capacity",
        "water_resistance",
        "warranty_months",
        "market_rent",
        "arv",
    }
)
# Asked for by the least one needs, though more is not better for everybody.
_AT_LEAST: Final = frozenset(
    {
        "year",
        "bedrooms",
        "bathrooms",
        "living_area",
        "lot_size",
        "seats",
        "cabins",
        "berths",
        "loa",
        "power",
        "cargo",
    }
)
# A later year is better where things wear out in use, and says nothing of a painting.
_WEARS: Final = frozenset({"mileage", "specs.engine_hours", "specs.hours"})


def better(field: str, fields: Collection[str] = ()) -> Direction | None:
    """Which way a number is better. `fields` are all attributes of the inventory: they tell whether age counts."""
    name = field.removeprefix("specs.")
    if name in _LOWER:
        return "lower"
    wears = field == "year" and not _WEARS.isdisjoint(fields)
    return "higher" if wears or name in _HIGHER else None


def asked(field: str) -> Direction | None:
    """Which bound a buyer names: a most, a least, or either."""
    name = field.removeprefix("specs.")
    if name in _LOWER:
        return "lower"
    return "higher" if name in _HIGHER or name in _AT_LEAST else None
