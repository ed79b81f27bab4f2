"""Follows `extends` and lays documents over each other. Pure: the library is an argument.

How one value is laid over another is in `laying`, what older documents mean in `schema_versions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from backend.domains.events import schema_versions
from backend.domains.events.laying import Laid, Laying, Trace, merge
from backend.domains.events.model import Library, Path, Problem, Source
from backend.domains.events.reading import Reading, read
from backend.domains.events.violations import Finding, nearest, shown

__all__ = ["LONGEST_CHAIN", "Layers", "Stack", "follow", "merge"]

LONGEST_CHAIN: Final = 8
#: What says how a document is to be read, and is no part of what it says.
ENVELOPE: Final = ("extends", schema_versions.FIELD)


@dataclass(frozen=True, slots=True)
class Stack:
    """What the layers say together, where each part of it was written, and misused changes of lists."""

    document: dict[str, Any]
    trace: Trace
    findings: tuple[tuple[int, Finding], ...] = ()


@dataclass(slots=True)
class Layers:
    """The documents of a chain, the uppermost first, and what is wrong with the chain itself."""

    readings: list[Reading] = field(default_factory=list[Reading])
    names: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    _stack: Stack | None = field(default=None, init=False, repr=False)

    def stacked(self) -> Stack:
        """All layers laid over each other, once. Layers are numbered from the uppermost, which is 0."""
        if self._stack is None:
            self._stack = self._laid()
        return self._stack

    def _laid(self) -> Stack:
        laying, laid = Laying(), Laid({}, Trace(0, ()))
        for number in range(len(self.readings) - 1, -1, -1):
            upper = Laid(self.readings[number].value or {}, Trace(number, ()))
            laid = laying.over(None if number == len(self.readings) - 1 else laid, upper, ())
        document = {name: value for name, value in laid.value.items() if name not in ENVELOPE}
        return Stack(document, laid.trace, tuple(laying.findings))

    def merged(self) -> dict[str, Any]:
        return self.stacked().document

    def origin(self, path: Path) -> Reading:
        """The layer that set a path, or the nearest thing around it."""
        return self.readings[self.stacked().trace.find(path).layer]


def follow(source: Source, library: Library) -> Layers:
    """Reads a document and all that it extends."""
    layers = Layers()
    reading = read(source)
    while True:
        _bring_up_to_date(reading)
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


def _bring_up_to_date(reading: Reading) -> None:
    """Changes its argument: an older document becomes one of the newest version, or a problem says why not."""
    if reading.value is None or schema_versions.FIELD not in reading.value:
        return
    version = reading.value[schema_versions.FIELD]
    if not _is_known(reading, version):
        return
    renamed = schema_versions.renamed_since(version)
    for new, old in renamed.items():
        if old in reading.value and new in reading.value:
            message = f"“{old}” and “{new}” are one section; keep one of them."
            reading.report((old,), "duplicate", message, found=old, nearest=new)
    reading.value = schema_versions.upgraded(reading.value, version)
    reading.renamed = renamed


def _is_known(reading: Reading, version: Any) -> bool:
    at: Path = (schema_versions.FIELD,)
    newest, found = schema_versions.CURRENT, shown(version)
    expected = f"a whole number from 1 to {newest}"
    if not isinstance(version, int) or isinstance(version, bool):
        message = f"Expected the version of the schema, found {found}."
        reading.report(at, "wrong_type", message, found=found, expected=expected)
    elif version > newest:
        message = f"The document is of version {found} of the schema; the newest known here is {newest}."
        reading.report(at, "newer_schema", message, found=found, expected=expected, nearest=str(newest))
    elif version < 1:
        message = f"There is no version {found} of the schema."
        reading.report(at, "bad_value", message, found=found, expected=expected, nearest="1")
    else:
        return True
    return False


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
