"""The state of filters after a turn: what was said replaces what it names and leaves the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from backend.domains.discovery.model import Filter
from backend.domains.discovery.signals.lexicon import names


def merge(
    before: Sequence[Filter], said: Sequence[Filter], *, removed: Collection[str] = (), widen: bool = False
) -> tuple[Filter, ...]:
    """Filters after the turn, older ones first. `widen`: values are added to those before ("also", "too")."""
    kept = [f for b in before for f in _halves(b) if f.field not in removed]
    kept = [f for f in kept if not _is_orphan(f, said)]
    for new in said:
        kept = [*_without(kept, new, widen=widen), _united(kept, new, widen=widen)]
    return tuple(_settled(kept))


def _halves(f: Filter) -> Iterable[Filter]:
    if f.op != "between":
        return (f,)
    low, high = f.value
    return (replace(f, op="gte", value=low), replace(f, op="lte", value=high))


def _is_orphan(f: Filter, said: Sequence[Filter]) -> bool:
    """A model of a make that has just been replaced, a trim of a replaced model."""
    new = {s.field for s in said if s.op == "in" and s.group == "must"}
    if f.field in ("model", "trim") and "make" in new and "model" not in new:
        return True
    if f.field == "trim" and "model" in new and "trim" not in new:
        return True
    if f.field == "make" and f.op == "in" and "model" in new and "make" not in new:
        makes = {
            names().models[m][0] for s in said if s.field == "model" for m in s.value if m in names().models
        }
        return bool(makes) and not makes & set(f.value)
    return False


def _without(kept: Sequence[Filter], new: Filter, *, widen: bool) -> list[Filter]:
    """What the new filter leaves of the others."""
    left: list[Filter] = []
    for old in kept:
        if old.field != new.field:
            left.append(old)
        elif new.group == "nice":
            disliked = old.group == "must" and (old.op, new.op) == ("in", "not_in")
            if disliked and (rest := _rest(old, new, widen=widen)) is not None:
                left.append(rest)
            elif not disliked and (old.group == "must" or old.op != new.op):
                left.append(old)
        elif old.group == "nice":
            continue
        elif (rest := _rest(old, new, widen=widen)) is not None:
            left.append(rest)
    return left


def _rest(old: Filter, new: Filter, *, widen: bool) -> Filter | None:
    if new.op == "in" and old.op == "not_in":
        values = [v for v in old.value if not _has(new.value, v)]
        return replace(old, value=values) if values else None
    if new.op == "not_in" and old.op == "in":
        values = [v for v in old.value if not _has(new.value, v)]
        return replace(old, value=values) if values else None
    if {new.op, old.op} == {"lte", "gte"} and new.op != old.op:
        crossed = old.value > new.value if new.op == "lte" else old.value < new.value
        return None if crossed else old
    return None


def _united(kept: Sequence[Filter], new: Filter, *, widen: bool) -> Filter:
    """Exclusions add up; wanted values only when the buyer widens."""
    same = [f for f in kept if f.field == new.field and f.op == new.op and f.group == new.group]
    if not same or not (new.op == "not_in" or (new.op == "in" and widen)):
        return new
    return replace(new, value=list(dict.fromkeys([*same[0].value, *new.value])))


def _settled(filters: Sequence[Filter]) -> list[Filter]:
    """An exclusion beside wanted values of the same attribute says nothing more."""
    wanted = {f.field for f in filters if f.op == "in" and f.group == "must"}
    return [f for f in filters if not (f.op == "not_in" and f.field in wanted and f.group == "must")]


def _has(values: Sequence[object], value: object) -> bool:
    return str(value).casefold() in {str(v).casefold() for v in values}
