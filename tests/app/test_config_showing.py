"""Drafts, versions, differences and levers in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import config_showing as showing
from app.lever_showing import grid, kill_switch, lever_row, stop_alerts
from app.serve import ROOT
from app.states.flags import rows as flag_rows
from app.states.levers import _typed
from app.states.members import PERMISSIONS, member_row, policy_of
from app.states.versions import id_for
from backend.domains.events.changes import diff
from backend.domains.events.levers import LeverView
from backend.domains.events.lifecycle import (
    AuthorType,
    Consequences,
    Draft,
    DraftStatus,
    Flag,
    HeldUnit,
    HistoryLine,
    Needs,
    Origin,
)
from backend.domains.identity.model import Member, Permission, Role

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ME, OTHER = UUID(int=1), UUID(int=2)


def draft(**changes: Any) -> Draft:
    base = Draft(
        id=UUID(int=9),
        event_id=UUID(int=3),
        organization_id=UUID(int=4),
        slug="spring",
        title="Longer holds",
        source="id: spring",
        canonical="{}",
        sha256="0" * 64,
        base_version_id=UUID(int=5),
        base_number=3,
        current_version_id=UUID(int=5),
        branch_id=None,
        branch=None,
        origin=Origin.EDIT,
        status=DraftStatus.IN_REVIEW,
        revision=2,
        message="For the weekend",
        risk="medium",
        radius=None,
        author_id=OTHER,
        author_email="operator@example.com",
        contributors=(OTHER,),
        created_at=NOW,
        updated_at=NOW,
        updated_by=OTHER,
        submitted_at=NOW,
        expires_at=NOW + timedelta(days=7),
        published_version_id=None,
    )
    return replace(base, **changes)


def needs(**changes: Any) -> Needs:
    radius = {"conversations": 3, "holds": 1, "deposits": 0, "money_minor": 2_945_000}
    return replace(Needs("medium", "medium", radius, 1, False, 1, ()), **changes)


def test_a_difference_is_grouped_by_section_and_every_change_is_a_sentence() -> None:
    before = {"conversion": {"hold_minutes": 24}, "name": "Spring"}
    after = {"conversion": {"hold_minutes": 60}, "name": "Summer"}
    shown = showing.diff_shown(diff(before, after), before="a: 1", after="a: 2")
    assert len(shown.groups) == 2
    texts = [change.text for group in shown.groups for change in group.changes]
    assert any("24" in text and "60" in text for text in texts)
    assert all(text[0].isupper() for text in texts)
    assert shown.summary.startswith("2 changes")
    assert '"op": "replace"' in shown.patch
    assert [row.kind for row in shown.sides] == ["changed"]


def test_what_is_too_long_for_a_sentence_stands_below_it() -> None:
    long = "You are a guide. " * 5
    shown = showing.diff_shown(diff({"persona": {"name": "A"}}, {"persona": {"name": long}}))
    (change,) = shown.groups[0].changes
    assert (change.before, change.after) == ("", long)


@pytest.mark.parametrize(
    ("user", "email", "words"),
    [
        (None, None, "the command line"),
        (ME, "me@example.com", "you"),
        (OTHER, "o@example.com", "o@example.com"),
        (OTHER, None, "somebody who has left"),
    ],
)
def test_people_are_named_as_the_reader_knows_them(user: UUID | None, email: str | None, words: str) -> None:
    assert showing.person(user, email, ME) == words


def test_a_version_says_what_became_of_it() -> None:
    line = HistoryLine(
        id=UUID(int=6),
        number=4,
        kind="rollback",
        risk="medium",
        message="Back to version 2: too long",
        reason="too long",
        author_id=ME,
        author_email="me@example.com",
        author_type=AuthorType.MEMBER,
        sections=("conversion",),
        approvals=({"email": "admin@example.com"},),
        restores=2,
        carry="drain",
        gone=({"kind": "field", "name": "range", "conversations": 1},),
        is_current=False,
        is_rolled_back=False,
        created_at=NOW,
    )
    shown = showing.version_line(line, "ab" * 32, ME)
    assert (shown.state, shown.kind_words, shown.author) == ("superseded", "Rolled back to version 2", "you")
    assert (shown.approvals, shown.sha) == ("approved by admin@example.com", "ababababab")
    assert shown.carry.endswith("ended on their own version")
    assert showing.version_line(replace(line, is_current=True), "", ME).state == "in force"
    assert showing.version_line(replace(line, is_rolled_back=True, gone=()), "", ME).carry == ""


def test_a_rollback_says_what_it_means_for_everybody() -> None:
    hold = HeldUnit(UUID(int=7), 7, "2022 Model 3", NOW, True, 4)
    gone = (
        {"kind": "field", "name": "range", "conversations": 2},
        {"kind": "tool", "name": "x", "conversations": 0},
    )
    found = Consequences(2, 4, 2, (hold,), 1, 2_945_000, "USD", (3, 4), gone)
    shown = showing.report(found, locale="en_US")
    text = " ".join(shown.sentences)
    assert "Versions 3 to 4 are taken back" in text
    assert "2 open conversations keep the version begun with" in text
    assert "1 hold runs until the clock ends" in text
    assert "$29,450 together" in text
    assert "1 deposit stays as agreed" in text
    assert shown.holds[0].text == "placed under version 4, with a deposit"
    assert shown.gone == ["the field “range”, in 2 conversations"]  # what nobody uses needs no choice


def test_a_rollback_that_meets_nobody_says_so() -> None:
    shown = showing.report(Consequences(2, 3, 0, (), 0, 0, "USD", (3,), ()), locale="en_US")
    assert shown.sentences == [
        "Version 3 is taken back; it stays in the history.",
        "Nobody is in a conversation under what is taken back.",
        "Nothing is on hold under what is taken back.",
    ]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (needs(needed=0), "Nobody else has to agree."),
        (needs(), "1 person besides the author. 0 of 1 so far."),
        (
            needs(needed=2, needs_admin=True, given=1),
            "2 people besides the author, one of them an admin. 1 of 2 so far.",
        ),
        (needs(needs_admin=True), "1 person besides the author who is an admin. 0 of 1 so far."),
        (needs(given=1, met=True), "1 person besides the author. They have agreed."),
    ],
)
def test_who_has_to_agree(found: Needs, words: str) -> None:
    assert showing.needs_words(found) == words


def test_the_risk_has_reasons_and_every_reason_has_words() -> None:
    found = needs(leaf_risk="medium", reasons=("reaches_open_conversations",))
    reasons = showing.risk_reasons(found, currency="USD", locale="en_US")
    assert reasons[0] == "Its riskiest change is of medium risk."
    assert "one level higher" in reasons[1]
    assert reasons[2] == "Under way now: 3 open conversations, 1 hold, 0 deposits, $29,450 on hold."
    quiet = needs(radius={"conversations": 0, "holds": 0, "deposits": 0, "money_minor": 0})
    assert showing.risk_reasons(quiet, currency="USD", locale="en_US")[-1].startswith(
        "Nobody is in a conversation"
    )


def test_every_reason_of_the_gate_has_words() -> None:
    text = Path(ROOT, "supabase", "migrations", "20261122000500_gate.sql").read_text()
    given = re.findall(r"(?:array_append\(reasons,|'reasons', jsonb_build_array\()(.*)", text)
    named = {name for words in given for name in re.findall(r"'(\w+)'", words.partition(", 'reloads'")[0])}
    assert {"first_version", "nobody_may_approve"} <= named
    assert named == set(showing.REASONS)


def test_a_draft_in_a_list_says_who_is_awaited_and_when_it_ends() -> None:
    def line(found: Draft, me: UUID):
        return showing.draft_line(found, event="Spring", me=me, now=NOW, here="?draft=")

    assert line(draft(), ME).waits == "waits for a verdict"
    assert line(draft(), OTHER).waits == "waits for others"
    assert line(draft(status=DraftStatus.APPROVED), ME).waits == "ready to publish"
    assert line(draft(), ME).expires == ""
    soon = draft(expires_at=NOW + timedelta(hours=5))
    assert line(soon, ME).expires == "Runs out in 5 hours unless somebody saves or publishes it."
    assert line(draft(expires_at=NOW), ME).expires.startswith("Has run out")
    assert line(draft(title="", message=""), ME).title == "Draft without a title"


def test_a_conflict_names_what_each_side_has() -> None:
    found = {"path": "/persona/name", "label": "Name", "ours": "Ann", "theirs": {"a": 1}}
    row = showing.conflict_row(found, "ours")
    assert (row.base, row.ours, row.theirs, row.choice) == ("", "Ann", '{"a": 1}', "ours")
    assert showing.conflict_row({"path": "/x", "label": "X", "base": 1, "ours": 2}, "").theirs == "not there"


def lever(**changes: Any) -> LeverView:
    view = LeverView(
        path="/conversion/hold_minutes", section="conversion", label="Hold length", help="", kind="number",
        value=24, baseline=20, unit="minutes", reload="live", low=10, high=30, step=5,
    )  # fmt: skip
    return replace(view, **changes)


def test_a_lever_shows_its_range_and_who_moved_it() -> None:
    row = lever_row(lever(moved_at=NOW, moved_by="o@example.com", previous=20), "me@example.com")
    assert (row.control, row.shown, row.baseline) == ("slider", "24 minutes", "20")
    assert row.moved == "Moved from 20 minutes by o@example.com"
    assert row.may_undo
    assert row.approved == "last approved: 20 minutes"
    assert lever_row(lever(value=20), "").approved == ""
    assert lever_row(lever(moved_at=NOW, moved_by="o@example.com"), "o@example.com").moved == "Moved by you"
    share = lever(value=0.35, unit="share of 1", moved_at=NOW, previous=0.3)
    assert (lever_row(share, "").shown, lever_row(share, "").moved) == (
        "35 %",
        "Moved from 30 % by the command line",
    )
    assert lever_row(lever(kind="toggle", value=True, low=None, high=None), "").value == "true"


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (lever(value=25), ("10", "30", "5")),
        (lever(value=24), ("10", "30", "any")),  # between two steps: it keeps its place
        (lever(value=0.35, low=0.245, high=0.455, step=0.01), ("0.25", "0.45", "0.01")),
        (lever(step=None), ("10", "30", "any")),
        (lever(kind="toggle", low=None, high=None), ("", "", "any")),
    ],
)
def test_a_slider_steps_from_its_low_end(view: LeverView, expected: tuple[str, str, str]) -> None:
    assert grid(view) == expected


@pytest.mark.parametrize(
    ("sent", "value"), [("true", True), ("0.35", 0.35), ("24", 24), ("strict", "strict")]
)
def test_what_a_control_sends_has_a_type(sent: str, value: Any) -> None:
    assert _typed(sent) == value


def test_a_stop_switch_that_is_on_is_an_alert_and_no_lever_like_others() -> None:
    view = lever(path="/safety/ai_off", kind="toggle", value=True, low=None, high=None)
    switch = kill_switch(view)
    assert switch is not None
    assert (switch.on, switch.end) == (True, "Start the AI again")
    assert kill_switch(lever()) is None
    (alert,) = stop_alerts({"safety": {"ai_off": True, "force_strict": False}})
    assert alert.tone == "bad"
    assert stop_alerts({}) == []


def test_the_organization_goes_before_the_event() -> None:
    said = [
        Flag("comparison", False, "A quiet week", "admin@example.com", NOW),
        Flag("new", True, "", None, NOW),
    ]
    rows = {row.name: row for row in flag_rows({"flags": {"comparison": True, "sharing": True}}, said)}
    assert (rows["comparison"].on, rows["comparison"].event_on, rows["comparison"].own) == (
        False,
        True,
        "off",
    )
    assert rows["comparison"].note == "A quiet week (admin@example.com)"
    assert (rows["sharing"].on, rows["sharing"].own) == (True, "")
    assert (rows["new"].on, rows["new"].event_on) == (True, False)


def test_the_matrix_has_every_permission_and_marks_what_differs_from_the_role() -> None:
    assert list(PERMISSIONS) == [permission.value for permission in Permission]
    rights = dict.fromkeys(PERMISSIONS, True) | {"max_risk_level": "medium", "manage_permissions": False}
    member = Member(ME, "me@example.com", Role.OPERATOR, {"modify_integrations": True}, rights, NOW)
    row = member_row(member, ME)
    cells = {cell.key: cell for cell in row.cells}
    assert (cells["modify_integrations"].differs, cells["modify_integrations"].hint) == (
        True,
        "given beyond the role Operator",
    )
    assert (cells["manage_permissions"].on, cells["manage_permissions"].differs) == (False, False)
    assert (row.you, row.max_risk, row.max_differs, row.differs) == (True, "medium", False, True)


def test_the_policy_of_a_form_has_types_and_an_unticked_box_is_a_no() -> None:
    assert policy_of({"low": "0", "medium": "1", "high": "x", "high_needs_admin": "on"}) == {
        "low": 0,
        "medium": 1,
        "high_needs_admin": True,
    }
    assert policy_of({})["high_needs_admin"] is False


def test_an_id_follows_a_name() -> None:
    assert id_for("Montres & Uhren, Q1 2026") == "montres-uhren-q1-2026"
    assert id_for("Élégance!") == "elegance"
