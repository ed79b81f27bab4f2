"""`extends`: what is laid over what, and who set it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.events.layers import LONGEST_CHAIN, follow, merge
from backend.domains.events.model import Source
from backend.domains.events.templates import Folder
from tests.rules.events.support import Shelf, compiled, only_problem

BASE = "id: base\npersona: {name: Base, style: {tone: calm_expert}}\nui_contract: {actions: [One, Two]}\n"


def test_maps_merge_and_lists_replace() -> None:
    found = compiled(
        "extends: base\nid: top\npersona: {name: Top}\nui_contract: {actions: [Three]}\n", base=BASE
    )
    assert found.compiled is not None
    document = found.compiled.document
    assert document["persona"]["name"] == "Top"
    assert document["persona"]["style"]["tone"] == "calm_expert"
    assert document["ui_contract"]["actions"] == ["Three"]
    assert document["id"] == "top"
    assert "extends" not in document
    assert found.compiled.layers == ("base",)


def test_a_chain_is_followed_to_its_end() -> None:
    found = compiled(
        "extends: middle\nid: top\n", middle="extends: base\nid: middle\npersona: {name: Middle}\n", base=BASE
    )
    assert found.compiled is not None
    assert found.compiled.document["persona"]["name"] == "Middle"
    assert found.compiled.layers == ("middle", "base")


def test_a_problem_is_placed_in_the_layer_that_wrote_it() -> None:
    problem = only_problem("extends: base\nid: top\n", base="id: base\nconversion:\n  hold_minutes: soon\n")
    assert (problem.file, problem.line, problem.path) == ("base.yaml", 3, "/conversion/hold_minutes")


def test_the_uppermost_layer_that_has_a_value_answers_for_it() -> None:
    layers = follow(
        Source("extends: base\nid: top\npersona: {name: Top}\n", "top.yaml"), Shelf({"base": BASE})
    )
    assert layers.origin(("persona", "name")).file == "top.yaml"
    assert layers.origin(("persona", "style", "tone")).file == "base.yaml"
    assert layers.origin(("nowhere",)).file == "top.yaml"


@pytest.mark.parametrize(
    ("text", "others", "code"),
    [
        ("extends: basee\nid: top\n", {"base": BASE}, "no_such_template"),
        ("extends: [base]\nid: top\n", {"base": BASE}, "wrong_type"),
        (
            "extends: one\nid: top\n",
            {"one": "extends: two\nid: one\n", "two": "extends: one\nid: two\n"},
            "cycle",
        ),
        ("extends: one\nid: top\n", {"one": "extends: one\nid: one\n"}, "cycle"),
        (
            "extends: t0\nid: top\n",
            {f"t{n}": f"extends: t{n + 1}\nid: t{n}\n" for n in range(20)},
            "chain_too_long",
        ),
        ("extends: broken\nid: top\n", {"broken": "id: [\n"}, "syntax"),
    ],
)
def test_what_is_wrong_with_a_chain_is_said(text: str, others: dict[str, str], code: str) -> None:
    problem = only_problem(text, **others)
    assert problem.code == code
    if code != "syntax":
        assert problem.path == "/extends"


@pytest.mark.parametrize(
    ("others", "code", "file", "line"),
    [
        ({"one": "id: one\n\nextends: two\n"}, "no_such_template", "one.yaml", 3),
        ({"one": "id: one\nextends: two\n", "two": "extends: one\nid: two\n"}, "cycle", "two.yaml", 1),
        (
            {"one": "id: one\nextends: t1\n"}
            | {f"t{n}": f"id: t{n}\n# {n}\nextends: t{n + 1}\n" for n in range(1, 20)},
            "chain_too_long",
            f"t{LONGEST_CHAIN - 1}.yaml",
            3,
        ),
        ({"one": "id: one\nextends: 7\n"}, "wrong_type", "one.yaml", 2),
        ({"one": "id: one\nschema: 9\n"}, "newer_schema", "one.yaml", 2),
        ({"one": "schema: 1\nid: one\nextends: two\n"}, "no_such_template", "one.yaml", 3),
    ],
)
def test_a_broken_chain_is_told_where_it_breaks(
    others: dict[str, str], code: str, file: str, line: int
) -> None:
    problem = only_problem("extends: one\nid: top\n", **others)
    assert (problem.code, problem.file, problem.line, problem.column) == (code, file, line, 1)


def test_a_missing_template_gets_the_nearest_name() -> None:
    assert only_problem("extends: platform_default\nid: top\n").nearest == "platform_defaults"
    assert LONGEST_CHAIN >= 3


@pytest.mark.parametrize("name", ["../secrets", "/etc/passwd", "a/../b", "", ".", "PLATFORM", "x\0y"])
def test_a_template_name_never_leaves_its_folder(name: str) -> None:
    assert Folder().find(name) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)
maps = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


@given(maps, maps, maps)
def test_laying_over_has_a_neutral_element_and_any_grouping(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    assert merge({}, a) == a == merge(a, {}) == merge(a, a)
    # grouping matters only where a value and a map take turns at one place: there the chain goes from the base up
    assert merge(merge(a, b), c)["a"] == c["a"] if "a" in c and not isinstance(c["a"], dict) else True
