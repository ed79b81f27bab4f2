"""The words of the catalogue: mappings, listings, what can be filtered, what an import reports. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NewType, TypeAlias
from uuid import UUID

from backend.domains.catalogue.cells import Cell

ListingId = NewType("ListingId", int)
AttributeKind: TypeAlias = Literal["number", "enum", "boolean", "text"]
ColumnType: TypeAlias = Literal["integer", "number", "boolean", "date", "enum", "text", "list"]
Combined: TypeAlias = Literal["vehicle", "place", "postal_place"]
UnitState: TypeAlias = Literal["available", "held", "sold"]
Effect: TypeAlias = Literal["rejected", "blanked", "kept"]
FilterOp: TypeAlias = Literal["eq", "neq", "lt", "lte", "gt", "gte", "between", "in", "not_in", "contains"]

SLOTS: Final = tuple(f"n{number}" for number in range(1, 9))
CORE_ENUMS: Final[Mapping[str, str]] = {
    "make": "Make",
    "model": "Model",
    "trim": "Trim",
    "condition": "Condition",
    "color_exterior": "Exterior color",
    "color_interior": "Interior color",
    "location_city": "City",
    "location_region": "State",
    "location_country": "Country",
}
CORE_NUMBERS: Final[Mapping[str, str]] = {"price": "Price", "year": "Year", "mileage": "Mileage"}
FACET_LIMIT: Final = 5_000  # distinct values of one attribute that can be filtered by value


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """One column of a source: where its cells go and how they are read."""

    header: str
    targets: tuple[str, ...]
    split: str | None = None
    type: ColumnType | None = None
    label: str | None = None
    unit: str | None = None
    to: str | None = None
    normalizer: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)  # lower-case synonym -> canonical value
    closed: bool = False
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    negate: bool = False
    separator: str | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    min: float | None = None
    max: float | None = None
    optional: bool = False
    adapter: str | None = None
    blank_on_error: bool = False
    parse: Combined | None = None
    makes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    scale: float | None = None
    dates: Literal["mdy", "dmy", "ymd"] | None = None
    decimal: Literal["auto", ".", ","] | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A validated mapping. `document` is what the author wrote, with defaults left out."""

    source: str
    columns: tuple[ColumnMapping, ...]
    ignore: Mapping[str, str]
    defaults: Mapping[str, str]
    title: str
    id: str
    sheet: str | None
    header_rows: tuple[int, ...]
    rows: Literal["all", "listings"]
    delimiter: str
    encoding: str
    decimal: Literal["auto", ".", ","]
    dates: Literal["mdy", "dmy", "ymd"]
    currency: str | None
    mileage_unit: Literal["mi", "km"] | None
    strict: bool
    document: Mapping[str, Any]
    sha256: str

    @property
    def header_row(self) -> int:
        """The row that names the columns; the lower one of two, 0 where there is none."""
        return max(self.header_rows, default=0)


