"""Each rule that spans several fields: what it accepts, what it refuses, where it points."""

from __future__ import annotations

import pytest

from backend.domains.events.field_rules import chip_fields
from backend.domains.events.model import Severity
from tests.rules.events.support import compiled, only_problem

CARS = """
catalogue:
  attributes:
    - {name: range, label: Range, kind: number, unit: mi}
    - {name: specs.title_status, label: Title, kind: enum, values: [clean, salvage]}
"""
TWO_ARMS = "arms: [{key: a, weight: 0.5}, {key: b, weight: 0.5}]"

REFUSED = [
    ("ranking_weights: {scarcity: 0.2}", "/ranking_weights", "sum_not_one", None),
    ("ranking_weights: {scarcity: 0.1000001}", "/ranking_weights", "sum_not_one", None),
    ("locale: xx-YY", "/locale", "unknown_locale", None),
    ("locale: english", "/locale", "unknown_locale", None),
    ("currency: USB", "/currency", "unknown_currency", "USD"),
    ("timezone: America/Los_Angelos", "/timezone", "unknown_timezone", "America/Los_Angeles"),
    ("timezone: ../../etc/passwd", "/timezone", "unknown_timezone", None),
    (CARS + "ui_contract: {chips: [Budgett]}", "/ui_contract/chips/0", "no_such_field", "Budget"),
    ("ui_contract: {chips: [Make, Sunroof]}", "/ui_contract/chips/1", "no_such_field", None),
    (CARS + "ui_contract: {tile_specs: [rnge]}", "/ui_contract/tile_specs/0", "no_such_field", "range"),
    (
        CARS + "ui_contract: {comparison_fields: [keyspecs]}",
        "/ui_contract/comparison_fields/0",
        "no_such_field",
        "key_specs",
    ),
    (
        CARS + "search_defaults: {filters: {modle: Roadster}}",
        "/search_defaults/filters/modle",
        "no_such_field",
        "model",
    ),
    (
        CARS + "search_defaults: {filters: {year: {min: 2024, max: 2021}}}",
        "/search_defaults/filters/year",
        "empty_range",
        None,
    ),
    (
        CARS + "search_defaults: {filters: {range: {min: 1}, specs.range: {min: 2}}}",
        "/search_defaults/filters/range",
        "twice",
        None,
    ),
    (
        "catalogue: {attributes: [{name: range, label: R, kind: number}, {name: specs.range, label: R, kind: number}]}",
        "/catalogue/attributes/1/name",
        "twice",
        None,
    ),
    (
        "catalogue: {attributes: [{name: range, label: R, kind: number, values: [a]}]}",
        "/catalogue/attributes/0/values",
        "values_without_enum",
        None,
    ),
    (
        "catalogue: {attributes: [{name: range, label: R, kind: number, means: {far: true}}]}",
        "/catalogue/attributes/0/means",
        "means_without_boolean",
        None,
    ),
    (
        "dates: {opens_at: '2026-03-01T00:00:00Z', closes_at: '2026-02-01T00:00:00Z'}",
        "/dates/closes_at",
        "closes_first",
        None,
    ),
    (
        "dates: {opens_at: '2026-01-05T00:00:00Z'}\nsdme: {drop_calendar: ['2026-01-06', '2026-01-01']}",
        "/sdme/drop_calendar/1",
        "drop_outside",
        None,
    ),
    (
        "experiments: [{key: t, arms: [{key: a, weight: 0.5}, {key: b, weight: 0.4}]}]",
        "/experiments/0/arms",
        "sum_not_one",
        None,
    ),
    (
        "experiments: [{key: t, arms: [{key: a, weight: 0.5}, {key: a, weight: 0.5}]}]",
        "/experiments/0/arms/1/key",
        "twice",
        None,
    ),
    (f"experiments: [{{key: t, {TWO_ARMS}}}, {{key: t, {TWO_ARMS}}}]", "/experiments/1/key", "twice", None),
    (
        "experiments: [{key: t, arms: [{key: a, weight: 1}, {key: b, weight: 0, patch: {persona: {nam: X}}}]}]",
        "/experiments/0/arms/1/patch/persona/nam",
        "unknown_field",
        "name",
    ),
    (
        "experiments: [{key: t, arms: [{key: a, weight: 1}, {key: b, weight: 0, patch: {ranking_weights: {scarcity: 1}}}]}]",
        "/experiments/0/arms/1/patch/ranking_weights",
        "sum_not_one",
        None,
    ),
    (
        "experiments: [{key: t, arms: [{key: a, weight: 1}, {key: b, weight: 0, patch: {safety: {}}}]}]",
        "/experiments/0/arms/1/patch/safety",
        "bad_name",
        None,
    ),
]


@pytest.mark.parametrize(
    ("text", "path", "code", "nearest"), REFUSED, ids=[f"{r[2]}:{r[1]}" for r in REFUSED]
)
def test_refused(text: str, path: str, code: str, nearest: str | None) -> None:
    problem = only_problem(f"id: sale\n{text}\n")
    assert (problem.path, problem.code, problem.severity) == (path, code, Severity.ERROR)
    if nearest is not None:
        assert problem.nearest == nearest
    assert problem.line > 1


