"""What open conversations may be using and a new document no longer has. Pure; who uses it, the database counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from backend.domains.events.model import Document


@dataclass(frozen=True, slots=True, order=True)
class Gone:
    """`kind` is field, signal or tool."""

    kind: str
    name: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def breaking(before: Document, after: Document) -> tuple[Gone, ...]:
    """What is gone, by kind and name. A new name for the same thing counts as gone."""
    return tuple(sorted(set(_used(before)) - set(_used(after))))


def _used(document: Document) -> Iterator[Gone]:
    yield from _named("tool", _at(document, "agent", "tools"))
    yield from _named("field", _at(document, "catalogue", "attributes"))
    yield from _named("signal", _at(document, "preference_extraction", "signals"))


def _named(kind: str, items: Iterable[Any]) -> Iterator[Gone]:
    for item in items:
        name = item.get("name") if isinstance(item, Mapping) else item
        if isinstance(name, str):
            yield Gone(kind, name)


def _at(document: Document, section: str, member: str) -> Iterable[Any]:
    found = document.get(section)
    items = found.get(member) if isinstance(found, Mapping) else None
    return items if isinstance(items, list) else ()
