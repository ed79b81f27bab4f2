"""How the cells of one mapped column are read: picks the normalizer by target, type and unit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from backend.domains.catalogue import normalizers as n
from backend.domains.catalogue.model import (
    CORE_ENUMS,
    CORE_NUMBERS,
    Attribute,
    AttributeKind,
    ColumnMapping,
    ColumnType,
    SourceMapping,
)
from backend.domains.catalogue.normalizers import Cell, Reason, Rejected
from backend.domains.catalogue.places import split_place, split_postal_place
from backend.domains.catalogue.vehicles import split_vehicle
from backend.kit.money import Money, major_units
from backend.kit.units import DecimalMark, Measure, convert, convertible

_CACHE_LIMIT: Final = 5_000  # different cells remembered per column
_CACHE_CHARS: Final = 80
_PARAGRAPHS: Final = frozenset({"description"})
_TEXT_LIMITS: Final[Mapping[str, int]] = {"external_id": 200, "identifier": 200, "title": 300}
_HIGHEST_PRICE: Final = 10**15  # in minor units; a cell beyond it is a number of another kind
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "mileage": (0, 100_000_000),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
}
DEFAULT_TYPES: Final[Mapping[str, ColumnType]] = {
    **dict.fromkeys(CORE_ENUMS, "enum"),
    **dict.fromkeys(("price", "latitude", "longitude"), "number"),
    **dict.fromkeys(("year", "mileage"), "integer"),
    "image_urls": "list",
}

_VEHICLE: Final = ("title", "year", "make", "model", "trim")
_BY_NORMALIZER: Final[Mapping[str, ColumnType]] = {
    "money": "number",
    "measure": "number",
    "number": "number",
    "percent": "number",
    "integer": "integer",
    "year": "integer",
    "boolean": "boolean",
    "score": "number",
    "date": "date",
    "month": "date",
    "enum": "enum",
    "list": "list",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the event says about every listing: currency, unit of distance, units of its attributes.

    Without a currency, amounts keep their own; without a unit of distance, distances do.
    """

    currency: str | None = "USD"
    mileage_unit: str | None = "mi"
    units: Mapping[str, str] = field(default_factory=dict)


