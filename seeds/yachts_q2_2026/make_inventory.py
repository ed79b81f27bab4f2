# ruff: noqa: E501
"""Writes `inventory.csv`: sailing and motor yachts lying in the Mediterranean, as a brokerage lists them.

Deterministic: run `python -m seeds.yachts_q2_2026.make_inventory` and the same bytes come out. Models are real ones with
rounded figures; each single boat, its name, owner and price are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seeds.messy import FEET_PER_METER, day, euros, phone, sentences, weighted, write_csv, yes_no

HERE = Path(__file__).parent
SEED, COUNT = 20260302, 72


@dataclass(frozen=True)
class Kind:
    """A model: measures in meters, what it sleeps, and what one cost new. Unit: EUR."""

    builder: str
    model: str
    type: str
    loa: float
    beam: float
    draft: float
    cabins: int
    berths: int
    years: tuple[int, int]
    new: int
    hp: int


KINDS = (
    Kind("Beneteau", "Oceanis 40.1", "Sail", 12.87, 4.18, 2.17, 3, 8, (2020, 2025), 262000, 45),
    Kind("Beneteau", "Oceanis 46.1", "Sail", 14.6, 4.5, 2.35, 4, 10, (2018, 2025), 365000, 57),
    Kind("Jeanneau", "Sun Odyssey 440", "Sail", 13.39, 4.29, 2.2, 3, 8, (2018, 2024), 310000, 45),
    Kind("Bavaria", "C42", "Sail", 12.9, 4.29, 2.1, 3, 8, (2020, 2025), 285000, 40),
    Kind("Hanse", "458", "Sail", 14.04, 4.38, 2.25, 3, 8, (2018, 2024), 335000, 57),
    Kind("Dufour", "430", "Sail", 13.24, 4.3, 2.1, 3, 8, (2019, 2024), 298000, 50),
    Kind("Hallberg-Rassy", "40C", "Sail", 12.3, 4.18, 1.92, 2, 6, (2018, 2025), 590000, 60),
    Kind("X-Yachts", "X4.3", "Sail", 12.68, 3.95, 2.2, 3, 6, (2017, 2024), 495000, 45),
    Kind("Lagoon", "42", "Catamaran", 12.8, 7.7, 1.25, 4, 10, (2017, 2025), 498000, 114),
    Kind("Lagoon", "46", "Catamaran", 13.99, 7.96, 1.35, 4, 10, (2019, 2025), 685000, 114),
    Kind("Bali", "4.2", "Catamaran", 12.85, 7.07, 1.22, 4, 10, (2021, 2025), 545000, 90),
    Kind("Fountaine Pajot", "Astrea 42", "Catamaran", 12.58, 7.2, 1.25, 4, 10, (2018, 2024), 540000, 60),
    Kind("Leopard", "45", "Catamaran", 13.72, 7.35, 1.5, 4, 10, (2017, 2024), 595000, 114),
    Kind("Azimut", "Atlantis 45", "Motor", 14.66, 4.21, 1.2, 2, 4, (2018, 2024), 690000, 960),
    Kind("Princess", "F50", "Motor", 15.7, 4.57, 1.1, 3, 6, (2018, 2024), 1180000, 1200),
    Kind("Sunseeker", "Manhattan 52", "Motor", 16.9, 4.7, 1.3, 3, 6, (2016, 2023), 1450000, 1450),
    Kind("Prestige", "460", "Motor", 14.27, 4.27, 1.1, 2, 4, (2017, 2023), 690000, 870),
    Kind("Beneteau", "Swift Trawler 41", "Motor", 12.43, 4.2, 1.15, 2, 5, (2020, 2025), 480000, 600),
    Kind("Ferretti", "500", "Motor", 15.7, 4.65, 1.35, 3, 6, (2020, 2024), 1390000, 1270),
)  # fmt: skip
# marina, country, share; the time zone of half of it
MARINAS = (
    ("Lefkas", "Greece", 18), ("Alimos", "Greece", 14), ("Split", "Croatia", 18), ("Zadar", "Croatia", 10),
    ("Palma", "Spain", 14), ("Barcelona", "Spain", 6), ("Antibes", "France", 10), ("Genoa", "Italy", 10),
)  # fmt: skip
TYPE_WORDS = {"Sail": ("Sail", "sailing yacht", "Segelyacht"), "Motor": ("Motor", "motor yacht", "Motoryacht"), "Catamaran": ("Catamaran", "Cat", "multihull")}  # fmt: skip
NOTES = (
    "Standing rigging replaced in 2024, rigger's invoice aboard.",
    "Antifouling and anodes in March, photos of the bare bottom in the folder.",
    "Private use only, wintered under a shed roof.",
    "Ex-charter, refitted with new upholstery and canvas.",
    "Teak deck dry and tight; two planks renewed at the stern.",
    "Watermaker serviced this spring, runs every week.",
    "Osmosis treatment by the yard in 2021, five-year guarantee papers.",
    "Second owner is moving up to a bigger one.",
    "Survey of last season may be read before a visit.",
    "Lithium house bank and 900 W of solar on the arch.",
    "Tender and outboard go with her.",
    "Gelcoat crack at the port quarter, closed by the yard.",
)


def yacht(number: int, kind: Kind, rng: random.Random) -> dict[str, Any]:
    year = rng.randint(*kind.years)
    age = 2026 - year
    hours = int(max(60, rng.gauss(150 if kind.type == "Sail" else 190, 60) * age))
    vat = None if rng.random() < 0.07 else rng.random() < 0.68
    worth = kind.new * 0.925**age * (0.97 if hours > 220 * age else 1.0) * rng.uniform(0.94, 1.07)
    price = round(worth / 500) * 500
    marina, country, _ = rng.choices(MARINAS, [m[2] for m in MARINAS])[0]
    hull = rng.choices(("White", "Blue", "Grey"), (82, 12, 6))[0]
    return {
        "Ref": f"YQ-{number}",
        "Builder": rng.choices((kind.builder, kind.builder.upper()), (9, 1))[0],
        "Model": kind.model,
        "Year": str(year),
        "Type": rng.choices(TYPE_WORDS[kind.type], (6, 2, 1))[0],
        "LOA": rng.choices((f"{kind.loa:g} m", decimal(kind.loa), f"{kind.loa * FEET_PER_METER:.1f} ft"), (55, 35, 10))[0],
        "Beam": f"{kind.beam:g} m",
        "Draft": rng.choice((f"{kind.draft:g} m", decimal(kind.draft))),
        "Cabins": str(kind.cabins),
        "Berths": str(kind.berths),
        "Eng. hours": weighted(rng, {f"{hours:,} h".replace(",", "."): 50, str(hours): 35, f"{hours} hrs": 10, "n/a": 5}),
        "Power": f"{kind.hp} hp",
        "Hull": hull,
        "VAT": {None: "?", True: rng.choice(("paid", "Y", "yes")), False: rng.choice(("not paid", "N"))}[vat],
        "Bow thruster": yes_no(rng, rng.random() < 0.74),
        "Watermaker": yes_no(rng, rng.random() < (0.42 if kind.type != "Motor" else 0.3)),
        "Generator": yes_no(rng, rng.random() < {"Sail": 0.2, "Catamaran": 0.62, "Motor": 0.9}[kind.type]),
        "Flybridge": yes_no(rng, kind.model in ("F50", "Manhattan 52", "460", "Swift Trawler 41", "500", "46")),
        "Survey": yes_no(rng, rng.random() < 0.46),
        "Ex-charter": yes_no(rng, kind.type != "Motor" and rng.random() < 0.3),
        "Asking": euros(rng, price, on_request=0.06),
        "Marina": marina,
        "Country": country,
        "Listed": day(rng, date(2026, 2, 25), days=160),
        "Remarks": sentences(rng, NOTES),
        "Photos": f"photos/{kind.type.lower()}-{hull.lower()}.svg|photos/{kind.type.lower()}-{hull.lower()}-evening.svg",
        "Owner tel": phone(rng),
    }  # fmt: skip


def decimal(value: float) -> str:
    """As most of the brokers here write it."""
    return f"{value:g}".replace(".", ",")


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311
    kinds = [*KINDS, *rng.choices(KINDS, k=COUNT - len(KINDS))]
    rng.shuffle(kinds)
    rows = [yacht(120 + at, kind, rng) for at, kind in enumerate(kinds)]
    rows[24]["Asking"] = "USD 410,000"  # what every real list has: reported, and the other rows are imported
    rows[50]["Eng. hours"] = "both rebuilt"
    write_csv(HERE / "inventory.csv", rows, delimiter=";")


if __name__ == "__main__":
    main()
