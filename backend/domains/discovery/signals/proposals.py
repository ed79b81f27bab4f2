"""What a language model may say about a message: its JSON Schema, and its answer brought to filters and signals.

Whatever does not fit the vocabulary of the event is left out here; whether the rest is believed is decided in `agreeing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, Final, cast

from backend.domains.catalogue.model import Vocabulary
from backend.domains.discovery.model import Filter, Signal
from backend.domains.discovery.signals.fields import convert_to
from backend.domains.discovery.signals.lexicon import lexicon
from backend.domains.discovery.signals.terms import Terms
from backend.domains.discovery.signals.text import fold

CONFIDENCE: Final = 0.5  # of what only a model has said
_LARGEST: Final = 10**12
_MOST: Final = 24
_LEVELS: Final = {
    "TIMELINE_URGENCY": ("immediate", "soon", "later", "no_rush"),
    "BRAND_FLEXIBILITY": ("fixed", "preferred", "open", "exclude"),
}
_AMOUNTS: Final = ("monthly_max", "down_payment", "term_months")
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proposed:
    """One limit or wish as the model has it; `said` is the figure in the buyer's own unit, for numbers."""

    filter: Filter
    said: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer of a model as far as it fits the event."""

    filters: tuple[Proposed, ...] = ()
    signals: tuple[Signal, ...] = ()
    removed: frozenset[str] = frozenset()


def reading_schema(vocabulary: Vocabulary) -> Schema:
    """The JSON Schema of a model's reading: every property required, none added, fields and ops of this event alone."""
    kinds = {
        kind: [a.name for a in vocabulary.attributes if a.kind == kind] for kind in ("number", "boolean")
    }
    kinds["listed"] = [a.name for a in vocabulary.attributes if a.kind not in ("number", "boolean")]
    common = {
        "soft": {"type": "boolean", "description": "a mere wish, no requirement"},
        "words": {"type": "string", "description": "the buyer's own words for it, copied"},
    }
    amounts = {
        "op": _choice("lte", "gte", "eq"),
        "value": {"type": "number"},
        "unit": {"type": ["string", "null"], "description": "the unit the buyer said"},
    }
    texts = {"type": "array", "items": {"type": "string"}}
    forms = {
        "number": amounts,
        "boolean": {"op": _choice("eq"), "value": {"type": "boolean"}},
        "listed": {"op": _choice("in", "not_in"), "value": texts},
    }
    limits = [
        _object({"field": _choice(*names), **forms[kind], **common}) for kind, names in kinds.items() if names
    ]
    fields = [a.name for a in vocabulary.attributes]
    return _object(
        {
            "filters": {"type": "array", "items": {"anyOf": limits} if limits else _object({})},
            "signals": {"type": "array", "items": {"anyOf": list(_signal_forms(texts))}},
            "removed": {"type": "array", "items": _choice(*fields) if fields else {"type": "string"}},
        }
    )


def proposal(answer: object, terms: Terms, turn: int) -> Proposal:
    """A model's answer as filters and signals. Never raises; what does not fit is left out."""
    if not isinstance(answer, Mapping):
        return Proposal()
    said = cast(Mapping[str, Any], answer)
    removed = (f for f in _list(said.get("removed")) if isinstance(f, str) and f in terms.attributes)
    return Proposal(
        tuple(p for entry in _list(said.get("filters")) for p in _filter(entry, terms, turn)),
        tuple(s for entry in _list(said.get("signals")) for s in _signal(entry, turn)),
        frozenset(removed),
    )


