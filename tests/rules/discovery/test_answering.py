"""Tiles, reasons, questions and words: what is said is in the listings, the limits or the counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.errors import InvalidInput, NotFound
from backend.domains.catalogue.model import Hit, Listing, Wish
from backend.domains.discovery import conversation, ranking, rules
from backend.domains.discovery.conversation import Facts, Relaxation
from backend.domains.discovery.model import Filter, State, Tile, Understanding, plain
from backend.domains.discovery.wording import Words, chip_text, chips
from tests.rules.discovery.vocabularies import CAR_WORDS

DOCUMENT: dict[str, Any] = {
    "locale": "en-US",
    "currency": "USD",
    "catalogue": {"mileage_unit": "mi", "noun": {"one": "car", "many": "cars"}, "attributes": []},
    "persona": {
        "name": "Claire",
        "style": {"tone": "calm_expert", "directness": "crisp"},
        "greeting": "Hello.",
    },
    "ui_contract": {"tile_specs": ["mileage", "range"], "actions": ["Compare", "Reserve", "Schedule Call"]},
    "sdme": {"scarcity_badges": True},
    "conversion": {"hold_minutes": 24},
}
WORDS = Words.of(DOCUMENT, CAR_WORDS)
NOW = datetime(2026, 1, 20, tzinfo=UTC)


def listing(number: int = 1, **values: Any) -> Listing:
    made = Listing(
        id=number, event_id=UUID(int=1), external_id=f"S-{number}", listed=True, title=f"2022 Tesla Model 3 No. {number}",
        description="", price_minor=3_680_000, currency="USD", condition="used", make="Tesla", model="Model 3",
        trim="Long Range AWD", year=2022, mileage=18_200, mileage_unit="mi", color_exterior="White", color_interior="Black",
        identifier=None, location_city=None, location_region=None, location_country=None, latitude=None, longitude=None,
        dealer_id=None, specs={"range": 330, "accidents": 0, "heat_pump": True}, media=({"url": "/a.svg", "alt": ""},),
        provenance={}, source_row=number, state="available", held_until=None, updated_at=NOW,
    )  # fmt: skip
    return replace(made, **values)


def hit(number: int, score: float = 0.5) -> Hit:
    return Hit(number, score, score, 0.0, 0.0, 0.0)


def scene(*filters: Filter) -> ranking.Scene:
    return ranking.Scene(WORDS, DOCUMENT, CAR_WORDS, filters)


SAID = (
    Filter("price", "lte", 40_000),
    Filter("color_exterior", "in", ["White", "Gray"]),
    Filter("specs.accidents", "eq", 0),
    Filter("mileage", "lte", 20_000),
)


def test_a_tile_says_why_from_its_own_values() -> None:
    tile = ranking.tiles(scene(*SAID), [hit(1)], {1: listing()})[0]
    assert tile.reasons == (
        "$3,200 under your budget",
        "White, as you asked",
        "No accidents recorded",
        "18,200 mi, 1,800 mi below your limit",
    )
    assert (tile.price, tile.price_text, tile.currency) == (36_800, "$36,800", "USD")
    assert tile.specs == ({"label": "Mileage", "text": "18,200 mi"}, {"label": "Range", "text": "330 mi"})
    assert tile.media == ({"url": "/a.svg", "alt": "2022 Tesla Model 3 No. 1"},)


def test_what_is_unknown_is_never_a_reason() -> None:
    bare = listing(price_minor=None, mileage=None, color_exterior=None, specs={})
    tile = ranking.tiles(scene(*SAID), [hit(1)], {1: bare})[0]
    assert tile.reasons == ()
    assert tile.price is None
    assert {"kind": "price_on_request", "text": "Price on request"} in tile.badges
    assert tile.specs == ()


def test_the_best_of_those_shown_is_named_once_and_not_when_shared() -> None:
    shown = {n: listing(n, mileage=20_000 - n, price_minor=3_000_000) for n in (1, 2, 3)}
    tiles = ranking.tiles(scene(), [hit(n) for n in shown], shown)
    assert [t.reasons for t in tiles] == [(), (), ("Lowest mileage of the 3 shown",)]


def test_a_near_miss_says_first_what_misses_and_matches_less() -> None:
    limit = Filter("price", "lte", 35_000)
    tile = ranking.tiles(scene(limit), [hit(1)], {1: listing()})[0]
    assert tile.reasons[0] == "$1,800 over your budget"
    fits = ranking.tiles(scene(Filter("price", "lte", 40_000)), [hit(1)], {1: listing()})[0]
    assert tile.match == fits.match - 20


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_the_match_follows_the_score_and_stays_within_bounds(scores: list[float], said: int) -> None:
    filters = tuple(Filter("price", "lte", 40_000 + n) for n in range(said))
    ordered = sorted(scores, reverse=True)
    hits = [hit(n, s) for n, s in enumerate(ordered)]
    tiles = ranking.tiles(scene(*filters), hits, {n: listing(n) for n in range(len(hits))})
    matches = [t.match for t in tiles]
    assert matches == sorted(matches, reverse=True)
    assert all(0 <= m <= 100 for m in matches)


def test_only_a_counted_one_is_called_the_only_one() -> None:
    rare = replace(
        CAR_WORDS, facets=tuple(replace(f, n=1) if f.value == "white" else f for f in CAR_WORDS.facets)
    )
    once = ranking.Scene(WORDS, DOCUMENT, rare, ())
    assert ranking.badges(once, listing()) == [{"kind": "only_one", "text": "Only one in White"}]
    assert ranking.badges(scene(), listing()) == []
    assert (
        ranking.badges(replace(once, document={**DOCUMENT, "sdme": {"scarcity_badges": False}}), listing())
        == []
    )


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (Filter("price", "lte", 40_000), "Up to $40,000"),
        (Filter("price", "gte", 15_000), "From $15,000"),
        (Filter("price", "between", [15_000, 22_000]), "$15,000 to $22,000"),
        (Filter("price", "eq", 35_000, "nice"), "Around $35,000"),
        (Filter("year", "gte", 2021), "2021 or newer"),
        (Filter("mileage", "lte", 20_000), "Up to 20,000 mi"),
        (Filter("specs.range", "gte", 300), "Range from 300 mi"),
        (Filter("specs.battery_health", "gte", 90), "Battery health from 90%"),
        (Filter("specs.accidents", "eq", 0), "No accidents"),
        (Filter("specs.heat_pump", "eq", True), "Heat pump"),
        (Filter("specs.tow_hitch", "eq", False), "No tow hitch"),
        (Filter("color_exterior", "in", ["White", "Gray"]), "White or Gray"),
        (Filter("color_exterior", "not_in", ["Red"]), "Not Red"),
        (Filter("mileage", "eq", 900, "nice", source="low mileage"), "Low mileage"),
        (Filter("geo", "within", {"center": "Austin", "radius": 50, "unit": "mi"}), "Within 50 mi of Austin"),
    ],
)
def test_a_chip_reads_like_a_wish(f: Filter, text: str) -> None:
    assert chip_text(WORDS, f) == text


def test_a_chip_knows_its_group_and_where_it_came_from() -> None:
    made = chips(WORDS, [Filter("model", "in", ["Model 3"], default=True), Filter("price", "lte", 1, "nice")])
    assert [(c.id, c.group, c.label, c.default) for c in made] == [
        ("model:in:must", "must", "Model", True),
        ("price:lte:nice", "nice", "Price", False),
    ]


def test_wishes_for_the_search() -> None:
    nice = [
        Filter("specs.heat_pump", "eq", True, "nice"),
        Filter("price", "eq", 35_000, "nice"),
        Filter("make", "in", ["Ford"], "nice"),
    ]
    assert ranking.wishes_of([*nice, Filter("model", "in", ["Model 3"])]) == [
        Wish("specs.heat_pump", True),
        Wish("price", 35_000.0),
        Wish("make", ["Ford"]),
    ]


# --- what to say -----------------------------------------------------------------------------------------


def facts(**values: Any) -> Facts:
    tile = ranking.tiles(scene(), [hit(1)], {1: listing()})[0]
    made = Facts(
        words=WORDS, document=DOCUMENT, understanding=Understanding((), SAID, added=SAID), matches=5, before=12, tiles=(tile,),
        first=listing(), question=None, relaxation=None, turn=0,
    )  # fmt: skip
    return replace(made, **values)


def test_an_answer_counts_names_the_closest_and_says_what_changed() -> None:
    assert conversation.reply(facts()) == "5 cars fit. Closest is the 2022 Tesla Model 3 No. 1 at $36,800."
    assert conversation.note(facts()) == "12 → 5 cars"
    assert conversation.note(facts(before=5)) == ""
    one = conversation.reply(facts(matches=1))
    assert one.startswith("1 car fits.")


@pytest.mark.parametrize("tone", ["calm_expert", "professional_warm", "friendly_expert", "unheard_of"])
def test_every_tone_says_the_same_facts(tone: str) -> None:
    persona = {"persona": {"name": "Otto", "style": {"tone": tone, "directness": "supportive"}}}
    for turn in range(4):
        said = conversation.reply(facts(document={**DOCUMENT, **persona}, turn=turn))
        assert "5 cars" in said
        assert "$36,800" in said
        assert said == conversation.reply(facts(document={**DOCUMENT, **persona}, turn=turn))


def test_nothing_found_is_said_with_the_one_limit_to_loosen() -> None:
    budget, heat = Filter("price", "lte", 20_000), Filter("specs.heat_pump", "eq", True, default=True)
    relaxed = Relaxation((budget,), 7, (replace(budget, value=24_000),))
    said = conversation.reply(facts(matches=0, tiles=(), first=None, relaxation=relaxed))
    assert said == (
        "None of the cars here meets all of it. With “Up to $24,000” instead of “Up to $20,000” there are 7 cars. "
        "Shall we loosen that one?"
    )
    both = Relaxation((heat, budget), 1, (None, replace(budget, value=24_000)))
    said = conversation.reply(facts(matches=0, tiles=(), first=None, relaxation=both))
    assert "Without “Heat pump” and with “Up to $24,000” instead of “Up to $20,000” there is 1 car." in said
    assert "this event begins with" in said
    assert "Remove one of your limits" in conversation.reply(facts(matches=0, tiles=(), first=None))


def test_a_question_is_answered_from_the_listing_or_not_at_all() -> None:
    asked = Understanding(
        (), SAID, questions=("what is the range",), topics=("specs.range", "specs.battery_health")
    )
    assert conversation.reply(facts(understanding=asked)) == (
        "For the 2022 Tesla Model 3 No. 1: range 330 mi; battery health is not stated."
    )
    off_topic = Understanding((), SAID, questions=("what is the weather",))
    assert (
        conversation.reply(facts(understanding=off_topic)) == "That is not in the listings, so I cannot say."
    )


def test_courtesies_and_help() -> None:
    assert (
        conversation.reply(facts(understanding=Understanding((), (), intents=("thanks",))))
        == "You are welcome."
    )
    person = conversation.reply(facts(understanding=Understanding((), (), intents=("person",))))
    assert person == "A person can join: choose Schedule Call."
    hold = conversation.reply(facts(understanding=Understanding((), (), intents=("hold",))))
    assert "24 minutes" in hold


# --- editing what was understood -----------------------------------------------------------------------------


def test_a_chip_is_removed_moved_or_given_another_value() -> None:
    state = State(filters=SAID, turn=2)
    removed, old, new = rules.edited(state, "price:lte:must", "remove", None, CAR_WORDS)
    assert (old, new) == (SAID[0], None)
    assert removed.filters == SAID[1:]
    moved, _, new = rules.edited(state, "color_exterior:in:must", "nice", None, CAR_WORDS)
    assert new is not None
    assert (new.group, new.turn, len(moved.filters)) == ("nice", 3, 4)
    changed, _, _ = rules.edited(state, "color_exterior:in:must", "value", ["blue", "WHITE"], CAR_WORDS)
    assert changed.filters[1].value == ["Blue", "White"]
    raised, _, _ = rules.edited(state, "price:lte:must", "value", 45_000.0, CAR_WORDS)
    assert raised.filters[0].value == 45_000


@pytest.mark.parametrize(
    ("chip", "value"),
    [
        ("price:lte:must", "cheap"), ("price:lte:must", True), ("price:lte:must", float("nan")), ("price:lte:must", 1e300),
        ("color_exterior:in:must", ["Ultraviolet"]), ("color_exterior:in:must", []), ("color_exterior:in:must", [{"a": 1}]),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(chip: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.edited(State(filters=SAID), chip, "value", value, CAR_WORDS)
    assert refused.value.code == "discovery.chip_value"


def test_a_chip_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        rules.edited(State(filters=SAID), "make:in:must", "remove", None, CAR_WORDS)


def test_a_tile_is_json() -> None:
    tile = ranking.tiles(scene(*SAID), [hit(1)], {1: listing()})[0]
    assert isinstance(tile, Tile)
    assert json.dumps(tile.to_json()) == json.dumps(plain(tile))
    assert sum(tile.parts.values()) == tile.score == 50
