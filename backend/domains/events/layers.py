"""Follows `extends` and lays documents over each other. Pure: the library is an argument.

Maps merge name by name; lists and single values of the upper layer replace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from backend.domains.events.model import Library, Path, Problem, Source
from backend.domains.events.reading import Reading, read
from backend.domains.events.violations import nearest, shown

LONGEST_CHAIN: Final = 8


@dataclass(slots=True)
class Layers:
    """The documents of a chain, the uppermost first, and what is wrong with the chain itself."""

    readings: list[Reading] = field(default_factory=list[Reading])
    names: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])

    def merged(self) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for reading in reversed(self.readings):
            value = merge(value, reading.value or {})
        value.pop("extends", None)
        return value

    def origin(self, path: Path) -> Reading:
        """The layer that set a path: the uppermost that has it, or the nearest thing around it."""
        for length in range(len(path), 0, -1):
            for reading in self.readings:
                if path[:length] in reading.places:
                    return reading
        return self.readings[0]


def merge(lower: Any, upper: Any) -> Any:
    """The upper value laid over the lower one. Neither is changed."""
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        return upper
    merged = dict(lower)
    for name, value in upper.items():
        merged[name] = merge(lower[name], value) if name in lower else value
    return merged


def follow(source: Source, library: Library) -> Layers:
    """Reads a document and all that it extends."""
    layers = Layers()
    reading = read(source)
    while True:
        layers.readings.append(reading)
        layers.problems += reading.problems
        if reading.value is None:
            return layers
        parent = reading.value.get("extends")
        if parent is None:
            return layers
        base = _base(parent, reading, layers, library)
        if base is None:
            return layers
        reading = read(base)


def _base(name: Any, reading: Reading, layers: Layers, library: Library) -> Source | None:
    at: Path = ("extends",)
    if not isinstance(name, str):
        reading.report(
            at, "wrong_type", f"Expected the name of a template, found {shown(name)}.", expected="text"
        )
    elif name in layers.names:
        chain = " → ".join([layers.readings[0].file, *layers.names, name])
        reading.report(at, "cycle", f"`extends` leads back to where it was: {chain}.", found=name)
    elif len(layers.names) >= LONGEST_CHAIN:
        reading.report(
            at, "chain_too_long", f"More than {LONGEST_CHAIN} documents extend each other.", found=name
        )
    elif (source := library.find(name)) is None:
        guess = nearest(name, library.names())
        reading.report(
            at, "no_such_template", f"There is no template {shown(name)}.", found=name, nearest=guess
        )
    else:
        layers.names.append(name)
        return source
    layers.problems.append(reading.problems[-1])
    return None
