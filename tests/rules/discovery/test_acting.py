"""What is said of actions: in the buyer's language, with its figures, and every phrase in each."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from backend.domains.discovery import acting
from backend.domains.discovery.wording import Words

LANGUAGES = ("en", "de", "fr", "es")
PHRASES: dict[str, Any] = tomllib.loads(
    Path(acting.__file__).with_name("acting.toml").read_text(encoding="utf-8")
)
WORDS = Words("en_US", "USD", "mi", "car", "cars", {}, {})
OFFER = {"details": {"amount": 12500, "currency": "EUR"}}


def flat(table: dict[str, Any]) -> dict[str, str]:
    return {
        f"{key}.{inner}": text
        for key, value in table.items()
        for inner, text in (value.items() if isinstance(value, dict) else [("", value)])
    }


def test_every_phrase_is_there_in_every_language_with_the_same_facts() -> None:
    assert tuple(PHRASES) == LANGUAGES
    english = flat(PHRASES["en"])
    for language in LANGUAGES[1:]:
        other = flat(PHRASES[language])
        assert other.keys() == english.keys()
        for key, text in english.items():
            places = set(re.findall(r"\{(\w+)\}", other[key]))
            assert places <= set(re.findall(r"\{(\w+)\}", text)), (language, key)
            assert (
                places == set(re.findall(r"\{(\w+)\}", text)) or key == "unknown." or key == "unknown_plain."
            )


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "I can pass your offer of €12,500 for the Golf on to the seller."),
        ("de", "Ich kann Ihr Gebot über 12.500\u00a0€ für „Golf“ an den Verkäufer weitergeben."),
        ("fr", "Je peux transmettre au vendeur votre offre de 12\u202f500\u00a0€ pour « Golf »."),
        ("es", "Puedo transmitir al vendedor su oferta de 12.500\u00a0€ por «Golf»."),
        ("it", "I can pass your offer of €12,500 for the Golf on to the seller."),
    ],
)
def test_figures_are_those_of_the_language(language: str, expected: str) -> None:
    assert acting.would(WORDS, "offer", "Golf", {}, OFFER, language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", [*PHRASES["en"]["would"], "something_new"])
def test_every_verb_is_one_whole_sentence(language: str, verb: str) -> None:
    for title in ("Model 3", ""):
        text = acting.would(WORDS, verb, title, {"hold_seconds": 1440}, {}, language)
        assert not re.search(r"[{}]|\s\s|\s\.", text)
        assert text.endswith(".")
        assert ("24" in text) == (verb == "hold")


def test_the_events_own_way_with_figures_stays_where_the_language_is_its_own() -> None:
    swiss = Words("de_CH", "CHF", "km", "Auto", "Autos", {}, {})
    assert "CHF\u00a012’500" in acting.would(swiss, "offer", "Golf", {}, {"details": {"amount": 12500}}, "de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_asked_for(language: str) -> None:
    assert "Golf" in acting.which(["Golf", "Polo"], language)
    assert acting.which([], language).rstrip().endswith((".", "?"))
    hostile = acting.not_found(WORDS, "<b>{title}</b>", language)
    assert not set("<>{}") & set(hostile)
    assert acting.declined(["nothing known"], language) == PHRASES[language]["declined"]["other"]
    assert acting.handed_off(["schedule_callback", "unheard_of"], language).count(".") == 2
    assert acting.done(WORDS, "hold", "", {}, language)[0].isupper()


def test_a_word_about_what_waits_is_answered_in_every_language() -> None:
    for told in (acting.ready, acting.left):
        texts = {told(language) for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES)
        assert all(text.endswith(".") for text in texts)
        assert told("it") == told("en")
