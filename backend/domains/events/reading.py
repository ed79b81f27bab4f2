"""Reads YAML or JSON into plain values and remembers where each one stood. Pure.

Built on libyaml's stream of events, so that nesting, aliases and size are bounded while reading, and a place
is known for each value at no extra cost (a round-trip parser takes thirty times as long). Does not know what
a document should contain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from backend.domains.events.model import Path, Problem, Source, pointer
from backend.domains.events.scalars import BadScalar, checked, resolve

LARGEST_BYTES: Final = 1_000_000
DEEPEST: Final = 32
MOST_VALUES: Final = 20_000
#: Entries of one list or map; comparing entries with each other must stay cheap.
MOST_ENTRIES: Final = 500
_MOST_PROBLEMS: Final = 50

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_HALF = re.compile("[\ud800-\udfff]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: of a member its name. Lines and columns count from 1."""

    line: int = 1
    column: int = 1


@dataclass(slots=True)
class Reading:
    """What was read. `value` is None when the text is no document at all; then there is a problem."""

    file: str
    value: dict[str, Any] | None = None
    places: dict[Path, Place] = field(default_factory=dict[Path, Place])
    problems: list[Problem] = field(default_factory=list[Problem])
    #: Names that sections have now → what the author called them.
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])

    def written(self, path: Path) -> Path:
        """A path in the names that the author used."""
        for at in (0, 5):  # a section, or one in the patch of an experiment's arm
            if len(path) > at and (at == 0 or path[4] == "patch") and path[at] in self.renamed:
                renamed: Path = (*path[:at], self.renamed[str(path[at])], *path[at + 1 :])
                return renamed if renamed[: at + 1] in self.places else path
        return path

    def place(self, path: Path) -> Place:
        """The place of a value, or of the nearest thing around it."""
        path = self.written(path)
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place())

    def report(
        self,
        path: Path,
        code: str,
        message: str,
        place: Place | None = None,
        *,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
    ) -> None:
        at = place or self.place(path)
        self.problems.append(
            Problem(pointer(path), code, message, self.file, at.line, at.column, found, expected, nearest)
        )


class _Refused(Exception):
    """The text is not worth reading on."""


def read(source: Source) -> Reading:
    """Reads one document. Never raises; what is wrong is in `problems`."""
    reading = Reading(source.file)
    try:
        text = _decoded(source.text)
    except _Refused as refused:
        reading.report((), "unreadable", str(refused))
        return reading
    builder = _Builder(reading)
    as_json = _json_value(text)
    try:
        value = builder.document(_as_yaml(text) if as_json is not None else text)
    except _Refused:
        return reading
    except yaml.YAMLError as error:
        _report_syntax(reading, builder.path, error, text)
        return reading
    if as_json is not None and not reading.problems:
        value = as_json[0]  # the YAML reading gave the places; escapes of JSON are JSON's own
        _check_strings(reading, value)
    if isinstance(value, dict):
        reading.value = value
    elif not reading.problems:
        reading.report((), "not_a_map", "A document is a map of names and values.", expected="a map")
    return reading


def _decoded(text: str | bytes) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "replace"))
    if size > LARGEST_BYTES:
        raise _Refused(f"The document is larger than {LARGEST_BYTES:,} bytes.")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _Refused(f"The document is not UTF-8: byte {error.start + 1} cannot be read.") from error
    if half := _HALF.search(text):
        line = _place_of_offset(text, half.start()).line
        raise _Refused(f"Line {line:,} holds half of a character, U+{ord(half[0]):04X}.")
    if not text.removeprefix("\ufeff").strip():
        raise _Refused("The document is empty.")
    return text.removeprefix("\ufeff")


