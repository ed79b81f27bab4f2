"""Each shipped template: without mistakes, complete for its category, and one piece with its mapping, rows and pictures.

A new folder under `seeds/` is tested by being there.
"""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backend.domains.catalogue.mapping import read_mapping
from backend.domains.catalogue.planning import declared_attributes, setting_of
from backend.domains.catalogue.readers import open_table
from backend.domains.catalogue.reading import attributes_of
from backend.domains.events.compiling import compile_document
from backend.domains.events.field_rules import chip_fields
from backend.domains.events.model import LISTING_FIELDS, Severity, Source, field_name
from backend.domains.events.reading import read
from backend.domains.events.templates import SEEDS, Folder, list_templates
from tests.schemas.brief import OTTO, is_within

FOLDERS = sorted(path.parent.name for path in SEEDS.glob("*/event.yaml"))
TALKING = sorted(path.parent.name for path in SEEDS.glob("*/conversation.yaml"))
MEDIA = "/media/"
TURN_KEYS = {"says", "signals", "filters", "nice", "without", "matches", "first"}


def document(folder: str) -> dict[str, Any]:
    compiled = compile_document(
        Source((SEEDS / folder / "event.yaml").read_bytes(), "event.yaml"), Folder()
    ).compiled
    assert compiled is not None
    return dict(compiled.document)


def written(folder: str) -> dict[str, Any]:
    value = read(Source((SEEDS / folder / "event.yaml").read_bytes(), "event.yaml")).value
    assert value is not None
    return value


