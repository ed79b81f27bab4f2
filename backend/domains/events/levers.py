"""Levers of a document: which there are, how far each goes, and what else moves with one. Pure.

The database decides on the same ranges again in `private.lever_allows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from backend.core.errors import NotAllowed
from backend.domains.events import patterns, schema
from backend.domains.events.model import Document, Path, pointer

#: The section whose values sum to 1: moving one moves the others.
WEIGHTS: Final = "ranking_weights"
_QUANTUM: Final = Decimal("0.0001")
_ONE: Final = Decimal(1)
#: Halvings of an interval of width up to 2^20 until it is narrower than any weight's last digit.
_HALVINGS: Final = 80


@dataclass(frozen=True, slots=True)
class Move:
    """One version that moved levers: the document it replaced, and the one it made."""

    before: Document
    after: Document
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class LeverView:
    """One lever of an event: where it stands, where the last approved version put it, and how far it goes.

    `kind` is `number` (with `low`, `high`, `step`), `toggle` or `choice` (with `options`).
    """

    path: str
    section: str
    label: str
    help: str
    kind: str
    value: Any
    baseline: Any
    unit: str
    reload: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    options: tuple[Any, ...] = ()
    moved_at: datetime | None = None
    moved_by: str | None = None
    previous: Any = None

    @property
    def may_undo(self) -> bool:
        return self.moved_at is not None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a number may go, both ends inside."""

    low: Decimal
    high: Decimal

    def clamp(self, value: Decimal) -> Decimal:
        return min(max(value, self.low), self.high)


def levers_of(document: Document, baseline: Document, moves: Sequence[Move] = ()) -> list[LeverView]:
    """Every lever of a document, in its order; `moves` are those since the baseline, the newest first."""
    found = (_view(path, document, baseline, moves) for path in patterns.leaf_values(document))
    return [view for view in found if view is not None]


def moved(
    document: Document, baseline: Document, path: tuple[str, ...], value: Any
) -> dict[tuple[str, ...], Any]:
    """What to set so that a lever stands at a value: itself, and with a ranking weight the other weights.

    Raises: NotAllowed `events.outside_lever` with `low` and `high`, or `options`.
    """
    view = _view(path, document, baseline, ())
    if view is None or not _fits(view, value):
        facts = {"low": view.low, "high": view.high, "options": [*view.options]} if view else {}
        raise NotAllowed("events.outside_lever", paths=[".".join(path)], value=value, **facts)
    if path[0] != WEIGHTS:
        return {path: value}
    weights = {name: _decimal(weight) for name, weight in document[WEIGHTS].items()}
    balanced = balance(weights, _rooms(weights, baseline), path[1], _decimal(value))
    return {(WEIGHTS, name): _number(weight) for name, weight in balanced.items() if weight != weights[name]}


def balance(
    weights: Mapping[str, Decimal], rooms: Mapping[str, Bounds], name: str, value: Decimal
) -> dict[str, Decimal]:
    """Weights that sum to exactly 1 with one of them at a value; the others keep their proportions within their rooms.

    One factor for all others, found by bisection: the sum of clamped values grows with it. The value must be within `reach`.
    """
    others, rest = {n: w for n, w in weights.items() if n != name}, _ONE - value
    low, high = Decimal(0), Decimal(2) ** 20
    for _ in range(_HALVINGS):
        factor = (low + high) / 2
        if sum(rooms[n].clamp(w * factor) for n, w in others.items()) < rest:
            low = factor
        else:
            high = factor
    scaled = {n: rooms[n].clamp((w * high).quantize(_QUANTUM, ROUND_HALF_EVEN)) for n, w in others.items()}
    return {name: value} | _to_the_last(scaled, rooms, rest)


def reach(rooms: Mapping[str, Bounds], name: str) -> Bounds:
    """How far one weight can go: its own room, as far as the others have room to make up for it."""
    others = [room for n, room in rooms.items() if n != name]
    low = _ONE - sum((room.high for room in others), Decimal(0))
    high = _ONE - sum((room.low for room in others), Decimal(0))
    return Bounds(max(low, rooms[name].low), min(high, rooms[name].high))


def _rooms(weights: Mapping[str, Decimal], baseline: Document) -> dict[str, Bounds]:
    """Of each weight; one without a range stays where it is."""
    limits = {name: _bounds((WEIGHTS, name), baseline) for name in weights}
    return {name: _inward(limits[name] or Bounds(w, w), w) for name, w in weights.items()}


