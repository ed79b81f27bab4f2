"""Thousands of documents gone wrong: never a crash, never a problem without its place, always the same result.

The suite tries 1,000; `MPAX_FUZZ_DOCUMENTS=10000` tries that many. A failure names the number of its document:
`mutating.document(number)`.
"""

from __future__ import annotations

import os
import random

import pytest

from backend.domains.events import schema
from backend.domains.events.changes import diff
from backend.domains.events.compiling import compile_document
from backend.domains.events.editing import applied, edited
from backend.domains.events.model import Compiled, Problem, Source, pointer
from backend.domains.events.patterns import same
from backend.domains.events.reading import read
from backend.domains.events.templates import SEEDS, Folder
from backend.kit.canonical_json import canonical
from tests.rules.events import mutating
from tests.rules.events.differing import patched, tesla
from tests.rules.events.support import paths_of

HOW_MANY = int(os.environ.get("MPAX_FUZZ_DOCUMENTS", "1000"))
ROUNDS = 20
LIBRARY = Folder()
#: What can be wrong with a text as a whole.
WHOLE = {"unreadable", "syntax", "not_a_map", "several_documents", "bad_name", "too_large"}


@pytest.mark.parametrize("part", range(ROUNDS))
def test_documents_gone_wrong(part: int) -> None:
    seen: set[bool] = set()
    for number in range(part, HOW_MANY, ROUNDS):
        text = mutating.document(number)
        try:
            seen.add(_check(text, number))
        except Exception as error:
            raise AssertionError(f"document {number}: {error!r}") from error
    assert seen == {True, False} or HOW_MANY < 10 * ROUNDS


def _check(text: str, number: int) -> bool:
    source = Source(text, "event.yaml")
    found = compile_document(source, LIBRARY)
    assert found == compile_document(source, LIBRARY)
    for problem in found.problems:
        _check_problem(problem, text)
    assert (found.compiled is None) == bool(found.errors)
    if found.compiled is not None:
        _check_compiled(found.compiled)
    _check_editing(text, number)
    return found.compiled is not None


def _check_problem(problem: Problem, text: str) -> None:
    assert problem.message
    assert problem.path.startswith("/") or (problem.path == "" and problem.code in WHOLE), problem
    written = text if problem.file == "event.yaml" else (SEEDS / problem.file).read_text("utf-8")
    lines = written.splitlines()
    assert 1 <= problem.line <= len(lines) + 1, problem
    assert problem.column >= 1, problem


def _check_compiled(compiled: Compiled) -> None:
    assert canonical(compiled.document) == compiled.canonical
    assert list(schema.departures(compiled.document)) == []
    again = compile_document(Source(compiled.canonical), LIBRARY).compiled
    assert again is not None
    assert (again.canonical, again.sha256) == (compiled.canonical, compiled.sha256)
    assert set(compiled.origins) == {pointer(path) for path in _leaves(compiled)}
    difference = diff(tesla(), compiled.document)
    assert same(patched(tesla(), difference.patch), compiled.document)


def _leaves(compiled: Compiled) -> list[tuple[str | int, ...]]:
    paths = paths_of(compiled.document)
    around = {path[:-1] for path in paths[1:]}
    return [path for path in paths if path not in around]


def _check_editing(text: str, number: int) -> None:
    reading = read(Source(text))
    if reading.value is None or reading.problems:
        return
    wanted = mutating.edits_of(reading.value, random.Random(number))
    after = read(Source(edited(text, wanted)))
    assert after.problems == []
    assert same(after.value, applied(reading.value, wanted))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"[", b"%YAML 1.1\n---\nid: x", b"!", b"&a", b"*a"],
)
def test_what_is_hardly_a_text(content: bytes) -> None:
    found = compile_document(Source(content), LIBRARY)
    assert found == compile_document(Source(content), LIBRARY)
    assert found.compiled is not None or found.errors
