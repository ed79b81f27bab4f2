"""The JSON Schemas of event documents: loaded once, asked often. Reads `schemas/` and nothing else.

Knows the shape of documents, their defaults and annotations; what spans several fields is in `rules`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from backend.domains.events.model import Path

FOLDER: Final = FilePath(__file__).resolve().parents[3] / "schemas"
ROOT: Final = "event.v1"

Schema = Mapping[str, Any]


@cache
def load(name: str) -> dict[str, Any]:
    """The schema of that name, as it is on disk, such as `persona.v1`."""
    return json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))


@cache
def resolved(name: str = ROOT) -> dict[str, Any]:
    """The same with every reference to a section put in place. What is said beside a reference wins."""
    return _inlined(load(name))


def _inlined(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_inlined(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        section = load(schema["$ref"].removesuffix(".schema.json"))
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        return _inlined({name: value for name, value in section.items() if name[0] != "$"} | beside)
    return {name: _inlined(value) for name, value in schema.items()}


@cache
def sections() -> tuple[str, ...]:
    """Names of the sections, in the order they are written in."""
    return tuple(name for name, member in load(ROOT)["properties"].items() if "$ref" in member)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(resolved(name), format_checker=_FORMATS)


@dataclass(frozen=True, slots=True)
class Departure:
    """One place where a value does not fit its schema: the keyword that says so and what it wants."""

    path: Path
    keyword: str
    wanted: Any
    found: Any
    schema: Schema
    is_name: bool


def departures(value: Any, name: str = ROOT) -> Iterator[Departure]:
    """Where a value departs from the schema of that name."""
    for error in _validator(name).iter_errors(value):
        yield Departure(
            tuple(error.absolute_path),
            str(error.validator),
            error.validator_value,
            error.instance,
            error.schema if isinstance(error.schema, dict) else {},
            "propertyNames" in error.absolute_schema_path,
        )


def with_defaults(value: Any, schema: Schema | None = None) -> Any:
    """A copy in which every member that has a default is there. The value must fit the schema."""
    schema = resolved() if schema is None else schema
    if isinstance(value, dict) and "properties" in schema:
        return _filled(value, schema["properties"])
    if isinstance(value, list) and "properties" in schema.get("items", {}):
        return [with_defaults(item, schema["items"]) for item in value]
    return deepcopy(value)


def _filled(value: dict[str, Any], members: Mapping[str, Schema]) -> dict[str, Any]:
    full = {name: with_defaults(item, members.get(name, {})) for name, item in value.items()}
    for name, member in members.items():
        if name not in full and "default" in member:
            full[name] = with_defaults(member["default"], member)
    return full


def leaves(schema: Schema | None = None, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every member that holds a value of its own, with its schema; inside lists the position is `*`."""
    schema = resolved() if schema is None else schema
    if "properties" in schema:
        for name, member in schema["properties"].items():
            yield from leaves(member, (*path, name))
        return
    yield path, schema
    if "properties" in schema.get("items", {}):
        yield from leaves(schema["items"], (*path, "*"))


def at(path: Path) -> Schema | None:
    """The schema that governs a path of a document, or None where there is none of its own."""
    schema: Schema = resolved()
    for step in path:
        is_position = isinstance(step, int) or step == "*"
        within = schema.get("items") if is_position else schema.get("properties", {}).get(step)
        if within is None:
            return None
        schema = within
    return schema


@cache
def unread() -> tuple[tuple[str, ...], ...]:
    """Sections and parts of sections that no engine reads yet."""
    return tuple(_unread(resolved(), ()))


def _unread(node: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, member in node.get("properties", {}).items():
        if member.get("x-read-by", "") is None:
            yield (*path, name)
        else:
            yield from _unread(member, (*path, name))


def is_read(section: str) -> bool:
    """Whether anything reads a section yet."""
    return (section,) not in unread()


_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or (
        len(value) >= 16 and datetime.fromisoformat(value).tzinfo is not None
    )
