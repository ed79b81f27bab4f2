"""Reports are read in whatever way they are set: labels, findings, values, places."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, SimpleDocTemplate, Spacer

from backend.core.ports import Word
from backend.domains.blueprints.model import ReportProposal
from backend.domains.blueprints.reports.proposing import read_report
from tests.fakes import FixedOcr
from tests.rules.blueprints.report_samples import (
    BOLD_HEAD,
    FACTS,
    FINDINGS,
    GRID,
    document,
    drawn,
    paragraph,
    scanned,
    simple,
    table,
)

FOUR = [(*FACTS[at], *FACTS[at + 1]) for at in range(0, 10, 2)]
ITEMS = [dict(zip(FINDINGS[0], row, strict=True)) for row in FINDINGS[1:]]
PLAIN_FOUR = ("FONTNAME", (0, 0), (-1, -1), "Helvetica")


async def read(path: Path) -> ReportProposal:
    return await read_report(path, ocr=None)


def labels(report: ReportProposal) -> list[tuple[str, str]]:
    return [(field.label, field.text) for field in report.fields]


def items(report: ReportProposal) -> list[dict[str, str]]:
    return [dict(item.cells) for item in report.items]


def bold(pattern: str) -> list[object]:
    return [paragraph(pattern.format(label, value)) for label, value in FACTS]


SET: dict[str, list[object]] = {
    "ruled": [table(FACTS)],
    "two columns, ruled": [table(FOUR)],
    "two columns": [table(FOUR, [PLAIN_FOUR])],
    "colons in columns": [table([(f"{a}:", b, f"{c}:", d) for a, b, c, d in FOUR], [PLAIN_FOUR])],
    "pairs in cells": [
        table([(f"{a}: {b}", f"{c}: {d}") for a, b, c, d in FOUR], [PLAIN_FOUR], widths=[200, 200])
    ],
    "lines": bold("<b>{}:</b> {}"),
    "bold labels": bold("<b>{}</b> {}"),
    "neither bold nor colon": bold("{} {}"),
    "several in a line": [
        paragraph(" | ".join(f"{a}: {b}" for a, b in FACTS[at : at + 3])) for at in (0, 3, 6, 9)
    ],
    "with a head": [table([("Attribute", "Value"), *FACTS], GRID + BOLD_HEAD)],
    "boxes of a form": [
        table(
            [
                [paragraph(f"<font size=6>{a}</font><br/>{b}") for a, b in FACTS[at : at + 2]]
                for at in range(0, 10, 2)
            ]
        )
    ],
}


@pytest.mark.parametrize("story", SET.values(), ids=SET)
async def test_labels_and_values_are_found_however_they_are_set(tmp_path: Path, story: list[object]) -> None:
    report = await read(document(tmp_path / "report.pdf", paragraph("Condition Report", "Title"), *story))
    assert labels(report) == FACTS


async def test_dots_lead_from_label_to_value(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for row, (label, value) in enumerate(FACTS):
            dots = "." * int((250 - canvas.stringWidth(label)) / canvas.stringWidth("."))
            canvas.drawString(60, 700 - 16 * row, f"{label} {dots} {value}")

    assert labels(await read(drawn(tmp_path / "report.pdf", draw))) == FACTS


async def test_values_stand_under_small_labels(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row, (label, value) in enumerate(FACTS):
            canvas.setFont("Helvetica", 7)
            canvas.drawString(60, 760 - 32 * row, label)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60, 749 - 32 * row, value)

    assert labels(await read(drawn(tmp_path / "report.pdf", draw))) == FACTS


async def test_what_is_filled_into_form_fields_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row, (label, value) in enumerate(FACTS):
            canvas.drawString(60, 760 - 26 * row, f"{label}:")
            canvas.acroForm.textfield(
                name=label, x=220, y=754 - 26 * row, width=220, height=18, value=value, borderWidth=0
            )

    assert labels(await read(drawn(tmp_path / "report.pdf", draw))) == FACTS


STYLES: dict[str, tuple[list[object], bool]] = {
    "ruled": (GRID + BOLD_HEAD, True),
    "unruled": (BOLD_HEAD, True),
    "unruled, set at the top": ([("VALIGN", (0, 0), (-1, -1), "TOP"), *BOLD_HEAD], True),
    "unruled, set in the middle": ([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *BOLD_HEAD], True),
    "striped": ([("ROWBACKGROUNDS", (0, 1), (-1, -1), ["#eeeeee", "#ffffff"]), *BOLD_HEAD], False),
    "columns only": (
        [("BOX", (0, 0), (-1, -1), 1, "#000"), ("LINEAFTER", (0, 0), (-2, -1), 1, "#000"), *BOLD_HEAD],
        False,
    ),
    "a head like the rest": ([PLAIN_FOUR], False),
}


@pytest.mark.parametrize(("style", "is_wrapped"), STYLES.values(), ids=STYLES)
async def test_findings_keep_their_printed_heads_and_whole_cells(
    tmp_path: Path, style: list[object], is_wrapped: bool
) -> None:
    findings = table(
        FINDINGS, style, widths=[100, 60, 160 if is_wrapped else 350], wrapped=2 if is_wrapped else None
    )
    report = await read(
        document(
            tmp_path / "report.pdf", table(FACTS), Spacer(1, 20), paragraph("Findings", "Heading2"), findings
        )
    )
    assert items(report) == ITEMS
    assert report.item_columns == FINDINGS[0]
    assert report.strategy == "table"
    assert labels(report) == FACTS


@pytest.mark.parametrize("repeats", [0, 1])
@pytest.mark.parametrize("style", [GRID + BOLD_HEAD, BOLD_HEAD], ids=["ruled", "unruled"])
async def test_findings_go_on_over_pages(tmp_path: Path, style: list[object], repeats: int) -> None:
    rows = [FINDINGS[0], *((f"Part {at}", "Good" if at % 3 else "Fair", f"Checked {at}") for at in range(60))]
    report = await read(
        document(tmp_path / "report.pdf", table(FACTS, [PLAIN_FOUR]), table(rows, style, repeatRows=repeats))
    )
    assert [item["Component"] for item in items(report)] == [row[0] for row in rows[1:]]
    assert {item.box.page for item in report.items if item.box} == {1, 2}


async def test_headings_between_findings_are_no_findings(tmp_path: Path) -> None:
    rows = [FINDINGS[0], ("Exterior", "", ""), FINDINGS[2], ("Interior", "", ""), FINDINGS[3]]
    spans = [("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 3), (-1, 3))]
    report = await read(document(tmp_path / "report.pdf", table(rows, GRID + BOLD_HEAD + spans)))
    assert items(report) == ITEMS[1:]


async def test_german_and_french_reports_are_understood(tmp_path: Path) -> None:
    german = [
        ("Fahrgestellnummer:", "WVWZZZ1KZAW123456"),
        ("Hersteller:", "Volkswagen"),
        ("Kilometerstand:", "88.120 km"),
        ("Farbe:", "Tiefschwarz"),
    ]
    french = [("Marque", "Renault"), ("Modèle", "Clio"), ("Kilométrage", "64 500 km"), ("Année", "2016")]
    report = await read(document(tmp_path / "de.pdf", table(german, [PLAIN_FOUR])))
    assert {field.target: field.value for field in report.fields} == {
        "identifier": "WVWZZZ1KZAW123456", "make": "Volkswagen", "mileage": 88120, "color_exterior": "Tiefschwarz",
    }  # fmt: skip
    report = await read(document(tmp_path / "fr.pdf", *[paragraph(f"{a} : {b}") for a, b in french]))
    assert {field.target: field.value for field in report.fields} == {
        "make": "Renault", "model": "Clio", "mileage": 64500, "year": 2016,
    }  # fmt: skip


async def test_values_have_types_units_and_places(tmp_path: Path) -> None:
    report = await read(simple(tmp_path / "report.pdf"))
    found = {field.label: field for field in report.fields}
    assert (found["Odometer"].target, found["Odometer"].value, found["Odometer"].unit) == (
        "mileage",
        88120,
        "km",
    )
    assert (found["Inspection date"].value, found["Inspection date"].type) == ("2025-05-12", "date")
    assert found["Number of keys"].value == 2
    box = found["Make"].box
    assert box is not None
    # drawn at 60, 720 from the bottom of 842 points, behind a label of 30
    assert (box.page, round(box.x0), round(box.y0 / 10)) == (1, 90, 11)


async def test_running_heads_count_once_and_page_numbers_never(tmp_path: Path) -> None:
    def head(canvas: Canvas, page: object) -> None:
        canvas.drawString(60, 820, "Report no.: AC-991")
        canvas.drawString(60, 20, f"Page {canvas.getPageNumber()} of 2")

    path = tmp_path / "report.pdf"
    story = [table(FACTS[:5]), PageBreak(), table(FACTS[5:])]

    SimpleDocTemplate(str(path)).build(story, onFirstPage=head, onLaterPages=head)
    assert labels(await read(path)) == [("Report no.", "AC-991"), *FACTS]


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Owner", "Pat Example"),
        ("Owner phone", "555-0100"),
        ("Owner address", "1 Example Road"),
        ("Contact", "pat@example.com"),
    ],
)
async def test_personal_data_is_left_out_with_the_reason(tmp_path: Path, label: str, value: str) -> None:
    report = await read(
        document(tmp_path / "report.pdf", table([*FACTS, (label, value), ("Inspector", "R. Example")]))
    )
    assert value not in {field.text for field in report.fields}
    assert any(label in note.text for note in report.notes)
    assert ("Inspector", "R. Example") in labels(report)


async def test_pages_without_text_are_read_from_their_pictures(tmp_path: Path) -> None:
    path = scanned(tmp_path / "scan.pdf", simple(tmp_path / "report.pdf"))
    words = [Word("Make:", 0.99, 100, 100, 190, 130), Word("Volkswagen", 0.99, 500, 100, 680, 130)]
    report = await read_report(path, ocr=FixedOcr(words))
    assert (report.strategy, report.page_strategies) == ("ocr", ("ocr",))
    assert [(f.label, f.target, f.value) for f in report.fields] == [("Make", "make", "Volkswagen")]
    box = report.fields[0].box
    assert box is not None
    assert (round(box.x0), round(box.y0)) == (240, 48)  # 150 pixels are 72 points


async def test_a_scan_laid_askew_is_straightened(tmp_path: Path) -> None:
    path = scanned(tmp_path / "scan.pdf", simple(tmp_path / "report.pdf"))
    words = [
        word
        for row, (label, value) in enumerate(FACTS)
        for word in (
            Word(f"{label}:", 0.99, 100 + row, 100 + 40 * row, 260 + row, 132 + 40 * row),
            Word(value, 0.99, 600 + row, 82 + 40 * row, 760 + row, 114 + 40 * row),  # 18 pixels higher
        )
    ]
    report = await read_report(path, ocr=FixedOcr(words))
    assert labels(report) == FACTS


async def test_without_a_reader_of_pictures_a_scan_stays_unread_and_says_so(tmp_path: Path) -> None:
    report = await read(scanned(tmp_path / "scan.pdf", simple(tmp_path / "report.pdf")))
    assert report.fields == ()
    assert "Page 1 is a picture" in report.notes[0].text


async def test_small_labels_above_large_values_are_a_form(tmp_path: Path) -> None:
    rows = [
        [("SERIAL NO", "X-1042"), ("MAKE", "Corvus"), ("MODEL", "T 80")],
        [("YEAR", "2004"), ("LENGTH", "192 cm"), ("KEYS", "2")],
    ]
    page = Canvas(str(tmp_path / "form.pdf"), pagesize=(612, 792))
    for at, row in enumerate(rows):
        for place, (label, value) in enumerate(row):
            page.setFont("Helvetica", 7)
            page.drawString(60 + 160 * place, 700 - 45 * at, label)
            page.setFont("Helvetica-Bold", 11)
            page.drawString(60 + 160 * place, 686 - 45 * at, value)
    page.save()
    assert labels(await read(tmp_path / "form.pdf")) == [pair for row in rows for pair in row]
