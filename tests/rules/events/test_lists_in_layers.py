"""Lists that say how they change: `$append`, `$remove` and `$replace`, in layers and in the patches of arms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.events.compiling import patched_document
from backend.domains.events.laying import laid_over, merge
from tests.rules.events.support import compiled, only_problem

CHIPS = "id: base\nui_contract: {chips: [Budget, Condition, Make]}\n"
FIELDS = """\
id: base
catalogue:
  attributes:
    - {name: range, label: Range, kind: number, unit: km}
    - {name: color, label: Color, kind: text}
"""


def over(change: Any, lower: Any = ("Budget", "Make")) -> Any:
    return merge({"x": list(lower) if isinstance(lower, tuple) else lower}, {"x": change})["x"]


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (["Specs"], ["Specs"]),
        ({"$append": ["Specs"]}, ["Budget", "Make", "Specs"]),
        ({"$append": ["Make", "Specs", "Specs"]}, ["Budget", "Make", "Specs"]),
        ({"$remove": ["Budget"]}, ["Make"]),
        ({"$remove": ["Budget"], "$append": ["Budget"]}, ["Make", "Budget"]),
        ({"$append": ["Budget"], "$remove": ["Budget"]}, ["Make", "Budget"]),
        ({"$replace": ["A", "B"]}, ["A", "B"]),
        ({"$append": ["C"], "$remove": ["A"], "$replace": ["A", "B"]}, ["B", "C"]),
        ({"$replace": []}, []),
        ({"$append": [{"a": {"$append": [1, 2]}}]}, ["Budget", "Make", {"a": [1, 2]}]),
        ([{"a": {"$append": [1, 2]}}], [{"a": [1, 2]}]),
    ],
    ids=str,
)
def test_a_list_may_say_how_it_changes(change: Any, result: Any) -> None:
    lower = {"x": ["Budget", "Make"]}
    assert merge(lower, {"x": change}) == {"x": result}
    assert lower == {"x": ["Budget", "Make"]}


def test_what_has_a_key_is_meant_by_it() -> None:
    lower = ({"name": "a", "n": 1, "deep": {"x": 1}}, {"name": "b", "n": 2})
    assert over({"$remove": ["a"]}, lower) == [{"name": "b", "n": 2}]
    assert over({"$remove": [{"name": "b"}]}, lower) == [lower[0]]
    assert over({"$append": [{"name": "a", "deep": {"y": 2}}, {"name": "c"}]}, lower) == [
        {"name": "a", "n": 1, "deep": {"x": 1, "y": 2}},
        {"name": "b", "n": 2},
        {"name": "c"},
    ]


def test_values_are_told_apart_as_json_does() -> None:
    assert over({"$remove": [1]}, (True, 1, 1.0)) == [True, 1.0]
    assert over({"$append": [True, 1.0]}, (1,)) == [1, True]


def test_nothing_below_is_the_default_of_the_schema() -> None:
    found = compiled("id: x\nui_contract: {chips: {$append: [Make]}}\n", other="id: other\n").compiled
    plain = compiled("id: x\n", other="id: other\n").compiled
    assert found is not None
    assert plain is not None
    assert found.document["ui_contract"]["chips"] == [*plain.document["ui_contract"]["chips"], "Make"]


def test_a_layer_changes_the_list_of_the_one_below() -> None:
    found = compiled(
        "extends: middle\nid: top\nui_contract: {chips: {$append: [Color]}}\n",
        middle="extends: base\nid: middle\nui_contract: {chips: {$remove: [Condition]}}\n",
        base=CHIPS,
    )
    assert found.problems == ()
    assert found.compiled is not None
    assert found.compiled.document["ui_contract"]["chips"] == ["Budget", "Make", "Color"]


def test_an_element_with_a_known_key_is_laid_over_the_one_there() -> None:
    text = "extends: base\nid: top\ncatalogue: {attributes: {$append: [{name: color, label: Paint}]}}\n"
    found = compiled(text, base=FIELDS)
    assert found.problems == ()
    assert found.compiled is not None
    labels = [attribute["label"] for attribute in found.compiled.document["catalogue"]["attributes"]]
    assert labels == ["Range", "Paint"]


@pytest.mark.parametrize(
    ("change", "code", "path", "line"),
    [
        ("    $append: Make\n", "wrong_type", "/ui_contract/chips/$append", 5),
        ("    $append: [Make]\n    $remov: [Make]\n", "mixed_change", "/ui_contract/chips/$remov", 6),
        ("    $append: [Make, 7]\n", "wrong_type", "/ui_contract/chips/$append/1", 5),
        ("    $append:\n      - Paintt\n", "no_such_field", "/ui_contract/chips/$append/0", 6),
        ("    $remove:\n      - Budgett\n", "nothing_to_remove", "/ui_contract/chips/$remove/0", 6),
    ],
)
def test_a_mistake_is_told_where_it_was_written(change: str, code: str, path: str, line: int) -> None:
    attributes = "catalogue: {attributes: [{name: paint, label: Paint, kind: text}]}\n"
    problem = only_problem(
        f"extends: base\nid: top\nui_contract:\n  chips:\n{change}", base=CHIPS + attributes
    )
    assert (problem.code, problem.path, problem.file, problem.line) == (code, path, "event.yaml", line)


def test_mistakes_name_what_was_probably_meant() -> None:
    def nearest(change: str) -> str | None:
        text = f"extends: base\nid: top\nui_contract: {{chips: {change}}}\n"
        return only_problem(text, base=CHIPS).nearest

    assert nearest("{$append: [], $remov: []}") == "$remove"
    assert nearest("{$remove: [Budgett]}") == "Budget"


def test_only_lists_can_be_changed() -> None:
    problem = only_problem(
        "extends: base\nid: top\npersona: {name: {$append: [x]}}\n", base="id: base\npersona: {name: A}\n"
    )
    assert (problem.code, problem.path) == ("wrong_type", "/persona/name")
    assert "changes a list" in problem.message
    assert compiled("id: top\npersona: {name: {$append: [x]}}\n").errors


ARMS = """\
id: x
ui_contract: {chips: [Budget, Make], actions: [Reserve]}
experiments:
  - key: e
    arms:
      - {key: a, weight: 0.5}
      - key: b
        weight: 0.5
        patch:
          ui_contract: {chips: %s}
