"""What is asked next tells most; its gain is that of asking every listing in turn."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.catalogue.service import Index, Share
from backend.domains.catalogue.share import SLOTS
from backend.domains.discovery import asking, gaining
from backend.domains.discovery.directions import asked
from backend.domains.discovery.model import Filter, Signal, State
from tests.rules.discovery.test_answering import DOCUMENT, WORDS
from tests.rules.discovery.vocabularies import CAR_WORDS

SLOT = {"price": "price", "mileage": "mileage", "year": "year", "specs.range": "n1", "specs.owners": "n2"}
SLOTTED = replace(
    CAR_WORDS, attributes=tuple(replace(a, slot=SLOT.get(a.name)) for a in CAR_WORDS.attributes)
)
INDEX = Index(SLOTTED)
EMPTY = float("nan")


def share(rows: list[dict[str, Any]], matches: int | None = None) -> Share:
    """Rows of `{color_exterior: White, price: 30000}`."""
    bits = np.zeros((len(rows), 256), np.bool_)
    numbers = {slot: np.full(len(rows), np.nan, np.float32) for slot in SLOTS}
    for at, row in enumerate(rows):
        for field, value in row.items():
            if field in SLOT:
                numbers[SLOT[field]][at] = value
            elif value is not None:
                bits[at, next(f.bit for f in INDEX.values[field] if f.display == value) or 0] = True
    return Share(len(rows) if matches is None else matches, bits, numbers)


colors = st.sampled_from(["White", "Gray", "Black", None])
numbers = st.one_of(st.integers(1, 400).map(float), st.just(EMPTY))


@given(st.lists(colors, min_size=1, max_size=40))
def test_the_gain_of_a_choice_is_that_of_asking_each_in_turn(values: list[str | None]) -> None:
    told = gaining.split(share([{"color_exterior": v} for v in values]), INDEX, "color_exterior")
    each = [log2(len(values) / values.count(v)) if v is not None else 0.0 for v in values]
    assert told.gain == pytest.approx(sum(each) / len(values))
    assert told.gain >= 0
    assert told.known == len([v for v in values if v is not None])


@pytest.mark.parametrize("field", ["price", "specs.range", "specs.owners"])
@given(values=st.lists(numbers, min_size=1, max_size=60))
def test_the_gain_of_a_number_is_that_of_asking_each_in_turn(field: str, values: list[float]) -> None:
    told = gaining.split(share([{field: v} for v in values]), INDEX, field)
    bounds = [b for b in told.bounds if b.rows]
    gained = 0.0
    for value in values:  # the tightest of the offered bounds that takes the value in
        left = [
            b.rows
            for b in bounds
            if (b.low is None or value >= b.low) and (b.high is None or value <= b.high)
        ]
        gained += log2(len(values) / min(left)) if left else 0.0
    assert told.gain == pytest.approx(gained / len(values), abs=1e-9)
    assert told.gain >= 0


@given(st.lists(numbers, min_size=1, max_size=60))
def test_offered_bounds_leave_what_they_say(values: list[float]) -> None:
    told = gaining.split(share([{"specs.range": v} for v in values]), INDEX, "specs.range")
    assert asked("specs.range") == "higher"
    for bound in told.bounds:
        assert bound.low is not None
        assert bound.rows == len([v for v in values if v >= bound.low])
        assert 0 < bound.rows < len(values)


CARS = [
    {"color_exterior": ("White", "Black")[n % 2], "price": 30_000.0, "model": "Model 3", "specs.range": 300.0}
    for n in range(8)
]


def test_the_question_is_about_what_splits_best_and_is_not_asked_twice() -> None:
    question = asking.next_question(WORDS, DOCUMENT, State(), share(CARS), INDEX)
    assert question is not None
    assert (question.field, question.options, question.counts) == (
        "color_exterior",
        ("Black", "White"),
        (4, 4),
    )
    assert question.text == "Which exterior color do you have in mind: Black or White?"
    assert question.gain == pytest.approx(1.0)  # Source: Shannon 1948, a fair coin is one bit
    said = State(filters=(Filter("color_exterior", "in", ["White"]),))
    for state in (State(asked=("color_exterior",)), said):
        assert asking.next_question(WORDS, DOCUMENT, state, share(CARS), INDEX) is None
    begun = State(filters=(Filter("color_exterior", "in", ["White", "Black"], default=True),))
    assert asking.next_question(WORDS, DOCUMENT, begun, share(CARS), INDEX) is not None


def test_of_many_the_counts_are_estimates_and_said_to_be() -> None:
    question = asking.next_question(WORDS, DOCUMENT, State(), share(CARS, 8000), INDEX)
    assert question is not None
    assert (question.counts, question.is_exact) == ((4000, 4000), False)


def test_few_are_left_to_the_buyer() -> None:
    few = share(CARS[:3])
    assert asking.next_question(WORDS, DOCUMENT, State(), few, INDEX) is None
    shown = {**DOCUMENT, "search_defaults": {"max_results": 32}}
    assert asking.next_question(WORDS, shown, State(), share(CARS), INDEX) is None


def questioning(**values: Any) -> dict[str, Any]:
    document = {**DOCUMENT, "persona": {**DOCUMENT["persona"], "questioning": values}}
    document["preference_extraction"] = {"signals": ["USE_CASE", "BUDGET_RANGE", "DESIGN_AESTHETIC"]}
    return document


VARIED = [{**car, "price": 20_000.0 + 1000 * n, "mileage": 900.0 * (n % 5)} for n, car in enumerate(CARS * 2)]


def test_the_document_decides_whether_how_many_and_how_often() -> None:
    def ask(state: State = State(), **values: Any) -> asking.Question | None:  # noqa: B008
        return asking.next_question(WORDS, questioning(**values), state, share(VARIED), INDEX)

    assert ask(strategy="none") is None
    assert ask(per_turn=0) is None
    assert ask(most=0) is None
    assert ask(State(asked=("a", "b")), most=2) is None
    two = ask(per_turn=2)
    assert two is not None
    assert len(two.fields) == 2
    assert two.text.count("?") == 2
    last = ask(State(asked=("a",)), per_turn=3, most=2)
    assert last is not None
    assert len(last.fields) == 1


def test_signals_are_asked_for_in_their_order() -> None:
    document = questioning(strategy="in_order")

    def ask(state: State) -> str | None:
        question = asking.next_question(WORDS, document, state, share(VARIED), INDEX)
        return question.field if question else None

    assert ask(State()) == "USE_CASE"
    assert ask(State(signals=(Signal("USE_CASE", {}),))) == "price"
    assert ask(State(asked=("USE_CASE", "price"))) == "color_exterior"
    assert ask(State(asked=("USE_CASE", "price", "color_exterior"))) is None


def test_a_name_is_not_a_kind() -> None:
    rows = [
        {"trim": t, "price": EMPTY}
        for t in ("Performance", "Long Range AWD", "Long Range RWD", "Standard Range Plus")
    ]
    assert asking.next_question(WORDS, DOCUMENT, State(), share(rows), INDEX) is None
