"""A portrait carries limits and never a person; dealers are chosen by how well they fit."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.domains.leads.model import DealerMatch, Understood
from backend.domains.leads.rules import PRIVATE_FIELDS, choose_dealers, portrait

LABELS = {"price": "Price", "color_exterior": "Color", "location_city": "City"}
KNOWN = {"color_exterior": {"white", "grey"}, "location_city": {"portland"}}


def shown(field: str, op: str, value: object, **more: object) -> list[dict[str, str]]:
    item = {"field": field, "op": op, "value": value, **more}
    return portrait(Understood([item], [], LABELS, KNOWN))["wishes"]


def test_limits_are_rounded_to_two_digits() -> None:
    assert shown("price", "lte", 38_990) == [{"label": "Price", "text": "up to 39,000"}]
    assert shown("price", "between", [21_500, 38_990]) == [{"label": "Price", "text": "22,000 to 39,000"}]
    assert shown("year", "gte", 2021) == [{"label": "year", "text": "from 2021"}]


def test_only_values_the_inventory_knows_are_named() -> None:
    assert shown("color_exterior", "in", ["White", "call 555-0100"]) == [{"label": "Color", "text": "White"}]
    assert shown("color_exterior", "in", ["Robin Sample"]) == []
    assert shown("color_exterior", "not_in", ["Grey"]) == [{"label": "Color", "text": "not Grey"}]


def test_places_numbers_and_defaults_stay_out() -> None:
    assert shown("location_city", "in", ["Portland"]) == []
    assert shown("identifier", "eq", "MPXS5RNDL7C1WESHK") == []
    assert shown("price", "lte", 40_000, default=True) == []


@given(st.sampled_from([*sorted(PRIVATE_FIELDS), "color_exterior", "remarks"]), st.text(min_size=1))
def test_free_text_never_gets_through(field: str, text: str) -> None:
    for wish in shown(field, "in", [text]):
        assert wish["text"].casefold() in KNOWN["color_exterior"]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 50)), max_size=30), st.integers(1, 8))
def test_chosen_dealers_fit_and_are_the_best(rows: list[tuple[float, int]], most: int) -> None:
    matches = [DealerMatch(UUID(int=at), alignment, count) for at, (alignment, count) in enumerate(rows)]
    chosen = choose_dealers(matches, alignment_min=0.65, most=most)
    assert len(chosen) <= most
    assert all(match.alignment >= 0.65 and match.matching_listings > 0 for match in chosen)
    left_out = [m for m in matches if m not in chosen and m.alignment >= 0.65 and m.matching_listings > 0]
    if chosen and left_out:
        assert min(m.alignment for m in chosen) >= max(m.alignment for m in left_out)
