"""Statements carry their source and how sure it is; what is too unsure is not said."""

from __future__ import annotations

from typing import Any

from backend.domains.discovery import conversation
from backend.domains.discovery.claims import claims_of, confidence_of, may_state, source_of
from backend.domains.discovery.grounding import check, evidence_of
from backend.domains.discovery.model import Understanding
from tests.rules.discovery.test_answering import DOCUMENT, WORDS, facts, listing

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


def _asked(**values: Any) -> conversation.Facts:
    asked = Understanding((), (), questions=("what is the battery health",), topics=("specs.battery_health",))
    first = listing(specs={"battery_health": 94}, **values)
    return facts(understanding=asked, first=first, tiles=())


def test_a_statement_carries_the_cell_it_comes_from() -> None:
    one = listing(provenance={"raw": {"price": "$36.8k"}})
    reply = conversation.reply(facts(first=one))
    (claim,) = claims_of(reply, WORDS, facts().tiles, {1: one}, {1: {"columns": {"price": "Asking"}}})
    assert claim.text in reply
    assert (claim.text, claim.field, claim.listing_id, claim.confidence) == ("$36,800", "price", 1, 1.0)
    assert claim.source == "row 1, column “Asking” of the seller's list, written “$36.8k”"


def test_a_fact_of_a_report_carries_page_place_and_confidence() -> None:
    one = listing(provenance=_READ)
    assert source_of(one, "specs.battery_health") == "inspection.pdf, page 2, at 10, 20, 90, 32"
    assert confidence_of(one, "specs.battery_health") == 0.55
    assert confidence_of(one, "price") == 1


def test_below_the_threshold_the_persona_does_not_know() -> None:
    sure, unsure = _asked(), _asked(provenance=_READ)
    assert "battery health" in conversation.reply(sure)
    assert "94" in conversation.reply(sure)
    assert "battery health is not stated" in conversation.reply(unsure)
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
