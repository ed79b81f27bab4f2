"""What must hold across fields of a document, each rule a function of the whole document. Pure.

A rule runs only when the sections it reads fit their schemas, so none of them checks types again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from backend.domains.events.field_rules import (
    attributes_are_consistent,
    filters_name_fields,
    interface_names_fields,
)
from backend.domains.events.layers import merge
from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.regions import is_locale, known_currencies, known_timezones, zone
from backend.domains.events.schema import with_defaults
from backend.domains.events.violations import Finding, nearest, schema_findings, shown

Rule = Callable[[Document], Iterator[Finding]]

#: Sums of shares may be off by this much. Source: decimal fractions in binary, IEEE 754.
SUM_TOLERANCE: Final = 1e-9
SIGNALS: Final = frozenset(
    (
        *("BUDGET_RANGE", "TIMELINE_URGENCY", "USE_CASE", "FEATURE_PRIORITY", "DESIGN_AESTHETIC"),
        *("RISK_TOLERANCE", "EMOTIONAL_DRIVER", "GEO_RADIUS", "BODY_STYLE", "DRIVETRAIN", "FEATURES"),
        *("MILEAGE_CAP", "BRAND_FLEXIBILITY", "FINANCING_NEED"),
    )
)


def cross_findings(doc: Document, broken: Iterable[str] = ()) -> Iterator[Finding]:
    """What the rules say about a document; rules that read a `broken` section are left out."""
    skip = set(broken)
    for rule, reads in RULES:
        if not skip.intersection(reads):
            yield from rule(doc)


def weights_sum_to_one(doc: Document) -> Iterator[Finding]:
    weights: dict[str, float] = doc["ranking_weights"]
    total = math.fsum(weights.values())
    if abs(total - 1) > SUM_TOLERANCE:
        message = f"The ranking weights sum to {total:.12g}; they must sum to 1."
        yield Finding(("ranking_weights",), "sum_not_one", message, f"{total:.12g}", "1")


def region_is_known(doc: Document) -> Iterator[Finding]:
    if not is_locale(doc["locale"]):
        yield Finding(
            ("locale",),
            "unknown_locale",
            f"{shown(doc['locale'])} is no locale.",
            doc["locale"],
            "such as en-US",
        )
    if doc["currency"] not in known_currencies():
        guess = nearest(doc["currency"], known_currencies())
        message = f"{shown(doc['currency'])} is no currency."
        yield Finding(("currency",), "unknown_currency", message, doc["currency"], "an ISO 4217 code", guess)
    if zone(doc["timezone"]) is None:
        guess = nearest(doc["timezone"], known_timezones())
        message = f"{shown(doc['timezone'])} is no time zone."
        yield Finding(("timezone",), "unknown_timezone", message, doc["timezone"], "an IANA name", guess)


def signals_are_known(doc: Document) -> Iterator[Finding]:
    for index, name in enumerate(doc["preference_extraction"]["signals"]):
        if name not in SIGNALS:
            message = f"Nothing extracts the signal {name}."
            path: Path = ("preference_extraction", "signals", index)
            yield Finding(
                path, "unknown_signal", message, name, None, nearest(name, sorted(SIGNALS)), Severity.WARNING
            )


def dates_are_in_order(doc: Document) -> Iterator[Finding]:
    opens, closes = _instant(doc, "opens_at"), _instant(doc, "closes_at")
    if opens and closes and opens >= closes:
        message = "The event closes before it opens."
        yield Finding(
            ("dates", "closes_at"), "closes_first", message, doc["dates"]["closes_at"], "after opens_at"
        )


def drops_are_inside(doc: Document) -> Iterator[Finding]:
    """Days are those of the event's own time zone: a drop on the closing day is inside."""
    place = zone(doc["timezone"]) or ZoneInfo("UTC")
    opens, closes = _instant(doc, "opens_at"), _instant(doc, "closes_at")
    first = opens.astimezone(place).date() if opens else date.min
    last = closes.astimezone(place).date() if closes else date.max
    for index, day in enumerate(doc["sdme"]["drop_calendar"]):
        if not first <= date.fromisoformat(day) <= last:
            message = f"The drop on {day} is outside the event, which runs from {first} to {last}."
            yield Finding(
                ("sdme", "drop_calendar", index), "drop_outside", message, day, f"{first} to {last}"
            )