def _json_value(text: str) -> tuple[Any] | None:
    """The value when the text is JSON, which YAML would read a little differently (escapes, tabs)."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return (json.loads(text),)
    except (ValueError, RecursionError):
        return None


def is_json(text: str) -> bool:
    """Whether a document is written as JSON."""
    return _json_value(text) is not None


def _as_yaml(text: str) -> str:
    """JSON in a form that YAML accepts, each character where it was."""
    return _SURROGATE.sub(r"\\u003f", text.replace("\t", " "))


def _report_syntax(reading: Reading, path: Path, error: yaml.YAMLError, text: str) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = (
        Place(mark.line + 1, mark.column + 1)
        if mark
        else _place_of_offset(text, getattr(error, "position", 0))
    )
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    reading.report(path, "syntax", f"Not valid YAML: {what}.", place)


def _place_of_offset(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def _check_strings(reading: Reading, value: Any, path: Path = ()) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _check_strings(reading, item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_strings(reading, item, (*path, index))
    elif isinstance(value, str | int | float):
        try:
            checked(value)
        except BadScalar as bad:
            reading.report(path, "bad_value", str(bad))


class _Builder:
    """Builds values from the stream of YAML events."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._anchors: dict[str, Any] = {}
        self._values = 0
        self._events: Iterator[Any] = iter(())
        self.path: Path = ()

    def document(self, text: str) -> Any:
        self._events = yaml.parse(text, Loader=_Loader)
        next(self._events)
        if isinstance(first := next(self._events), yaml.StreamEndEvent):
            self._refuse((), "unreadable", "The document is empty.", first)
        value = self._node(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._refuse((), "several_documents", "The text holds several documents; one is allowed.", after)
        return value

    def _node(self, event: Any, path: Path) -> Any:
        self.path = path
        self._count(event, path)
        self._reading.places.setdefault(path, _place(event))
        if isinstance(event, yaml.AliasEvent):
            return self._copy(event, path)
        if event.tag and event.tag != "!" and not isinstance(event, yaml.ScalarEvent):
            self._reading.report(path, "tag", f"Tags such as {event.tag} are not allowed.", _place(event))
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, path)
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._map(path)
        else:
            value = self._list(path)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _map(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(path, "bad_name", "The name of a member must be plain text.", event)
            name: str = event.value
            member = (*path, name)
            place = _place(event)
            if name in values:
                first = self._reading.place(member)
                self._reading.report(
                    member,
                    "duplicate",
                    f"“{name}” stands here a second time; it is in line {first.line} already.",
                    place,
                )
            self._reading.places[member] = place
            values[name] = self._node(next(self._events), member)
            self._bound(values, path, event)
            self._check_name(name, path, place)
        return values

    def _list(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._node(event, (*path, len(values))))
            self._bound(values, path, event)
        return values

    def _scalar(self, event: Any, path: Path) -> Any:
        try:
            return resolve(event.value, event.tag, plain=event.style in (None, ""))
        except BadScalar as bad:
            self._reading.report(path, "bad_value", str(bad), _place(event), found=str(event.value)[:80])
            return None

    def _check_name(self, name: str, path: Path, place: Place) -> None:
        try:
            checked(name)
        except BadScalar as bad:
            self._reading.report(path, "bad_name", str(bad), place)

    def _copy(self, event: Any, path: Path) -> Any:
        if event.anchor not in self._anchors:
            self._refuse(path, "alias", f"*{event.anchor} refers to nothing that stands before it.", event)
        return self._copied(self._anchors[event.anchor], event, path)

    def _copied(self, value: Any, event: Any, path: Path) -> Any:
        self._count(event, path)
        if isinstance(value, dict):
            return {name: self._copied(item, event, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self._copied(item, event, (*path, index)) for index, item in enumerate(value)]
        return value

    def _count(self, event: Any, path: Path) -> None:
        self._values += 1
        if len(path) > DEEPEST:
            self._refuse(path[:DEEPEST], "too_deep", f"Nested more than {DEEPEST} levels deep.", event)
        if self._values > MOST_VALUES:
            self._refuse(
                path, "too_large", f"More than {MOST_VALUES:,} values, aliases counted in full.", event
            )
        if len(self._reading.problems) >= _MOST_PROBLEMS:
            raise _Refused

    def _bound(self, entries: Sized, path: Path, event: Any) -> None:
        if len(entries) > MOST_ENTRIES:
            self._refuse(path, "too_large", f"More than {MOST_ENTRIES} entries.", event)

    def _refuse(self, path: Path, code: str, message: str, event: Any) -> None:
        self._reading.report(path, code, message, _place(event))
        raise _Refused


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
