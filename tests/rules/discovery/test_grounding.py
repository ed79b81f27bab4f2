"""Nothing is said without a source: our own answers pass as they are, a wrong number or name never does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backend.domains.catalogue.model import Listing
from backend.domains.discovery import conversation, ranking
from backend.domains.discovery.asking import Question
from backend.domains.discovery.conversation import Facts, Relaxation
from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.grounding import Evidence, check, evidence_of, with_texts
from backend.domains.discovery.model import Filter, Understanding
from tests.rules.discovery.test_answering import DOCUMENT, SAID, WORDS, hit, listing, scene

_TONES = ("calm_expert", "professional_warm", "friendly_expert")
_MODELS = (
    "Model 3",
    "CR-V",
    "Mustang Mach-E",
    "F-150",
    "Submariner Ref. 16610",
    "No. 5 St. Tropez",
    "911 Carrera 4S",
    "2CV",
)
_NOUNS = st.text(alphabet="abcdefghij ", min_size=3, max_size=9).map(lambda t: t.strip().title() or "Abc")


@st.composite
def inventories(draw: st.DrawFn) -> dict[int, Listing]:
    made: dict[int, Listing] = {}
    for number in range(1, draw(st.integers(1, 4)) + 1):
        model, year = draw(st.sampled_from(_MODELS)), draw(st.integers(1950, 2026))
        make = draw(_NOUNS)
        made[number] = listing(
            number,
            title=f"{year} {make} {model}",
            make=make,
            model=model,
            year=year,
            price_minor=draw(st.none() | st.integers(100_00, 9_000_000_00)),
            mileage=draw(st.none() | st.integers(0, 250_000)),
            color_exterior=draw(st.sampled_from(["White", "Gray", "Pearl Blue", None])),
            specs={
                "range": draw(st.integers(50, 500)),
                "accidents": draw(st.integers(0, 2)),
                "heat_pump": draw(st.booleans()),
            },
            state=draw(st.sampled_from(["available", "held"])),
        )
    return made


@st.composite
def answers(draw: st.DrawFn) -> tuple[Facts, dict[int, Listing]]:
    held = draw(inventories())
    filters = tuple(draw(st.lists(st.sampled_from(SAID), unique_by=lambda f: f.field)))
    tiles = ranking.tiles(scene(*filters), [hit(n) for n in held], held) if draw(st.booleans()) else ()
    topics = tuple(
        draw(
            st.lists(
                st.sampled_from(["price", "mileage", "specs.range", "specs.accidents", "year"]), max_size=2
            )
        )
    )
    understood = Understanding(
        (),
        filters,
        added=filters if draw(st.booleans()) else (),
        questions=("what",) if topics else (),
        topics=topics,
        intents=tuple(
            draw(
                st.lists(
                    st.sampled_from(
                        ["greeting", "thanks", "person", "hold", "compare", "cheaper", "restart"]
                    ),
                    max_size=2,
                )
            )
        ),
    )
    budget = Filter("price", "lte", draw(st.integers(1000, 90_000)))
    relaxed = Relaxation(
        (budget,), draw(st.integers(1, 40)), (draw(st.sampled_from([None, replace(budget, value=95_000)])),)
    )
    question = Question(("price",), "What should it cost at most?", ("Up to $30,000", "Up to $45,000"))
    style = {
        "persona": {
            "name": "Claire",
            "style": {"tone": draw(st.sampled_from(_TONES)), "directness": "supportive"},
        }
    }
    facts = Facts(
        words=WORDS,
        document={**DOCUMENT, **style},
        understanding=understood,
        matches=draw(st.integers(0, 5000)) if tiles else 0,
        before=draw(st.none() | st.integers(0, 9000)),
        tiles=tiles,
        first=held[tiles[0].listing_id] if tiles else None,
        question=draw(st.sampled_from([None, question])),
        relaxation=draw(st.sampled_from([None, relaxed])),
        turn=draw(st.integers(0, 5)),
    )
    return facts, held


@given(answers())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_our_own_answers_pass_as_they_are(made: tuple[Facts, dict[int, Listing]]) -> None:
    facts, held = made
    said = conversation.reply(facts)
    assert check(said, evidence_of(facts, held)).dropped == ()
    assert check(said, evidence_of(facts, held)).text == said


@given(answers(), st.integers(1, 10_000_000), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_wrong_number_is_always_dropped(
    made: tuple[Facts, dict[int, Listing]], wrong: int, data: st.DataObject
) -> None:
    facts, held = made
    said, evidence = conversation.reply(facts), evidence_of(facts, held)
    titles = [(said.find(one.title), len(one.title)) for one in held.values() if one.title in said]
    places = [
        (start, end)
        for _, _, (start, end) in numbers_in(said)
        if all(end <= at or at + size <= start for at, size in titles) and not _is_quoted(said, start)
    ]
    assume(places)
    every = {
        v for n in (evidence.numbers, evidence.limits, *(s.numbers for s in evidence.sources)) for _, v in n
    }
    assume(float(wrong) not in every)
    start, end = data.draw(st.sampled_from(places))
    broken = f"{said[:start]}{wrong}{said[end:]}"
    assert check(broken, evidence).dropped
    assert str(wrong) not in check(broken, evidence).text or str(wrong) in said


def _is_quoted(text: str, at: int) -> bool:
    return text.count("“", 0, at) > text.count("”", 0, at) or any(
        m.start() <= at < m.end()
        for p in ("Up to $30,000", "Up to $45,000")
        for m in re.finditer(re.escape(p), text)
    )


def _evidence(**values: Any) -> Evidence:
    tile = ranking.tiles(scene(), [hit(1)], {1: listing(**values)})[0]
    facts = Facts(
        words=WORDS,
        document=DOCUMENT,
        understanding=Understanding((), SAID),
        matches=5,
        before=12,
        tiles=(tile,),
        first=listing(**values),
        question=None,
        relaxation=None,
        turn=0,
    )
    return evidence_of(
        facts,
        {
            1: listing(**values),
            2: listing(2, price_minor=2_990_000, model="Model Y", title="2023 Tesla Model Y"),
        },
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "6 cars fit.",
        "It has 18,300 miles.",
        "It costs $29,900.00 more than $1.",
        "The 2022 Tesla Model 3 No. 1 costs $29,900.",
        "The Model 3 is $29,900.",
        "It was built in 2019.",
        "A BMW would fit as well.",
        "The seller, Jo Placeholder, will call.",
        "It stands in Springfield.",
        "Stock number ZX900 is better.",
        "This is the only one left.",
        "It is the cheapest car in town.",
        "The lowest price you will find.",
        "It is accident-free and certified.",
        "It comes with a warranty.",
        "It is in perfect condition.",
        "I have reserved it for you.",
        "The seller accepted your offer.",
        "See https://example.com/x for more.",
        "Write to a@example.com.",
        "Call 555-010-0199.",
        "<b>Great</b> car.",
        "![p](https://example.com/p.png)",
        "It has seven seats.",
        "The owner paid about $20k.",
        "Es ist unfallfrei und hat 12.000 km.",
        "C'est la moins chère.",
        "Es el único que queda.",
        "Two owners, both careful.",
    ],
)
def test_what_has_no_source_is_dropped(sentence: str) -> None:
    checked = check(f"Gladly. {sentence}", _evidence(specs={"range": 330}))
    assert checked.text == "Gladly."
    assert checked.dropped


@pytest.mark.parametrize(
    "sentence",
    [
        "5 cars fit.",
        "The Model 3 has 18,200 miles on it.",
        "It costs $36,800, which is under your budget of $40,000.",
        "The 2023 Tesla Model Y costs $29,900.",
        "The 2023 Tesla Model Y is the cheapest of those shown.",
        "It is white.",
        "No accidents are recorded for the 2022 Tesla Model 3 No. 1.",
        "Shall I look at others?",
        "Choose Hold on the one you want; it is kept for you for 24 minutes.",
        "Absolutely, happy to help you find the right one!",
        "Range is 330 mi.",
        "Only 5 cars fit.",
        "The listing does not say.",
    ],
)
def test_what_has_a_source_stays(sentence: str) -> None:
    assert check(sentence, _evidence()).text == sentence


def test_a_damage_that_is_recorded_is_not_denied() -> None:
    assert check("It has no accidents.", _evidence(specs={"accidents": 2})).dropped
    assert check("It has no accidents.", _evidence(specs={})).dropped
    assert not check("It has no accidents.", _evidence(specs={"accidents": 0})).dropped


def test_a_snippet_is_a_source_once_it_is_given() -> None:
    said = "The roof was renewed in 2017."
    assert check(said, _evidence()).dropped
    assert not check(said, with_texts(_evidence(), ["The roof was renewed in 2017. It is dry."])).dropped


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_checked_and_nothing_is_added(text: str) -> None:
    checked = check(text, Evidence())
    assert (
        set(checked.text.split()) <= set(text.replace("⟦", "[").replace("⟧", "]").split())
        or checked.text == text
    )
