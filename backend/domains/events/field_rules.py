"""Whether the names of listing fields in a document name something. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from backend.domains.events.model import LISTING_FIELDS, Document, Path, Severity, field_name
from backend.domains.events.violations import Finding, nearest, shown

#: What a chip may be called without naming a field word by word.
CHIP_WORDS: Final = {
    "budget": "price",
    "brand": "make",
    "feature": "specs",
    "features": "specs",
    "specs": "specs",
    "color": "color_exterior",
    "location": "location_city",
}
COMPARISON_GROUPS: Final = ("key_specs", "verifications", "ownership_costs")


def attributes_are_consistent(doc: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, attribute in enumerate(doc["catalogue"]["attributes"]):
        path: Path = ("catalogue", "attributes", index)
        name = field_name(attribute["name"])
        if name in seen:
            yield Finding((*path, "name"), "twice", f"“{name}” is declared twice.", name)
        seen.add(name)
        if attribute["values"] and attribute["kind"] != "enum":
            message = f"Only attributes of kind enum list values; “{name}” is of kind {attribute['kind']}."
            yield Finding((*path, "values"), "values_without_enum", message)
        if attribute["means"] and attribute["kind"] != "boolean":
            message = f"Only attributes of kind boolean can mean something; “{name}” is of kind {attribute['kind']}."
            yield Finding((*path, "means"), "means_without_boolean", message)


def filters_name_fields(doc: Document) -> Iterator[Finding]:
    filters = doc["search_defaults"]["filters"]
    for name, value in filters.items():
        path: Path = ("search_defaults", "filters", name)
        if field_name(name) != name and field_name(name) in filters:
            yield Finding(
                path, "twice", f"“{name}” is short for “{field_name(name)}”, which is there as well.", name
            )
        if filter_form(name, value, doc["catalogue"]["attributes"])[0] == field_name(name):
            yield from _field(doc, name, path, "A filter")
        if isinstance(value, dict) and value.get("min", -math.inf) > value.get("max", math.inf):
            yield Finding(
                path, "empty_range", "The lower bound is above the upper one.", shown(value), "min ≤ max"
            )
        yield from _listed_values(doc, name, value, path)


def _listed_values(doc: Document, name: str, value: Any, path: Path) -> Iterator[Finding]:
    attribute = _attributes(doc).get(field_name(name))
    if attribute is None or not attribute["values"]:
        return
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item not in attribute["values"]:
            message = f"{shown(item)} is not among the values declared for “{name}”."
            guess = nearest(item, attribute["values"])
            yield Finding(path, "unlisted_value", message, item, None, guess, Severity.WARNING)


def interface_names_fields(doc: Document) -> Iterator[Finding]:
    contract = doc["ui_contract"]
    for index, name in enumerate(contract["tile_specs"]):
        yield from _field(doc, name, ("ui_contract", "tile_specs", index), "A tile specification")
    for index, name in enumerate(contract["comparison_fields"]):
        if name not in COMPARISON_GROUPS:
            yield from _field(
                doc, name, ("ui_contract", "comparison_fields", index), "A comparison", COMPARISON_GROUPS
            )
    for index, label in enumerate(contract["chips"]):
        if not chip_fields(label, doc):
            words = [attribute["label"] for attribute in _attributes(doc).values()]
            guess = nearest(label, [*words, *(w.capitalize() for w in (*CHIP_WORDS, *LISTING_FIELDS))])
            message = f"The chip {shown(label)} names no listing field."
            yield Finding(
                ("ui_contract", "chips", index),
                "no_such_field",
                message,
                label,
                "a field or its label",
                guess,
            )


def filter_form(name: str, value: Any, attributes: Iterable[Mapping[str, Any]]) -> tuple[str, Any]:
    """A filter by the field listings have: `accidents: 0` is `specs.accident_free: true` where that is declared."""
    for attribute in attributes:
        for other, meant in (attribute["means"] or {}).items():
            if field_name(other) == field_name(name) and meant == value and type(meant) is type(value):
                return field_name(attribute["name"]), True
    return field_name(name), value


def chip_fields(label: str, doc: Document) -> tuple[str, ...]:
    """The listing fields a chip stands for, by name, label or usual word."""
    by_label = {_plain(attribute["label"]): name for name, attribute in _attributes(doc).items()}
    fields: dict[str, None] = {}
    for word in (_plain(part) for part in (label, *label.split("/"))):
        named = by_label.get(word) or CHIP_WORDS.get(word)
        for known in (word.replace(" ", "_"), f"specs.{word.replace(' ', '_')}"):
            named = named or (known if known in LISTING_FIELDS or known in _attributes(doc) else None)
        if named:
            fields[named] = None
    return tuple(fields)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _attributes(doc: Document) -> dict[str, dict[str, Any]]:
    return {field_name(attribute["name"]): attribute for attribute in doc["catalogue"]["attributes"]}


def _field(doc: Document, name: str, path: Path, what: str, more: Iterable[str] = ()) -> Iterator[Finding]:
    known = _attributes(doc)
    if field_name(name) in LISTING_FIELDS or field_name(name) in known:
        return
    guess = nearest(name, [*LISTING_FIELDS, *known, *(full.removeprefix("specs.") for full in known), *more])
    undeclared = "is not declared in `catalogue.attributes` and holds only for listings that have it"
    message = f"{what} names “{name}”, which {'is no listing field' if known else undeclared}."
    severity = Severity.ERROR if known else Severity.WARNING
    yield Finding(path, "no_such_field", message, name, "a listing field", guess, severity)
