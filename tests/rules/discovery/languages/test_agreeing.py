"""Two readings made one: what is kept, taken, dropped and asked; and what must hold whatever a model answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.discovery.model import Filter, Settings, State
from backend.domains.discovery.signals import Agreed, agree, reading_schema, understand
from tests.rules.discovery.languages.held_out import TODAY, cases, vocabulary

CARS = vocabulary("cars")


def agreed(message: str, *filters: Mapping[str, Any], state: State | None = None, **answer: Any) -> Agreed:
    state, options = state or State(), Settings()
    ours = understand(message, vocabulary=CARS, state=state, settings=options, today=TODAY)
    return agree(
        message,
        ours,
        {"filters": list(filters), **answer},
        vocabulary=CARS,
        state=state,
        settings=options,
        today=TODAY,
    )


def limit(field: str, op: str, value: Any, *, soft: bool = False, unit: str | None = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value, "soft": soft, "words": "", "unit": unit}


def musts(found: Agreed) -> dict[tuple[str, str], Any]:
    return {(f.field, f.op): f.value for f in found.understanding.filters if f.group == "must"}


def test_what_both_say_holds() -> None:
    found = agreed(
        "an SUV under 30k", limit("price", "lte", 30_000), limit("specs.body_style", "in", ["suv"])
    )
    assert musts(found) == {("price", "lte"): 30_000, ("specs.body_style", "in"): ["SUV"]}
    assert not found.disagreements


def test_a_figure_that_stands_in_the_message_is_taken() -> None:
    found = agreed("the odometer: 40,000, not a mile beyond", limit("mileage", "lte", 40_000, unit="miles"))
    assert musts(found)["mileage", "lte"] == 40_000
    assert not found.disagreements
    kinds = {s.type: s for s in found.understanding.signals}
    assert kinds["MILEAGE_CAP"].value["max"] == 40_000


@pytest.mark.parametrize(
    ("message", "invented"),
    [
        ("something cheap", limit("price", "lte", 10_000)),
        ("a nice car", limit("specs.body_style", "in", ["SUV"])),
        ("good for winter", limit("specs.heated_seats", "eq", True)),
        ("from 2015", limit("year", "gte", 2018)),
        ("I live at 12 Main Street", limit("price", "lte", 99_000)),
    ],
)
def test_a_limit_that_does_not_stand_in_the_message_is_dropped(
    message: str, invented: Mapping[str, Any]
) -> None:
    without = agreed(message)
    assert musts(agreed(message, invented)) == musts(without)


def test_two_figures_for_one_limit_are_asked_about_and_neither_holds() -> None:
    state = State(filters=(Filter("price", "lte", 30_000),))
    found = agreed("under 25k, I paid 35k last time", limit("price", "lte", 35_000), state=state)
    assert [(d.field, d.ours[0].value, d.theirs[0].value) for d in found.disagreements] == [
        ("price", 25_000, 35_000)
    ]
    assert musts(found) == {("price", "lte"): 30_000}
    assert "BUDGET_RANGE" not in {s.type for s in found.understanding.signals}


def test_a_model_loosens_no_limit_of_an_earlier_turn() -> None:
    state = State(filters=(Filter("price", "lte", 30_000),))
    found = agreed("my neighbor paid 45,000 for his", limit("price", "lte", 45_000), state=state)
    assert musts(found) == {("price", "lte"): 30_000}


def test_a_removal_only_the_model_sees_is_asked_about() -> None:
    state = State(filters=(Filter("specs.sunroof", "eq", True),))
    found = agreed("the sunroof, well, hmm", removed=["specs.sunroof"], state=state)
    assert musts(found) == {("specs.sunroof", "eq"): True}
    assert [d.field for d in found.disagreements] == ["specs.sunroof"]


def test_a_soft_signal_of_the_model_is_taken_with_less_confidence() -> None:
    found = agreed(
        "schlepping cellos to gigs", signals=[{"type": "USE_CASE", "entries": ["work", "nonsense"]}]
    )
    signal = next(s for s in found.understanding.signals if s.type == "USE_CASE")
    assert signal.value == {"tags": ["work"]}
    assert signal.confidence <= 0.5


def test_units_of_the_buyer_are_converted() -> None:
    found = agreed("50.000 km, das reicht", limit("mileage", "lte", 50_000, unit="km"))
    assert musts(found)["mileage", "lte"] == pytest.approx(31_068.6, rel=0.001)  # 50,000 / 1.609344


def objects(schema: object) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [o for entry in cast(list[Any], schema) for o in objects(entry)]
    if not isinstance(schema, dict):
        return []
    here = cast(dict[str, Any], schema)
    below = [o for entry in here.values() for o in objects(entry)]
    return [here, *below] if here.get("type") == "object" else below


@pytest.mark.parametrize("name", ["cars", "horses", "art"])
def test_the_schema_is_strict(name: str) -> None:
    found = objects(reading_schema(vocabulary(name)))
    assert len(found) > 5
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
    fields = {a.name for a in vocabulary(name).attributes}
    limits = reading_schema(vocabulary(name))["properties"]["filters"]["items"]["anyOf"]
    assert {f for form in limits for f in form["properties"]["field"]["enum"]} == fields


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [a.name for a in CARS.attributes]
LIMITS = st.fixed_dictionaries(
    {
        "field": st.sampled_from([*FIELDS, "unknown"]),
        "op": st.sampled_from(["lte", "gte", "eq", "in", "not_in", "between"]),
        "value": st.integers(-5, 10**13)
        | st.floats()
        | st.booleans()
        | st.lists(st.sampled_from(["SUV", "red", "Jeep", ""]), max_size=3),
        "unit": st.none() | st.sampled_from(["km", "mi", "parsec", ""]),
        "soft": st.booleans(),
        "words": st.text(max_size=5),
    }
)
MESSAGES = st.sampled_from([c.text for c in cases() if c.inventory == "cars"]) | st.text(max_size=60)


@settings(max_examples=150, deadline=None)
@given(
    MESSAGES, ANY_JSON | st.fixed_dictionaries({"filters": st.lists(LIMITS, max_size=4), "removed": ANY_JSON})
)
def test_no_answer_breaks_it_and_none_invents_a_limit(message: str, answer: Any) -> None:
    options, state = Settings(), State(filters=(Filter("price", "lte", 30_000),))
    ours = understand(message, vocabulary=CARS, state=state, settings=options, today=TODAY)
    found = agree(message, ours, answer, vocabulary=CARS, state=state, settings=options, today=TODAY)
    fields = {a.name for a in CARS.attributes} | {"geo"}
    assert {f.field for f in found.understanding.filters} <= fields
    for dispute in found.disagreements:
        if dispute.theirs:
            now = [f for f in found.understanding.filters if f.field == dispute.field]
            assert now == [f for f in state.filters if f.field == dispute.field]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(
        ["a nice car", "etwas Schönes", "une belle voiture", "algo bonito", "price, mileage, year?"]
    ),
    st.lists(LIMITS, max_size=4),
)
def test_without_a_figure_there_is_no_limit_of_figures(message: str, answer: list[dict[str, Any]]) -> None:
    found = {field for field, _ in musts(agreed(message, *answer))}
    assert not found & {"price", "year", "mileage"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([c for c in cases() if c.inventory == "cars"]))
def test_an_answer_that_says_the_same_changes_nothing(case: Any) -> None:
    options, state = Settings(), State(filters=case.before)
    ours = understand(case.text, vocabulary=CARS, state=state, settings=options, today=TODAY)
    same = [
        limit(f.field, f.op, f.value, soft=f.group == "nice")
        for f in ours.added
        if f.op in ("lte", "gte", "eq", "in", "not_in")
    ]
    found = agree(
        case.text, ours, {"filters": same}, vocabulary=CARS, state=state, settings=options, today=TODAY
    )
    assert not found.disagreements
    assert musts(found) == {(f.field, f.op): f.value for f in ours.filters if f.group == "must"}