#: For reading a file as it stands.
OWN: Final = Setting(None, None)


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance driven before its row says what unit it is in."""

    value: Decimal
    unit: str | None


class Parts(dict[str, Any]):
    """The values of a cell that holds several targets."""


def column_type(column: ColumnMapping, target: str) -> ColumnType:
    """What the values of a target are: as the mapping says, by its normalizer, or as the target always is."""
    if target in DEFAULT_TYPES:
        return DEFAULT_TYPES[target]
    return column.type or _BY_NORMALIZER.get(column.normalizer or "", "text")


def attributes_of(mapping: SourceMapping, setting: Setting) -> tuple[Attribute, ...]:
    """What listings of this mapping can be filtered by, in the order of its columns."""
    found: dict[str, Attribute] = {}
    for column in mapping.columns:
        for target in column.targets:
            kind = column_type(column, target)
            if not (target.startswith("specs.") or target in CORE_ENUMS or target in CORE_NUMBERS):
                continue
            label = column.label or CORE_ENUMS.get(target) or CORE_NUMBERS.get(target) or _label(target)
            unit = {"price": setting.currency, "mileage": setting.mileage_unit}.get(target) or _unit(
                column, target, setting
            )
            found[target] = Attribute(target, _KINDS[kind], label, unit)
    for target in mapping.defaults:
        if target in CORE_ENUMS:
            found.setdefault(target, Attribute(target, "enum", CORE_ENUMS[target]))
    return tuple(found.values())


_KINDS: Final[Mapping[ColumnType, AttributeKind]] = {
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "enum": "enum",
    "list": "enum",
    "text": "text",
    "date": "text",
}


def _label(target: str) -> str:
    words = target.removeprefix("specs.").replace("_", " ")
    return words[:1].upper() + words[1:]


def _unit(column: ColumnMapping, target: str, setting: Setting) -> str | None:
    return column.to or setting.units.get(target) or column.unit


def remembering(read: Callable[[Cell], object]) -> Callable[[Cell], object]:
    """Columns repeat themselves: most cells have been read before."""
    seen: dict[Cell, object] = {}

    def remembered(cell: Cell) -> object:
        if type(cell) is not str or len(cell) > _CACHE_CHARS:
            return read(cell)
        if cell in seen:
            return seen[cell]
        value = read(cell)
        if len(seen) < _CACHE_LIMIT:
            seen[cell] = value
        return value

    return remembered


def reader_of(column: ColumnMapping, mapping: SourceMapping, setting: Setting) -> Callable[[Cell], object]:
    target, *others = column.targets
    if column.parse is not None:
        return _parsing(column)
    return (
        _splitting(column, mapping, setting) if others else _reading_target(column, target, mapping, setting)
    )


def _splitting(column: ColumnMapping, mapping: SourceMapping, setting: Setting) -> Callable[[Cell], object]:
    reads = [(target, _reading_target(column, target, mapping, setting)) for target in column.targets]
    assert column.split is not None
    split = column.split.strip() or column.split

    def read(cell: Cell) -> object:
        parts = [part.strip() for part in n.plain(cell).split(split, len(reads) - 1)]
        values = {target: each(part) for (target, each), part in zip(reads, parts, strict=False)}
        refused = next((v for v in values.values() if isinstance(v, Rejected)), None)
        return refused or Parts({k: v for k, v in values.items() if v is not None})

    return read


def _parsing(column: ColumnMapping) -> Callable[[Cell], object]:
    """Reads cells whose parts are told by what they are, not by what stands between them."""

    def read(cell: Cell) -> object:
        text = n.text(cell, limit=300)
        if not isinstance(text, str):
            return text
        if column.parse == "vehicle":
            vehicle = split_vehicle(text, makes=column.makes, models=column.models)
            found: Mapping[str, Any] = {name: getattr(vehicle, name) for name in _VEHICLE}
        elif column.parse == "postal_place":
            found = split_postal_place(text, column.targets)
        else:
            found = split_place(text, column.targets)
        return Parts({k: v for k, v in found.items() if k in column.targets and v is not None})

    return read


def _reading_target(
    column: ColumnMapping, target: str, mapping: SourceMapping, setting: Setting
) -> Callable[[Cell], object]:
    kind, mark = column_type(column, target), column.decimal or mapping.decimal
    if target == "price":
        return _price(column, mapping, setting, mark)
    if column.normalizer == "money":
        return _amount(column, mapping, setting, mark)
    if target == "currency":
        return n.currency
    if target == "mileage":
        return _mileage(column, mapping, setting, mark)
    if target == "mileage_unit":
        return n.distance_unit
    if target == "year" or column.normalizer == "year":
        return n.year
    if column.normalizer == "score":
        return _bounded(_scaled(lambda cell: n.score(cell, mark=mark), column), column, target)
    if kind in {"integer", "number"}:
        return _bounded(_scaled(_numeric(column, target, setting, mark), column), column, target)
    if kind == "boolean":
        return lambda cell: n.boolean(cell, yes=column.yes, no=column.no, negate=column.negate)
    if kind == "date":
        order, monthly = column.dates or mapping.dates, column.normalizer == "month"
        return lambda cell: n.iso_date(cell, order=order, monthly=monthly)
    return _words(column, target, kind)


def _words(column: ColumnMapping, target: str, kind: ColumnType) -> Callable[[Cell], object]:
    if target == "image_urls" or column.normalizer == "url_list":
        return lambda cell: n.links(cell, prefixes=column.prefixes, separators=column.separator or "|;\n, ")
    if kind == "list":
        return lambda cell: n.items(cell, separators=column.separator or ";|\n")
    if kind == "enum" or column.values:
        return lambda cell: n.enum(cell, values=column.values, closed=column.closed)
    if target in _PARAGRAPHS or column.normalizer == "paragraph":
        return n.paragraph
    limit = _TEXT_LIMITS.get(target, 500)
    return lambda cell: n.text(cell, limit=limit)


def _numeric(
    column: ColumnMapping, target: str, setting: Setting, mark: DecimalMark
) -> Callable[[Cell], float | int | Rejected | None]:
    unit = "%" if column.normalizer == "percent" else column.unit
    to, whole = _unit(column, target, setting) or unit, column_type(column, target) == "integer"
    if target in {"latitude", "longitude"}:
        return lambda cell: n.number(cell, places=6, mark="," if "," in n.plain(cell) else ".")
    return lambda cell: n.number(cell, unit=unit or to, to=to, whole=whole, mark=mark)


def _mileage(
    column: ColumnMapping, mapping: SourceMapping, setting: Setting, mark: DecimalMark
) -> Callable[[Cell], object]:
    """In the event's unit, or as `Distance` where rows name their unit or keep their own."""
    bare, to = column.unit or mapping.mileage_unit or setting.mileage_unit, setting.mileage_unit
    if to is None or names(mapping, "mileage_unit"):
        own = column.unit or (None if names(mapping, "mileage_unit") else mapping.mileage_unit)

        def measured(cell: Cell) -> object:
            found = n.measure(cell, mark=mark)
            return Distance(found.value, found.unit or own) if isinstance(found, Measure) else found

        return measured
    return _bounded(
        _scaled(lambda cell: n.number(cell, unit=bare, to=to, whole=True, mark=mark), column),
        column,
        "mileage",
    )


