"""A blueprint of pianos as the service shows it: a sheet, a report, an API, photos, a wireframe."""

from __future__ import annotations

from typing import Any

from backend.domains.blueprints.model import (
    Alternative,
    BehaviorProposal,
    Box,
    Choices,
    Evidence,
    FeedProposal,
    FieldProposal,
    Left,
    PhotoProposal,
    Proposal,
    ReportField,
    ReportItem,
    ReportProposal,
    ScreenProposal,
    SheetProposal,
    ValueProposal,
    to_json,
)

SHEET, REPORT, FEED, PHOTO, TWIN, SCREEN, REFUSED, READING = (
    f"00000000-0000-4000-8000-00000000000{n}" for n in range(1, 9)
)


def _header(text: str, weight: float = 0.6) -> Evidence:
    return Evidence("header", text, weight)


FIELDS = (
    FieldProposal(
        key="Inv. No.",
        targets=("external_id",),
        confidence=0.98,
        evidence=(
            _header("“Inv. No.” is a usual name of a stock number."),
            Evidence("distribution", "Every one of 48 values is different.", 0.3),
        ),
        alternatives=(Alternative(("identifier",), 0.02),),
        samples=("P-1001", "P-1002", "P-1003"),
        distinct=48,
    ),
    FieldProposal(
        key="Maker",
        targets=("make",),
        confidence=0.97,
        evidence=(_header("“Maker” means the make."),),
        samples=("Bergmann", "Holloway & Sons", "Asahi"),
        distinct=9,
    ),
    FieldProposal(
        key="Model",
        targets=("model",),
        confidence=0.96,
        evidence=(_header("“Model” is the model."),),
        samples=("B 211", "K-52", "CX3"),
        distinct=31,
    ),
    FieldProposal(
        key="Dimensions / Length",
        targets=("specs.length",),
        confidence=0.84,
        type="number",
        unit="cm",
        normalizer="measure",
        evidence=(
            _header("“Length” below “Dimensions”.", 0.4),
            Evidence("values", "Numbers from 148 to 274 with cm.", 0.4),
            Evidence("neighbors", "Width stands beside it.", 0.1),
        ),
        alternatives=(Alternative(("specs.width",), 0.08), Alternative((), 0.03)),
        samples=("211 cm", "188 cm", "274 cm"),
        filled=0.94,
        distinct=22,
    ),
    FieldProposal(
        key="Asking",
        targets=("price",),
        confidence=0.93,
        type="number",
        unit="USD",
        normalizer="money",
        evidence=(
            _header("“Asking” is what is asked for it."),
            Evidence("values", "Amounts with a dollar sign.", 0.3),
        ),
        samples=("$48,500", "$12,900", "POA"),
        filled=0.98,
        distinct=44,
    ),
    FieldProposal(
        key="Finish",
        targets=("color_exterior",),
        confidence=0.62,
        type="enum",
        evidence=(
            Evidence("values", "“Ebony polished”, “Walnut satin”: colors and surfaces.", 0.4),
            Evidence("meaning", "Near to “trim” as well.", -0.2),
        ),
        alternatives=(Alternative(("specs.finish",), 0.31), Alternative(("trim",), 0.05)),
        samples=("Ebony polished", "Walnut satin", "White polished"),
        distinct=7,
        question="Is “Finish” the color of the outside, or a finish of its own?",
    ),
    FieldProposal(
        key="Built",
        targets=("year",),
        confidence=0.91,
        type="integer",
        evidence=(Evidence("values", "Whole numbers from 1898 to 2023.", 0.5),),
        samples=("1987", "c. 1959", "2021"),
        distinct=36,
    ),
    FieldProposal(
        key="Reserve",
        targets=(),
        confidence=0.95,
        left=Left.INTERNAL,
        type="number",
        evidence=(_header("“Reserve” is what nobody outside may know."),),
        samples=("41,000", "10,500"),
        distinct=40,
    ),
    FieldProposal(
        key="Consignor Tel.",
        targets=(),
        confidence=0.96,
        left=Left.PERSONAL,
        evidence=(Evidence("values", "Telephone numbers.", 0.6),),
        alternatives=(Alternative(("specs.consignor_tel",), 0.02),),
        samples=("(555) 010-2233",),
        filled=0.6,
        distinct=29,
    ),
    FieldProposal(key="#11", targets=(), confidence=0.99, left=Left.EMPTY, filled=0.0),
)

