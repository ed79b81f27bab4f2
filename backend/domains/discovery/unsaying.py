"""What goes with a limit that goes: the signals that said the same. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from backend.domains.catalogue.model import Attribute
from backend.domains.discovery.model import Filter, Signal, State
from backend.domains.discovery.signal_chips import SAID_BY

#: Signals that name features, each of which may be a limit of its own.
_NAMING: Final = ("FEATURES", "FEATURE_PRIORITY")


def unsaid(state: State, gone: Iterable[Filter], attributes: Mapping[str, Attribute]) -> State:
    """The state without what only the limits that are `gone` said; what the latest message says itself stays."""
    left = {f.field for f in state.filters}
    fields = {f.field for f in gone} - left
    if not fields:
        return state
    names = frozenset(name.casefold() for field in fields for name in _names(field, attributes))
    signals = (s if s.turn == state.turn else _without(s, fields, names) for s in state.signals)
    return replace(state, signals=tuple(s for s in signals if s is not None))


def _names(field: str, attributes: Mapping[str, Attribute]) -> Iterator[str]:
    yield field.removeprefix("specs.")
    if field in attributes:
        yield attributes[field].label


def _without(signal: Signal, fields: Collection[str], names: Collection[str]) -> Signal | None:
    if any(field in fields for field in SAID_BY.get(signal.type, ())):
        return None
    if signal.type not in _NAMING:
        return signal
    value = {slot: _left(said, names) for slot, said in signal.value.items()}
    kept = {slot: said for slot, said in value.items() if said not in ([], ())}
    return replace(signal, value=kept) if kept else None


def _left(said: Any, names: Collection[str]) -> Any:
    if not isinstance(said, list | tuple):
        return said
    return [one for one in cast("Iterable[Any]", said) if str(one).casefold() not in names]
