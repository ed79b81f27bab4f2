"""Which layer each value of a compiled document is from."""

from __future__ import annotations

from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Source, pointer
from backend.domains.events.provenance import Origins
from backend.domains.events.templates import SEEDS, Folder
from tests.rules.events.support import Shelf, paths_of

BASE = """\
id: base
currency: EUR
persona: {name: Base, style: {tone: calm_expert}}
ui_contract: {actions: [Reserve, Compare], chips: [Budget, Make]}
search_defaults: {filters: {year: 2020}}
catalogue:
  attributes:
    - {name: range, label: Range, kind: number}
    - {name: clean, label: C, kind: boolean, means: {accidents: 0}}
"""
TOP = """\
extends: base
id: top
persona: {name: Top}
ui_contract:
  actions: [Schedule Call]
  chips: {$append: [Range], $remove: [Budget]}
  tile_specs: [range, specs.range, mileage]
search_defaults: {filters: {accidents: 0}}
catalogue: {attributes: {$append: [{name: color, label: Color, kind: enum, values: [a]}, {name: range, unit: km}]}}
"""


def origins(text: str, **others: str) -> dict[str, str]:
    found = compile_document(Source(text), Shelf(others)).compiled
    assert found is not None
    return dict(found.origins)


def test_each_value_is_of_the_layer_that_said_it() -> None:
    found = origins(TOP, base=BASE)
    own, default = "this document", "default"
    expected = {
        "/id": own,
        "/name": default,
        "/currency": "base",
        "/timezone": default,
        "/persona/name": own,
        "/persona/style/tone": "base",
        "/persona/style/directness": default,
        "/ui_contract/actions/0": own,
        "/ui_contract/chips/0": "base",
        "/ui_contract/chips/1": own,
        "/ui_contract/tile_specs/0": own,
        "/ui_contract/tile_specs/1": own,
        "/search_defaults/filters/year": "base",
        "/search_defaults/filters/specs.clean": own,
        "/catalogue/attributes/0/label": "base",
        "/catalogue/attributes/0/unit": own,
        "/catalogue/attributes/1/means/accidents": "base",
        "/catalogue/attributes/2/label": own,
        "/catalogue/attributes/2/values/0": own,
        "/catalogue/attributes/2/means": default,
        "/experiments": default,
    }
    assert {place: found.get(place) for place in expected} == expected


def test_there_is_one_origin_for_each_leaf() -> None:
    compiled = compile_document(
        Source((SEEDS / "tesla_q1_2026" / "event.yaml").read_bytes()), Folder()
    ).compiled
    assert compiled is not None
    leaves = {
        pointer(path)
        for path in paths_of(compiled.document)
        if not isinstance(value := _at(compiled.document, path), dict | list) or not value
    }
    assert set(compiled.origins) == leaves
    assert set(compiled.origins.values()) == {"this document", "platform_defaults", "default"}
    assert compiled.origins["/conversion/hold_limit"] == "platform_defaults"
    assert compiled.origins["/conversion/hold_minutes"] == "this document"
    assert compiled.origins["/search_defaults/filters/specs.accident_free"] == "this document"


def _at(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def test_the_chain_is_told_apart_layer_by_layer() -> None:
    found = origins(
        "extends: middle\nid: top\nui_contract: {chips: {$append: [Color]}}\n",
        middle="extends: base\nid: middle\nui_contract: {chips: {$append: [Model]}}\n",
        base=BASE,
    )
    assert [found[f"/ui_contract/chips/{n}"] for n in range(4)] == ["base", "base", "middle", "this document"]


def test_what_a_default_list_held_stays_a_default() -> None:
    found = origins("id: top\npreference_extraction: {signals: {$append: [FEATURES]}}\n")
    assert found["/preference_extraction/signals/0"] == "default"
    assert found["/preference_extraction/signals/8"] == "this document"


def test_arms_keep_the_layer_of_each_value() -> None:
    arm = (
        "{key: b, patch: {ui_contract: {chips: {$append: [Color]}}, search_defaults: {filters: {range: 5}}}}"
    )
    found = origins(
        f"extends: base\nid: top\nexperiments: {{$append: [{{key: e, arms: {{$append: [{arm}]}}}}]}}\n",
        base=BASE
        + "experiments: [{key: e, arms: [{key: a, weight: 0.5}, {key: b, weight: 0.5, patch: {persona: {name: B}}}]}]\n",
    )
    patch = "/experiments/0/arms/1/patch"
    assert found[f"{patch}/persona/name"] == "base"
    assert found[f"{patch}/ui_contract/chips/$append/0"] == "this document"
    assert found[f"{patch}/search_defaults/filters/specs.range"] == "this document"
    assert found["/experiments/0/arms/1/weight"] == "base"


def test_origins_are_reckoned_when_asked_for() -> None:
    compiled = compile_document(Source("id: x"), Shelf()).compiled
    assert compiled is not None
    assert isinstance(compiled.origins, Origins)
    assert compiled.origins["/id"] == "this document"
    assert "/nowhere" not in compiled.origins
