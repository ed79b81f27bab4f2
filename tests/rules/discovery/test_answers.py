"""Short answers, read in the light of what was asked; everything else is left as the reader had it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domains.discovery import answers
from backend.domains.discovery.model import Filter, State, Understanding
from tests.rules.discovery.test_asking import INDEX

NOTHING = Understanding((), ())


@pytest.mark.parametrize(
    ("field", "message", "made"),
    [
        ("trim", "Performance would be great", ("in", ["Performance"], "must")),
        ("trim", "Long Range AWD or Performance", ("in", ["Long Range AWD", "Performance"], "must")),
        ("condition", "certified", ("in", ["certified"], "must")),
        ("specs.range", "at least 300", ("gte", 300, "must")),
        ("specs.range", "250", ("gte", 250, "must")),
        ("price", "30k", ("lte", 30_000, "must")),
        ("price", "around 35,000", ("eq", 35_000, "nice")),
        ("price", "around 12", None),
        ("mileage", "up to 20,000", ("lte", 20_000, "must")),
        ("specs.heat_pump", "yes please", ("eq", True, "must")),
        ("specs.heat_pump", "Ja, bitte", ("eq", True, "must")),
        ("specs.heat_pump", "oui", ("eq", True, "must")),
        ("specs.heat_pump", "sí, claro", ("eq", True, "must")),
        ("specs.heat_pump", "si possible", None),
        ("specs.heat_pump", "nein", None),
        ("specs.range", "mindestens 300", ("gte", 300, "must")),
        ("specs.range", "nicht mehr als 300", ("lte", 300, "must")),
        ("price", "jusqu'à 30 000", ("lte", 30_000, "must")),
        ("price", "hasta 30.000", ("lte", 30_000, "must")),
        ("trim", "keine Performance", None),
        ("trim", "not the Performance", None),
        ("trim", "something sporty", None),
        ("specs.heat_pump", "no", None),
        ("price", "between 3 and 4", None),
        ("", "Performance", None),
        ("trim", "I once saw a Performance at my brother's house and it was very loud indeed", None),
    ],
)
def test_an_answer_is_about_what_was_asked(
    field: str, message: str, made: tuple[str, Any, str] | None
) -> None:
    read = answers.in_light_of(NOTHING, message, State(pending=field, turn=1), INDEX)
    assert [(f.op, f.value, f.group) for f in read.added] == ([made] if made else [])
    assert read.filters == read.added
    assert all(f.field == field and f.turn == 2 for f in read.added)


@pytest.mark.parametrize(
    "message",
    [
        *("no preference", "I am not sure yet", "that does not matter to me", "any is fine"),
        *("ist mir egal", "das weiß ich nicht", "peu importe", "je ne sais pas", "me da igual", "no lo sé"),
    ],
)
def test_who_does_not_mind_is_heard(message: str) -> None:
    assert "indifferent" in answers.in_light_of(NOTHING, message, State(pending="trim"), INDEX).intents
    assert answers.in_light_of(NOTHING, message, State(), INDEX) == NOTHING


def test_what_the_reader_understood_stands() -> None:
    own = Filter("trim", "in", ["Performance"])
    read = Understanding((), (own,), added=(own,))
    assert answers.in_light_of(read, "the Performance", State(pending="trim"), INDEX) is read


def test_the_same_words_are_not_taken_twice_and_what_they_replaced_comes_back() -> None:
    before = Filter("color_interior", "in", ["Black"], turn=1)
    taken = Filter("color_interior", "in", ["White"], turn=2)
    budget = Filter("price", "lte", 30_000, turn=1)
    state = State(filters=(before, budget), pending="color_exterior", turn=1)
    read = answers.in_light_of(Understanding((), (taken, budget), added=(taken,)), "White", state, INDEX)
    assert {(f.field, str(f.value)) for f in read.filters} == {
        ("color_interior", "['Black']"),
        ("price", "30000"),
        ("color_exterior", "['White']"),
    }
    assert [f.field for f in read.added] == ["color_exterior"]


def test_a_tapped_name_is_that_and_nothing_beside() -> None:
    beside = Filter("specs.tow_hitch", "eq", True)
    state = State(filters=(Filter("price", "lte", 30_000),), pending="specs.heat_pump")
    read = answers.in_light_of(Understanding((), (beside,), added=(beside,)), "Heat pump", state, INDEX)
    assert [(f.field, f.value) for f in read.filters] == [("price", 30_000), ("specs.heat_pump", True)]


def test_a_number_stays_with_what_it_fits() -> None:
    """Asked for the range, a buyer may still speak of money."""
    budget = Filter("price", "lte", 40_000)
    read = Understanding((), (budget,), added=(budget,))
    assert answers.in_light_of(read, "up to 40k", State(pending="specs.range"), INDEX) is read
    small = Filter("price", "lte", 300)
    read = Understanding((), (small,), added=(small,))
    heard = answers.in_light_of(read, "up to 300", State(pending="specs.range"), INDEX)
    assert [(f.field, f.op, f.value) for f in heard.filters] == [("specs.range", "lte", 300)]


def test_the_open_question_is_kept_with_the_state() -> None:
    state = replace(State(), pending="trim")
    assert State.from_json(state.to_json()) == state
