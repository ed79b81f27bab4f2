"""A version as a tree of files: whole, named file by file, and back to the same hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.domains.events.artifacts import MANIFEST, Export, Tree, is_inside, read_tree, tree_of
from backend.domains.events.compiling import compile_document
from backend.domains.events.contract import contract_problems
from backend.domains.events.model import Compiled, Library, Source
from backend.domains.events.templates import SEEDS, Folder
from tests.rules.events.support import Shelf

TESLA = (SEEDS / "tesla_q1_2026/event.yaml").read_text("utf-8")
BASE = "id: base\npersona: {name: Base}\nui_contract: {actions: [One]}\n"
MIDDLE = "extends: base\nid: middle\npersona: {role: a guide}\n"
TOP = "# why: a test\nextends: middle\nid: top\ndomain: boats\nui_contract: {tile_specs: []}\n"


def compiled(text: str, library: Library) -> Compiled:
    found = compile_document(Source(text), library).compiled
    assert found is not None
    return found


def exported(text: str, library: Library, mappings: tuple[Mapping[str, Any], ...] = ()) -> Tree:
    document = compiled(text, library)
    version = Export(document.document, text, document.sha256, 7, "Why", mappings)
    return tree_of(version, library)


def refusal(tree: Mapping[str, bytes]) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_tree(tree)
    return caught.value


def test_the_tree_of_the_brief() -> None:
    tree = exported(TESLA, Folder(), ({"source": "stock list", "columns": {}},))
    assert [*tree] == [
        "config/sales_events/tesla-q1-2026.json",
        "config/transactions/tesla-q1-2026.json",
        "config/scarcity/tesla-q1-2026.json",
        "config/social_proof/tesla-q1-2026.json",
        "config/behavior_templates/vehicles_ev.json",
        "sources/tesla-q1-2026/event.yaml",
        "sources/tesla-q1-2026/column_mapping.json",
        "sql/migrations/tesla-q1-2026/README.md",
        "tests/tesla-q1-2026/contract_test.json",
        "manifest.json",
    ]
    assert tree["sources/tesla-q1-2026/event.yaml"].decode() == TESLA
    transactions = json.loads(tree["config/transactions/tesla-q1-2026.json"])
    assert [*transactions] == ["conversion", "pricing", "privacy"]
    assert tree == exported(TESLA, Folder(), ({"source": "stock list", "columns": {}},))


def test_it_comes_back_to_the_same_hash() -> None:
    found = read_tree(exported(TESLA, Folder()))
    assert found.is_authored
    assert (found.id, found.number, found.message) == ("tesla-q1-2026", 7, "Why")
    assert found.sha256 == compiled(TESLA, Folder()).sha256
    assert compile_document(found.source, found.library).compiled is not None


@pytest.mark.parametrize(
    "name", ["platform_defaults", "watches_q1_2026", "used_cars_b2b2c_otto", "real_estate_wholesale"]
)
def test_every_shipped_event_comes_back(name: str) -> None:
    source = Folder().find(name)
    assert source is not None
    assert isinstance(source.text, bytes)
    found = read_tree(exported(source.text.decode(), Folder()))
    assert (found.is_authored, found.broken) == (True, ())


def test_the_templates_come_along() -> None:
    tree = exported(TOP, Shelf({"base": BASE, "middle": MIDDLE}))
    found = read_tree(tree)
    assert found.is_authored
    again = compile_document(found.source, found.library).compiled
    assert again is not None
    assert again.sha256 == found.sha256
    assert again.document["persona"]["name"] == "Base"
    assert json.loads(tree["config/behavior_templates/boats.json"])["id"] == "middle"


def test_a_version_whose_template_changed_since_comes_back_as_it_was() -> None:
    was = compiled(TOP, Shelf({"base": BASE, "middle": MIDDLE}))
    later = Shelf({"base": BASE.replace("Base", "Another"), "middle": MIDDLE})
    found = read_tree(tree_of(Export(was.document, TOP, was.sha256, 3), later))
    assert not found.is_authored
    assert found.sha256 == was.sha256
    again = compile_document(found.source, found.library).compiled
    assert again is not None
    assert again.canonical == was.canonical


def test_a_version_whose_template_is_gone_comes_back_too() -> None:
    was = compiled(TOP, Shelf({"base": BASE, "middle": MIDDLE}))
    found = read_tree(tree_of(Export(was.document, TOP, was.sha256, 3), Shelf()))
    assert (found.is_authored, found.sha256) == (False, was.sha256)


def test_an_event_that_extends_nothing_has_no_template() -> None:
    tree = exported("id: top\n", Shelf())
    assert not [path for path in tree if "behavior_templates" in path]
    assert read_tree(tree).is_authored


@pytest.mark.parametrize("path", [path for path in exported(TESLA, Folder()) if path != MANIFEST])
def test_a_file_that_was_changed_or_lost_is_named(path: str) -> None:
    tree = exported(TESLA, Folder())
    changed = refusal(tree | {path: tree[path] + b" "})
    assert (changed.code, changed.facts) == ("events.artifact_changed", {"changed": [path], "missing": []})
    lost = refusal({name: content for name, content in tree.items() if name != path})
    assert lost.facts == {"changed": [], "missing": [path]}


def test_a_document_that_was_changed_together_with_its_manifest_is_refused() -> None:
    tree = exported(TESLA, Folder())
    other = exported(TESLA.replace("Tesla Q1 2026", "Another name"), Folder())
    path = "config/sales_events/tesla-q1-2026.json"
    manifest = json.loads(tree[MANIFEST])
    manifest["files"][path] = json.loads(other[MANIFEST])["files"][path]
    forged = refusal(tree | {path: other[path], MANIFEST: json.dumps(manifest).encode()})
    assert forged.facts["changed"] == [path]


def sealed(tree: Tree, **facts: Any) -> Tree:
    """The tree with a manifest that agrees with its files."""
    manifest = json.loads(tree[MANIFEST]) | facts
    for path, told in manifest["files"].items():
        told["sha256"] = sha256(tree[path]).hexdigest()
    return tree | {MANIFEST: json.dumps(manifest).encode()}


def test_a_document_that_another_release_compiled_is_told_from_one_that_was_changed() -> None:
    path = "config/sales_events/tesla-q1-2026.json"
    tree = exported(TESLA, Folder())
    tree[path] = json.dumps(json.loads(tree[path]) | {"future": 1}).encode()
    refused = refusal(sealed(tree, sha256=sha256(tree[path]).hexdigest()))
    assert (refused.code, refused.facts["file"]) == ("events.artifact_outdated", path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"document_sha256": ""}'])
def test_a_contract_that_cannot_be_read_is_named(content: bytes) -> None:
    path = "tests/tesla-q1-2026/contract_test.json"
    assert refusal(sealed(exported(TESLA, Folder()) | {path: content})).facts["changed"] == [path]


def test_a_contract_that_does_not_hold_here_is_told() -> None:
    path = "tests/tesla-q1-2026/contract_test.json"
    tree = exported(TESLA, Folder())
    contract = json.loads(tree[path])
    contract["fields"].append("specs.gone")
    found = read_tree(sealed(tree | {path: json.dumps(contract).encode()}))
    assert found.broken == ("There is no field specs.gone.",)
    assert read_tree(tree).broken == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 5000, b'{"format": 2}'])
def test_what_is_no_manifest(content: bytes) -> None:
    assert refusal({MANIFEST: content}).code == "events.no_artifact"
    assert refusal({}).code == "events.no_artifact"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", "..", "C:\\x", "a\\..\\b", "a\0b"])
def test_no_file_outside_the_tree_is_read(path: str) -> None:
    assert not is_inside(path)
    manifest = json.loads(exported(TESLA, Folder())[MANIFEST])
    manifest["files"][path] = {"sha256": "0" * 64, "bytes": 0}
    assert refusal({MANIFEST: json.dumps(manifest).encode()}).code == "events.no_artifact"


@given(st.dictionaries(st.sampled_from([MANIFEST, "x"]), st.binary(max_size=50)))
def test_any_files_are_refused_in_words(tree: dict[str, bytes]) -> None:
    assert refusal(tree).code == "events.no_artifact"


def test_the_contract_of_an_event_is_kept_by_its_document() -> None:
    document = compiled(TESLA, Folder())
    contract = json.loads(exported(TESLA, Folder())["tests/tesla-q1-2026/contract_test.json"])
    assert contract_problems(document.document, document.sha256, contract) == []
    assert [sample["kind"] for sample in contract["rows"]] == ["boolean", "enum", "number"]
    assert contract["chips"]["Brand/Make"] == ["make"]
    assert {"price", "specs.range"} <= {*contract["fields"]}


def test_a_contract_says_what_is_broken() -> None:
    contract = json.loads(exported(TESLA, Folder())["tests/tesla-q1-2026/contract_test.json"])
    other = compiled(
        TESLA.replace("kind: number, unit: mi", "kind: text").replace("name: autopilot", "name: pilot"),
        Folder(),
    )
    found = contract_problems(other.document, other.sha256, contract)
    assert f"The document is {other.sha256[:12]} and not {contract['document_sha256'][:12]}." in found
    assert "There is no field specs.autopilot." in found
    assert "The field specs.range takes no number such as 1." in found
