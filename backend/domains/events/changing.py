"""Walks two JSON values side by side: what was added, removed, changed or moved, and the JSON Patch of it. Pure.

Knows neither risk nor words; schemas only say by which member the elements of a list are told apart.
Source: RFC 6902 (JSON Patch), RFC 6901 (JSON Pointer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.domains.events.matching import Pairs, identity_key, moved, pairs
from backend.domains.events.model import Path, pointer
from backend.domains.events.patterns import same, trail


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Step:
    """One difference. `path` is the place after, of what was removed the place before; `element` is what moved."""

    kind: ChangeKind
    path: Path
    before: Any = None
    after: Any = None
    element: Any = None


@dataclass(slots=True)
class Walk:
    """What a walk has found so far. The patch, applied to the value before, gives exactly the one after."""

    steps: list[Step] = field(default_factory=list[Step])
    patch: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def compare(self, before: Any, after: Any, was: Path = (), now: Path = ()) -> None:
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            self._maps(before, after, was, now)
        elif isinstance(before, list) and isinstance(after, list):
            self._lists(before, after, was, now)
        elif not same(before, after):
            self.steps.append(Step(ChangeKind.CHANGED, now, before, after))
            self.patch.append({"op": "replace", "path": pointer(now), "value": after})

    def _maps(self, before: Mapping[str, Any], after: Mapping[str, Any], was: Path, now: Path) -> None:
        for name, value in before.items():
            if name not in after:
                self.steps.append(Step(ChangeKind.REMOVED, (*was, name), before=value))
                self.patch.append({"op": "remove", "path": pointer((*now, name))})
        for name, value in after.items():
            if name in before:
                self.compare(before[name], value, (*was, name), (*now, name))
            else:
                self.steps.append(Step(ChangeKind.ADDED, (*now, name), after=value))
                self.patch.append({"op": "add", "path": pointer((*now, name)), "value": value})

    def _lists(self, before: Sequence[Any], after: Sequence[Any], was: Path, now: Path) -> None:
        if same(before, after):
            return
        found = pairs(before, after, identity_key(before, after, hint=key_hint(now)))
        moves = moved(found)
        self._list_steps(before, after, found, moves, was, now)
        self._list_patch(before, after, found, moves, now)
        for old, new in found:
            self.compare(before[old], after[new], (*was, old), (*now, new))

    def _list_steps(
        self, before: Sequence[Any], after: Sequence[Any], found: Pairs, moves: set[int], was: Path, now: Path
    ) -> None:
        kept = {old for old, _ in found}
        places = {new: old for old, new in found}
        for old, item in enumerate(before):
            if old not in kept:
                self.steps.append(Step(ChangeKind.REMOVED, (*was, old), before=item))
        for new, item in enumerate(after):
            if new not in places:
                self.steps.append(Step(ChangeKind.ADDED, (*now, new), after=item))
            elif new in moves:
                self.steps.append(Step(ChangeKind.MOVED, (*now, new), places[new], new, item))

    def _list_patch(
        self, before: Sequence[Any], after: Sequence[Any], found: Pairs, moves: set[int], now: Path
    ) -> None:
        """Removes from the end, then builds the new order from the front: each newcomer goes behind its predecessor."""
        kept = {old for old, _ in found}
        self.patch += [
            {"op": "remove", "path": pointer((*now, old))}
            for old in range(len(before) - 1, -1, -1)
            if old not in kept
        ]
        order = [new for _, new in sorted(found)]
        present = set(order)
        for new, item in enumerate(after):
            if new in present and new not in moves:
                continue
            start = order.index(new) if new in present else None
            if start is not None:
                order.pop(start)
            place = order.index(new - 1) + 1 if new else 0
            order.insert(place, new)
            target = pointer((*now, place))
            if start is None:
                self.patch.append({"op": "add", "path": target, "value": item})
            elif start != place:
                self.patch.append({"op": "move", "from": pointer((*now, start)), "path": target})


def key_hint(path: Path) -> str | None:
    """The member that the schema of a list names as its elements' identity."""
    places = [step for step in path if not str(step).startswith("$")]
    nodes = trail(places)
    return nodes[-1].get("x-key") if places and len(nodes) == len(places) else None
