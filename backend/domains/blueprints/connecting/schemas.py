"""JSON Schema as API descriptions use it, flattened: references followed, allOf joined, alternatives laid together.

Only local references are followed; another file or host is never read. Cycles end where they begin again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import unquote

_HOPS: Final = 32  # references that refer to references
_JOINED: Final = 40  # parts of one allOf, oneOf, anyOf that are looked at
_BUDGET: Final = 150_000  # schemas flattened for one description


@dataclass(frozen=True, slots=True)
class Shape:
    """One schema as it stands after all joining. `name` is that of the referenced definition, where there is one."""

    type: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    items: Any = None
    values: Any = None  # schema of the members of a map
    enum: tuple[Any, ...] = ()
    example: Any = None
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    format: str = ""
    description: str = ""
    name: str = ""
    refs: frozenset[str] = frozenset()
    is_written_only: bool = False


class Schemas:
    """Follows references within one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = _BUDGET

    def follow(self, node: Any) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """The object a node or its reference stands for, and the references on the way; empty where it leads nowhere."""
        passed: list[str] = []
        while isinstance(node, dict) and isinstance(ref := cast("dict[str, Any]", node).get("$ref"), str):
            if ref in passed or len(passed) >= _HOPS:
                return {}, tuple(passed)
            passed.append(ref)
            beside = {key: value for key, value in cast("dict[str, Any]", node).items() if key != "$ref"}
            found = self._at(ref)
            node = {**cast("dict[str, Any]", found), **beside} if isinstance(found, dict) else {}
            if "$ref" in beside:
                break
        return (cast("Mapping[str, Any]", node) if isinstance(node, dict) else {}), tuple(passed)

    def _at(self, ref: str) -> Any:
        if not ref.startswith("#"):
            return None
        node: Any = self._document
        for part in ref[1:].strip("/").split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict):
                node = cast("dict[str, Any]", node).get(key)
            elif isinstance(node, list) and key.isdigit() and int(key) < len(cast("list[Any]", node)):
                node = cast("list[Any]", node)[int(key)]
            else:
                return None
        return node

    def shape(self, node: Any, seen: frozenset[str] = frozenset()) -> Shape:
        """Flat form of a schema. `seen` are references already open above it: they come back empty, as `again`."""
        self._left -= 1
        schema, refs = self.follow(node)
        if self._left < 0 or seen.intersection(refs):
            return Shape(type="again", refs=seen)
        inside = seen | frozenset(refs)
        own = _own(schema, refs, inside)
        for part in self._parts(schema, "allOf"):
            joined = self.shape(part, inside)
            own = _join(own, joined) if joined.type != "again" else own
        for word in ("oneOf", "anyOf"):
            kinds = [
                shape
                for part in self._parts(schema, word)
                if (shape := self.shape(part, inside)).type not in ("null", "again")
            ]
            for kind in kinds:
                own = _join(own, kind)
        return own

    @staticmethod
    def _parts(schema: Mapping[str, Any], word: str) -> Sequence[Any]:
        parts = schema.get(word)
        return cast("list[Any]", parts)[:_JOINED] if isinstance(parts, list) else ()


def _own(schema: Mapping[str, Any], refs: tuple[str, ...], inside: frozenset[str]) -> Shape:
    properties, items, values = (
        schema.get("properties"),
        schema.get("items"),
        schema.get("additionalProperties"),
    )
    examples = schema.get("examples")
    example = schema.get("example", schema.get("x-example"))
    if example is None and isinstance(examples, list) and examples:
        example = cast("list[Any]", examples)[0]
    enum = [schema["const"]] if "const" in schema else schema.get("enum")
    return Shape(
        type=_type(schema),
        properties=cast("Mapping[str, Any]", properties) if isinstance(properties, dict) else {},
        items=items,
        values=values if isinstance(values, dict) else None,
        enum=tuple(v for v in cast("list[Any]", enum) if v is not None)[:200]
        if isinstance(enum, list)
        else (),
        example=example,
        default=schema.get("default"),
        minimum=number(schema.get("minimum")),
        maximum=number(schema.get("maximum")),
        format=text(schema.get("format")),
        description=" ".join(
            part for part in (text(schema.get("title")), text(schema.get("description"))) if part
        )[:600],
        name=refs[-1].rsplit("/", 1)[-1] if refs else "",
        refs=inside,
        is_written_only=schema.get("writeOnly") is True,
    )


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    kinds = [str(each) for each in cast("list[Any]", kind)] if isinstance(kind, list) else [text(kind)]
    said = next((each for each in kinds if each != "null"), kinds[0] if kinds else "")
    if said:
        return said
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else ""


def _join(first: Shape, second: Shape) -> Shape:
    properties: dict[str, Any] = {**second.properties}
    for name, schema in first.properties.items():
        properties[name] = {"allOf": [schema, properties[name]]} if name in properties else schema
    return Shape(
        type=first.type or second.type,
        properties=properties,
        items=first.items if first.items is not None else second.items,
        values=first.values if first.values is not None else second.values,
        enum=(*first.enum, *(value for value in second.enum if value not in first.enum)),
        example=first.example if first.example is not None else second.example,
        default=first.default if first.default is not None else second.default,
        minimum=first.minimum if first.minimum is not None else second.minimum,
        maximum=first.maximum if first.maximum is not None else second.maximum,
        format=first.format or second.format,
        description=first.description or second.description,
        name=first.name or second.name,
        refs=first.refs | second.refs,
        is_written_only=first.is_written_only or second.is_written_only,
    )


def number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""
