"""`propose_sheet`: the whole proposal for one spreadsheet, with a complete source mapping; `asked_sheet` asks a model too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from backend.core.ports import Embedder, LanguageModel
from backend.domains.blueprints.induction.asking import asked
from backend.domains.blueprints.induction.fields import FileFacts, heading_of_column, induce
from backend.domains.blueprints.induction.settings import FileReading, file_reading
from backend.domains.blueprints.model import FieldProposal, Left, Remembered, SheetProposal
from backend.domains.catalogue.model import SheetLayout, SheetSurvey

_DULL = frozenset(
    {
        "external_id",
        "identifier",
        "description",
        "currency",
        "status",
        "condition",
        "url",
        "seller",
        "mileage_unit",
    }
)


def propose_sheet(
    survey: SheetSurvey, *, embedder: Embedder | None, remembered: Sequence[Remembered] = (), file: str
) -> SheetProposal:
    """What a surveyed file becomes. Nothing internal or personal is among the columns that are read."""
    layout = survey.layout
    facts = _facts(survey, file)
    induced = induce(survey.columns, facts=facts, embedder=embedder, remembered=remembered)
    fields = induced.fields
    return SheetProposal(
        file=file,
        sheet=layout.sheet,
        header_rows=layout.header_rows,
        first_row=layout.first_row,
        row_count=layout.row_count,
        other_rows=layout.other_rows,
        fields=fields,
        mapping=mapping_of(fields, layout, induced.reading, file),
        domain=induced.domain,
        currency=induced.reading.currency,
        mileage_unit=next((field.unit for field in fields if field.targets == ("mileage",)), None),
        language=induced.reading.language,
        notes=induced.reading.notes,
    )


async def asked_sheet(
    proposal: SheetProposal, survey: SheetSurvey, *, model: LanguageModel | None, timeout_s: float = 5.0
) -> SheetProposal:
    """The proposal, bettered where nobody was sure and a model was (see `asking`). Never raises, never waits longer."""
    facts = replace(_facts(survey, proposal.file), domain=proposal.domain, language=proposal.language)
    fields = await asked(proposal.fields, survey.columns, facts=facts, model=model, timeout_s=timeout_s)
    if fields == proposal.fields:
        return proposal
    headings = [heading_of_column(column, "sheet") for column in survey.columns]
    reading = file_reading(survey.columns, headings, text=facts.text, language=proposal.language)
    return replace(proposal, fields=fields, mapping=mapping_of(fields, survey.layout, reading, proposal.file))


def _facts(survey: SheetSurvey, file: str) -> FileFacts:
    layout = survey.layout
    text = f"{layout.title_text}\n{layout.sheet or ''}\n{file}"
    return FileFacts("sheet", text, rows=[cells for _, cells in survey.sample_rows])


def mapping_of(
    fields: Sequence[FieldProposal], layout: SheetLayout, reading: FileReading, file: str
) -> dict[str, Any]:
    """The source mapping (`source_mapping.v1`) that says all this."""
    told: dict[str, Any] = {
        "header_rows": list(layout.header_rows),
        "rows": "listings",
        "dates": reading.dates,
    }
    if reading.decimal != "auto":
        told["decimal"] = reading.decimal
    if layout.sheet is not None:
        told["sheet"] = layout.sheet
    if layout.delimiter:
        told["delimiter"] = layout.delimiter
    if layout.encoding:
        told["encoding"] = layout.encoding
    mapping: dict[str, Any] = {"schema": "source_mapping.v1", "source": source_name(file), "file": told}
    if reading.currency:
        mapping["currency"] = reading.currency
    unit = next((field.unit for field in fields if field.targets == ("mileage",)), None)
    if unit in {"mi", "km"}:
        mapping["mileage_unit"] = unit
    mapping |= names_of(fields)
    mapping["unmapped"] = "warn"
    mapping["columns"] = {field.key: short(field.column) for field in fields if field.targets}
    left = {field.key: str(field.left or Left.UNUSED) for field in fields if not field.targets}
    return mapping | ({"ignore": left} if left else {})


#: What a thing may be told by where it has no name of its own, best first.
_TOLD_BY = (
    "specs.address",
    "specs.property_type",
    "specs.category",
    "specs.breed",
    "specs.vessel_type",
    "location_city",
)


def names_of(fields: Sequence[FieldProposal]) -> dict[str, str]:
    """Templates for the title and the number of listings, where no column brings them."""
    targets = [target for field in fields for target in field.targets]
    made: dict[str, str] = {}
    if not {"title", "make", "model"}.intersection(targets):
        telling = [target for target in _TOLD_BY if target in targets][:2]
        words = [
            f.targets[0]
            for f in fields
            if len(f.targets) == 1 and f.type in {"text", "enum"} and f.targets[0] not in _DULL
        ]
        made["title"] = " ".join(f"{{{target}}}" for target in (telling or words[:2] or targets[:1]))
    if "external_id" not in targets:
        number = next((f for f in fields if f.targets == ("identifier",)), None)
        rows = max((f.distinct for f in fields), default=0)
        is_telling = number is not None and number.filled > 0.99 and number.distinct >= 0.97 * rows
        made["id"] = "{identifier}" if is_telling else "{row}"
    return made


def short(entry: Mapping[str, Any]) -> str | Mapping[str, Any]:
    """An entry that names nothing but its target is written as that."""
    return str(entry["target"]) if list(entry) == ["target"] else dict(entry)


def source_name(file: str) -> str:
    """The name of a list without dates and numbers of its issues: the next file of the seller has the same."""
    stem = PurePath(file).stem
    words = [
        w
        for w in re.split(r"[\s_.()-]+", stem)
        if w and not re.fullmatch(r"v?\d+|final|copy|new|latest", w, re.IGNORECASE)
    ]
    return " ".join(words)[:200] or stem[:200] or "list"
