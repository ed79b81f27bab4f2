"""A seller's spreadsheet of any length, and what buyers might say about it. Made up, the same every time.

Prices, years, makes and features are spread as on a real lot: a few makes are most of the stock, few cars are old or
dear, and what is asked for is not evenly there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

T = TypeVar("T")

_MODELS: Final = {
    "Tesla": ("Model 3", "Model Y", "Model S", "Model X"),
    "Hyundai": ("Ioniq 5", "Ioniq 6", "Kona Electric"),
    "Ford": ("Mustang Mach-E", "F-150 Lightning", "E-Transit"),
    "Chevrolet": ("Bolt EV", "Bolt EUV", "Equinox EV", "Blazer EV"),
    "Kia": ("EV6", "EV9", "Niro EV"),
    "Volkswagen": ("ID.4", "ID. Buzz", "e-Golf"),
    "BMW": ("i4", "iX", "i3", "i5"),
    "Nissan": ("Leaf", "Ariya"),
    "Polestar": ("Polestar 2", "Polestar 3"),
    "Audi": ("Q4 e-tron", "e-tron GT", "Q8 e-tron"),
    "Rivian": ("R1T", "R1S"),
    "Mercedes-Benz": ("EQB", "EQE", "EQS"),
    "Porsche": ("Taycan", "Macan Electric"),
    "Volvo": ("XC40 Recharge", "EX30", "C40"),
    "Lucid": ("Air", "Gravity"),
    "Cadillac": ("Lyriq", "Optiq"),
}
_BODIES: Final = ("SUV", "Sedan", "Hatchback", "Crossover", "Pickup", "Wagon", "Van", "Coupe")
_COLORS: Final = ("White", "Black", "Grey", "Silver", "Blue", "Red", "Green", "Orange")
_TRIMS: Final = ("Base", "Long Range", "Performance", "Premium", "Touring", "Sport", "Limited")
_DRIVES: Final = ("AWD", "RWD", "FWD")
_CONDITIONS: Final = ("Used", "Certified", "New", "Demo")
_CITIES: Final = (
    ("Portland", "OR"),
    ("Phoenix", "AZ"),
    ("Denver", "CO"),
    ("Austin", "TX"),
    ("Seattle", "WA"),
    ("Boise", "ID"),
    ("Reno", "NV"),
    ("Fresno", "CA"),
)
_FEATURES: Final = (
    "heat_pump",
    "tow_hitch",
    "sunroof",
    "leather_seats",
    "premium_audio",
    "adaptive_cruise",
    "blind_spot_monitor",
    "heated_seats",
    "third_row",
    "parking_camera",
    "winter_package",
    "fast_charging",
)
_PHRASES: Final = (
    "one careful owner with full service history",
    "recently serviced with new brakes and tires",
    "garage kept and never smoked in",
    "clean title and no accidents reported",
    "ideal family car with room for weekend gear",
    "great commuter with low running costs",
    "ready for snow with a second set of wheels",
    "quiet cabin and a smooth comfortable ride",
    "quick off the line and sharp in corners",
    "tows a small boat or a camper trailer",
    "driver assistance keeps long trips relaxed",
    "small scratch on the rear bumper, priced to sell",
    "panoramic glass roof brightens the cabin",
    "battery health tested above ninety percent",
    "charges to eighty percent in half an hour",
    "captain's chairs and easy access to the back row",
    "maintained by the dealer since new, warranty remaining",
    "rare color combination",
    "large screen with wireless phone mirroring",
    "work ready with bed liner and ladder rack",
    "safe first car for a student",
    "executive interior with massage seats",
)
_HEADER: Final = (
    "Stock", "VIN", "Year", "Make", "Model", "Trim", "Body", "Color", "Odometer", "Price", "Condition", "Drive",
    "Range", "Battery", "Seats", "Owners", *_FEATURES, "City", "State", "Remarks", "Photos",
)  # fmt: skip

MAPPING: Final = """\
schema: source_mapping.v1
source: benchmark stock
currency: USD
mileage_unit: mi
title: "{year} {make} {model} {trim}"
columns:
  Stock: external_id
  VIN: identifier
  Year: year
  Make: make
  Model: model
  Trim: trim
  Body: {target: specs.body_style, type: enum}
  Color: color_exterior
  Odometer: {target: mileage, unit: mi}
  Price: price
  Condition: condition
  Drive: {target: specs.drivetrain, type: enum}
  Range: {target: specs.range, type: integer, unit: mi}
  Battery: {target: specs.battery_capacity, type: number, unit: kWh}
  Seats: {target: specs.seats, type: integer}
  Owners: {target: specs.owners, type: integer}
