"""A limit that goes takes with it what said the same; what the message says anew stays."""

from __future__ import annotations

import pytest

from backend.domains.discovery.model import Filter, Signal, State
from backend.domains.discovery.rules import after
from backend.domains.discovery.signals import understand
from backend.domains.discovery.unsaying import unsaid
from tests.rules.discovery.test_understanding import TODAY, Settings
from tests.rules.discovery.vocabularies import CAR_WORDS

ATTRIBUTES = {a.name: a for a in CAR_WORDS.attributes}


def told(*messages: str) -> State:
    """What is understood after some messages."""
    state = State()
    for message in messages:
        read = understand(message, vocabulary=CAR_WORDS, state=state, settings=Settings(), today=TODAY)
        state = unsaid(after(state, read, message), read.removed, ATTRIBUTES)
    return state


def kinds(state: State) -> set[str]:
    return {s.type for s in state.signals}


@pytest.mark.parametrize(
    ("wish", "taken_back", "kind"),
    [
        ("around 40k", "forget the price", "BUDGET_RANGE"),
        ("around 40k", "forget the budget", "BUDGET_RANGE"),
        ("under 40k", "the price doesn't matter", "BUDGET_RANGE"),
        ("etwa 40.000", "vergiss den Preis", "BUDGET_RANGE"),
        ("environ 40 000 €", "oubliez le budget", "BUDGET_RANGE"),
        ("unos 40.000 euros", "olvida el precio", "BUDGET_RANGE"),
        ("under 30k miles", "forget the mileage", "MILEAGE_CAP"),
        ("unter 30.000 Meilen", "die Laufleistung ist egal", "MILEAGE_CAP"),
        ("a Tesla", "forget the brand", "BRAND_FLEXIBILITY"),
        ("un Tesla", "la marca no importa", "BRAND_FLEXIBILITY"),
        ("an SUV", "forget the body style", "BODY_STYLE"),
        ("with a heat pump", "the heat pump isn't necessary", "FEATURES"),
    ],
)
def test_what_a_limit_said_goes_with_it(wish: str, taken_back: str, kind: str) -> None:
    before = told(wish)
    assert kind in kinds(before)
    after_all = told(wish, taken_back)
    assert after_all.filters == ()
    assert kind not in {s.type for s in after_all.signals if s.turn == 1}


def test_the_rest_of_a_list_stays() -> None:
    state = told("with a heat pump and a tow hitch, great range, good for families", "forget the heat pump")
    assert {s.type: dict(s.value) for s in state.signals}["FEATURES"] == {"include": ["Tow hitch"]}
    assert "USE_CASE" in kinds(state)


def test_a_limit_that_is_replaced_takes_nothing_with_it() -> None:
    assert {s.type: dict(s.value) for s in told("under 40k", "under 30k").signals}["BUDGET_RANGE"][
        "max"
    ] == 30_000
    assert "BRAND_FLEXIBILITY" in kinds(told("a Tesla Model 3", "a Ford instead"))


def test_one_of_two_limits_leaves_what_both_said() -> None:
    both = (Filter("price", "gte", 1, turn=1), Filter("price", "lte", 2, turn=1))
    said = (Signal("BUDGET_RANGE", {"min": 1, "max": 2}, turn=1),)
    left = State(filters=both[:1], signals=said, turn=2)
    assert unsaid(left, both[1:], ATTRIBUTES) == left
    assert unsaid(State(signals=said, turn=2), both, ATTRIBUTES).signals == ()
