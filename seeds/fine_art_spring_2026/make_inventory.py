# ruff: noqa: E501
"""Writes `inventory.csv`: paintings, works on paper, bronzes and photographs of one gallery.

Deterministic: run `python -m seeds.fine_art_spring_2026.make_inventory` and the same bytes come out. Artists, titles and
owners are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seeds.messy import INCHES_PER_CM, day, dollars, sentences, weighted, write_csv, yes_no

HERE = Path(__file__).parent
SEED, COUNT = 20260316, 88


@dataclass(frozen=True)
class Hand:
    """An invented artist: what they make, when, and what a work of one square meter is worth."""

    name: str
    media: tuple[str, ...]
    styles: tuple[str, ...]
    years: tuple[int, int]
    worth: int


HANDS = (
    Hand("Ilse Marwick", ("Oil on canvas", "Watercolor"), ("Landscape", "Still life"), (1958, 1989), 24000),
    Hand("Teodor Vashti", ("Oil on canvas", "Acrylic on canvas"), ("Abstract",), (1971, 2012), 31000),
    Hand("Noor Ellery", ("Acrylic on canvas", "Mixed media"), ("Abstract",), (2009, 2025), 9800),
    Hand("Casimir Boyle", ("Oil on canvas",), ("Portrait", "Figurative"), (1936, 1964), 38000),
    Hand("Yumi Hartsong", ("Watercolor", "Woodcut"), ("Landscape", "Abstract"), (1998, 2025), 6200),
    Hand("Pell Okonta", ("Photograph",), ("Portrait", "Street"), (1984, 2019), 5400),
    Hand("Rosalind Teague", ("Lithograph", "Etching"), ("Still life", "Figurative"), (1951, 1982), 3900),
    Hand("Anselm Dray", ("Bronze",), ("Figurative", "Abstract"), (1962, 1999), 42000),
    Hand("Maribel Quist", ("Oil on canvas", "Oil on panel"), ("Landscape", "Seascape"), (1988, 2024), 13500),
    Hand("Odhran Fell", ("Mixed media", "Acrylic on canvas"), ("Abstract", "Figurative"), (2014, 2025), 5200),
)
FIRST = ("Quiet", "Blue", "Northern", "Second", "Late", "Broken", "Salt", "Winter", "Inner", "Slow", "Last", "Paper", "Golden", "Unfinished")  # fmt: skip
SECOND = {
    "Landscape": ("Orchard", "Valley", "Field", "Ridge", "Road"), "Seascape": ("Harbor", "Tide", "Coast", "Channel"),
    "Still life": ("Table", "Pears", "Lamp", "Jug"), "Portrait": ("Sister", "Reader", "Neighbor", "Profile"),
    "Figurative": ("Dancer", "Swimmer", "Sleeper", "Walker"), "Abstract": ("Interval", "Weight", "Grid", "Echo", "Field"),
    "Street": ("Crossing", "Awning", "Corner", "Stairs"),
}  # fmt: skip
PALETTES = {"Blue": 26, "Red": 14, "Green": 20, "Yellow": 12, "Grey": 16, "Black": 12}
MEDIA_WORDS = {
    "Oil on canvas": ("Oil on canvas", "oil/canvas", "O/C"), "Acrylic on canvas": ("Acrylic on canvas", "acrylic"),
    "Mixed media": ("Mixed media", "mixed"), "Photograph": ("Photograph", "gelatin silver print", "C-print"),
}  # fmt: skip
EDITIONED = {
    "Photograph": (5, 25),
    "Lithograph": (30, 120),
    "Etching": (20, 80),
    "Woodcut": (12, 60),
    "Bronze": (4, 9),
}
CONDITION = {"Excellent": 46, "Very good": 36, "Good": 14, "Restored": 4}
CITIES = (("New York", "NY", 40), ("Chicago", "IL", 22), ("Los Angeles", "CA", 26), ("Santa Fe", "NM", 12))
NOTES = (
    "From the estate of a collector who bought it at the first showing.",
    "Exhibited twice; both labels are on the back.",
    "Condition report by an independent conservator, three pages with raking-light photographs.",
    "Relined in 1994, colors stable.",
    "Framed by the gallery in museum glass.",
    "Small loss at the lower edge, stabilized, hidden by the frame.",
    "Listed in the artist's own notebook under the year it was made.",
    "Signed on the back, and dated twice in two hands.",
    "Light foxing in the margin, image clean.",
    "Cast under the artist's eye, foundry stamp at the base.",
    "Sold with the letter that came with it in the year it was bought.",
    "Hung away from daylight since it was acquired.",
)


def work(number: int, hand: Hand, rng: random.Random) -> dict[str, Any]:
    medium, style, year = rng.choice(hand.media), rng.choice(hand.styles), rng.randint(*hand.years)
    height, width = rng.randint(28, 160), rng.randint(28, 180)
    if medium in EDITIONED:
        height, width = min(height, 90), min(width, 80)
    edition = rng.randint(*EDITIONED[medium]) if medium in EDITIONED else None
    condition = weighted(rng, CONDITION)
    certificate = None if rng.random() < 0.08 else rng.random() < 0.74
    worth = hand.worth * max(0.18, height * width / 10_000) ** 0.75 * (0.82 if condition == "Restored" else 1)
    worth *= (0.9 if certificate is False else 1) * (0.55 if edition and edition > 25 else 1)
    price = max(450, round(worth * rng.uniform(0.85, 1.2) / 50) * 50)
    palette = (
        weighted(rng, PALETTES) if medium not in ("Bronze", "Photograph") else rng.choice(("Black", "Grey"))
    )
    city, state, _ = rng.choices(CITIES, [c[2] for c in CITIES])[0]
    return {
        "Inv. no.": f"FA/{number}",
        "Artist": hand.name,
        "Title": f"{rng.choice(FIRST)} {rng.choice(SECOND[style])}",
        "Date": rng.choices((str(year), f"c. {year}", f"{year} (signed)"), (80, 12, 8))[0],
        "Medium": rng.choice(MEDIA_WORDS.get(medium, (medium,))),
        "Style": style,
        "H": size(height, rng),
        "W": size(width, rng),
        "Palette": rng.choice((palette, palette.lower())),
        "Edition": f"{edition}" if edition else "",
        "Signed": yes_no(rng, rng.random() < 0.86),
        "Framed": yes_no(rng, medium != "Bronze" and rng.random() < 0.7),
        "COA": yes_no(rng, certificate),
        "Provenance docs": yes_no(rng, rng.random() < 0.66),
        "Condition": rng.choice((condition, condition.lower())),
        "Price": dollars(rng, price, on_request=0.1),
        "City": city,
        "ST": state,
        "In": day(rng, date(2026, 3, 12), days=140),
        "Text": sentences(rng, NOTES),
        "Image": photo(medium, style, palette),
        "Consignor": f"C-{rng.randint(100, 188)}",
        "Reserve": f"${price * 0.8:,.0f}",
    }  # fmt: skip


DRAWN = {
    "Abstract": "abstract",
    "Landscape": "landscape",
    "Seascape": "landscape",
    "Still life": "still-life",
}


def photo(medium: str, style: str, palette: str) -> str:
    drawn = {"Bronze": "bronze", "Photograph": "photograph"}.get(medium) or DRAWN.get(style, "figure")
    return f"photos/{drawn}-{palette.lower()}.svg"


def size(cm: int, rng: random.Random) -> str:
    return rng.choices((f"{cm} cm", str(cm), f"{cm * INCHES_PER_CM:.1f} in"), (55, 35, 10))[0]


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311
    rows = [work(26_001 + at, HANDS[at % len(HANDS)], rng) for at in range(COUNT)]
    rows[12]["H"] = "varies"  # what every real list has: reported, and the other rows are imported
    rows[57]["Price"] = "2,400-2,800"
    write_csv(HERE / "inventory.csv", rows, mark=True)


if __name__ == "__main__":
    main()
