"""The next list of a seller against the last: what was renamed, added, taken away, and what means something else now."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.blueprints import drift
from backend.domains.blueprints.drift import DriftKind, asked_about, closest, compare, likeness, shape_of


def column(key: str, values: dict[str, int], targets: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    shapes: dict[str, int] = {}
    for value, count in values.items():
        shapes[shape_of(value)] = shapes.get(shape_of(value), 0) + count
    return {
        "key": key, "targets": list(targets), "left": None, "type": "text", "unit": None, "filled": sum(values.values()),
        "distinct": len(values), "is_whole": True, "values": [[v, n] for v, n in values.items()],
        "shapes": [[s, n] for s, n in shapes.items()], "quantiles": [], **more,
    }  # fmt: skip


def numbers(low: float, high: float) -> dict[str, Any]:
    return {"type": "number", "quantiles": [low + (high - low) * at / 10 for at in range(11)]}


def profile(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "file": "a.csv",
        "rows": 60,
        "currency": "EUR",
        "mileage_unit": "km",
        "dates": "dmy",
        "columns": list(columns),
        **more,
    }


BRAND = column("Brand", {"Harmon": 30, "Vellner": 20, "Ostra": 10}, ("make",), type="enum")
NUMBER = column("Stock No", {f"P-{n:03}": 1 for n in range(60)}, ("external_id",))
PRICE = column("Price", {str(n): 1 for n in range(40)}, ("price",), **numbers(5_000, 20_000))
OLD = profile(BRAND, NUMBER, PRICE)


def kinds(before: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(one.kind), one.field) for one in compare(before, now)]


def test_the_same_list_again_is_asked_nothing() -> None:
    other_numbers = {**NUMBER, "values": [[f"P-{n:03}", 1] for n in range(60, 120)]}
    assert kinds(OLD, profile(BRAND, other_numbers, PRICE)) == []


def test_a_column_under_another_name_is_known_by_its_values() -> None:
    renamed = profile({**BRAND, "key": "Maker"}, {**NUMBER, "key": "Ref"}, PRICE)
    assert kinds(OLD, renamed) == [("renamed", "Maker"), ("renamed", "Ref")]
    (first, _) = compare(OLD, renamed)
    assert (first.before, first.after) == ("Brand", "Maker")
    assert first.text == "“Brand” seems to be called “Maker” now."


def test_numbers_are_known_by_their_spread() -> None:
    near = column("Ask", {"9000": 40}, **numbers(5_200, 21_000))
    far = column("Year", {"1999": 40}, **numbers(1960, 2024))
    assert kinds(OLD, profile(BRAND, NUMBER, near)) == [("renamed", "Ask")]
    assert sorted(kinds(OLD, profile(BRAND, NUMBER, far))) == [("added", "Year"), ("gone", "Price")]


def test_what_came_and_what_went() -> None:
    keys = column("Keys", {"88": 60})
    assert sorted(kinds(OLD, profile(BRAND, NUMBER, keys))) == [("added", "Keys"), ("gone", "Price")]
    gone = next(one for one in compare(OLD, profile(BRAND, NUMBER, keys)) if one.kind is DriftKind.GONE)
    assert gone.text == "“Price”, which was price, is no longer there."


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (profile(BRAND, NUMBER, PRICE, currency="USD"), [("currency", "")]),
        (profile(BRAND, NUMBER, PRICE, dates="mdy"), [("dates", "")]),
        (profile(BRAND, NUMBER, PRICE, rejected=0.1), [("rejects", "")]),
        (profile(BRAND, NUMBER, {**PRICE, "type": "text"}), [("type", "Price")]),
        (profile(BRAND, NUMBER, {**PRICE, "type": "integer"}), []),
        (profile({**BRAND, "values": [["Harmon", 30], ["Zell", 20]]}, NUMBER, PRICE), [("values", "Brand")]),
        (profile({**BRAND, "values": [["harmon", 30], ["Zell", 1]]}, NUMBER, PRICE), []),
    ],
)
def test_what_means_something_else_now(now: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert kinds(OLD, now) == expected


def test_units_that_changed_are_told_and_unknown_ones_are_not() -> None:
    before = profile({**PRICE, "key": "Length", "unit": "ft"}, BRAND)
    assert kinds(before, profile({**PRICE, "key": "Length", "unit": "m"}, BRAND)) == [("unit", "Length")]
    assert kinds(before, profile({**PRICE, "key": "Length", "unit": None}, BRAND)) == []


def test_only_what_changed_is_asked() -> None:
    now = profile({**BRAND, "key": "Maker", "values": BRAND["values"]}, NUMBER, column("Keys", {"88": 60}))
    assert asked_about([one.to_json() for one in compare(OLD, now)]) == {"Maker", "Keys"}


def test_the_list_is_the_one_that_shares_its_headers() -> None:
    boats = profile(column("Length", {"3": 1}), column("Beam", {"1": 1}), column("Brand", {"x": 1}))
    assert closest([boats, OLD], profile(BRAND, NUMBER)) is OLD
    assert closest([boats], profile(NUMBER, PRICE)) is None
    assert closest([], OLD) is None


texts = st.dictionaries(st.text(max_size=6), st.integers(1, 50), max_size=8)


@given(texts, texts)
def test_likeness_is_a_share_and_whole_for_the_same(one: dict[str, int], other: dict[str, int]) -> None:
    first, second = column("a", one), column("b", other)
    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, second) == pytest.approx(likeness(second, first))
    if one:
        assert likeness(first, column("c", one)) == pytest.approx(1)


@given(st.lists(texts, max_size=5), st.lists(texts, max_size=5))
def test_a_list_against_itself_never_differs_and_any_two_compare(before: list[Any], now: list[Any]) -> None:
    one, two = (
        profile(*[column(f"C{at}", values) for at, values in enumerate(each)]) for each in (before, now)
    )
    assert drift.compare(one, one) == ()
    assert all(change.text for change in drift.compare(one, two))
