"""Screenshots speak of tiles, chips, comparison and buttons in the names of the interface contract."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.core.errors import InvalidInput
from backend.core.ports import Word
from backend.core.settings import PROJECT
from backend.domains.blueprints.model import ScreenProposal
from backend.domains.blueprints.screens.proposing import propose_screen, screen_of
from tests.fakes import FixedOcr

TILES = [
    ["2021 Tesla Model 3", "$38,900", "94% match", "Range 358 mi · 41,230 mi", "Boston, MA"],
    ["2020 Honda Accord", "$21,450", "88% match", "Range 420 mi · 61,000 mi", "Austin, TX"],
    ["2019 BMW 330i", "$27,990", "81% match", "Range 390 mi · 33,800 mi", "Denver, CO"],
]


def at(text: str, x: float, y: float, size: float = 24) -> Word:
    return Word(text, 0.99, x, y, x + 0.55 * size * len(text), y + size)


def tiles(lines: Sequence[Sequence[str]], *, top: float = 400, buttons: Sequence[str] = ()) -> list[Word]:
    return [
        at(text, 50 + 400 * column, top + 44 * row)
        for column, texts in enumerate(lines)
        for row, text in enumerate([*texts, *buttons])
    ]


def row(texts: Sequence[str], y: float = 90) -> list[Word]:
    return [at(text, 50 + 180 * place, y) for place, text in enumerate(texts)]


def seen(words: Sequence[Word]) -> ScreenProposal:
    return screen_of(words, file="screen.png")


def test_a_storefront_gives_its_tiles_chips_and_buttons() -> None:
    screen = seen(
        [*row(["Budget", "Brand/Make", "Condition", "Year"]), *tiles(TILES, buttons=["Reserve", "Compare"])]
    )
    assert screen.tile_fields == ("media", "title", "price", "match", "specs", "location")
    assert screen.tile_specs == ("specs.range", "mileage")
    assert screen.chips == ("Budget", "Brand/Make", "Condition", "Year")
    assert screen.actions == ("Reserve", "Compare")
    places = dict(screen.boxes)
    assert round(places["actions/Reserve"].y0) == 620
    assert round(places["chips/Condition"].x0) == 410


def test_order_on_the_tile_is_the_order_of_the_contract() -> None:
    turned = [[texts[1], texts[0], *texts[2:]] for texts in TILES]
    assert seen(tiles(turned)).tile_fields[1:3] == ("price", "title")


def test_no_room_above_a_tile_is_no_picture() -> None:
    assert "media" not in seen(tiles(TILES, top=10)).tile_fields


def test_wireframes_are_read_by_their_placeholders() -> None:
    screen = seen(tiles([["Photo", "Title", "Price", "Badge", "Specs"]] * 2, top=100))
    assert screen.tile_fields == ("media", "title", "price", "badges", "specs")
    assert screen.tile_specs == ()


def test_filters_in_a_column_are_chips() -> None:
    words = [
        at(text, 40, 200 + 40 * place) for place, text in enumerate(["Marke", "Preis", "Baujahr", "Farbe"])
    ]
    assert seen(words).chips == ("Marke", "Preis", "Baujahr", "Farbe")


def test_a_table_of_values_is_a_comparison() -> None:
    cells = [
        ["Price", "$38,900", "$21,450"], ["Mileage", "41,230 mi", "61,000 mi"], ["Range", "358 mi", "420 mi"],
        ["Condition", "Used", "Certified"],
    ]  # fmt: skip
    words = [at("Compare", 40, 30, 60)]
    words += [
        at(text, 40 + 340 * column, 120 + 60 * line)
        for line, texts in enumerate(cells)
        for column, text in enumerate(texts)
    ]
    screen = seen(words)
    assert screen.comparison_fields == ("price", "mileage", "specs.range", "condition")
    assert screen.actions == ()  # the headline is no button


@pytest.mark.parametrize(
    ("button", "action"),
    [
        ("Reserve now", "Reserve"), ("Jetzt reservieren", "Reserve"), ("Réserver", "Reserve"),
        ("Schedule a call", "Schedule Call"),
        ("Termin vereinbaren", "Schedule Call"), ("Request info", "Request Info"), ("Demander des infos", "Request Info"),
        ("Vergleichen", "Compare"), ("Comparar", "Compare"), ("Make an offer", "Make Offer"),
    ],
)  # fmt: skip
def test_buttons_speak_many_languages(button: str, action: str) -> None:
    assert seen(tiles(TILES, buttons=[button])).actions == (action,)


def test_an_empty_picture_proposes_nothing() -> None:
    screen = seen([])
    assert (screen.tile_fields, screen.chips, screen.actions, screen.comparison_fields) == ((), (), (), ())


def test_everything_proposed_is_a_word_of_the_contract() -> None:
    schema = json.loads((PROJECT / "schemas" / "ui_contract.v1.schema.json").read_text("utf-8"))["properties"]
    screen = seen([*row(["Budget", "Make", "Year"]), *tiles(TILES, buttons=["Reserve"])])
    assert set(screen.tile_fields) <= set(schema["tile_fields"]["items"]["enum"])
    assert all(re.match(schema["tile_specs"]["items"]["pattern"], name) for name in screen.tile_specs)


async def test_files_that_are_no_pictures_are_refused(tmp_path: Path) -> None:
    class Blind(FixedOcr):
        async def read(self, image: bytes) -> tuple[Word, ...]:
            raise InvalidInput("core.unreadable_image")

    path = tmp_path / "screen.png"
    path.write_bytes(b"no picture")
    with pytest.raises(InvalidInput, match=r"blueprints\.unreadable_screen"):
        await propose_screen(path, ocr=Blind())
    with pytest.raises(InvalidInput, match=r"blueprints\.unreadable_screen"):
        await propose_screen(tmp_path / "none.png", ocr=FixedOcr())
