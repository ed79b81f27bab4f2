"""Values and filters in words, by the event's locale: prices, measures, chips. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from backend.domains.catalogue.model import Attribute, Listing, Vocabulary
from backend.domains.discovery.model import Chip, Filter
from backend.domains.discovery.quotations import is_name, quoted
from backend.domains.events.model import Document, field_name
from backend.kit.figures import decimal_text
from backend.kit.money import format_money, major_units, minor_units

ON_REQUEST = "Price on request"
_CORE_LABELS = {"price": "Price", "year": "Year", "mileage": "Mileage", "geo": "Distance"}


@dataclass(frozen=True, slots=True)
class Words:
    """How one event names and formats things."""

    locale: str
    currency: str
    mileage_unit: str
    one: str
    many: str
    attributes: Mapping[str, Attribute]
    labels: Mapping[str, str]

    @classmethod
    def of(cls, document: Document, vocabulary: Vocabulary) -> Words:
        catalogue: Mapping[str, Any] = document.get("catalogue", {})
        noun = catalogue.get("noun", {})
        written = {
            field_name(a["name"]): a["label"] for a in catalogue.get("attributes", ()) if a.get("label")
        }
        attributes = {a.name: a for a in vocabulary.attributes}
        labels = {**_CORE_LABELS, **{a.name: a.label for a in vocabulary.attributes}, **written}
        return cls(
            document.get("locale", "en-US").replace("-", "_"),
            document.get("currency", "USD"),
            catalogue.get("mileage_unit", "mi"),
            noun.get("one", "item"),
            noun.get("many", "items"),
            attributes,
            labels,
        )

    def count(self, n: int) -> str:
        """`1 car`, `1,204 cars`."""
        return f"{self.number(n)} {self.one if n == 1 else self.many}"

    def number(self, value: float) -> str:
        return _decimal(float(value), self.locale)

    def money(self, value: float, currency: str | None = None) -> str:
        """An amount in major units."""
        return _money(value, currency or self.currency, self.locale)

    def measure(self, field: str, value: float) -> str:
        """A number as its attribute shows it: `18,200 mi`, `2022`, `$40,000`, `94%`."""
        if field == "price":
            return self.money(value)
        if field == "year":
            return str(int(value))
        unit = (
            self.mileage_unit
            if field == "mileage"
            else self.attributes[field].unit
            if field in self.attributes
            else None
        )
        if not unit:
            return self.number(value)
        if len(unit) == 3 and unit.isupper():
            return self.money(value, unit)
        return f"{self.number(value)}%" if unit == "%" else f"{self.number(value)} {unit}"

    def label(self, field: str) -> str:
        return self.labels.get(field) or field.removeprefix("specs.").replace("_", " ").capitalize()

    def spoken_label(self, field: str) -> str:
        """The label within a sentence; abbreviations keep their capitals."""
        label = self.label(field)
        return label if label[:2].isupper() else label[:1].lower() + label[1:]


@lru_cache(maxsize=4096)
def _decimal(value: float, locale: str) -> str:
    return decimal_text(value, locale)


@lru_cache(maxsize=4096)
def _money(value: float, currency: str, locale: str) -> str:
    return format_money(minor_units(Decimal(repr(value)), currency), currency, locale)


def price_of(listing: Listing) -> float | None:
    """Unit: major units of the listing's currency."""
    return None if listing.price_minor is None else _major(listing.price_minor, listing.currency)


@lru_cache(maxsize=4096)
def _major(minor: int, currency: str | None) -> float:
    return float(major_units(minor, currency))


def value_of(listing: Listing, field: str) -> Any:
    """The listing's value of an attribute, None where it is not known."""
    if field == "price":
        return price_of(listing)
    if field[:6] == "specs.":
        return listing.specs.get(field[6:])
    return getattr(listing, field, None)


def shown_value(words: Words, field: str, value: Any) -> str:
    """One value in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return words.measure(field, value)
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)  # pyright: ignore[reportUnknownArgumentType]
    return str(value)


def spoken_value(words: Words, field: str, value: Any) -> str:
    """One value within a sentence of the guide: what is no name is quoted."""
    shown = shown_value(words, field, value)
    return shown if is_name(value) else quoted(shown)


def listed(values: Sequence[str], last: str = "or") -> str:
    """`White, Gray or Blue`."""
    return (
        values[0] if len(values) == 1 else f"{', '.join(values[:-1])} {last} {values[-1]}" if values else ""
    )


def chips(words: Words, filters: Iterable[Filter]) -> tuple[Chip, ...]:
    """Filters as chips, in the order they were said."""
    return tuple(
        Chip(
            f.id,
            f.group,
            f.field,
            words.label(f.field),
            f.op,
            f.value,
            chip_text(words, f),
            default=f.default,
            turn=f.turn,
            source=f.source,
        )
        for f in filters
    )


def chip_text(words: Words, f: Filter) -> str:
    """A filter in a few words: `Up to $40,000`, `White or Gray`, `No accidents`, `2021 or newer`."""
    label = words.label(f.field)
    if f.op == "within":
        return f"Within {words.number(f.value['radius'])} {f.value['unit']} of {f.value['center']}"
    if isinstance(f.value, bool):
        return label if f.value else _without(words, f.field)
    if f.op in ("in", "not_in"):
        values = [shown_value(words, f.field, v) for v in f.value]
        return listed(values) if f.op == "in" else f"Not {listed(values)}"
    return _numeric_text(words, f, label)


def _without(words: Words, field: str) -> str:
    """The absence of a feature. One that is itself an absence ("No accidents") is not denied twice."""
    spoken = words.spoken_label(field)
    denied = (
        spoken.partition(" ")[2] if spoken.startswith(("no ", "without ")) else spoken.removesuffix(" free")
    )
    return f"No {spoken}" if denied == spoken else f"{denied[:1].upper()}{denied[1:]} accepted"


def _numeric_text(words: Words, f: Filter, label: str) -> str:
    if f.op == "between":
        low, high = (words.measure(f.field, v) for v in f.value)
        return _named(f.field, label, f"{low} to {high}")
    if not isinstance(f.value, int | float):
        return f"{label}: {f.value}"
    shown = words.measure(f.field, f.value)
    if f.field == "year":
        return {"gte": f"{shown} or newer", "lte": f"{shown} or older"}.get(f.op, shown)
    if f.op == "eq" and f.group == "nice" and f.source and not any(c.isdigit() for c in f.source):
        return f.source[:1].upper() + f.source[1:]  # `low mileage`
    if f.op == "eq" and f.group == "nice":
        return _named(f.field, label, f"around {shown}")
    if f.op == "eq":
        return f"No {words.spoken_label(f.field)}" if f.value == 0 else f"{label}: {shown}"
    return _named(f.field, label, {"lte": f"up to {shown}", "gte": f"from {shown}"}[f.op])


def _named(field: str, label: str, text: str) -> str:
    """Money and mileage explain themselves."""
    if field in ("price", "mileage"):
        return text[:1].upper() + text[1:]
    return f"{label} {text}"
