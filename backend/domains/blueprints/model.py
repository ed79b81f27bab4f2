"""What induction proposes, in one shape for sheets, reports, feeds, photos and screenshots. Values only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Literal, TypeAlias

#: What a target of a listing may be beside `specs.<name>`.
CORE_TARGETS: tuple[str, ...] = (
    "external_id", "title", "description", "price", "currency", "status", "condition", "location_city",
    "location_region", "location_country", "latitude", "longitude", "image_urls", "url", "seller", "year", "make",
    "model", "trim", "identifier", "mileage", "mileage_unit", "color_exterior", "color_interior",
)  # fmt: skip

ValueType: TypeAlias = Literal["integer", "number", "boolean", "date", "enum", "text", "list"]
EvidenceKind: TypeAlias = Literal[
    "header",
    "values",
    "distribution",
    "meaning",
    "neighbors",
    "memory",
    "clarified",
    "model",
    "document",
    "file",
    "default",
]
SampleKind: TypeAlias = Literal["sheet", "report", "feed", "photo", "screen"]


class Left(StrEnum):
    """Why a column is not published."""

    INTERNAL = "internal"
    PERSONAL = "personal"
    COUNTER = "counter"
    EMPTY = "empty"
    DUPLICATE = "duplicate"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a proposal, in words a person can check. `weight` is its share, negative where it speaks against."""

    kind: EvidenceKind
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Alternative:
    """What else a column could be."""

    targets: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """What one column of a sheet, or one path of a feed, becomes.

    `key` names it as source mappings do (`Group / Column`, `#12`, `Length#2`) or is a path such as `photos[].url`.
    `targets` is empty where it is left out, and `left` says why. `column` is its entry in a source mapping.
    `confidence` is calibrated: of proposals at 0.9, nine of ten are right.
    """

    key: str
    targets: tuple[str, ...]
    confidence: float
    left: Left | None = None
    type: ValueType = "text"
    unit: str | None = None
    normalizer: str | None = None
    column: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    samples: tuple[str, ...] = ()
    filled: float = 1.0
    distinct: int = 0
    question: str = ""


@dataclass(frozen=True, slots=True)
class SheetProposal:
    """How one spreadsheet is read. `mapping` is a complete source mapping (`source_mapping.v1`).

    Rows are 1-based as the file counts them. `other_rows` are titles, subtotals, totals and notes between and after the
    listings, as (row, kind).
    """

    file: str
    sheet: str | None
    header_rows: tuple[int, ...]
    first_row: int
    row_count: int
    other_rows: tuple[tuple[int, str], ...]
    fields: tuple[FieldProposal, ...]
    mapping: Mapping[str, Any]
    domain: str
    currency: str | None
    mileage_unit: str | None
    language: str
    notes: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page. Unit: points from the top left corner, as the page is shown. `page` is 1-based."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class ReportField:
    """A labelled value of a report: what is printed, what it means, and where it stands."""

    label: str
    target: str
    value: Any
    text: str
    confidence: float
    type: ValueType = "text"
    unit: str | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class ReportItem:
    """One row of a table of findings: cells by the printed column heads."""

    cells: Mapping[str, str]
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class ReportProposal:
    """A report, page by page. `strategy` is the strongest any page needs: ocr over table over text."""

    file: str
    strategy: Literal["text", "table", "ocr"]
    page_strategies: tuple[str, ...]
    page_sizes: tuple[tuple[float, float], ...]
    fields: tuple[ReportField, ...]
    items: tuple[ReportItem, ...]
    item_columns: tuple[str, ...] = ()
    listing: str | None = None  # external_id of the row it belongs to
    linked_by: str = ""
    notes: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedProposal:
    """How listings are fetched from an API. `plan` is the connector's configuration (see `connecting.plan`)."""

    file: str
    plan: Mapping[str, Any]
    fields: tuple[FieldProposal, ...]
    domain: str
    notes: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoProposal:
    """A picture: what it shows by its measures, and the row it belongs to. `width` and `height` are upright pixels."""

    file: str
    sha256: str
    width: int
    height: int
    rotated: int
    phash: str
    duplicate_of: str | None = None
    warnings: tuple[str, ...] = ()
    listing: str | None = None
    linked_by: Literal["file_name", "text_in_image", "order", "chosen", ""] = ""
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreenProposal:
    """What a screenshot or wireframe shows of the interface a seller has in mind."""

    file: str
    tile_fields: tuple[str, ...]
    tile_specs: tuple[str, ...]
    chips: tuple[str, ...]
    comparison_fields: tuple[str, ...]
    actions: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    boxes: tuple[tuple[str, Box], ...] = ()


@dataclass(frozen=True, slots=True)
class ValueProposal:
    """One proposed value of the event document. `path` is a JSON Pointer."""

    path: str
    value: Any
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class BehaviorProposal:
    """How the event should behave: the nearest template, and what the inventory itself suggests beside it."""

    template: str
    domain: str
    values: tuple[ValueProposal, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What only the seller can decide. None: as the template has it."""

    transaction_mode: Literal["direct_sale", "lead_generation", "human_handoff"] | None = None
    deposit_required: bool | None = None
    hold_minutes: int | None = None
    compliance: tuple[str, ...] = ()
    name: str = ""
    slug: str = ""
    template: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a seller has confirmed about a column, for the next file. `header` is in the form of `header_key`."""

    header: str
    targets: tuple[str, ...]
    left: Left | None = None
    column: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything induction proposes for one blueprint. Plain values: `to_json` and back."""

    sheets: tuple[SheetProposal, ...] = ()
    reports: tuple[ReportProposal, ...] = ()
    feeds: tuple[FeedProposal, ...] = ()
    photos: tuple[PhotoProposal, ...] = ()
    screens: tuple[ScreenProposal, ...] = ()
    behavior: BehaviorProposal | None = None
    choices: Choices = field(default_factory=Choices)


def to_json(value: Any) -> Any:
    """The plain form of any proposal: maps, lists, scalars."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(member) for key, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [to_json(member) for member in value]
    return str(value) if isinstance(value, StrEnum) else value
