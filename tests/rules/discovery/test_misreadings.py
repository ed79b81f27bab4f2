"""What a message must not be taken for: how far a "no" reaches, figures that are no money, words that are no names."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domains.catalogue.model import Vocabulary
from tests.rules.discovery.test_understanding import limits, read, signals
from tests.rules.discovery.vocabularies import (
    CAR_STATS,
    CAR_VALUES,
    CAR_WORDS,
    CARS,
    HOME_WORDS,
    vocabulary,
)

QUICK_CARS = vocabulary(
    (
        *CARS,
        ("specs.zero_to_sixty", "number", "0–60 mph", "s"),
        ("specs.torque", "number", "Torque", "Nm"),
        ("specs.accident_free", "boolean", "Accident free", None),
    ),
    CAR_VALUES,
    CAR_STATS,
    number=4,
)
WHITE_3 = {("color_exterior", "in"): ["White"], ("model", "in"): ["Model 3"]}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("no accidents white model 3", {("accidents", "eq"): 0, **WHITE_3}),
        ("without accidents and white", {("accidents", "eq"): 0, ("color_exterior", "in"): ["White"]}),
        ("no heat pump white model 3", {("heat_pump", "eq"): False, **WHITE_3}),
        ("not red model 3", {("color_exterior", "not_in"): ["Red"], ("model", "in"): ["Model 3"]}),
        ("no rush white model 3", WHITE_3),
        ("no damage awd white", {("color_exterior", "in"): ["White"], ("drivetrain", "in"): ["AWD"]}),
        ("never smoked in blue model y", {("color_exterior", "in"): ["Blue"], ("model", "in"): ["Model Y"]}),
        ("no red or blue", {("color_exterior", "not_in"): ["Red", "Blue"]}),
        ("no red and no blue", {("color_exterior", "not_in"): ["Red", "Blue"]}),
        ("no red, blue or black", {("color_exterior", "not_in"): ["Red", "Blue", "Black"]}),
        ("not a truck or sedan", {("body_style", "not_in"): ["Pickup", "Sedan"]}),
        ("neither red nor blue", {("color_exterior", "not_in"): ["Red", "Blue"]}),
        ("red or blue is out", {("color_exterior", "not_in"): ["Red", "Blue"]}),
        (
            "no red or blue white one",
            {("color_exterior", "in"): ["White"]},
        ),
        ("not a fan of black, white please", {("color_exterior", "in"): ["White"]}),
        ("no heat pump or tow hitch", {("heat_pump", "eq"): False, ("tow_hitch", "eq"): False}),
        ("not a Tesla Model 3", {("model", "not_in"): ["Model 3"]}),
        (
            "no more than forty thousand white",
            {("price", "lte"): 40_000, ("color_exterior", "in"): ["White"]},
        ),
        ("I don't want to drive a truck", {("body_style", "not_in"): ["Pickup"]}),
    ],
)
def test_a_no_reaches_its_own_mention_and_the_list_it_begins(
    message: str, expected: dict[tuple[str, str], Any]
) -> None:
    assert limits(read(message)) == expected


def test_a_feature_named_with_its_no_does_not_pass_it_on() -> None:
    found = limits(read("no accidents white model 3", vocabulary=QUICK_CARS))
    assert found[("color_exterior", "in")] == ["White"]
    assert found[("model", "in")] == ["Model 3"]


@pytest.mark.parametrize(
    "message",
    [
        "0-60 under 4 s",
        "0–60 under 4",
        "0-60 in less than 4 seconds",
        "zero to sixty under 4",
        "under 4s 0-60 mph",
        "under 4 s",
        "0 to 60 mph below 4 sec",
    ],
)
def test_a_figure_beside_a_label_or_with_a_unit_is_that_attributes(message: str) -> None:
    found = read(message, vocabulary=QUICK_CARS)
    assert limits(found) == {("zero_to_sixty", "lte"): 4}
    assert "BUDGET_RANGE" not in signals(found)


@pytest.mark.parametrize("words", [CAR_WORDS, HOME_WORDS])
@pytest.mark.parametrize("message", ["0-60 under 4 s", "0-60 under 4", "under 12 seconds", "under 400 Nm"])
def test_a_unit_or_attribute_the_event_lacks_is_no_money(message: str, words: Vocabulary) -> None:
    found = read(message, vocabulary=words)
    assert limits(found) == {}
    assert found.signals == ()


def test_a_unit_of_the_event_names_its_attribute() -> None:
    assert limits(read("over 400 Nm", vocabulary=QUICK_CARS)) == {("torque", "gte"): 400}
    assert limits(read("two Model 3s", vocabulary=QUICK_CARS)) == {("model", "in"): ["Model 3"]}
    assert limits(read("0-60 under 4 s, under 40k", vocabulary=QUICK_CARS)) == {
        ("zero_to_sixty", "lte"): 4,
        ("price", "lte"): 40_000,
    }


@pytest.mark.parametrize(
    "message",
    [
        "I earn 90k",
        "I earn about $90,000",
        "my salary is 90k",
        "my salary is around 90k a year",
        "I make 120k a year",
        "we make 5k a month",
        "household income of 150k",
        "120k salary",
        "90k a year",
        "I owe 20k on my old car",
        "my house is worth 500k",
    ],
)
def test_what_the_buyer_earns_or_owes_is_no_budget(message: str) -> None:
    found = read(message)
    assert limits(found) == {}
    assert not {"BUDGET_RANGE", "FINANCING_NEED"} & signals(found).keys()


@pytest.mark.parametrize(
    "message",
    ["I earn 90k, budget 40k", "I make 120k a year and can spend 40k", "on a 90k salary under 40k"],
)
def test_a_budget_beside_an_income_is_read(message: str) -> None:
    assert limits(read(message)) == {("price", "lte"): 40_000}


@pytest.mark.parametrize(
    ("message", "top"),
    [
        ("under ٤٠٬٠٠٠ dollars", 40_000),
        ("under ۴۰k", 40_000),
        ("under 40k", 40_000),
        ("under ४०,००० usd", 40_000),
        ("under 40k²", 40_000),
        ("under 40²", 40_000),
        ("under $35,000¹", 35_000),
    ],
)
def test_digits_of_any_script_are_digits_and_raised_ones_are_none(message: str, top: int) -> None:
    assert limits(read(message)) == {("price", "lte"): top}


@pytest.mark.parametrize("message", ["under ²", "under ①", "under ⁴⁰"])
def test_raised_and_circled_digits_are_no_amount(message: str) -> None:
    assert read(message).signals == ()


def test_an_area_keeps_its_raised_two() -> None:
    words = vocabulary((("specs.living_area", "number", "Living area", "sqm"),), {}, number=5)
    assert limits(read("over 120 m²", vocabulary=words)) == {("living_area", "gte"): 120}


WORLD = vocabulary((("make", "enum", "Make", None), ("price", "number", "Price", None)), {}, number=6)


@pytest.mark.parametrize("words", [CAR_WORDS, WORLD])
@pytest.mark.parametrize("message", ["under infinity", "infinite choice", "I carry bricks", "a quirky block"])
def test_everyday_words_are_no_misspelled_names(message: str, words: Vocabulary) -> None:
    assert limits(read(message, vocabulary=words)) == {}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("a telsa", {("make", "in"): ["Tesla"]}),
        ("hyunday", {("make", "in"): ["Hyundai"]}),
        ("in Portlnad", {("location_city", "in"): ["Portland"]}),
        ("musang mach-e", {("model", "in"): ["Mustang Mach-E"]}),
        ("long range, whtie", {("trim", "in"): ["Long Range AWD", "Long Range RWD"], ("color_exterior", "in"): ["White"]}),
    ],
)  # fmt: skip
def test_real_misspellings_are_mended(message: str, expected: dict[tuple[str, str], Any]) -> None:
    assert limits(read(message)) == expected


def test_a_brand_that_only_the_world_has_is_read_as_written_and_never_guessed() -> None:
    assert limits(read("an Infiniti")) == {("make", "in"): ["Infiniti"]}
    assert limits(read("an Infinitti")) == {}
    assert limits(read("an Infinitti", vocabulary=WORLD)) == {("make", "in"): ["Infiniti"]}
