"""Wishes against a listing that is shown become limits; figures and questions do not."""

from __future__ import annotations

import pytest

from backend.domains.discovery import relative
from backend.domains.discovery.model import Filter, State, Understanding
from tests.rules.discovery.test_answering import listing
from tests.rules.discovery.test_asking import INDEX

SHOWN = [
    listing(1, title="2022 Tesla Model 3"),
    listing(2, title="2021 Ford Mustang", price_minor=2_500_000, mileage=40_000),
    listing(3, title="2023 Hyundai Ioniq 5"),
]


@pytest.mark.parametrize(
    ("message", "than"),
    [
        ("something cheaper", ("cheaper",)),
        ("anything newer with fewer miles?", ("newer", "fewer_miles")),
        ("cheaper than the second one", ("cheaper",)),
        ("etwas Günstigeres als der zweite", ("cheaper",)),
        ("quelque chose de moins cher", ("cheaper",)),
        ("more range than this one", ("more:specs.range",)),
        ("more range", ()),
        ("cheaper than $30,000", ()),
        ("newer than 2021", ()),
        ("which one is cheaper?", ()),
        ("nothing older", ()),
        ("a white one", ()),
        ("too expensive", ("cheaper",)),
        ("That's too much!", ("cheaper",)),
        ("way too much for me", ("cheaper",)),
        ("the second one is too pricey", ("cheaper",)),
        ("zu teuer", ("cheaper",)),
        ("Das ist mir zu viel.", ("cheaper",)),
        ("trop cher", ("cheaper",)),
        ("c'est trop pour moi", ("cheaper",)),
        ("demasiado caro", ("cheaper",)),
        ("es demasiado para mí", ("cheaper",)),
        ("too expensive, show me something cheaper", ("cheaper",)),
        ("No, that's too expensive", ("cheaper",)),
        ("no, es muy caro", ("cheaper",)),
        ("too much mileage", ()),
        ("zu viele Kilometer", ()),
        ("trop de kilomètres", ()),
        ("not too expensive", ()),
        ("is that too expensive?", ()),
        ("40,000 is too expensive", ()),
    ],
)
def test_what_is_wished_against_one_that_is_shown(message: str, than: tuple[str, ...]) -> None:
    assert relative.than_of(message, INDEX.attributes) == than


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("cheaper", 1),
        ("cheaper than the first", 1),
        ("cheaper than the second one", 2),
        ("cheaper than the Mustang", 2),
        ("newer than the ioniq 5", 3),
        ("cheaper than that", 1),
        ("too expensive", 1),
        ("the second one is too expensive", 2),
        ("der zweite ist zu teuer", 2),
        ("the ioniq is too expensive", 3),
    ],
)
def test_the_one_that_is_meant(message: str, number: int) -> None:
    assert relative.meant(message, SHOWN).id == number


def test_a_name_to_be_cheaper_than_is_no_wish_for_that_name() -> None:
    before = State(
        filters=(Filter("make", "in", ["Tesla"], turn=1), Filter("price", "lte", 24_000, turn=1)), turn=1
    )
    misread = Filter("make", "in", ["Ford"], turn=2)
    read = Understanding((), (misread, before.filters[1]), added=(misread,))
    said = "cheaper and newer than the Ford"
    read, state = relative.against(
        read, State(filters=read.filters, turn=2), before, said, SHOWN[1], ("cheaper", "newer")
    )
    assert {(f.field, f.op, str(f.value)) for f in state.filters} == {
        ("make", "in", "['Tesla']"),
        ("price", "lte", "24000"),  # what was said before asks for more
        ("year", "gte", "2023"),
    }
    assert read.filters == state.filters


def test_what_is_not_stated_sets_no_limit() -> None:
    nothing = Understanding((), ())
    read, state = relative.against(
        nothing, State(), State(), "cheaper", listing(1, price_minor=None), ("cheaper",)
    )
    assert (read, state) == (nothing, State())
