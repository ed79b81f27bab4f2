"""A report finds its listing by a number, forgives what text recognition confuses, and never guesses."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domains.blueprints.model import ReportField, ReportProposal
from backend.domains.blueprints.reports.proposing import link_reports

LISTINGS: list[dict[str, Any]] = [
    {
        "external_id": "A100377",
        "identifier": "1HGCV1F34LA015532",
        "make": "Honda",
        "model": "Accord",
        "year": 2020,
    },
    {
        "external_id": "A100378",
        "identifier": "1HGCV1F34LA015533",
        "make": "Honda",
        "model": "Accord",
        "year": 2020,
    },
    {
        "external_id": "B200001",
        "identifier": None,
        "make": "Triumph",
        "model": "Bonneville T120",
        "year": 1968,
    },
]


def report(**values: Any) -> ReportProposal:
    fields = tuple(ReportField(target, target, value, str(value), 0.9) for target, value in values.items())
    return ReportProposal("report.pdf", "text", ("text",), ((595, 842),), fields, ())


@pytest.mark.parametrize(
    ("values", "listing"),
    [
        ({"identifier": "1HGCV1F34LA015532"}, "A100377"),
        ({"identifier": "1HGCV 1F34 LA015533"}, "A100378"),
        ({"identifier": "lHGCVlF34LAOI5532"}, "A100377"),  # l for 1, O for 0, I for 1
        ({"external_id": "a-100377"}, "A100377"),
        ({"external_id": "Al00378"}, "A100378"),
        ({"make": "triumph", "model": "Bonneville  T120", "year": 1968}, "B200001"),
        ({"make": "Honda", "model": "Accord", "year": 2020}, None),  # two of them
        ({"make": "Honda", "model": "Accord"}, None),
        ({"identifier": "WVWZZZ1KZAW123456"}, None),
        ({"identifier": "123"}, None),
        ({}, None),
    ],
)
def test_a_report_is_linked_where_one_listing_alone_fits(values: dict[str, Any], listing: str | None) -> None:
    (linked,) = link_reports([report(**values)], LISTINGS)
    assert linked.listing == listing
    assert bool(linked.linked_by) is (listing is not None)


def test_another_identifier_speaks_against_the_same_name() -> None:
    listings = [
        {
            "external_id": "A1",
            "identifier": "JH2PC40001M000001",
            "make": "Honda",
            "model": "CB750",
            "year": 1971,
        }
    ]
    (linked,) = link_reports(
        [report(identifier="JH2PC40001M999999", make="Honda", model="CB750", year=1971)], listings
    )
    assert linked.listing is None


def test_two_listings_with_one_number_are_named_and_left_alone() -> None:
    (linked,) = link_reports(
        [report(identifier="1HGCV1F34LA015532")], [*LISTINGS, {**LISTINGS[0], "external_id": "A100399"}]
    )
    assert linked.listing is None
    assert "2 listings have 1HGCV1F34LA015532" in linked.notes[-1].text
