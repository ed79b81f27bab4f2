"""Where the records of an answer are and which paths a record has: `a.b`, `list[].x`, `geo[0]`; `$` is the whole body.

A sample is read through the schema it implies, so that descriptions and pasted answers take the same way. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

from backend.domains.blueprints.connecting.schemas import Schemas, Shape
from backend.kit.text import storable

_DEPTH: Final = 8
_LEAVES: Final = 400
_LISTS: Final = 12
_VISITS: Final = 1_500  # schemas looked at for the lists of one answer, or for the paths of one record
_SAMPLED: Final = 200  # members of a list that a schema is implied from
_GEO: Final = re.compile(r"geo|coord|lat_?l|lng|lnglat|position|point|gps|location", re.I)
_LINKS: Final = frozenset({"_links", "links", "relationships", "__metadata", "@context", "__v", "$schema"})
_SCALARS: Final = frozenset({"string", "integer", "number", "boolean", ""})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One path of a record with what is known of it."""

    path: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Found:
    """A list of objects within an answer."""

    path: str
    item: Shape
    leaves: tuple[Leaf, ...]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a path or name, lower case: `askPrice.gross_value` are ask, price, gross, value."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+", " ", text)
    return tuple(spaced.lower().split())


def implied(sample: Any, depth: int = 0) -> dict[str, Any]:
    """The schema a sample implies."""
    if depth > 40:
        return {}
    if isinstance(sample, dict):
        members = cast("dict[str, Any]", sample)
        return {
            "type": "object",
            "properties": {key: implied(value, depth + 1) for key, value in members.items()},
        }
    if isinstance(sample, list):
        entries = cast("list[Any]", sample)[:_SAMPLED]
        joined: dict[str, Any] = {}
        for entry in entries:
            joined = _merged(joined, implied(entry, depth + 1))
        count = {"maxItems": len(entries)}
        return {"type": "array", "items": joined, **count}
    if isinstance(sample, bool):
        return {"type": "boolean"}
    if isinstance(sample, int):
        return {"type": "integer"}
    if isinstance(sample, float):
        return {"type": "number"}
    return {"type": "string", "example": sample} if isinstance(sample, str) else {}


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    if not first or not second:
        return first or second
    kinds = {first.get("type"), second.get("type")}
    if kinds == {"integer", "number"}:
        return {"type": "number"}
    if len(kinds) > 1:
        return first if first.get("type") in ("object", "array") else second
    if "properties" in first or "properties" in second:
        known, new = first.get("properties", {}), second.get("properties", {})
        return {
            "type": "object",
            "properties": {**known, **{k: _merged(known.get(k, {}), v) for k, v in new.items()}},
        }
    if "items" in first:
        return {**first, "items": _merged(first["items"], second.get("items", {}))}
    return first


def lists_of_records(response: Any, schemas: Schemas) -> tuple[Found, ...]:
    """Every list of objects in an answer, and maps of objects as `path.*`."""
    found: list[Found] = []
    for path, item in islice(_lists(schemas.shape(response), "", 0, schemas, [_VISITS]), _LISTS):
        paths = tuple(leaves_of(item, schemas))
        if paths:
            found.append(Found(path, item, paths))
    return tuple(found)


def _lists(
    shape: Shape, path: str, depth: int, schemas: Schemas, left: list[int]
) -> Iterator[tuple[str, Shape]]:
    left[0] -= 1
    if depth > 5 or left[0] < 0:
        return
    if shape.type == "array" or (not shape.type and shape.items is not None):
        item = schemas.shape(shape.items, shape.refs) if shape.items is not None else Shape()
        if item.properties:
            yield path or "$", item
        return
    for name, node in shape.properties.items():
        inner = schemas.shape(node, shape.refs)
        yield from _lists(inner, f"{path}.{name}" if path else name, depth + 1, schemas, left)
    if shape.values is not None and not shape.properties:
        item = schemas.shape(shape.values, shape.refs)
        if item.properties:
            yield f"{path}.*" if path else "$.*", item


def leaves_of(item: Shape, schemas: Schemas) -> Iterator[Leaf]:
    """The paths of a record that hold values, in the order of the description."""
    yield from islice(_walk(item, "", 0, schemas, [_VISITS]), _LEAVES)


