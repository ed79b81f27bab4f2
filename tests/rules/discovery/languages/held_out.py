"""Buyers' sentences in four languages with what they ask for, in our own words, and how well a reading meets them.

A line of the files: `v` the inventory, `t` the sentence, `f` the hard limits afterwards, `was` those before, `s` the
signals beside those that follow from a new limit, `opt` signals that count neither way, `alt` further right limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import yaml

from backend.domains.catalogue.model import Attribute, FacetValue, Vocabulary
from backend.domains.discovery.model import Filter, Settings, State, Understanding
from backend.domains.discovery.signals import understand

TODAY = date(2026, 5, 12)
LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es"}
_HERE = Path(__file__).parent
_LIMIT = re.compile(r"(?P<field>\w+?)(?:(?P<op><=|>=|!=|=)(?P<value>.+))?$")
_OPS = {"<=": "lte", ">=": "gte", "!=": "not_in", "=": "in"}
_SLOTS = {
    "USE_CASE": "tags",
    "FEATURE_PRIORITY": "features",
    "DESIGN_AESTHETIC": "styles",
    "EMOTIONAL_DRIVER": "drivers",
}
_BODY = frozenset({"body_style", "vessel_type", "property_type", "rv_class", "category"})
ALWAYS_OPTIONAL = frozenset({"FEATURES", "DESIGN_AESTHETIC"})


@dataclass(frozen=True)
class Case:
    """One sentence with its labels."""

    name: str
    language: str
    inventory: str
    text: str
    filters: tuple[tuple[Filter, ...], ...]  # each alternative is equally right
    before: tuple[Filter, ...]
    signals: Mapping[str, Mapping[str, Any]]
    optional: frozenset[str]
    tags: tuple[str, ...] = field(default=())


@cache
def inventories() -> Mapping[str, Mapping[str, Any]]:
    return yaml.safe_load((_HERE / "inventories.yaml").read_text("utf-8"))


@cache
def vocabulary(name: str) -> Vocabulary:
    attributes: list[Attribute] = []
    facets: list[FacetValue] = []
    for field_name, kind in inventories()[name].items():
        if field_name == "currency":
            continue
        label = field_name.removeprefix("specs.").replace("_", " ").capitalize()
        if isinstance(kind, list):
            attributes.append(Attribute(field_name, "enum", label, None))
            for value in cast(list[str], kind):
                facets.append(FacetValue(len(facets) + 1, field_name, value.lower(), value, 1, None))
        elif kind.startswith("number"):
            attributes.append(
                Attribute(field_name, "number", label, kind.removeprefix("number").strip() or None)
            )
        else:
            attributes.append(Attribute(field_name, "boolean" if kind == "flag" else "enum", label, None))
    return Vocabulary(UUID(int=1), 1, tuple(attributes), tuple(facets))


def cases(*files: str) -> list[Case]:
    found: list[Case] = []
    for file in files or tuple(LANGUAGES):
        lines: list[dict[str, Any]] = yaml.safe_load((_HERE / f"{file}.yaml").read_text("utf-8"))
        found += [_case(f"{file}-{n}", line, LANGUAGES.get(file, "")) for n, line in enumerate(lines, 1)]
    return found


def read(case: Case) -> Understanding:
    """What the engine makes of it."""
    settings = Settings(currency=inventories()[case.inventory]["currency"])
    state = State(filters=case.before, turn=1 if case.before else 0)
    return understand(
        case.text, vocabulary=vocabulary(case.inventory), state=state, settings=settings, today=TODAY
    )


def _case(name: str, line: Mapping[str, Any], language: str) -> Case:
    inventory = line["v"]
    filters = tuple(_limits(inventory, written) for written in (line["f"], *line.get("alt", ())))
    before = _limits(inventory, line.get("was", ""))
    currency = line.get("cur") or inventories()[inventory]["currency"]
    signals = _following([f for f in filters[0] if f not in before], inventory, currency)
    for kind, value in line.get("s", {}).items():
        entry: dict[str, Any] = {_SLOTS[kind]: value} if isinstance(value, list) else dict(value)
        signals[kind] = {**signals.get(kind, {}), **entry}
    if "geo" in line["f"]:
        filters = (filters[0], tuple(f for f in filters[0] if f.field != "geo"))
    return Case(
        name, line.get("l") or language, inventory, line["t"], filters, before, signals,
        frozenset(line.get("opt", ())) | (ALWAYS_OPTIONAL - signals.keys()), tuple(line.get("tags", ())),
    )  # fmt: skip


def _limits(inventory: str, written: str) -> tuple[Filter, ...]:
    return tuple(_limit(inventory, part.strip()) for part in written.split(",") if part.strip())


def _limit(inventory: str, part: str) -> Filter:
    match = _LIMIT.match(part)
    assert match, part
    kinds = inventories()[inventory]
    name, value = match["field"], match["value"]
    if name == "geo":
        center, radius, unit = value.split("/")
        return Filter("geo", "within", {"center": center, "radius": int(radius), "unit": unit})
    name = name if name in kinds else f"specs.{name}"
    kind = kinds[name]
    if kind == "flag":
        return Filter(name, "eq", value != "false")
    if isinstance(kind, str) and kind.startswith("number"):
        numbers = [float(n) for n in value.split("|")]
        op: Any = _OPS[match["op"]]
        return Filter(
            name,
            "eq" if op == "in" and len(numbers) == 1 else op,
            numbers if len(numbers) > 1 else numbers[0],
        )
    return Filter(name, cast(Any, _OPS[match["op"]]), value.split("|"))


def _following(new: Sequence[Filter], inventory: str, currency: str) -> dict[str, dict[str, Any]]:
    """The signals that a stated limit gives."""
    signals: dict[str, dict[str, Any]] = {}
    for f in new:
        tail = f.field.removeprefix("specs.")
        if f.field == "price":
            side = {"lte": "max", "gte": "min"}.get(f.op, "target")
            signals.setdefault("BUDGET_RANGE", {"currency": currency})[side] = f.value
        elif f.field == "mileage" and f.op == "lte":
            unit = inventories()[inventory]["mileage"].split()[-1]
            signals["MILEAGE_CAP"] = {"max": f.value, "unit": unit}
        elif f.field == "make":
            wanted = f.op == "in"
            signals["BRAND_FLEXIBILITY"] = {
                "level": "fixed" if wanted else "exclude",
                "brands" if wanted else "exclude": f.value,
            }
        elif tail == "drivetrain" or tail in _BODY:
            kind = "DRIVETRAIN" if tail == "drivetrain" else "BODY_STYLE"
            signals[kind] = {"include" if f.op == "in" else "exclude": f.value}
        elif f.field == "geo":
            signals["GEO_RADIUS"] = dict(f.value)
        elif f.value is True:
            signals.setdefault("FEATURES", {"include": []})["include"].append(tail.replace("_", " "))
    return signals
