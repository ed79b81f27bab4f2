"""The compiled form: golden, repeatable, quick; and what arms of an experiment make of it."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.domains.events.compiling import compile_document, patched_document
from backend.domains.events.model import Source
from backend.domains.events.templates import SEEDS, Folder
from backend.kit.canonical_json import canonical, digest
from tests.rules.events.support import Shelf, compiled

GOLDEN = Path(__file__).with_name("golden")
TESLA = SEEDS / "tesla_q1_2026" / "event.yaml"


def test_the_canonical_text_is_golden() -> None:
    """A small document with one of everything. A change here changes the hash of every published version: think twice."""
    found = compile_document(
        Source((GOLDEN / "sale.yaml").read_text("utf-8")),
        Shelf({"base": (GOLDEN / "base.yaml").read_text("utf-8")}),
    )
    assert found.problems == ()
    assert found.compiled is not None
    assert found.compiled.canonical + "\n" == (GOLDEN / "sale.json").read_text("utf-8")
    assert found.compiled.sha256 == digest((GOLDEN / "sale.json").read_text("utf-8").rstrip("\n"))


def test_the_document_is_what_its_text_says() -> None:
    found = compile_document(Source(TESLA.read_bytes()), Folder()).compiled
    assert found is not None
    assert json.loads(found.canonical) == found.document
    assert canonical(found.document) == found.canonical
    assert found.source == TESLA.read_text("utf-8")


def test_order_comments_and_notation_do_not_matter() -> None:
    document = {
        "id": "sale",
        "conversion": {"hold_minutes": 30, "hold_limit": 3},
        "persona": {"name": "Max", "role": "a guide"},
    }
    hashes: set[str] = set()
    for seed in range(5):
        text = json.dumps(_shuffled(document, random.Random(seed)))
        hashes |= {
            found.sha256 for written in (text, f"# note\n{text}") if (found := compiled(written).compiled)
        }
    yaml = "id: sale\nconversion: {hold_limit: 3.0, hold_minutes: 30}\npersona:\n  role: 'a guide'\n  name: Max\n"
    found = compiled(yaml).compiled
    assert found is not None
    assert hashes == {found.sha256}


def _shuffled(value: Any, rng: random.Random) -> Any:
    if not isinstance(value, dict):
        return value
    names = list(value)
    rng.shuffle(names)
    return {name: _shuffled(value[name], rng) for name in names}


def test_compiling_the_compiled_form_changes_nothing() -> None:
    first = compile_document(Source(TESLA.read_bytes()), Folder()).compiled
    assert first is not None
    again = compile_document(Source(first.canonical), Folder()).compiled
    assert again is not None
    assert again.sha256 == first.sha256


def test_short_field_names_are_spelled_out() -> None:
    found = compile_document(Source(TESLA.read_bytes()), Folder()).compiled
    assert found is not None
    assert set(found.document["search_defaults"]["filters"]) == {"model", "year", "specs.accident_free"}
    assert found.document["ui_contract"]["tile_specs"] == ["mileage", "specs.range", "specs.battery_health"]
    assert {attribute["name"] for attribute in found.document["catalogue"]["attributes"]} >= {"specs.range"}


def test_a_filter_may_use_the_form_that_an_attribute_means() -> None:
    attributes = (
        "catalogue: {attributes: [{name: accident_free, label: A, kind: boolean, means: {accidents: 0}}]}"
    )
    found = compiled(f"id: sale\n{attributes}\nsearch_defaults: {{filters: {{accidents: 0}}}}\n")
    assert found.problems == ()
    assert found.compiled is not None
    assert found.compiled.document["search_defaults"]["filters"] == {"specs.accident_free": True}
    other = compiled(f"id: sale\n{attributes}\nsearch_defaults: {{filters: {{accidents: 1}}}}\n")
    assert [problem.code for problem in other.problems] == ["no_such_field"]


def test_an_arm_lays_its_patch_over_the_document() -> None:
    text = """
id: sale
experiments:
  - key: names
    arms:
      - {key: control, weight: 0.5}
      - {key: other, weight: 0.5, patch: {persona: {name: Max}}}
"""
    found = compiled(text).compiled
    assert found is not None
    assert patched_document(found.document, {"names": "control"}) is found.document
    assert patched_document(found.document, {"unknown": "other"}) is found.document
    patched = patched_document(found.document, {"names": "other"})
    assert patched["persona"]["name"] == "Max"
    assert patched["persona"]["role"] == found.document["persona"]["role"]
    assert found.document["persona"]["name"] == "Claire"


@pytest.mark.parametrize(
    "text",
    [
        "id: x\n" + "".join(f"unknown{n}: 1\n" for n in range(450)),
        "id: x\n" + "".join(f"s{m}: {{{', '.join(f'k{n}: 1' for n in range(400))}}}\n" for m in range(40)),
        "id: x\npersona: {openings: [" + ", ".join(f"{{a: {n}}}" for n in range(499)) + "]}\n",
        "id: x\nexperiments: [" + ", ".join("{}" for _ in range(499)) + "]\n",
        "id: x\nsearch_defaults: {filters: {price: [" + ", ".join(f"[{n}]" for n in range(499)) + "]}}\n",
    ],
)
def test_a_document_wrong_all_over_is_refused_quickly(text: str) -> None:
    begun = time.perf_counter()
    found = compiled(text)
    assert time.perf_counter() - begun < 2
    assert 0 < len(found.errors) <= 200


@pytest.mark.parametrize("form", ["as written", "spelled out"])
def test_a_full_document_compiles_within_its_budget(form: str) -> None:
    """At most so many times what reading its text alone takes; both in the processor's own time, turn by turn."""
    source, library = Source(TESLA.read_bytes()), Folder()
    found = compile_document(source, library).compiled
    assert found is not None
    source = source if form == "as written" else Source(found.canonical)
    ratios: list[float] = []
    for _ in range(10):
        begun = time.process_time()
        yaml.load(TESLA.read_bytes(), Loader=yaml.CSafeLoader)
        between = time.process_time()
        compile_document(source, library)
        ratios.append((time.process_time() - between) / max(between - begun, 1e-6))
    assert min(ratios) < 20, ratios