def _walk(shape: Shape, path: str, depth: int, schemas: Schemas, left: list[int]) -> Iterator[Leaf]:
    for name, node in shape.properties.items():
        left[0] -= 1
        if left[0] < 0:
            return
        inner = schemas.shape(node, shape.refs)
        here = f"{path}.{name}" if path else name
        if name in _LINKS or inner.is_written_only or depth >= _DEPTH:
            continue
        yield from _leaf(inner, here, depth, schemas, node, left)


def _leaf(
    shape: Shape, here: str, depth: int, schemas: Schemas, node: Any, left: list[int]
) -> Iterator[Leaf]:
    if shape.properties:
        yield from _walk(shape, here, depth + 1, schemas, left)
    elif shape.type == "array" or shape.items is not None:
        item = schemas.shape(shape.items, shape.refs) if shape.items is not None else Shape()
        if item.properties:
            yield from _walk(item, f"{here}[]", depth + 1, schemas, left)
        elif item.type in ("number", "integer") and _GEO.search(here):
            yield from (Leaf(f"{here}[{at}]", item) for at in (0, 1))
        elif item.type in _SCALARS:
            described = shape.description or item.description
            yield Leaf(
                f"{here}[]", Shape(type=item.type, enum=item.enum, format=item.format, description=described)
            )
    elif shape.type in _SCALARS and shape.values is None and (shape.type or isinstance(node, dict)):
        yield Leaf(here, shape)


def paths_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of one record as it came."""
    schemas = Schemas({})
    return tuple(leaf.path for leaf in leaves_of(schemas.shape(implied(record)), schemas))


def steps_of(path: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"\.|(?=\[)", path) if part)


def at_path(body: Any, path: str) -> Any:
    """What stands at a path of one value, None where nothing does. A key may hold dots itself: `@odata.nextLink`."""
    if path in ("$", ""):
        return body
    inside = path[1:] if path.startswith(("$.", "$[")) else path
    return _at(body, steps_of(inside))


def _at(node: Any, steps: Sequence[str]) -> Any:
    if not steps:
        return node
    step = steps[0]
    if step == "[]":
        entries = cast("list[Any]", node) if isinstance(node, list) else []
        found = [value for entry in entries if (value := _at(entry, steps[1:])) is not None]
        return [
            v for value in found for v in (cast("list[Any]", value) if isinstance(value, list) else [value])
        ] or None
    if step.startswith("["):
        entries = cast("list[Any]", node) if isinstance(node, list) else []
        at = int(step[1:-1]) if step[1:-1].lstrip("-").isdigit() else len(entries)
        return _at(entries[at], steps[1:]) if -len(entries) <= at < len(entries) else None
    if isinstance(node, list):  # what was one object is a list this time: its first entry
        return _at(cast("list[Any]", node)[0], steps) if node else None
    if not isinstance(node, dict):
        return None
    members = cast("dict[str, Any]", node)
    for taken in range(1, len(steps) + 1):
        key = ".".join(steps[:taken])
        if key in members:
            return _at(members[key], steps[taken:])
    return None


def records_at(body: Any, path: str) -> list[Mapping[str, Any]] | None:
    """The records of an answer; None where it holds no list there."""
    is_map = path.endswith(".*")
    found = at_path(body, path.removesuffix(".*").removesuffix("[]") or "$")
    if isinstance(found, dict) and is_map:
        found = list(cast("dict[str, Any]", found).values())
    if not isinstance(found, list):
        return None
    return [cast("dict[str, Any]", each) for each in cast("list[Any]", found) if isinstance(each, dict)]


def cell_at(record: Mapping[str, Any], path: str) -> str | int | float | bool | None:
    """The value of one path as a cell of a table; entries of a list stand on lines of their own."""
    value = at_path(record, path)
    if isinstance(value, list):
        texts = (_text(each) for each in cast("list[Any]", value) if isinstance(each, str | int | float))
        return "\n".join(text for text in texts if text) or None
    if isinstance(value, str):
        return _text(value)
    return value if isinstance(value, int | float) else None


def _text(value: Any) -> str:
    return storable(("true" if value else "false") if isinstance(value, bool) else str(value))
