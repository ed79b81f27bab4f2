"""Three-way merge: what one side did is kept, what both did differently is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.events.merging import ABSENT, Conflict, Merge, merge3
from backend.domains.events.model import pointer
from backend.domains.events.patterns import same
from tests.rules.events.differing import documents, edited

pairs = edited()
triples = pairs.flatmap(
    lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), documents | st.just(pair[1]))
)


@settings(max_examples=150, deadline=None)
@given(pairs)
def test_what_only_one_side_changed_is_taken(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    base, changed = pair
    for found in (merge3(base, base, changed), merge3(base, changed, base), merge3(base, changed, changed)):
        assert same(found.merged, changed)
        assert found.conflicts == ()


@settings(max_examples=150, deadline=None)
@given(triples)
def test_both_ways_round_meet_the_same_conflicts(triple: tuple[Any, Any, Any]) -> None:
    base, ours, theirs = triple
    one, other = merge3(base, ours, theirs), merge3(base, theirs, ours)
    assert {c.path for c in one.conflicts} == {c.path for c in other.conflicts}
    assert all(not same(c.ours, c.theirs) for c in one.conflicts)


@settings(max_examples=150, deadline=None)
@given(triples, st.sampled_from(["ours", "theirs"]))
def test_every_conflict_can_be_settled(triple: tuple[Any, Any, Any], side: str) -> None:
    open_ones = merge3(*triple).conflicts
    one_by_one = merge3(*triple, {pointer(c.path): side for c in open_ones})
    assert one_by_one.conflicts == ()
    assert same(one_by_one.merged, merge3(*triple, {"": side}).merged)


@st.composite
def disjoint(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A document, two sides that touch different places of it, and what has to come of both."""
    names = draw(st.permutations("pqrstu"))
    base: dict[str, Any] = {
        "maps": dict.fromkeys(names, 0),
        "tools": [{"name": name, "limit": 0, "note": "old"} for name in names],
        "words": list(names),
        "more": list(names),
    }
    sides = [deepcopy(base), deepcopy(base)]
    both = deepcopy(base)
    for name in names:
        _change_one(draw, name, sides, both)
    for place in ("tools", "words", "more"):
        reordered, order = draw(st.sampled_from(sides)), draw(st.permutations(names))
        for document in (reordered, both):
            document[place].sort(key=lambda item: order.index(item["name"] if place == "tools" else item))
    return base, sides[0], sides[1], both


def _change_one(draw: st.DrawFn, name: str, sides: list[dict[str, Any]], both: dict[str, Any]) -> None:
    for document in (draw(st.sampled_from(sides)), both):
        document["maps"][name] = 1
    if draw(st.booleans()):
        for document in (draw(st.sampled_from(sides)), both):
            document["words"].remove(name)
    limit, note = draw(st.sampled_from(sides)), draw(st.sampled_from(sides))
    if draw(st.booleans()):
        for document in (limit, both):
            document["tools"] = [tool for tool in document["tools"] if tool["name"] != name]
        return
    for document, member in ((limit, "limit"), (both, "limit"), (note, "note"), (both, "note")):
        next(tool for tool in document["tools"] if tool["name"] == name)[member] = "new"


@settings(max_examples=200, deadline=None)
@given(disjoint())
def test_changes_in_different_places_never_conflict(case: tuple[Any, Any, Any, Any]) -> None:
    base, ours, theirs, both = case
    assert merge3(base, ours, theirs) == Merge(both, (), merge3(base, ours, theirs).applied)
    assert merge3(base, theirs, ours).merged == both


def test_the_same_change_on_both_sides_is_one_change() -> None:
    found = merge3({"a": 1, "l": ["x"]}, {"a": 2, "l": ["x", "y"]}, {"a": 2, "l": ["x", "y"]})
    assert (found.merged, found.conflicts) == ({"a": 2, "l": ["x", "y"]}, ())


