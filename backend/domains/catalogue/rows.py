"""From the cells of one record to a typed listing, by a mapping. Pure: no file, no database, no clock.

A cell that cannot be read rejects its row, or is left empty where the mapping says so; either way it is reported.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz, process

from backend.core.errors import InvalidInput
from backend.domains.catalogue import normalizers as n
from backend.domains.catalogue.model import ColumnMapping, PreviewRow, RejectedCell, SourceMapping, header_key
from backend.domains.catalogue.normalizers import Cell, Reason, Rejected
from backend.domains.catalogue.reading import (
    DEFAULT_TYPES,
    Distance,
    Parts,
    Setting,
    attributes_of,
    column_type,
    reader_of,
    remembering,
    settled_distance,
)
from backend.kit.money import Money, are_dollars, major_units, minor_units

_UNLISTED: Final = frozenset({
    "sold", "withdrawn", "gone", "delisted", "inactive", "deleted", "archived", "verkauft", "vendu", "vendido",
})  # fmt: skip
_PROSE_LIMIT: Final = 2000  # characters of a listing that its vector is made of

_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One listing as it will be stored. `facets` are (attribute, value, display); `numbers` attribute -> value."""

    row: int
    external_id: str
    core: Mapping[str, Any]
    specs: Mapping[str, Any]
    specs_json: str
    media_json: str
    raw: Mapping[str, str]
    facets: Sequence[tuple[str, str, str]]
    numbers: Mapping[str, float]
    seller: str | None
    listed: bool
    prose: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record. `external_id` is known for rejected rows too, where it could be read."""

    typed: TypedRow | None
    problems: Sequence[RejectedCell]
    external_id: str | None


@dataclass(frozen=True, slots=True)
class _Reader:
    """One mapped column, joined to its place in the file."""

    at: int
    column: ColumnMapping
    read: Callable[[Cell], object]


class RowTyper:
    """Types the records of one file. `unmapped` names columns that are neither mapped nor ignored.

    Raises: InvalidInput `catalogue.missing_column` (nearest), `catalogue.unmapped_columns`, `catalogue.adapter_unapproved`.
    """

    def __init__(self, mapping: SourceMapping, header: Sequence[str], setting: Setting, *, file: str) -> None:
        self._mapping = mapping
        self._setting = setting
        self._width = len(header)
        self._readers = _join(mapping, header, setting, file)
        self.unmapped = _unmapped(mapping, header, file)
        self.attributes = attributes_of(mapping, setting)
        self.id_header = next((c.header for c in mapping.columns if "external_id" in c.targets), "")
        self._labels = {a.name: a.label for a in self.attributes}
        self._numbers = tuple(a.name for a in self.attributes if a.kind == "number")
        self._types = {t: column_type(c, t) for c in mapping.columns for t in c.targets}

    def type_row(self, row: int, cells: Sequence[Cell]) -> Outcome:
        """The listing, or None where a cell rejects it; with every cell that was refused or left empty."""
        if extra := self._extra(row, cells):
            return Outcome(None, [extra], None)
        problems: list[RejectedCell] = []
        values, raw = self._read(row, cells, problems)
        external_id: str | None = values.get("external_id")
        problems += self._missing_id(row, values, problems)
        if any(problem.effect == "rejected" for problem in problems):
            return Outcome(None, problems, external_id)
        return Outcome(self._typed(row, values, raw), problems, external_id)

    def preview(self, row: int, cells: Sequence[Cell]) -> PreviewRow:
        """The values of a record by target, whether an import would take it or not."""
        extra = self._extra(row, cells)
        problems: list[RejectedCell] = [extra] if extra else []
        values, _ = self._read(row, cells, problems)
        problems += self._missing_id(row, values, problems)
        price = values.get("price")
        if isinstance(price, Money):
            values["price"] = n.shown(major_units(price.minor, price.currency), whole=False)
            values |= {"currency": price.currency} if price.currency else {}
        if "mileage" in values and self._setting.mileage_unit:
            values["mileage_unit"] = self._setting.mileage_unit
        return PreviewRow(row, values, tuple(problems))

    def _missing_id(
        self, row: int, values: Mapping[str, Any], problems: Sequence[RejectedCell]
    ) -> list[RejectedCell]:
        told = any(problem.column == self.id_header for problem in problems)
        if values.get("external_id") or told or not (self.id_header or self._mapping.id):
            return []
        return [RejectedCell(row, self.id_header or self._mapping.id, Reason.REQUIRED, "")]

    def _extra(self, row: int, cells: Sequence[Cell]) -> RejectedCell | None:
        """The first cell beyond the last named column."""
        if len(cells) <= self._width:
            return None
        beyond = [cell for cell in cells[self._width :] if not n.says_nothing(n.plain(cell))]
        if not beyond:
            return None
        return RejectedCell(row, f"#{self._width + 1}", Reason.TOO_MANY_CELLS, n.plain(beyond[0])[:200])

    def _read(
        self, row: int, cells: Sequence[Cell], problems: list[RejectedCell]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = dict(self._mapping.defaults)
        raw: dict[str, str] = {}
        for reader in self._readers:
            cell = cells[reader.at] if reader.at < len(cells) else None
            column = reader.column
            value = reader.read(cell)
            if isinstance(value, Rejected):
                effect = "blanked" if column.blank_on_error else "rejected"
                problems.append(RejectedCell(row, column.header, value.reason, n.block(cell)[:1000], effect))
            elif isinstance(value, Parts):
                values |= value
            elif value is not None:
                values[column.targets[0]] = value
                if not isinstance(value, str | list) and (written := n.plain(cell)) != str(value):
                    raw[column.targets[0]] = written[:200]
        if (
            self._mapping.id
            and not values.get("external_id")
            and (made := fill(self._mapping.id, {**values, "row": row}))
        ):
            values["external_id"] = made[:200]
        if refused := self._settle(values):
            problems.append(
                RejectedCell(row, self._header("mileage"), refused.reason, raw.get("mileage", ""))
            )
        return values, raw

    def _header(self, target: str) -> str:
        return next((c.header for c in self._mapping.columns if target in c.targets), target)

    def _settle(self, values: dict[str, Any]) -> Rejected | None:
        """Gives amounts the currency and distances the unit that their row names."""
        price, distance = values.get("price"), values.get("mileage")
        if isinstance(price, Money):
            named = values.get("currency")
            if price.currency is None or (named and are_dollars(named, price.currency)):
                named = named or self._mapping.currency or self._setting.currency
                values["price"] = Money(minor_units(major_units(price.minor, price.currency), named), named)
        if isinstance(distance, Distance):
            unit = distance.unit or values.get("mileage_unit") or self._mapping.mileage_unit
            read = settled_distance(distance.value, unit, self._setting.mileage_unit)
            if isinstance(read, Rejected):
                values.pop("mileage")
                return read
            values["mileage"] = read
            if unit:
                values["mileage_unit"] = self._setting.mileage_unit or unit
        return None

    def _typed(self, row: int, values: dict[str, Any], raw: Mapping[str, str]) -> TypedRow:
        external_id, seller = values.pop("external_id"), values.pop("seller", None)
        listed = str(values.pop("status", "")).lower() not in _UNLISTED
        addresses: Sequence[str] = values.pop("image_urls", ())
        specs = {name.removeprefix("specs."): v for name, v in values.items() if name.startswith("specs.")}
        if "url" in values:
            specs["url"] = values.pop("url")
        core = self._core(values, external_id)
        facets = self._facets(values)
        media = [{"url": url, "alt": _alt(core, at)} for at, url in enumerate(addresses)]
        specs_json, media_json = _json(specs), _json(media)
        content = _json([external_id, core, facets, seller, listed]) + specs_json + media_json
        return TypedRow(
            row=row,
            external_id=external_id,
            core=core,
            specs=specs,
            specs_json=specs_json,
            media_json=media_json,
            raw=raw,
            facets=facets,
            numbers={name: values[name] for name in self._numbers if _is_number(values.get(name))},
            seller=seller,
            listed=listed,
            prose=_prose(core, facets),
            sha256=hashlib.sha256(content.encode("utf-8", "replace")).hexdigest(),
        )

    def _core(self, values: Mapping[str, Any], external_id: str) -> dict[str, Any]:
        core = {name: value for name, value in values.items() if not name.startswith("specs.")}
        price = core.pop("price", None)
        core["price_minor"] = price.minor if isinstance(price, Money) else None
        core["currency"] = price.currency if isinstance(price, Money) else None
        core.pop("mileage_unit", None)
        if "mileage" in core:
            core["mileage_unit"] = self._setting.mileage_unit
        core["title"] = core.get("title") or fill(self._mapping.title, values) or external_id
        return core

    def _facets(self, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        for target, value in values.items():
            kind = self._types.get(target) or DEFAULT_TYPES.get(target)
            if value is True:
                found.append((target, "true", self._labels.get(target, target)))
            elif kind == "enum" and isinstance(value, str):
                found.append((target, value.lower(), value))
            elif isinstance(value, list) and target.startswith("specs."):
                found += [(target, str(entry).lower(), str(entry)) for entry in value]
        return found


def _prose(core: Mapping[str, Any], facets: Sequence[tuple[str, str, str]]) -> str:
    """What the vector of a listing is made of: the words a buyer might use for it."""
    words = [f"{core['title']}."]
    words += [
        f"{core[k]} {k.removeprefix('color_')}," for k in ("color_exterior", "color_interior") if core.get(k)
    ]
    words += [f"{display.lower()}," for name, _, display in facets if name.startswith("specs.")]
    words += [str(core[k]) for k in ("condition", "location_city", "location_region") if core.get(k)]
    return f"{' '.join(words)}. {core.get('description') or ''}"[:_PROSE_LIMIT]


def fill(template: str, values: Mapping[str, Any]) -> str:
    """`{year} {make}`, `{specs.address}`: targets in braces, nothing else; a missing value leaves no gap."""
    filled = re.sub(r"\{([\w.]+)\}", lambda m: str(values.get(m.group(1)) or ""), template)
    return " ".join(filled.split()).strip(" ,·-")[:300]


def _alt(core: Mapping[str, Any], at: int) -> str:
    color = f" in {str(core['color_exterior']).lower()}" if core.get("color_exterior") else ""
    return f"{core['title']}{color}" + (f", view {at + 1}" if at else "")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _join(mapping: SourceMapping, header: Sequence[str], setting: Setting, file: str) -> list[_Reader]:
    places = {header_key(name): at for at, name in reversed(list(enumerate(header)))}
    readers: list[_Reader] = []
    for column in mapping.columns:
        at = places.get(header_key(column.header))
        if at is not None:
            readers.append(_Reader(at, column, remembering(reader_of(column, mapping, setting))))
        elif column.adapter:
            raise InvalidInput("catalogue.adapter_unapproved", column=column.header, adapter=column.adapter)
        elif not column.optional:
            nearest = process.extractOne(column.header, header, scorer=fuzz.WRatio, score_cutoff=50)
            facts = {"nearest": nearest[0]} if nearest else {}
            raise InvalidInput("catalogue.missing_column", file=file, column=column.header, **facts)
    return readers


def _unmapped(mapping: SourceMapping, header: Sequence[str], file: str) -> tuple[str, ...]:
    known = {header_key(column.header) for column in mapping.columns} | set(mapping.ignore)
    left = [name for name in header if header_key(name) not in known and not re.fullmatch(r"#\d+", name)]
    if left and mapping.strict:
        raise InvalidInput("catalogue.unmapped_columns", file=file, columns=left[:20])
    return tuple(left)
