"""Whether each statement of a sentence is true of the listing it is about: number by number, value by value. Pure.

A sentence is read from left to right: names of listings say whom it is about, names of attributes what the next figure is.
What cannot be bound is not true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from backend.domains.discovery.evidence import Evidence, Source
from backend.domains.discovery.itemizing import Item, items_of, phrases_of

if TYPE_CHECKING:
    from backend.domains.discovery.vetting import Known

_NEAR: Final = 0.011


@dataclass(slots=True)
class _State:
    about: Source | None
    label: str = ""
    denied: bool = False
    limited: bool = False
    side: str = ""
    facts: int = 0
    ok: bool = True
    seen: list[str] = field(default_factory=list[str])


def is_bound(
    text: str,
    titles: Sequence[Source],
    evidence: Evidence,
    before: Source | None,
    known: Known,
    *,
    needs_fact: bool,
) -> bool:
    """Whether a text has no unknown word and no statement that is not so."""
    earlier = before or (evidence.sources[0] if evidence.sources else None)
    items = list(items_of(text, titles, evidence, known, earlier))
    if any(item.kind == "unknown" for item in items):
        return False
    subjects = [item.data for item in items if item.kind == "subject"]
    if any(item.kind == "than" for item in items):
        return _compared(items, subjects, earlier)
    first = next((item for item in items if item.kind in ("subject", "pronoun")), None)
    about = first.data if first is not None else earlier
    state = _State(about)
    for at, item in enumerate(items):
        _step(state, item, items[at + 1 :], evidence, earlier)
        if not state.ok:
            return False
    _settled(state)
    return state.ok and not state.denied and (state.facts > 0 or not needs_fact)


def _step(
    state: _State, item: Item, rest: Sequence[Item], evidence: Evidence, earlier: Source | None
) -> None:
    match item.kind:
        case "subject" | "pronoun":
            _settled(state)
            state.about = item.data
            state.facts += item.kind == "subject" and bool(state.seen)
        case "break":
            if not (state.label and rest[:1] and rest[0].kind in ("missing", "answer")):
                _settled(state)
        case "label":
            if state.label != item.data:
                _settled(state)
            state.label = item.data
        case "number":
            _number(state, item.data, rest, evidence)
        case "value":
            _value(state, item.data)
        case "answer":
            _claims(state, state.label, lambda v: v is item.data)
        case "negation":
            if state.label and (not rest or rest[0].kind == "break"):
                _claims(state, state.label, lambda v: v is False)
            else:
                state.ok, state.denied = state.ok and not state.denied, True
        case "missing":
            _claims(state, state.label, lambda v: v is None)
        case "request":
            _claims(state, "price", lambda v: v is None)
        case "extreme":
            _extreme(state, item.data, evidence)
        case "side":
            state.side = item.data
        case "limit":
            _beside_limit(state, evidence)
        case "line":
            about, label, state.label = state.about, state.label, ""
            is_own = about is not None and (
                about.quotations.get(label) == item.data if label else item.data in about.lines
            )
            state.ok, state.facts = state.ok and is_own, state.facts + 1
        case _:
            pass
    state.seen.append(item.kind)


def _claims(state: _State, name: str, holds: Callable[[Any], bool]) -> None:
    """Notes a statement about a field; it must hold of the listing spoken of."""
    known = state.about is not None and bool(name)
    value = state.about.values.get(name) if state.about is not None else None
    state.ok = state.ok and known and not (state.denied and value is None) and holds(value)
    state.label, state.facts = "", state.facts + 1


def _settled(state: _State) -> None:
    """What was named and got no figure: a feature that is there, or the absence of something."""
    if not state.label:
        return
    value = state.about.values.get(state.label) if state.about is not None else None
    if isinstance(value, bool):
        state.ok = state.ok and value is not state.denied
    else:
        state.ok = state.ok and state.denied and value == 0
    state.label, state.denied, state.facts = "", False, state.facts + 1


def _number(
    state: _State, data: tuple[str, tuple[float, ...], bool], rest: Sequence[Item], evidence: Evidence
) -> None:
    kind, readings, counts = data
    if state.denied:
        state.ok = False
        return
    if state.limited:
        state.limited = False
        state.ok = state.ok and any((kind, v) in evidence.limits for v in readings)
        return
    name = state.label or _label_behind(rest)
    if not name and counts:
        matches = {v for k, v in evidence.numbers if k == "count"}
        state.ok, state.facts = state.ok and any(v in matches for v in readings), state.facts + 1
        return
    name = name or {"money": "price", "distance": "mileage"}.get(kind, "")
    if not name and state.about is not None and state.about.values.get("year") in readings:
        name = "year"
    if (kind == "money" and name in ("mileage", "year")) or (kind == "distance" and name == "price"):
        state.ok = False
        return
    _claims(state, name, lambda value: _is_near(value, readings))


def _is_near(value: Any, readings: Sequence[float]) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and any(abs(value - r) < _NEAR for r in readings)
    )


def _label_behind(rest: Sequence[Item]) -> str:
    """`5 seats`, `263 miles of range`: the attribute named right behind a figure."""
    for item in rest:
        if item.kind == "label":
            return str(item.data)
        if item.kind not in ("unit", "glue"):
            return ""
    return ""


def _value(state: _State, phrase: str) -> None:
    """A value in words, which the listing must have, in the attribute that was named where one was."""
    if state.about is None or state.denied:
        state.ok = False
        return
    names = [name for name, value in state.about.values.items() if phrase in phrases_of(value)]
    state.ok = state.ok and (state.label in names if state.label else bool(names))
    state.label, state.facts = "", state.facts + 1


def _extreme(state: _State, data: tuple[str, bool], evidence: Evidence) -> None:
    name, is_least = data
    values = [v for s in evidence.sources if isinstance(v := s.values.get(name), int | float)]
    best = (min if is_least else max)(values, default=None)
    state.ok = state.ok and not state.denied and state.about is not None
    if state.about is not None:
        state.ok = state.ok and best is not None and state.about.values.get(name) == best
    state.label, state.facts = "", state.facts + 1


def _beside_limit(state: _State, evidence: Evidence) -> None:
    """`under your budget`: the price lies there."""
    limits = [value for kind, value in evidence.limits if kind == "money"]
    price = state.about.price if state.about is not None else None
    if not state.side or not limits or price is None or state.denied:
        state.ok = False
        return
    state.ok = state.ok and (price <= max(limits) if state.side == "inside" else price > max(limits))
    state.limited, state.side, state.facts = True, "", state.facts + 1


def _compared(items: Sequence[Item], subjects: Sequence[Source], earlier: Source | None) -> bool:
    """`A is cheaper than B`, and nothing else beside it."""
    at = next(n for n, item in enumerate(items) if item.kind == "than")
    left = [i.data for i in items[:at] if i.kind in ("subject", "pronoun")] or [earlier]
    right = [i.data for i in items[at + 1 :] if i.kind == "subject"]
    others = {i.kind for n, i in enumerate(items) if n != at} - {"subject", "pronoun", "glue", "break", "and"}
    if others or len(left) != 1 or len(right) != 1 or left[0] is None:
        return False
    name, is_less = items[at].data
    one, other = left[0].values.get(name), right[0].values.get(name)
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    return one < other if is_less else one > other