WARNED = [
    ("search_defaults: {filters: {accidents: 0}}", "/search_defaults/filters/accidents", "no_such_field"),
    (
        CARS + "search_defaults: {filters: {title_status: cleen}}",
        "/search_defaults/filters/title_status",
        "unlisted_value",
    ),
    ("preference_extraction: {signals: [BUDGET_RNGE]}", "/preference_extraction/signals/0", "unknown_signal"),
    ("conversion: {deposit_required: true, hold_minutes: 5}", "/conversion/hold_minutes", "hold_too_short"),
    ("analytics: {test_plan: nothing_v1}", "/analytics/test_plan", "no_such_experiment"),
]


@pytest.mark.parametrize(("text", "path", "code"), WARNED, ids=[row[2] for row in WARNED])
def test_warned(text: str, path: str, code: str) -> None:
    found = compiled(f"id: sale\n{text}\n")
    assert found.compiled is not None
    others = [problem for problem in found.problems if problem.code != "unread_section"]
    assert [(p.path, p.code, p.severity) for p in others] == [(path, code, Severity.WARNING)]


ACCEPTED = [
    "ranking_weights: {individual_match: 0.1, spec_alignment: 0.2, scarcity: 0.3, social_proof: 0.4}",
    "locale: de-CH\ncurrency: CHF\ntimezone: Europe/Zurich",
    "locale: zh-Hant-TW",
    "search_defaults: {filters: {year: {min: 2021, max: 2021}, make: [Tesla], price: 10}}",
    CARS
    + "ui_contract: {chips: [Range, Title, Budget/Price], tile_specs: [mileage, range], comparison_fields: [range]}",
    # the drop day is counted in the event's own zone: 2026-01-31 in Los Angeles is still open
    "timezone: America/Los_Angeles\ndates: {closes_at: '2026-02-01T02:00:00Z'}\nsdme: {drop_calendar: ['2026-01-31']}",
    f"experiments: [{{key: t, {TWO_ARMS}}}]\nanalytics: {{test_plan: t}}",
    "experiments: [{key: t, arms: [{key: a, weight: 0.1}, {key: b, weight: 0.2}, {key: c, weight: 0.7}]}]",
    "experiments: [{key: t, arms: [{key: a, weight: 1}, {key: b, weight: 0, patch: {persona: {name: Max}}}]}]",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    assert compiled(f"id: sale\n{text}\n").problems == ()


def test_chips_resolve_to_fields() -> None:
    found = compiled(f"id: sale\n{CARS}")
    assert found.compiled is not None
    document = found.compiled.document
    assert chip_fields("Budget", document) == ("price",)
    assert chip_fields("Brand/Make", document) == ("make",)
    assert chip_fields("Feature/Specs", document) == ("specs",)
    assert chip_fields("Title", document) == ("specs.title_status",)
    assert chip_fields("Sunroof", document) == ()


SCHEMA = [
    ("conversion: {hold_minutes: 0}", "/conversion/hold_minutes", "bad_value", None),
    ("conversion: {hold_minutes: 10081}", "/conversion/hold_minutes", "bad_value", None),
    ("conversion: {hold_minutes: '24'}", "/conversion/hold_minutes", "wrong_type", None),
    ("conversion: {deposit_required: 1}", "/conversion/deposit_required", "wrong_type", None),
    ("conversion: {hold_minuets: 24}", "/conversion/hold_minuets", "unknown_field", "hold_minutes"),
    ("hold_minutes: 24", "/hold_minutes", "unknown_field", "conversion.hold_minutes"),
    ("persna: {}", "/persna", "unknown_field", "persona"),
    ("persona: {style: {tone: calm_exprt}}", "/persona/style/tone", "bad_value", "calm_expert"),
    ("persona: []", "/persona", "wrong_type", None),
    ("branding: {accent: teal}", "/branding/accent", "bad_value", None),
    ("branding: {hero: 'javascript:alert(1)'}", "/branding/hero", "bad_value", None),
    ("branding: {hero: '//evil.example/x.png'}", "/branding/hero", "bad_value", None),
    ("sdme: {drop_calendar: ['2026-02-30']}", "/sdme/drop_calendar/0", "bad_value", None),
    ("dates: {opens_at: '2026-01-05T09:00:00'}", "/dates/opens_at", "bad_value", None),
    (
        "experiments: [{key: t, arms: [{key: a}, {key: b, weight: 1}]}]",
        "/experiments/0/arms/0/weight",
        "missing_field",
        None,
    ),
    ("search_defaults: {filters: {year: {mim: 1}}}", "/search_defaults/filters/year", "bad_value", None),
]


@pytest.mark.parametrize(("text", "path", "code", "nearest"), SCHEMA, ids=[row[0] for row in SCHEMA])
def test_departures_from_the_schema(text: str, path: str, code: str, nearest: str | None) -> None:
    problem = only_problem(f"id: sale\n{text}\n")
    assert (problem.path, problem.code, problem.nearest) == (path, code, nearest)
    assert problem.line == 2


def test_a_document_without_an_id() -> None:
    problem = only_problem("name: Sale\n")
    assert (problem.path, problem.code) == ("/id", "missing_field")


def test_all_problems_come_at_once_in_the_order_of_the_text() -> None:
    found = compiled(
        "id: sale\ncurency: USD\nranking_weights: {scarcity: 0.5}\npersona: {nam: X}\nlocale: qq\n"
    )
    assert [problem.line for problem in found.problems] == [2, 3, 4, 5]
