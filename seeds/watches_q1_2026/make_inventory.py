# ruff: noqa: E501
"""Writes `inventory.csv`: watches of one house of pre-owned pieces.

Deterministic: run `python -m seeds.watches_q1_2026.make_inventory` and the same bytes come out. Models are real ones with
their makers' figures; each single watch, its number and its price are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seeds.messy import INCHES_PER_CM, day, dollars, sentences, weighted, write_csv, yes_no

HERE = Path(__file__).parent
SEED, COUNT = 20260112, 96
STEEL, GOLD, STEEL_BAND, LEATHER, RUBBER = (
    "Steel",
    "Yellow gold",
    "Steel bracelet",
    "Leather strap",
    "Rubber strap",
)


@dataclass(frozen=True)
class Kind:
    """A reference: what its maker says of it, and what a very good one is worth."""

    make: str
    model: str
    reference: str
    mm: float
    material: str
    movement: str
    dials: tuple[str, ...]
    band: str
    meters: int
    hours: int
    years: tuple[int, int]
    worth: int
    style: str = "dress"
    chronograph: bool = False
    gmt: bool = False
    date: bool = True


KINDS = (
    Kind("Rolex", "Submariner", "124060", 41, STEEL, "Automatic", ("Black",), STEEL_BAND, 300, 70, (2020, 2025), 10400, "diver", date=False),
    Kind("Rolex", "Submariner Date", "126610LN", 41, STEEL, "Automatic", ("Black",), STEEL_BAND, 300, 70, (2020, 2025), 13200, "diver"),
    Kind("Rolex", "GMT-Master II", "126710BLRO", 40, STEEL, "Automatic", ("Black",), STEEL_BAND, 100, 70, (2018, 2025), 19800, "pilot", gmt=True),
    Kind("Rolex", "Daytona", "116500LN", 40, STEEL, "Automatic", ("White", "Black"), STEEL_BAND, 100, 72, (2016, 2022), 27900, "chrono", True, date=False),
    Kind("Rolex", "Datejust 41", "126334", 41, STEEL, "Automatic", ("Blue", "Silver", "Black", "Green"), STEEL_BAND, 100, 70, (2017, 2025), 10900),
    Kind("Rolex", "Explorer", "124270", 36, STEEL, "Automatic", ("Black",), STEEL_BAND, 100, 70, (2021, 2025), 7300, date=False),
    Kind("Rolex", "Explorer II", "226570", 42, STEEL, "Automatic", ("White", "Black"), STEEL_BAND, 100, 70, (2021, 2025), 9800, "pilot", gmt=True),
    Kind("Omega", "Speedmaster", "310.30.42.50.01.001", 42, STEEL, "Manual wind", ("Black",), STEEL_BAND, 50, 50, (2021, 2025), 5900, "chrono", True, date=False),
    Kind("Omega", "Seamaster 300", "210.30.42.20.01.001", 42, STEEL, "Automatic", ("Black", "Blue"), STEEL_BAND, 300, 55, (2018, 2025), 4300, "diver"),
    Kind("Omega", "Aqua Terra", "220.10.41.21.03.001", 41, STEEL, "Automatic", ("Blue", "Green"), STEEL_BAND, 150, 60, (2017, 2025), 4700),
    Kind("Tudor", "Black Bay 58", "79030N", 39, STEEL, "Automatic", ("Black", "Blue"), STEEL_BAND, 200, 70, (2018, 2024), 3200, "diver", date=False),
    Kind("Tudor", "Pelagos", "25600TB", 42, "Titanium", "Automatic", ("Blue", "Black"), "Titanium bracelet", 500, 70, (2016, 2023), 3600, "diver"),
    Kind("Cartier", "Santos", "WSSA0018", 39.8, STEEL, "Automatic", ("Silver", "Blue"), STEEL_BAND, 100, 42, (2018, 2025), 6400),
    Kind("Cartier", "Tank", "WSTA0041", 33.7, STEEL, "Quartz", ("Silver",), LEATHER, 30, 0, (2021, 2025), 2800, date=False),
    Kind("Jaeger-LeCoultre", "Reverso", "Q3978480", 28.3, STEEL, "Manual wind", ("Blue", "Silver"), LEATHER, 30, 42, (2019, 2025), 7600, date=False),
    Kind("IWC", "Portugieser", "IW371605", 41, STEEL, "Automatic", ("Silver", "Blue"), LEATHER, 30, 46, (2020, 2025), 6100, "chrono", True, date=False),
    Kind("Patek Philippe", "Nautilus", "5711/1A", 40, STEEL, "Automatic", ("Blue",), STEEL_BAND, 120, 45, (2015, 2021), 96000),
    Kind("Patek Philippe", "Calatrava", "5227G", 39, "White gold", "Automatic", ("Silver",), LEATHER, 30, 45, (2014, 2023), 27500),
    Kind("Audemars Piguet", "Royal Oak", "15500ST", 41, STEEL, "Automatic", ("Blue", "Grey", "Black"), STEEL_BAND, 50, 70, (2019, 2022), 43500),
    Kind("Grand Seiko", "Snowflake", "SBGA211", 41, "Titanium", "Spring Drive", ("White",), "Titanium bracelet", 100, 72, (2017, 2025), 4100),
    Kind("Nomos", "Tangente", "139", 35, STEEL, "Manual wind", ("White",), LEATHER, 30, 43, (2015, 2024), 1350, date=False),
    Kind("Breitling", "Navitimer", "AB0138211B1P1", 43, STEEL, "Automatic", ("Black",), LEATHER, 30, 70, (2022, 2025), 6300, "chrono", True),
    Kind("Rolex", "Day-Date", "228238", 40, GOLD, "Automatic", ("Champagne", "Green"), "Gold bracelet", 100, 70, (2016, 2024), 36500),
    Kind("Hublot", "Big Bang", "301.PX.1180.RX", 44, "Rose gold", "Automatic", ("Black",), RUBBER, 100, 42, (2015, 2022), 14900, "chrono", True),
)  # fmt: skip
CONDITIONS = {"Unworn": 14, "Very good": 44, "Good": 32, "Worn": 10}
FACTOR = {"Unworn": 1.08, "Very good": 1.0, "Good": 0.92, "Worn": 0.82}
SPELLINGS = {
    "Unworn": ("Unworn", "unworn", "NOS", "New / unworn"),
    "Very good": ("Very good", "very good", "VG", "near mint"),
    "Good": ("Good", "good"),
    "Worn": ("Worn", "well worn"),
    "Steel": ("Steel", "SS", "stainless steel"),
    "Yellow gold": ("Yellow gold", "18k YG"),
    "Rose gold": ("Rose gold", "18k RG", "Everose"),
    "White gold": ("White gold", "18k WG"),
    "Automatic": ("Automatic", "auto", "self-winding"),
    "Manual wind": ("Manual wind", "hand-wound", "manual"),
    "Grey": ("Grey", "Gray", "anthracite"),
}
PLACES = (
    ("Hawthorne", "Portland", "OR", 5),
    ("Lakeside", "Seattle", "WA", 4),
    ("Harbor", "San Francisco", "CA", 5),
)
NOTES = (
    "Movement opened, regulated and pressure-tested at our bench in December.",
    "Serviced by the maker in 2024; the papers of that service lie with it.",
    "Unpolished case, the bevels are as they left the factory.",
    "Light hairlines on the clasp, none on the crystal.",
    "One owner from new, worn at weekends by the look of it.",
    "Bracelet complete with all links; little stretch.",
    "Small mark at seven o'clock on the lug, photographed under the loupe.",
    "Timing on six positions within four seconds a day.",
    "Comes with the outer box, the booklets and both hang tags.",
    "The strap is new, the original one is in the box.",
    "Bought at an authorized dealer; the stamped card is dated.",
    "Crystal replaced by the maker, invoice in the folder.",
    "From a collector who kept eleven watches and wore two.",
)


def watch(number: int, kind: Kind, rng: random.Random) -> dict[str, Any]:
    year = rng.randint(*kind.years)
    condition = weighted(rng, CONDITIONS) if year < 2025 else rng.choice(("Unworn", "Very good"))
    papers = rng.random() < 0.72
    box = papers or rng.random() < 0.4
    serviced = None if rng.random() < 0.12 else year < 2021 and rng.random() < 0.7
    worth = kind.worth * FACTOR[condition] * (1.0 if papers else 0.91) * (1.02 if serviced else 1.0)
    price = round(worth * rng.uniform(0.95, 1.06) / 50) * 50
    dial = rng.choice(kind.dials)
    counter, city, state, _ = rng.choices(PLACES, [p[3] for p in PLACES])[0]
    return {
        "Lot": f"MW-{number}",
        "Serial": "MPX" + "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=7)),
        "Brand": rng.choices((kind.make, kind.make.upper()), (9, 1))[0],
        "Model": kind.model,
        "Ref.": kind.reference,
        "Year": rng.choices((str(year), f"c. {year}", f"'{year % 100}"), (86, 8, 6))[0],
        "Case Ø": rng.choices((f"{kind.mm:g} mm", f"{kind.mm:g}mm", f"{kind.mm:g}", f'{kind.mm / 10 * INCHES_PER_CM:.3f}"'), (50, 30, 15, 3))[0],
        "Case": spelled(kind.material, rng),
        "Movement": spelled(kind.movement, rng),
        "Dial": spelled(dial, rng),
        "Band": kind.band,
        "WR": rng.choice((f"{kind.meters} m", f"{kind.meters}m", str(kind.meters))),
        "Power reserve": f"{kind.hours} h" if kind.hours else "-",
        "Chrono": yes_no(rng, kind.chronograph),
        "GMT": yes_no(rng, kind.gmt),
        "Date": yes_no(rng, kind.date),
        "Box": yes_no(rng, box),
        "Papers": yes_no(rng, papers),
        "Service history": yes_no(rng, serviced),
        "Authenticated": rng.choice(("Y", "yes", "✓")),
        "Condition": spelled(condition, rng),
        "Ask": dollars(rng, price, on_request=0.04),
        "City": city,
        "ST": state,
        "Counter": counter,
        "Listed": day(rng, date(2026, 1, 8), days=70),
        "Notes": sentences(rng, NOTES),
        "Photos": photo(kind, dial),
        "Cost": f"${price * 0.86:,.0f}",
    }  # fmt: skip


def photo(kind: Kind, dial: str) -> str:
    color = dial if dial in {"Black", "Blue", "White", "Green"} else "Silver"
    return f"photos/{kind.style}-{color.lower()}-{'steel' if 'bracelet' in kind.band else 'leather'}.svg"


def spelled(value: str, rng: random.Random) -> str:
    forms = SPELLINGS.get(value, (value,))
    return rng.choices(forms, [6, *[1] * (len(forms) - 1)])[0]


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311
    kinds = [*KINDS, *rng.choices(KINDS, [50_000 / (k.worth + 4_000) for k in KINDS], k=COUNT - len(KINDS))]
    rows = [watch(310 + 3 * at, kind, rng) for at, kind in enumerate(kinds)]
    rows[40]["Ask"] = "14-15k"  # what every real list has: reported, and the other rows are imported
    rows[71]["WR"] = "splash proof"
    write_csv(HERE / "inventory.csv", rows, mark=True)


if __name__ == "__main__":
    main()
