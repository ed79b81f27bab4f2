"""What a card to confirm says, from what the database bound to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app import confirm_showing
from app.views import EventHead, Labelled, Listing, Photo
from backend.domains.events.verbs import ACTING

HEAD = EventHead(guide="Claire", noun="car", nouns="cars", hold_minutes=24)
CAR = Listing(id=7, title="2022 Model 3", photos=[Photo("/a.svg", "")])
UNTIL = "2026-11-21T19:45:00+00:00"


def prepared(verb: str, **terms: Any) -> dict[str, Any]:
    return {"verb": verb, "arguments": {"listing_id": 7}, "terms": terms, "until": UNTIL}


def test_a_hold_says_for_how_long_at_which_price_and_until_when_one_can_say_yes() -> None:
    card = confirm_showing.confirmation(
        prepared("hold", price_minor=2945000, currency="USD", hold_seconds=1440, deposit_required=False),
        HEAD,
        CAR,
        "k",
    )
    assert card.text == (
        "We keep it for you alone for 24 minutes. Nothing is charged, and if you do nothing it is simply free again."
    )
    assert (card.title, card.do, card.item, card.until) == (
        "Hold it for you?",
        "Hold it for me",
        "2022 Model 3",
        UNTIL,
    )
    assert card.terms == [Labelled("Price", "$29,450")]


@pytest.mark.parametrize(
    ("deposit", "words"),
    [
        ({"kind": "fixed", "amount": 500, "is_refundable": True}, "$500, refundable"),
        ({"kind": "percent", "amount": 2.5, "is_refundable": False}, "$1,000, not refundable"),
    ],
)
def test_a_deposit_is_named_with_whether_it_is_paid_back(deposit: dict[str, Any], words: str) -> None:
    terms = {
        "price_minor": 4000000,
        "currency": "USD",
        "hold_seconds": 7200,
        "deposit_required": True,
        "deposit": deposit,
    }
    card = confirm_showing.confirmation(prepared("hold", **terms), HEAD, CAR, "k")
    assert card.terms[-1] == Labelled("Deposit", words)
    assert "for 2 hours." in card.text
    assert "nothing is charged now" in card.text


@pytest.mark.parametrize("verb", sorted(set(ACTING) - {"survey"}))
def test_whatever_acts_has_words_before_and_after(verb: str) -> None:
    card = confirm_showing.confirmation(prepared(verb), HEAD, None, "k")
    assert card.text.count(". ") == 1, "two sentences"
    assert not {"{", "}"} & set(card.text)
    assert all([card.title, card.do, confirm_showing.done(verb), card.item == ""])


def test_what_is_passed_on_stands_on_the_card() -> None:
    kept = {"verb": "message", "arguments": {"details": {"words": "Is it free on Friday?"}}, "terms": {}}
    assert confirm_showing.confirmation(kept, HEAD, None, "k").terms == [
        Labelled("Words", "Is it free on Friday?")
    ]


def test_a_refusal_is_said_as_far_as_a_buyer_needs_it() -> None:
    assert "paused" in confirm_showing.denied(["mutating_tools_off"])
    assert "break" in confirm_showing.denied(["ai_off"])
    assert "not offered" in confirm_showing.denied(["not_in_policy"])


@pytest.mark.parametrize(
    ("status", "said"), [("open", "Nobody has joined yet"), ("done", "taken"), ("withdrawn", "")]
)
def test_how_far_a_person_is_is_said_as_it_is(status: str, said: str) -> None:
    words = confirm_showing.person(status)
    assert said in words
    assert bool(words) == bool(said)


def test_of_what_waits_the_latest_of_the_same_counts() -> None:
    def card(listing_id: int, token: str) -> dict[str, Any]:
        return {"verb": "hold", "arguments": {"listing_id": listing_id}, "confirmation": token}

    turns = [
        {"confirmations": [card(1, "a"), card(2, "b")]},
        {"confirmations": []},
        {"confirmations": [card(1, "c")]},
    ]
    assert [one["confirmation"] for one in confirm_showing.waiting(turns)] == ["c", "b"]
    assert confirm_showing.waiting([]) == []


def test_a_card_ends_at_its_time() -> None:
    now = datetime(2026, 11, 21, 20, tzinfo=UTC)
    assert confirm_showing.has_run_out({"until": "2026-11-21T20:00:00+00:00"}, now)
    assert not confirm_showing.has_run_out({"until": "2026-11-21T21:01:00+01:00"}, now)
    assert not confirm_showing.has_run_out({"until": ""}, now)
