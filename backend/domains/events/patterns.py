"""Which kinds of places of two documents differ, and what the schemas say of them: risk, reload class, permission. Pure.

The database computes the same in `private.changed_patterns` and `private.risk_of`, and has the last word. Finds no
pairs in lists and writes no sentences: that is `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from backend.domains.events import schema
from backend.domains.events.model import Document, Path

#: A path in which every list position is `*`.
Pattern: TypeAlias = tuple[str, ...]

#: In order; `none` is the risk of no change at all.
RISKS: Final = ("none", "low", "medium", "high")
#: In order of how soon a change reaches open conversations.
RELOADS: Final = ("pinned", "live", "kill")
ANYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class PathRule:
    """What it takes to change a place. Lever: the range it may be moved in, if operators may."""

    reload: str
    risk: str
    permission: str
    lever: Mapping[str, Any] | None = None


def leaf_values(value: Any, at: Pattern = ()) -> dict[Pattern, list[Any]]:
    """Pattern → values in the document's order. Shape: single values, and `{}` and `[]` where they are empty."""
    found: dict[Pattern, list[Any]] = {}
    for pattern, _, leaf in _leaves(value, at, ()):
        found.setdefault(pattern, []).append(leaf)
    return found


def _leaves(
    value: Any, at: Pattern, place: tuple[int, ...]
) -> Iterator[tuple[Pattern, tuple[int, ...], Any]]:
    if isinstance(value, Mapping) and value:
        for name, member in value.items():
            yield from _leaves(member, (*at, name), place)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, (*at, ANYWHERE), (*place, index))
    else:
        yield at, place, value


def changed_patterns(before: Document, after: Document) -> set[Pattern]:
    """Patterns whose values differ, or stand at other positions.

    Positions count, so that nothing passes from one list element to another unseen.
    """
    changed: set[Pattern] = set()
    for name in before.keys() | after.keys():
        if name in before and name in after and same(before[name], after[name]):
            continue
        old = _placed(before[name], (name,)) if name in before else {}
        new = _placed(after[name], (name,)) if name in after else {}
        changed |= {p for p in old.keys() | new.keys() if p not in old or p not in new or old[p] != new[p]}
    return changed


def _placed(value: Any, at: Pattern) -> dict[Pattern, list[Any]]:
    found: dict[Pattern, list[Any]] = {}
    for pattern, place, leaf in _leaves(value, at, ()):
        # a boolean equals 0 or 1 in Python, and does not in JSON
        found.setdefault(pattern, []).append((place, isinstance(leaf, bool), leaf))
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: 1 is 1.0, and neither is true."""
    if one is other:
        return True
    if isinstance(one, Mapping):
        return (
            isinstance(other, Mapping)
            and len(one) == len(other)
            and all(name in other and same(value, other[name]) for name, value in one.items())
        )
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(same(a, b) for a, b in zip(one, other, strict=True))
        )
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def is_number(value: Any) -> bool:
    """Whether a value is a number in JSON, where true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def pattern_of(path: Path) -> Pattern:
    return tuple(ANYWHERE if isinstance(step, int) else step for step in path)


@lru_cache(maxsize=8192)
def rule_for(pattern: Pattern) -> PathRule:
    """What the longest prefix says that says something; a path that no schema knows is pinned and of high risk."""
    said: dict[str, Any] = {}
    for node in trail(pattern):
        said |= {
            name: node[name] for name in ("x-reload", "x-risk", "x-permission", "x-lever") if name in node
        }
    return PathRule(
        said.get("x-reload", "pinned"),
        said.get("x-risk", "high"),
        said.get("x-permission", "edit_document"),
        said.get("x-lever"),
    )


def trail(pattern: Iterable[str | int]) -> list[Mapping[str, Any]]:
    """The schemas from the root to a path, as far as there are any. A step below a list names or counts an element;
    steps such as `$append` say how a layer changes a list and are no place of their own.
    """
    nodes: list[Mapping[str, Any]] = [schema.resolved()]
    for step in pattern:
        node = nodes[-1]
        if isinstance(step, str) and step.startswith("$") and "items" in node:
            continue
        within = node.get("properties", {}).get(step)
        within = within or (node.get("items") if "properties" not in node else None)
        within = within or node.get("additionalProperties")
        if not isinstance(within, dict):
            break
        nodes.append(within)
    return nodes[1:]


def pattern_risk(before: Document, after: Document) -> str:
    """The highest risk of a pattern that differs."""
    return highest(rule_for(pattern).risk for pattern in changed_patterns(before, after))


def highest(risks: Iterable[str]) -> str:
    return max(risks, key=RISKS.index, default="none")
