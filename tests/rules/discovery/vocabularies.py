"""Small inventories of several categories, as the catalogue would describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.domains.catalogue.model import Attribute, AttributeKind, FacetValue, Vocabulary

Row = tuple[str, AttributeKind, str, str | None]

CARS: tuple[Row, ...] = (
    ("price", "number", "Price", None),
    ("year", "number", "Year", None),
    ("mileage", "number", "Mileage", "mi"),
    ("make", "enum", "Make", None),
    ("model", "enum", "Model", None),
    ("trim", "enum", "Trim", None),
    ("condition", "enum", "Condition", None),
    ("color_exterior", "enum", "Exterior color", None),
    ("color_interior", "enum", "Interior color", None),
    ("location_city", "enum", "City", None),
    ("location_region", "enum", "State", None),
    ("specs.body_style", "enum", "Body style", None),
    ("specs.drivetrain", "enum", "Drivetrain", None),
    ("specs.range", "number", "Range", "mi"),
    ("specs.battery_health", "number", "Battery health", "%"),
    ("specs.accidents", "number", "Accidents", None),
    ("specs.owners", "number", "Owners", None),
    ("specs.title_status", "enum", "Title", None),
    ("specs.heat_pump", "boolean", "Heat pump", None),
    ("specs.tow_hitch", "boolean", "Tow hitch", None),
)
CAR_VALUES: Mapping[str, Sequence[str]] = {
    "make": ("Tesla", "Ford", "Hyundai"),
    "model": ("Model 3", "Model Y", "Mustang Mach-E", "Ioniq 5"),
    "trim": ("Long Range AWD", "Long Range RWD", "Performance", "Standard Range Plus"),
    "condition": ("used", "certified"),
    "color_exterior": ("White", "Gray", "Black", "Blue", "Red"),
    "color_interior": ("Black", "White"),
    "location_city": ("Portland", "San Jose"),
    "location_region": ("OR", "CA"),
    "specs.body_style": ("Sedan", "SUV", "Pickup"),
    "specs.drivetrain": ("RWD", "AWD"),
    "specs.title_status": ("Clean", "Rebuilt"),
}
CAR_STATS: Mapping[str, Mapping[str, Any]] = {
    "price": {"n": 400, "min": 18_000, "max": 92_000, "quantiles": [20_000, 28_000, 36_000, 45_000, 70_000]},
    "mileage": {"n": 400, "min": 900, "max": 120_000, "quantiles": [2_000, 15_000, 30_000, 52_000, 90_000]},
}
BOATS: tuple[Row, ...] = (
    ("price", "number", "Price", None),
    ("year", "number", "Year", None),
    ("make", "enum", "Builder", None),
    ("location_country", "enum", "Country", None),
    ("specs.vessel_type", "enum", "Type", None),
    ("specs.loa", "number", "Length overall", "m"),
    ("specs.draft", "number", "Draft", "m"),
    ("specs.cabins", "number", "Cabins", None),
    ("specs.engine_hours", "number", "Engine hours", "h"),
)
BOAT_VALUES: Mapping[str, Sequence[str]] = {
    "make": ("Lagoon", "Bavaria"),
    "location_country": ("Greece", "Croatia", "Spain"),
    "specs.vessel_type": ("Sail", "Motor", "Catamaran"),
}
HOMES: tuple[Row, ...] = (
    ("price", "number", "Price", None),
    ("year", "number", "Year built", None),
    ("specs.property_type", "enum", "Property type", None),
    ("specs.bedrooms", "number", "Bedrooms", None),
    ("specs.bathrooms", "number", "Bathrooms", None),
    ("specs.lot_size", "number", "Lot size", "acre"),
    ("specs.hoa_fee_monthly", "number", "HOA fee", "USD"),
    ("specs.pool", "boolean", "Pool", None),
)
HOME_VALUES: Mapping[str, Sequence[str]] = {"specs.property_type": ("Single Family", "Condo", "Townhouse")}


def vocabulary(
    rows: Sequence[Row],
    values: Mapping[str, Sequence[str]],
    stats: Mapping[str, Mapping[str, Any]] | None = None,
    number: int = 1,
) -> Vocabulary:
    facets = [(field, value) for field, listed in values.items() for value in listed]
    return Vocabulary(
        UUID(int=number),
        1,
        tuple(
            Attribute(name, kind, label, unit, None, (stats or {}).get(name, {}))
            for name, kind, label, unit in rows
        ),
        tuple(
            FacetValue(i, field, value.lower(), value, 3, i % 256) for i, (field, value) in enumerate(facets)
        ),
    )


CAR_WORDS = vocabulary(CARS, CAR_VALUES, CAR_STATS)
BOAT_WORDS = vocabulary(BOATS, BOAT_VALUES, number=2)
HOME_WORDS = vocabulary(HOMES, HOME_VALUES, number=3)