def header_key(name: str) -> str:
    """Headers are compared without case and with white space collapsed."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Where the listings of a file stand. Rows are 1-based as the file counts them; blank rows are in no list.

    `other_rows` are (row, "title" | "subtotal" | "total" | "section" | "note" | "header"), `row_count` counts listings,
    `title_text` is what stands above the header.
    """

    format: str
    sheet: str | None
    sheets: tuple[str, ...]
    header_rows: tuple[int, ...]
    keys: tuple[str, ...]
    first_row: int
    row_count: int
    other_rows: tuple[tuple[int, str], ...]
    delimiter: str | None
    encoding: str | None
    title_text: str


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What stands in one column. `values` counts different cells, texts trimmed and cut at 300 characters; it holds the
    first few thousand, and all of them where `is_whole`. `total` counts listings, `filled` those with a cell."""

    key: str
    index: int
    header: str
    group: str
    values: Mapping[Cell, int]
    is_whole: bool
    filled: int
    total: int


@dataclass(frozen=True, slots=True)
class SheetSurvey:
    """The structure of a file and what its columns hold. `sample_rows` are (row, cells): the first fifty listings and
    others spread over the file, 500 at most."""

    layout: SheetLayout
    columns: tuple[ColumnProfile, ...]
    sample_rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something a listing can be filtered by, or shown with. `slot` is the numeric column that search scans."""

    name: str
    kind: AttributeKind
    label: str
    unit: str | None = None
    slot: str | None = None
    stats: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of an enum or boolean attribute. `value` is lower case, `display` as sellers write it."""

    id: int
    attribute: str
    value: str
    display: str
    n: int
    bit: int | None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the inventory of an event can be asked for. Never changes for one `revision`."""

    event_id: UUID
    revision: int
    attributes: tuple[Attribute, ...]
    facets: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A hard requirement on one attribute: `Filter("price", "lte", 40000)`, `Filter("make", "in", ["Tesla"])`.

    Amounts of money are in major units, as the buyer says them.
    """

    field: str
    op: FilterOp
    value: Any


@dataclass(frozen=True, slots=True)
class Wish:
    """A soft preference: a facet value (`Wish("specs.heat_pump", True)`) or a number to be near (with `tolerance`)."""

    field: str
    value: Any
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class CompiledFilters:
    """Filters in the form search takes. `impossible` values exist nowhere in the inventory, so nothing can match;
    `unsupported` filters name an attribute that cannot be filtered and were left out."""

    where: Mapping[str, Any]
    impossible: tuple[Filter, ...] = ()
    unsupported: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the four parts of a score. Default: the platform's."""

    individual: float = 0.5
    spec: float = 0.2
    scarcity: float = 0.15
    social: float = 0.15


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked listing. `individual + spec + scarcity + social` is the score; each part carries its weight.

    `diversity` is what it was put behind by for being like those before it: never part of the score, never positive.
    """

    listing_id: int
    score: float
    individual: float
    spec: float
    scarcity: float
    social: float
    diversity: float = 0.0


@dataclass(frozen=True, slots=True)
class Try:
    """Changed filters, to learn what they would give: with a numeric `slot` also its nearest values, with
    `facets` how many of what fits have each."""

    filters: CompiledFilters
    slot: str | None = None
    side: Literal["lte", "gte"] = "lte"
    facets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What changed filters give. `near` are the first 200 values from the near side; `counts` are by facet id."""

    matches: int
    near: tuple[float, ...] = ()
    counts: Mapping[int, int] = field(default_factory=dict[int, int])


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything a tile or a detail page shows, with who has the unit right now."""

    id: int
    event_id: UUID
    external_id: str
    listed: bool
    title: str
    description: str
    price_minor: int | None
    currency: str | None
    condition: str | None
    make: str | None
    model: str | None
    trim: str | None
    year: int | None
    mileage: int | None
    mileage_unit: str | None
    color_exterior: str | None
    color_interior: str | None
    identifier: str | None
    location_city: str | None
    location_region: str | None
    location_country: str | None
    latitude: float | None
    longitude: float | None
    dealer_id: UUID | None
    specs: Mapping[str, Any]
    media: tuple[Mapping[str, Any], ...]
    provenance: Mapping[str, Any]
    source_row: int | None
    state: UnitState
    held_until: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RejectedCell:
    """A cell that could not be used, and what came of it: the row was left out, or only the cell; `kept` is the first
    row of two with one id. `row` is the 1-based record of the file."""

    row: int
    column: str
    reason: str
    value: str
    effect: Effect = "rejected"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One listing as an import would read it: target → value, with `currency` and `mileage_unit` beside price and
    distance. Amounts are in major units. `problems` are the cells that were refused or left empty."""

    row: int
    values: Mapping[str, Any]
    problems: tuple[RejectedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come. `total` is 0 while it is unknown."""

    stage: Literal["checking", "reading", "writing"]
    done: int
    total: int
    rows: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one file changed. `rejects` holds the first few; the report file has them all. `unknown_sellers` are codes
    that no partner dealer has: their listings stand without a dealer."""

    source_file_id: UUID
    file: str
    rows_read: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    blanked: int
    unlisted: int
    rejects: tuple[RejectedCell, ...]
    unknown_sellers: tuple[str, ...]
    unmapped_columns: tuple[str, ...]
    catalogue_revision: int
    took_s: float
