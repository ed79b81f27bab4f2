"""The difference of two documents: nothing is left out, as few moves as possible, in words that people use."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.events.changes import ChangeKind, diff, lever_allows
from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Source
from backend.domains.events.patterns import RISKS, pattern_risk, same
from backend.domains.events.templates import Folder
from backend.domains.events.wording import ordinal, shown, singular
from tests.rules.events.differing import edited, patched, steps, tesla

RULE = {"trigger": "user_requested", "action": "human_handoff", "urgency": "high"}

Change = Callable[[dict[str, Any]], Any]


def texts(change: Change) -> list[str]:
    before, after = tesla(), tesla()
    change(after)
    return [line.text for line in diff(before, after).changes]


def put(document: Any, path: str, value: Any) -> None:
    for step in path.split(".")[:-1]:
        document = document[int(step) if step.isdecimal() else step]
    last = path.rpartition(".")[2]
    document[int(last) if last.isdecimal() else last] = value


def at(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document[int(step) if step.isdecimal() else step]
    return document


def first(items: list[Any], index: int) -> None:
    items.insert(0, items.pop(index))


@settings(max_examples=300, deadline=None)
@given(edited())
def test_the_patch_makes_exactly_the_new_document(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = pair
    found = diff(before, after)
    assert same(patched(before, found.patch), after)
    assert bool(found.changes) == (not same(before, after)) == bool(found.patch)


@settings(max_examples=150, deadline=None)
@given(edited())
def test_every_change_is_found_where_it_says(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = pair
    for change in diff(before, after).changes:
        told = change.to_json()
        json.dumps(told)
        place: Any = before if change.kind is ChangeKind.REMOVED else after
        for step in steps(told["path"]):
            place = place[int(step)] if isinstance(place, list) else place[step]
        if change.kind is not ChangeKind.MOVED:
            assert same(place, change.before if change.kind is ChangeKind.REMOVED else change.after)
        assert change.text
        assert change.label


@settings(max_examples=150, deadline=None)
@given(edited())
def test_the_risk_is_never_below_that_of_the_wall(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    found = diff(*pair)
    assert RISKS.index(found.risk) >= RISKS.index(pattern_risk(*pair))
    assert (found.risk == "none") == (not found.changes)


@pytest.mark.parametrize(
    "name", ["platform_defaults", "tesla_q1_2026", "watches_q1_2026", "real_estate_wholesale"]
)
def test_one_shipped_document_becomes_another(name: str) -> None:
    found = compile_document(Folder().find(name) or Source(""), Folder()).compiled
    assert found is not None
    change = diff(tesla(), found.document)
    assert same(patched(tesla(), change.patch), found.document)
    assert all(line.text and len(line.text) < 200 for line in change.changes)


def fewest_moves(before: list[int], after: list[int]) -> int:
    """By trying: the length less that of the longest run that keeps its order."""
    longest = [0] * (len(after) + 1)
    for index, item in enumerate(after):
        runs = [longest[j] for j in range(index) if before.index(after[j]) < before.index(item)]
        longest[index] = 1 + max(runs, default=0)
    return len(after) - max(longest, default=0)


@given(st.permutations(range(7)))
def test_no_element_moves_that_need_not(order: list[int]) -> None:
    before = list(range(7))
    found = diff({"chips": before}, {"chips": order})
    assert {change.kind for change in found.changes} <= {ChangeKind.MOVED}
    assert len(found.changes) == fewest_moves(before, order) == len(found.patch)


def test_what_only_shifts_has_not_moved() -> None:
    assert [c.kind for c in diff({"x": ["a", "b", "c"]}, {"x": ["n", "a", "b", "c"]}).changes] == ["added"]
    assert [c.kind for c in diff({"x": ["a", "b", "c"]}, {"x": ["c"]}).changes] == ["removed", "removed"]


def test_elements_are_known_by_their_key_and_not_by_their_place() -> None:
    before = {"tools": [{"name": "search", "limit": 3}, {"name": "compare", "limit": 2}]}
    after = {"tools": [{"name": "compare", "limit": 5}, {"name": "search", "limit": 3}]}
    kinds = [(change.kind.value, change.path) for change in diff(before, after).changes]
    assert kinds == [("moved", ("tools", 0)), ("changed", ("tools", 0, "limit"))]


def test_a_map_without_a_key_is_changed_and_not_replaced() -> None:
    found = diff({"x": [{"min": 1, "max": 2}, {"min": 5}]}, {"x": [{"min": 1, "max": 3}, {"min": 5}]})
    assert [change.path for change in found.changes] == [("x", 0, "max")]


@pytest.mark.parametrize(("one", "other"), [(True, 1), (False, 0), (None, 0), ("1", 1), ([], {})])
def test_values_of_other_kinds_differ(one: Any, other: Any) -> None:
    assert [change.kind for change in diff({"x": one}, {"x": other}).changes] == ["changed"]


def test_numbers_are_compared_as_numbers() -> None:
    assert diff({"x": 1, "y": [1.0]}, {"x": 1.0, "y": [1]}).changes == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: put(d, "conversion.hold_minutes", 60), "hold length 24 → 60 minutes"),
        (lambda d: put(d, "conversion.deposit_required", False), "deposit required: yes → no"),
        (lambda d: put(d, "persona.name", "Clara"), "persona name: “Claire” → “Clara”"),
        (lambda d: put(d, "persona.greeting", "Welcome! " * 20), "persona greeting reworded"),
        (lambda d: put(d, "ui_contract.price_block", "ownership_cost"), "price block: price → ownership_cost"),
        (lambda d: put(d, "ranking_weights.scarcity", 0.12), "ranking weights scarcity 0.1 → 0.12"),
        (lambda d: put(d, "pricing.events.contact_reveal", 45), "contact reveal 39 → 45 USD"),
        (lambda d: put(d, "ui_contract.ownership.apr_percent", 5.5), "annual rate 6.9 → 5.5%"),
        (lambda d: put(d, "ui_contract.ownership.distance_per_year", 10_000), "cost of ownership distance 12,000 → 10,000 mi"),
        (lambda d: put(d, "dates.closes_at", "2026-03-31T00:00:00Z"), "dates closes: none → 2026-03-31T00:00:00Z"),
        (lambda d: at(d, "preference_extraction.signals").remove("GEO_RADIUS"), "removed the signal GEO_RADIUS"),
        (lambda d: at(d, "preference_extraction.signals").append("FEATURES"), "added the signal FEATURES"),
        (lambda d: at(d, "ui_contract.chips").remove("Budget"), "removed the chip “Budget”"),
        (lambda d: first(at(d, "ui_contract.chips"), 2), "moved “Feature/Specs” from 3rd to 1st in chips"),
        (lambda d: at(d, "sdme.drop_calendar").append("2026-02-01"), "added 2026-02-01 to the drop calendar"),
        (lambda d: put(d, "search_defaults.filters.year.min", 2022), "starting filter “year”, min 2021 → 2022"),
        (lambda d: put(d, "search_defaults.filters.price", {"max": 40_000}), "added the starting filter “price”: max: 40,000"),
        (lambda d: at(d, "search_defaults.filters.model").append("Model Y"), "added “Model Y” to the starting filter “model”"),
        (lambda d: at(d, "ui_contract.tile_specs").remove("specs.range"), "removed the tile specification “range”"),
        (lambda d: at(d, "catalogue.attributes").pop(0), "removed the attribute “Body style”"),
        (lambda d: put(d, "catalogue.attributes.1.label", "Drive"), "attribute “Drivetrain”, label: “Drivetrain” → “Drive”"),
        (lambda d: put(d, "catalogue.attributes.2.unit", "km"), "attribute “EPA range”, unit: mi → km"),
        (lambda d: at(d, "catalogue.attributes.0.values").pop(1), "removed the value “SUV” from the attribute “Body style”"),
        (lambda d: put(d, "experiments.0.arms.1.weight", 0.4), "arm “Price and monthly cost of ownership”, weight 0.5 → 0.4"),
        (lambda d: put(d, "brand_new", {"a": 1}), "added brand new: a: 1"),
    ],
)  # fmt: skip
def test_a_change_reads_as_people_say_it(change: Change, expected: str) -> None:
    assert texts(change) == [expected]


def test_a_moved_element_of_an_element_names_both() -> None:
    assert texts(lambda d: at(d, "experiments.0.arms").reverse()) == [
        "moved “Price and monthly cost of ownership” from 2nd to 1st in arms of the experiment"
        " “Price or cost of ownership on the tile”"
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # elements without a name are counted
        ({"escalation": {"rules": [RULE, RULE]}}, {"escalation": {"rules": [RULE]}}, "removed the 2nd rule"),
        ({"escalation": {"rules": [RULE]}}, {"escalation": {"rules": [RULE | {"urgency": "low"}]}},
         "1st rule, urgency: high → low"),
        # titles that say too little, or that several places have, come with what is around them
        ({"cross_sell": {"per_conversation": 1}}, {"cross_sell": {"per_conversation": 2}},
         "cross-sell per conversation 1 → 2 suggestions"),
        ({"cross_sell": {"least_confidence": 0.7}}, {"cross_sell": {"least_confidence": 0.8}},
         "cross-sell least confidence 0.7 → 0.8"),
        # a unit is not said twice
        ({"budgets": {"turn_tokens": 600}}, {"budgets": {"turn_tokens": 700}}, "tokens per turn 600 → 700"),
        ({"tools": [{"name": "compare"}, {"name": "look"}]}, {"tools": [{"name": "look"}]}, "removed the tool “compare”"),
    ],
)  # fmt: skip
def test_a_change_of_the_agent_reads_as_people_say_it(before: Any, after: Any, expected: str) -> None:
    assert [change.text for change in diff({"agent": before}, {"agent": after}).changes] == [expected]


def test_sentences_stay_short() -> None:
    long = "A very long name of a chip that nobody would ever want to see in full anywhere"
    assert max(len(text) for text in texts(lambda d: at(d, "ui_contract.chips").append(long))) < 80


def test_words() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
    )
    assert [singular(t) for t in ("Chips", "Facilities", "Comparison", "Status", "Primary KPIs")] == (
        ["chip", "facility", None, None, "primary KPI"]
    )
    assert [shown(v) for v in (None, True, 2021, 40_000, 0.1, "", "a b", [], ["x", "y z"])] == (
        ["none", "yes", "2021", "40,000", "0.1", "empty", "“a b”", "empty", "x, y z"]
    )


def test_a_change_carries_what_the_schema_says_of_its_place() -> None:
    before, after = tesla(), tesla()
    put(after, "conversion.deposit_required", False)
    put(after, "persona.greeting", "Hi.")
    found = diff(before, after)
    told = {
        change.section: (change.risk, change.reload, change.lever, change.label) for change in found.changes
    }
    assert told["conversion"] == ("high", "live", None, "Deposit required")
    assert told["persona"][0] == "low"
    assert (found.risk, found.reloads) == ("high", ("pinned", "live"))
    assert not found.is_lever_only


def test_an_element_is_as_risky_as_its_riskiest_value() -> None:
    before, after = tesla(), tesla()
    at(after, "catalogue.attributes").reverse()
    assert {change.risk for change in diff(before, after).changes} == {"medium"}


def test_what_no_schema_knows_is_of_high_risk() -> None:
    found = diff({}, {"brand_new": 1})
    assert (found.risk, found.changes[0].risk, found.changes[0].permission) == (
        "high",
        "high",
        "edit_document",
    )


def test_levers_are_measured_from_the_last_approved_version() -> None:
    approved, before, after = tesla(), tesla(), tesla()
    put(before, "conversion.hold_minutes", 50)
    put(after, "conversion.hold_minutes", 60)
    assert [c.lever for c in diff(before, after, baseline=approved).changes] == ["inside"]
    assert diff(before, after, baseline=approved).is_lever_only
    put(after, "conversion.hold_minutes", 61)
    assert [c.lever for c in diff(before, after, baseline=approved).changes] == ["outside"]
    assert [c.lever for c in diff(before, after).changes] == ["inside"]


@pytest.mark.parametrize(
    ("lever", "origin", "value", "allowed"),
    [
        ({"range": [-12, 36]}, 24, 12, True),
        ({"range": [-12, 36]}, 24, 11, False),
        ({"range": [-0.1, 0.1], "relative": True}, 0.55, 0.605, True),
        ({"range": [-0.1, 0.1], "relative": True}, 0.55, 0.61, False),
        ({"range": [-0.1, 0.1], "relative": True}, -1, -1.1, True),
        ({"range": [-12, 36]}, None, 24, False),
        ({"range": [-12, 36]}, 24, True, False),
        ({"range": [False, True]}, None, True, True),
        ({"range": [False, True]}, True, 1, False),
        ({"range": ["warm", "calm"]}, "warm", "calm", True),
        ({"range": ["warm", "calm"]}, "warm", "rude", False),
    ],
)
def test_how_far_a_lever_moves(lever: dict[str, Any], origin: Any, value: Any, allowed: bool) -> None:
    assert lever_allows(lever, origin, value) == allowed


def test_two_whole_documents_are_compared_at_once() -> None:
    before, after = tesla(), tesla()
    put(after, "conversion.hold_minutes", 30)
    at(after, "ui_contract.chips").reverse()
    at(after, "catalogue.attributes").pop(3)
    took: list[float] = []
    for _ in range(30):
        started = process_time()
        diff(before, after)
        took.append(process_time() - started)
    assert min(took) <= 0.003
