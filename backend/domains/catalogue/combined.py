"""Columns whose cells hold several things: what kind they are, and what separates the entries of lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from backend.domains.catalogue.cells import Cell, plain, says_nothing
from backend.domains.catalogue.model import Combined
from backend.domains.catalogue.places import countries, split_place, split_postal_place
from backend.domains.catalogue.vehicles import learn_vehicles, split_vehicle

_PLACE: Final = ("location_city", "location_region", "location_country")
_SEPARATORS: Final = (";", "|", "\n", ",", " / ", "•", "·", " - ", "+")
_LOOKED_AT: Final = 500


def combined_share(values: Mapping[Cell, int], kind: Combined) -> float:
    """Which share of different cells is a vehicle's name, a place of two parts, or a postal code with a city."""
    texts = [text for cell in list(values)[:_LOOKED_AT] if not says_nothing(text := plain(cell))]
    if not texts:
        return 0.0
    if kind == "vehicle":
        learnt = learn_vehicles(values)
        own = learnt.get("makes", ())
        return sum(_is_vehicle(text, own) for text in texts) / len(texts)
    if kind == "place":
        return sum(_is_place(text) for text in texts) / len(texts)
    postal = [split_postal_place(text, ("specs.postal_code", *_PLACE)) for text in texts]
    return sum({"specs.postal_code", "location_city"} <= set(parts) for parts in postal) / len(texts)


def _is_vehicle(text: str, makes: Collection[str]) -> bool:
    found = split_vehicle(text, makes=makes)
    return found.make is not None and found.model is not None


def _is_place(text: str) -> bool:
    parts = split_place(text, _PLACE)
    second = parts.get("location_country") or parts.get("location_region") or ""
    known = second.lower() in countries() or (second.isupper() and len(second) in {2, 3})
    return "location_city" in parts and known and not any(map(str.isdigit, text))


def place_targets(values: Mapping[Cell, int]) -> tuple[str, ...]:
    """City with what stands beside it in this column: region, country or both."""
    seen = {name for cell in list(values)[:_LOOKED_AT] for name in split_place(plain(cell), _PLACE)}
    return tuple(name for name in _PLACE if name in seen or name == "location_city")


def list_separator(values: Mapping[Cell, int]) -> str | None:
    """What stands between the entries of a list in this column; None where cells are no lists."""
    texts = [cell.strip() for cell in list(values)[:_LOOKED_AT] if isinstance(cell, str) and cell.strip()]
    for separator in _SEPARATORS:
        parts = [[part for part in re.split(re.escape(separator), text) if part.strip()] for text in texts]
        several = [each for each in parts if len(each) > 1]
        if len(several) * 4 < len(texts) or not several:
            continue
        entries = [part.strip().lower() for each in parts for part in each]
        repeats = len(set(entries)) < 0.8 * len(entries)
        if repeats and sum(map(len, entries)) <= 40 * len(entries):
            return separator.strip() or separator
    return None
