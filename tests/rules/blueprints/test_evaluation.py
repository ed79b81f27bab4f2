"""`mpax eval` on a folder of samples made here: what it writes, and that it looks at nothing but the samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backend import main
from backend.cli.evaluation import evaluate, plain
from tests.fakes import HashEmbedder
from tests.rules.blueprints.report_samples import simple

SHEET = """Stock #;Make;Model;Year;Price;Dealer Cost;Odometer;Listed
A1;Toyota;Corolla;2019;$14,500;$12,000;41,200 mi;2026-03-01
A2;Honda;Civic;2020;Call;$13,100;29,800 mi;2026-03-04
A3;Mazda;3;2018;$11,250;$9,900;66,010 mi;2026-03-09
Total;;;;$25,750;;;
"""
CURL = """curl 'https://homes.example/homes?page=1&limit=2'

{"homes": [
  {"mls": "H1", "city": "Reno", "price": 310000, "beds": 3, "agent_phone": "555-0100"},
  {"mls": "H2", "city": "Elko", "price": 240000, "beds": 2, "agent_phone": "555-0101"}
], "total": 3}
"""
LAST = {"mls": "H3", "city": "Ely", "price": 199000, "beds": 2, "agent_phone": "555-0102"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(main, "build_reading", lambda: (HashEmbedder(), None))
    for section in ("spreadsheets", "pdfs", "apis/homes"):
        (tmp_path / section).mkdir(parents=True)
    (tmp_path / "spreadsheets" / "cars.csv").write_text(SHEET)
    (tmp_path / "apis" / "homes" / "sample.curl.txt").write_text(CURL)
    return tmp_path


def _run(folder: Path, *options: str) -> tuple[Result, dict[str, Any]]:
    out = folder / "predictions.json"
    result = CliRunner().invoke(evaluate, [str(folder), "--out", str(out), *options])
    return result, json.loads(out.read_text())


def test_a_sheet_is_told_with_its_mapping_and_all_listings(folder: Path) -> None:
    result, predictions = _run(folder, "--sections", "spreadsheets")
    assert result.exit_code == 0, result.output
    cars = predictions["spreadsheets"]["cars.csv"]
    assert (cars["header_row"], cars["data_row_count"], cars["sheet"]) == (1, 3, None)
    assert cars["mapping"]["Price"]["target"] == "price"
    assert cars["mapping"]["Price"]["unit"] == "USD"
    assert cars["ignore"] == ["Dealer Cost"]
    assert [row["row"] for row in cars["rows"]] == [2, 3, 4]
    first, second = cars["rows"][0]["values"], cars["rows"][1]["values"]
    assert (first["price"], first["currency"], first["mileage"]) == (14500, "USD", 41200)
    assert second.get("price") is None
    assert "12000" not in json.dumps(cars)


def test_labels_are_never_opened(folder: Path) -> None:
    for name in ("spreadsheets/cars.csv.gold.json", "apis/homes/gold.json"):
        (folder / name).mkdir()  # opening it would fail
    result, predictions = _run(folder, "--sections", "spreadsheets,apis")
    assert result.exit_code == 0, result.output
    assert list(predictions["spreadsheets"]) == ["cars.csv"]
    assert list(predictions["apis"]) == ["homes"]


def test_an_api_is_planned_and_its_recorded_answers_are_imported(folder: Path) -> None:
    pages = [json.loads(CURL.partition("\n\n")[2]), {"homes": [LAST], "total": 3}]
    routes = [
        {
            "method": "GET",
            "path": "/homes",
            "query": {"page": str(at), "limit": "2"},
            "status": 200,
            "headers": {},
            "body": body,
        }
        for at, body in enumerate(pages, 1)
    ]
    fixture = {
        "host": "homes.example",
        "require_headers": {},
        "require_query": {},
        "auth_failure_status": 401,
    }
    (folder / "apis" / "homes" / "fixture.json").write_text(json.dumps(fixture | {"routes": routes}))
    result, predictions = _run(folder, "--sections", "apis")
    assert result.exit_code == 0, result.output
    homes = predictions["apis"]["homes"]
    assert homes["records_path"] == "homes"
    assert homes["pagination"]["style"] == "page"
    assert "agent_phone" not in homes["mapping"]
    assert homes["result"] == {"record_count": 3, "first_external_id": "H1", "last_external_id": "H3"}


def test_a_broken_sample_stops_no_other(folder: Path) -> None:
    (folder / "spreadsheets" / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    result, predictions = _run(folder, "--sections", "spreadsheets")
    assert result.exit_code == 1
    assert "spreadsheets/broken.xlsx: " in result.output
    assert list(predictions["spreadsheets"]) == ["cars.csv"]


def test_a_report_is_told_with_its_fields(folder: Path) -> None:
    simple(folder / "pdfs" / "one.pdf")
    result, predictions = _run(folder, "--sections", "pdfs")
    assert result.exit_code == 0, result.output
    assert predictions["pdfs"]["one.pdf"]["strategy"] == "text"
    fields = {field["target"]: field["value"] for field in predictions["pdfs"]["one.pdf"]["fields"]}
    assert fields["identifier"] == "WVWZZZ1KZAW123456"


def test_an_unknown_section_is_refused_before_anything_is_read(folder: Path) -> None:
    result = CliRunner().invoke(
        evaluate, [str(folder), "--out", str(folder / "x.json"), "--sections", "videos"]
    )
    assert result.exit_code == 2
    assert not (folder / "x.json").exists()


def test_values_become_json() -> None:
    from datetime import date
    from decimal import Decimal

    assert plain(Decimal("12.00")) == 12
    assert plain(Decimal("0.71")) == 0.71
    assert plain(date(2026, 3, 1)) == "2026-03-01"
    assert plain(("a", "b")) == ["a", "b"]
