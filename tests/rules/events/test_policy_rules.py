"""What an author is told about profiles that are valid and do not do what was meant."""

from __future__ import annotations

import pytest

from backend.domains.events.model import Severity
from tests.rules.events.support import compiled

TOOLS = "agent: {tools: [{name: hold_it, description: Holds.}, {name: book_it, description: Books.}]}"
OFFERED = "conversion: {actions: [Reserve]}\nui_contract: {actions: [Compare, Schedule Call]}"
HOLDS, BOOKS = "tool_policy: {allowed: [hold_it]}", "tool_policy: {allowed: [book_it]}"
CAMPAIGN = "match: {utm: {source: [mail]}}"


def warned(profiles: str, rest: str = "") -> list[tuple[str, str]]:
    found = compiled(f"id: sale\n{TOOLS}\n{OFFERED}\npolicy: {{profiles: [{profiles}]}}\n{rest}")
    assert found.errors == ()
    warnings = [p for p in found.problems if p.code != "unread_section"]
    assert all(p.severity is Severity.WARNING for p in warnings)
    return [(p.code, p.path) for p in warnings]


BOTH = "tool_policy: {allowed: [hold_it, book_it]}"


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        ("", []),
        (f"{{key: a, {BOTH}}}", []),
        (f"{{key: a, {HOLDS}}}", [("button_refused", "/ui_contract/actions/1")]),
        (f"{{key: a, {CAMPAIGN}, {HOLDS}}}, {{key: b, priority: 1, {BOOKS}}}", []),
        (
            f"{{key: b, {CAMPAIGN}, {BOTH}}}, {{key: a, {CAMPAIGN}, {BOTH}}}",
            [("same_priority", "/policy/profiles/0/priority")],
        ),
        (
            f"{{key: a, priority: 9, {BOTH}}}, {{key: b, priority: 8, {CAMPAIGN}, {BOTH}}}",
            [("never_reached", "/policy/profiles/1/priority")],
        ),
        (f"{{key: a, priority: 9, status: paused, {BOTH}}}, {{key: b, priority: 8, {BOTH}}}", []),
        (
            f"{{key: a, status: paused, {BOTH}}}, {{key: b, {HOLDS}}}",
            [("button_refused", "/ui_contract/actions/1")],
        ),
    ],
)
def test_profiles(profiles: str, expected: list[tuple[str, str]]) -> None:
    assert warned(profiles) == expected


def test_a_tool_nobody_understands_is_named_and_a_verb_makes_it_understood() -> None:
    tool = "agent: {{tools: [{{name: frobnicate, description: Does., {}}}]}}"
    found = compiled(f"id: sale\n{tool.format('is_mutating: true')}\n").problems
    assert [(p.code, p.path, p.severity) for p in found] == [
        ("unknown_verb", "/agent/tools/0/verb", Severity.WARNING)
    ]
    assert compiled(f"id: sale\n{tool.format('verb: hold')}\n").problems == ()
    (problem,) = compiled(f"id: sale\n{tool.format('verb: hodl')}\n").errors
    assert (problem.code, problem.path, problem.nearest) == ("bad_value", "/agent/tools/0/verb", "hold")


@pytest.mark.parametrize(("price", "codes"), [("", ["cost_without_price"]), (", price_output: 2", [])])
def test_a_limit_of_cost_needs_a_price(price: str, codes: list[str]) -> None:
    found = compiled(f"id: sale\nagent: {{budgets: {{event_cost_per_day: 10{price}}}}}\n").problems
    assert [p.code for p in found if p.code != "unread_section"] == codes
