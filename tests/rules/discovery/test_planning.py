"""What a few words mean among listings, what else may follow a turn, and what is remembered: pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery import escalating, memory
from backend.domains.discovery.escalating import Happened
from backend.domains.discovery.model import Filter, Signal, State, TurnRow
from backend.domains.discovery.planning import Item, alike, compared, is_pointing, meant, plan
from backend.domains.discovery.screen import events, sentences
from backend.domains.discovery.wording import Words
from tests.rules.discovery.vocabularies import CARS  # the words of a car event

ITEMS = (
    Item(1, "2021 Honda CR-V EX", "A-100", "Blue"),
    Item(2, "2020 Toyota RAV4 XLE", "A-101", "Blue"),
    Item(3, "2020 Toyota RAV4 LE", "A-102", "White"),
    Item(4, "2019 Ford F-150", "A-103", "Red"),
)
SHOWN = (3, 1, 2)
WORDS = Words("en_US", "USD", "mi", "car", "cars", {}, {row[0]: row[2] for row in CARS})


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("the first one", (3,)),
        ("das zweite", (1,)),
        ("le troisième", (2,)),
        ("el último", (2,)),
        ("#2", (1,)),
        ("number 3", (2,)),
        ("a-103", (4,)),
        ("the 2021 CR-V", (1,)),
        ("the CRV", (1,)),
        ("the blue RAV4", (2,)),
        ("the F150", (4,)),
    ],
)
def test_one_listing_is_meant(said: str, ids: tuple[int, ...]) -> None:
    found = meant(said, ITEMS, SHOWN)
    assert (found.ids[:1], found.exact) == (ids, True)


@pytest.mark.parametrize("said", ["the RAV4", "it", "", "the toyota"])
def test_several_could_be_meant(said: str) -> None:
    found = meant(said, ITEMS, SHOWN)
    assert not found.exact
    assert len(found.ids) > 1


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("more like the first one, but cheaper", (3, ("cheaper",))),
        ("something similar to the CR-V", (1, ())),
        ("ähnliche wie den zweiten, aber günstiger", (1, ("cheaper",))),
        ("more like this", (3, ())),
        ("I would like something under 40k", None),
        ("white, like my last car", None),
    ],
)
def test_more_of_a_kind_is_asked_for(said: str, found: object) -> None:
    assert alike(said, SHOWN, ITEMS) == found


def test_nothing_of_that_name_is_there() -> None:
    step = plan("hold", "hold_car", target="the Batmobile", arguments={}, items=ITEMS, shown=SHOWN)
    assert (step.unknown, step.listing_ids) == ("the Batmobile", ())
    assert plan("book", "book", target="", arguments={}, items=ITEMS, shown=SHOWN).asks == ()
    assert plan("hold", "hold_car", target="it", arguments={}, items=ITEMS, shown=(4,)).listing_ids == (4,)


@given(st.text(max_size=60), st.lists(st.sampled_from([1, 2, 3, 4]), unique=True))
def test_no_words_mean_what_is_not_there(said: str, shown: list[int]) -> None:
    found = meant(said, ITEMS, shown)
    assert set(found.ids) <= {item.id for item in ITEMS}
    assert set(compared(said, shown, ITEMS)) <= set(shown)
    assert len(compared(said, shown, ITEMS)) <= 4


@given(st.text(max_size=300))
def test_pieces_of_a_reply_join_to_it(text: str) -> None:
    assert "".join(sentences(text)) == text
    told = [e["text"] for e in events({"reply": text}) if e["type"] == "text"]
    assert "".join(told) == text


RULES = {
    "agent": {
        "escalation": {
            "rules": [
                {"trigger": "user_requested", "urgency": "high"},
                {"trigger": "sentiment_negative_3_turns"},
                {"trigger": "tool_failed", "tool": "hold_car"},
                {"trigger": "out_of_scope"},
            ]
        }
    }
}


def test_a_person_is_asked_for_by_the_first_rule_that_applies() -> None:
    state = State()
    asked = escalating.escalation(RULES, state, Happened(wants_person=True, failed=("hold_car",)))
    assert asked is not None
    assert (asked.trigger, asked.urgency) == ("user_requested", "high")
    assert escalating.escalation(RULES, state, Happened(failed=("other",))) is None
    for _ in range(3):
        state = escalating.felt(state, -0.6)
    upset = escalating.escalation(RULES, state, Happened())
    assert upset is not None
    assert upset.trigger == "sentiment_negative_3_turns"
    done = escalating.noted(state, escalating.HANDED_OFF)
    assert escalating.escalation(RULES, done, Happened()) is None
    assert escalating.escalation(RULES, done, Happened(wants_person=True)) is not None


def test_what_is_not_understood_three_times_goes_to_a_person() -> None:
    state = State()
    for _ in range(2):
        state = escalating.heard(state, False)
        assert escalating.escalation(RULES, state, Happened()) is None
    state = escalating.heard(state, False)
    found = escalating.escalation(RULES, state, Happened())
    assert found is not None
    assert found.trigger == "out_of_scope"
    assert escalating.heard(state, True).done == ()


def test_a_long_conversation_is_summed_up_the_same_way_each_time() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    turns = [TurnRow(n, f"message {n} " * 20, "an answer " * 20, "", at) for n in range(1, 40)]
    state = State(filters=(Filter("price", "lte", 40_000),), matches=12)
    assert memory.compressed(WORDS, state, turns, above=10_000).summary == ""
    short = memory.compressed(WORDS, state, turns, above=500)
    assert short.is_compressed
    assert len(short.recent) < 5
    assert "Up to $40,000" in short.summary
    assert f"{len(turns) - len(short.recent)} earlier messages" in short.summary
    assert memory.compressed(WORDS, state, turns, above=500) == short


def test_wishes_of_an_earlier_visit_take_the_place_of_what_the_event_begins_with() -> None:
    opening = State(
        filters=(Filter("model", "in", ["Model 3"], default=True), Filter("year", "gte", 2021, default=True))
    )
    before = State(
        filters=(Filter("model", "in", ["Model Y"], turn=3), Filter("year", "gte", 2021, default=True)),
        signals=(Signal("USE_CASE", {"tags": ["family"]}, turn=2),),
    )
    again = memory.recalled(opening, before.to_json())
    assert again is not None
    assert [(f.field, f.value) for f in again.filters] == [("year", 2021), ("model", ["Model Y"])]
    assert {s.turn for s in again.signals} == {0}
    assert memory.recalled(opening, None) is None
    assert memory.recalled(opening, opening.to_json()) is None


def test_what_only_points_names_nothing() -> None:
    assert all(is_pointing(words) for words in ("", "it", "that one for me", "Sie", "moi", "esta"))
    assert not any(
        is_pointing(words) for words in ("the second one", "HE-703", "the blue RAV4", "den zweiten")
    )
