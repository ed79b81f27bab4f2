"""Soft signals as chips the buyer sees, edits and removes. Pure.

What a hard limit says already has its chip; only what no limit says gets one here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from backend.core.errors import InvalidInput, NotFound
from backend.domains.discovery.model import Chip, Filter, Signal, State
from backend.domains.discovery.wording import Words, listed

PREFIX: Final = "signal:"
_LONGEST, _MOST = 80, 12

#: What each signal is called, and the part of its value a chip shows and edits.
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "BUDGET_RANGE": ("Budget", "target"),
    "TIMELINE_URGENCY": ("Timing", "level"),
    "USE_CASE": ("Use", "tags"),
    "FEATURE_PRIORITY": ("Matters most", "features"),
    "FEATURES": ("Equipment", "include"),
    "DESIGN_AESTHETIC": ("Style", "styles"),
    "RISK_TOLERANCE": ("Risk", "level"),
    "EMOTIONAL_DRIVER": ("What counts", "drivers"),
    "GEO_RADIUS": ("Near", "center"),
    "BODY_STYLE": ("Type", "include"),
    "DRIVETRAIN": ("Drivetrain", "include"),
    "MILEAGE_CAP": ("Mileage", "max"),
    "BRAND_FLEXIBILITY": ("Brand", "brands"),
    "FINANCING_NEED": ("Financing", "need"),
}
#: Signals that follow from a limit: with the limit there, its chip says it.
SAID_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "BUDGET_RANGE": ("price",),
    "MILEAGE_CAP": ("mileage",),
    "BRAND_FLEXIBILITY": ("make", "model"),
    "DRIVETRAIN": ("specs.drivetrain",),
    "BODY_STYLE": (
        *("specs.body_style", "specs.vessel_type", "specs.property_type", "specs.rv_class", "specs.category"),
    ),
    "GEO_RADIUS": ("geo", "location_city", "location_region", "location_country"),
}


def signal_chips(words: Words, signals: Iterable[Signal], filters: Sequence[Filter]) -> tuple[Chip, ...]:
    """One chip for each signal that no limit says already."""
    limited = {f.field for f in filters if f.group == "must"}
    named = {words.label(f.field).casefold() for f in filters}
    made = (
        _chip(words, _unsaid(signal, named))
        for signal in signals
        if signal.type in _KINDS and not limited & set(SAID_BY.get(signal.type, ()))
    )
    return tuple(chip for chip in made if chip is not None)


def _unsaid(signal: Signal, named: Collection[str]) -> Signal:
    """A signal without what a limit says by its very name, such as a feature that is a must."""
    slot = _KINDS[signal.type][1]
    said = signal.value.get(slot)
    if not isinstance(said, list | tuple):
        return signal
    left = [one for one in cast("Sequence[Any]", said) if str(one).casefold() not in named]
    return replace(signal, value={**signal.value, slot: left}) if len(left) < len(said) else signal


def edited_signal(state: State, chip_id: str, change: str, value: Any) -> tuple[State, Signal, Signal | None]:
    """The state after the chip of a signal was changed; the signal as it was, and as it is now.

    Raises: NotFound `discovery.no_such_chip`; InvalidInput `discovery.chip_value`.
    """
    kind = chip_id.removeprefix(PREFIX)
    old = next((s for s in state.signals if s.type == kind), None)
    if old is None or kind not in _KINDS:
        raise NotFound("discovery.no_such_chip", chip_id=chip_id)
    new = None if change == "remove" else _changed(old, change, value, state.turn + 1)
    signals = tuple(s for s in (new if s is old else s for s in state.signals) if s is not None)
    return replace(state, signals=signals, turn=state.turn + 1), old, new


def signal_text(words: Words, signal: Signal) -> str:
    """A signal in a few words: `Use: family, road trip`. Empty where there is nothing to show."""
    label, slot = _KINDS[signal.type]
    said = _said(words, signal, slot)
    return f"{label}: {said}" if said else ""


def _chip(words: Words, signal: Signal) -> Chip | None:
    text = signal_text(words, signal)
    label, slot = _KINDS[signal.type]
    if not text:
        return None
    return Chip(
        id=f"{PREFIX}{signal.type}", group="nice", field=signal.type, label=label, op="signal",
        value=signal.value.get(slot), text=text, kind="signal", confidence=signal.confidence, turn=signal.turn,
        source=signal.source,
    )  # fmt: skip


def _said(words: Words, signal: Signal, slot: str) -> str:
    value = signal.value.get(slot)
    if signal.type == "FINANCING_NEED":
        monthly = signal.value.get("monthly_max")
        return f"up to {words.money(float(monthly))} a month" if monthly else _spoken(value)
    if signal.type == "BUDGET_RANGE":
        amount = value if value is not None else signal.value.get("max", signal.value.get("min"))
        return f"around {words.money(float(amount))}" if isinstance(amount, int | float) else ""
    if signal.type == "MILEAGE_CAP" and isinstance(value, int | float):
        return f"up to {words.number(value)} {signal.value.get('unit', words.mileage_unit)}"
    if signal.type == "TIMELINE_URGENCY" and signal.value.get("deadline"):
        return f"{_spoken(value)} ({signal.value['deadline']})"
    excluded = signal.value.get("exclude")
    return _spoken(value) or (f"no {_spoken(excluded)}" if excluded else "")


def _spoken(value: Any) -> str:
    if isinstance(value, list | tuple):
        return listed([_spoken(v) for v in cast("Sequence[Any]", value)], "and")
    return "" if value is None else str(value).replace("_", " ")


def _changed(old: Signal, change: str, value: Any, turn: int) -> Signal:
    if change != "value":
        raise InvalidInput("discovery.chip_value", field=old.type, op="signal")
    slot = _KINDS[old.type][1]
    before = old.value.get(slot)
    after = _typed(old, before if before is not None else old.value.get("max"), value)
    rest = {
        k: v for k, v in old.value.items() if k not in ("deadline", "max", "min") or old.type == "GEO_RADIUS"
    }
    return replace(old, value={**rest, slot: after}, confidence=1.0, source="", turn=turn)


def _typed(old: Signal, before: Any, value: Any) -> Any:
    """A value in the form the signal has it: a number, a word, or a list of words."""
    if isinstance(before, int | float) and not isinstance(before, bool):
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12:
            return value
    elif isinstance(before, list | tuple):
        given = cast("Sequence[Any]", value if isinstance(value, list) else [value])
        if 0 < len(given) <= _MOST and all(isinstance(v, str) and 0 < len(v) <= _LONGEST for v in given):
            return [str(v).strip() for v in given]
    elif isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST:
        return value.strip()
    raise InvalidInput("discovery.chip_value", field=old.type, op="signal")
