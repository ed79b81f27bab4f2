"""Documents of older schema versions: what they become, and that problems speak the author's names."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from backend.domains.events import schema
from backend.domains.events.compiling import compile_document, patched_document
from backend.domains.events.model import Source
from backend.domains.events.schema_versions import (
    CURRENT,
    MIGRATIONS,
    RENAMED,
    renamed_from,
    renamed_since,
    upgraded,
)
from backend.domains.events.templates import Folder
from tests.rules.events.support import compiled, only_problem, value_of

GOLDEN = Path(__file__).with_name("golden")
OLD = range(1, CURRENT)


def sample(version: int) -> str:
    return (GOLDEN / f"schema_{version}.yaml").read_text("utf-8")


def test_each_step_is_there_and_has_its_sample() -> None:
    assert list(MIGRATIONS) == list(OLD)
    assert all(version in MIGRATIONS for version in RENAMED)
    field = schema.load(schema.ROOT)["properties"]["schema"]
    assert (field["minimum"], field["maximum"], field["default"]) == (1, CURRENT, CURRENT)


@pytest.mark.parametrize("version", OLD)
def test_a_step_is_golden_and_leaves_its_argument_alone(version: int) -> None:
    """The sample of a version, one step on, is the kept sample of the next."""
    written = value_of(sample(version))
    before = deepcopy(written)
    after = MIGRATIONS[version](written)
    assert written == before
    assert after == json.loads((GOLDEN / f"schema_{version}_to_{version + 1}.json").read_text("utf-8"))


@pytest.mark.parametrize("version", OLD)
def test_an_old_document_compiles_to_what_the_newest_form_says(version: int) -> None:
    found = compile_document(Source(sample(version), "old.yaml"), Folder())
    assert found.errors == ()
    assert found.compiled is not None
    assert "schema" not in found.compiled.document
    newest = upgraded(value_of(sample(version)), version) | {"schema": CURRENT}
    same = compile_document(Source(json.dumps(newest)), Folder()).compiled
    assert same is not None
    assert same.sha256 == found.compiled.sha256
    patched = patched_document(found.compiled.document, {"urgency_v1": "loud"})
    assert patched["cspe"]["trending_signals"] == ["views", "holds"]


def test_a_document_without_a_version_is_of_the_newest() -> None:
    assert compiled("id: x\nsdme: {scarcity_badges: true}\n").errors == ()
    problem = only_problem("id: x\nscarcity: {scarcity_badges: true}\n")
    assert (problem.code, problem.nearest) == ("unknown_field", "sdme")


def test_problems_speak_the_names_that_the_author_used() -> None:
    text = sample(1).replace("scarcity_badges: true", "scarcity_badges: maybe")
    problem = compiled(text).problems[0]
    assert problem.path == "/scarcity/scarcity_badges"
    assert text.splitlines()[problem.line - 1].strip() == "scarcity_badges: maybe"
    patched = compiled(sample(1).replace("[holds]", "[7]")).errors[0]
    assert patched.path.startswith("/experiments/0/arms/1/patch/social_proof")
    assert patched.line == sample(1).splitlines().index(sample(1).splitlines()[-1]) + 1


def test_old_and_new_names_do_not_mix_in_one_section() -> None:
    problem = only_problem("schema: 1\nid: x\nscarcity: {}\nsdme: {}\n")
    assert (problem.code, problem.path, problem.line, problem.nearest) == (
        "duplicate",
        "/scarcity",
        3,
        "sdme",
    )
    both = compiled(
        "schema: 1\nid: x\nscarcity: {scarcity_badges: true}\ncspe: {trending_signals: [views]}\n"
    )
    assert both.errors == ()


def test_layers_may_be_of_different_versions() -> None:
    found = compiled(
        "extends: base\nid: top\nsdme: {drop_calendar: [2026-01-11]}\n",
        base="schema: 1\nid: base\nscarcity: {scarcity_badges: true, drop_calendar: [2026-01-10]}\n",
    )
    assert found.errors == ()
    assert found.compiled is not None
    assert found.compiled.document["sdme"]["drop_calendar"] == ["2026-01-11"]
    assert found.compiled.document["sdme"]["scarcity_badges"] is True
    problem = compiled(
        "extends: base\nid: top\n", base="schema: 1\nid: base\nscarcity:\n  badges: 1\n"
    ).problems[0]
    assert (problem.file, problem.line, problem.path) == ("base.yaml", 4, "/scarcity/badges")


@pytest.mark.parametrize(
    ("version", "code"),
    [
        (str(CURRENT + 1), "newer_schema"),
        ("99999", "newer_schema"),
        ("0", "bad_value"),
        ("-1", "bad_value"),
        ("true", "wrong_type"),
        ("1.5", "wrong_type"),
        ("'1'", "wrong_type"),
        ("null", "wrong_type"),
        ("[1]", "wrong_type"),
    ],
)
def test_a_version_that_is_not_known_is_refused(version: str, code: str) -> None:
    problem = only_problem(f"id: x\nschema: {version}\n")
    assert (problem.code, problem.path, problem.line) == (code, "/schema", 2)
    assert problem.expected == f"a whole number from 1 to {CURRENT}"


@pytest.mark.parametrize(
    "broken", [{"experiments": 1}, {"experiments": [1, {"arms": 2}, {"arms": [3, {"patch": 4}]}]}]
)
def test_a_step_takes_what_does_not_fit_as_it_is(broken: dict[str, Any]) -> None:
    for version in OLD:
        assert upgraded(broken, version) == broken


def test_names_are_followed_through_all_versions() -> None:
    assert renamed_since(1) == {"sdme": "scarcity", "cspe": "social_proof"}
    assert renamed_since(CURRENT) == {}
    assert renamed_from() == {"scarcity": "sdme", "social_proof": "cspe"}
