"""Screenshots and wireframes drawn for the tests."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont


def _font(size: int) -> FreeTypeFont:
    found = ImageFont.load_default(size)
    assert isinstance(found, FreeTypeFont)
    return found


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def storefront(
    tiles: Sequence[Sequence[str]],
    chips: Sequence[str],
    buttons: Sequence[str] = (),
    *,
    heading: str = "Find your next car",
) -> bytes:
    """Chips above a row of tiles; each tile has a picture, lines of text and buttons."""
    image = Image.new("RGB", (1240, 900), "white")
    draw = ImageDraw.Draw(image)
    draw.text((40, 24), heading, font=_font(34), fill="black")
    left = 40
    for chip in chips:
        wide = int(draw.textlength(chip, font=_font(20))) + 40
        draw.rounded_rectangle((left, 90, left + wide, 130), 20, outline="gray", width=2)
        draw.text((left + 20, 98), chip, font=_font(20), fill="black")
        left += wide + 24
    for at, lines in enumerate(tiles):
        left = 40 + at * 400
        draw.rounded_rectangle((left, 160, left + 370, 820), 12, outline="lightgray", width=2)
        draw.rectangle((left + 10, 170, left + 360, 400), fill="#9ab")
        for row, line in enumerate(lines):
            draw.text((left + 16, 416 + row * 44), line, font=_font(26 if row == 0 else 22), fill="black")
        for row, button in enumerate(buttons):
            top = 700 + row * 56
            draw.rounded_rectangle((left + 16, top, left + 250, top + 44), 8, outline="black", width=2)
            draw.text((left + 40, top + 10), button, font=_font(20), fill="black")
    return _png(image)


def comparison(rows: Sequence[Sequence[str]]) -> bytes:
    """A table with labels in its first column."""
    image = Image.new("RGB", (1100, 160 + 60 * len(rows)), "white")
    draw = ImageDraw.Draw(image)
    draw.text((40, 30), "Compare", font=_font(34), fill="black")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            draw.text((40 + column * 340, 110 + row * 60), cell, font=_font(24), fill="black")
    return _png(image)