def test_a_conflict_names_its_place_and_all_three_values() -> None:
    base = {"conversion": {"hold_minutes": 24, "hold_limit": 2}}
    ours = {"conversion": {"hold_minutes": 30, "hold_limit": 2}}
    theirs = {"conversion": {"hold_minutes": 60, "hold_limit": 3}}
    found = merge3(base, ours, theirs)
    assert found.conflicts == (Conflict(("conversion", "hold_minutes"), 24, 30, 60),)
    assert found.merged == {"conversion": {"hold_minutes": 30, "hold_limit": 3}}
    assert found.applied == (("conversion", "hold_limit"),)
    assert found.conflicts[0].to_json() == {
        "path": "/conversion/hold_minutes", "label": "Hold length", "base": 24, "ours": 30, "theirs": 60,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("resolutions", "value"),
    [
        ({"/conversion/hold_minutes": "theirs"}, 60),
        ({"/conversion/hold_minutes": "ours"}, 30),
        ({"/conversion/hold_minutes": {"value": 45}}, 45),
        ({"/conversion": "theirs"}, 60),
        ({"": "theirs", "/conversion/hold_minutes": "ours"}, 30),
        ({"": "theirs", "/conversion/hold_minutes": {"value": None}}, None),
    ],
)
def test_resolutions_apply(resolutions: dict[str, Any], value: Any) -> None:
    sides = ({"conversion": {"hold_minutes": minutes}} for minutes in (24, 30, 60))
    found = merge3(*sides, resolutions)
    assert (found.merged, found.conflicts) == ({"conversion": {"hold_minutes": value}}, ())


@pytest.mark.parametrize("resolutions", [{"/a": "both"}, {"/a": {}}, {"/b": "ours"}, {"/a/b": "ours"}, {}])
def test_what_settles_nothing_leaves_the_conflict(resolutions: dict[str, Any]) -> None:
    assert [c.path for c in merge3({"a": 1}, {"a": 2}, {"a": 3}, resolutions).conflicts] == [("a",)]


def test_removing_against_changing_is_a_conflict() -> None:
    base = {"tools": [{"name": "search", "limit": 1}, {"name": "compare", "limit": 1}]}
    ours = {"tools": [{"name": "compare", "limit": 1}]}
    theirs = {"tools": [{"name": "search", "limit": 5}, {"name": "compare", "limit": 1}]}
    found = merge3(base, ours, theirs)
    assert [(c.path, c.ours) for c in found.conflicts] == [(("tools", "search"), ABSENT)]
    assert "ours" not in found.conflicts[0].to_json()
    settled = merge3(base, ours, theirs, {"/tools/search": "theirs"})
    assert settled.merged == theirs


def test_elements_meet_by_key_wherever_they_stand() -> None:
    base = {"attributes": [{"name": "range", "unit": "mi"}, {"name": "color", "unit": None}]}
    ours = {"attributes": [{"name": "color", "unit": None}, {"name": "range", "unit": "mi"}]}
    theirs = {
        "attributes": [{"name": "range", "unit": "km"}, {"name": "color", "unit": None}, {"name": "new"}]
    }
    for found in (merge3(base, ours, theirs), merge3(base, theirs, ours)):
        assert found.conflicts == ()
        assert [item["name"] for item in found.merged["attributes"]] == ["color", "new", "range"]
        assert found.merged["attributes"][2]["unit"] == "km"


def test_both_may_add_to_a_list() -> None:
    found = merge3({"l": ["a", "b"]}, {"l": ["a", "mine", "b"]}, {"l": ["a", "b", "yours"]})
    assert (found.merged, found.conflicts) == ({"l": ["a", "mine", "b", "yours"]}, ())
    assert merge3({"l": ["a"]}, {"l": ["a", "x"]}, {"l": ["a", "y"]}).merged == {"l": ["a", "x", "y"]}
    assert merge3({}, {"l": ["x"]}, {"l": ["y"]}).merged == {"l": ["x", "y"]}


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]),  # two orders
        (["a"], ["a", "a"], ["a", "b"]),  # not a set
        ([{"x": 1}], [{"x": 2}], [{"x": 3}]),  # nothing tells elements apart
        (["a"], {"$append": ["b"]}, ["c"]),  # a list against a change of one
    ],
)
def test_lists_that_cannot_be_joined_are_one_conflict(base: Any, ours: Any, theirs: Any) -> None:
    assert [c.path for c in merge3({"l": base}, {"l": ours}, {"l": theirs}).conflicts] == [("l",)]


def test_changes_of_a_lower_layers_list_merge_too() -> None:
    base = {"catalogue": {"attributes": {"$append": [{"name": "range"}]}}}
    ours = {"catalogue": {"attributes": {"$append": [{"name": "range", "unit": "mi"}]}}}
    theirs = {"catalogue": {"attributes": {"$append": [{"name": "range"}], "$remove": ["color"]}}}
    assert merge3(base, ours, theirs).merged == {
        "catalogue": {"attributes": {"$append": [{"name": "range", "unit": "mi"}], "$remove": ["color"]}}
    }


def test_nothing_given_is_changed() -> None:
    sides = [{"l": [1]}, {"l": [1, 2]}, {"l": [1, 3]}]
    before = deepcopy(sides)
    merge3(*sides)
    assert sides == before
