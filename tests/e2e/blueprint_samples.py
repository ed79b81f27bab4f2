"""A dealer's files about pianos, for which there is no template: a workbook, a condition report, photos, and what is no file."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

MAKERS = ("Bergmann", "Holloway & Sons", "Asahi", "Petrov", "Lindqvist", "Carrara")
FINISHES = ("Ebony polished", "Walnut satin", "White polished", "Mahogany polished")
HEADS = (
    "Stock No.",
    "Make",
    "Model",
    "Year Built",
    "Serial No.",
    "Length",
    "Finish",
    "Asking Price",
    "Condition",
    "Reserve Price",
)
REFUSED = "notes.bin"


def workbook(path: Path, pianos: int = 24) -> Path:
    """Titles above, a total below, a column that nobody outside may see."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Stock"
    sheet.append(["Harbor Piano Gallery"])
    sheet.append(["Inventory, all prices in USD"])
    sheet.append([])
    sheet.append(list(HEADS))
    total = 0
    for n in range(pianos):
        price = 9_500 + 1_750 * n
        total += price
        sheet.append(
            [
                f"P-{1001 + n}",
                MAKERS[n % len(MAKERS)],
                f"{'BKC'[n % 3]} {150 + 7 * (n % 16)}",
                1958 + 2 * n,
                214_500 + 37 * n,
                f"{150 + 7 * (n % 16)} cm",
                FINISHES[n % len(FINISHES)],
                f"${price:,}",
                ("Excellent", "Very good", "Good")[n % 3],
                round(price * 0.82),
            ]
        )
    sheet.append(["Total", *[None] * 6, f"${total:,}", None, None])
    book.save(path)
    return path


def report(path: Path, stock: str = "P-1001", serial: str = "214500") -> Path:
    canvas = Canvas(str(path), pagesize=letter)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(72, 720, "Condition report")
    canvas.setFont("Helvetica", 11)
    lines = (("Stock No.", stock), ("Serial No.", serial), ("Length", "150 cm"), ("Condition", "Excellent"))
    for n, (label, value) in enumerate(lines):
        canvas.drawString(72, 680 - 20 * n, f"{label}:")
        canvas.drawString(200, 680 - 20 * n, value)
    canvas.save()
    return path


def scan(path: Path, pages: int = 6) -> Path:
    """Pages that are pictures of text, so that reading them takes a while."""
    images: list[Image.Image] = []
    for n in range(pages):
        page = Image.new("RGB", (1240, 1754), "white")
        draw = ImageDraw.Draw(page)
        for row in range(24):
            draw.text(
                (120, 120 + 60 * row),
                f"Finding {n}-{row}: key {row + 1} of the action is worn",
                "black",
                font_size=32,
            )
        images.append(page)
    images[0].save(path, save_all=True, append_images=images[1:])
    return path


def photo(path: Path, tone: tuple[int, int, int]) -> Path:
    """A picture with something to see in it, large enough for a tile."""
    image = Image.new("RGB", (1600, 1200), tone)
    draw = ImageDraw.Draw(image)
    for n in range(40):
        draw.rectangle((40 * n, 700, 40 * n + 32, 1100), fill=(245, 245, 240) if n % 2 else (20, 20, 24))
    draw.ellipse((420, 160, 1180, 620), fill=(90, 60, 40))
    image.save(path, quality=90)
    return path


def refused(path: Path) -> Path:
    path.write_bytes(bytes(range(256)) * 40)
    return path


def everything(folder: Path) -> list[Path]:
    tones = ((60, 66, 74), (122, 110, 96), (84, 92, 70))
    photos = [photo(folder / f"P-{1001 + n}_front.jpg", tone) for n, tone in enumerate(tones)]
    return [workbook(folder / "harbor_pianos.xlsx"), report(folder / "P-1001 condition report.pdf"), *photos]
