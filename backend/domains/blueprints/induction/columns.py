"""From what a column is to how it is read: type, unit, normalizer and its entry in a source mapping. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

from backend.domains.blueprints.induction.folding import Heading
from backend.domains.blueprints.induction.scoring import Option
from backend.domains.blueprints.induction.settings import FileReading, currency_of, mileage_unit_of, order_of
from backend.domains.blueprints.induction.traits import Traits
from backend.domains.blueprints.model import ValueType
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ColumnProfile

_CORE_TYPES: Final[Mapping[str, ValueType]] = {
    "price": "number", "year": "integer", "mileage": "integer", "latitude": "number", "longitude": "number",
    "image_urls": "list", "status": "enum", "condition": "enum", "currency": "enum", "mileage_unit": "enum",
}  # fmt: skip
_KINDS: Final[Mapping[str, ValueType]] = {
    "money": "number", "number": "number", "measure": "number", "percent": "number", "integer": "integer",
    "distance": "integer", "year": "integer", "boolean": "boolean", "date": "date", "month": "date", "list": "list",
    "latitude": "number", "longitude": "number",
}  # fmt: skip
#: Cells of these must be readable; of all others an unreadable one is left empty and reported.
_STRICT: Final = frozenset({"external_id", "title"})
_FEW: Final = 40
_CENTS: Final = frozenset({"cent", "pence", "minor", "centime", "centavo", "rappen"})
_THOUSANDS: Final = re.compile(
    r"(?:\b[kT]|\btsd\.?|\bthousands?|'000s?|\b000s?) ?(?:[$€£]|(?:EUR|USD|GBP|CHF)\b)|[$€£] ?(?:k\b|'?000)"
    r"|\bk(?:EUR|USD|GBP|CHF)\b|\b(?i:in (?:thousands|tausend|tsd|milliers|miles))\b"
)
_MOST_THOUSANDS: Final = 10_000  # a middle price above this is none in thousands


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column is read. `doubt` is what a person should look at, if anything."""

    targets: tuple[str, ...]
    type: ValueType
    unit: str | None
    normalizer: str | None
    entry: Mapping[str, Any]
    doubt: str = ""


def reading_of(
    option: Option,
    targets: tuple[str, ...],
    column: ColumnProfile,
    heading: Heading,
    traits: Traits,
    file: FileReading,
) -> Reading:
    """The entry for a column that is published as `targets`."""
    if option.concept is not None and option.concept.key.startswith("combined."):
        return _combined(option.concept.kind, targets, column)
    target = targets[0]
    kind = option.concept.kind if option.concept is not None else ""
    type_ = _type(target, kind, column, traits)
    usual = option.concept.unit if option.concept is not None else None
    unit, entry, doubt = _details(target, kind, usual, type_, column, heading, traits, file)
    normalizer = entry.get("normalizer")
    if type_ != "text" and target not in _CORE_TYPES:
        entry = {"type": type_, **entry}
    if target.startswith("specs.") and (option.concept is None or file.language != "en"):
        entry["label"] = _label(heading)
    if target not in _STRICT and (
        type_ in {"integer", "number", "date", "boolean"} or target == "image_urls"
    ):
        entry["on_error"] = "blank"
    return Reading(
        targets, type_, unit, normalizer or _usual(target, kind, type_), {"target": target, **entry}, doubt
    )


def _label(heading: Heading) -> str:
    """What buyers read: the header as the seller wrote it, without its unit."""
    text = heading.text if heading.aside else re.sub(r"[(\[{].*?[)\]}]", " ", heading.text)
    words = " ".join(text.replace("_", " ").split()).strip(" :#%€$£")[:60].strip()
    return (words[:1].upper() + words[1:])[:60].strip() or heading.text[:60]  # “ß” grows when it is capital


def _usual(target: str, kind: str, type_: ValueType) -> str | None:
    if target == "price" or kind == "money":
        return "money"
    return {"boolean": "boolean", "date": "date", "list": "list", "enum": "enum"}.get(type_) or (
        "year" if target == "year" else None
    )


def _type(target: str, kind: str, column: ColumnProfile, traits: Traits) -> ValueType:
    if target in _CORE_TYPES:
        return _CORE_TYPES[target]
    if not target.startswith("specs."):
        return "text"
    wanted = _KINDS.get(kind)
    if (
        wanted in {"number", "integer"}
        and not _is_code(traits)
        and (not traits.is_known or traits.share("number") > 0.5 or traits.share("rating") > 0.5)
    ):
        return "integer" if traits.are_whole and kind != "money" else "number"
    if wanted == "boolean" and (not traits.is_known or traits.share("boolean") > 0.6):
        return "boolean"
    if wanted == "date" and (not traits.is_known or traits.share("date", "month") > 0.5):
        return "date"
    if wanted == "list" and (not traits.is_known or catalogue.list_separator(column.values)):
        return "list"
    return _seen(kind, column, traits)


