"""Mutated and random documents: never a crash, never an error without a path and a place."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.events import schema
from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Compilation, Problem, Source
from backend.domains.events.templates import SEEDS, Folder
from backend.kit.canonical_json import canonical

TESLA = (SEEDS / "tesla_q1_2026" / "event.yaml").read_text("utf-8")
LIBRARY = Folder()


def _full() -> dict[str, Any]:
    found = compile_document(Source(TESLA), LIBRARY).compiled
    assert found is not None
    return json.loads(found.canonical)


FULL = _full()


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, item in inner for deeper in _paths(item, (*path, step)))]


PATHS = _paths(FULL)[1:]
WORDS = sorted({str(step) for path in PATHS for step in path if isinstance(step, str)})

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "9999-99-99", "en-US", "../x", "$ref", "\u0000", "#000000", "Budget"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The demo event with a few places changed, dropped, renamed or added to."""
    document = copy.deepcopy(FULL)
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(PATHS))
        holder: Any = document
        for step in way:
            try:
                holder = holder[step]
            except (KeyError, IndexError, TypeError):
                break
        _change(draw, holder, last)
    return document


def _change(draw: st.DrawFn, holder: Any, last: str | int) -> None:
    action = draw(st.sampled_from(["replace", "drop", "rename", "add"]))
    if isinstance(holder, list):
        index = last if isinstance(last, int) and last < len(holder) else None
        if action == "add" or index is None:
            holder.append(draw(junk))
        elif action == "drop":
            del holder[index]
        else:
            holder[index] = draw(junk)
    elif isinstance(holder, dict):
        if action == "add":
            holder[draw(st.sampled_from(WORDS) | st.text(max_size=6))] = draw(junk)
        elif action == "rename" and last in holder:
            holder[str(last)[1:] + "x"] = holder.pop(last)
        elif action == "drop":
            holder.pop(last, None)
        else:
            holder[str(last)] = draw(junk)


def _check(compilation: Compilation, lines: int) -> None:
    for problem in compilation.problems:
        _check_problem(problem, lines)
    assert (compilation.compiled is None) == bool(compilation.errors)
    if compilation.compiled is not None:
        assert canonical(compilation.compiled.document) == compilation.compiled.canonical
        assert list(schema.departures(compilation.compiled.document)) == []


def _check_problem(problem: Problem, lines: int) -> None:
    assert problem.path == "" or problem.path.startswith("/")
    assert problem.path or problem.code in {
        "unreadable",
        "syntax",
        "not_a_map",
        "several_documents",
        "bad_name",
        "alias",
        "tag",
        "bad_value",
    }
    assert problem.message
    assert problem.column >= 1
    assert 1 <= problem.line <= lines + 1
    json.dumps(problem.facts())


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_mutated_documents(document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=1)
    _check(compile_document(Source(text), LIBRARY), text.count("\n") + 1)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TESLA)), st.integers(0, 40), st.text(max_size=6))
def test_damaged_text(start: int, length: int, inserted: str) -> None:
    text = TESLA[:start] + inserted + TESLA[start + length :]
    found = compile_document(Source(text), LIBRARY)
    defaults = (SEEDS / "platform_defaults.yaml").read_text("utf-8")
    _check(found, max(len(text.splitlines()), len(defaults.splitlines())) + 1)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise(content: bytes | str) -> None:
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    _check(compile_document(Source(content), LIBRARY), len(text.splitlines()) + 1)


@settings(max_examples=150, deadline=None)
@given(junk)
def test_any_value_in_place_of_a_section(value: Any) -> None:
    for name in schema.sections():
        text = json.dumps({"id": "sale", name: value})
        _check(compile_document(Source(text), LIBRARY), 1)
