"""What an answer says and offers, as the screen shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import answer_showing
from app.views import EventHead, Share
from backend.domains.discovery import screen
from backend.domains.discovery.claims import claims_of
from tests.rules.discovery.test_answering import WORDS, facts, listing

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


def test_a_sentence_that_states_something_bears_its_source() -> None:
    turn = answer_showing.said("k", REPLY, [claim("battery is at 94%", confidence=0.72), claim("$29,450")])
    assert [(p.text, p.source) for p in turn.pieces if p.text.strip()] == [
        ("28 cars fit.", ""),
        ("It is priced at $29,450.", "cell F14 of the seller's list"),
        ("The battery is at 94%.", "cell F14 of the seller's list, 72% sure"),
    ]


def test_what_a_report_says_shows_its_page_and_how_sure_it_was_read() -> None:
    read = {
        "fields": {"price": {"source": "inspection.pdf", "page": 2, "box": [1, 2, 3, 4], "confidence": 0.82}}
    }
    one = listing(provenance=read)
    reply = "The 2022 Tesla Model 3 No. 1 is at $36,800."
    made = [stated.to_json() for stated in claims_of(reply, WORDS, facts().tiles, {1: one})]
    (said,) = answer_showing.pieces(reply, made)
    assert (said.source, said.listing_id) == ("from the condition report, page 2, 82% sure", 1)


@pytest.mark.parametrize("lost", [claim("red"), claim(""), claim("28 cars", source="")])
def test_what_is_not_in_the_answer_or_has_no_source_marks_nothing(lost: dict[str, Any]) -> None:
    assert answer_showing.said("k", REPLY, [lost]).pieces == []


def test_a_question_states_nothing() -> None:
    assert answer_showing.pieces("Is $9 too much?", [claim("$9")]) == []


def test_a_source_is_that_of_the_listing_the_sentence_is_about() -> None:
    """Others may share a value with it."""
    text = "Closest is the Long Range at $33,390."
    claims = [
        claim("Long Range", listing_id=1, source="row 1"),
        claim("$33,390", listing_id=2, source="row 2, written “33390”"),
        claim("Long Range", listing_id=2, source="row 2"),
    ]
    (said,) = answer_showing.pieces(text, claims)
    assert (said.source, said.listing_id) == ("$33,390: row 2, written “33390”; Long Range: row 2", 2)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_the_stretches_joined_are_the_answer(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = answer_showing.pieces(text, [claim(text[a:b]) for a, b in spans])
    assert "".join(piece.text for piece in pieces) in ({text} if pieces else {""})


def test_ways_out_are_buttons_and_changes_of_chips() -> None:
    shown, ways = answer_showing.loosenings(
        [
            {
                "chip_id": "price:lte:must",
                "change": "value",
                "value": 42000,
                "matches": 3,
                "text": "Up to $42,000",
            },
            {
                "chip_id": "model:in:must",
                "change": "remove",
                "value": None,
                "matches": 1,
                "text": "Any model",
                "also": [{"chip_id": "year:gte:must", "change": "value", "value": 2020}],
            },
        ],
        HEAD,
    )
    assert [way.text for way in shown] == ["Up to $42,000: 3 cars", "Any model: 1 car"]
    pair = [("model:in:must", "remove", None), ("year:gte:must", "value", 2020)]
    assert ways == [[("price:lte:must", "value", 42000)], pair]


SURVEY = [
    {"key": "nps", "question": "Would you recommend us?", "kind": "nps_scale"},
    {"key": "stars", "question": "How was it?", "kind": "rating"},
    {"key": "what", "question": "What for?", "kind": "multiple_choice", "options": ["Speed", "Calm"]},
    {"key": "why", "question": "Why?", "kind": "text"},
]


def test_scales_are_rows_of_numbers() -> None:
    asked = answer_showing.survey(SURVEY)
    assert (asked[0].options[0], asked[0].options[-1], len(asked[1].options)) == ("0", "10", 5)
    assert (asked[2].options, asked[3].options) == (["Speed", "Calm"], [])


def test_what_was_left_out_of_a_survey_is_left_out() -> None:
    asked = answer_showing.survey(SURVEY)
    assert answer_showing.answers(asked, {}) == {}
    form = {"nps": "0", "what.1": "on", "why": "  calm\x00 "}
    assert answer_showing.answers(asked, form) == {"nps": 0, "what": ["Calm"], "why": "calm"}


def test_events_of_a_turn_give_the_answer_as_it_is_kept() -> None:
    """The controller of the screen takes an answer apart; here it is put together again."""
    kept: dict[str, Any] = {
        "reply": "28 cars fit. Closest is this one.", "note": "111 → 28 cars", "chips": [{"id": "a"}], "matches": 28,
        "tiles": [{"listing_id": 7}], "claims": [{"text": "x"}], "confirmations": [{"verb": "hold", "title": "Car"}],
        "withdrawn": ["a"],
        "executed": [{"verb": "search"}], "loosenings": [{"text": "y"}], "suggestions": [{"key": "k"}],
        "survey": {"questions": [], "is_skippable": True}, "handoff": {"text": "z"}, "comparison": {"rows": []},
        "question": {"field": "price", "text": "How much?", "options": ["Up to $9"]}, "actions": [{"kind": "hold"}],
        "stance": "answer_safely", "language": "en",
    }  # fmt: skip
    body: dict[str, Any] = {}
    for event in screen.events(kept, turn=3):
        body = answer_showing.folded(body, event)
    assert body == kept | {"quick_replies": ["Up to $9"], "turn": 3}
    assert answer_showing.folded(body, {"type": "started", "key": "k"}) == body


def test_a_suggested_answer_says_how_many_it_leaves() -> None:
    question = {
        "field": "price",
        "text": "How much?",
        "options": ["Up to $9", "Up to $20"],
        "counts": [3, 1200],
    }
    answer = {"quick_replies": ["Up to $9", "Up to $20"], "question": question}
    assert answer_showing.hints(answer) == ["3", "1,200"]
    assert answer_showing.hints(answer | {"question": question | {"is_exact": False}}) == [
        "about 3",
        "about 1,200",
    ]
    assert answer_showing.hints({"quick_replies": ["Which?"], "question": question}) == [""], (
        "of another question"
    )
    assert answer_showing.hints({}) == []


def test_a_match_is_taken_apart_in_a_fixed_order() -> None:
    parts = {"social": 2.0, "individual": 40.06, "spec": 20.0, "other": 9.0}
    assert answer_showing.shares(parts) == [
        Share("How well it fits your words", "40.1", 100),
        Share("What it has of your nice-to-haves", "20.0", 50),
        Share("How sought after it is", "2.0", 5),
    ]
    assert answer_showing.shares({"spec": 0.0}) == [Share("What it has of your nice-to-haves", "0.0", 0)]
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
