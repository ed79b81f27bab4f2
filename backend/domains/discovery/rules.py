"""Decisions about the state of a conversation: what a turn adds, what an edited chip changes, which limit to loosen. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.core.errors import InvalidInput, NotFound
from backend.domains.catalogue.model import Vocabulary
from backend.domains.discovery.model import Filter, Settings, Signal, State, Understanding
from backend.domains.discovery.phrasing import language_of
from backend.domains.events.model import Document, field_name

_LONGEST_TEXT: Final = 400


def settings_of(document: Document) -> Settings:
    """How messages of this event are read."""
    filters: Mapping[str, Any] = document.get("search_defaults", {}).get("filters", {})
    return Settings(
        currency=document.get("currency", "USD"),
        locale=document.get("locale", "en-US"),
        mileage_unit=document.get("catalogue", {}).get("mileage_unit", "mi"),
        filters=default_filters({field_name(name): value for name, value in filters.items()}),
    )


def default_filters(filters: Mapping[str, Any]) -> tuple[Filter, ...]:
    """The filters an event begins with, from `search_defaults.filters`: a value, a list, or `{min, max}`."""
    made: list[Filter] = []
    for field, value in filters.items():
        if isinstance(value, Mapping):
            made += [Filter(field, "gte", value["min"], default=True)] if "min" in value else []
            made += [Filter(field, "lte", value["max"], default=True)] if "max" in value else []
        elif isinstance(value, list):
            made.append(Filter(field, "in", list(value), default=True))  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, str):
            made.append(Filter(field, "in", [value], default=True))
        else:
            made.append(Filter(field, "eq", value, default=True))
    return tuple(made)


def opening(settings: Settings) -> State:
    """Before a word is said: the event's own limits, in its own language."""
    return State(filters=settings.filters, language=language_of(settings.locale))


def after(state: State, understanding: Understanding, message: str) -> State:
    """The state after a message. Signals of a kind replace those before; the search text keeps the latest wishes."""
    if "restart" in understanding.intents and not understanding.added:
        return State(
            filters=understanding.filters,
            turn=state.turn + 1,
            matches=state.matches,
            language=understanding.language,
        )
    signals: dict[str, Signal] = {s.type: s for s in (*state.signals, *understanding.signals)}
    meant = bool(understanding.signals or understanding.added)
    text = f"{state.text} {message}".strip()[-_LONGEST_TEXT:] if meant else state.text
    return replace(
        state,
        filters=understanding.filters,
        signals=tuple(signals.values()),
        turn=state.turn + 1,
        text=text,
        language=understanding.language,
    )


_NEVER_NEGATIVE = frozenset({"price", "year", "mileage"})


def edited(
    state: State, chip_id: str, change: str, value: Any, vocabulary: Vocabulary
) -> tuple[State, Filter, Filter | None]:
    """The state after a chip was changed, the filter as it was, and as it is now (None where removed).

    Raises: NotFound `discovery.no_such_chip`; InvalidInput `discovery.chip_value`.
    """
    old = next((f for f in state.filters if f.id == chip_id), None)
    if old is None:
        raise NotFound("discovery.no_such_chip", chip_id=chip_id)
    new: Filter | None = None
    if change == "value":
        new = replace(
            old, value=_checked(old, value, vocabulary), default=False, turn=state.turn + 1, source=""
        )
    elif change in ("must", "nice"):
        new = replace(old, group=change, default=False, turn=state.turn + 1)  # type: ignore[arg-type]
    kept = [
        new if f is old else f
        for f in state.filters
        if not (f is not old and new is not None and f.id == new.id)
    ]
    filters = tuple(f for f in kept if f is not None)
    return replace(state, filters=filters, turn=state.turn + 1), old, new


def _checked(f: Filter, value: Any, vocabulary: Vocabulary) -> Any:
    """A typed value in the form of the filter's kind, in the spelling of the inventory."""
    if f.op in ("lte", "gte"):
        return _number(f, value)
    if f.op == "between" and isinstance(value, list | tuple) and len(value) == 2:  # pyright: ignore[reportUnknownArgumentType]
        low, high = (_number(f, v) for v in value)
        if low <= high:
            return [low, high]
    if f.op in ("in", "not_in"):
        return _known(f, value if isinstance(value, list) else [value], vocabulary)
    if f.op == "eq":
        return value if isinstance(f.value, bool) and isinstance(value, bool) else _number(f, value)
    raise InvalidInput("discovery.chip_value", field=f.field, op=f.op)


def _number(f: Filter, value: Any) -> float:
    least = 0 if f.field in _NEVER_NEGATIVE else -1e12
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < 1e12:
        raise InvalidInput("discovery.chip_value", field=f.field, op=f.op)
    return int(value) if float(value).is_integer() else float(value)


def _known(f: Filter, values: Sequence[Any], vocabulary: Vocabulary) -> list[Any]:
    """Raises: InvalidInput naming what can be chosen."""
    spelled = {facet.value: facet.display for facet in vocabulary.facets if facet.attribute == f.field}
    if not values or len(values) > 50 or any(not isinstance(v, str | int | float) for v in values):
        raise InvalidInput("discovery.chip_value", field=f.field, op=f.op)
    if not spelled:
        return [v if isinstance(v, int | float) else str(v)[:200] for v in values]
    unknown = [str(v)[:80] for v in values if str(v).casefold() not in spelled]
    if unknown:
        raise InvalidInput(
            "discovery.chip_value",
            field=f.field,
            op=f.op,
            unknown=unknown,
            known=sorted(spelled.values())[:20],
        )
    return list(dict.fromkeys(spelled[str(v).casefold()] for v in values))


def candidates(filters: Sequence[Filter]) -> list[Filter]:
    """Limits that may be loosened, the latest first; what the event began with comes before the buyer's own words."""
    must = [f for f in filters if f.group == "must" and f.op != "within"]
    return sorted(must, key=lambda f: (not f.default, -f.turn))


def without(filters: Sequence[Filter], some: Sequence[Filter]) -> tuple[Filter, ...]:
    return tuple(f for f in filters if not any(f is one for one in some))