def settled_distance(value: Decimal, unit: str | None, to: str | None) -> int | float | Rejected:
    """A distance in the unit that is kept: `to`, else its own."""
    if unit and to and unit != to:
        if not convertible(unit, to):
            return Rejected(Reason.OTHER_UNIT)
        value = convert(value, unit, to)
    low, high = _RANGES["mileage"]
    return n.shown(value, whole=True) if low <= value <= high else Rejected(Reason.OUT_OF_RANGE)


def names(mapping: SourceMapping, target: str) -> bool:
    """Whether a column of the mapping goes to a target."""
    return any(target in column.targets for column in mapping.columns)


def _scaled(read: Callable[[Cell], Any], column: ColumnMapping) -> Callable[[Cell], Any]:
    if column.scale is None:
        return read
    scale = Decimal(repr(column.scale))

    def scaled(cell: Cell) -> Any:
        value = read(cell)
        if value is None or isinstance(value, Rejected):
            return value
        if isinstance(value, Money):
            return Money(int((value.minor * scale).to_integral_value(ROUND_HALF_UP)), value.currency)
        product = float(Decimal(repr(value)) * scale)
        return int(product) if product.is_integer() else round(product, 4)

    return scaled


def _price(
    column: ColumnMapping, mapping: SourceMapping, setting: Setting, mark: DecimalMark
) -> Callable[[Cell], object]:
    """A price in the event's currency; in its own where each row names one, or where there is no event."""
    by_row, event = names(mapping, "currency"), setting.currency
    bare = column.currency or (None if by_row else mapping.currency or event)

    def read(cell: Cell) -> object:
        value = n.money(cell, currency=bare, mark=mark)
        if not isinstance(value, Money):
            return value
        if not by_row and event is not None and value.currency != event:
            return Rejected(Reason.OTHER_CURRENCY)
        return value if value.minor <= _HIGHEST_PRICE else Rejected(Reason.OUT_OF_RANGE)

    return _scaled(read, column)


def _amount(
    column: ColumnMapping, mapping: SourceMapping, setting: Setting, mark: DecimalMark
) -> Callable[[Cell], object]:
    """An amount beside the price (a fee, a deposit), in major units."""
    kept = None if names(mapping, "currency") else setting.currency
    bare = column.currency or mapping.currency or setting.currency

    def read(cell: Cell) -> object:
        value = n.money(cell, currency=bare, mark=mark)
        if not isinstance(value, Money):
            return value
        if kept is not None and value.currency != kept:
            return Rejected(Reason.OTHER_CURRENCY)
        return n.shown(major_units(value.minor, value.currency), whole=False)

    return _bounded(_scaled(read, column), column, column.targets[0])


def _bounded(read: Callable[[Cell], Any], column: ColumnMapping, target: str) -> Callable[[Cell], object]:
    low, high = _RANGES.get(target, (float("-inf"), float("inf")))
    low, high = (low if column.min is None else column.min), (high if column.max is None else column.max)

    def checked(cell: Cell) -> object:
        value = read(cell)
        fits = value is None or isinstance(value, Rejected) or low <= value <= high
        return value if fits else Rejected(Reason.OUT_OF_RANGE)

    return checked
