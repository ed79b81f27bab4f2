"""Documents and libraries of this folder's tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Compilation, Path, Problem, Source
from backend.domains.events.reading import read
from backend.domains.events.templates import Folder


@dataclass
class Shelf:
    """A library in memory; implements `Library`."""

    texts: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Source | None:
        return Source(self.texts[name], f"{name}.yaml") if name in self.texts else None

    def names(self) -> Sequence[str]:
        return sorted(self.texts)


def compiled(text: str, **others: str) -> Compilation:
    """What a document compiles to that may extend `others` or the shipped templates."""
    return compile_document(Source(text, "event.yaml"), Shelf(others) if others else Folder())


def only_problem(text: str, **others: str) -> Problem:
    problems = compiled(text, **others).problems
    assert len(problems) == 1, problems
    return problems[0]


def value_of(text: str | bytes) -> dict[str, Any]:
    """What a text that can be read says."""
    reading = read(Source(text))
    assert reading.problems == []
    assert reading.value is not None
    return reading.value


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    """Where each value within a value stands, the whole first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, item in inner for deeper in paths_of(item, (*path, step)))]
