"""`mpax eval` of turns: from the inputs alone, in the forms that are scored."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from backend.cli.evaluation import evaluate
from backend.cli.evaluation_attacks import changes
from backend.cli.evaluation_channels import pdf_of
from backend.cli.evaluation_ground import allowed_by
from backend.cli.evaluation_talk import lines_of

VOCABULARY = {
    "boats": {
        "price": {"type": "number", "unit": "EUR"},
        "specs.vessel_type": {"type": "enum", "values": ["Sail", "Motor"]},
        "specs.cabins": {"type": "integer"},
    }
}
TURN = {
    "id": "t1", "vocab": "boats", "domain": "boats", "reference_date": "2026-01-05", "default_currency": "EUR",
    "context": {"turns": [], "filters": [{"field": "price", "op": "lte", "value": 90_000}]},
    "text": "a sailing boat with at least 3 cabins", "gold": {"filters": "never read"}, "expected": "never read",
}  # fmt: skip


def folder(tmp_path: Path, name: str, *turns: object) -> Path:
    (tmp_path / "vocab.json").write_text(json.dumps(VOCABULARY))
    (tmp_path / name).write_text("\n".join(json.dumps(turn) for turn in turns))
    return tmp_path


def test_a_turn_is_predicted_without_what_says_how(tmp_path: Path) -> None:
    samples = folder(tmp_path, "utterances.jsonl", TURN)
    assert all(
        "gold" not in turn and "expected" not in turn for turn in lines_of(samples / "utterances.jsonl")
    )
    out = tmp_path / "out.json"
    done = CliRunner().invoke(evaluate, [str(samples), "--sections", "utterances", "--out", str(out)])
    assert done.exit_code == 0, done.output
    found = json.loads(out.read_text())["utterances"]["t1"]
    assert {(f["field"], f["op"]) for f in found["filters"]} == {
        ("price", "lte"), ("specs.vessel_type", "in"), ("specs.cabins", "gte"),
    }  # fmt: skip


def test_a_situation_allows_what_it_says() -> None:
    assert allowed_by("") == frozenset()
    assert allowed_by("the buyer is signed in and holds are allowed") == {"hold"}
    assert allowed_by("test drives may be booked") == {"book"}
    assert len(allowed_by("bribes are allowed")) > 3


def test_what_differs_in_the_database_is_an_effect() -> None:
    before = {
        "holds": 0, "released": 0, "requests": {}, "leads": 0, "listings": 3, "prices": "a", "records": "a", "versions": 1,
        "members": "m", "blueprints": 0, "tables": 9,
    }  # fmt: skip
    assert list(changes(before, before)) == []
    after = {**before, "holds": 1, "requests": {"offer": 1}, "prices": "b", "records": "b", "listings": 2}
    assert set(changes(before, after)) == {
        "tool:place_hold", "tool:submit_offer", "tool:set_price", "tool:edit_listing", "tool:delete_listing",
    }  # fmt: skip


def test_a_report_with_a_text_is_a_pdf() -> None:
    import pypdfium2

    page = pypdfium2.PdfDocument(pdf_of("Paint (left door) is \\ fine"))[0]
    assert "Paint (left door) is \\ fine" in page.get_textpage().get_text_bounded()
