"""The persona's phrases: the same facts in four languages, and a refusal for each reason there is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domains.catalogue.model import CORE_ENUMS, CORE_NUMBERS
from backend.domains.discovery import conversation, phrasing
from backend.domains.discovery.grounding import check, evidence_of
from backend.domains.discovery.model import Filter, Understanding
from backend.domains.discovery.requesting import lexicon
from backend.domains.discovery.signals.languages import source
from tests.rules.discovery.test_answering import facts

_FOLDER = Path(phrasing.__file__).with_name("phrases")
_OTHERS = [name for name in phrasing.LANGUAGES if name != "en"]
_GRAMMAR = {"fit", "meet", "stay", "are", "many"}  # verbs for one and for many, the event's noun


def _flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return found


def _phrases(language: str) -> dict[str, Any]:
    return _flat(tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8")))


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", _OTHERS)
def test_every_phrase_is_there_with_the_same_facts(language: str) -> None:
    english, other = _phrases("en"), _phrases(language)
    concepts = {key for key in other if key.startswith("said.")}
    assert english.keys() == other.keys() - concepts
    for key, text in english.items():
        if isinstance(text, list):
            assert all("{count}" in one for one in other[key]), key
        else:
            assert _places(other[key]) - _GRAMMAR == _places(text) - _GRAMMAR, key


@pytest.mark.parametrize("language", _OTHERS)
def test_every_concept_of_the_lexicon_has_a_word(language: str) -> None:
    concepts = {"immediate", "soon", "later", "no_rush"}
    for code in phrasing.LANGUAGES:
        concepts |= source(code)["equipment"].keys()
        concepts |= {name for kind in source(code)["signals"].values() for name in kind.get("entries", ())}
    words = {key.removeprefix("said.") for key in _phrases(language) if key.startswith("said.")}
    assert words == concepts


def test_what_a_screen_shows_is_nothing_a_models_words_are_measured_by() -> None:
    for language in phrasing.LANGUAGES:
        assert "comparison.all" not in phrasing.templates(language)
        assert "All facts are the same." not in [
            text for texts in phrasing.templates(language).values() for text in texts
        ]
    assert check("All facts are the same.", evidence_of(facts())).dropped


def test_the_products_own_labels_are_those_of_the_catalogue() -> None:
    for name, label in {**CORE_NUMBERS, **CORE_ENUMS}.items():
        assert phrasing.phrase("en", f"label.{name}") == label


@pytest.mark.parametrize(
    ("language", "reason", "within"),
    [
        ("en", "Within your budget", "within your budget"),
        ("en", "White, as you asked", "White, as you asked"),
        ("de", "Niedrigster Preis der 3 gezeigten Treffer", "niedrigster Preis der 3 gezeigten Treffer"),
        ("de", "Baujahr 2021", "Baujahr 2021"),
        ("fr", "Dans votre budget", "dans votre budget"),
        ("es", "White, como pidió", "White, como pidió"),
    ],
)
def test_a_reason_within_a_sentence(language: str, reason: str, within: str) -> None:
    assert phrasing.within(language, reason) == within


@pytest.mark.parametrize("language", phrasing.LANGUAGES)
def test_every_reason_has_its_refusal(language: str) -> None:
    reasons = {rule.reason for rule in lexicon().rules if rule.stance != "confirm"}
    told = {reason: phrasing.refusal([reason], language) for reason in reasons}
    assert len(set(told.values())) == len(reasons)
    assert phrasing.refusal(["other"], language) not in told.values()
    assert phrasing.refusal(["price", "price"], language) == phrasing.refusal(["other"], language)
    assert phrasing.refusal(sorted(reasons), language).count(".") < 6


@pytest.mark.parametrize("language", phrasing.LANGUAGES)
@pytest.mark.parametrize("tone", ["calm_expert", "professional_warm", "friendly_expert"])
def test_the_same_facts_are_said_in_the_buyers_language(language: str, tone: str) -> None:
    said = Understanding((), (), added=(Filter("price", "lte", 40_000),), language=language)
    style = {"persona": {"name": "Claire", "style": {"tone": tone, "directness": "crisp"}}}
    for turn in range(3):
        made = facts(understanding=said, document={**facts().document, **style}, turn=turn)
        reply = conversation.reply(made)
        assert "5 " in reply
        assert "2022 Tesla Model 3 No. 1" in reply
        assert "$36,800" in reply
        assert check(reply, evidence_of(made)).text == reply


def test_an_unknown_language_is_answered_in_english() -> None:
    said = replace(facts().understanding, language="pl")
    assert conversation.reply(facts(understanding=said)) == conversation.reply(facts())


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "nicht angegeben"), ("fr", "n'est pas indiqué"), ("es", "no está indicado")],
)
def test_what_is_not_known_is_said_so(language: str, words: str) -> None:
    asked = Understanding((), (), questions=("?",), topics=("specs.battery_health",), language=language)
    assert words in conversation.reply(facts(understanding=asked))