"""


def chips_of_arm(text: str, **others: str) -> list[str]:
    found = compiled(text, **others)
    assert found.errors == ()
    assert found.compiled is not None
    again = compiled(found.compiled.canonical).compiled
    assert again is not None
    assert again.sha256 == found.compiled.sha256
    return patched_document(found.compiled.document, {"e": "b"})["ui_contract"]["chips"]


def test_an_arm_changes_lists_like_a_layer() -> None:
    assert chips_of_arm(ARMS % "{$append: [Color], $remove: [Make]}") == ["Budget", "Color"]
    assert chips_of_arm(ARMS % "[Color]") == ["Color"]


def test_a_mistake_in_an_arm_is_told_where_it_was_written() -> None:
    problem = only_problem(ARMS % "{$append: Color}")
    assert problem.path == "/experiments/0/arms/1/patch/ui_contract/chips/$append"
    assert problem.line == 10
    problem = only_problem(ARMS % "{$remove: [Makee]}")
    assert (problem.code, problem.nearest, problem.line) == ("nothing_to_remove", "Make", 10)


@pytest.mark.parametrize(
    ("lower", "upper", "result"),
    [
        ("{$append: [Color]}", "{$append: [Model]}", ["Budget", "Make", "Color", "Model"]),
        ("{$append: [Color]}", "{$remove: [Color, Make], $append: [Model]}", ["Budget", "Model"]),
        ("{$replace: [Color]}", "{$append: [Model]}", ["Color", "Model"]),
        ("[Color]", "{$append: [Model]}", ["Color", "Model"]),
        ("{$append: [Color]}", "{$replace: [Model]}", ["Model"]),
        ("{$append: [Color]}", "[Model]", ["Model"]),
    ],
)
def test_an_arm_that_two_layers_change_gets_both_changes(lower: str, upper: str, result: list[str]) -> None:
    arm = f"{{key: b, weight: 0.5, patch: {{ui_contract: {{chips: {upper}}}}}}}"
    text = f"extends: base\nid: top\nexperiments: {{$append: [{{key: e, arms: {{$append: [{arm}]}}}}]}}\n"
    assert chips_of_arm(text, base=ARMS % lower) == result


scalars = st.integers(0, 3) | st.sampled_from("ab") | st.booleans()
lists = st.lists(scalars, max_size=5, unique_by=repr)
changes = st.fixed_dictionaries({}, optional={"$append": lists, "$remove": lists, "$replace": lists}).filter(
    bool
)


@given(lists, changes)
def test_a_change_is_what_its_words_say(lower: list[Any], change: dict[str, list[Any]]) -> None:
    def within(item: Any, items: list[Any]) -> bool:
        return any(item == other and isinstance(item, bool) == isinstance(other, bool) for other in items)

    wanted = [item for item in change.get("$replace", lower) if not within(item, change.get("$remove", []))]
    wanted += [item for item in change.get("$append", []) if not within(item, wanted)]
    result, findings = laid_over(lower, change)
    assert repr(result) == repr(wanted)
    missing = [item for item in change.get("$remove", []) if not within(item, change.get("$replace", lower))]
    assert len(findings) == len(missing)


junk = st.recursive(
    st.none() | scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$append", "$remove", "$replace", "name", "a"]), inner, max_size=3)
    ),
    max_leaves=14,
)


@given(junk, junk)
def test_no_use_of_changes_is_a_crash_and_none_is_left_over(lower: Any, upper: Any) -> None:
    clean = merge({}, {"a": lower})
    result, findings = laid_over(clean, {"a": upper})
    assert findings or "$" not in repr(result)
