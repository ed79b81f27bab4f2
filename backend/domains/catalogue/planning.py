"""What an import takes from the event before it reads: currency, units, labels, and the numeric columns of search. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend.domains.catalogue.model import CORE_ENUMS, CORE_NUMBERS, SLOTS, Attribute, SourceMapping
from backend.domains.catalogue.reading import Setting


def declared_attributes(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Attributes of the event document by the name listings have them under: a bare name is one of `specs`."""
    listed: Sequence[Mapping[str, Any]] = document.get("catalogue", {}).get("attributes", [])
    return {_target(str(attribute["name"])): attribute for attribute in listed}


def _target(name: str) -> str:
    return name if name in CORE_ENUMS or name in CORE_NUMBERS or "." in name else f"specs.{name}"


def setting_of(
    document: Mapping[str, Any], mapping: SourceMapping, declared: Mapping[str, Mapping[str, Any]]
) -> Setting:
    """Currency and units: the event's, else the mapping's, else US ones."""
    return Setting(
        currency=document.get("currency") or mapping.currency or "USD",
        mileage_unit=document.get("catalogue", {}).get("mileage_unit") or mapping.mileage_unit or "mi",
        units={name: a["unit"] for name, a in declared.items() if a.get("unit")},
    )


def described(attributes: Sequence[Attribute], declared: Mapping[str, Mapping[str, Any]]) -> list[Attribute]:
    return [replace(a, label=declared.get(a.name, {}).get("label") or a.label) for a in attributes]


def with_slots(
    attributes: Sequence[Attribute], first: Sequence[str], taken: Mapping[str, str]
) -> tuple[Attribute, ...]:
    """Gives numbers their column of the scan. A slot once given stays; those the document names come first."""
    free = [slot for slot in SLOTS if slot not in taken.values()]
    order = sorted(attributes, key=lambda a: first.index(a.name) if a.name in first else len(first))
    given = dict(taken)
    for attribute in order:
        if attribute.name in {"price", "year", "mileage"}:
            given[attribute.name] = attribute.name
        elif attribute.kind == "number" and attribute.name not in given and free:
            given[attribute.name] = free.pop(0)
    return tuple(replace(a, slot=given.get(a.name) if a.kind == "number" else None) for a in attributes)