def _instant(doc: Document, name: str) -> datetime | None:
    text = doc["dates"][name]
    return datetime.fromisoformat(text) if text else None


def hold_fits_deposit(doc: Document) -> Iterator[Finding]:
    minutes = doc["conversion"]["hold_minutes"]
    if doc["conversion"]["deposit_required"] and minutes < 10:
        message = f"A deposit is asked for, and {minutes} minutes may be too short to pay it."
        path: Path = ("conversion", "hold_minutes")
        yield Finding(path, "hold_too_short", message, str(minutes), "at least 10", None, Severity.WARNING)


def experiments_are_fair(doc: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, experiment in enumerate(doc["experiments"]):
        path: Path = ("experiments", index)
        if experiment["key"] in seen:
            yield Finding(
                (*path, "key"),
                "twice",
                f"Two experiments are called “{experiment['key']}”.",
                experiment["key"],
            )
        seen.add(experiment["key"])
        yield from _arms(experiment, path)


def _arms(experiment: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    arms = experiment["arms"]
    total = math.fsum(arm["weight"] for arm in arms)
    if abs(total - 1) > SUM_TOLERANCE:
        message = f"The weights of the arms sum to {total:.12g}; they must sum to 1."
        yield Finding((*path, "arms"), "sum_not_one", message, f"{total:.12g}", "1")
    keys = [arm["key"] for arm in arms]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield Finding((*path, "arms", number, "key"), "twice", f"Two arms are called “{key}”.", key)


def patches_fit(doc: Document) -> Iterator[Finding]:
    """A document with an arm's patch laid over it is a document as good as any other."""
    for index, experiment in enumerate(doc["experiments"]):
        for number, arm in enumerate(experiment["arms"]):
            for section, patch in arm["patch"].items():
                path: Path = ("experiments", index, "arms", number, "patch", section)
                yield from _patch(doc, section, patch, path)


def _patch(doc: Document, section: str, patch: Any, path: Path) -> Iterator[Finding]:
    merged = merge(doc[section], patch)
    broken = list(schema_findings(merged, f"{section}.v1", path))
    yield from broken
    if broken:
        return
    before = set(_section_findings(doc, section))
    for finding in _section_findings(with_defaults({**doc, section: merged, "experiments": []}), section):
        if finding not in before:
            yield replace(finding, path=(*path, *finding.path[1:]))


def _section_findings(doc: Document, section: str) -> Iterator[Finding]:
    """Errors that the rules find in one section, the experiments left out."""
    for rule, reads in RULES:
        if section in reads and "experiments" not in reads:
            yield from (f for f in rule(doc) if f.path[0] == section and f.severity is Severity.ERROR)


def test_plan_exists(doc: Document) -> Iterator[Finding]:
    plan = doc["analytics"]["test_plan"]
    keys = [experiment["key"] for experiment in doc["experiments"]]
    if plan is not None and plan not in keys:
        message = f"The test plan {shown(plan)} is not among the experiments, so nothing is compared."
        yield Finding(
            ("analytics", "test_plan"),
            "no_such_experiment",
            message,
            plan,
            None,
            nearest(plan, keys),
            Severity.WARNING,
        )


RULES: Final[tuple[tuple[Rule, frozenset[str]], ...]] = (
    (region_is_known, frozenset({"locale", "currency", "timezone"})),
    (dates_are_in_order, frozenset({"dates"})),
    (signals_are_known, frozenset({"preference_extraction"})),
    (attributes_are_consistent, frozenset({"catalogue"})),
    (filters_name_fields, frozenset({"catalogue", "search_defaults"})),
    (weights_sum_to_one, frozenset({"ranking_weights"})),
    (interface_names_fields, frozenset({"catalogue", "ui_contract"})),
    (hold_fits_deposit, frozenset({"conversion"})),
    (drops_are_inside, frozenset({"dates", "sdme", "timezone"})),
    (test_plan_exists, frozenset({"analytics", "experiments"})),
    (experiments_are_fair, frozenset({"experiments"})),
    (
        patches_fit,
        frozenset(
            {"experiments", "catalogue", "persona", "search_defaults", "ranking_weights", "ui_contract"}
        ),
    ),
)
