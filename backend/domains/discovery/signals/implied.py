"""Signals that follow from filters stated in a message: body, drivetrain, brand, features."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from backend.domains.discovery.model import Filter, Signal
from backend.domains.discovery.signals.lexicon import any_of, in_english
from backend.domains.discovery.signals.reader import Reader

BODY_FIELDS: Final = frozenset({"body_style", "vessel_type", "property_type", "rv_class", "category"})


def signals(reader: Reader, filters: Sequence[Filter]) -> list[Signal]:
    signals: list[Signal] = []
    for kind, fields in (("BODY_STYLE", BODY_FIELDS), ("DRIVETRAIN", frozenset({"drivetrain"}))):
        value: dict[str, list[str]] = defaultdict(list)
        mine = [f for f in filters if reader.terms.tail(f.field) in fields and f.op in ("in", "not_in")]
        for f in mine:
            value["include" if f.op == "in" else "exclude"] += [in_english(v) for v in f.value]
        if value:
            signals.append(reader.signal(kind, dict(value), mine[0].source))
    return signals + _brand(reader, filters) + _features(reader, filters)


def _brand(reader: Reader, filters: Sequence[Filter]) -> list[Signal]:
    wanted = [f for f in filters if f.field == "make"]
    if reader.says("open_to") and not (wanted and all(f.op == "not_in" for f in wanted)):
        brands = [v for f in wanted if f.op == "in" for v in f.value]
        value: dict[str, Any] = {"level": "preferred", "brands": brands} if brands else {"level": "open"}
        return [reader.signal("BRAND_FLEXIBILITY", value, wanted[0].source if wanted else "", 0.8)]
    if not wanted:
        return []
    include = [f for f in wanted if f.op == "in"]
    if not include:
        return [
            reader.signal(
                "BRAND_FLEXIBILITY", {"level": "exclude", "exclude": wanted[0].value}, wanted[0].source
            )
        ]
    first = include[0]
    level = "preferred" if first.group == "nice" else "fixed"
    value = {"level": level, "brands": first.value}
    if excluded := [v for f in wanted if f.op == "not_in" for v in f.value]:
        value["exclude"] = excluded
    return [reader.signal("BRAND_FLEXIBILITY", value, first.source)]


def _features(reader: Reader, filters: Sequence[Filter]) -> list[Signal]:
    """Wanted yes/no attributes, and equipment the event has no attribute for."""
    flags = [f for f in filters if reader.terms.attributes[f.field].kind == "boolean"]
    include = [reader.terms.attributes[f.field].label for f in flags if f.value is True]
    exclude = [reader.terms.attributes[f.field].label for f in flags if f.value is False]
    source = flags[0].source if flags else ""
    for first, end, name in _equipment(reader):
        clause = reader.clause(first)
        if clause is None or clause.question or clause.removes:
            continue
        negated = reader.negates(first, end)
        (exclude if negated else include).append(name)
        source = source or reader.text.words(first, end)
    if not include and not exclude:
        return []
    value = {k: list(dict.fromkeys(v)) for k, v in (("include", include), ("exclude", exclude)) if v}
    return [reader.signal("FEATURES", value, source, 0.85)]


def _equipment(reader: Reader) -> list[tuple[int, int, str]]:
    pattern, names = _equipment_pattern(reader.lex.equipment)
    return [(first, end, names[match.group()]) for first, end, match in reader.text.find(pattern)]


@cache
def _equipment_pattern(pairs: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    return any_of([phrase for phrase, _ in pairs]), dict(pairs)
