"""Which layer each value of a compiled document is from. Pure, and reckoned when somebody asks.

Follows what compiling does to names (`accidents: 0` becomes `specs.accident_free: true`) back to what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from backend.domains.events.field_rules import filter_form
from backend.domains.events.layers import Stack
from backend.domains.events.laying import DEFAULT, Trace
from backend.domains.events.model import Document, Path, field_name, pointer

#: The names of the uppermost layer, and of what no layer says.
OWN, SCHEMA_DEFAULT = "this document", "default"
_NOWHERE: Final[Any] = object()


class Origins(Mapping[str, str]):
    """JSON Pointer of each leaf of a compiled document → the layer that said it."""

    def __init__(self, document: Document, stack: Stack, layers: Sequence[str]) -> None:
        self._document, self._stack = document, stack
        self._names = {0: OWN, DEFAULT: SCHEMA_DEFAULT} | dict(enumerate(layers, 1))

    def __getitem__(self, place: str) -> str:
        return self._found[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def _found(self) -> dict[str, str]:
        return dict(self._walk(self._document, self._stack.document, self._stack.trace, ()))

    def _walk(self, value: Any, said: Any, trace: Trace, path: Path) -> Iterator[tuple[str, str]]:
        if not isinstance(value, dict | list) or not value:
            yield pointer(path), self._names[DEFAULT if said is _NOWHERE else trace.layer]
            return
        for step, member in value.items() if isinstance(value, dict) else enumerate(value):
            written = self._written(said, step, member, path)
            inner = _NOWHERE if written is None else said[written]
            yield from self._walk(
                member, inner, trace.at(step if written is None else written), (*path, step)
            )

    def _written(self, said: Any, step: str | int, member: Any, path: Path) -> str | int | None:
        """The name or position that the authors gave a member, or None when they did not write it."""
        if isinstance(said, dict) and path[-2:] == ("search_defaults", "filters"):
            attributes = self._document["catalogue"]["attributes"]
            names = (name for name, value in said.items() if filter_form(name, value, attributes)[0] == step)
            return next(names, None)
        if isinstance(said, list) and path[-2:] == ("ui_contract", "tile_specs"):
            return next((at for at, name in enumerate(said) if field_name(name) == member), None)
        is_there = step in (
            said if isinstance(said, dict) else range(len(said)) if isinstance(said, list) else ()
        )
        return step if is_there else None
