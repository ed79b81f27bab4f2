"""What must hold for any text in any language: an answer, known fields and ops, and in time."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.discovery.model import OPS, Filter, Settings, State, Understanding
from backend.domains.discovery.signals import prepare, understand
from backend.domains.discovery.signals.languages import KNOWN, pairs, spoken_in
from backend.domains.discovery.signals.lexicon import lexicon
from tests.rules.discovery.languages.held_out import TODAY, cases, vocabulary

WORDS = sorted({word for case in cases() for word in case.text.split()})
MARKS = ["-", "–", ",", ".", "?", "¿", "€", "$", "12", "1.5", "40 000", "2019", "k", "%", "’", "\n", "½", "٣"]
STATE = State(filters=(Filter("price", "lte", 30_000), Filter("make", "in", ["Ford"])), text="busco un coche")


def reading(text: str, inventory: str = "cars", state: State = STATE) -> Understanding:
    return understand(
        text, vocabulary=vocabulary(inventory), state=state, settings=Settings(geo=True), today=TODAY
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS + MARKS), max_size=14), st.sampled_from(["cars", "flats", "horses"]))
def test_words_of_all_languages_in_any_order(words: Sequence[str], inventory: str) -> None:
    found = reading(" ".join(words), inventory)
    fields = {a.name for a in vocabulary(inventory).attributes} | {"geo", "price", "make"}
    assert {f.field for f in found.filters} <= fields
    assert {f.op for f in found.filters} <= OPS
    assert found.language in KNOWN
    assert reading(" ".join(words), inventory) == found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert reading(text).language in KNOWN
    assert spoken_in(text)[0] in KNOWN


@pytest.mark.parametrize(
    "part",
    [
        "1",
        "1 ",
        "-",
        "no ",
        "kein rot oder ",
        "pas de rouge ni ",
        "40 000 ",
        "zwanzig ",
        "red, ",
        "a\n",
        "d'au ",
        "1. Juni ",
        "SUV bis 30k please, ",
        "half a ",
        "any but ",
        "dieselmotor",
    ],
)
def test_long_messages_take_no_long_time(part: str) -> None:
    text = (part * 2000)[:2000]
    reading(text)
    spent: list[float] = []
    for _ in range(5):
        began = time.process_time()
        reading(text)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.04  # 20 ms on a quiet core


def test_a_usual_message_is_read_at_once() -> None:
    prepare()
    texts = [case for case in cases() if case.inventory in ("cars", "boats", "flats")]
    for case in texts:
        reading(case.text, case.inventory, State())
    spent: list[float] = []
    for case in texts:
        began = time.process_time()
        reading(case.text, case.inventory, State())
        spent.append(time.process_time() - began)
    assert sorted(spent)[int(0.95 * len(spent))] < 0.01


@pytest.mark.parametrize("languages", pairs())
def test_two_languages_are_joined_with_the_first_deciding(languages: tuple[str, ...]) -> None:
    lex = lexicon(languages)
    assert lex.languages == languages
    if languages[0] == "es":
        assert lex.scales["mil"] == 1000
    if languages == ("en",):
        assert lex.scales["mil"] == 1_000_000
    if languages[0] == "de":  # "also" is "so": no wish for more values
        assert not lex.patterns["widen"].search("also einen kombi")
    assert lex.numbers["two"] == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ein SUV bis 30k please", "de"),
        ("Los Angeles only", "en"),
        ("keine roten", "de"),
        ("ni rouge ni noir", "fr"),
        ("¿tiene garantía?", "es"),
        ("1960s only", "en"),
        ("Tesla Model Y, long range, white", "en"),
        ("", "es"),  # nothing said: as before
        ("30 mil", "es"),
        ("30k", "es"),
    ],
)
def test_a_language_is_told(text: str, language: str) -> None:
    assert reading(text).language == language
