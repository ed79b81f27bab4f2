"""Joins what two sides made of one authored document, and names by path where both changed the same thing. Pure.

Works on values as they were written, before layers are merged and defaults filled in; `editing` writes a result back.
A path names an element of a keyed list by its key (`/catalogue/attributes/range/label`), because positions differ
between the sides. Source: Khanna, Kunal and Pierce (2007), A Formal Investigation of Diff3: what only one side touched
is taken from it, what both touched in the same way is taken once, anything else is a conflict.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from backend.domains.events.changing import key_hint
from backend.domains.events.matching import frozen, identity_key
from backend.domains.events.model import Path, pointer
from backend.domains.events.patterns import same
from backend.domains.events.wording import label_of


class Missing(Enum):
    """Stands for a member that a side does not have, which null does not say."""

    ABSENT = "absent"


ABSENT: Final = Missing.ABSENT


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place that both sides changed, each in its way. A side that has no such place says ABSENT."""

    path: Path
    base: Any
    ours: Any
    theirs: Any

    def to_json(self) -> dict[str, Any]:
        """Sides that do not have the place are left out."""
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        there = {name: value for name, value in sides.items() if value is not ABSENT}
        return {"path": pointer(self.path), "label": label_of(self.path), **there}


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of the two sides. Where there are conflicts, `merged` has our value, and is not to be used.

    `applied`: places taken from the other side.
    """

    merged: dict[str, Any]
    conflicts: tuple[Conflict, ...]
    applied: tuple[Path, ...]


def merge3(
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    resolutions: Mapping[str, Any] | None = None,
) -> Merge:
    """Both sides' changes of `base`.

    A resolution says for a JSON Pointer `"ours"`, `"theirs"` or `{"value": …}`; the first two also settle all that
    lies below, so that `""` settles everything.
    """
    joining = _Joining(resolutions or {})
    merged = joining.value((), base, ours, theirs)
    return Merge(dict(merged), tuple(joining.conflicts), tuple(joining.applied))


@dataclass(slots=True)
class _Joining:
    resolutions: Mapping[str, Any]
    conflicts: list[Conflict] = field(default_factory=list[Conflict])
    applied: list[Path] = field(default_factory=list[Path])

    def value(self, path: Path, base: Any, ours: Any, theirs: Any) -> Any:
        if same(ours, theirs) or same(base, theirs):
            return ours
        if same(base, ours):
            self.applied.append(path)
            return theirs
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            return self._maps(path, base if isinstance(base, Mapping) else {}, ours, theirs)
        if isinstance(ours, list) and isinstance(theirs, list):
            return self._lists(path, base if isinstance(base, list) else [], ours, theirs)
        return self._settled(path, base, ours, theirs)

    def _maps(
        self, path: Path, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for name in dict.fromkeys((*ours, *theirs)):
            sides = (side.get(name, ABSENT) for side in (base, ours, theirs))
            value = self.value((*path, name), *sides)
            if value is not ABSENT:
                merged[name] = value
        return merged

    def _lists(self, path: Path, base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> Any:
        """Lists whose elements can be told apart merge as ordered sets; others are one value each."""
        key = identity_key(base, ours, theirs, hint=key_hint(path))
        sides = [_by_token(side, key) for side in (base, ours, theirs)]
        if any(side is None for side in sides):
            return self._settled(path, base, ours, theirs)
        before, mine, other = (side or {} for side in sides)
        order = _joined_order(list(before), list(mine), list(other))
        if order is None:
            return self._settled(path, base, ours, theirs)
        if key is not None:
            return self._elements(path, order, before, mine, other)
        self.applied.append(path)
        kept = (token for token in order if token not in before or (token in mine and token in other))
        return [mine[token] if token in mine else other[token] for token in kept]

    def _elements(
        self,
        path: Path,
        order: Sequence[Hashable],
        before: Mapping[Hashable, Any],
        mine: Mapping[Hashable, Any],
        other: Mapping[Hashable, Any],
    ) -> list[Any]:
        merged: list[Any] = []
        for token in order:
            sides = (side.get(token, ABSENT) for side in (before, mine, other))
            value = self.value((*path, str(token)), *sides)
            if value is not ABSENT:
                merged.append(value)
        return merged

    def _settled(self, path: Path, base: Any, ours: Any, theirs: Any) -> Any:
        said = self._resolution(path)
        if isinstance(said, Mapping):
            return said["value"]
        if said == "theirs":
            self.applied.append(path)
            return theirs
        if said != "ours":
            self.conflicts.append(Conflict(path, base, ours, theirs))
        return ours

    def _resolution(self, path: Path) -> Any:
        """What was said of this place itself, or which side was chosen for the nearest thing around it."""
        for length in range(len(path), -1, -1):
            said = self.resolutions.get(pointer(path[:length]))
            if said in ("ours", "theirs") or (length == len(path) and _is_value(said)):
                return said
        return None


def _is_value(said: Any) -> bool:
    return isinstance(said, Mapping) and "value" in said


def _by_token(items: Sequence[Any], key: str | None) -> dict[Hashable, Any] | None:
    """Elements by what tells them apart; None where nothing does."""
    if key is not None:
        return {item[key]: item for item in items}
    if any(isinstance(item, Mapping | list) for item in items):
        return None
    found = {frozen(item): item for item in items}
    return found if len(found) == len(items) else None


def _joined_order(
    base: list[Hashable], ours: list[Hashable], theirs: list[Hashable]
) -> list[Hashable] | None:
    """Every token of either side, in an order that suits both.

    The side that reordered gives the order; the other's newcomers go behind their predecessors. None where both
    reordered, each in its way.
    """
    common = set(base) & set(ours) & set(theirs)
    old, mine, other = ([token for token in side if token in common] for side in (base, ours, theirs))
    if mine == other or other == old:
        return _woven(ours, theirs)
    return _woven(theirs, ours) if mine == old else None


def _woven(lead: list[Hashable], other: list[Hashable]) -> list[Hashable]:
    """The lead's order with what only the other has put behind what stands before it there, and behind the lead's own."""
    order, there = list(lead), set(other)
    for place, token in enumerate(other):
        if token in order:
            continue
        at = order.index(other[place - 1]) + 1 if place else 0
        while at < len(order) and order[at] not in there:
            at += 1
        order.insert(at, token)
    return order