def slots() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """The signals that are a list of known words: their slot, and the words."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for cue in lexicon().cues:
        _, entries = found.get(cue.type, ("", ()))
        found[cue.type] = (cue.slot, tuple(dict.fromkeys((*entries, cue.entry))))
    return found


def _choice(*names: str) -> Schema:
    return {"type": "string", "enum": list(names)}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _signal_forms(texts: Schema) -> Iterable[Schema]:
    maybe: Schema = {"type": ["number", "null"]}
    for kind, (_, entries) in slots().items():
        yield _object({"type": _choice(kind), "entries": {"type": "array", "items": _choice(*entries)}})
    yield _object(
        {
            "type": _choice("TIMELINE_URGENCY"),
            "level": _choice(*_LEVELS["TIMELINE_URGENCY"]),
            "deadline": {"type": ["string", "null"]},
        }
    )
    yield _object(
        {
            "type": _choice("BRAND_FLEXIBILITY"),
            "level": _choice(*_LEVELS["BRAND_FLEXIBILITY"]),
            "brands": texts,
        }
    )
    yield _object({"type": _choice("FEATURES"), "include": texts, "exclude": texts})
    yield _object(
        {
            "type": _choice("FINANCING_NEED"),
            "need": {"type": "boolean"},
            **dict.fromkeys(_AMOUNTS, maybe),
            "trade_in": {"type": "boolean"},
        }
    )


def _filter(entry: object, terms: Terms, turn: int) -> Iterable[Proposed]:
    if not isinstance(entry, Mapping):
        return
    said = cast(Mapping[str, Any], entry)
    field, op, value = said.get("field"), said.get("op"), said.get("value")
    attribute = terms.attributes.get(field) if isinstance(field, str) else None
    if attribute is None:
        return
    words, group = str(said.get("words") or "")[:200], "nice" if said.get("soft") is True else "must"
    if attribute.kind == "number":
        number = _number(value)
        unit = said.get("unit")
        if op not in ("lte", "gte", "eq") or number is None:
            return
        known = number if not isinstance(unit, str) or _is_money(attribute.name) else None
        amount = known if known is not None else convert_to(number, str(unit), attribute.unit)
        if amount is not None and isfinite(amount):
            yield Proposed(Filter(attribute.name, op, _plain(amount), group, turn, words), number)
    elif attribute.kind == "boolean":
        if op == "eq" and isinstance(value, bool):
            yield Proposed(Filter(attribute.name, "eq", value, group, turn, words))
    elif op in ("in", "not_in"):
        values = list(
            dict.fromkeys(v for given in _list(value) for v in _value(given, attribute.name, terms))
        )
        if values:
            yield Proposed(Filter(attribute.name, op, values, group, turn, words))


def _is_money(field: str) -> bool:
    return field in ("price", "year")


def _value(given: object, field: str, terms: Terms) -> Iterable[str]:
    """A value as the inventory has it; any, where the inventory's are not known."""
    if not isinstance(given, str) or not given.strip():
        return
    mine = {fold(v): v for v in terms.values.get(field, ())}
    if not mine:
        yield given.strip()[:100]
    elif fold(given.strip()) in mine:
        yield mine[fold(given.strip())]


def _signal(entry: object, turn: int) -> Iterable[Signal]:
    if not isinstance(entry, Mapping):
        return
    said = cast(Mapping[str, Any], entry)
    kind = said.get("type")
    if not isinstance(kind, str):
        return
    value = _listed(kind, said) if kind in slots() else _other(kind, said)
    if value:
        yield Signal(kind, value, CONFIDENCE, "", turn)


def _listed(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    slot, known = slots()[kind]
    entries = [e for e in _list(said.get("entries")) if e in known]
    if not entries:
        return {}
    return {slot: entries[0]} if kind == "RISK_TOLERANCE" else {slot: list(dict.fromkeys(entries))}


def _other(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    if kind in _LEVELS:
        if said.get("level") not in _LEVELS[kind]:
            return {}
        value: dict[str, Any] = {"level": said["level"]}
        if kind == "BRAND_FLEXIBILITY" and (brands := _texts(said.get("brands"))):
            value["exclude" if said["level"] == "exclude" else "brands"] = brands
        if (day := _date(said.get("deadline"))) is not None:
            value["deadline"] = day
        return value
    if kind == "FEATURES":
        lists = {slot: _texts(said.get(slot)) for slot in ("include", "exclude")}
        return {slot: texts for slot, texts in lists.items() if texts}
    if kind == "FINANCING_NEED" and isinstance(said.get("need"), bool):
        amounts = {slot: n for slot in _AMOUNTS if (n := _number(said.get(slot))) is not None}
        return {
            "need": said["need"],
            **amounts,
            **({"trade_in": True} if said.get("trade_in") is True else {}),
        }
    return {}


def _list(value: object) -> Sequence[Any]:
    return cast(list[Any], value)[:_MOST] if isinstance(value, list) else ()


def _texts(value: object) -> list[str]:
    return [v.strip()[:100] for v in _list(value) if isinstance(v, str) and v.strip()]


def _date(value: object) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= _LARGEST else None


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 4)
