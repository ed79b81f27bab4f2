"""A proposal survives the way to JSON and back; what is no proposal is refused by its place."""

from __future__ import annotations

import json

import pytest

from backend.core.errors import InvalidInput
from backend.domains.blueprints.model import (
    Box,
    Evidence,
    FieldProposal,
    Left,
    Proposal,
    ReportField,
    ReportProposal,
    SheetProposal,
    to_json,
)
from backend.domains.blueprints.plain import from_json

COST = FieldProposal("Cost", (), 0.99, left=Left.INTERNAL, evidence=(Evidence("header", "cost", 1),))
SHEET = SheetProposal(
    "list.csv", None, (1, 2), 3, 10, ((13, "total"),), (COST,), {"schema": "x"}, "pianos", "EUR", None, "de"
)
REPORT = ReportProposal(
    "a.pdf",
    "table",
    ("table",),
    ((595.0, 842.0),),
    (ReportField("Year", "year", 1959, "c. 1959", 0.9, box=Box(1, 1, 2, 3, 4)),),
    (),
)


def test_a_proposal_comes_back_as_it_was() -> None:
    proposal = Proposal(sheets=(SHEET,), reports=(REPORT,))
    assert from_json(Proposal, json.loads(json.dumps(to_json(proposal)))) == proposal


def test_what_an_older_release_did_not_write_has_its_default() -> None:
    assert from_json(Proposal, {"later": 1}) == Proposal()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([], "/"),
        ({"sheets": [{"file": 1}]}, "/sheets/0/file"),
        ({"sheets": {}}, "/sheets"),
        ({"behavior": {"template": "x"}}, "/behavior/domain"),
        ({"choices": {"transaction_mode": "barter"}}, "/choices/transaction_mode"),
        ({"choices": {"deposit_required": 1}}, "/choices/deposit_required"),
    ],
)
def test_what_is_no_proposal_is_refused_by_its_place(value: object, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_json(Proposal, value)
    assert (refused.value.code, refused.value.facts["path"]) == ("blueprints.unreadable", path)
