"""A few rows as an import would read them: units and currencies of the file, row by row, and every refused cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.core.errors import InvalidInput
from backend.domains.catalogue.model import RejectedCell
from backend.domains.catalogue.normalizers import Reason, Rejected
from backend.domains.catalogue.preview import preview_rows, read_cell, read_values
from backend.domains.catalogue.reading import Setting
from tests.rules.catalogue import samples


def document(columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schema": "source_mapping.v1", "source": "stock", "columns": columns, **more}


ROWS = [
    ("Our boats", "", "", "", "", ""),
    ("Ref", "Boat", "Ask", "Cur", "Run", "Per"),
    ("Y1", "Juno", "895.000", "€", "120", "mi"),
    ("Y2", "Vega", "$1.2M", "USD", "4.100", "km"),
    ("Y3", "Lyra", "POA", "GBP", "80 km", "mi"),
    ("Y4", "Nova", "a lot", "Taler", "n/a", "km"),
    ("Total", "", "2.095.000", "", "", ""),
]
COLUMNS = {
    "Ref": "external_id",
    "Boat": "title",
    "Ask": "price",
    "Cur": {"target": "currency", "on_error": "blank"},
    "Run": "mileage",
    "Per": "mileage_unit",
}
BOATS = document(COLUMNS, file={"header_rows": [2], "rows": "listings", "delimiter": ";"})


@pytest.fixture
def boats(tmp_path: Path) -> Path:
    return samples.text(tmp_path / "boats.csv", ROWS, separator=";")


def test_rows_keep_the_currency_and_unit_they_name(boats: Path) -> None:
    one, two, three, four = preview_rows(boats, BOATS)
    assert (one.row, one.problems) == (3, ())
    assert one.values == {
        "external_id": "Y1", "title": "Juno", "price": 895_000, "currency": "EUR", "mileage": 120, "mileage_unit": "mi",
    }  # fmt: skip
    assert (two.values["price"], two.values["currency"]) == (1_200_000, "USD")
    assert (two.values["mileage"], two.values["mileage_unit"]) == (4100, "km")
    assert "price" not in three.values
    assert three.values["currency"] == "GBP"
    assert (three.values["mileage"], three.values["mileage_unit"]) == (80, "km")
    assert four.problems == (
        RejectedCell(6, "Ask", Reason.NOT_MONEY, "a lot"),
        RejectedCell(6, "Cur", Reason.NOT_A_CURRENCY, "Taler", "blanked"),
    )


def test_an_event_has_one_unit_of_distance_and_keeps_foreign_prices(boats: Path) -> None:
    one, two, *_ = preview_rows(boats, BOATS, setting=Setting("EUR", "km"))
    assert (one.values["mileage"], one.values["mileage_unit"]) == (193, "km")
    assert (two.values["price"], two.values["currency"]) == (1_200_000, "USD")


def test_chosen_rows_and_the_first_few(boats: Path) -> None:
    assert [row.row for row in preview_rows(boats, BOATS, rows={4, 6, 99})] == [4, 6]
    assert [row.row for row in preview_rows(boats, BOATS, limit=1)] == [3]


def test_a_file_that_names_no_currency_has_none(tmp_path: Path) -> None:
    path = samples.text(tmp_path / "f.csv", [("Ref", "Name", "Price"), ("1", "x", "1,500"), ("2", "y", "$5")])
    mapping = document({"Ref": "external_id", "Name": "title", "Price": "price"})
    assert [row.values.get("currency") for row in preview_rows(path, mapping)] == [None, "USD"]
    told = document({**mapping["columns"], "Price": {"target": "price", "currency": "EUR"}})
    assert [row.values.get("currency") for row in preview_rows(path, told)] == ["EUR", "USD"]


def test_a_mapping_may_be_unfinished(boats: Path) -> None:
    unfinished = document({"Boat": "model"}, file=BOATS["file"])
    assert preview_rows(boats, unfinished)[0].values == {"model": "Juno"}
    with pytest.raises(InvalidInput) as caught:
        preview_rows(boats, document({"Boat": "nonsense"}))
    assert caught.value.code == "catalogue.mapping_invalid"


def test_combined_cells_and_what_was_learnt_of_them(tmp_path: Path) -> None:
    rows = [
        ("Ref", "Vehicle", "Where"),
        ("1", "2021 Tesla Model 3 Long Range", "48143 Münster"),
        ("2", "n/a", ""),
    ]
    columns = {
        "Ref": "external_id",
        "Vehicle": {
            "targets": ["title", "year", "make", "model", "trim"],
            "parse": "vehicle",
            "models": ["Model 3"],
        },
        "Where": {"targets": ["specs.postal_code", "location_city"], "parse": "postal_place"},
    }
    one, two = preview_rows(samples.text(tmp_path / "f.csv", rows), document(columns))
    assert one.values == {
        "external_id": "1", "title": "2021 Tesla Model 3 Long Range", "year": 2021, "make": "Tesla", "model": "Model 3",
        "trim": "Long Range", "specs.postal_code": "48143", "location_city": "Münster",
    }  # fmt: skip
    assert two.values == {"external_id": "2"}


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("92/100", {"target": "specs.score", "normalizer": "score"}, 92),
        ("95+ pts", {"target": "specs.score", "normalizer": "score"}, 95),
        ("97-99", {"target": "specs.score", "normalizer": "score"}, Rejected(Reason.NOT_A_NUMBER)),
        ("1249900", {"target": "price", "scale": 0.01}, 12499),
        ("12.5", {"target": "specs.range", "type": "number", "scale": 1000}, 12500),
        ("03/04/2025", {"target": "specs.since", "type": "date", "dates": "dmy"}, "2025-04-03"),
        ("03/04/2025", {"target": "specs.since", "type": "date"}, "2025-03-04"),
        ("07/2017", {"target": "specs.since", "type": "date", "normalizer": "month"}, "2017-07"),
        ("07/17", {"target": "specs.since", "normalizer": "month"}, "2017-07"),
        ("2017-07-31", {"target": "specs.since", "normalizer": "month"}, "2017-07"),
        ("neu", {"target": "specs.due", "type": "date"}, None),
        (45_000, {"target": "specs.since", "type": "date"}, "2023-03-15"),
        ("1.234", {"target": "specs.hours", "type": "number", "decimal": "."}, 1.234),
        ("1.234", {"target": "specs.hours", "type": "number", "decimal": ","}, 1234),
        ("-83.469", "longitude", -83.469),
        ("34.32274", "latitude", 34.32274),
        ("12.5 ft", {"target": "specs.length", "type": "number", "unit": "ft"}, 12.5),
        ("450 €", {"target": "specs.fee", "normalizer": "money"}, 450),
        ("Grey / White", {"targets": ["color_exterior", "color_interior"], "split": "/"},
         {"color_exterior": "Grey", "color_interior": "White"}),
        ("", "price", None),
        ("NC", "location_region", "NC"),
    ],
)  # fmt: skip
def test_single_cells(cell: Any, column: Any, value: Any) -> None:
    assert read_cell(cell, column) == value


def test_defaults_of_the_text_a_cell_comes_from() -> None:
    given = {"currency": "EUR", "decimal": ",", "mileage_unit": "km"}
    assert read_values("1.500", "price", mapping_defaults=given) == {"price": 1500, "currency": "EUR"}
    assert read_values("61.200", "mileage", mapping_defaults=given) == {
        "mileage": 61_200,
        "mileage_unit": "km",
    }
