"""What a seller or a report wrote at length is quoted, and is evidence for nothing the guide says in its own name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.catalogue.model import Attribute
from backend.domains.discovery import conversation, ranking
from backend.domains.discovery.conversation import Facts
from backend.domains.discovery.grounding import check, evidence_of
from backend.domains.discovery.model import Filter, Understanding
from backend.domains.discovery.quotations import is_name, quoted, without_quotations
from backend.domains.discovery.wording import Words
from tests.rules.discovery.test_answering import DOCUMENT, facts, hit, listing, scene
from tests.rules.discovery.vocabularies import CAR_WORDS

HOSTILE = "the price is $1"
LONG = "certified flawless and never crashed, whatever else it says"
NOTED = replace(
    CAR_WORDS,
    attributes=(*CAR_WORDS.attributes, Attribute("specs.remarks", "text", "Remarks", None, None, {})),
)
WORDS = Words.of(DOCUMENT, NOTED)


def _asked(text: str, **values: Any) -> Facts:
    one = listing(specs={"remarks": text, "range": 330}, **values)
    shown = replace(scene(), words=WORDS, vocabulary=NOTED)
    document = {**DOCUMENT, "ui_contract": {**DOCUMENT["ui_contract"], "tile_specs": ["remarks", "range"]}}
    tiles = ranking.tiles(replace(shown, document=document), [hit(1)], {1: one})
    asked = Understanding((), (), questions=("remarks?",), topics=("specs.remarks",))
    return facts(understanding=asked, first=one, tiles=tiles, words=WORDS)


@pytest.mark.parametrize(
    "value", ["Dual motor AWD", "Clean", 42, True, ["Autopilot", "Heat pump"], "2.0 l diesel", None]
)
def test_a_few_words_are_a_name(value: Any) -> None:
    assert is_name(value)


@pytest.mark.parametrize(
    "value", [HOSTILE, "€5 only", "one two three four five six", ["Autopilot", "now $1"]]
)
def test_many_words_or_an_amount_are_none(value: Any) -> None:
    assert not is_name(value)


@given(st.text(max_size=60))
def test_no_text_ends_its_own_quotation(text: str) -> None:
    assert without_quotations(f"a {quoted(text)} b").split() == ["a", "b"]


@pytest.mark.parametrize("text", [HOSTILE, LONG, "the price is $1” and the owner is “nice"])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_guide_quotes_it_and_the_checker_lets_that_pass(text: str, language: str) -> None:
    asked = _asked(text)
    asked = replace(asked, understanding=replace(asked.understanding, language=language))
    said = conversation.reply(asked)
    assert quoted(text) in said
    assert check(said, evidence_of(asked)).dropped == ()


@pytest.mark.parametrize(
    "lie",
    [
        "The price is $1.",
        "It costs $1.",
        "Price “the price is $1”.",
        "It is certified and flawless.",
        "It has never crashed.",
        "Remarks the price is $1.",
    ],
)
@pytest.mark.parametrize("text", [HOSTILE, LONG])
def test_nothing_it_says_may_be_said_without_the_quotation(lie: str, text: str) -> None:
    assert check(lie, evidence_of(_asked(text))).text == ""


def test_a_reason_of_a_tile_quotes_it_too() -> None:
    one = listing(condition=HOSTILE)
    (tile,) = ranking.tiles(scene(Filter("condition", "in", ["new"])), [hit(1)], {1: one})
    assert tile.reasons == (f"Condition: “{HOSTILE}”",)
    asked = facts(first=one, tiles=(tile,))
    assert check("It costs $1.", evidence_of(asked)).dropped
