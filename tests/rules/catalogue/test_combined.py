"""Cells that hold several things: names of vehicles, places, postal codes; and what a column teaches about them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.catalogue.combined import combined_share, list_separator, place_targets
from backend.domains.catalogue.places import split_place, split_postal_place
from backend.domains.catalogue.vehicles import learn_vehicles, split_vehicle

ALL = ("location_city", "location_region", "location_country")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021 Aston Martin Vantage GT", (2021, "Aston Martin", "Vantage", "GT")),
        (
            "2019 Land Rover Range Rover Sport HSE Dynamic",
            (2019, "Land Rover", "Range Rover Sport", "HSE Dynamic"),
        ),
        ("Peugeot 2008 GT 2021", (2021, "Peugeot", "2008", "GT")),
        ("'69 Chevrolet Camaro SS", (1969, "Chevrolet", "Camaro", "SS")),
        ("Harley-Davidson Road King (2017)", (2017, "Harley-Davidson", "Road King", None)),
        ("Royal Enfield Interceptor", (None, "Royal Enfield", "Interceptor", None)),
        ("2016 RAM 1500 Laramie", (2016, "RAM", "1500", "Laramie")),
        ("MY2023 Rolls-Royce Ghost", (2023, "Rolls-Royce", "Ghost", None)),
        ("1967 Ford Mustang", (1967, "Ford", "Mustang", None)),
        ("2022 Nobodyknows X9", (2022, None, None, None)),
        ("", (None, None, None, None)),
    ],
)
def test_names_of_vehicles(text: str, expected: tuple[object, ...]) -> None:
    found = split_vehicle(text)
    assert found.title == text
    assert (found.year, found.make, found.model, found.trim) == expected


BIKES = Counter(
    f"{2015 + n} {name}"
    for n, name in enumerate(
        f"{make} {model} {trim}".strip()
        for make, models in {
            "Zorp": ("Trail Cat", "Trail Fox"),
            "Ducati": ("Monster", "Scrambler Icon"),
        }.items()
        for model in models
        for trim in ("Nightrun", "Dayrun Two", "")
    )
)


def test_a_column_teaches_unknown_makes_and_where_models_end() -> None:
    learnt = learn_vehicles(BIKES)
    assert learnt["makes"] == ["Zorp"]
    assert {"Trail Cat", "Trail Fox", "Monster", "Scrambler Icon"} <= set(learnt["models"])
    found = split_vehicle("2020 Zorp Trail Fox Dayrun Two", **learnt)
    assert (found.make, found.model, found.trim) == ("Zorp", "Trail Fox", "Dayrun Two")


def test_kinds_of_combined_columns() -> None:
    places = Counter(("Boston, MA", "Tampa FL", "Reno, NV", "Toronto ON"))
    ports = Counter(("Antibes, France", "Split, Kroatien", "Palma – España", "Paris (FR)"))
    towns = Counter(("48143 Münster", "D-80331 München", "1012 AB Amsterdam", "SW1A 1AA London"))
    words = Counter(("Automatic", "Manual", "White Gold", "Hardtop, removable"))
    assert combined_share(BIKES, "vehicle") == 1
    assert combined_share(places, "place") == combined_share(ports, "place") == 1
    assert combined_share(towns, "postal_place") == 1
    assert [combined_share(words, kind) for kind in ("vehicle", "place", "postal_place")] == [0, 0, 0]
    assert place_targets(places) == ALL[:2]
    assert place_targets(ports) == (ALL[0], ALL[2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boston, MA", ("Boston", "MA", None)),
        ("Tampa FL", ("Tampa", "FL", None)),
        ("New York NY", ("New York", "NY", None)),
        ("Antibes, France", ("Antibes", None, "France")),
        ("Paris (FR)", ("Paris", None, "FR")),
        ("Palma – Spanien", ("Palma", None, "Spanien")),
        ("Southampton, United Kingdom", ("Southampton", None, "United Kingdom")),
        ("Austin, TX, USA", ("Austin", "TX", "USA")),
        ("Salt Lake City, UT", ("Salt Lake City", "UT", None)),
        ("Köln", ("Köln", None, None)),
    ],
)
def test_places(text: str, expected: tuple[str | None, ...]) -> None:
    found = split_place(text, ALL)
    assert tuple(found.get(name) for name in ALL) == expected


def test_the_column_says_whether_a_code_is_a_state_or_a_country() -> None:
    assert split_place("Casablanca, MA", ("location_city", "location_country"))["location_country"] == "MA"
    assert split_place("Boston, MA", ("location_city", "location_region"))["location_region"] == "MA"
    assert split_place("Austin, TX, USA", ALL[:2]) == {"location_city": "Austin", "location_region": "TX"}


@pytest.mark.parametrize(
    ("text", "code", "city"),
    [
        ("48143 Münster", "48143", "Münster"),
        ("D-80331 München", "D-80331", "München"),
        ("75008 Paris", "75008", "Paris"),
        ("1012 AB Amsterdam", "1012 AB", "Amsterdam"),
        ("SW1A 1AA London", "SW1A 1AA", "London"),
        ("Köln (50667)", "50667", "Köln"),
        ("Bern", None, "Bern"),
    ],
)
def test_postal_codes(text: str, code: str | None, city: str) -> None:
    found = split_postal_place(text, ("specs.zip", "location_city"))
    assert (found.get("specs.zip"), found["location_city"]) == (code, city)


def test_a_postal_code_behind_a_state() -> None:
    assert split_postal_place("Boston, MA 02108", ("specs.postal_code", *ALL[:2])) == {
        "specs.postal_code": "02108",
        "location_city": "Boston",
        "location_region": "MA",
    }


@given(st.text(max_size=60))
def test_no_text_makes_taking_apart_fail(text: str) -> None:
    split_vehicle(text)
    split_place(text, ALL)
    split_postal_place(text, ("specs.postal_code", *ALL))
    learn_vehicles({text: 1})


def test_what_separates_the_entries_of_lists() -> None:
    options = ("Heat pump", "Tow hitch", "Glass roof", "Navi")
    for separator in (";", "|", ",", "•"):
        cells = Counter(f"{separator} ".join(options[n % 4 :] + options[: n % 3]) for n in range(12))
        assert list_separator(cells) == separator
    assert list_separator(Counter(("Walk to schools, parks and transit.", "Corner lot, must see."))) is None
    assert list_separator(Counter(("Red", "Blue"))) is None
