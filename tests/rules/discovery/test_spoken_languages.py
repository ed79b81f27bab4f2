"""Which language a conversation is in: names and figures change none, and it is kept from turn to turn."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domains.discovery import answers, memory, rules
from backend.domains.discovery.model import Filter, Settings, State, Understanding
from backend.domains.discovery.phrasing import LANGUAGES
from backend.domains.discovery.signals import understand
from tests.rules.discovery.test_asking import INDEX
from tests.rules.discovery.vocabularies import CAR_WORDS


def spoken(message: str, state: State) -> str:
    read = understand(
        message, vocabulary=CAR_WORDS, state=state, settings=Settings(), today=date(2026, 1, 20)
    )
    return answers.in_light_of(read, message, state, INDEX).language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", ["Heat pump", "White", "Long Range AWD", "Model 3", "40000", "#2"])
def test_names_and_figures_alone_change_no_language(language: str, message: str) -> None:
    assert spoken(message, State(language=language)) == language


def test_who_speaks_another_language_is_answered_in_it() -> None:
    german = State(language="de", text="weiß, unter 40.000 Euro")
    assert spoken("do you have a white one, too?", german) == "en"
    assert spoken("avez-vous une voiture blanche ?", german) == "fr"


@pytest.mark.parametrize(
    ("message", "limits"),
    [
        ("2020 ou plus ancien", [("year", "lte", 2020)]),
        ("entre 20 000 $US et 30 000 $US", [("price", "gte", 20_000), ("price", "lte", 30_000)]),
    ],
)
def test_what_a_french_chip_says_is_understood(message: str, limits: list[tuple[str, str, int]]) -> None:
    read = understand(
        message,
        vocabulary=CAR_WORDS,
        state=State(language="fr"),
        settings=Settings(),
        today=date(2026, 1, 20),
    )
    assert [(f.field, f.op, f.value) for f in read.added] == limits


def test_an_old_conversation_has_no_language_and_goes_on_in_english() -> None:
    assert State.from_json({}).language == "en"
    assert State.from_json(State(language="fr").to_json()).language == "fr"


def test_the_language_is_kept_with_the_state_and_for_the_next_visit() -> None:
    french = Understanding((), (), language="fr")
    assert rules.after(State(), french, "bonjour").language == "fr"
    again = Understanding((), (), intents=("restart",), language="fr")
    assert rules.after(State(), again, "on recommence").language == "fr"
    before = State(filters=(Filter("price", "lte", 9_000),), language="fr")
    recalled = memory.recalled(State(), before.to_json())
    assert recalled is not None
    assert recalled.language == "fr"


@pytest.mark.parametrize(("locale", "language"), [("de-CH", "de"), ("en-GB", "en"), ("it-IT", "en")])
def test_before_a_word_is_said_it_is_that_of_the_event(locale: str, language: str) -> None:
    assert rules.opening(Settings(locale=locale)).language == language