def _to_the_last(
    scaled: dict[str, Decimal], rooms: Mapping[str, Bounds], rest: Decimal
) -> dict[str, Decimal]:
    """What rounding left over, given to whom it changes least: the largest first, as far as each has room."""
    left = rest - sum(scaled.values())
    for name in sorted(scaled, key=lambda n: -scaled[n]):
        given = rooms[name].clamp(scaled[name] + left)
        left -= given - scaled[name]
        scaled[name] = given
    return scaled


def undone(moves: Sequence[Move], path: tuple[str, ...] | None) -> dict[tuple[str, ...], Any]:
    """What to set to take back the last move, of any lever or of one; a ranking weight goes back with the others.

    Empty when nothing was moved.
    """
    for move in moves:
        changed = {
            found: _value(move.before, found) for found in patterns.changed_patterns(move.before, move.after)
        }
        if path is None or any(_together(path, found) for found in changed):
            return {p: v for p, v in changed.items() if path is None or _together(path, p)}
    return {}


def _together(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return path == other or path[0] == other[0] == WEIGHTS


def _view(
    path: tuple[str, ...], document: Document, baseline: Document, moves: Sequence[Move]
) -> LeverView | None:
    rule = patterns.rule_for(path)
    value, origin = _value(document, path), _value(baseline, path)
    if rule.lever is None or patterns.ANYWHERE in path or isinstance(value, dict | list) or value is None:
        return None
    limits = _limits(path, document, baseline)
    is_number = patterns.is_number(rule.lever["range"][0])
    if is_number and limits is None:
        return None
    kind = "number" if is_number else "toggle" if isinstance(value, bool) else "choice"
    said = next((node for node in reversed(patterns.trail(path)) if "title" in node), {})
    is_member = schema.at(path) is None  # of a map with names of the author's own
    last = next((move for move in moves if _value(move.before, path) != _value(move.after, path)), None)
    return LeverView(
        path=pointer(path),
        section=path[0],
        label=path[-1].replace("_", " ").capitalize() if is_member else said.get("title", path[-1]),
        help=said.get("description", ""),
        kind=kind,
        value=value,
        baseline=origin,
        unit=said.get("x-unit", ""),
        reload=rule.reload,
        low=_number(limits.low) if is_number and limits else None,
        high=_number(limits.high) if is_number and limits else None,
        step=rule.lever.get("step"),
        options=() if is_number else tuple(rule.lever["range"]),
        moved_at=last.at if last else None,
        moved_by=last.by if last else None,
        previous=_value(last.before, path) if last else None,
    )


def _fits(view: LeverView, value: Any) -> bool:
    if view.kind == "number":
        return (
            patterns.is_number(value)
            and view.low is not None
            and view.high is not None
            and view.low <= value <= view.high
        )
    return any(value == option and type(value) is type(option) for option in view.options)


def _limits(path: tuple[str, ...], document: Document, baseline: Document) -> Bounds | None:
    own = _bounds(path, baseline)
    if own is None or path[0] != WEIGHTS:
        return own
    return reach(_rooms({n: _decimal(w) for n, w in document[WEIGHTS].items()}, baseline), path[1])


def _bounds(path: tuple[str, ...], baseline: Document) -> Bounds | None:
    """How far a number lever goes from where the last approved version put it, within what the schema accepts."""
    lever, origin = patterns.rule_for(path).lever, _value(baseline, path)
    if lever is None or not patterns.is_number(lever["range"][0]) or not patterns.is_number(origin):
        return None
    start = _decimal(origin)
    unit = abs(start) if lever.get("relative") else _ONE
    low, high = (start + _decimal(bound) * unit for bound in lever["range"])
    accepts = schema.at(path) or {}
    if "minimum" in accepts:
        low = max(low, _decimal(accepts["minimum"]))
    if "maximum" in accepts:
        high = min(high, _decimal(accepts["maximum"]))
    return Bounds(low, high)


def _inward(bounds: Bounds, weight: Decimal) -> Bounds:
    """Bounds on the grid of four decimals, so that rounding never leaves them; a range narrower than that is left as it is."""
    low, high = bounds.low.quantize(_QUANTUM, ROUND_CEILING), bounds.high.quantize(_QUANTUM, ROUND_FLOOR)
    return Bounds(low, high) if low <= high else Bounds(weight, weight)


def _value(document: Document, path: Path) -> Any:
    value: Any = document
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))


def _number(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)
