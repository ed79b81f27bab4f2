"""The difference of two documents: what changed, in words, as JSON Patch, and at what risk. Pure.

The gate that a change must pass is in the database, which reckons risk by itself; see `patterns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.domains.events.changing import ChangeKind, Step, Walk
from backend.domains.events.model import Document, Path, pointer
from backend.domains.events.patterns import (
    RELOADS,
    RISKS,
    PathRule,
    changed_patterns,
    highest,
    is_number,
    leaf_values,
    pattern_of,
    rule_for,
    same,
)
from backend.domains.events.wording import label_of, text_of

__all__ = ["Change", "ChangeKind", "Diff", "diff"]

#: Rounding of decimal fractions; the database allows the same.
LEVER_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a difference.

    `path` is the place in the document after, of what was removed in the one before. `before` and `after` are values;
    of what moved, positions counted from 0. `lever`: None, or whether the change stays `inside` the range that
    operators may move it in, or is `outside`.
    """

    kind: ChangeKind
    path: Path
    before: Any
    after: Any
    risk: str
    reload: str
    permission: str
    lever: str | None
    label: str
    text: str
    section: str

    def to_json(self) -> dict[str, Any]:
        named = {name: getattr(self, name) for name in self.__slots__}
        return named | {"kind": self.kind.value, "path": pointer(self.path)}


@dataclass(frozen=True, slots=True)
class Diff:
    """All changes from one document to another. `patch` (RFC 6902), applied to the first, gives exactly the second."""

    changes: tuple[Change, ...]
    risk: str
    patch: list[dict[str, Any]]
    reloads: tuple[str, ...]
    permissions: tuple[str, ...]

    @property
    def is_lever_only(self) -> bool:
        """Whether nothing changes but levers, each inside its range."""
        return all(change.lever == "inside" for change in self.changes)

    def to_json(self) -> dict[str, Any]:
        return {
            "changes": [change.to_json() for change in self.changes],
            "risk": self.risk,
            "patch": self.patch,
            "reloads": list(self.reloads),
            "permissions": list(self.permissions),
            "is_lever_only": self.is_lever_only,
        }


def diff(before: Document, after: Document, *, baseline: Document | None = None) -> Diff:
    """What makes `after` of `before`. Levers are measured from `baseline`, the last document that was approved."""
    walk = Walk()
    walk.compare(before, after)
    measured = before if baseline is None else baseline
    changes = tuple(_change(step, before, after, measured) for step in walk.steps)
    rules = [rule_for(pattern) for pattern in changed_patterns(before, after)] if changes else []
    reloads = {change.reload for change in changes} | {rule.reload for rule in rules}
    permissions = {change.permission for change in changes} | {rule.permission for rule in rules}
    return Diff(
        changes,
        highest([*(change.risk for change in changes), *(rule.risk for rule in rules)]),
        walk.patch,
        tuple(sorted(reloads, key=RELOADS.index)),
        tuple(sorted(permissions)),
    )


def _change(step: Step, before: Document, after: Document, baseline: Document) -> Change:
    rules = list(_rules(step))
    riskiest = max(rules, key=lambda rule: RISKS.index(rule.risk))
    return Change(
        step.kind,
        step.path,
        step.before,
        step.after,
        riskiest.risk,
        max((rule.reload for rule in rules), key=RELOADS.index),
        riskiest.permission,
        _lever(step, baseline),
        label_of(step.path),
        text_of(step, before, after),
        str(step.path[0]) if step.path else "",
    )


def _rules(step: Step) -> Iterable[PathRule]:
    """What governs each value that a difference touches."""
    pattern = pattern_of(step.path)
    values = {
        ChangeKind.ADDED: [step.after],
        ChangeKind.REMOVED: [step.before],
        ChangeKind.CHANGED: [step.before, step.after],
        ChangeKind.MOVED: [step.element],
    }[step.kind]
    return [rule_for(leaf) for value in values for leaf in leaf_values(value, pattern)]


def _lever(step: Step, baseline: Document) -> str | None:
    lever = rule_for(pattern_of(step.path)).lever
    if lever is None:
        return None
    may = step.kind in {ChangeKind.ADDED, ChangeKind.CHANGED} and lever_allows(
        lever, _value_at(baseline, step.path), step.after
    )
    return "inside" if may else "outside"


def lever_allows(lever: Mapping[str, Any], origin: Any, value: Any) -> bool:
    """Whether a lever may stand at a value, measured from where the last approved version put it.

    A range of numbers is an offset from the origin, or with `relative` a share of it; other ranges list what is allowed.
    """
    low, high = lever["range"][0], lever["range"][-1]
    if not is_number(low):
        return any(same(value, choice) for choice in lever["range"])
    if not (is_number(origin) and is_number(value)):
        return False
    scale = abs(origin) if lever.get("relative") else 1
    return origin + low * scale - LEVER_TOLERANCE <= value <= origin + high * scale + LEVER_TOLERANCE


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value
