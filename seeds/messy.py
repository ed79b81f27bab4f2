"""How sellers write things: the same fact in many forms, for the inventories that `make_inventory.py` of each folder makes.

Everything follows from the generator that is passed in, so that the same bytes come out each time.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

YES = ("Y", "yes", "Yes", "✓", "x", "1", "TRUE", "incl.")
NO = ("N", "no", "No", "✗", "", "0", "FALSE", "-")
KM_PER_MILE, SQFT_PER_SQM, FEET_PER_METER, INCHES_PER_CM = 1.609344, 10.7639, 3.28084, 0.393701

T = TypeVar("T")


def weighted(rng: random.Random, shares: Mapping[T, float]) -> T:
    return rng.choices(list(shares), list(shares.values()))[0]


def yes_no(rng: random.Random, value: bool | None) -> str:
    """None is what the seller does not know."""
    return rng.choice(("", "?", "n/a", "unknown") if value is None else YES if value else NO)


def dollars(rng: random.Random, amount: int, *, on_request: float = 0.0) -> str:
    """`$38,990`, `38990`, `39.0k`, `USD 38 990`, `$38,990 firm`, and `Call` for a share of them."""
    if rng.random() < on_request:
        return rng.choice(("Call", "POA", "on request"))
    form = weighted(rng, {"dollar": 66, "plain": 10, "k": 8, "usd": 8, "firm": 5})
    return {
        "dollar": f"${amount:,}",
        "plain": str(amount),
        "k": f"{amount / 1000:.1f}k" if amount < 1_000_000 else f"{amount / 1_000_000:.3f}m",
        "usd": f"USD {amount:,}".replace(",", " "),
        "firm": f"${amount:,} firm",
    }[form]


def euros(rng: random.Random, amount: int, *, on_request: float = 0.0) -> str:
    """`€ 249.000`, `249.000,00 €`, `249000`, `EUR 249 000`."""
    if rng.random() < on_request:
        return rng.choice(("POA", "Preis auf Anfrage", "prix sur demande"))
    dots, spaces = f"{amount:,}".replace(",", "."), f"{amount:,}".replace(",", " ")
    return weighted(
        rng, {f"€ {dots}": 50, f"{dots},00 €": 20, str(amount): 10, f"EUR {spaces}": 14, f"€{amount:,}": 6}
    )


def day(rng: random.Random, latest: date, *, days: int) -> str:
    """A day of the last `days`, as a spreadsheet would have it."""
    on = latest - timedelta(days=rng.randint(2, days))
    return rng.choice((f"{on.month}/{on.day}/{on.year}", on.isoformat(), on.strftime("%b %-d, %Y")))


def sentences(rng: random.Random, texts: Sequence[str]) -> str:
    """One to three of them; now and then a line break within."""
    chosen = rng.sample(texts, weighted(rng, {1: 4, 2: 5, 3: 2}))
    return (" " if rng.random() < 0.85 else "\n").join(chosen)


def phone(rng: random.Random) -> str:
    """Of the numbers that are kept for fiction."""
    return f"{rng.choice((503, 206, 408, 213, 303, 602))}-555-01{rng.randint(0, 99):02d}"


def write_csv(
    path: Path, rows: Sequence[Mapping[str, Any]], *, mark: bool = False, delimiter: str = ","
) -> None:
    """`mark` is the byte order mark that spreadsheets write."""
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