""" + "".join(f"  {name}: {{target: specs.{name}, type: boolean}}\n" for name in _FEATURES) + """\
  City: location_city
  State: location_region
  Remarks: description
  Photos: {target: image_urls, separator: "|"}
"""  # fmt: skip


def write_csv(path: Path, rows: int, *, seed: int = 7) -> Path:
    """A file as sellers send it: thousands separators, units in cells, yes and no in several spellings."""
    random = np.random.default_rng(seed)
    makes = list(_MODELS)
    shares = 1 / np.arange(1, len(makes) + 1) ** 0.7
    chosen = random.choice(len(makes), rows, p=shares / shares.sum())
    spread = random.random((rows, 14))
    words = random.integers(0, len(_PHRASES), (rows, 4))
    has = random.random((rows, len(_FEATURES))) < np.linspace(0.08, 0.6, len(_FEATURES))
    prices = np.clip(random.lognormal(10.45, 0.4, rows), 6_000, 180_000)
    years = (2026 - np.minimum(random.exponential(2.5, rows), 12)).astype(int)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for at in range(rows):
            u, make = spread[at], makes[chosen[at]]
            miles = int(u[0] * (2027 - years[at]) * 11_000)
            city, state = _one(_CITIES, u[1])
            features = [("yes", "Y", "x")[at % 3] if each else ("no", "", "-")[at % 3] for each in has[at]]
            writer.writerow(
                [
                    f"B{at:07d}", f"MPXB{at:013d}", years[at], make, _one(_MODELS[make], u[2]), _one(_TRIMS, u[3]),
                    _one(_BODIES, u[4] ** 1.6), _one(_COLORS, u[5] ** 1.3), f"{miles:,} mi",
                    f"${int(prices[at] / 10) * 10:,}", _one(_CONDITIONS, u[6] ** 2), _one(_DRIVES, u[7]),
                    f"{int(140 + u[8] * 260)} mi", f"{40 + u[9] * 70:.1f}", (5, 5, 5, 7, 4)[int(u[10] * 5)],
                    1 + int(u[11] ** 2 * 3), *features, city, state,
                    ". ".join(_PHRASES[word].capitalize() for word in words[at]) + ".",
                    f"https://example.com/photos/{at % 500}.jpg",
                ]
            )  # fmt: skip
    return path


def _one(values: tuple[T, ...], at: float) -> T:
    return values[min(int(at * len(values)), len(values) - 1)]


@dataclass(frozen=True, slots=True)
class Question:
    """Something a buyer says."""

    kind: str
    text: str


KINDS: Final = {
    "without a hard filter": "wishes alone",
    "price and year": "about a tenth of the stock",
    "price, year and make": "about a hundredth",
}


def questions(count: int, *, seed: int = 11) -> list[Question]:
    """`count` of each kind, in turn."""
    random = np.random.default_rng(seed)
    makes = list(_MODELS)
    asked: list[Question] = []
    for _ in range(count):
        low = int(random.integers(20, 34)) * 1000
        limits = f"between ${low:,} and ${int(low * 1.3):,}, {2023 + int(random.integers(0, 2))} or newer"
        soft = [_PHRASES[at] for at in random.choice(len(_PHRASES), 2, replace=False)]
        texts = (
            f"Something for us: {soft[0]}, {soft[1]}",
            f"{limits}. {soft[0].capitalize()} would be nice",
            f"{_one(tuple(makes[:6]), random.random())} {limits}",
        )
        asked += [Question(kind, text) for kind, text in zip(KINDS, texts, strict=True)]
    return asked