def test_the_library_has_what_the_brief_names() -> None:
    names = {template.name for template in list_templates()}
    assert names >= {
        "platform_defaults",
        "tesla_q1_2026",
        "used_cars_b2b2c_otto",
        "watches_q1_2026",
        "real_estate_wholesale",
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_it_has_no_mistake_and_sets_nothing_by_accident(folder: str) -> None:
    """The one thing allowed: a section that is true of the category and that nothing reads yet."""
    compilation = compile_document(
        Source((SEEDS / folder / "event.yaml").read_bytes(), "event.yaml"), Folder()
    )
    assert [
        p for p in compilation.problems if p.severity is Severity.ERROR or p.code != "unread_section"
    ] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_it_is_listed_in_words(folder: str) -> None:
    template = next(t for t in list_templates() if t.name == folder)
    assert template.has_inventory
    assert template.title != template.name
    assert template.description.endswith(".")
    assert template.domain not in ("", "general")


@pytest.mark.parametrize("folder", FOLDERS)
def test_it_is_true_to_its_category(folder: str) -> None:
    doc = document(folder)
    nouns = doc["catalogue"]["noun"]
    assert nouns["one"] != "item"
    assert doc["branding"]["tagline"]
    assert len(doc["persona"]["openings"]) >= 3
    assert len(doc["catalogue"]["attributes"]) >= 8
    assert doc["safety"]["claims_review"]
    assert 1 <= len(doc["ui_contract"]["tile_specs"]) <= 4
    assert all(chip_fields(chip, doc) for chip in doc["ui_contract"]["chips"])
    known = {*LISTING_FIELDS, *(field_name(a["name"]) for a in doc["catalogue"]["attributes"])}
    assert {field_name(claim) for claim in doc["safety"]["claims_review"]} <= known | {
        f"specs.{k}" for k in known
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_experiment_says_what_it_expects_and_runs_even(folder: str) -> None:
    doc = document(folder)
    assert doc["experiments"]
    assert doc["analytics"]["test_plan"] == doc["experiments"][0]["key"]
    for experiment in doc["experiments"]:
        assert experiment["hypothesis"]
        control, *others = experiment["arms"]
        assert not control["patch"]
        assert all(arm["patch"] for arm in others)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_it_declares_is_what_its_rows_bring(folder: str) -> None:
    doc, mapping = document(folder), read_mapping(SEEDS / folder / "mapping.yaml")
    declared = declared_attributes(doc)
    brought = {a.name: a for a in attributes_of(mapping, setting_of(doc, mapping, declared))}
    assert set(declared) <= set(brought)
    kinds = {name: a["kind"] for name, a in declared.items()}
    assert {name: brought[name].kind for name in declared} == kinds
    named = [field_name(name) for name in doc["ui_contract"]["tile_specs"]]
    assert set(named) <= set(brought)
    assert {field_name(name) for name in doc["search_defaults"]["filters"]} <= set(brought)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_picture_it_names_is_there(folder: str) -> None:
    named = {*_pictures(folder), document(folder)["branding"]["hero"]}
    files = {
        address: SEEDS / address.split("/")[2].replace("-", "_") / "photos" / address.split("/")[3]
        for address in named
    }
    assert [address for address, file in files.items() if not file.is_file()] == []
    assert all("<script" not in file.read_text("utf-8") for file in files.values())


def _pictures(folder: str) -> Iterator[str]:
    mapping = read_mapping(SEEDS / folder / "mapping.yaml")
    column = next(c for c in mapping.columns if "image_urls" in c.targets)
    table = open_table(
        SEEDS / folder / "inventory.csv", header_row=mapping.header_row, delimiter=mapping.delimiter
    )
    at = list(table.header).index(column.header)
    for _, cells in table.records:
        for entry in str(cells[at] or "").split("|"):
            prefix = next((p for p in column.prefixes if entry.startswith(p)), None)
            if prefix:
                assert column.prefixes[prefix].startswith(MEDIA)
                yield column.prefixes[prefix] + entry.removeprefix(prefix)


@pytest.mark.parametrize("folder", FOLDERS)
def test_its_rows_come_out_the_same_each_time(folder: str, tmp_path: Path) -> None:
    main = runpy.run_path(str(SEEDS / folder / "make_inventory.py"))["main"]
    main.__globals__["HERE"] = tmp_path
    main()
    assert (tmp_path / "inventory.csv").read_bytes() == (SEEDS / folder / "inventory.csv").read_bytes()


@pytest.mark.parametrize("folder", TALKING)
def test_its_sample_conversation_is_written_as_agreed(folder: str) -> None:
    sample = YAML(typ="safe").load((SEEDS / folder / "conversation.yaml").read_text("utf-8"))
    assert set(sample) == {"inventory", "turns"}
    assert 4 <= len(sample["turns"]) <= 12
    for turn in sample["turns"]:
        assert {"says"} < set(turn) <= TURN_KEYS, turn


def test_nobody_in_the_rows_can_be_called_or_visited() -> None:
    for folder in FOLDERS:
        text = (SEEDS / folder / "inventory.csv").read_text("utf-8-sig")
        numbers = [
            part
            for part in text.replace(";", ",").split(",")
            if len(part) == 12 and part[3:4] == part[7:8] == "-"
        ]
        assert [n for n in numbers if n[4:9] != "555-0"] == [], folder
        assert "@" not in text


def test_otto_carries_the_values_of_the_brief() -> None:
    assert is_within(json.loads(OTTO), written("used_cars_b2b2c_otto"))


PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/templates.md").read_text("utf-8")


def test_the_page_names_each_template_and_how_many_rows_it_has() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| *(\d*) *\|", PAGE, re.MULTILINE))
    rows = {
        folder: sum(1 for _ in open_table(SEEDS / folder / "inventory.csv").records) for folder in FOLDERS
    }
    assert told == {"platform_defaults": "", **{folder: str(count) for folder, count in rows.items()}}


def test_the_examples_of_the_page_hold() -> None:
    event, talk = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    compiled = compile_document(Source(event, "my-watches.yaml"), Folder()).compiled
    assert compiled is not None
    assert compiled.document["conversion"]["hold_minutes"] == 60
    assert compiled.document["catalogue"] == document("watches_q1_2026")["catalogue"]
    turns = YAML(typ="safe").load(talk)["turns"]
    assert set().union(*turns) <= TURN_KEYS
