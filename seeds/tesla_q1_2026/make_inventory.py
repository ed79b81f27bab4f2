# ruff: noqa: E501
"""Writes the demo inventory, in the form sellers send: `inventory.csv`, and `inventory_update.xlsx` a week later.

Deterministic: run `python -m seeds.tesla_q1_2026.make_inventory` and the same bytes come out. Vehicle numbers, phone
numbers and people are invented (555 numbers; no maker uses the prefix MPX).
"""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from seeds.messy import NO, YES, write_csv

HERE = Path(__file__).parent
SEED = 20260105
HEADER = (
    "Stock #", "VIN", "Yr", "Make", "Model", "Trim Level", "Body", "Ext. Color", "Int. Color", "Odometer", "Asking Price",
    "Accidents?", "Range (EPA)", "Battery SoH", "Usable kWh", "Drive", "0-60", "Autopilot", "FSD", "Heat pump", "Tow hitch",
    "Premium audio", "Winter pkg", "DC fast charge", "Title", "Lot", "City", "ST", "In stock since", "Remarks", "Photos",
    "Dealer Cost", "Owner phone",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A model and trim: what one costs new, and what it can do."""

    make: str
    model: str
    trim: str
    body: str
    photo: str
    years: tuple[int, int]
    new: int
    range: int
    kwh: float
    zero_to_sixty: float
    drive: str
    share: float
    options: tuple[str, ...] = ()


KINDS = (
    Kind("Tesla", "Model 3", "Standard Range Plus", "Sedan", "sedan", (2019, 2021), 40000, 263, 54.0, 5.3, "RWD", 22),
    Kind("Tesla", "Model 3", "Rear-Wheel Drive", "Sedan", "sedan", (2022, 2025), 41500, 272, 57.5, 5.8, "RWD", 27),
    Kind("Tesla", "Model 3", "Long Range AWD", "Sedan", "sedan", (2019, 2025), 48500, 346, 75.0, 4.2, "AWD", 42),
    Kind("Tesla", "Model 3", "Performance", "Sedan", "sedan", (2020, 2025), 55500, 310, 75.0, 3.1, "AWD", 21),
    Kind("Tesla", "Model Y", "Long Range AWD", "SUV", "suv", (2020, 2025), 52000, 326, 75.0, 4.8, "AWD", 14),
    Kind("Tesla", "Model Y", "Performance", "SUV", "suv", (2021, 2025), 58500, 303, 75.0, 3.5, "AWD", 7),
    Kind("Tesla", "Model Y", "Rear-Wheel Drive", "SUV", "suv", (2023, 2025), 46000, 260, 57.5, 6.6, "RWD", 4),
    Kind("Tesla", "Model S", "Long Range", "Sedan", "sedan", (2019, 2025), 84000, 402, 95.0, 3.1, "AWD", 5),
    Kind("Tesla", "Model S", "Plaid", "Sedan", "sedan", (2021, 2025), 99000, 348, 95.0, 2.0, "AWD", 3),
    Kind("Tesla", "Model X", "Long Range", "SUV", "suv", (2020, 2025), 91000, 335, 95.0, 3.8, "AWD", 5),
    Kind("Hyundai", "Ioniq 5", "SEL AWD", "Crossover", "hatchback", (2022, 2025), 50000, 266, 74.0, 5.0, "AWD", 5),
    Kind("Hyundai", "Ioniq 5", "Limited RWD", "Crossover", "hatchback", (2022, 2025), 53000, 303, 74.0, 7.3, "RWD", 3),
    Kind("Kia", "EV6", "Wind AWD", "Crossover", "crossover", (2022, 2025), 53000, 282, 74.0, 5.1, "AWD", 4),
    Kind("Kia", "EV6", "GT-Line RWD", "Crossover", "crossover", (2022, 2024), 54500, 310, 74.0, 7.2, "RWD", 3),
    Kind("Polestar", "Polestar 2", "Dual Motor", "Hatchback", "crossover", (2021, 2024), 53000, 260, 75.0, 4.5, "AWD", 4),
    Kind("BMW", "i4", "eDrive40", "Sedan", "sedan", (2022, 2025), 57500, 301, 80.7, 5.5, "RWD", 4),
    Kind("BMW", "i4", "M50", "Sedan", "sedan", (2022, 2025), 70500, 271, 80.7, 3.7, "AWD", 2),
    Kind("Ford", "Mustang Mach-E", "Premium AWD", "SUV", "suv", (2021, 2024), 53000, 290, 88.0, 5.2, "AWD", 3),
    Kind("Porsche", "Taycan", "4 Cross Turismo", "Wagon", "wagon", (2021, 2023), 101000, 235, 83.7, 4.8, "AWD", 2),
    Kind("Chevrolet", "Bolt EUV", "Premier", "Hatchback", "hatchback", (2022, 2023), 35500, 247, 65.0, 7.0, "FWD", 4),
    Kind("Nissan", "Leaf", "SV Plus", "Hatchback", "hatchback", (2020, 2024), 37000, 212, 59.0, 6.8, "FWD", 3),
)  # fmt: skip

LOTS = (
    ("NB-PDX", "Portland", "OR", 22), ("NB-SEA", "Seattle", "WA", 20), ("CL-SJC", "San Jose", "CA", 22),
    ("CL-LAX", "Los Angeles", "CA", 18), ("HR-DEN", "Denver", "CO", 10), ("HR-PHX", "Phoenix", "AZ", 8),
)  # fmt: skip
# color -> (photo, weight, spellings)
PAINT = {
    "white": ("white", 27, ("Pearl White", "Pearl White Multi-Coat", "white", "White", "Wht")),
    "grey": (
        "grey",
        20,
        ("Midnight Silver", "Midnight Silver Metallic", "grey", "Gray", "Stealth Grey", "Dk Grey"),
    ),
    "black": ("black", 18, ("Solid Black", "Black", "blk", "Obsidian Black")),
    "blue": ("blue", 14, ("Deep Blue Metallic", "Blue", "Deep Blue", "blue")),
    "red": ("red", 11, ("Red Multi-Coat", "Red", "Ultra Red", "RED")),
    "silver": ("silver", 7, ("Silver", "silver metallic", "Quicksilver")),
    "green": ("green", 3, ("Green", "Forest green", "Digital Teal")),
}
CABIN = {
    "black": ("black", 62, ("Black", "blk", "All black", "Black vegan leather")),
    "white": ("white", 26, ("White", "Black & White", "Ultra White", "wht")),
    "tan": ("tan", 12, ("Tan", "Cream", "cognac")),
}
REMARKS = (
    "One owner, garaged, every service at the brand's own shop.",
    "Second set of wheels with winter tires included, stored in the trunk.",
    "Ran the school route and nothing else; the back seats still smell new.",
    'Seller calls it "the quiet one". No rattles found on our 30-mile loop.',
    "Small scratch on the rear bumper, photographed; touch-up pen in the glove box.",
    "Fresh tires in October, alignment done, tracks straight hands-off.",
    "Highway miles from a sales rep who kept a log: charge sessions, dates, everything.",
    "Paint protection film on the nose and mirrors since day one.",
    "Ceramic tint all around, 70 % windshield, legal in every western state.",
    "Comes with the wall connector; an electrician took it off the garage neatly.",
    "Battery report from last month attached: no module below average.",
    "Never supercharged above 80 % according to the owner, and the battery agrees.",
    "Dog hair has been evicted. Twice.",
    "Came from a two-car household that went to one; they picked the other one, sadly for them.",
    "Glass roof replaced under warranty in 2024, invoice in the folder.",
    "+ new 12 V battery, new cabin filters, new wiper blades",
    "Wheels have light curb rash on the right side, priced accordingly.",
    "Road-trip car: roof rack, all-weather mats, and 48 states on its mind.",
    "Suspension arms done at 40k, so no squeak over the bumps downtown.",
    "Lease return, still under the 8-year battery warranty.",
    "Was a loaner for ten months; detailed weekly, driven gently.",
    "Owner moved abroad, left us the keys, both of them, plus the key cards.",
    "Interior detailed, seats treated; the white upholstery is really white.",
    "Software current as of this week, no open recalls.",
    "Rear camera harness recall done. Nothing else open.",
    "Heated everything: seats, wheel, wipers, mirrors.",
    "A commuter's dream: cheap to run, fast where it counts.",
    "Bought new here in town, serviced here, traded in here.",
    "Owner notes: preconditions in nine minutes, seats five honestly, swallows two bikes.",
    "Not perfect: chip in the windshield (repaired), otherwise very clean.",
    "Track day? Never. Carpool lane sticker? Long expired. Honest miles.",
    "Ask about the transferable extended warranty, 18 months left.",
)


@dataclass
class Car:
    """One line of the seller's list, and what it is generated from."""

    kind: Kind
    year: int
    miles: int
    price: int
    cells: dict[str, Any] = field(default_factory=dict)


def make_cars(count: int, rng: random.Random, first: int = 1042) -> list[Car]:
    cars: list[Car] = []
    stock = first
    for _ in range(count):
        stock += rng.randint(1, 9)
        cars.append(make_car(stock, rng))
    return cars


def make_car(stock: int, rng: random.Random) -> Car:
    kind = rng.choices(KINDS, [k.share for k in KINDS])[0]
    year = rng.randint(*kind.years)
    age = max(2026 - year, 1)
    miles = int(max(900, rng.gauss(10_800, 3_600) * (age - 0.4)))
    accidents = rng.choices((0, 1, 2, None), (74, 13, 3, 10))[0]
    options = {name: rng.random() < share for name, share in OPTION_SHARES.items()}
    options["FSD"] = options["Autopilot"] and options["FSD"] and kind.make == "Tesla"
    worth = kind.new * 0.893**age - (miles - age * 10_800) * 0.07
    worth += 2600 * options["FSD"] + 500 * options["Tow hitch"] + 400 * options["Premium audio"]
    worth *= {0: 1.0, 1: 0.94, 2: 0.86, None: 0.985}[accidents] * rng.uniform(0.955, 1.045)
    if kind.model == "Model 3" and year >= 2021:
        worth = min(max(worth, 22_400), 51_800)
    price = max(9_900, round(worth / 100) * 100) - 10
    lot, city, state, _ = rng.choices(LOTS, [lot[3] for lot in LOTS])[0]
    car = Car(kind, year, miles, price)
    car.cells = cells_of(car, stock, accidents, options, (lot, city, state), rng)
    return car


OPTION_SHARES = {
    "Autopilot": 0.7, "FSD": 0.3, "Heat pump": 0.6, "Tow hitch": 0.15, "Premium audio": 0.5, "Winter pkg": 0.35,
    "DC fast charge": 0.97,
}  # fmt: skip


def cells_of(
    car: Car,
    stock: int,
    accidents: int | None,
    options: dict[str, bool],
    place: tuple[str, str, str],
    rng: random.Random,
) -> dict[str, Any]:
    kind, (lot, city, state) = car.kind, place
    paint = rng.choices(list(PAINT), [p[1] for p in PAINT.values()])[0]
    cabin = rng.choices(list(CABIN), [c[1] for c in CABIN.values()])[0]
    health = max(
        81, min(100, round(100.5 - (2026 - car.year) * 1.5 - car.miles / 14_000 + rng.gauss(0, 1.2)))
    )
    since = date(2025, 12, 28) - timedelta(days=rng.randint(2, 120))
    photo = kind.photo
    return {
        "Stock #": f"{lot[:2]}-{stock}",
        "VIN": "MPX" + "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=14)),
        "Yr": rng.choices((str(car.year), f"MY{car.year}", f"'{car.year % 100}"), (94, 4, 2))[0],
        "Make": rng.choices((kind.make, kind.make.upper()), (9, 1))[0],
        "Model": kind.model,
        "Trim Level": kind.trim,
        "Body": kind.body,
        "Ext. Color": rng.choice(PAINT[paint][2]),
        "Int. Color": rng.choice(CABIN[cabin][2]),
        "Odometer": odometer(car.miles, rng),
        "Asking Price": asking(car.price, rng),
        "Accidents?": accident_word(accidents, rng),
        "Range (EPA)": rng.choices((f"{kind.range} mi", str(kind.range), f"{round(kind.range * 1.609344)} km"), (7, 2, 1))[0],
        "Battery SoH": rng.choices((f"{health}%", f"{health / 100:.2f}", f"{health} %", "n/a"), (60, 25, 10, 5))[0],
        "Usable kWh": rng.choices((f"{kind.kwh:g}", f"{kind.kwh:g} kWh"), (3, 1))[0],
        "Drive": rng.choices((kind.drive, kind.drive.lower(), "Dual motor" if kind.drive == "AWD" else kind.drive), (8, 1, 1))[0],
        "0-60": rng.choices((f"{kind.zero_to_sixty:.1f}", f"{kind.zero_to_sixty:.1f} s", f"{kind.zero_to_sixty:.1f} sec"), (5, 3, 1))[0],
        **{name: rng.choice(YES if there else NO) for name, there in options.items()},
        "Title": rng.choices(("Clean", "clean", "Rebuilt"), (90, 8, 2))[0] if accidents != 2 else "Rebuilt",
        "Lot": lot,
        "City": city,
        "ST": state,
        "In stock since": rng.choice((f"{since.month}/{since.day}/{since.year}", since.isoformat(), since.strftime("%b %-d, %Y"))),
        "Remarks": remarks(rng),
        "Photos": f"photos/{photo}-{PAINT[paint][0]}.svg|photos/{photo}-{PAINT[paint][0]}-front.svg|photos/interior-{cabin}.svg",
        "Dealer Cost": f"${car.price * 0.88:,.0f}",
        "Owner phone": f"{rng.choice((503, 206, 408, 213, 303, 602))}-555-01{rng.randint(0, 99):02d}",
    }  # fmt: skip


def odometer(miles: int, rng: random.Random) -> str:
    form = rng.choices(("grouped", "plain", "k", "km", "mi"), (52, 14, 12, 8, 14))[0]
    return {
        "grouped": f"{miles:,}",
        "plain": str(miles),
        "k": f"{round(miles / 1000)}k mi",
        "km": f"{round(miles * 1.609344 / 100) * 100:,} km",
        "mi": f"{miles:,} mi",
    }[form]


def asking(price: int, rng: random.Random) -> str:
    form = rng.choices(("dollar", "plain", "k", "usd", "firm", "call"), (66, 10, 8, 8, 5, 3))[0]
    return {
        "dollar": f"${price:,}",
        "plain": str(price),
        "k": f"{price / 1000:.1f}k",
        "usd": f"USD {price:,}".replace(",", " "),
        "firm": f"${price:,} firm",
        "call": "Call",
    }[form]


def accident_word(accidents: int | None, rng: random.Random) -> str:
    if accidents is None:
        return rng.choice(("", "unknown", "?"))
    if accidents == 0:
        return rng.choices(("None", "0", "no", "Clean", "N"), (40, 25, 15, 15, 5))[0]
    return rng.choice(("1", "yes", "1 (minor)")) if accidents == 1 else "2"


def remarks(rng: random.Random) -> str:
    chosen = rng.sample(REMARKS, rng.choices((1, 2, 3), (4, 5, 2))[0])
    return (" " if rng.random() < 0.85 else "\n").join(chosen)


def spoil(cars: list[Car]) -> None:
    """The mistakes every real list has: they are reported, and the other rows are imported."""
    cars[57].cells["Odometer"] = "see photos"
    cars[121].cells["Stock #"] = ""
    cars[188].cells["Asking Price"] = "38-40k"
    cars[240].cells["Stock #"] = cars[239].cells["Stock #"]
    cars[301].cells["Yr"] = "20222"
    cars[333].cells["Range (EPA)"] = "plenty"


def update_rows(cars: list[Car], new: list[Car], rng: random.Random) -> list[dict[str, Any]]:
    """A week later: some prices are lower, most rows are as they were, five cars have arrived."""
    kept = [dict(car.cells) for car in cars[:56]]
    for cells, car in zip(kept[::2], cars[:56:2], strict=True):
        cells["Asking Price"] = round(car.price * rng.uniform(0.94, 0.985) / 100) * 100 - 10
    return kept + [dict(car.cells) for car in new]


def write_workbook(path: Path, rows: list[dict[str, Any]]) -> None:
    """A workbook with typed cells, free of the time it was made at."""
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)
    sheet = book.active
    assert sheet is not None
    sheet.title = "Stock list"
    sheet.append(list(HEADER))
    for row in rows:
        sheet.append([row[name] for name in HEADER])
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = content.replace(content[content.find(b"<dcterms:modified") :], _MODIFIED)
            out.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


_MODIFIED = (
    b'<dcterms:modified xsi:type="dcterms:W3CDTF">2026-01-05T00:00:00Z</dcterms:modified></cp:coreProperties>'
)


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311
    cars = make_cars(360, rng)
    new = make_cars(5, rng, first=9001)
    update = update_rows(cars, new, rng)
    spoil(cars)
    write_csv(HERE / "inventory.csv", [car.cells for car in cars], mark=True)
    write_workbook(HERE / "inventory_update.xlsx", update)


if __name__ == "__main__":
    main()
