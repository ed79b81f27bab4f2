"""Statements carry their source and how sure it is; what is too unsure is not said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domains.discovery import comparing, conversation, ranking
from backend.domains.discovery.claims import claims_of, confidence_of, may_state, stated
from backend.domains.discovery.grounding import check, evidence_of
from backend.domains.discovery.model import Filter, Understanding
from backend.domains.discovery.origins import origin_of
from tests.rules.discovery.test_answering import DOCUMENT, WORDS, facts, hit, listing, scene

_READ = {
    "fields": {
        "specs.battery_health": {
            "source": "inspection.pdf",
            "page": 2,
            "box": [10.2, 20, 90, 32],
            "confidence": 0.55,
        }
    }
}

_UNSURE = {
    "en": "is not known for certain",
    "de": "ist nicht sicher bekannt",
    "fr": "n'est pas connu avec certitude",
    "es": "no se sabe con certeza",
}


def _asked(**values: Any) -> conversation.Facts:
    asked = Understanding((), (), questions=("what is the battery health",), topics=("specs.battery_health",))
    first = listing(specs={"battery_health": 94}, **values)
    return facts(understanding=asked, first=first, tiles=())


def test_a_statement_carries_the_cell_it_comes_from() -> None:
    one = listing(provenance={"raw": {"price": "$36.8k"}, "columns": {"price": "Asking"}})
    reply = conversation.reply(facts(first=one))
    (claim,) = claims_of(reply, WORDS, facts().tiles, {1: one})
    assert claim.text in reply
    assert (claim.text, claim.field, claim.listing_id, claim.confidence) == ("$36,800", "price", 1, 1.0)
    assert claim.source == "row 1, column “Asking” of the seller's list, written “$36.8k”"
    assert claim.to_json()["place"] == {"kind": "cell", "row": 1, "column": "Asking"}


def test_a_field_of_a_feed_is_named_by_its_path() -> None:
    told = {"columns": {"price": "price.amount"}, "is_feed": True}
    (claim,) = claims_of(
        conversation.reply(facts()), WORDS, facts().tiles, {1: listing(provenance=told, source_row=3)}
    )
    assert claim.source == "record 3, field “price.amount” of the seller's feed"
    assert claim.place == {"kind": "field", "row": 3, "column": "price.amount"}


def test_a_fact_of_a_report_carries_file_page_box_and_confidence() -> None:
    one = listing(specs={"battery_health": 94}, provenance=_READ)
    said = "The 2022 Tesla Model 3 No. 1 has battery health 94%."
    (claim,) = claims_of(said, WORDS, (), {1: one})
    assert (claim.source, claim.confidence) == ("from the condition report, page 2", 0.55)
    box = (10.2, 20, 90, 32)
    assert claim.place == {"kind": "report", "file": "inspection.pdf", "page": 2, "box": box}
    assert confidence_of(one, "price") == 1


@pytest.mark.parametrize(
    ("read", "place", "confidence"),
    [
        ({"source": "a.pdf"}, {"kind": "report", "file": "a.pdf"}, 1.0),
        ({"source": "../x/\u202ea.pdf", "page": 0}, {"kind": "report", "file": "a.pdf"}, 1.0),
        ({"page": True, "box": [1, 2, 3]}, {"kind": "report"}, 1.0),
        ({"page": "2", "box": [1, 2, float("nan"), 4]}, {"kind": "report"}, 1.0),
        ({"page": 1, "box": [9, 2, 3, 4], "confidence": "sure"}, {"kind": "report", "page": 1}, 0.0),
        ({"page": 1, "confidence": 7}, {"kind": "report", "page": 1}, 0.0),
        ({"page": 1, "confidence": None}, {"kind": "report", "page": 1}, 0.0),
        ({"page": 1, "confidence": 10**400}, {"kind": "report", "page": 1}, 0.0),
    ],
)
def test_what_is_broken_of_a_place_is_left_out_and_makes_nothing_surer(
    read: dict[str, Any], place: dict[str, Any], confidence: float
) -> None:
    origin = origin_of(listing(provenance={"fields": {"price": read}}), "price")
    assert origin is not None
    assert (origin.place(), origin.confidence) == (place, confidence)


@pytest.mark.parametrize("fields", [None, [], "x", {"price": 7}, {"price": {}}])
def test_what_is_no_place_leaves_the_cell(fields: Any) -> None:
    origin = origin_of(listing(provenance={"fields": fields}), "price")
    assert origin is not None
    assert origin.place() == {"kind": "cell", "row": 1}


def test_below_the_threshold_the_persona_does_not_know() -> None:
    sure, unsure = _asked(), _asked(provenance=_READ)
    assert "battery health" in conversation.reply(sure)
    assert "94" in conversation.reply(sure)
    for language, words in _UNSURE.items():
        spoken = replace(unsure, understanding=replace(unsure.understanding, language=language))
        assert f"battery health {words}" in conversation.reply(spoken)
        assert "94" not in conversation.reply(spoken)
        assert not check(conversation.reply(spoken), evidence_of(spoken)).dropped
    said = "The battery health is 94."
    assert not check(said, evidence_of(sure)).dropped
    assert check(said, evidence_of(unsure)).dropped


def test_the_document_decides_how_sure_is_sure_enough() -> None:
    one = listing(provenance=_READ)
    assert may_state({**DOCUMENT, "safety": {"least_confidence": 0.5}}, one, "specs.battery_health")
    assert not may_state({**DOCUMENT, "safety": {"least_confidence": 0.9}}, one, "specs.battery_health")


def test_a_delicate_fact_without_a_source_is_not_stated() -> None:
    document = {**DOCUMENT, "safety": {"claims_review": ["range"]}}
    assert may_state(document, listing(), "specs.range")
    assert not may_state(document, listing(source_row=None), "specs.range")
    assert may_state(document, listing(source_row=None), "mileage")


def test_what_is_said_of_one_listing_is_no_claim_about_another() -> None:
    other = listing(2, title="2023 Tesla Model Y", price_minor=2_990_000)
    reply = "Closest is the 2022 Tesla Model 3 No. 1 at $36,800. The 2023 Tesla Model Y is at $29,900, range 330 mi."
    claims = claims_of(reply, WORDS, (), {1: listing(), 2: other})
    assert [(c.listing_id, c.field) for c in claims] == [(1, "price"), (2, "price"), (2, "specs.range")]


def _doubtful(**fields: float) -> Any:
    """A listing whose facts were read from a report, each this sure."""
    read = {name: {"source": "a.pdf", "page": 1, "confidence": sure} for name, sure in fields.items()}
    return listing(provenance={"fields": read})


@pytest.mark.parametrize(
    ("field", "figure", "wish"),
    [
        ("price", "36,800", Filter("price", "lte", 40_000)),
        ("mileage", "18,200", Filter("mileage", "lte", 20_000)),
        ("year", "Built", Filter("year", "gte", 2020)),
        ("condition", "Used", Filter("condition", "in", ["used"])),
        ("color_exterior", "White", Filter("color_exterior", "in", ["White"])),
        ("specs.range", "330", Filter("specs.range", "gte", 300)),
    ],
)
def test_below_the_threshold_neither_tile_nor_comparison_states_it(
    field: str, figure: str, wish: Filter
) -> None:
    """The threshold itself is enough; a little less is not."""
    for sure, is_said in ((0.6, True), (0.599, False)):
        one = stated(DOCUMENT, _doubtful(**{field: sure}))
        (tile,) = ranking.tiles(scene(wish), [hit(1)], {1: one})
        told = repr((tile.price_text, tile.reasons, tile.why, tile.specs))
        assert (figure.casefold() in told.casefold()) is is_said, told
        document = {**DOCUMENT, "ui_contract": {"comparison_fields": [field.removeprefix("specs.")]}}
        beside = comparing.compare(replace(scene(), document=document), [one, listing(2, mileage=5)])
        cells = {row.field: row.cells[0].value for row in beside.rows}
        assert (cells.get(field) is not None) is is_said
        known = evidence_of(facts(first=one, tiles=(tile,)))
        assert (known.sources[0].values.get(field) is not None) is is_said


def test_a_listing_whose_facts_are_all_sure_is_the_same_one() -> None:
    document = {**DOCUMENT, "safety": {"claims_review": ["range"]}}
    one = _doubtful(price=0.9)
    assert stated(document, one) is one
    assert stated(document, listing(source_row=None)).specs == {"accidents": 0, "heat_pump": True}
