"""The form of a document, made from its JSON Schemas: sections, fields, and what each field takes.

Pure: a schema in, fields out. Knows no values (`app.document_rows`) and no editor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from backend.domains.events import schema as schemas

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]

#: The section of what stands at the root of a document: its id, its name, its currency.
ROOT_SECTION = "event"
#: Text that may be longer than this gets several lines.
LONG_TEXT = 200
#: What tells one object of a list from another, the likeliest first.
NAMING = ("title", "label", "name", "key", "id", "field", "signal")


@dataclass(frozen=True, slots=True)
class Field:
    """One place of a document.

    `kind`: toggle, number, choice, text, area (several lines), chips (a list of scalars), objects (a list of maps),
    group (a map with known names), map (free names), value (anything, written as YAML).
    """

    name: str
    kind: str
    title: str
    help: str = ""
    default: Any = None
    is_required: bool = False
    may_be_empty: bool = False
    is_integer: bool = False
    is_open: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    expected: str = ""
    options: tuple[Any, ...] = ()
    reload: str = "pinned"
    risk: str = "high"
    permission: str = "edit_document"
    lever: Mapping[str, Any] | None = None
    is_unread: bool = False
    members: tuple[Field, ...] = ()
    item: Field | None = None

    def at(self, step: str | int) -> Field | None:
        """The field one step further in; None where the schema says nothing."""
        if self.kind == "group":
            return next((member for member in self.members if member.name == step), None)
        return self.item

    @property
    def is_compound(self) -> bool:
        """Whether its value is made of further fields."""
        return self.kind in {"group", "objects", "map"}


@cache
def sections() -> tuple[Field, ...]:
    """The sections of an event's document in their order, what stands at its root first."""
    return form_model(schemas.resolved())


def form_model(schema: Schema) -> tuple[Field, ...]:
    """The fields of a document's schema, one group for each section."""
    whole = _field("", schema, _Inherited())
    own = tuple(field for field in whole.members if not field.is_compound)
    root = Field(ROOT_SECTION, "group", "Event", str(schema.get("description", "")), members=own)
    return (root, *(field for field in whole.members if field.is_compound))


def field_at(path: Path) -> Field | None:
    """The field that governs a path of a document."""
    root, *others = sections()
    field: Field | None = Field("", "group", "", members=(*root.members, *others))
    for step in path:
        field = field.at(step) if field else None
    return field


def section_of(path: Path) -> str:
    """The section that a path belongs to."""
    name = str(path[0]) if path else ROOT_SECTION
    return name if name in {section.name for section in sections()} else ROOT_SECTION


def words(name: object) -> str:
    """A name of the schema as a person reads it: `calm_expert` is Calm expert."""
    text = str(name)
    spaced = text.replace("_", " ") if text.islower() or "_" in text else text
    return spaced[:1].upper() + spaced[1:]


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What a section says for everything in it."""

    reload: str = "pinned"
    risk: str = "high"
    permission: str = "edit_document"
    is_unread: bool = False

    def below(self, schema: Schema) -> _Inherited:
        return _Inherited(
            schema.get("x-reload", self.reload),
            schema.get("x-risk", self.risk),
            schema.get("x-permission", self.permission),
            self.is_unread or ("x-read-by" in schema and schema["x-read-by"] is None),
        )


def _field(name: str, schema: Schema, above: _Inherited, *, is_required: bool = False) -> Field:
    said = above.below(schema)
    kind = _kind(schema)
    return Field(
        name=name,
        kind=kind,
        title=str(schema.get("title") or words(name)),
        help=str(schema.get("description", "")).replace("`", ""),
        default=schema.get("default"),
        is_required=is_required,
        may_be_empty="null" in _types(schema),
        is_integer="integer" in _types(schema),
        is_open=bool(schema.get("additionalProperties", True)),
        unit=str(schema.get("x-unit", "")),
        low=schema.get("minimum", schema.get("exclusiveMinimum")),
        high=schema.get("maximum", schema.get("exclusiveMaximum")),
        expected=str(schema.get("x-expected", "")),
        options=tuple(value for value in _options(schema, kind) if value is not None),
        reload=said.reload,
        risk=said.risk,
        permission=said.permission,
        lever=schema.get("x-lever"),
        is_unread=said.is_unread,
        members=tuple(_members(schema, said)) if kind == "group" else (),
        item=_item(schema, kind, said),
    )


def _members(schema: Schema, said: _Inherited) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        yield _field(name, member, said, is_required=name in required)


def _item(schema: Schema, kind: str, said: _Inherited) -> Field | None:
    if kind in {"chips", "objects"}:
        return _field("", schema["items"], said)
    if kind == "map":
        within = schema.get("additionalProperties")
        return _field("", within if isinstance(within, Mapping) else {}, said)
    return None


def _kind(schema: Schema) -> str:
    types = _types(schema)
    if "enum" in schema:
        return "choice"
    if "array" in types:
        return _list_kind(schema.get("items", {}))
    if "object" in types:
        return _map_kind(schema)
    if types & {"number", "integer"}:
        return "number" if "string" not in types else "value"
    if "boolean" in types:
        return "toggle" if "null" not in types else "choice"
    if "string" in types:
        return "text" if "pattern" in schema or schema.get("maxLength", LONG_TEXT) <= LONG_TEXT else "area"
    return "value"


def _list_kind(item: Schema) -> str:
    kind = _kind(item)
    if kind == "group":
        return "objects"
    return "chips" if kind in {"text", "area", "number", "choice"} else "value"


def _map_kind(schema: Schema) -> str:
    if schema.get("properties"):
        return "group"
    return "map" if isinstance(schema.get("additionalProperties"), Mapping) else "value"


def _options(schema: Schema, kind: str) -> tuple[Any, ...]:
    if kind == "chips":
        return tuple(schema["items"].get("enum", ()))
    if kind == "choice" and "enum" not in schema:
        return (True, False)
    return tuple(schema.get("enum", ()))


def _types(schema: Schema) -> set[str]:
    said = schema.get("type", ())
    return {said} if isinstance(said, str) else set(said)


def grammar(field: Field) -> dict[str, Any]:
    """What the editor completes from: names, values, help. Short keys, because it travels with the page.

    Shape: `d` help, `t` what it takes, `e` values, `m` members, `i` what each entry is, `f` whether names are free.
    """
    found: dict[str, Any] = {"d": field.help, "t": _takes(field)}
    if field.options or field.kind == "toggle":
        found["e"] = list(field.options) or [True, False]
    if field.members:
        found["m"] = {member.name: grammar(member) for member in field.members}
    if field.item is not None:
        found["i"] = grammar(field.item)
    if field.kind == "map":
        found["f"] = True
    return {key: value for key, value in found.items() if value}


def whole_grammar() -> dict[str, Any]:
    """The grammar of a whole document."""
    root, *others = sections()
    return {"m": {field.name: grammar(field) for field in (*root.members, *others)}}


def _takes(field: Field) -> str:
    names = {
        "toggle": "yes or no",
        "choice": "choice",
        "area": "text",
        "chips": "list",
        "objects": "list",
        "group": "",
        "map": "names",
    }
    what = names.get(field.kind, field.kind)
    return f"{what}, {field.unit}" if field.unit and what else what
