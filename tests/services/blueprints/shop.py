"""An invented seller's samples, and the commands that read them. Not a test."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from PIL import Image, ImageDraw

from backend.cli.blueprints import blueprint
from backend.cli.events import event
from tests.rules.blueprints.inventories import pianos

HEADER = (
    "Stock No", "Maker", "Model", "Built", "Type", "Length (cm)", "Condition", "Town", "Asking price", "Dealer cost",
    "Owner phone", "Case",
)  # fmt: skip


def call_blueprint(*arguments: str | Path) -> Result:
    return CliRunner().invoke(blueprint, [str(argument) for argument in arguments])


def call_event(*arguments: str | Path) -> Result:
    return CliRunner().invoke(event, [str(argument) for argument in arguments])


def write_list(path: Path, count: int = 40) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(_cells(at, row.values) for at, row in enumerate(pianos(count)))
    return path


def _cells(at: int, values: Any) -> list[Any]:
    price = values["price"]
    case = f"Height {100 + at % 30} / Width {140 + at % 20} / Depth {60 + at % 9} cm"
    return [
        f"PN-{1000 + at}", values["make"], values["model"], values["year"], values["specs.category"], values["specs.length"],
        values["condition"], values["location_city"], f"${price:,}", f"${price * 7 // 10:,}", f"(555) 010-{at:04}", case,
    ]  # fmt: skip


def picture(words: str, size: tuple[int, int] = (900, 700)) -> bytes:
    image = Image.new("RGB", size, (200, 190, 170))
    drawing = ImageDraw.Draw(image)
    for at in range(0, size[0], 30):
        drawing.line((at, 0, size[0] - at, size[1]), fill=(at % 255, 60, 90), width=4)
    drawing.text((40, 40), words, fill=(0, 0, 0))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def write_photos(path: Path, count: int = 3) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for at in range(count):
            archive.writestr(f"PN-{1000 + at}.jpg", picture(f"photo {at}", (900 + at * 60, 700)))
    return path
