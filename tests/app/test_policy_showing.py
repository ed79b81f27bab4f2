"""Profiles, their form, simulation, replay and receipts in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import policy_edits as edits
from app import policy_words as words
from app.policy_showing import form, placed, rows, whom
from app.policy_trying import questions, replayed, simulated
from app.receipt_showing import alert_lines, hour_bars, hours_sum, receipt_row
from backend.domains.events.verbs import VERBS
from backend.domains.policy.model import CONSENTS, UTM, SessionFacts, step_json
from backend.domains.policy.profiles import resolve
from backend.domains.policy.replaying import KINDS
from backend.domains.policy.watching import Alert, Hour
from tests.rules.policy.test_profiles import document

DOCUMENT = document(
    """
    [{key: vip, name: Guests, priority: 300,
      match: {utm: {campaign: [spring]}, qualifiers: [{question: buying_for, answers: [gift]}]}},
     {key: known, priority: 200, match: {consent_required: [analytics], cookie_segments: [vip]}},
     {key: resting, status: paused, priority: 150},
     {key: everybody, priority: 0}]
    """
)
TOOLS: list[dict[str, Any]] = [
    {"name": "search_listings", "description": "Finds.", "needs_confirmation": False},
    {"name": "hold_listing", "description": "", "needs_confirmation": True},
    {"name": "hand_over", "description": "A person.", "needs_confirmation": False},
    {"name": "juggle", "description": "", "needs_confirmation": False},
]
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
SESSION = UUID("5e551011-0000-4000-8000-000000000000")


def test_whom_a_profile_is_for_is_one_sentence() -> None:
    assert whom({}) == "Everybody."
    assert whom({"utm": {"medium": ["email"], "campaign": ["spring", "drop"]}}) == (
        "Buyers who came with medium email and campaign spring or drop."
    )
    match = {
        "consent_required": ["personalization", "marketing"],
        "cookie_segments": ["vip"],
        "qualifiers": [{"question": "buying_for", "answers": ["collection", "gift"]}],
    }
    assert whom(match) == (
        "Buyers who agreed to personalization and marketing, belong to the segment vip (with their consent) and "
        "answered buying for with collection or gift."
    )


def test_the_strictest_policy_stands_last_and_shares_are_of_all_visits() -> None:
    profile = {**edits.BLANK, "key": "vip", "caught": 3, "outranked": 2}
    listed = rows({"profiles": [profile], "visits": 12, "default": {"caught": 9}}, "?tab=policy&profile=")
    assert [(row.key, row.caught) for row in listed] == [("vip", "3 of 12 (25 %)"), ("", "9 of 12 (75 %)")]
    assert listed[0].address == "?tab=policy&profile=vip"
    assert "2 more match it" in listed[0].beside


def test_a_message_stands_at_its_field() -> None:
    found = [
        {"path": "/match/utm/source/0", "message": "Too short.", "blocks": True},
        {"path": "/match/qualifiers/1/question", "message": "No key.", "blocks": True},
        {"path": "/conversion/actions/0", "message": "Refuses everybody.", "blocks": False},
    ]
    profile = edits.with_qualifier(edits.with_qualifier(edits.BLANK, 0, question="a"), 1, question="B!")
    shown = form(profile, TOOLS, is_new=False, found=found)
    assert {row.name: row.problem for row in shown.utm}["source"] == "Too short."
    assert [row.problem for row in shown.qualifiers] == ["", "No key."]
    assert shown.elsewhere == ["Refuses everybody."]
    assert shown.blocks


def test_messages_at_one_field_are_joined_once() -> None:
    found = [{"path": "/tool_policy/allowed/0", "message": "Unknown.", "blocks": True}] * 2
    assert placed(found) == ({"tools": "Unknown."}, [])


def test_tools_say_what_they_do() -> None:
    shown = form({**edits.BLANK, "tool_policy": {"allowed": ["hold_listing"]}}, TOOLS, is_new=False)
    told = {
        row.name: (row.verb, row.acts, row.is_open, row.allowed, bool(row.problem)) for row in shown.tools
    }
    assert told == {
        "search_listings": ("Search", False, False, False, False),
        "hold_listing": ("Hold", True, False, True, False),
        "hand_over": ("Ask for a person", False, True, False, False),
        "juggle": ("Nobody knows", True, False, False, True),
    }


def test_every_word_of_the_model_has_words() -> None:
    assert set(words.VERBS) == set(VERBS)
    assert {key for key, _, _ in words.CONSENTS} == set(CONSENTS)
    assert [key for key, _, _ in words.UTM] == list(UTM)
    assert set(words.FLIPS) == {f"{before}_to_{after}" for before, after in KINDS}


# --- changing


def test_what_is_not_allowed_neither_asks_nor_is_repeated() -> None:
    profile = edits.with_tool(edits.BLANK, "hold_listing", "confirm", is_on=True)
    assert profile["tool_policy"] == {
        "allowed": ["hold_listing"], "confirm": ["hold_listing"], "idempotent": [],
    }  # fmt: skip
    assert edits.with_tool(profile, "hold_listing", "allowed", is_on=False)["tool_policy"] == {
        "allowed": [], "confirm": [], "idempotent": [],
    }  # fmt: skip


def test_questions_are_added_changed_and_taken_away() -> None:
    profile = edits.with_qualifier(edits.with_qualifier(edits.BLANK, 10**6), 10**6)
    profile = edits.with_qualifier(profile, 1, question="when", answers=["now"])
    assert profile["match"]["qualifiers"] == [
        {"question": "", "answers": []}, {"question": "when", "answers": ["now"]},
    ]  # fmt: skip
    assert edits.with_qualifier(profile, 0, question=None)["match"]["qualifiers"] == [
        {"question": "when", "answers": ["now"]}
    ]


def test_a_figure_that_is_none_stays_for_the_check_to_name() -> None:
    assert edits.with_text(edits.BLANK, "priority", "300")["priority"] == 300
    assert edits.with_text(edits.BLANK, "priority", "many")["priority"] == "many"


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans())))
def test_ticks_keep_what_was_ticked_last_and_nothing_twice(ticks: list[tuple[str, bool]]) -> None:
    profile: dict[str, Any] = dict(edits.BLANK)
    for value, is_on in ticks:
        profile = edits.with_tick(profile, "consent", value, is_on)
    listed = profile["match"].get("consent_required", [])
    assert sorted(listed) == sorted(value for value, is_on in dict(ticks).items() if is_on)


def test_rules_that_ask_for_nothing_are_not_written() -> None:
    profile = edits.with_list(edits.with_list(edits.BLANK, "utm_source", []), "segments", [])
    assert "match" not in edits.to_write(profile)
    assert edits.to_write(edits.with_list(profile, "utm_source", ["x"]))["match"] == {
        "utm": {"source": ["x"]}
    }
    assert edits.BLANK["match"] == {}


# --- trying out


def test_every_reason_of_a_trace_is_a_sentence() -> None:
    button = {"verdict": "confirm", "reasons": ["strict"]}
    facts = SessionFacts(utm={"campaign": "spring"}, answers={"buying_for": "gift"})
    for said in (facts, SessionFacts()):
        resolved = resolve(DOCUMENT, said)
        found = {
            **resolved.to_json(),
            "verdicts": [{"verb": "hold", "buyer": button, "guide": {"verdict": "deny", "reasons": ["ai_off"]}}],
            "switches": {"ai_off": True, "force_strict": False},
        }  # fmt: skip
        shown = simulated(found, DOCUMENT["policy"]["profiles"])
        assert len(shown.trace) == len(resolved.trace)
        for step in shown.trace:
            assert all(re.match(r"^[A-Z].*\.$", reason.text) for reason in step.reasons), step
            assert not re.search(r"utm\.|answers\.|_", " ".join(reason.text for reason in step.reasons))
        assert shown.verdicts[0].button_why == words.REASONS["strict"]
        assert "The AI is stopped" in shown.note
        assert step_json(resolved.trace[0])["profile"] == shown.trace[0].key


def test_a_question_is_asked_once_with_every_answer_somebody_knows() -> None:
    profiles = [
        {"match": {"qualifiers": [{"question": "when", "answers": [answer, "soon"]}]}} for answer in ("now", "later")
    ]  # fmt: skip
    (asked,) = questions(profiles, {"when": "soon"})
    assert [option.value for option in asked.options] == ["", "now", "soon", "later", "something else"]
    assert asked.value == "soon"


@pytest.mark.parametrize(
    ("decisions", "flipped", "told"),
    [
        (0, 0, "Nothing was decided yet"),
        (9, 0, "would come out as they did"),
        (9, 2, "2 of the latest 9 decisions"),
    ],
)
def test_a_replay_is_told_in_one_sentence(decisions: int, flipped: int, told: str) -> None:
    example = {
        "session_id": str(SESSION), "n": 1, "at": NOW.isoformat(), "verb": "hold", "origin": "buyer", "before": "allow",
        "after": "deny", "reasons": ["not_in_policy"], "profile_before": "a", "profile_after": "b",
    }  # fmt: skip
    found = {
        "decisions": decisions, "flipped": flipped, "left_out": 1, "examples": [example] * min(1, flipped),
        "flips": {"allow_to_deny": flipped} if flipped else {},
    }  # fmt: skip
    shown = replayed(found, "?session=")
    assert told in shown.summary
    assert shown.scope.startswith("1 more was decided")
    if flipped:
        assert (shown.flips[0].profiles, shown.flips[0].address) == ("a → b", f"?session={SESSION}")
        assert shown.more == "The first 1 are listed."


# --- decisions


def test_hours_are_heights_of_the_busiest_and_a_sentence() -> None:
    hours = [Hour(NOW, allow=6, confirm=2, deny=2), Hour(NOW + timedelta(hours=1))]
    first, second = hour_bars(hours)
    assert (first.allow, first.confirm, first.deny) == ("60.0%", "20.0%", "20.0%")
    assert (second.allow, second.deny) == ("0%", "0%")
    assert hours_sum(hours) == "In the last 2 hours 6 were allowed, 2 asked first and 2 refused."
    assert hours_sum([Hour(NOW)]) == "Nothing was decided in the last 1 hours."


def test_one_refusal_among_very_many_is_still_seen() -> None:
    (bar,) = hour_bars([Hour(NOW, allow=10_000, deny=1)])
    assert float(bar.deny.rstrip("%")) >= 2


def test_a_receipt_names_its_reasons_once() -> None:
    row = receipt_row(
        {
            "session_id": SESSION, "n": 4, "created_at": NOW, "verb": "hold", "origin": "guide", "verdict": "deny", "turn": 2,
            "reasons": ["policy.denied", "not_in_policy", "not_in_policy"], "sha256": "a" * 64, "previous": None,
        },
        "?session=",
    )  # fmt: skip
    assert row.why == "Refused by the guard. The profile does not allow it."
    assert (row.sha, row.full_sha, row.tone) == ("a" * 10, "a" * 64, "bad")


def test_the_latest_spike_speaks_for_all() -> None:
    alerts = [Alert(n, "blocked_spike", {"limit": 20}, NOW - timedelta(minutes=5 * n)) for n in (1, 2)]
    (line,) = alert_lines(alerts, NOW)
    assert line.text == "More than 20 actions were refused within a minute, 5 min ago."
    assert "verdict=deny" in line.address
    assert alert_lines([], NOW) == []
