# ruff: noqa: E501
"""Writes `inventory.csv`: houses that a wholesaler has under contract and assigns to cash buyers.

Deterministic: run `python -m seeds.real_estate_wholesale.make_inventory` and the same bytes come out. Streets, owners and
phone numbers are invented; the cities are only there so that a place can be asked for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from seeds.messy import SQFT_PER_SQM, dollars, phone, sentences, weighted, write_csv, yes_no

HERE = Path(__file__).parent
SEED, COUNT = 20260126, 84


@dataclass(frozen=True)
class Market:
    """A city, and what a renovated house of it brings. Unit: USD per square foot, and per month."""

    city: str
    state: str
    per_sqft: int
    rent_per_sqft: float
    share: float


MARKETS = (
    Market("Baltimore", "MD", 168, 1.18, 20),
    Market("Cleveland", "OH", 118, 0.98, 18),
    Market("Memphis", "TN", 128, 1.02, 18),
    Market("Birmingham", "AL", 132, 0.99, 14),
    Market("St. Louis", "MO", 138, 1.03, 15),
    Market("Jacksonville", "FL", 192, 1.22, 15),
)
# property type -> (share, bedrooms, square feet, acres, year built)
TYPES = {
    "Single family": (62, (2, 4), (880, 1900), (0.12, 0.6), (1925, 1988)),
    "Townhouse": (22, (2, 4), (960, 1650), (0.02, 0.08), (1905, 1975)),
    "Duplex": (10, (4, 6), (1600, 2600), (0.1, 0.3), (1915, 1965)),
    "Condo": (6, (1, 2), (620, 1100), (0.0, 0.0), (1965, 1995)),
}
TYPE_WORDS = {
    "Single family": ("SFR", "Single family", "single-family", "House"), "Townhouse": ("Townhouse", "rowhouse", "TH"),
    "Duplex": ("Duplex", "2-family"), "Condo": ("Condo", "condominium"),
}  # fmt: skip
# what a house needs -> (share, repairs in USD per square foot, spellings)
REHAB = {
    "Cosmetic": (30, (9, 16), ("Cosmetic", "light rehab", "paint & carpet")),
    "Moderate": (42, (22, 36), ("Moderate", "medium rehab")),
    "Full gut": (22, (44, 62), ("Full gut", "gut job", "heavy rehab")),
    "Fire damage": (6, (66, 88), ("Fire damage", "fire-damaged")),
}
STREETS = ("Foxglove Ct", "Larkmoor Ave", "Thistledown Rd", "Copperbeech Ln", "Marrowbone St", "Quillfeather Dr", "Saltbox Way", "Wrenfield Pl", "Tallowtree Ave", "Bramblegate St")  # fmt: skip
TITLE = {"Clear": 72, "Lien": 16, "Probate": 12}
NOTES = (
    "Roof about eight years old, no active leaks on the day of the walk-through.",
    "Furnace works, water heater does not.",
    "Seller signed because the estate has to be settled by spring.",
    "Lockbox on the side door; photos of every room in the folder.",
    "Sewer scoped in December, report attached: clay pipe, no collapse.",
    "Comparables within half a mile and six months, listed in the packet.",
    "Knob-and-tube wiring in the attic, priced into the repairs.",
    "Tenant is month to month and pays on time.",
    "Basement dry in a wet week, some efflorescence.",
    "Kitchen is gone, which saves you the demolition.",
    "Foundation looked at by an engineer; letter in the packet.",
    "Corner lot with alley access and room for parking.",
)


def house(number: int, rng: random.Random) -> dict[str, Any]:
    market = rng.choices(MARKETS, [m.share for m in MARKETS])[0]
    kind = rng.choices(list(TYPES), [t[0] for t in TYPES.values()])[0]
    _, beds, area, land, built = TYPES[kind]
    need = rng.choices(list(REHAB), [r[0] for r in REHAB.values()])[0]
    bedrooms, sqft = rng.randint(*beds), round(rng.uniform(*area) / 10) * 10
    bathrooms = max(1, bedrooms - rng.choice((1, 1, 2))) + rng.choice((0, 0, 0.5))
    arv = round(sqft * market.per_sqft * rng.uniform(0.88, 1.14) / 1000) * 1000
    repairs = round(sqft * rng.uniform(*REHAB[need][1]) / 500) * 500
    fee = rng.choice((5000, 7500, 8000, 10000, 12000))
    # Of the 70 % rule: most ask for a little less, some for more than they should.
    price = max(18_000, round((arv * rng.uniform(0.62, 0.74) - repairs) / 500) * 500)
    occupancy = weighted(rng, {"Vacant": 58, "Tenant occupied": 26, "Owner occupied": 16})
    close = date(2026, 2, 6) + timedelta(days=rng.randint(3, 45))
    acres = rng.uniform(*land)
    street = f"{rng.randint(11, 989)} {rng.choice(STREETS)}"
    return {
        "Deal ID": f"WS-{number}",
        "Headline": f"{bedrooms}-bed {kind.lower()} on {street.split(' ', 1)[1]}",
        "Address": street,
        "City": market.city,
        "ST": market.state,
        "Type": rng.choices(TYPE_WORDS[kind], [5, *[2] * (len(TYPE_WORDS[kind]) - 1)])[0],
        "Bd": str(bedrooms),
        "Ba": f"{bathrooms:g}",
        "Sq Ft": rng.choices((f"{sqft:,}", f"{sqft} sf", str(sqft), f"{sqft / SQFT_PER_SQM:.0f} sqm"), (50, 30, 16, 4))[0],
        "Lot": "" if not acres else rng.choice((f"{acres:.2f}", f"{acres:.2f} acre")),
        "Built": rng.choice((str(year := rng.randint(*built)), str(year), f"c. {year}")),
        "Rehab": rng.choice(REHAB[need][2]),
        "Assignment price": dollars(rng, price + fee),
        "ARV": dollars(rng, arv),
        "Repairs est.": rng.choice((f"${repairs:,}", f"{repairs / 1000:g}k", str(repairs))),
        "Market rent": f"${round(sqft * market.rent_per_sqft * rng.uniform(0.92, 1.08) / 5) * 5:,}",
        "Occupancy": rng.choice((occupancy, occupancy.lower())),
        "Title": rng.choices((title := weighted(rng, TITLE), title.lower()), (4, 1))[0],
        "Inspection": yes_no(rng, rng.random() < 0.62),
        "Access": yes_no(rng, occupancy == "Vacant"),
        "Close by": rng.choice((f"{close.month}/{close.day}/{close.year}", close.isoformat())),
        "Fee": f"${fee:,}",
        "Seller phone": phone(rng),
        "Notes": sentences(rng, NOTES),
        "Photos": f"photos/{ {'Single family': 'house', 'Townhouse': 'townhouse', 'Duplex': 'duplex', 'Condo': 'condo'}[kind]}-{rng.choice(('brick', 'cream', 'sage', 'slate'))}.svg",
    }  # fmt: skip


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311
    rows = [house(401 + 2 * at, rng) for at in range(COUNT)]
    rows[19]["Assignment price"] = (
        "best offer"  # what every real list has: reported, and the other rows are imported
    )
    rows[52]["Repairs est."] = "see packet"
    rows[67]["Deal ID"] = rows[66]["Deal ID"]
    write_csv(HERE / "inventory.csv", rows, mark=True)


if __name__ == "__main__":
    main()
