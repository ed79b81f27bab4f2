"""Files and helpers for tests of imports: a small mapping, a writer of CSV, and one way to import."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from backend.core.db import Database
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport
from tests.factories import World

MAPPING = """\
schema: source_mapping.v1
source: lot
currency: USD
columns:
  Stock: external_id
  VIN: identifier
  Make: make
  Model: model
  Year: year
  Price: price
  Miles: mileage
  Color: color_exterior
  Range: {target: specs.range, type: integer, unit: mi, label: Range}
  Heat pump: {target: specs.heat_pump, type: boolean}
  Dealer: seller
  Notes: description
"""
HEADER = (
    "Stock",
    "VIN",
    "Make",
    "Model",
    "Year",
    "Price",
    "Miles",
    "Color",
    "Range",
    "Heat pump",
    "Dealer",
    "Notes",
)
ROWS: tuple[tuple[str, ...], ...] = (
    (
        "A1",
        "VIN1",
        "Tesla",
        "Model 3",
        "2022",
        "$30,000",
        "20,000",
        "White",
        "272",
        "y",
        "NB-PDX",
        "One careful owner",
    ),
    (
        "A2",
        "VIN2",
        "Tesla",
        "Model 3",
        "2023",
        "$36,000",
        "10,000",
        "Grey",
        "346",
        "n",
        "NB-PDX",
        "Garage kept",
    ),
    (
        "A3",
        "VIN3",
        "Tesla",
        "Model Y",
        "2023",
        "$42,000",
        "12,000",
        "White",
        "326",
        "y",
        "??",
        "Tow hitch and roof rack",
    ),
    ("A4", "VIN4", "BMW", "i4", "2024", "Call", "5,000", "Blue", "301", "y", "", "Sport seats"),
)

Import = Callable[..., Awaitable[ImportReport]]
Sheet = Callable[..., Path]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    def write(
        rows: Sequence[Sequence[str]] = ROWS, name: str = "lot.csv", header: Sequence[str] = HEADER
    ) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


@pytest.fixture
def bring(database: Database, world: World) -> Import:
    """Imports a file as the command line does: one transaction past row-level security."""

    async def import_(path: Path, mapping: str = MAPPING, **options: Any) -> ImportReport:
        parsed = catalogue.parse_mapping(mapping)
        async with database.as_system("tests of imports") as ctx:
            return await catalogue.import_file(
                ctx, event=options.pop("event", world.slug), path=path, mapping=parsed, **options
            )

    return import_
