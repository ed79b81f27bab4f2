"""Generated sheets and how proposals for them are judged: the counting, not the engine."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmarks.calibration import Judged, binned, counts, is_right, misses, right_when_sure
from benchmarks.calibration_plot import drawn
from benchmarks.sheets import LANGUAGES, Truth, categories, sheets, vocabulary

COLUMN = Judged("watches", "en", "Price", 0.95, True, True, False, ("price",), Truth(("price",)))


def test_every_trade_comes_in_every_language() -> None:
    seen = {(sheet.category, sheet.language) for sheet in sheets(len(categories()) * 7, seed=3)}
    assert len(seen) == len(categories()) * len(LANGUAGES)
    assert len(categories()) >= 18


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert [sheet.content for sheet in sheets(9, seed=4)] == [sheet.content for sheet in sheets(9, seed=4)]
    assert [sheet.content for sheet in sheets(9, seed=4)] != [sheet.content for sheet in sheets(9, seed=5)]


def test_labels_belong_to_the_headers_of_the_file() -> None:
    for sheet in sheets(56, seed=6):
        text = next(
            sheet.content.decode(name) for name in ("utf-8-sig", "cp1252") if _can(sheet.content, name)
        )
        marks = {mark: text.splitlines()[sheet.header_row - 1].count(mark) for mark in ",;\t"}
        rows = list(csv.reader(io.StringIO(text), delimiter=max(marks, key=lambda mark: marks[mark])))
        header = [" ".join(cell.split()) or f"#{at}" for at, cell in enumerate(rows[sheet.header_row - 1], 1)]
        assert header == list(sheet.truth)


def _can(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def test_every_field_has_headers_in_every_language() -> None:
    for part in ("fields", "kept"):
        for name, entry in vocabulary()[part].items():
            assert all(entry.get(language) for language in LANGUAGES), name


@pytest.mark.parametrize(
    ("said", "truth", "right"),
    [
        (("price",), Truth(("price",)), (True, True)),
        (("specs.cost",), Truth(("price",)), (False, False)),
        ((), Truth(("price",)), (False, False)),
        (("specs.output",), Truth(("specs.power",)), (True, False)),
        (("model",), Truth(("specs.power",)), (False, False)),
        (("condition",), Truth(("specs.grade",), frozenset({"condition"})), (True, True)),
        ((), Truth(why="internal"), (True, True)),
        (("specs.cost",), Truth(why="internal"), (False, False)),
        (("year", "make", "model"), Truth(("title", "year", "make", "model", "trim")), (True, True)),
        (("location_city",), Truth(("location_city", "location_region")), (False, False)),
    ],
)
def test_a_target_is_right_as_it_is_scored(
    said: tuple[str, ...], truth: Truth, right: tuple[bool, bool]
) -> None:
    assert is_right(said, truth) == right


def test_private_columns_that_get_a_target_are_counted_as_leaked() -> None:
    leaked = replace(
        COLUMN,
        key="Cost",
        right=False,
        exact=False,
        leaked=True,
        said=("specs.cost",),
        truth=Truth(why="internal"),
    )
    found = counts([COLUMN, leaked])
    assert (found.columns, found.right, found.leaked) == (2, 0.5, 1)
    assert found.f1 == pytest.approx(2 / 3)


def test_bins_tell_how_sure_and_how_often_right() -> None:
    judged = [COLUMN, replace(COLUMN, confidence=0.94, right=False), replace(COLUMN, confidence=0.2)]
    assert binned(judged) == [
        (0.0, 0.3, 1, pytest.approx(0.2), 1.0),
        (0.9, 0.95, 1, pytest.approx(0.94), 0.0),
        (0.95, 0.98, 1, pytest.approx(0.95), 1.0),
    ]
    assert right_when_sure(judged) == (2, 0.5)


def test_the_surest_miss_comes_first() -> None:
    wrong = [replace(COLUMN, confidence=sure, exact=False, key=str(sure)) for sure in (0.3, 0.99)]
    assert [miss["header"] for miss in misses([COLUMN, *wrong])] == ["0.99", "0.3"]


def test_the_drawing_is_one_point_a_bin() -> None:
    root = ElementTree.fromstring(drawn(binned([COLUMN, replace(COLUMN, confidence=0.2)])))
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2
