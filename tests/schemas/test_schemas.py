"""The schemas are well formed, fully annotated, and agree with the brief, the seeds and the reference page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from backend.domains.events import path_rules, schema
from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Source, pointer
from backend.domains.events.patterns import pattern_of, rule_for
from backend.domains.events.reading import read
from backend.domains.events.reference import event_document_reference
from backend.domains.events.templates import SEEDS, Folder
from tests.schemas.brief import OTTO, PLATFORM_DEFAULTS, TESLA, is_within

ROOT = Path(__file__).resolve().parents[2]
NAMES = [schema.ROOT, *(f"{name}.v1" for name in schema.sections())]
LEAVES = dict(schema.leaves())
#: Of the permissions a member can have, those that a path of the document can ask for.
PERMISSIONS = {
    "edit_document",
    "edit_system_prompt",
    "add_remove_tools",
    "modify_integrations",
    "change_voice_params",
}
SHIPPED = ["platform_defaults.yaml", "tesla_q1_2026/event.yaml"]


def seed(name: str) -> Source:
    return Source((SEEDS / name).read_bytes(), name)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema.load(name))
    assert schema.load(name)["$id"] == f"{name}.schema.json"


def test_references_resolve_the_standard_way() -> None:
    """Editors and other languages read the files themselves, not our resolved form."""
    files = [(f"{name}.schema.json", Resource.from_contents(schema.load(name))) for name in NAMES]
    registry: Registry[Any] = Registry().with_resources(files)
    validator = Draft202012Validator(schema.load(schema.ROOT), registry=registry)
    assert validator.is_valid(json.loads(TESLA))
    assert not validator.is_valid({"id": "x", "conversion": {"hold_minute": 3}})


@pytest.mark.parametrize("path", LEAVES, ids=pointer)
def test_each_leaf_says_what_it_is(path: tuple[str | int, ...]) -> None:
    leaf = LEAVES[path]
    assert leaf["title"]
    assert leaf["description"].endswith(".")
    assert leaf["x-reload"] in {"pinned", "live", "kill"}
    assert leaf["x-risk"] in {"low", "medium", "high"}


@pytest.mark.parametrize("path", LEAVES, ids=pointer)
def test_each_leaf_has_a_default_or_is_required(path: tuple[str | int, ...]) -> None:
    holder = schema.at(tuple(0 if step == "*" else step for step in path[:-1]))
    assert holder is not None
    assert ("default" in LEAVES[path]) != (
        path[-1] in holder.get("required", ())
    ) or "x-default-from" in LEAVES[path]


@pytest.mark.parametrize(
    "path",
    [path for path, leaf in LEAVES.items() if leaf["type"] in ["number", "integer"]],
    ids=pointer,
)
def test_numbers_have_a_unit_and_bounds(path: tuple[str | int, ...]) -> None:
    assert LEAVES[path]["x-unit"]
    assert LEAVES[path]["minimum"] < LEAVES[path]["maximum"]


@pytest.mark.parametrize("path", LEAVES, ids=pointer)
def test_permissions_are_those_that_members_have(path: tuple[str | int, ...]) -> None:
    assert rule_for(pattern_of(path)).permission in PERMISSIONS


def test_each_section_says_what_it_takes_to_change_it() -> None:
    for name in schema.sections():
        assert schema.resolved()["properties"][name]["x-permission"] in PERMISSIONS, name


SECTIONS_OF_THE_SEEDS = (
    *("persona", "preference_extraction", "search_defaults", "ranking_weights", "ui_contract", "conversion"),
    *(
        "privacy",
        "pricing",
        "dealer_matching",
        "sdme",
        "cspe",
        "safety",
        "policy",
        "agent",
        "personalization",
    ),
    *("outreach", "offer", "lead_scoring", "voice", "analytics", "experiments", "flags"),
)


def test_every_section_of_the_seeds_has_its_place() -> None:
    assert set(schema.sections()) >= set(SECTIONS_OF_THE_SEEDS)


@pytest.mark.parametrize("name", [name for name in schema.sections() if not schema.is_read(name)])
def test_a_section_marked_as_unread_is_read_by_nothing(name: str) -> None:
    """The day an engine reads it, the mark goes."""
    reads = re.compile(rf"""\b(?:document|doc)\b\W{{0,3}}(?:get\(|\[)?\s*["']{name}["']""")
    files = [
        file
        for folder in ("backend/flows", "backend/domains", "backend/api")
        for file in (ROOT / folder).rglob("*.py")
        # events keep the document, blueprints propose one: neither obeys it
        if "domains/events" not in file.as_posix() and "domains/blueprints" not in file.as_posix()
    ]
    assert [file.name for file in files if reads.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("path", [path for path, leaf in LEAVES.items() if "x-lever" in leaf], ids=pointer)
def test_levers_have_a_range_that_fits_their_type(path: tuple[str | int, ...]) -> None:
    leaf = LEAVES[path]
    spread = leaf["x-lever"]["range"]
    if leaf["type"] in {"number", "integer"}:
        low, high = spread
        assert low < 0 < high
        assert 0 < leaf["x-lever"]["step"] <= high
    else:
        assert len(spread) >= 2
        assert all(value in leaf.get("enum", [True, False]) for value in spread)


def test_no_object_takes_unknown_names() -> None:
    """Maps with names of the author's own (filters, patches) constrain those names instead."""

    def check(part: Any, path: str) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert part.get("additionalProperties") is False or "propertyNames" in part, path
            for name, value in part.items():
                check(value, f"{path}/{name}")

    for name in NAMES:
        check(schema.load(name), name)


def test_defaults_alone_are_a_valid_document() -> None:
    compilation = compile_document(Source("id: plain"), Folder())
    assert compilation.problems == ()
    assert compilation.compiled is not None
    assert list(schema.departures(compilation.compiled.document)) == []
    assert compilation.compiled.document["name"] == "Plain"


@pytest.mark.parametrize("text", [PLATFORM_DEFAULTS, TESLA, OTTO], ids=["defaults", "tesla", "otto"])
def test_the_documents_of_the_brief_are_accepted_as_they_are(text: str) -> None:
    assert list(schema.departures(json.loads(text))) == []
    compilation = compile_document(Source(text, "brief.json"), Folder())
    assert compilation.errors == ()
    assert compilation.compiled is not None


@pytest.mark.parametrize(
    ("text", "name"), [(PLATFORM_DEFAULTS, SHIPPED[0]), (TESLA, SHIPPED[1])], ids=["defaults", "tesla"]
)
def test_the_seeds_carry_the_values_of_the_brief(text: str, name: str) -> None:
    written = read(seed(name)).value
    assert is_within(json.loads(text), written)


def test_the_defaults_carry_the_partner_terms_of_the_brief() -> None:
    otto = json.loads(OTTO)
    terms = {name: otto[name] for name in ("dealer_matching", "privacy", "pricing")}
    assert is_within(terms, read(seed(SHIPPED[0])).value)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_seeds_compile_without_a_warning(name: str) -> None:
    """But for the one about sections that wait for their engine."""
    found = compile_document(seed(name), Folder())
    assert found.compiled is not None
    assert {problem.code for problem in found.problems} <= {"unread_section"}


def test_the_rules_in_the_database_are_current() -> None:
    """To renew it: `python -m backend.domains.events.path_rules`, into a new migration once this one is released."""
    newest = max((ROOT / "supabase/migrations").glob("*_path_rules.sql"))
    assert newest.read_text("utf-8") == path_rules.migration()


def test_each_leaf_and_each_open_map_has_a_rule_of_its_own() -> None:
    patterns = set(path_rules.patterns())
    assert patterns >= {pattern_of(path) for path in LEAVES}
    assert patterns >= {("flags",), ("search_defaults", "filters"), ("pricing", "events", "buyer_reply")}
    assert ("experiments", "*", "arms", "*", "patch") in patterns


def test_the_reference_page_is_current() -> None:
    """To renew it: `mpax event reference --out docs/reference/event-document.md`."""
    assert (ROOT / "docs/reference/event-document.md").read_text("utf-8") == event_document_reference()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("conversion", "hold_minutes"), "live"),
        (("safety", "claims_review", 0), "kill"),
        (("ranking_weights", "scarcity"), "pinned"),
        (("search_defaults", "filters", "year", "min"), "pinned"),
    ],
)
def test_reload_class_of_a_path(path: tuple[str | int, ...], expected: str) -> None:
    assert rule_for(pattern_of(path)).reload == expected


@pytest.mark.parametrize(
    ("path", "risk", "permission", "lever"),
    [
        (("persona", "greeting"), "low", "edit_system_prompt", None),
        (("search_defaults", "data_sources", 3), "high", "modify_integrations", None),
        (("search_defaults", "filters", "year", "min"), "medium", "edit_document", None),
        (("safety", "ai_off"), "high", "edit_document", {"range": [False, True]}),
        (("flags", "comparison"), "low", "edit_document", {"range": [False, True]}),
        (("flags", "of_my_own"), "low", "edit_document", {"range": [False, True]}),
        (("experiments", "*", "arms", 0, "title"), "low", "edit_document", None),
        (("nowhere",), "high", "edit_document", None),
    ],
)
def test_what_it_takes_to_change_a_path(
    path: tuple[str | int, ...], risk: str, permission: str, lever: Any
) -> None:
    rule = rule_for(pattern_of(path))
    assert (rule.risk, rule.permission, rule.lever) == (risk, permission, lever)