def _seen(kind: str, column: ColumnProfile, traits: Traits) -> ValueType:
    """The type that the cells show."""
    if kind in {"code", "prose", "url", "name"}:
        return "text"
    if traits.share("date", "month") > 0.7:
        return "date"
    if (
        traits.share("boolean") > 0.95
        and traits.distinct <= 4
        and (traits.share("number") < 0.5 or _is_binary(traits))
    ):
        return "boolean"
    if traits.share("rating") > 0.7:
        return "integer"
    if traits.share("number") > 0.85 and traits.share("year") < 0.95 and not _is_code(traits):
        return "integer" if traits.are_whole else "number"
    if catalogue.list_separator(column.values) and traits.share("street", "prose") < 0.5 and kind != "enum":
        return "list"
    few = traits.distinct <= min(_FEW, max(8, 0.4 * traits.count))
    return "enum" if few and traits.length < 40 else "text"


def _is_binary(traits: Traits) -> bool:
    return set(traits.numbers) == {0.0, 1.0}


def _is_code(traits: Traits) -> bool:
    """Digits that are no amount: all of one length and more than five, or with zeros in front."""
    lengths = {len(text) for text in traits.texts}
    padded = any(text.startswith("0") and text.isdigit() and len(text) > 1 for text in traits.texts)
    return traits.share("digits") > 0.95 and (padded or (len(lengths) == 1 and lengths.pop() > 6))


def _details(
    target: str,
    kind: str,
    usual: str | None,
    type_: ValueType,
    column: ColumnProfile,
    heading: Heading,
    traits: Traits,
    file: FileReading,
) -> tuple[str | None, dict[str, Any], str]:
    """Unit, the rest of the entry, and a doubt."""
    if target == "price" or (kind == "money" and type_ in {"number", "integer"} and not heading.unit):
        currency = currency_of(traits, heading, file)
        entry: dict[str, Any] = {} if target == "price" else {"normalizer": "money"}
        if currency and currency != file.currency:
            entry["currency"] = currency
        entry |= _scale(heading, traits)
        return currency, entry, "" if currency or target != "price" else "Which currency are these prices in?"
    if target == "mileage":
        unit, _ = mileage_unit_of(traits, heading, file)
        return unit, {"unit": unit} if unit else {}, ""
    if type_ in {"integer", "number"} and target.startswith("specs."):
        if traits.share("rating") > 0.5:
            return None, {"normalizer": "score"}, ""
        if currency := _amounts(traits, heading):
            return (
                currency,
                {"normalizer": "money"} | ({"currency": currency} if currency != file.currency else {}),
                "",
            )
        unit = _unit(kind, heading, traits, usual)
        return unit, {"unit": unit} if unit else {}, ""
    if type_ == "date":
        order, is_shown = order_of(islice(column.values, 5_000), file.dates)
        entry = {"normalizer": "month"} if traits.share("month") > 0.5 else {}
        entry |= {"dates": order} if order != file.dates else {}
        return None, entry, "" if is_shown else "Is the day or the month first in these dates?"
    if type_ == "list" or target == "image_urls":
        separator = (
            catalogue.list_separator(column.values) if target != "image_urls" else _link_separator(traits)
        )
        return None, {"separator": separator} if separator else {}, ""
    return None, {}, ""


def _scale(heading: Heading, traits: Traits) -> dict[str, float]:
    """What amounts are multiplied by whose header says cents or thousands, unless the cells say otherwise."""
    is_bare = not traits.currencies and traits.are_whole
    if is_bare and _CENTS.intersection((*heading.words, *heading.aside)):
        return {"scale": 0.01}
    is_small = traits.middle is not None and traits.middle < _MOST_THOUSANDS
    is_short = any(text.rstrip(" .$€£").lower().endswith(("k", "tsd", "mil")) for text in traits.texts)
    return {"scale": 1000} if is_small and not is_short and _THOUSANDS.search(heading.text) else {}


def _amounts(traits: Traits, heading: Heading) -> str | None:
    """The currency of numbers that name one, or whose header does."""
    if traits.currencies and traits.currencies[0][1] > 0.5:
        return traits.currencies[0][0]
    return heading.currency if heading.currency and not heading.unit else None


def _unit(kind: str, heading: Heading, traits: Traits, usual: str | None) -> str | None:
    if heading.unit:
        return heading.unit
    if traits.units and traits.units[0][1] > 0.3:
        return traits.units[0][0]
    return usual or ("%" if kind == "percent" else None)


def _link_separator(traits: Traits) -> str | None:
    for separator in ("|", ";", ","):
        if any(separator in text for text in traits.texts):
            return separator
    return None


def _combined(kind: str, targets: tuple[str, ...], column: ColumnProfile) -> Reading:
    entry: dict[str, Any] = {"targets": list(targets)}
    if kind in {"colors", "coordinates"}:
        marks = ("/", "|") if kind == "colors" else (",", ";")
        mark = next((m for m in marks if any(m in str(cell) for cell in islice(column.values, 50))), marks[0])
        return Reading(targets, "text", None, "split", entry | {"split": mark})
    entry["parse"] = kind
    if kind == "place":
        here = catalogue.place_targets(column.values)
        targets = tuple(t for t in here if t in targets or t == "location_country")
        entry["targets"] = list(targets)
    if kind == "vehicle":
        entry |= cast("dict[str, Any]", catalogue.learn_vehicles(column.values))
    return Reading(targets, "text", None, f"split_{kind}", entry)
