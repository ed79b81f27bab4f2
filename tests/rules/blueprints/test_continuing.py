"""What a confirmed source mapping decides of the next list, and what the new file decides itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from backend.domains.blueprints.continuing import continued
from backend.domains.blueprints.induction import propose_sheet
from backend.domains.blueprints.model import Left, SheetProposal
from backend.domains.catalogue.layout import survey

BEFORE: dict[str, Any] = {
    "schema": "source_mapping.v1",
    "source": "stock",
    "file": {"header_row": 1, "dates": "dmy", "decimal": "."},
    "currency": "GBP",
    "mileage_unit": "km",
    "defaults": {"condition": "Used"},
    "columns": {
        "REF": "external_id",
        "Make": "make",
        "Colour": {"target": "specs.paint", "type": "enum", "label": "Paint", "values": {"Red": ["rd"]}},
        "Asking": "price",
        "Gone": "specs.gone",
        "Contact": "specs.contact",
    },
    "ignore": {"Model": "unused"},
}
HEAD = "Ref,Make,Model,Colour,Asking,Price,Doors,In stock,Contact"


def proposed(
    tmp_path: Path, before: Mapping[str, Any] = BEFORE, price: str = "", day: str = "3/4/2025"
) -> SheetProposal:
    rows = [
        f"A{n},Arden,City,rd,{price}{9000 + n},{8000 + n},{2 + n % 4},{day},{'555-01' + str(10 + n)}"
        for n in range(40)
    ]
    path = tmp_path / "stock may.csv"
    path.write_text("\n".join([HEAD, *rows]), "utf-8")
    surveyed = survey(path)
    found = propose_sheet(surveyed, embedder=None, file=path.name)
    return continued(
        found, surveyed.columns, [{**BEFORE, "source": "other", "columns": {"X": "make"}}, before]
    )


def test_columns_that_are_still_there_are_read_as_they_were(tmp_path: Path) -> None:
    mapping = proposed(tmp_path).mapping
    columns = mapping["columns"]
    assert mapping["source"] == "stock"
    assert columns["Colour"] == BEFORE["columns"]["Colour"]
    assert columns["Asking"] == {"target": "price"}
    assert mapping["ignore"]["Model"] == "unused"
    assert "Gone" not in columns
    assert "Doors" in columns
    assert (mapping["currency"], mapping["mileage_unit"], mapping["defaults"]) == (
        "GBP",
        "km",
        {"condition": "Used"},
    )
    assert (mapping["file"]["dates"], mapping["file"]["decimal"]) == ("dmy", ".")


def test_a_new_column_takes_nothing_from_a_confirmed_one_and_is_asked_about(tmp_path: Path) -> None:
    new = next(one for one in proposed(tmp_path).fields if one.key == "Price")
    assert "price" not in new.targets
    assert new.question or new.targets


def test_what_holds_persons_now_is_kept_back_though_it_was_published(tmp_path: Path) -> None:
    contact = next(one for one in proposed(tmp_path).fields if one.key == "Contact")
    assert (contact.targets, contact.left) == ((), Left.PERSONAL)


@pytest.mark.parametrize(
    ("price", "day", "currency", "dates"),
    [("€", "3/4/2025", "EUR", "dmy"), ("", "3/24/2025", "GBP", "mdy"), ("", "24/3/2025", "GBP", "dmy")],
)
def test_the_file_is_right_where_it_plainly_says_otherwise(
    tmp_path: Path, price: str, day: str, currency: str, dates: str
) -> None:
    found = proposed(tmp_path, price=price, day=day)
    assert (found.currency, found.mapping["currency"], found.mapping["file"]["dates"]) == (
        currency,
        currency,
        dates,
    )


def test_a_list_of_other_columns_is_its_own(tmp_path: Path) -> None:
    other = {**BEFORE, "columns": {"Number": "external_id", "Boat": "title", "Berth": "specs.berth"}}
    assert proposed(tmp_path, other).mapping["source"] == "stock may"
