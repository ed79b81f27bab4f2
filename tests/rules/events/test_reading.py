"""Reading YAML and JSON: what values mean, where they stand, and what is refused."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from backend.domains.events.model import Source
from backend.domains.events.reading import DEEPEST, LARGEST_BYTES, Reading, read
from tests.rules.events.support import value_of


def refused(text: str | bytes) -> Reading:
    reading = read(Source(text, "broken.yaml"))
    assert reading.value is None or reading.problems
    assert reading.problems
    return reading


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("2026-01-10", "2026-01-10"),
        ("2026-01-05T09:00:00-08:00", "2026-01-05T09:00:00-08:00"),
        ("010", 10),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0.55", 0.55),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-3", -3),
        ("0x1F", 31),
        ("~", None),
        ("'5'", "5"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ('""', ""),
        ("NaN", "NaN"),
        (">-\n  two\n  lines", "two lines"),
    ],
)
def test_a_scalar_means_what_an_author_expects(written: str, value: Any) -> None:
    found = value_of(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_places_are_those_of_names_and_list_entries() -> None:
    reading = read(Source("id: x\npersona:\n  name: Claire\n  openings:\n    - one\n    - two\n"))
    assert reading.place(("persona", "name")).line == 3
    assert (
        reading.place(("persona", "openings", 1)).line,
        reading.place(("persona", "openings", 1)).column,
    ) == (6, 7)
    assert (
        reading.place(("persona", "style", "tone")).line == 2
    )  # what is not there is placed where it belongs


def test_json_is_read_as_json() -> None:
    text = '{\n\t"id": "x", "emoji": "\\ud83d\\ude00", "slash": "\\/", "n": 1.0,\n\t"list": [1, 2]\n}'
    assert value_of(text) == json.loads(text)
    assert read(Source(text)).place(("list", 1)).line == 3


def test_a_byte_order_mark_is_no_content() -> None:
    assert value_of(b"\xef\xbb\xbfid: x") == {"id": "x"}


def test_anchors_stand_for_what_they_name() -> None:
    assert value_of("a: &x {b: 1}\nc: *x") == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "line", "column", "path"),
    [
        ("a: 1\nb: c: d\n", 2, 5, "/b"),
        ("a:\n  - 1\n - 2\n", 3, 2, "/a"),
        ("a: [1, 2", 2, 1, "/a"),
        ("a: 'open\n", 2, 1, "/a"),
        ("a:\n\t- 1", 2, 1, "/a"),
        ("a: \x07", 1, 4, ""),
    ],
)
def test_broken_yaml_has_a_line_and_a_column(text: str, line: int, column: int, path: str) -> None:
    problem = refused(text).problems[0]
    assert (problem.code, problem.file) == ("syntax", "broken.yaml")
    assert problem.line == line
    assert abs(problem.column - column) <= 4
    assert path.startswith(problem.path) or problem.path.startswith(path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unreadable"),
        ("  \n# only a comment\n", "unreadable"),
        ("---\n...\n", "not_a_map"),
        ("- a\n- b\n", "not_a_map"),
        ("just words", "not_a_map"),
        (b"id: \xff\xfe", "unreadable"),
        ("id: x\n---\nid: y\n", "several_documents"),
        ("a: 1\nb: 2\na: 3\n", "duplicate"),
        ('{"a": 1, "a": 2}', "duplicate"),
        ("a: !!python/object:os.system {}\n", "tag"),
        ("a: !!int 5\n", "bad_value"),
        ("a: .nan\n", "bad_value"),
        ("a: -.inf\n", "bad_value"),
        ("a: 1e999\n", "bad_value"),
        ('{"a": 1e999}', "bad_value"),
        ("a: 90071992547409930\n", "bad_value"),
        ('a: "\\0"\n', "bad_value"),
        ('{"a": "\\u0000"}', "bad_value"),
        ('{"a": "\\ud800"}', "bad_value"),
        ('"\\0": 1\n', "bad_name"),
        ("? [a]\n: 1\n", "bad_name"),
        ("a: *nowhere\n", "alias"),
        ("a: &x [*x]\n", "alias"),
    ],
)
def test_what_is_no_document_is_refused(text: str | bytes, code: str) -> None:
    assert code in {problem.code for problem in refused(text).problems}


def test_a_duplicate_names_both_lines() -> None:
    problem = refused("a: 1\nb: 2\na: 3\n").problems[0]
    assert (problem.path, problem.line) == ("/a", 3)
    assert "line 1" in problem.message


BILLION_LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BILLION_LAUGHS, "too_large"),
        ("a: " + "[" * 500_000, "too_deep"),
        ("{" * 400_000, "bad_name"),
        ('{"a":' * 100_000, "too_deep"),
        ("- " * 400_000, "too_deep"),
        ("[" * 2_000 + "]" * 2_000, "too_deep"),
        ("a: [" + "1," * 300_000 + "1]", "too_large"),
        ("x" * (LARGEST_BYTES + 1), "unreadable"),
        ("a: 1\n" * 100_000, "duplicate"),
        ('{"a": ' + "9" * 900_000 + "}", None),
        ("a: " + "9" * 900_000, None),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_hostile_documents_end_quickly(text: str, code: str | None) -> None:
    begun = time.perf_counter()
    reading = read(Source(text))
    assert time.perf_counter() - begun < 1.0
    if code is not None:
        assert code in {problem.code for problem in reading.problems}


def test_depth_is_allowed_up_to_the_bound() -> None:
    deep = DEEPEST - 1
    assert read(Source("a: " + "[" * deep + "]" * deep)).problems == []


@pytest.mark.parametrize("text", ['id: "a\ud83d"', 'id: a\nname: "\udc00"', '{"id": "\ud83d"}'])
def test_half_a_character_is_a_problem_and_no_exception(text: str) -> None:
    (problem,) = read(Source(text)).problems
    assert problem.code == "unreadable"
    assert "half of a character" in problem.message
