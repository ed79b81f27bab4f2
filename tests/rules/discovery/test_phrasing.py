"""The persona's phrases: the same facts in four languages, and a refusal for each reason there is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domains.discovery import conversation, phrasing
from backend.domains.discovery.grounding import check, evidence_of
from backend.domains.discovery.model import Filter, Understanding
from backend.domains.discovery.requesting import lexicon
from tests.rules.discovery.test_answering import facts

_FOLDER = Path(phrasing.__file__).with_name("phrases")
_OTHERS = [name for name in phrasing.LANGUAGES if name != "en"]
_GRAMMAR = {"fit", "fits", "meet", "meets"}


def _flat(language: str) -> dict[str, Any]:
    loaded = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return {
        f"{key}.{inner}" if inner else key: value
        for key, table in loaded.items()
        for inner, value in (table.items() if isinstance(table, dict) else [("", table)])
    }


@pytest.mark.parametrize("language", _OTHERS)
def test_every_phrase_is_there_with_the_same_facts(language: str) -> None:
    english, other = _flat("en"), _flat(language)
    assert english.keys() - other.keys() <= _GRAMMAR
    for key, text in english.items():
        if isinstance(text, str) and key in other:
            assert set(re.findall(r"\{(\w+)\}", other[key])) <= set(re.findall(r"\{(\w+)\}", text)), key


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
