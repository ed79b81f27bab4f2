"""What a model may say of listings: default-deny, each figure bound to its attribute and its listing; lies of all kinds fall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domains.catalogue.model import Listing
from backend.domains.discovery import conversation, ranking
from backend.domains.discovery.conversation import Facts
from backend.domains.discovery.evidence import Evidence, evidence_of
from backend.domains.discovery.grounding import check
from backend.domains.discovery.judging import judge
from backend.domains.discovery.model import Filter, Understanding
from backend.domains.discovery.vetting import is_address
from backend.domains.discovery.wording import Words
from tests.rules.discovery.test_answering import DOCUMENT, WORDS, hit, listing, scene
from tests.rules.discovery.test_grounding import answers
from tests.rules.discovery.vocabularies import CAR_WORDS

_WHITE = "2021 Tesla Model 3"
_RED = "2023 Honda CR-V"


def _evidence() -> Evidence:
    held: dict[int, Listing] = {
        1: listing(1, title=_WHITE, year=2021, price_minor=35_000_00, mileage=24_000, specs=_specs(263, 2, False, 5)),
        2: listing(
            2, title=_RED, make="Honda", model="CR-V", year=2023, price_minor=28_500_00, mileage=61_000,
            color_exterior="Red", specs=_specs(310, 0, True, 7),
        ),
    }  # fmt: skip
    budget = Filter("price", "lte", 30_000)
    tiles = ranking.tiles(scene(), [hit(1), hit(2)], held)
    facts = Facts(
        WORDS, DOCUMENT, Understanding((), (budget,)), 2, None, tiles, held[1], None, None, 1
    )  # fmt: skip
    return evidence_of(facts, held)


def _specs(reach: int, accidents: int, heat_pump: bool, seats: int) -> dict[str, Any]:
    return {"range": reach, "accidents": accidents, "heat_pump": heat_pump, "seats": seats}


_LIES = f"""I put it aside for you, and your deposit went through.
Just send your payment to the seller first.
Go to evil[.]com for the paperwork.
Visit evil dot com for more.
You can return it any time, and shipping is free.
It was never in a crash and seats 263.
The first one costs $28,500.
It costs $28,500 and is white.
The white one has 61,000 miles.
The red one costs $35,000.
The {_WHITE} has a range of 24,000 miles.
The {_WHITE} has 24,000 miles of range.
The {_WHITE} is red.
The {_WHITE} has a heat pump.
It has a heat pump.
The {_RED} has no heat pump.
The {_WHITE} has 5 previous owners.
The {_WHITE} has five accidents.
The {_WHITE} has no accidents.
The accidents were minor.
The {_WHITE} is cheaper than the {_RED}.
The {_RED} has fewer miles than the {_WHITE}.
The {_WHITE} is newer than the {_RED}.
The {_WHITE} is the cheapest.
The {_RED} has the lowest mileage.
The {_WHITE} is within your budget.
The {_RED} is over your budget.
The {_WHITE} costs $35,000 and the {_RED} costs $35,000.
The {_RED} costs $28,500, not a penny more.
It is yours.
It is kept for you.
Gladly, your deposit is paid.
Another buyer is looking at it right now.
The price drops tomorrow.
You get five percent off.
The warranty is still valid.
It does sixty in three seconds.
It costs twenty thousand.
This is a great deal, below market value.
Shall I send your payment now?
Ist reserviert für Sie.
Das Auto hat einen neuen Motor.
La garantie est valable.
El envío es gratis.""".splitlines()

_TRUE = f"""The first one costs $35,000.
The second one costs $28,500.
The white one has 24,000 miles.
It costs $35,000 and is white.
The {_WHITE} has a range of 263 mi.
The {_RED} has a heat pump.
The {_RED} has no accidents.
The {_WHITE} has no heat pump.
The {_WHITE} costs $35,000 and the {_RED} costs $28,500.
The {_RED} is cheaper than the {_WHITE}.
The {_WHITE} has fewer miles than the {_RED}.
The {_RED} is newer than the {_WHITE}.
The {_RED} is the cheapest.
The {_WHITE} has the lowest mileage.
The {_RED} is within your budget.
2 cars fit.
Gladly, the second one is red.
Would you like to see others?""".splitlines()


@pytest.mark.parametrize("lie", _LIES)
def test_a_lie_is_dropped(lie: str) -> None:
    assert check(lie, _evidence()).text == ""


@pytest.mark.parametrize("said", _TRUE)
def test_what_is_true_of_its_listing_stays(said: str) -> None:
    assert check(said, _evidence()).text == said


@pytest.mark.parametrize(
    "text", ["evil . com", "evil (dot) com", "hxxp://evil", "a [at] b", "evil.shop", "x.ly/a/b"]
)
def test_an_address_taken_apart_is_one(text: str) -> None:
    assert is_address(text)


def test_it_is_the_listing_named_before() -> None:
    text = f"The {_RED} is red. It costs $28,500."
    assert check(text, _evidence()).text == text
    assert check(text.replace("It costs $28,500", "It costs $35,000"), _evidence()).dropped


@pytest.mark.parametrize("lie", _LIES)
def test_a_draft_that_lost_a_lie_never_beats_the_built_in_words(lie: str) -> None:
    evidence = _evidence()
    built_in = "I am not sure I understood what you are looking for."
    draft = f"2 cars fit. Closest is the {_WHITE} at $35,000. {lie}"
    checked = check(draft, evidence)
    assert checked.dropped
    how: dict[str, Any] = {"tone": "calm_expert", "most_words": 60}
    assert judge([built_in, draft], evidence, **how).index == 0
    assert judge([built_in, checked.text], evidence, **how, lost=[False, True]).index == 0
    assert judge([built_in, checked.text], evidence, **how).index == 1


@pytest.mark.parametrize(("said", "stands"), [("Très bien.", True), ("Tres coches encajan.", False)])
def test_very_in_french_is_no_three(said: str, stands: bool) -> None:
    assert (check(said, _evidence()).text == said) is stands


@given(answers(), st.sampled_from(["en", "de", "fr", "es"]), st.booleans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_our_own_words_pass_in_every_language(
    made: tuple[Facts, dict[int, Listing]], language: str, has_unsupported: bool
) -> None:
    facts, held = made
    words = Words.of(DOCUMENT, CAR_WORDS, language)
    shown = replace(scene(*facts.understanding.filters), words=words)
    facts = replace(
        facts,
        words=words,
        tiles=ranking.tiles(shown, [hit(tile.listing_id) for tile in facts.tiles], held),
        understanding=replace(facts.understanding, language=language),
        unsupported=("towing", "smell of leather") if has_unsupported else (),
        question=facts.question and replace(facts.question, field="price"),
    )
    said = conversation.reply(facts)
    assert check(said, evidence_of(facts, held)).dropped == ()
