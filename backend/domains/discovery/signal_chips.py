"""Soft signals as chips the buyer sees, edits and removes. Pure.

What a hard limit says already has its chip; only what no limit says gets one here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

from backend.core.errors import InvalidInput, NotFound
from backend.domains.discovery.model import Chip, Filter, Signal, State
from backend.domains.discovery.phrasing import capital, said
from backend.domains.discovery.wording import Words

PREFIX: Final = "signal:"
_LONGEST, _MOST = 80, 12

#: The part of a signal's value that a chip shows and edits; what it is called is a phrase, `signal.<type>`.
SLOTS: Final[Mapping[str, str]] = {
    "BUDGET_RANGE": "target",
    "TIMELINE_URGENCY": "level",
    "USE_CASE": "tags",
    "FEATURE_PRIORITY": "features",
    "FEATURES": "include",
    "DESIGN_AESTHETIC": "styles",
    "RISK_TOLERANCE": "level",
    "EMOTIONAL_DRIVER": "drivers",
    "GEO_RADIUS": "center",
    "BODY_STYLE": "include",
    "DRIVETRAIN": "include",
    "MILEAGE_CAP": "max",
    "BRAND_FLEXIBILITY": "brands",
    "FINANCING_NEED": "need",
}
#: Signals whose values are names: of places, of brands, of what the inventory has.
_NAMES: Final = frozenset({"GEO_RADIUS", "BODY_STYLE", "DRIVETRAIN", "BRAND_FLEXIBILITY"})
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
        if signal.type in SLOTS and not limited & set(SAID_BY.get(signal.type, ()))
    )
    return tuple(chip for chip in made if chip is not None)


def _unsaid(signal: Signal, named: Collection[str]) -> Signal:
    """A signal without what a limit says by its very name, such as a feature that is a must."""
    slot = SLOTS[signal.type]
    value = signal.value.get(slot)
    if not isinstance(value, list | tuple):
        return signal
    values = cast("Sequence[Any]", value)
    left = [one for one in values if str(one).casefold() not in named]
    return replace(signal, value={**signal.value, slot: left}) if len(left) < len(values) else signal


def edited_signal(state: State, chip_id: str, change: str, value: Any) -> tuple[State, Signal, Signal | None]:
    """The state after the chip of a signal was changed; the signal as it was, and as it is now.

    Raises: NotFound `discovery.no_such_chip`; InvalidInput `discovery.chip_value`.
    """
    kind = chip_id.removeprefix(PREFIX)
    old = next((s for s in state.signals if s.type == kind), None)
    if old is None or kind not in SLOTS:
        raise NotFound("discovery.no_such_chip", chip_id=chip_id)
    new = None if change == "remove" else _changed(old, change, value, state.turn + 1)
    signals = tuple(s for s in (new if s is old else s for s in state.signals) if s is not None)
    return replace(state, signals=signals, turn=state.turn + 1), old, new


def signal_text(words: Words, signal: Signal) -> str:
    """A signal in a few words: `Use: family and road trip`. Empty where there is nothing to show."""
    return capital(signal_wish(words, signal))


def signal_wish(words: Words, signal: Signal) -> str:
    """The same within a sentence."""
    told = _said(words, signal, SLOTS[signal.type])
    return words.say("chip.stated", label=words.say(f"signal.{signal.type}"), value=told) if told else ""


def _chip(words: Words, signal: Signal) -> Chip | None:
    text = signal_text(words, signal)
    if not text:
        return None
    label, slot = capital(words.say(f"signal.{signal.type}")), SLOTS[signal.type]
    return Chip(
        id=f"{PREFIX}{signal.type}", group="nice", field=signal.type, label=label, op="signal",
        value=signal.value.get(slot), text=text, kind="signal", confidence=signal.confidence, turn=signal.turn,
        source=signal.source,
    )  # fmt: skip


def _said(words: Words, signal: Signal, slot: str) -> str:
    value = signal.value.get(slot)
    if signal.type == "FINANCING_NEED":
        monthly = signal.value.get("monthly_max")
        if monthly:
            return words.say("chip.monthly", amount=words.money(float(monthly)))
        if isinstance(value, bool):
            return words.say("chip.financing" if value else "chip.no_financing")
        return _spoken(words, signal.type, value)
    if signal.type == "BUDGET_RANGE":
        amount = value if value is not None else signal.value.get("max", signal.value.get("min"))
        if not isinstance(amount, int | float):
            return ""
        return words.say("chip.around", value=words.money(float(amount)))
    if signal.type == "MILEAGE_CAP" and isinstance(value, int | float):
        distance = f"{words.number(value)} {signal.value.get('unit', words.mileage_unit)}"
        return words.say("chip.up_to", value=distance)
    if signal.type == "TIMELINE_URGENCY" and (day := _day(words, signal.value.get("deadline"))):
        return f"{_spoken(words, signal.type, value)} ({day})"
    excluded = signal.value.get("exclude")
    told = _spoken(words, signal.type, value)
    without = _spoken(words, signal.type, excluded)
    return told or (words.say("chip.without", label=without) if without else "")


def _day(words: Words, deadline: Any) -> str:
    try:
        return words.day(date.fromisoformat(deadline)) if isinstance(deadline, str) else ""
    except ValueError:
        return deadline


def _spoken(words: Words, kind: str, value: Any) -> str:
    """What is meant by a value of the lexicon, in the buyer's language; a name or the buyer's own word as it is."""
    if isinstance(value, list | tuple):
        return words.all_of([_spoken(words, kind, v) for v in cast("Sequence[Any]", value)])
    if value is None:
        return ""
    return str(value) if kind in _NAMES else said(words.language, str(value))


def _changed(old: Signal, change: str, value: Any, turn: int) -> Signal:
    if change != "value":
        raise InvalidInput("discovery.chip_value", field=old.type, op="signal")
    slot = SLOTS[old.type]
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
