"""How the cells of one mapped column are read: picks the normalizer by target, type and unit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from backend.kit.money import Money, major_units

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

_BY_NORMALIZER: Final[Mapping[str, ColumnType]] = {
    "money": "number",
    "measure": "number",
    "number": "number",
    "percent": "number",
    "integer": "integer",
    "year": "integer",
    "boolean": "boolean",
    "date": "date",
    "enum": "enum",
    "list": "list",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the event says about every listing: currency, unit of distance, units of its attributes."""

    currency: str = "USD"
    mileage_unit: str = "mi"
    units: Mapping[str, str] = field(default_factory=dict)


class Parts(dict[str, str]):
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
        return refused or Parts({k: v for k, v in values.items() if v is not None})  # type: ignore[misc]

    return read


def _reading_target(
    column: ColumnMapping, target: str, mapping: SourceMapping, setting: Setting
) -> Callable[[Cell], object]:
    kind, mark = column_type(column, target), mapping.decimal
    if target == "price":
        return _price(mapping.currency or setting.currency, setting.currency, mark)
    if column.normalizer == "money":
        return lambda cell: _major(n.money(cell, currency=setting.currency, mark=mark), setting.currency)
    if target == "mileage":
        bare = column.unit or mapping.mileage_unit or setting.mileage_unit
        return _bounded(
            lambda cell: n.number(cell, unit=bare, to=setting.mileage_unit, whole=True, mark=mark),
            column,
            target,
        )
    if target == "year" or column.normalizer == "year":
        return lambda cell: n.year(cell)
    if kind in {"integer", "number"}:
        unit = "%" if column.normalizer == "percent" else column.unit
        to, whole = _unit(column, target, setting) or unit, kind == "integer"
        return _bounded(
            lambda cell: n.number(cell, unit=unit or to, to=to, whole=whole, mark=mark), column, target
        )
    if kind == "boolean":
        return lambda cell: n.boolean(cell, yes=column.yes, no=column.no, negate=column.negate)
    if kind == "date":
        return lambda cell: n.iso_date(cell, order=mapping.dates)
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


def _price(bare: str, event: str, mark: Any) -> Callable[[Cell], object]:
    def read(cell: Cell) -> object:
        value = n.money(cell, currency=bare, mark=mark)
        if not isinstance(value, Money):
            return value
        if value.currency != event:
            return Rejected(Reason.OTHER_CURRENCY)
        return value if value.minor <= _HIGHEST_PRICE else Rejected(Reason.OUT_OF_RANGE)

    return read


def _major(value: Money | Rejected | None, currency: str) -> object:
    """An amount beside the price (a fee, a deposit), in major units of the event's currency."""
    if not isinstance(value, Money):
        return value
    return (
        float(major_units(value.minor, currency))
        if value.currency == currency
        else Rejected(Reason.OTHER_CURRENCY)
    )


def _bounded(read: Callable[[Cell], Any], column: ColumnMapping, target: str) -> Callable[[Cell], object]:
    low, high = _RANGES.get(target, (float("-inf"), float("inf")))
    low, high = (low if column.min is None else column.min), (high if column.max is None else column.max)

    def checked(cell: Cell) -> object:
        value = read(cell)
        fits = value is None or isinstance(value, Rejected) or low <= value <= high
        return value if fits else Rejected(Reason.OUT_OF_RANGE)

    return checked
