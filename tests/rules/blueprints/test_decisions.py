"""Which decisions are taken: what cannot be read by is refused at once, what was kept back needs a second word. No database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from backend.core.errors import Conflict, InvalidInput
from backend.domains.blueprints.deciding import decided_file
from backend.domains.blueprints.model import FieldProposal, Left, SheetProposal, to_json
from backend.domains.blueprints.records import FileStatus, SampleFile
from backend.flows.blueprint_decisions import decisions_of
from backend.flows.blueprint_gate import confirmed

FIELDS = (
    FieldProposal("Ref", ("external_id",), 0.9, column={"target": "external_id"}),
    FieldProposal("Asking", ("price",), 0.9, column={"target": "price"}),
    FieldProposal("Berth", ("specs.berth",), 0.9, column={"target": "specs.berth", "type": "text"}),
    FieldProposal("Owner", (), 0.9, Left.PERSONAL),
)


def sample(**decisions: Any) -> SampleFile:
    mapping = {"schema": "source_mapping.v1", "source": "boats", "file": {"header_rows": [1]}, "columns": {}}
    found = SheetProposal("boats.csv", None, (1,), 2, 9, (), FIELDS, mapping, "boats", "USD", None, "en")
    now = datetime.now(UTC)
    return SampleFile(
        uuid4(), uuid4(), uuid4(), "sheet", "boats.csv", "text/csv", 9, "0" * 64, "", 0, FileStatus.READ, "", 1, 1, 1,
        None, now, now, decisions, {"proposal": to_json(found)},
    )  # fmt: skip


def decided(file: SampleFile, **change: Any) -> dict[str, Any]:
    decisions, _ = decisions_of([file], [{"file_id": str(file.id), **change}])
    (decision,) = decisions[file.id].values()
    assert decision is not None
    return decision


@pytest.mark.parametrize(
    ("field", "change", "path"),
    [
        ("Asking", {"column": {"scale": "a"}}, "columns/Asking/scale"),
        ("Asking", {"column": {"curency": "EUR"}}, "columns/Asking"),
        ("Berth", {"targets": ["specs.pier"], "column": {"values": "x"}}, "columns/Berth/values"),
        ("Asking", {"column": "price"}, "columns/Asking"),
        ("", {"mapping": {"currency": 5}}, "currency"),
        ("", {"mapping": {"dates": "soon"}}, "file/dates"),
        ("", {"mapping": "EUR"}, "(top)"),
    ],
)
def test_what_no_list_can_be_read_by_is_refused_at_once(
    field: str, change: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        decided(sample(), field=field, **change)
    assert (refused.value.code, refused.value.facts["path"]) == ("catalogue.mapping_invalid", path)
    assert refused.value.facts["file"] == "boats.csv"


def test_what_is_right_is_kept() -> None:
    assert decided(sample(), field="Asking", column={"scale": 0.01})["column"] == {
        "target": "price",
        "scale": 0.01,
    }
    assert decided(sample(), field="", mapping={"currency": "EUR"}) == {"mapping": {"currency": "EUR"}}


def test_the_checked_targets_count_not_those_inside_the_entry() -> None:
    hidden = {"target": "specs.x y", "targets": ["price", "make"], "label": "Pier"}
    decision = decided(sample(), field="Berth", targets=["specs.pier"], column=hidden)
    found = decided_file(sample(Berth=decision))
    berth = next(one for one in found.fields if one.key == "Berth")
    assert berth.targets == ("specs.pier",)
    assert found.mapping["columns"]["Berth"] == {"target": "specs.pier", "type": "text", "label": "Pier"}
    kept = decided(sample(), field="Berth", column={"target": "price", "label": "Pier"})
    assert kept["column"] == {"target": "specs.berth", "type": "text", "label": "Pier"}


@pytest.mark.parametrize("left", ["internal", "personal"])
def test_what_a_person_kept_back_needs_a_second_word_too(left: str) -> None:
    file = sample(Berth={"left": left})
    with pytest.raises(Conflict) as refused:
        decided(file, field="Berth", targets=["specs.pier"])
    assert (refused.value.code, refused.value.facts) == (
        "blueprints.needs_confirmation",
        {"fields": ["Berth"]},
    )
    decision = decided(file, field="Berth", targets=["specs.pier"], confirm=True)
    again = decided(sample(Berth=decision), field="Berth", column={"label": "Pier"})
    for each in (decision, again):
        assert "berth" not in {one.header for one in confirmed([sample(Berth=each)])}
    assert "berth" in {one.header for one in confirmed([sample(Berth={"targets": ["specs.pier"]})])}


def test_what_was_confirmed_is_not_remembered() -> None:
    file = sample(Berth={"left": "personal"})
    change = {"file_id": str(file.id), "field": "Berth", "targets": ["specs.pier"], "confirm": True}
    decisions, remembered = decisions_of([file], [change])
    assert remembered == []
    after = sample(**decisions[file.id])
    _, remembered = decisions_of([after], [{"file_id": str(after.id), "field": "Berth", "accept": True}])
    assert remembered == []


def test_leaving_out_otherwise_what_was_left_unused_needs_no_second_word() -> None:
    assert decided(sample(Berth={"left": "unused"}), field="Berth", targets=["specs.pier"])["targets"] == [
        "specs.pier"
    ]
    assert decided(sample(), field="Owner", left="unused") == {"left": "unused"}
