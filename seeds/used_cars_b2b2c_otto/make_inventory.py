# ruff: noqa: E501
"""Writes `inventory.csv`: the stock of seven dealers as one marketplace gets it.

Deterministic: run `python -m seeds.used_cars_b2b2c_otto.make_inventory` and the same bytes come out. Vehicle numbers, dealers
and phone numbers are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seeds.messy import KM_PER_MILE, day, dollars, phone, sentences, weighted, write_csv, yes_no

HERE = Path(__file__).parent
SEED, COUNT = 20260119, 140


@dataclass(frozen=True)
class Kind:
    """A model and trim: what one costs new, and what it can do."""

    make: str
    model: str
    trim: str
    body: str
    drive: str
    fuel: str
    mpg: int
    seats: int
    new: int
    share: float
    tows: int = 0


KINDS = (
    Kind("Toyota", "Camry", "SE", "Sedan", "FWD", "Gasoline", 32, 5, 29500, 9),
    Kind("Toyota", "Camry", "Hybrid LE", "Sedan", "FWD", "Hybrid", 51, 5, 31000, 5),
    Kind("Honda", "Civic", "Sport", "Sedan", "FWD", "Gasoline", 34, 5, 26500, 9),
    Kind("Honda", "Accord", "EX-L", "Sedan", "FWD", "Gasoline", 32, 5, 34000, 6),
    Kind("Hyundai", "Elantra", "SEL", "Sedan", "FWD", "Gasoline", 36, 5, 24500, 5),
    Kind("Mazda", "Mazda3", "Preferred", "Hatchback", "FWD", "Gasoline", 30, 5, 28500, 5),
    Kind("Toyota", "Prius", "XLE", "Hatchback", "FWD", "Hybrid", 54, 5, 32500, 5),
    Kind("Volkswagen", "Golf", "GTI S", "Hatchback", "FWD", "Gasoline", 28, 5, 33000, 3),
    Kind("Toyota", "RAV4", "XLE", "SUV", "AWD", "Gasoline", 30, 5, 33500, 9, 3500),
    Kind("Toyota", "RAV4", "Hybrid XLE", "SUV", "AWD", "Hybrid", 40, 5, 36000, 5, 1750),
    Kind("Honda", "CR-V", "EX", "SUV", "AWD", "Gasoline", 29, 5, 34500, 9, 1500),
    Kind("Subaru", "Outback", "Premium", "Wagon", "AWD", "Gasoline", 29, 5, 33500, 7, 2700),
    Kind("Subaru", "Forester", "Sport", "SUV", "AWD", "Gasoline", 29, 5, 34500, 5, 1500),
    Kind("Mazda", "CX-5", "Touring", "SUV", "AWD", "Gasoline", 27, 5, 32500, 5, 2000),
    Kind("Ford", "Explorer", "XLT", "SUV", "4WD", "Gasoline", 23, 7, 43500, 4, 5600),
    Kind("Toyota", "Highlander", "XLE", "SUV", "AWD", "Gasoline", 23, 8, 45500, 4, 5000),
    Kind("Kia", "Telluride", "EX", "SUV", "AWD", "Gasoline", 22, 8, 44500, 3, 5000),
    Kind("Honda", "Odyssey", "EX-L", "Minivan", "FWD", "Gasoline", 22, 8, 42500, 4, 3500),
    Kind("Toyota", "Sienna", "XLE", "Minivan", "AWD", "Hybrid", 35, 8, 46500, 3, 3500),
    Kind("Ford", "F-150", "XLT", "Pickup", "4WD", "Gasoline", 21, 5, 52500, 6, 11300),
    Kind("Chevrolet", "Silverado 1500", "LT", "Pickup", "4WD", "Gasoline", 19, 6, 53500, 4, 9500),
    Kind("Toyota", "Tacoma", "SR5", "Pickup", "4WD", "Gasoline", 21, 5, 40500, 5, 6400),
    Kind("BMW", "3 Series", "330i xDrive", "Sedan", "AWD", "Gasoline", 28, 5, 48500, 3),
    Kind("Audi", "A4", "Premium quattro", "Sedan", "AWD", "Gasoline", 28, 5, 45500, 2),
    Kind("Ford", "Mustang", "EcoBoost", "Coupe", "RWD", "Gasoline", 25, 4, 34500, 3),
    Kind("Mazda", "MX-5", "Club", "Convertible", "RWD", "Gasoline", 29, 2, 35500, 2),
    Kind("Chevrolet", "Bolt EUV", "LT", "Hatchback", "FWD", "Electric", 115, 5, 29500, 3),
)  # fmt: skip
# code, city, state, region's share
DEALERS = (
    ("ALD", "Portland", "OR", 24), ("BRK", "Beaverton", "OR", 16), ("CED", "Salem", "OR", 14), ("DOG", "Seattle", "WA", 20),
    ("ELM", "Tacoma", "WA", 12), ("FIR", "Boise", "ID", 8), ("HAZ", "Sacramento", "CA", 12),
)  # fmt: skip
PAINT = {
    "White": (24, ("White", "Oxford White", "wht", "Pearl White")), "Grey": (22, ("Gray", "Grey", "Magnetic", "dk grey")),
    "Black": (18, ("Black", "blk", "Shadow Black")), "Silver": (13, ("Silver", "Silver Metallic")),
    "Blue": (12, ("Blue", "Deep Blue", "blue")), "Red": (8, ("Red", "RED", "Ruby Red")), "Green": (3, ("Green", "Forest green")),
}  # fmt: skip
CABIN = {
    "Black": (62, ("Black", "blk")),
    "Grey": (22, ("Gray", "Grey")),
    "Tan": (16, ("Tan", "Beige", "cognac")),
}
OPTIONS = {
    "Carplay": 0.72, "Backup cam": 0.94, "Sunroof": 0.38, "Heated seats": 0.46, "Leather": 0.34, "Nav": 0.3,
}  # fmt: skip
DRIVE_WORDS = {
    "AWD": ("AWD", "awd", "All-wheel drive"),
    "4WD": ("4WD", "4x4"),
    "FWD": ("FWD", "fwd"),
    "RWD": ("RWD",),
}
NOTES = (
    "One owner, dealer serviced, both keys.",
    "New front brakes and wipers at our shop before it went on the lot.",
    "Local trade, no smells, no warning lights.",
    "Curb rash on two wheels, priced accordingly.",
    "Timing belt and water pump done at 90k, receipt on file.",
    "Highway miles from a commuter who kept every receipt.",
    "Inspection report with photos available on request.",
    "Tires at 7/32, battery tested good.",
    "Small dent on the rear door, photographed.",
    "Family car; the back seat has been cleaned by professionals.",
    "Roof rails, cross bars and all-weather mats included.",
    "Lease return with the balance of the powertrain warranty.",
    "Windshield replaced in the fall, camera recalibrated.",
    "Has the tow package and was used to pull a small boat twice.",
)


def car(number: int, kind: Kind, rng: random.Random) -> dict[str, Any]:
    year = rng.randint(2014, 2024)
    age = 2026 - year
    miles = int(max(4_000, rng.gauss(11_600, 3_400) * (age - 0.4)))
    accidents = rng.choices((0, 1, 2, None), (71, 16, 4, 9))[0]
    owners = min(age, rng.choices((1, 2, 3, 4), (52, 32, 12, 4))[0])
    options = {name: rng.random() < share * (0.5 if year < 2018 else 1) for name, share in OPTIONS.items()}
    worth = kind.new * 0.885**age - (miles - age * 11_600) * 0.06 + 350 * sum(options.values())
    worth *= {0: 1.0, 1: 0.93, 2: 0.84, None: 0.98}[accidents] * rng.uniform(0.95, 1.05)
    price = max(4_800, round(worth / 100) * 100) - 5
    paint, cabin = (rng.choices(list(p), [v[0] for v in p.values()])[0] for p in (PAINT, CABIN))
    code, city, state, _ = rng.choices(DEALERS, [d[3] for d in DEALERS])[0]
    manual = kind.model in ("MX-5", "Golf", "Civic", "Mustang") and rng.random() < 0.4
    return {
        "Dealer": code,
        "Stock": f"{code}{number}",
        "VIN": "MPX" + "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=14)),
        "Yr": rng.choices((str(year), f"MY{year}", f"'{year % 100}"), (92, 5, 3))[0],
        "Make": rng.choices((kind.make, kind.make.upper()), (9, 1))[0],
        "Model": kind.model,
        "Trim": kind.trim,
        "Body": kind.body,
        "Drive": rng.choice(DRIVE_WORDS[kind.drive]),
        "Trans": rng.choice(("Manual", "6-speed manual")) if manual else rng.choice(("Automatic", "auto", "CVT")),
        "Fuel": {"Gasoline": rng.choice(("Gas", "Gasoline", "gas"))}.get(kind.fuel, kind.fuel),
        "MPG": str(kind.mpg),
        "Seats": str(kind.seats),
        "Towing": f"{kind.tows:,} lb" if kind.tows else "",
        "Miles": weighted(rng, {f"{miles:,}": 55, str(miles): 15, f"{round(miles / 1000)}k": 14, f"{miles:,} mi": 12, f"{round(miles * KM_PER_MILE):,} km": 4}),
        "Price": dollars(rng, price, on_request=0.02),
        "Color": rng.choice(PAINT[paint][1]),
        "Interior": rng.choice(CABIN[cabin][1]),
        "Accidents": "" if accidents is None else rng.choice(("none", "0", "No")) if accidents == 0 else str(accidents),
        "Owners": str(owners),
        "Title": "Rebuilt" if accidents == 2 and rng.random() < 0.6 else rng.choice(("Clean", "clean")),
        "CPO": yes_no(rng, year >= 2020 and accidents == 0 and rng.random() < 0.35),
        **{name: yes_no(rng, there) for name, there in options.items()},
        "Tow pkg": yes_no(rng, kind.tows >= 3500 and rng.random() < 0.6),
        "3rd row": yes_no(rng, kind.seats > 6),
        "City": city,
        "ST": state,
        "On lot since": day(rng, date(2026, 1, 15), days=110),
        "Comments": sentences(rng, NOTES),
        "Photos": photos(kind.body, paint, cabin),
        "Desk phone": phone(rng),
        "Floor plan": f"${price * 0.91:,.0f}",
    }  # fmt: skip


def photos(body: str, paint: str, cabin: str) -> str:
    """Coupes and convertibles show their seats alone: no drawing has their shape."""
    folder = "photos" if body in ("Pickup", "Minivan") else "shapes"
    outside = () if body in ("Coupe", "Convertible") else ("", "-front")
    shots = [f"{folder}/{body.lower()}-{paint.lower()}{view}.svg" for view in outside]
    return "|".join([*shots, f"shapes/interior-{'white' if cabin == 'Grey' else cabin.lower()}.svg"])


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311
    kinds = [*KINDS, *rng.choices(KINDS, [k.share for k in KINDS], k=COUNT - len(KINDS))]
    rng.shuffle(kinds)
    rows = [car(2011 + 4 * at, kind, rng) for at, kind in enumerate(kinds)]
    rows[33]["Miles"] = "exempt"  # what every real list has: reported, and the other rows are imported
    rows[88]["Stock"] = ""
    rows[101]["Price"] = "see website"
    write_csv(HERE / "inventory.csv", rows, delimiter=";")


if __name__ == "__main__":
    main()
