"""Two readings of one message made one: what the rules have understood, and what a language model says.

The rules decide what is a limit. A model adds what they missed where the buyer's own words bear it out; where both see a
limit and differ, neither holds and the buyer is asked. Nothing is guessed, and no model can loosen a limit. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isclose, isnan
from typing import Any, Final

from backend.domains.catalogue.model import Vocabulary
from backend.domains.discovery.model import Filter, Settings, Signal, State, Understanding
from backend.domains.discovery.signals import comparators, implied
from backend.domains.discovery.signals.merging import merge
from backend.domains.discovery.signals.proposals import CONFIDENCE, Proposed, proposal
from backend.domains.discovery.signals.reader import Reader
from backend.domains.discovery.signals.reading import reader_for
from backend.domains.discovery.signals.text import fold

_CLOSE: Final = 0.006  # as near as two figures of one meaning may lie
_SCALES: Final = (1.0, 1e3, 1e6)
_OF_FIELD: Final = {"price": "BUDGET_RANGE", "mileage": "MILEAGE_CAP", "make": "BRAND_FLEXIBILITY"}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two limits on one attribute that cannot both be meant; an empty side means "no limit any more"."""

    field: str
    ours: tuple[Filter, ...]
    theirs: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """The reading to go on with, and what to ask the buyer about."""

    understanding: Understanding
    disagreements: tuple[Disagreement, ...] = ()


def agree(
    message: str,
    ours: Understanding,
    answer: object,
    *,
    vocabulary: Vocabulary,
    state: State,
    settings: Settings,
    today: date,
) -> Agreed:
    """Our reading completed by a model's answer (`reading_schema`), whatever that answer is. Never raises."""
    reader = reader_for(message, vocabulary, state, settings, today)
    theirs = proposal(answer, reader.terms, state.turn + 1)
    mine = _by_field([f for f in ours.filters if f.group == "must"])
    disputed: list[Disagreement] = []
    taken: list[Filter] = []
    for field, proposed in _proposed(theirs.filters).items():
        believed = [p.filter for p in proposed if _stands(reader, p)]
        hard = [f for f in believed if f.group == "must"]
        if hard and any(_differs(a, b) for a in mine.get(field, ()) for b in hard):
            disputed.append(Disagreement(field, tuple(mine[field]), tuple(hard)))
        else:
            known = [f for f in ours.filters if f.field == field]
            taken += [f for f in believed if not any(_covers(k, f) for k in known)]
    for field in sorted(theirs.removed):
        held = tuple(f for f in ours.filters if f.field == field and f.group == "must" and not f.default)
        if held and _is_named(reader, field):
            disputed.append(Disagreement(field, held, ()))
    return Agreed(_together(reader, ours, theirs.signals, taken, disputed), tuple(disputed))


def _together(
    reader: Reader,
    ours: Understanding,
    signals: Sequence[Signal],
    taken: Sequence[Filter],
    disputed: Sequence[Disagreement],
) -> Understanding:
    before = reader.state.filters
    open_ = {d.field for d in disputed if d.theirs}
    filters = [f for f in ours.filters if f.field not in open_] + [f for f in before if f.field in open_]
    merged = merge(filters, [f for f in taken if f.field not in open_]) if taken else tuple(filters)
    gone = {_signal_of(field) for field in open_}
    said = [s for s in ours.signals if s.type not in gone]
    known = {s.type for s in said} | gone
    added = [*_following(reader, [f for f in taken if f.group == "must"]), *signals]
    for signal in added:
        if signal.type not in known:
            said.append(replace(signal, confidence=min(signal.confidence, CONFIDENCE)))
            known.add(signal.type)
    kept = {f.field for f in merged}
    return replace(
        ours,
        signals=tuple(said),
        filters=merged,
        added=tuple(f for f in merged if f not in before),
        removed=tuple(f for f in before if f.field not in kept),
    )


