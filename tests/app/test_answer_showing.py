"""What an answer says and offers, as the screen shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import answer_showing
from app.views import EventHead, Share

HEAD = EventHead(noun="car", nouns="cars")
REPLY = "28 cars fit. It is priced at $29,450. The battery is at 94%."


def claim(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "text": text,
        "listing_id": 7,
        "field": "price",
        "source": "cell F14 of the seller's list",
        "confidence": 1.0,
    } | changes


def test_a_statement_with_a_source_is_a_stretch_of_its_own() -> None:
    turn = answer_showing.said(
        "k", REPLY, [claim("The battery is at 94%.", confidence=0.72), claim("It is priced at $29,450.")]
    )
    assert [(p.text, p.source) for p in turn.pieces] == [
        ("28 cars fit. ", ""),
        ("It is priced at $29,450.", "cell F14 of the seller's list"),
        (" ", ""),
        ("The battery is at 94%.", "cell F14 of the seller's list, 72% sure"),
    ]


@pytest.mark.parametrize("lost", [claim("It is red."), claim(""), claim("28 cars fit.", source="")])
def test_what_is_not_in_the_answer_or_has_no_source_marks_nothing(lost: dict[str, Any]) -> None:
    assert answer_showing.said("k", REPLY, [lost]).pieces == []


def test_two_sources_of_one_statement_stand_at_one_mark() -> None:
    (said,) = answer_showing.pieces(
        "$9", [claim("$9"), claim("$9", source="page 2 of the report"), claim("$9")]
    )
    assert said.source == "cell F14 of the seller's list; page 2 of the report"


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_the_stretches_joined_are_the_answer(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = answer_showing.pieces(text, [claim(text[a:b]) for a, b in spans])
    assert "".join(piece.text for piece in pieces) in ({text} if pieces else {""})


def test_ways_out_are_buttons_and_changes_of_chips() -> None:
    limit = {"field": "price", "op": "lte", "group": "must", "value": 40000}
    shown, ways = answer_showing.loosenings(
        [
            {"filter": limit, "to": limit | {"value": 42000}, "matches": 3, "text": "Up to $42,000"},
            {"filter": limit | {"field": "model", "op": "in"}, "to": None, "matches": 1, "text": "Any model"},
        ],
        HEAD,
    )
    assert [way.text for way in shown] == ["Up to $42,000: 3 cars", "Any model: 1 car"]
    assert ways == [("price:lte:must", "value", 42000), ("model:in:must", "remove", None)]


def test_a_match_is_taken_apart_in_a_fixed_order() -> None:
    parts = {"social": 2.0, "individual": 40.06, "spec": 20.0, "other": 9.0}
    assert answer_showing.shares(parts) == [
        Share("Your wishes", "40.1", 100),
        Share("Your own words", "20.0", 50),
        Share("How sought after it is", "2.0", 5),
    ]
    assert answer_showing.shares({"spec": 0.0}) == [Share("Your own words", "0.0", 0)]
    assert answer_showing.shares({}) == []


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (None, "You said “for the family”."),
        (1.0, "You said “for the family”."),
        (0.8, "You said “for the family”. We are fairly sure of it."),
        (0.4, "You said “for the family”. This is a guess."),
    ],
)
def test_a_wish_says_which_words_it_came_from(confidence: float | None, words: str) -> None:
    assert answer_showing.why("for the family", confidence) == words
    assert answer_showing.why("", confidence) == ""
