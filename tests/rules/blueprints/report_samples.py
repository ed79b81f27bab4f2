"""Reports (PDF) drawn for the tests, in the ways inspectors set them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from reportlab.lib import colors, pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

STYLES = getSampleStyleSheet()
GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]
BOLD_HEAD = [("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")]

FACTS = [
    ("Stock No.", "B-2207"), ("VIN", "WVWZZZ1KZAW123456"), ("Make", "Volkswagen"), ("Model", "Golf"), ("Year", "2010"),
    ("Odometer", "88,120 km"), ("Exterior colour", "Deep Black"), ("Fuel type", "Diesel"), ("Inspection date", "12 May 2025"),
    ("Number of keys", "2"),
]  # fmt: skip
FINDINGS = [
    ("Component", "Condition", "Comment"),
    ("Front bumper", "Fair", "Stone chips along the lower edge and a scuff near the left fog lamp"),
    ("Windscreen", "Good", "None"),
    ("Left rear tyre", "Poor", "2.1 mm, replace"),
]


def paragraph(text: str, style: str = "BodyText") -> Paragraph:
    return Paragraph(text, STYLES[style])


def table(
    rows: Sequence[Sequence[str]],
    style: Sequence[Any] = GRID,
    *,
    widths: Sequence[float] | None = None,
    wrapped: int | None = None,
    **rest: Any,
) -> Table:
    """`wrapped`: the column whose cells may take several lines."""
    cells: list[list[Any]] = [list(row) for row in rows]
    if wrapped is not None:
        for row in cells[1:]:
            row[wrapped] = paragraph(row[wrapped])
    return Table(cells, style=TableStyle(list(style)), colWidths=widths, **rest)


def document(path: Path, *story: Any, **rest: Any) -> Path:
    SimpleDocTemplate(str(path), pagesize=A4, **rest).build(list(story))
    return path


def drawn(path: Path, draw: Callable[[Canvas], None], **rest: Any) -> Path:
    canvas = Canvas(str(path), **{"pagesize": A4, **rest})
    draw(canvas)
    canvas.save()
    return path


def simple(path: Path, **rest: Any) -> Path:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for row, (label, value) in enumerate(FACTS):
            canvas.drawString(60, 760 - 20 * row, f"{label}: {value}")

    return drawn(path, draw, **rest)


def protected(path: Path) -> Path:
    return simple(path, encrypt=pdfencrypt.StandardEncryption("secret", canPrint=1))


def many_pages(path: Path, count: int) -> Path:
    def draw(canvas: Canvas) -> None:
        for page in range(count):
            canvas.drawString(60, 700, f"Part {page}")
            canvas.showPage()

    return drawn(path, draw)


def scanned(path: Path, source: Path, *, degrees: float = 0.0, dpi: int = 150) -> Path:
    """Every page of a PDF as a picture, a little turned and gray, as a scanner gives it."""
    pictures: list[Image.Image] = []
    pdf = pypdfium2.PdfDocument(source)
    for page in pdf:
        picture = page.render(scale=dpi / 72, grayscale=True).to_pil()  # type: ignore[arg-type]
        noise = Image.effect_noise(picture.size, 14)
        gray = Image.blend(picture.convert("L"), noise, 0.08)
        pictures.append(gray.rotate(degrees, fillcolor=235, resample=Image.Resampling.BICUBIC))
    pdf.close()
    pictures[0].save(path, save_all=True, append_images=pictures[1:], resolution=dpi)
    return path


def with_script(path: Path) -> Path:
    """A PDF that runs a script and starts a program when it is opened."""
    plain = simple(path).read_bytes()
    catalog = plain.index(b"/Type /Catalog")
    start = plain.rindex(b"<<", 0, catalog)
    action = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) /Next << /S /Launch /F (cmd.exe) >> >> "
    path.write_bytes(plain[: start + 2] + b" " + action + plain[start + 2 :])
    return path


def png(width: int = 1240, height: int = 1754) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), 255).save(out, "PNG")
    return out.getvalue()
