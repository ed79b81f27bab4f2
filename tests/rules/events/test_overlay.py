"""What of a newer version reaches a conversation that keeps an older one."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.settings import PROJECT
from backend.domains.events import overlay, schema
from backend.domains.events.model import Document, Source
from backend.domains.events.overlay import effective, shared, with_kills
from backend.domains.events.patterns import rule_for
from backend.domains.events.service import check, document_for, shipped_templates

EVENT = PROJECT / "seeds" / "tesla_q1_2026" / "event.yaml"
#: Every place of a document that is not inside a list.
PLACES = [tuple(map(str, path)) for path, _ in schema.leaves() if "*" not in path]
REACHING = {place for place in PLACES if rule_for(place).reload in {"live", "kill"}}
MISSING = object()


def compiled() -> dict[str, Any]:
    found = check(Source(EVENT.read_text("utf-8"), "event.yaml"), shipped_templates()).compiled
    assert found is not None
    return dict(found.document)


def put(document: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    for step in place[:-1]:
        document = document.setdefault(step, {})
    document[place[-1]] = value
    return document


def found(document: Any, place: tuple[str, ...]) -> Any:
    for step in place:
        if not isinstance(document, dict) or step not in document:
            return MISSING
        document = document[step]
    return document


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Any values at any places: the overlay asks for no valid document."""
    values = st.one_of(st.integers(0, 3), st.booleans(), st.none(), st.lists(st.integers(0, 2), max_size=2))
    return st.dictionaries(st.sampled_from(PLACES), values, max_size=40).map(_grown)


def _grown(values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for place, value in values.items():
        put(document, place, value)
    return document


def test_there_are_paths_of_every_class() -> None:
    assert {rule_for(place).reload for place in PLACES} == {"pinned", "live", "kill"}
    assert ("safety", "ai_off") in REACHING
    assert ("conversion", "hold_minutes") in REACHING
    assert ("persona", "name") not in REACHING


@given(documents(), documents())
def test_live_and_kill_paths_are_the_newest_and_all_others_stay(
    pinned: dict[str, Any], newest: dict[str, Any]
) -> None:
    before = (deepcopy(pinned), deepcopy(newest))
    result = effective(pinned, newest)
    assert (pinned, newest) == before
    for place in PLACES:
        assert found(result, place) == found(newest if place in REACHING else pinned, place), place
    again = effective(result, newest)
    assert again is result


@given(documents(), documents())
def test_kill_paths_hold_whatever_is_laid_over(changed: dict[str, Any], document: dict[str, Any]) -> None:
    result = with_kills(changed, document)
    for place in PLACES:
        kept = document if rule_for(place).reload == "kill" else changed
        assert found(result, place) == found(kept, place), place


@given(documents())
def test_equal_documents_are_one(document: dict[str, Any]) -> None:
    assert effective(document, deepcopy(document)) is document
    assert shared(deepcopy(document), document) is document


@given(documents(), documents())
def test_shared_is_equal_to_the_newer_one(newer: dict[str, Any], older: dict[str, Any]) -> None:
    result = shared(newer, older)
    assert json.dumps(result) == json.dumps(newer)
    for name in newer.keys() & older.keys():
        if json.dumps(newer[name], sort_keys=True) == json.dumps(older[name], sort_keys=True):
            assert result is older or result[name] is older[name]


def test_what_is_untouched_is_not_copied() -> None:
    pinned, newest = compiled(), compiled()
    put(newest, ("conversion", "hold_minutes"), 5)
    put(newest, ("persona", "name"), "Somebody Else")
    result = effective(pinned, newest)
    assert result["conversion"]["hold_minutes"] == 5
    assert result["persona"] is pinned["persona"]
    assert result["catalogue"] is pinned["catalogue"]
    assert pinned["conversion"]["hold_minutes"] != 5


def test_a_flag_of_an_authors_own_is_live() -> None:
    result = effective({"flags": {"old": True}}, {"flags": {"new": True}})
    assert result == {"flags": {"new": True}}


LISTS: dict[str, Any] = {
    "properties": {
        "tools": {
            "items": {
                "properties": {
                    "name": {"type": "string"},
                    "prompt": {"type": "string"},
                    "is_off": {"type": "boolean", "x-reload": "kill"},
                    "limit": {"type": "integer", "x-reload": "live"},
                }
            }
        },
        "drops": {
            "x-reload": "live",
            "items": {"properties": {"at": {"type": "string"}, "title": {"x-reload": "pinned"}}},
        },
        "map": {
            "properties": {"kept": {"x-reload": "pinned"}},
            "additionalProperties": {"x-reload": "live"},
        },
    }
}


@pytest.fixture
def _lists(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(schema, "resolved", lambda: LISTS)
    overlay.tree.cache_clear()
    yield
    overlay.tree.cache_clear()


@pytest.mark.usefixtures("_lists")
def test_a_pinned_list_keeps_its_elements_and_takes_their_live_members() -> None:
    pinned = {"tools": [{"name": "a", "prompt": "old", "is_off": False}, {"name": "b", "prompt": "old"}]}
    newest = {
        "tools": [
            {"name": "c", "is_off": True},
            {"name": "b", "prompt": "new", "limit": 3},
            {"name": "a", "prompt": "new", "is_off": True},
        ]
    }
    result = effective(pinned, newest)
    assert result["tools"] == [
        {"name": "a", "prompt": "old", "is_off": True},
        {"name": "b", "prompt": "old", "limit": 3},
    ]


@pytest.mark.usefixtures("_lists")
def test_a_live_list_comes_as_a_whole() -> None:
    pinned = {"drops": [{"at": "1", "title": "old"}]}
    newest = {"drops": [{"at": "2", "title": "new"}, {"at": "1", "title": "newer"}]}
    assert effective(pinned, newest) == newest


@pytest.mark.usefixtures("_lists")
def test_a_named_member_keeps_its_class_beside_free_ones() -> None:
    result = effective({"map": {"kept": 1, "gone": 1}}, {"map": {"kept": 2, "came": 2}})
    assert result == {"map": {"kept": 1, "came": 2}}


def with_arm(patch: dict[str, Any]) -> Document:
    document = compiled()
    arms = [{"key": "a", "title": "", "weight": 1.0, "patch": patch}]
    return document | {"experiments": [{"key": "x", "title": "", "arms": arms}]}


def test_an_arm_never_turns_a_kill_switch_back() -> None:
    document = with_arm({"safety": {"ai_off": False}, "persona": {"name": "Arm"}})
    document = effective(document, put_in(compiled(), ("safety", "ai_off"), True))
    result = document_for(document, {"x": "a"})
    assert result["persona"]["name"] == "Arm"
    assert result["safety"]["ai_off"] is True


def put_in(document: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    put(document, place, value)
    return document


def test_it_costs_less_than_a_millisecond() -> None:
    pinned, newest = compiled(), compiled()
    put(newest, ("conversion", "hold_minutes"), 5)
    effective(pinned, newest)
    times: list[float] = []
    for _ in range(20):
        begun = time.perf_counter()
        effective(pinned, newest)
        times.append(time.perf_counter() - begun)
    assert min(times) < 1e-3