PROPOSAL = Proposal(
    sheets=(
        SheetProposal(
            file="pianos.xlsx",
            sheet="Stock",
            header_rows=(4, 5),
            first_row=6,
            row_count=48,
            other_rows=((1, "title"), (30, "subtotal"), (56, "total")),
            fields=FIELDS,
            mapping={},
            domain="pianos",
            currency="USD",
            mileage_unit=None,
            language="en",
            notes=(Evidence("file", "The first sheet, “Cover”, has no rows of things."),),
        ),
    ),
    reports=(
        ReportProposal(
            file="P-1001 condition.pdf",
            strategy="table",
            page_strategies=("text", "table"),
            page_sizes=((612.0, 792.0), (612.0, 792.0)),
            fields=(
                ReportField(
                    "Serial No.", "identifier", "214553", "214553", 0.97, box=Box(1, 61.2, 79.2, 183.6, 99.0)
                ),
                ReportField("Length", "specs.length", 211, "211 cm", 0.82, type="number", unit="cm"),
            ),
            items=(
                ReportItem(
                    {"Part": "Soundboard", "Finding": "Hairline crack", "Grade": "B"},
                    Box(2, 61.2, 396, 550.8, 420),
                ),
            ),
            item_columns=("Part", "Finding", "Grade"),
            listing="P-1001",
            linked_by="external_id",
        ),
    ),
    feeds=(
        FeedProposal(
            file="openapi.json",
            plan={
                "method": "GET",
                "path": "/v1/pianos",
                "pagination": {"kind": "cursor"},
                "records_path": "data",
            },
            fields=(FieldProposal("photos[].url", ("image_urls",), 0.99, type="list"),),
            domain="pianos",
        ),
    ),
    photos=(
        PhotoProposal(
            file="P-1001_front.jpg",
            sha256="a" * 64,
            width=1600,
            height=1200,
            rotated=0,
            phash="0",
            listing="P-1001",
            linked_by="file_name",
            confidence=0.98,
        ),
        PhotoProposal(
            file="copy.jpg",
            sha256="b" * 64,
            width=320,
            height=240,
            rotated=90,
            phash="0",
            duplicate_of="P-1001_front.jpg",
            warnings=("too_small", "blurry"),
        ),
    ),
    screens=(
        ScreenProposal(
            file="wireframe.png",
            tile_fields=("media", "title", "price"),
            tile_specs=("specs.length", "year"),
            chips=("Budget", "Maker"),
            comparison_fields=("price", "specs.length"),
            actions=("Compare", "Reserve"),
        ),
    ),
    behavior=BehaviorProposal(
        template="watches_q1_2026",
        domain="pianos",
        values=(
            ValueProposal("/persona/name", "Clara", "A calm adviser fits instruments of this price.", 0.7),
            ValueProposal(
                "/ui_contract/tile_specs", ["specs.length", "year"], "They tell pianos apart.", 0.8
            ),
            ValueProposal(
                "/conversion/hold_minutes", 1440, "Pianos are looked at before they are bought.", 0.6
            ),
        ),
        evidence=(Evidence("values", "One-off items between $4,000 and $160,000."),),
    ),
    choices=Choices(hold_minutes=1440, deposit_required=True, compliance=("price_disclosure",)),
)

_PARTS = (
    ("sheets", (SHEET,)),
    ("reports", (REPORT,)),
    ("feeds", (FEED,)),
    ("photos", (PHOTO, TWIN)),
    ("screens", (SCREEN,)),
)


def file(file_id: str, name: str, kind: str, **facts: Any) -> dict[str, Any]:
    base = {
        "id": file_id,
        "name": name,
        "kind": kind,
        "bytes": 184_320,
        "status": "read",
        "stage": "",
        "done": 0,
    }
    return base | {"total": 0, "problem": None, "decided": []} | facts


def view(**facts: Any) -> dict[str, Any]:
    """The whole view; `facts` replace what it says."""
    proposal = to_json(PROPOSAL)
    for name, ids in _PARTS:
        proposal[name] = [
            {"file_id": file_id, **part} for file_id, part in zip(ids, proposal[name], strict=True)
        ]
    return {
        "id": "00000000-0000-4000-8000-0000000000aa",
        "title": "New event from samples",
        "status": "open",
        "revision": 7,
        "template": "",
        "organization": "northbay",
        "organization_id": "00000000-0000-4000-8000-0000000000bb",
        "event": None,
        "verdict": None,
        "reason": "",
        "created_at": "2026-11-20T09:00:00+00:00",
        "updated_at": "2026-11-20T09:04:00+00:00",
        "choices": {"hold_minutes": 1440, "deposit_required": True, "compliance": ["price_disclosure"]},
        "files": [
            file(SHEET, "pianos.xlsx", "sheet", decided=["Built"]),
            file(REPORT, "P-1001 condition.pdf", "report", bytes=88_000),
            file(FEED, "openapi.json", "feed", bytes=9_200),
            file(PHOTO, "P-1001_front.jpg", "photo", bytes=2_400_000),
            file(TWIN, "copy.jpg", "photo", bytes=51_000),
            file(SCREEN, "wireframe.png", "screen"),
        ],
        "proposal": proposal,
        "open_questions": [
            {
                "file_id": SHEET,
                "field": "Finish",
                "text": "Is “Finish” the color of the outside, or a finish of its own?",
            }
        ],
        "clarifications": [],
        "drift": [{"file_id": SHEET, "kind": "added", "field": "Built", "text": "“Built” is new."}],
    } | facts


ROWS: list[dict[str, Any]] = [
    {
        "row": 6,
        "values": {
            "external_id": "P-1001",
            "make": "Bergmann",
            "model": "B 211",
            "year": 1987,
            "price": 48500,
            "currency": "USD",
            "specs.length": 211.0,
            "color_exterior": "Ebony polished",
        },
        "problems": [],
    },
    {
        "row": 7,
        "values": {
            "external_id": "P-1002",
            "make": "Holloway & Sons",
            "model": "K-52",
            "price": None,
            "currency": "USD",
        },
        "problems": [
            {"row": 7, "column": "Built", "reason": "no year", "value": "before the war", "effect": "blanked"}
        ],
    },
]
