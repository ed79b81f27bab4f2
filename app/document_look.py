"""A document as the form needs it: what its author wrote, what it comes to, and which layer each value is from.

Also for a document with mistakes in it: what can be read is shown. Pure, given the library of templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.document_form import Path, field_at
from backend.domains.events.layers import Layers, follow
from backend.domains.events.model import Library, Source

#: How the document itself is called among the layers, and what no layer says.
OWN, DEFAULT = "this document", "default"
MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of a draft. `authored` is what the draft itself says, `merged` what its layers say together."""

    text: str
    authored: Mapping[str, Any]
    merged: Mapping[str, Any]
    is_readable: bool
    layers: Layers = field(repr=False)

    def value(self, path: Path) -> Any:
        """The value in force at a path: written, inherited, or the default. `MISSING` where there is none."""
        found = value_at(self.merged if path != ("extends",) else self.authored, path)
        if found is not MISSING:
            return found
        governing = field_at(path)
        return governing.default if governing is not None and governing.default is not None else MISSING

    def is_own(self, path: Path) -> bool:
        """Whether the draft itself says something at a path or within it."""
        return value_at(self.authored, path) is not MISSING

    def origin(self, path: Path) -> str:
        """The layer that a value comes from."""
        if self.is_own(path):
            return OWN
        if value_at(self.merged, path) is MISSING:
            return DEFAULT
        return self.layers.origin(path).file


def look(text: str, library: Library) -> Look:
    """Reads a draft as far as it can be read. What is wrong in it, compiling says."""
    layers = follow(Source(text, OWN), library)
    top = layers.readings[0].value
    return Look(
        text,
        top or {},
        layers.merged() if top is not None else {},
        top is not None,
        layers,
    )


def value_at(value: Any, path: Path) -> Any:
    """What stands at a path, or `MISSING`."""
    for step in path:
        if not (_has_name(value, step) or _has_position(value, step)):
            return MISSING
        value = value[step]
    return value


def _has_name(value: Any, step: str | int) -> bool:
    return isinstance(value, Mapping) and step in value


def _has_position(value: Any, step: str | int) -> bool:
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def path_of(key: str) -> Path:
    """A JSON Pointer as a path; steps of digits are positions. Source: RFC 6901."""
    steps = (step.replace("~1", "/").replace("~0", "~") for step in key.split("/")[1:])
    return tuple(int(step) if step.isdecimal() else step for step in steps)
