"""Sentences that were once read wrongly, each with what it means."""

from __future__ import annotations

from typing import Any

import pytest

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
        ("flats", "in Hamburg oder Bremen, bitte", {("location_city", "in"): ["Hamburg", "Bremen"]}),
    ],
)  # fmt: skip
def test_limits(inventory: str, text: str, expected: dict[tuple[str, str], Any]) -> None:
    assert limits(reading(text, inventory)) == expected


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
