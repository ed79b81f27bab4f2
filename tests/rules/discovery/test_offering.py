"""What an answer asks to loosen is remembered with the state, and a bare yes or no answers it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.domains.discovery.model import Answer, Filter, State, Understanding
from backend.domains.discovery.offering import TAKEN_UP, TURNED_DOWN, in_light_of, remembered
from backend.domains.discovery.phrasing import LANGUAGES, phrase

PRICE = Filter("price", "lte", 20_000, turn=1, source="under 20k")
YEAR = Filter("year", "gte", 2021, default=True)
PUMP = Filter("specs.heat_pump", "eq", True, turn=1)
WAY = {
    "chip_id": YEAR.id, "change": "value", "value": 2020, "text": "2020 or newer", "matches": 1,
    "also": [{"chip_id": PUMP.id, "change": "remove", "value": None}],
}  # fmt: skip
STATE = State(filters=(PRICE, YEAR, PUMP), turn=1)


def answer(reply: str, language: str = "en", **extras: Any) -> Answer:
    return Answer(reply, "", (), (), (), (), 0, language=language, extras=extras)


def asked(language: str = "en", key: str = "loosen_many") -> State:
    """The state after the question, as another process reads it."""
    kept = remembered(STATE, answer(f"Nothing. {phrase(language, key)}", language, loosenings=[WAY, WAY]))
    return State.from_json(json.loads(json.dumps(kept.to_json())))


def unread(state: State = STATE) -> Understanding:
    return Understanding((), state.filters, intents=("thanks",))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["loosen_one", "loosen_many"])
def test_what_is_asked_is_remembered(language: str, key: str) -> None:
    assert [one["chip_id"] for one in asked(language, key).offer] == [YEAR.id, PUMP.id]


@pytest.mark.parametrize(
    "unasked",
    [
        answer("3 cars fit.", loosenings=[WAY]),
        answer("Which one do you mean?", loosenings=[WAY], question={"field": "x"}),
        answer("Shall I hold it?", loosenings=[WAY], confirmations=[{}]),
        replace(answer("More of these?", loosenings=[WAY]), matches=2),
        answer(phrase("en", "loosen_one")),
    ],
)
def test_what_is_not_asked_is_no_offer(unasked: Answer) -> None:
    assert remembered(asked(), unasked).offer == ()


def test_a_models_own_question_offers_too() -> None:
    assert remembered(STATE, answer("None fits. Would a 2020 do?", loosenings=[WAY])).offer


@pytest.mark.parametrize("message", ["yes", "ok", "Ja, gern", "oui", "sí, por favor"])
def test_a_yes_makes_the_changes(message: str) -> None:
    read = in_light_of(unread(), message, asked())
    new = Filter("year", "gte", 2020, turn=2)
    assert (read.filters, read.added, read.removed) == ((PRICE, new), (new,), (PUMP,))
    assert read.intents == (TAKEN_UP,)


@pytest.mark.parametrize("message", ["no", "nein, danke", "non", "mejor no"])
def test_a_no_changes_nothing(message: str) -> None:
    read = in_light_of(unread(), message, asked())
    assert (read.filters, read.added, read.removed, read.intents) == (STATE.filters, (), (), (TURNED_DOWN,))


@pytest.mark.parametrize("message", ["yes, in white", "the second one", ""])
def test_anything_else_is_read_as_it_stands(message: str) -> None:
    assert in_light_of(unread(), message, asked()) == unread()


def test_without_an_offer_a_word_is_only_a_word() -> None:
    before = {name: value for name, value in STATE.to_json().items() if name != "offer"}
    for state in (STATE, State.from_json(before)):
        assert in_light_of(unread(), "yes", state) == unread()


def test_what_is_gone_meanwhile_is_not_brought_back() -> None:
    state = replace(asked(), filters=(PRICE,))
    assert in_light_of(unread(state), "yes", state).filters == (PRICE,)
