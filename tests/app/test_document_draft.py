"""The bar above the document: what a draft is, and what may be done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app import draft_showing
from app.document_views import DraftBar
from backend.domains.events.lifecycle import Draft, DraftStatus, Needs, Origin

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ME, BASE = uuid4(), uuid4()
ALL = {"edit_document": True, "deploy_to_production": True}
DRAFT = Draft(
    id=uuid4(), event_id=uuid4(), organization_id=uuid4(), slug="an-event", title="", source="id: an-event", canonical="{}",
    sha256="0" * 64, base_version_id=BASE, base_number=3, current_version_id=BASE, branch_id=None, branch=None,
    origin=Origin.EDIT, status=DraftStatus.OPEN, revision=4, message="", risk=None, radius=None, author_id=ME,
    author_email="me@example.com", contributors=(ME,), created_at=NOW, updated_at=NOW, updated_by=ME, submitted_at=None,
    expires_at=NOW + timedelta(days=7), published_version_id=None,
)  # fmt: skip
NEEDS = Needs(
    risk="medium", leaf_risk="medium", radius={}, needed=1, needs_admin=False, eligible=2, reasons=()
)


def bar(
    draft: Draft = DRAFT, needs: Needs | None = NEEDS, rights: dict[str, Any] = ALL, me: object = ME
) -> DraftBar:
    return draft_showing.draft_bar(
        draft, needs, rights=rights, me=me, now=NOW, currency="USD", locale="en_US"
    )


def allowed(shown: DraftBar) -> set[str]:
    names = ("may_submit", "may_publish", "may_recall", "may_discard")
    return {name.removeprefix("may_") for name in names if getattr(shown, name)}


def test_a_draft_that_others_have_to_agree_to_is_put_forward_not_published() -> None:
    assert allowed(bar()) == {"submit", "discard"}


def test_a_draft_that_needs_nobody_is_published_at_once() -> None:
    assert allowed(bar(needs=replace(NEEDS, needed=0))) == {"publish", "discard"}


@pytest.mark.parametrize(
    ("status", "may"),
    [
        (DraftStatus.IN_REVIEW, {"recall", "discard"}),
        (DraftStatus.APPROVED, {"publish", "recall", "discard"}),
        (DraftStatus.REJECTED, {"submit", "discard"}),
        (DraftStatus.PUBLISHED, set()),
        (DraftStatus.DISCARDED, set()),
    ],
)
def test_what_may_be_done_follows_the_state(status: DraftStatus, may: set[str]) -> None:
    assert allowed(bar(replace(DRAFT, status=status))) == may


def test_without_the_right_to_deploy_nothing_is_published() -> None:
    approved = replace(DRAFT, status=DraftStatus.APPROVED)
    assert "publish" not in allowed(bar(approved, rights={"edit_document": True}))


def test_what_cannot_go_in_force_is_not_offered() -> None:
    assert allowed(bar(needs=None)) == {"discard"}  # it has errors
    assert allowed(bar(needs=replace(NEEDS, risk="none", needed=0))) == {"discard"}  # nothing differs
    behind = bar(replace(DRAFT, current_version_id=uuid4()))
    assert behind.is_behind
    assert allowed(behind) == {"discard"}


def test_an_expired_draft_says_how_to_go_on() -> None:
    shown = bar(replace(DRAFT, expires_at=NOW - timedelta(hours=1)))
    assert allowed(shown) == set()
    assert "new draft" in shown.expires


def test_a_draft_of_somebody_else_cannot_be_taken_back() -> None:
    assert allowed(bar(replace(DRAFT, status=DraftStatus.IN_REVIEW), me=uuid4())) == set()


def test_two_windows_of_one_person_are_told_apart_from_two_people() -> None:
    facts = {"updated_by": "me@example.com", "changes": [{"text": "hold length 24 → 30 minutes"}] * 11}
    own = draft_showing.clash(facts, me="me@example.com", may_join=True)
    assert own.who.startswith("You")
    assert draft_showing.clash(facts, me="other@example.com", may_join=True).who == "me@example.com"
    assert own.changes[0] == "Hold length 24 → 30 minutes"
    assert own.changes[-1] == "And 3 more changes"


def test_a_side_of_a_conflict_that_lacks_the_place_says_so() -> None:
    row = draft_showing.conflict_row({"path": "/persona/name", "label": "Name", "base": "A", "ours": "B"}, {})
    assert (row.ours, row.theirs, row.choice) == ("B", "not there", "")
