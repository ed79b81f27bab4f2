"""Proposals and rows of invented inventories, for tests of what follows from them. Not a test."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domains.blueprints.inventory import InventoryFacts, inventory_of
from backend.domains.blueprints.model import Choices, FieldProposal, Left, Proposal, SheetProposal


@dataclass(frozen=True)
class Row:
    """A row as an import would store it."""

    values: Mapping[str, Any]


def field(key: str, target: str, kind: str = "text", unit: str | None = None, **column: Any) -> FieldProposal:
    entry: dict[str, Any] = {"target": target, "type": kind, **({"unit": unit} if unit else {}), **column}
    return FieldProposal(key, (target,), 0.95, type=kind, unit=unit, column=entry)  # type: ignore[arg-type]


def sheet(
    fields: Sequence[FieldProposal], *, domain: str = "general", file: str = "stock.csv", **more: Any
) -> SheetProposal:
    columns = {each.key: dict(each.column) for each in fields if each.targets}
    ignore = {each.key: str(each.left) for each in fields if each.left}
    mapping = {"schema": "source_mapping.v1", "source": "stock", "columns": columns, "ignore": ignore}
    facts: dict[str, Any] = {
        "currency": "USD",
        "mileage_unit": None,
        "language": "en",
        "row_count": 120,
        **more,
    }
    return SheetProposal(
        file=file,
        sheet=None,
        header_rows=(1,),
        first_row=2,
        other_rows=(),
        fields=tuple(fields),
        mapping=mapping,
        domain=domain,
        **facts,
    )


PIANO_FIELDS = (
    field("No.", "external_id"),
    field("Maker", "make", "enum", label="Maker"),
    field("Model", "model", "enum"),
    field("Built", "year", "integer"),
    field("Kind", "specs.category", "enum"),
    field("Length cm", "specs.length", "integer", "cm"),
    field("Finish", "specs.finish", "enum"),
    field("Restored", "specs.restored", "boolean"),
    field("Silent system", "specs.silent_system", "boolean"),
    field("Condition", "condition", "enum"),
    field("Town", "location_city", "enum"),
    field("Price", "price", "number"),
    FieldProposal("Cost", (), 0.99, left=Left.INTERNAL, samples=("4,100",)),
    FieldProposal("Owner tel", (), 0.99, left=Left.PERSONAL, samples=("555-0100",)),
)


def pianos(count: int = 120) -> list[Row]:
    chance = random.Random(7)
    makes = ["Kawara", "Blessing", "Steinfeld", "Petrow", "Hofner"]
    return [
        Row(
            {
                "external_id": f"P{at}",
                "title": f"{makes[at % 5]} grand piano",
                "make": makes[at % 5],
                "model": f"M{at % 40}",
                "year": 1960 + chance.randrange(60),
                "specs.category": chance.choice(["Grand", "Upright", "Baby grand"]),
                "specs.length": chance.randrange(110, 275),
                "specs.finish": chance.choice(["Ebony polish", "Walnut", "Mahogany"]),
                "specs.restored": chance.random() < 0.4,
                "specs.silent_system": chance.random() < 0.3,
                "condition": chance.choice(["Very good", "Good", "New"]),
                "location_city": chance.choice(["Denver", "Boston"]),
                "price": chance.randrange(4_000, 90_000),
                "currency": "USD",
            }
        )
        for at in range(count)
    ]


def piano_proposal(**choices: Any) -> tuple[Proposal, InventoryFacts]:
    own = sheet(PIANO_FIELDS, file="autumn_pianos.csv")
    return Proposal(sheets=(own,), choices=Choices(**choices)), inventory_of(pianos(), own.mapping)
