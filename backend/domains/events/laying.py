"""Lays one value over another and remembers where each part was written. Pure.

Maps merge name by name; single values and lists replace. A list may instead say what changes: a map of `$replace` (the
list to begin with), `$remove` (keys or values) and `$append` (elements; one whose key is there already is laid over it).
Knows neither files nor the chain of documents: that is `layers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from backend.domains.events import schema
from backend.domains.events.changing import key_hint
from backend.domains.events.matching import identity_key
from backend.domains.events.model import Path, Severity
from backend.domains.events.patterns import same
from backend.domains.events.violations import Finding, nearest, shown

REPLACE, REMOVE, APPEND = VERBS = ("$replace", "$remove", "$append")
#: The layer of what no author wrote.
DEFAULT: Final = -1
_EXPECTED: Final = "`$replace`, `$remove` and `$append`, each with a list"


@dataclass(frozen=True, slots=True)
class Trace:
    """Which layer wrote a value, and at which path. `members` where the parts come from several places."""

    layer: int
    path: Path
    members: Mapping[str | int, Trace] | None = None

    def at(self, step: str | int) -> Trace:
        found = self.members.get(step) if self.members is not None else None
        return found or Trace(self.layer, (*self.path, step))

    def find(self, path: Path) -> Trace:
        """The trace of a path; below what no author wrote, that of the nearest thing around it that one did."""
        trace = known = self
        for step in path:
            trace = trace.at(step)
            known = trace if trace.layer != DEFAULT else known
        return known


@dataclass(frozen=True, slots=True)
class Laid:
    """A value and its trace."""

    value: Any
    trace: Trace

    def at(self, step: str | int) -> Laid:
        return Laid(self.value[step], self.trace.at(step))

    def elements(self) -> list[Laid]:
        return [self.at(index) for index in range(len(self.value))]


def merge(lower: Any, upper: Any, place: Path = ()) -> Any:
    """The upper value laid over the lower one; `place` is where both stand in a document. Neither is changed."""
    return laid_over(lower, upper, place)[0]


def laid_over(lower: Any, upper: Any, place: Path = ()) -> tuple[Any, list[Finding]]:
    """The same, and what is wrong with the changes of lists in the upper value, by their paths in it."""
    laying = Laying()
    laid = laying.over(Laid(lower, Trace(0, ())), Laid(upper, Trace(1, ())), place)
    return laid.value, [finding for _, finding in laying.findings]


@dataclass(slots=True)
class Laying:
    """Lays value over value. `findings`: what is wrong, each with its layer and the path there."""

    findings: list[tuple[int, Finding]] = field(default_factory=list[tuple[int, Finding]])

    def over(self, lower: Laid | None, upper: Laid, place: Path) -> Laid:
        """`lower` is None where nothing stands below."""
        value = upper.value
        if is_change(value):
            return (
                self._later(lower, upper, place) if _is_patch(place) else self._changed(lower, upper, place)
            )
        if isinstance(value, dict):
            below = lower if lower and isinstance(lower.value, dict) and not is_change(lower.value) else None
            return self._members(below, upper, place) if below or _has_change(value) else upper
        if isinstance(value, list) and _has_change(value):
            settled = [self.over(None, item, (*place, i)) for i, item in enumerate(upper.elements())]
            return _listed(settled, upper.trace)
        return upper

    def _members(self, lower: Laid | None, upper: Laid, place: Path) -> Laid:
        merged: dict[str, Any] = dict(lower.value) if lower else {}
        traces: dict[str | int, Trace] = {name: lower.trace.at(name) for name in merged} if lower else {}
        for name in upper.value:
            below = lower.at(name) if lower and name in lower.value else None
            laid = self.over(below, upper.at(name), (*place, name))
            merged[name], traces[name] = laid.value, laid.trace
        return Laid(merged, Trace(upper.trace.layer, upper.trace.path, traces))

    def _changed(self, lower: Laid | None, upper: Laid, place: Path) -> Laid:
        """A list with a change applied to it."""
        verbs = self._verbs(upper)
        elements = verbs[REPLACE] if REPLACE in verbs else self._below(lower, upper, place)
        if elements is None:
            return lower or upper
        self._remove(elements, verbs.get(REMOVE, []), place)
        self._append(elements, verbs.get(APPEND, []), place)
        return _listed(elements, upper.trace)

    def _later(self, lower: Laid | None, upper: Laid, place: Path) -> Laid:
        """A change inside an arm's patch: kept for when the arm is chosen, joined with that of the layer below."""
        verbs = self._verbs(upper)
        if lower is not None and isinstance(lower.value, list):
            return self._changed(lower, upper, place)
        if lower is None or not is_change(lower.value) or REPLACE in verbs:
            return upper
        if REPLACE in lower.value:
            return self._changed(self._changed(None, lower, place), upper, place)
        below = Laying()._verbs(lower)
        added, removed = below.get(APPEND, []), below.get(REMOVE, [])
        gone = verbs.get(REMOVE, [])
        Laying()._remove(added, gone, place)
        self._append(added, verbs.get(APPEND, []), place)
        removed += [item for item in gone if not any(same(item.value, other.value) for other in removed)]
        parts = {
            name: _listed(items, upper.trace.at(name)) for name, items in ((REMOVE, removed), (APPEND, added))
        }
        traces = {name: part.trace for name, part in parts.items()}
        return Laid(
            {name: part.value for name, part in parts.items()},
            Trace(upper.trace.layer, upper.trace.path, {**traces}),
        )

    def _verbs(self, change: Laid) -> dict[str, list[Laid]]:
        """What a change says, its mistakes reported and left out."""
        found: dict[str, list[Laid]] = {}
        for name, value in change.value.items():
            if name not in VERBS:
                message = f"“{shown(name)[1:-1]}” cannot stand beside a change of a list."
                self._report(change.at(name), "mixed_change", message, name, nearest(name, VERBS))
            elif not isinstance(value, list):
                message = f"`{name}` needs a list, found {shown(value)}."
                self._report(change.at(name), "wrong_type", message, shown(value))
            else:
                found[name] = change.at(name).elements()
        return found

    def _below(self, lower: Laid | None, upper: Laid, place: Path) -> list[Laid] | None:
        """The elements that a change is applied to; without any below, those of the schema's default."""
        if lower is None:
            default = (schema.at(place) or {}).get("default")
            lower = Laid(default if isinstance(default, list) else [], Trace(DEFAULT, place))
        if isinstance(lower.value, list):
            return lower.elements()
        if lower.value is None:
            return []
        verb = next(iter(upper.value))
        message = f"`{verb}` changes a list, and what stands here is {shown(lower.value)}."
        self._report(upper, "wrong_type", message, verb)
        return None

    def _remove(self, elements: list[Laid], unwanted: list[Laid], place: Path) -> None:
        key = _key(elements, [], place)
        for entry in unwanted:
            at = _index(elements, entry.value, key)
            if at is not None:
                elements.pop(at)
                continue
            names = [item.value[key] if key else item.value for item in elements]
            guess = nearest(entry.value, [name for name in names if isinstance(name, str)])
            message = f"{shown(entry.value)} is not in the list, so nothing is removed."
            self._report(entry, "nothing_to_remove", message, shown(entry.value), guess, Severity.WARNING)

    def _append(self, elements: list[Laid], wanted: list[Laid], place: Path) -> None:
        key = _key(elements, wanted, place)
        for entry in wanted:
            inside = (*place, len(elements))
            at = _index(elements, entry.value, key)
            if at is None:
                elements.append(self.over(None, entry, inside))
            elif isinstance(entry.value, dict):
                elements[at] = self.over(elements[at], entry, inside)

    def _report(
        self,
        laid: Laid,
        code: str,
        message: str,
        found: str,
        guess: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        expected = _EXPECTED if severity is Severity.ERROR else None
        finding = Finding(laid.trace.path, code, message, found, expected, guess, severity)
        self.findings.append((laid.trace.layer, finding))


def is_change(value: Any) -> bool:
    """Whether a value says how a list changes instead of what it is."""
    return isinstance(value, dict) and not value.keys().isdisjoint(VERBS)


def _has_change(value: Any) -> bool:
    return any(is_change(part) for part in _containers(value))


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, dict | list):
                yield from _containers(part)


def _is_patch(place: Path) -> bool:
    """Whether a place is inside the patch of an experiment's arm."""
    return len(place) > 5 and place[0] == "experiments" and place[4] == "patch"


def _listed(elements: list[Laid], trace: Trace) -> Laid:
    traces: dict[str | int, Trace] = {index: item.trace for index, item in enumerate(elements)}
    return Laid([item.value for item in elements], Trace(trace.layer, trace.path, traces))


def _key(elements: list[Laid], others: list[Laid], place: Path) -> str | None:
    values = [item.value for item in chain(elements, others)]
    if not all(isinstance(value, dict) for value in values):
        return None
    return identity_key([e.value for e in elements], [o.value for o in others], hint=key_hint(place))


def _index(elements: list[Laid], wanted: Any, key: str | None) -> int | None:
    """The element meant by a key, by a map that has the key, or by a whole value."""
    named = wanted.get(key) if key and isinstance(wanted, dict) else wanted
    for index, element in enumerate(elements):
        if same(element.value, wanted) or (key and named is not None and same(element.value[key], named)):
            return index
    return None
