"""Made-up rows that try out a source mapping: usual cells, edges, and cells that must be refused. Pure.

No cell of a seller is in them: they are made from the mapping alone. Columns that are never read hold a mark, which must
not turn up in any listing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MARK: Final = "LEFT-OUT"
#: Where a seller's own file is laid out otherwise than these rows.
_LAYOUT: Final = ("sheet", "header_row", "header_rows", "rows", "delimiter", "encoding")
_NOTHING: Final = "n/a"


@dataclass(frozen=True, slots=True)
class Cells:
    """For one column: a usual cell, others that are right, and those that are not."""

    right: tuple[str, ...]
    wrong: tuple[str, ...] = ()


def plain_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping as it reads the made-up rows: the same columns, in a plain CSV."""
    reading = {name: said for name, said in mapping.get("file", {}).items() if name not in _LAYOUT}
    return {**mapping, "file": {**reading, "delimiter": ",", "encoding": "utf-8"}}


def synthetic_rows(mapping: Mapping[str, Any]) -> str:
    """The rows as CSV: one for each right cell, an empty one, then one for each wrong cell."""
    columns = {key: _entry(said) for key, said in mapping["columns"].items() if key[:1] != "#"}
    cells = {key: _cells(entry, mapping) for key, entry in columns.items()}
    ignored = [key for key in mapping.get("ignore", {}) if key[:1] != "#"]
    usual = {key: each.right[0] for key, each in cells.items()}
    most = max((len(each.right) for each in cells.values()), default=1)
    rows = [
        {key: each.right[min(at, len(each.right) - 1)] for key, each in cells.items()} for at in range(most)
    ]
    rows.append(dict.fromkeys(columns, _NOTHING))
    rows += [usual | {key: wrong} for key, each in cells.items() for wrong in each.wrong]
    return _as_csv([*columns, *ignored], _numbered(rows, columns, ignored))


def _numbered(
    rows: Iterable[Mapping[str, str]], columns: Mapping[str, Mapping[str, Any]], ignored: Sequence[str]
) -> list[dict[str, str]]:
    """Each row with an id of its own, and a mark in each column that is never read."""
    ids = [key for key, entry in columns.items() if "external_id" in _targets(entry)]
    marks = {key: f"{MARK} {at}" for at, key in enumerate(ignored, 1)}
    return [
        {**row, **{key: f"T-{1000 + at}" for key in ids if row[key] != _NOTHING}, **marks}
        for at, row in enumerate(rows)
    ]


def _as_csv(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _entry(said: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"target": said} if isinstance(said, str) else said


def _targets(entry: Mapping[str, Any]) -> Sequence[str]:
    return entry.get("targets") or (entry["target"],)


def _cells(entry: Mapping[str, Any], mapping: Mapping[str, Any]) -> Cells:
    if len(_targets(entry)) > 1:
        return _combined(entry)
    if entry.get("values"):
        return _listed(entry)
    kind = _kind(entry)
    reading = mapping.get("file", {})
    comma = (entry.get("decimal") or reading.get("decimal")) == ","
    if kind == "date":
        return _dates(entry.get("dates") or reading.get("dates", "mdy"))
    if kind == "number":
        unit = f" {entry['unit']}" if entry.get("unit") else ""
        return Cells(("14,6" if comma else "14.6", f"7{unit}", "0"), ("n0t a number",))
    if kind == "boolean":
        yes, no = next(iter(entry.get("yes", ())), "yes"), next(iter(entry.get("no", ())), "no")
        return Cells((yes, no), ("perhaps",))
    if kind == "list":
        mark = str(entry.get("separator", ";"))[:1]
        return Cells((f"one{mark} two", "one"))
    if kind == "links":
        return Cells(_addresses(entry), ("not an address",))
    return _BY_KIND.get(kind, _text(entry))


_BY_KIND: Final[Mapping[str, Cells]] = {
    "external_id": Cells(("T-1",), (_NOTHING,)),
    "identifier": Cells(("TEST0000000000001", "TEST-2")),
    "money": Cells(("12345", "900", "POA"), ("twelve",)),
    "integer": Cells(("3", "1250", "0"), ("many",)),
    "mileage": Cells(("12000", "0"), ("far",)),
    "year": Cells(("1999", "c. 1959"), ("some time",)),
    "latitude": Cells(("48.2",), ("north",)),
    "longitude": Cells(("-12.5",), ("west",)),
    "currency": Cells(("USD", "EUR")),
    "status": Cells(("Available", "Sold")),
    "mileage_unit": Cells(("mi", "km")),
}
_KINDS: Final[Mapping[str, str]] = {
    "measure": "number",
    "percent": "number",
    "score": "number",
    "month": "date",
    "url_list": "links",
    "paragraph": "text",
    "enum": "text",
}


def _kind(entry: Mapping[str, Any]) -> str:
    """How cells of a column are read: by its target where that has a form of its own, by normalizer or type elsewhere."""
    target = str(entry["target"])
    if target == "price":
        return "money"
    if target == "image_urls":
        return "links"
    if target in _BY_KIND:
        return target
    said = str(entry.get("normalizer") or entry.get("type") or "text")
    return _KINDS.get(said, said)


def _listed(entry: Mapping[str, Any]) -> Cells:
    """The first value as it is kept, each further form of a few, and one that a closed list does not have."""
    values: Mapping[str, Sequence[str]] = entry["values"]
    forms = [*values, *(word for words in values.values() for word in words)][:6]
    return Cells(tuple(forms), ("no such value",) if entry.get("closed") else ())


def _combined(entry: Mapping[str, Any]) -> Cells:
    how = entry.get("parse")
    if how == "vehicle":
        return Cells(("2020 Example Model LX", "2019 Example Model"))
    if how == "place":
        return Cells(("Boston, MA", "Antibes, France"))
    if how == "postal_place":
        return Cells(("48143 Münster",))
    mark = str(entry.get("split") or " ")
    return Cells((mark.join(_cells({"target": target}, {}).right[0] for target in _targets(entry)),))


def _dates(order: str) -> Cells:
    usual = {"mdy": "4/23/2025", "dmy": "23/4/2025", "ymd": "2025/4/23"}[order]
    return Cells((usual, "2025-04-03", "23 Apr 2025"), ("31/31/2025",))


def _addresses(entry: Mapping[str, Any]) -> tuple[str, ...]:
    folders = [f"{folder}one.jpg" for folder in entry.get("prefixes", {})]
    return (*folders, "https://example.com/one.jpg")


def _text(entry: Mapping[str, Any]) -> Cells:
    name = str(entry["target"]).removeprefix("specs.").replace("_", " ")
    return Cells((f"Made-up {name}", f"Another {name}"))
