"""Sentences that were once read wrongly, each with what it means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domains.catalogue.model import FacetValue
from backend.domains.discovery.model import Filter, Settings, State, Understanding
from backend.domains.discovery.signals import understand
from tests.rules.discovery.languages.held_out import TODAY, vocabulary


def reading(text: str, inventory: str, *before: Filter) -> Understanding:
    state = State(filters=before, turn=len(before))
    return understand(text, vocabulary=vocabulary(inventory), state=state, settings=Settings(), today=TODAY)


def limits(found: Understanding) -> dict[tuple[str, str], Any]:
    return {(f.field.removeprefix("specs."), f.op): f.value for f in found.filters if f.group == "must"}


@pytest.mark.parametrize(
    ("inventory", "text", "expected"),
    [
        ("art", "at least 80 cm wide", {("width", "gte"): 80}),
        ("art", "no taller than 120 cm", {("height", "lte"): 120}),
        ("boats", "at least 4 m wide", {("beam", "gte"): 4}),
        ("cars", "no accidents white", {("accident_free", "eq"): True, ("color_exterior", "in"): ["White"]}),
        ("watches", "any dial but green", {("dial_color", "not_in"): ["Green"]}),
        ("homes", "a quarter acre or more", {("lot_size", "gte"): 0.25}),
        ("homes", "at least 2,000 but no more than 2,800 sq ft", {("living_area", "gte"): 2000, ("living_area", "lte"): 2800}),
        ("homes", "three bedrooms, actually four", {("bedrooms", "gte"): 4}),
        ("homes", "2 bedrooms, max 600k", {("bedrooms", "gte"): 2, ("price", "lte"): 600_000}),
        ("horses", "8 to 12 years old", {("age", "gte"): 8, ("age", "lte"): 12}),
        ("motorcycles", "something from the seventies", {("year", "gte"): 1970, ("year", "lte"): 1979}),
        ("wine", "from 2015 or 2018", {("year", "in"): [2015, 2018]}),
        ("wine", "not white, not rose", {("wine_color", "not_in"): ["White", "Rose"]}),
        ("cars", "a 60 mile commute", {}),
        ("cars", "trading in my 2015 Civic", {}),
        ("watches", "eight to ten thousand pounds", {("price", "gte"): 8000, ("price", "lte"): 10_000}),
        ("watches", "from the 1970s under €5.000", {("year", "gte"): 1970, ("year", "lte"): 1979, ("price", "lte"): 5000}),
        ("motorcycles", "nineties or newer", {("year", "gte"): 1990}),
        ("motorcycles", "built before the seventies", {("year", "lte"): 1969}),
        ("motorcycles", "eines aus den Siebzigern", {("year", "gte"): 1970, ("year", "lte"): 1979}),
        ("motorcycles", "une moto des années quatre-vingt", {("year", "gte"): 1980, ("year", "lte"): 1989}),
        ("motorcycles", "una moto de los ochenta", {("year", "gte"): 1980, ("year", "lte"): 1989}),
        ("rvs", "una autocaravana que duerma a cuatro", {("sleeps", "gte"): 4}),
        ("rvs", "schläft 4 Personen", {("sleeps", "gte"): 4}),
        ("cars", "lieber schwarz, gern mit Schiebedach", {}),
        ("cars", "plutôt une berline, si possible bleue", {}),
        ("cars", "mejor un SUV, preferiblemente rojo", {}),
        ("cars", "ich hätte gern einen Kombi", {("body_style", "in"): ["Wagon"]}),
        ("cars", "avoid Nissan and CVTs", {("make", "not_in"): ["Nissan"], ("transmission", "not_in"): ["CVT"]}),
        ("cars", "prefiero un Toyota pero acepto Honda", {}),
        ("cars", "ein SUV, ein Kombi ginge auch", {("body_style", "in"): ["SUV", "Wagon"]}),
        ("homes", "two bedrooms, exactly", {("bedrooms", "eq"): 2}),
        ("homes", "must have 2.5 baths", {("bathrooms", "gte"): 2.5}),
        ("homes", "below three quarters of a million", {("price", "lte"): 750_000}),
        ("wine", "1.5 liter bottles", {("bottle_size", "eq"): 150}),
        ("rvs", "one that runs on gas", {("fuel", "in"): ["Gas"]}),
        ("cars", "I have a 2014 Corolla to trade in and want a third row", {("third_row", "eq"): True}),
        ("cars", "ich gebe meinen Golf in Zahlung und suche einen Kombi", {("body_style", "in"): ["Wagon"]}),
        ("homes", "at least 3 bedrooms but no more than 5", {("bedrooms", "gte"): 3, ("bedrooms", "lte"): 5}),
        ("homes", "2,000+ sq ft", {("living_area", "gte"): 2000}),
        ("cars", "must not have more than 60k miles", {("mileage", "lte"): 60_000}),
        ("cars", "max price nineteen thousand five hundred", {("price", "lte"): 19_500}),
        ("cars", "can you only show 2022s", {("year", "eq"): 2022}),
        ("cars", "up to 26k for the right one but ideally closer to 23", {("price", "lte"): 26_000}),
        ("rvs", "7 m or shorter", {("length", "lte"): 22.9659}),
        ("cars", "Baujahr 2018 oder neuer", {("year", "gte"): 2018}),
        ("cars", "Suche ein Auto für meine Tochter", {}),
        ("cars", "n'importe quelle couleur sauf blanc", {("color_exterior", "not_in"): ["White"]}),
        ("wine", "ein Rosé aus 2020", {("wine_color", "in"): ["Rose"], ("year", "eq"): 2020}),
        ("homes", "three and a half baths", {("bathrooms", "gte"): 3.5}),
        ("homes", "3 beds and half an acre", {("bedrooms", "gte"): 3, ("lot_size", "gte"): 0.5}),
        ("motorcycles", "up to six and a half grand", {("price", "lte"): 6500}),
        ("wine", "twenty a bottle max", {("price", "lte"): 20}),
        ("flats", "in Hamburg oder Bremen, bitte", {("location_city", "in"): ["Hamburg", "Bremen"]}),
    ],
)  # fmt: skip
def test_limits(inventory: str, text: str, expected: dict[tuple[str, str], Any]) -> None:
    assert limits(reading(text, inventory)) == expected


SUV, DEAR = Filter("specs.body_style", "in", ["SUV"]), Filter("price", "lte", 30_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doch lieber ein Kombi", {("price", "lte"): 30_000, ("body_style", "in"): ["Wagon"]}),
        ("finalement plutôt un break", {("price", "lte"): 30_000, ("body_style", "in"): ["Wagon"]}),
        ("mejor un sedán", {("price", "lte"): 30_000, ("body_style", "in"): ["Sedan"]}),
        ("lieber in Blau", {("price", "lte"): 30_000, ("body_style", "in"): ["SUV"]}),
        ("drop the SUV thing, a wagon would be fine too", {("price", "lte"): 30_000}),
        ("a wagon would be fine too", {("price", "lte"): 30_000, ("body_style", "in"): ["SUV", "Wagon"]}),
        ("change the budget from 20 to 25 thousand", {("price", "lte"): 25_000, ("body_style", "in"): ["SUV"]}),
        ("start over", {}),
        ("start again: a sedan in black", {("body_style", "in"): ["Sedan"], ("color_exterior", "in"): ["Black"]}),
        ("fang noch mal von vorne an: ein Kombi bis 20.000", {("body_style", "in"): ["Wagon"], ("price", "lte"): 20_000}),
    ],
)  # fmt: skip
def test_what_is_left_after_a_change_of_mind(text: str, expected: dict[tuple[str, str], Any]) -> None:
    assert limits(reading(text, "cars", DEAR, SUV)) == expected


@pytest.mark.parametrize("text", ["Black", "black please", "in black", "Tudor, black"])
def test_a_bare_color_is_no_part_of_a_model(text: str) -> None:
    """Seven simulated buyers found nothing: their black dial was taken for the model `Black Bay`."""
    goods = vocabulary("watches")
    models = (
        FacetValue(90, "model", "black bay", "Black Bay", 3, None),
        FacetValue(91, "model", "ranger", "Ranger", 2, None),
    )
    goods = replace(goods, facets=(*goods.facets, *models))

    def asked(message: str) -> dict[tuple[str, str], Any]:
        return limits(understand(message, vocabulary=goods, state=State(), settings=Settings(), today=TODAY))

    assert asked(text)["dial_color", "in"] == ["Black"]
    assert ("model", "in") not in asked(text)
    assert asked("a Black Bay")["model", "in"] == ["Black Bay"]


def test_a_correction_replaces() -> None:
    suv = Filter("specs.body_style", "in", ["SUV"])
    assert limits(reading("actually a minivan", "cars", suv)) == {("body_style", "in"): ["Minivan"]}


def test_a_bare_figure_corrects_the_limit_it_is_nearest_to() -> None:
    sleeps, price = Filter("specs.sleeps", "gte", 6), Filter("price", "lte", 50_000)
    assert limits(reading("make it 4 instead", "rvs", sleeps, price))["sleeps", "gte"] == 4
    assert limits(reading("make it 55", "rvs", sleeps, price))["price", "lte"] == 55_000


def test_what_is_also_fine_widens() -> None:
    white = Filter("color_exterior", "in", ["White"])
    found = reading("on second thought black is fine too", "cars", white)
    assert limits(found) == {("color_exterior", "in"): ["White", "Black"]}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("what colors are there?", "color_exterior"),
        ("which body styles do you have?", "specs.body_style"),
        ("do they have sunroofs?", "specs.sunroof"),
        ("how many miles do they have?", "mileage"),
        ("welche Farben gibt es?", "color_exterior"),
        ("quelles sont les couleurs ?", "color_exterior"),
        ("¿qué colores hay?", "color_exterior"),
    ],
)
def test_a_question_about_several_is_a_question(text: str, topic: str) -> None:
    found = reading(text, "cars")
    assert found.topics == (topic,)
    assert not found.filters


def test_which_of_them_asks_for_them() -> None:
    assert limits(reading("which SUVs do you have?", "cars")) == {("body_style", "in"): ["SUV"]}
