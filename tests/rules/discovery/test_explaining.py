"""What a score is made of, in which order tiles stand, and the one sentence that says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.catalogue.model import Hit
from backend.domains.catalogue.service import Index, Share
from backend.domains.catalogue.share import SLOTS
from backend.domains.discovery import explaining, ranking, spreading
from backend.domains.discovery.explaining import Best
from backend.domains.discovery.model import Filter
from tests.rules.discovery.test_answering import SAID, hit, listing, scene
from tests.rules.discovery.vocabularies import CAR_WORDS

INDEX = Index(CAR_WORDS)
parts = st.floats(-0.1, 0.6)


@given(parts, parts, parts, parts)
def test_the_parts_of_a_score_sum_to_it_exactly(a: float, b: float, c: float, d: float) -> None:
    found = ranking.points(Hit(1, a + b + c + d, a, b, c, d))
    total = sum(found.values())
    assert abs(total - 100 * (a + b + c + d)) <= 0.2501
    assert (2 * total).is_integer()
    for exact, shown in zip((a, b, c, d), found.values(), strict=True):
        assert abs(shown - 100 * exact) < 0.5 + 1e-9


def test_what_a_tile_was_put_behind_by_is_no_part_of_its_score() -> None:
    tile = ranking.tiles(scene(), [replace(hit(1, 0.4), diversity=-0.03)], {1: listing()})[0]
    assert (tile.score, tile.diversity) == (40.0, -3.0)


# --- the order ---------------------------------------------------------------------------------------------


def share(rows: list[tuple[str, str, float]]) -> Share:
    """Rows of model, color and price."""
    bits = np.zeros((len(rows), 256), np.bool_)
    price = np.array([row[2] for row in rows], np.float32)
    for at, (model, color, _) in enumerate(rows):
        for field, value in (("model", model), ("color_exterior", color)):
            bit = next(f.bit for f in INDEX.values[field] if f.display == value)
            assert bit is not None
            bits[at, bit] = True
    empty = np.full(len(rows), np.nan, np.float32)
    return Share(len(rows), bits, {slot: price if slot == "price" else empty for slot in SLOTS})


def test_fifty_equal_cars_at_the_top_leave_room_for_others() -> None:
    rows = [("Model 3", "White", 30_000.0)] * 50 + [
        ("Ioniq 5", "Blue", 28_000.0),
        ("Model Y", "Red", 41_000.0),
    ] * 5
    hits = [hit(n, 0.6 - n / 100_000) for n in range(50)] + [hit(n, 0.57 - n / 10_000) for n in range(50, 60)]
    chosen = [h.listing_id for h in spreading.diversified(hits, share(rows), INDEX, 12)]
    assert chosen[0] == 0
    assert len([n for n in chosen if n >= 50]) >= 4
    assert len({rows[n] for n in chosen}) == 3
    assert chosen == [h.listing_id for h in spreading.diversified(hits, share(rows), INDEX, 12)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Model 3", "Model Y", "Ioniq 5"]),
            st.sampled_from(["White", "Blue"]),
            st.sampled_from([20_000.0, 30_000.0, float("nan")]),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=25,
    ),
    st.integers(1, 30),
)
def test_the_best_stays_first_and_nothing_is_invented(
    rows: list[tuple[str, str, float, float]], limit: int
) -> None:
    hits = sorted((hit(n, row[3]) for n, row in enumerate(rows)), key=lambda h: (-h.score, h.listing_id))
    chosen = spreading.diversified(hits, share([row[:3] for row in rows]), INDEX, limit)
    assert chosen[0] == replace(hits[0], diversity=chosen[0].diversity)
    assert chosen[0].diversity == 0
    assert len(chosen) == min(limit, len(hits))
    assert {h.listing_id for h in chosen} <= {h.listing_id for h in hits}
    assert len({h.listing_id for h in chosen}) == len(chosen)
    assert all(h.diversity <= 0 for h in chosen)


# --- the sentence ------------------------------------------------------------------------------------------

WHITE = Filter("color_exterior", "in", ["White", "Gray"])
BUDGET = Filter("price", "lte", 40_000)


@pytest.mark.parametrize(
    ("filters", "values", "best", "said"),
    [
        (SAID, {}, (), "Fits your budget with $3,200 to spare and meets all 3 of your other wishes."),
        (SAID, {"color_exterior": "Red"}, (), "Fits your budget with $3,200 to spare, differs in exterior color (Red) "
         "and meets 2 of your 3 other wishes."),
        (SAID, {"mileage": None}, (), "Fits your budget with $3,200 to spare, does not state its mileage and meets 2 of "
         "your 3 other wishes."),
        ((Filter("price", "gte", 20_000), BUDGET), {}, (), "Fits your budget with $3,200 to spare."),
        ((BUDGET,), {"price_minor": None}, (), "Has its price on request."),
        ((BUDGET,), {"price_minor": 3_990_000}, (Best("mileage", 3),),
         "Fits your budget and has the lowest mileage of the 3 shown."),
        ((Filter("price", "lte", 35_000),), {}, (), "Is $1,800 more than your budget."),
        ((WHITE,), {}, (Best("year", 4),), 
         "Matches your exterior color (White) and is the newest of the 4 shown."),
        ((Filter("specs.heat_pump", "eq", True),), {}, (), "Has heat pump."),
        ((Filter("mileage", "lte", 20_000),), {}, (), "Keeps to your limit for mileage (18,200 mi)."),
        ((BUDGET, Filter("year", "gte", 2023, default=True)), {}, (),
         "Fits your budget with $3,200 to spare and differs in year (2022)."),
        ((), {}, (), "Is one of 3 here: Long Range AWD."),
        ((), {"color_exterior": None, "trim": None, "model": None, "make": None}, (), "Costs $36,800."),
    ],
)  # fmt: skip
def test_why_says_only_what_can_be_recounted(
    filters: tuple[Filter, ...], values: dict[str, object], best: tuple[Best, ...], said: str
) -> None:
    assert explaining.why(scene(*filters), listing(**values), best) == said


def test_the_last_white_one_is_called_that() -> None:
    facets = tuple(replace(f, n=1) if f.value == "white" else f for f in CAR_WORDS.facets)
    once = replace(scene(BUDGET), vocabulary=replace(CAR_WORDS, facets=facets))
    assert explaining.why(once, listing()) == (
        "Fits your budget with $3,200 to spare and is the only White one here."
    )
