"""Edits of a written document: the values change as asked, and the text nowhere else."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from backend.core.errors import InvalidInput
from backend.domains.events.editing import Edit, applied, edited, edits_between
from backend.domains.events.patterns import same
from backend.domains.events.templates import SEEDS
from tests.rules.events.support import paths_of, value_of

TESLA = (SEEDS / "tesla_q1_2026" / "event.yaml").read_text("utf-8")


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went and lines that came."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


SMALL = """\
# head

id: x   # the name
persona:
  # who speaks
  name: 'Claire'  # as it is
  style: { tone: calm_expert,   directness: crisp } # flow

conversion:
    actions: [Reserve, "Schedule Call"]
    hold_minutes: 24  # minutes
    # after the hold

ui_contract:
  chips:
  # the money
  - Budget
  # the maker
  - Brand/Make # by word
catalogue:
  attributes:
    - name: range
      # what is shown
      label: Range
    - {name: color, label: Color}
"""


@pytest.mark.parametrize(
    ("edit", "gone", "new"),
    [
        (
            Edit("set", ("conversion", "hold_minutes"), 60),
            ["    hold_minutes: 24  # minutes"],
            ["    hold_minutes: 60  # minutes"],
        ),
        (
            Edit("set", ("persona", "name"), "no"),
            ["  name: 'Claire'  # as it is"],
            ["  name: 'no'  # as it is"],
        ),
        (
            Edit("set", ("persona", "style", "tone"), "friendly_expert"),
            ["  style: { tone: calm_expert,   directness: crisp } # flow"],
            ["  style: { tone: friendly_expert,   directness: crisp } # flow"],
        ),
        (Edit("set", ("persona", "role"), "a guide"), [], ["  role: a guide"]),
        (Edit("set", ("conversion", "hold_limit"), 3), [], ["    hold_limit: 3"]),
        (
            Edit("set", ("conversion", "actions"), ["Reserve", "Schedule Call", "Compare"]),
            ['    actions: [Reserve, "Schedule Call"]'],
            ['    actions: [Reserve, "Schedule Call", Compare]'],
        ),
        (Edit("remove", ("ui_contract", "chips", 1)), ["  - Brand/Make # by word"], []),
        (Edit("insert", ("ui_contract", "chips", 2), "Specs"), [], ["  - Specs"]),
        (Edit("insert", ("ui_contract", "chips", 0), "Specs"), [], ["  - Specs"]),
        (
            Edit("move", ("ui_contract", "chips", 1), 0),
            ["  # the maker", "  - Brand/Make # by word"],
            ["  # the maker", "  - Brand/Make # by word"],
        ),
        (
            Edit("set", ("ui_contract", "chips", 1), "Make"),
            ["  - Brand/Make # by word"],
            ["  - Make # by word"],
        ),
        (
            Edit("set", ("sdme", "drop_calendar"), ["2026-01-10"]),
            [],
            ["sdme:", "  drop_calendar: ['2026-01-10']", ""],
        ),
        (Edit("set", ("schema",), 2), [], ["schema: 2"]),
        (Edit("set", ("catalogue", "attributes", 0, "kind"), "number"), [], ["      kind: number"]),
        (
            Edit("remove", ("catalogue", "attributes", 0, "name")),
            ["    - name: range"],
            ["    -"],
        ),
        (
            Edit("remove", ("catalogue", "attributes", 1, "label")),
            ["    - {name: color, label: Color}"],
            ["    - {name: color}"],
        ),
        (Edit("remove", ("persona",)), [], []),
    ],
    ids=str,
)
def test_an_edit_touches_its_own_lines_alone(edit: Edit, gone: list[str], new: list[str]) -> None:
    text = edited(SMALL, [edit])
    assert same(value_of(text), applied(value_of(SMALL), [edit]))
    if edit.path != ("persona",):
        assert changed_lines(SMALL, text) == (gone, new)


def test_a_new_member_stands_where_its_schema_lists_it() -> None:
    text = edited(
        TESLA, [Edit("set", ("privacy", "mode"), "buyer_controlled"), Edit("set", ("currency",), "EUR")]
    )
    names = list(value_of(text))
    assert names.index("privacy") == names.index("safety") + 1
    assert names.index("currency") == names.index("domain") + 1


def test_the_last_member_leaves_an_empty_map() -> None:
    text = edited(
        "a:\n  b: 1 # why\nc: [1]\nd:\n  - x\n", [Edit("remove", p) for p in (("a", "b"), ("c", 0), ("d", 0))]
    )
    assert text == "a: {}\nc: []\nd: []\n"
    assert value_of(edited("a: 1\n", [Edit("remove", ("a",))])) == {}


def test_missing_parents_are_made() -> None:
    text = edited("id: x # the name\n", [Edit("insert", ("ui_contract", "chips", 0), "Budget")])
    assert text == "id: x # the name\nui_contract:\n  chips: [Budget]\n"
    text = edited("persona:\nid: x\n", [Edit("set", ("persona", "style", "tone"), "calm_expert")])
    assert text == "persona:\n  style:\n    tone: calm_expert\nid: x\n"


def test_json_stays_json() -> None:
    text = edited('{"id": "x", "n": [1,2],\n"é": true}', [Edit("set", ("n", 1), 5)])
    assert text == '{\n  "id": "x",\n  "n": [\n    1,\n    5\n  ],\n  "é": true\n}'


def test_line_ends_stay_as_they_are() -> None:
    text = edited(
        "id: x\r\na:\r\n  b: 1\r\n", [Edit("set", ("a", "c"), [{"d": 1}]), Edit("set", ("a", "b"), 2)]
    )
    assert "\n" not in text.replace("\r\n", "")
    assert value_of(text) == {"id": "x", "a": {"b": 2, "c": [{"d": 1}]}}


TRICKY = [
    *(
        "no",
        "yes",
        "on",
        "off",
        "true",
        "Null",
        "~",
        "",
        " ",
        "2026-01-10",
        "2026-01-05T09:00:00-08:00",
        "010",
        "0o7",
    ),
    *(
        "0x1F",
        "1_000",
        "1e3",
        ".5",
        "5.",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "[a",
        "{a",
    ),
    *(
        "a]",
        "a, b",
        "? a",
        "'a'",
        '"a"',
        "a\\b",
        "a\nb",
        "a\nb\x1b",
        "a\n\x7f",
        "a\n",
        "\na",
        " a",
        "a ",
        "a\n\n",
        "a\tb",
        "a\r\nb",
        "\u0085",
    ),
    *(
        "\u2028",
        "\ufeff",
        "\u00a0",
        "\x7f",
        "é",
        "\U0001f600",
        ".inf",
        "NaN",
        "---",
        "...",
        "a:",
        ":",
        "=",
        "<<",
        "12:30",
    ),
    *("a\n  b\n c", "a \nb", "key: |\n  x", "x" * 300, ("word " * 60).strip(), "1" * 500, "$append"),
]


@pytest.mark.parametrize("written", TRICKY, ids=repr)
@pytest.mark.parametrize(
    "text", ["a: 1 # c\n", "a: 'q'\n", 'a: "q"\n', "a: |\n  q\n", "a: {b: 1}\n", "a:\n  - b\n", "a:\n"]
)
def test_text_is_read_as_the_same_text(written: str, text: str) -> None:
    for path in (("a",), ("new",)):
        assert value_of(edited(text, [Edit("set", path, written)]))[path[0]] == written
    assert value_of(edited(text, [Edit("set", ("a",), [{"k": written}, written])]))["a"] == [
        {"k": written},
        written,
    ]
    assert value_of(edited("a: [x, {y: 1}]", [Edit("set", ("a", 1, "y"), written)]))["a"][1] == {"y": written}


@pytest.mark.parametrize("name", TRICKY, ids=repr)
def test_a_name_is_read_as_the_same_name(name: str) -> None:
    for text in ("a:\n  b: 1\n", "a: {b: 1}\n", '{"a": {"b": 1}}'):
        found = value_of(edited(text, [Edit("set", ("a", name), {"x": None})]))
        assert found["a"] == {"b": 1, name: {"x": None}}


@pytest.mark.parametrize(
    "edit",
    [
        Edit("remove", ("nowhere",)),
        Edit("remove", ("persona", "role")),
        Edit("set", ("persona", "name", "first"), 1),
        Edit("set", ("ui_contract", "chips", 5), "x"),
        Edit("set", ("ui_contract", "chips", "first"), "x"),
        Edit("set", ("ui_contract", 0), "x"),
        Edit("insert", ("ui_contract", "chips", 4), "x"),
        Edit("insert", ("ui_contract", "chips", -1), "x"),
        Edit("move", ("ui_contract", "chips", 0), 2),
        Edit("move", ("ui_contract", "chips", 0), "1"),
        Edit("remove", ()),
    ],
    ids=str,
)
def test_a_place_that_is_not_there_is_refused(edit: Edit) -> None:
    with pytest.raises(InvalidInput) as refused:
        edited(SMALL, [edit])
    assert refused.value.code == "events.no_such_place"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**60, "\0", "\ud800", {1: 2}, object()], ids=repr
)
@pytest.mark.parametrize("text", [SMALL, '{"id": "x"}'], ids=["yaml", "json"])
def test_what_a_document_cannot_hold_is_refused(value: Any, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        edited(text, [Edit("set", ("name",), value)])
    assert refused.value.code == "events.invalid_document"


def test_a_text_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(InvalidInput) as refused:
        edited("a: [\n", [Edit("set", ("a",), 1)])
    assert refused.value.facts["problems"][0]["line"] >= 1


def test_anchors_are_written_out_when_an_edit_needs_it() -> None:
    text = "a: &x {b: 1}\nc: *x\nd: &y [1]\ne: *y\n"
    edits = [Edit("set", ("c", "b"), 2), Edit("insert", ("d", 0), 0)]
    assert value_of(edited(text, edits)) == {"a": {"b": 1}, "c": {"b": 2}, "d": [0, 1], "e": [1]}


def test_edits_are_as_small_as_they_can_be() -> None:
    before = {"a": [{"key": "x", "n": 1}, {"key": "y", "n": 2}], "b": {"c": 1, "d": 2}, "1": [1, 2]}
    after = {"a": [{"key": "y", "n": 3}, {"key": "x", "n": 1}], "b": {"c": 1}, "1": [1, 2, 3]}
    found = edits_between(before, after)
    assert Edit("remove", ("b", "d")) in found
    assert Edit("insert", ("1", 2), 3) in found
    assert [edit.op for edit in found if edit.path[0] == "a"] == ["move", "set"]


def test_the_shipped_document_keeps_every_untouched_line() -> None:
    value = value_of(TESLA)
    for path in paths_of(value)[1:]:
        for edit in (Edit("remove", path), Edit("set", path, "changed")):
            text = edited(TESLA, [edit])
            gone, _ = changed_lines(TESLA, text)
            assert len(gone) <= 80
            assert [line for line in gone if line.lstrip().startswith("#") and _is_far(line, path)] == []


def _is_far(line: str, path: tuple[str | int, ...]) -> bool:
    """Whether a comment of the demo stands in another section than the path."""
    return f"{path[0]}:" not in TESLA[: TESLA.index(line)].splitlines()[-8:]


@pytest.mark.parametrize("text", ["schema: 1\nscarcity: {a: 1} # c\n", '{"schema": 1, "scarcity": {"a": 1}}'])
def test_a_section_of_an_older_schema_keeps_its_name(text: str) -> None:
    found = value_of(edited(text, [Edit("set", ("sdme", "a"), 2), Edit("set", ("cspe", "b"), 3)]))
    assert found == {"schema": 1, "scarcity": {"a": 2}, "cspe": {"b": 3}}