def _following(reader: Reader, taken: Sequence[Filter]) -> list[Signal]:
    """Signals of the limits that were taken over."""
    signals = implied.signals(reader, [f for f in taken if not reader.terms.is_number(f.field)])
    amounts: dict[str, dict[str, Any]] = defaultdict(dict)
    for f in taken:
        if f.field == "price":
            side = {"lte": "max", "gte": "min"}.get(f.op, "target")
            amounts["BUDGET_RANGE"] |= {side: f.value, "currency": reader.settings.currency}
        elif f.field == "mileage" and f.op == "lte":
            unit = reader.terms.attributes["mileage"].unit or reader.settings.mileage_unit
            amounts["MILEAGE_CAP"] = {"max": f.value, "unit": unit}
    return [*signals, *(reader.signal(kind, value, "", CONFIDENCE) for kind, value in amounts.items())]


def _signal_of(field: str) -> str:
    tail = field.removeprefix("specs.")
    if tail in implied.BODY_FIELDS:
        return "BODY_STYLE"
    return "DRIVETRAIN" if tail == "drivetrain" else _OF_FIELD.get(field, "")


def _by_field(filters: Sequence[Filter]) -> Mapping[str, list[Filter]]:
    found: dict[str, list[Filter]] = defaultdict(list)
    for f in filters:
        found[f.field].append(f)
    return found


def _proposed(filters: Sequence[Proposed]) -> Mapping[str, list[Proposed]]:
    """By field; of two equal kinds of limit the last one counts."""
    found: dict[str, dict[str, Proposed]] = defaultdict(dict)
    for p in filters:
        found[p.filter.field][p.filter.id] = p
    return {field: list(kinds.values()) for field, kinds in found.items()}


def _differs(a: Filter, b: Filter) -> bool:
    """Whether two limits on one attribute contradict: another figure for the same side, or one figure on opposite sides."""
    if isinstance(a.value, bool) or isinstance(b.value, bool):
        return a.value != b.value
    if isinstance(a.value, int | float) and isinstance(b.value, int | float):
        same = isclose(a.value, b.value, rel_tol=0 if a.field == "year" else _CLOSE)
        if a.op == b.op:
            return not same
        if {a.op, b.op} == {"lte", "gte"}:
            low, high = (a.value, b.value) if a.op == "gte" else (b.value, a.value)
            return same or low > high
        return not same
    if isinstance(a.value, list) and isinstance(b.value, list):
        mine, other = _folded(a), _folded(b)
        return mine != other if a.op == b.op else bool(mine & other)
    return True


def _covers(known: Filter, new: Filter) -> bool:
    """Whether a limit that holds already says the same, or more firmly."""
    if known.field != new.field or (known.group == "nice" and new.group == "must" and known.op == "eq"):
        return False
    if known.group == "must" and new.group == "nice":
        return True
    return known.op == new.op and not _differs(known, new)


def _folded(f: Filter) -> set[str]:
    return {fold(str(v)) for v in f.value}


def _stands(reader: Reader, proposed: Proposed) -> bool:
    """Whether the buyer's own words bear a limit out: its figure, its value, or the name of its feature."""
    f = proposed.filter
    if proposed.said is not None:
        near = 0 if f.field == "year" else _CLOSE
        return any(isclose(proposed.said, figure, rel_tol=near) for figure in _figures(reader, f.field))
    if isinstance(f.value, list):
        spoken = {fold(v) for m in reader.mentions for t in m.terms if t.field == f.field for v in t.values}
        plain = f" {reader.text.plain} "
        return all(fold(v) in spoken or f" {fold(v)} " in plain for v in f.value)
    return _is_named(reader, f.field)


def _is_named(reader: Reader, field: str) -> bool:
    return any(t.field == field for m in reader.mentions for t in m.terms)


def _figures(reader: Reader, field: str) -> list[float]:
    """Every figure of the message as it may be meant: as written, in thousands, in millions, as an age in years."""
    found: list[float] = []
    for q in comparators.find(reader.text, reader.lex, ()):
        values = [q.value] if q.high is None else [q.value, q.high]
        written = [v * q.scale for v in values]
        if q.unit == "year" and field == "year":
            written += [reader.today.year - v for v in values]
        if q.decade and field == "year":
            written += [v + 9 for v in values]
        if field == "year":  # `before 1990` is 1989 and `after 2015` is 2016
            written += [v + step for v in written for step in (-1, 1)]
        scales = _SCALES if field == "price" and q.scale == 1 and not q.unit else _SCALES[:1]
        found += [v * scale for v in written for scale in scales]
    return [v for v in found if not isnan(v)]
