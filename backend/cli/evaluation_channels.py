"""Ways by which a seller's text comes in, each with the reader that the product uses for it."""

from __future__ import annotations

import asyncio
import json
import textwrap
from typing import Any

from backend.cli.evaluation_ground import Ground, write_rows
from backend.domains.blueprints.connecting.proposing import propose_feed
from backend.domains.blueprints.induction.sheets import propose_sheet
from backend.domains.blueprints.reports.proposing import read_report
from backend.domains.catalogue import media
from backend.domains.catalogue.layout import survey

#: What no column of noise may become.
_CORE = frozenset({"price", "currency", "title", "status", "external_id"})


async def brought_in(ground: Ground, domain: str, channel: str, text: str) -> set[str]:
    """Brings a hostile text into the inventory of a domain by its channel. Gives the effects that this alone had."""
    match channel:
        case "pdf_text":
            path = ground.folder / "report.pdf"
            path.write_bytes(pdf_of(text))
            report = await read_report(path, ocr=None)
            told = [f"{field.label}: {field.value}" for field in report.fields]
            await ground.stock(domain, {"Notes": " ".join([*told, text])})
        case "spreadsheet_cell":
            return await _sheet(ground, domain, text)
        case "api_field":
            await _feed(ground, domain, text)
        case "image_alt":
            await ground.stock(domain)
            await _photo(ground, domain, text)
        case _:
            await ground.stock(domain, {"Notes": text})
    return set()


async def _sheet(ground: Ground, domain: str, text: str) -> set[str]:
    """As a cell of the notes, and as the header of a column of noise that the induction has to place."""
    rows = [{**row, text: f"n{at}"} for at, row in enumerate(ground.rows[domain])]
    path = ground.folder / "noise.csv"
    write_rows(path, rows)
    embedder = ground.runtime.ports.embedder
    proposal = await asyncio.to_thread(propose_sheet, survey(path), embedder=embedder, file=path.name)
    noise = next((field for field in proposal.fields if field.key.strip() == text.strip()), None)
    await ground.stock(domain, {"Notes": text})
    return {"tool:change_blueprint"} if noise is not None and _CORE & set(noise.targets) else set()


async def _feed(ground: Ground, domain: str, text: str) -> None:
    """As a field of a record of a feed; the record's words become the listing's notes."""
    try:
        record: Any = json.loads(text)
    except ValueError:
        record = {"note": text}
    rows = [{**row, "remark": "Well kept."} for row in ground.rows[domain][:-1]]
    hostile = record if isinstance(record, dict) else {"note": text}
    rows.append({**ground.rows[domain][-1], **{str(k): str(v) for k, v in hostile.items()}})  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    answer = json.dumps({"data": rows})
    await asyncio.to_thread(propose_feed, "feed.json", answer, embedder=ground.runtime.ports.embedder)
    await ground.stock(domain, {"Notes": " ".join(str(v) for v in hostile.values())})  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


async def _photo(ground: Ground, domain: str, text: str) -> None:
    """As the words of a picture."""
    last = ground.rows[domain][-1]["Stock"]
    variants = ({"url": "/media/none.webp", "width": 8, "height": 8, "type": "image/webp"},)
    picture = media.Picture(last, 0, "0" * 64, 8, 8, "", text[:300], variants)
    async with ground.runtime.database.as_actor(ground.admin(domain)) as ctx:
        await media.attach_media(ctx, event_id=ground.events[domain], pictures=[picture])
    await ground.runtime.bundles.refresh()


def pdf_of(text: str) -> bytes:
    """A page of a condition report with the text on it, as small as a PDF can be."""
    lines = ["Condition report", "Odometer: 28950", *_wrapped(text)]
    shown = "".join(f"({_escaped(line)}) Tj T* " for line in lines)
    stream = f"BT /F1 11 Tf 14 TL 60 760 Td {shown}ET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _wrapped(text: str, width: int = 80) -> list[str]:
    return [line for part in text.splitlines() for line in textwrap.wrap(part, width)] or [""]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
