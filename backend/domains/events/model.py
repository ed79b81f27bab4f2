"""The words of event documents: sources, problems, compiled documents, versions. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

#: Names and list positions from the root of a document to one of its values.
Path: TypeAlias = tuple[str | int, ...]
#: A compiled document. Shared by everything that serves it: read it, never change it.
Document: TypeAlias = Mapping[str, Any]

#: Fields every listing may have; all others are `specs.<name>` and declared in `catalogue.attributes`.
LISTING_FIELDS: Final = (
    "title",
    "description",
    "price",
    "condition",
    "make",
    "model",
    "trim",
    "year",
    "mileage",
    "color_exterior",
    "color_interior",
    "identifier",
    "external_id",
    "location_city",
    "location_region",
    "location_country",
)


def field_name(name: str) -> str:
    """The full name of a listing field: `accidents` is short for `specs.accidents`, `price` is complete."""
    return name if name in LISTING_FIELDS or "." in name else f"specs.{name}"


def pointer(path: Path) -> str:
    """A path as JSON Pointer; the whole document is the empty text. Source: RFC 6901."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def steps(text: str) -> tuple[str, ...]:
    """The steps of a JSON Pointer, list positions as text; a text that is none is one step. Source: RFC 6901."""
    if not text.startswith("/"):
        return (text,) if text else ()
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class EventStatus(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one document as its author wrote it. `file` is how problems name it."""

    text: str | bytes
    file: str = "document"


class Library(Protocol):
    """Where `extends` finds the documents it names."""

    def find(self, name: str) -> Source | None: ...

    def names(self) -> Sequence[str]:
        """What there is to extend, for suggestions."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a document: where, what was found, what was expected, and what may have been meant.

    `path` is a JSON Pointer; lines and columns count from 1.
    """

    path: str
    code: str
    message: str
    file: str = "document"
    line: int = 1
    column: int = 1
    found: str | None = None
    expected: str | None = None
    nearest: str | None = None
    severity: Severity = Severity.ERROR

    def facts(self) -> dict[str, Any]:
        """As JSON, without what is not known."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A document with its layers merged and its defaults filled in. Equal `sha256` means equal behavior.

    `origins`: JSON Pointer of each leaf → the layer that said it: `this document`, the name of a template, `default`.
    """

    document: Document
    canonical: str
    sha256: str
    source: str
    layers: tuple[str, ...]
    origins: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, compare=False)

    @property
    def id(self) -> str:
        return self.document["id"]


@dataclass(frozen=True, slots=True)
class Compilation:
    """What became of a source: the compiled document unless a problem is an error, and all problems."""

    compiled: Compiled | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Event:
    """A Sales Event as staff see it in a list."""

    id: UUID
    organization_id: UUID
    slug: str
    name: str
    status: EventStatus
    current_version_id: UUID | None
    current_number: int | None
    catalogue_revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventVersion:
    """One published version. Never changes. `is_new` is false when publishing found it in force already.

    `kind` is publish, lever, rollback or auto_rollback; levers are measured from the version `baseline_id`.
    """

    id: UUID
    event_id: UUID
    organization_id: UUID
    number: int
    sha256: str
    message: str
    author_id: UUID | None
    created_at: datetime
    document: Document = field(repr=False)
    source: str = field(repr=False)
    is_new: bool = False
    kind: str = "publish"
    risk: str = "none"
    based_on: UUID | None = None
    baseline_id: UUID | None = None
    restores: UUID | None = None
    draft_id: UUID | None = None
    carry: str | None = None
    gone: Sequence[Mapping[str, Any]] = ()
    approvals: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class VersionHead:
    """One line of an event's history."""

    id: UUID
    number: int
    sha256: str
    message: str
    author_id: UUID | None
    created_at: datetime
    is_current: bool
    kind: str = "publish"
    risk: str = "none"
    carry: str | None = None
    author_email: str | None = None
    restores: int | None = None
    approvals: int = 0
    is_rolled_back: bool = False


@dataclass(frozen=True, slots=True)
class ServedHead:
    """Which version is in force for an event, without its document."""

    event_id: UUID
    version_id: UUID
    status: EventStatus
    catalogue_revision: int
    flags_revision: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """One version as processes serve it: immutable, shared, read without I/O."""

    event_id: UUID
    organization_id: UUID
    slug: str
    status: EventStatus
    catalogue_revision: int
    version_id: UUID
    number: int
    sha256: str
    created_at: datetime
    document: Document = field(repr=False)
    flags_revision: int = 0
    organization_flags: Mapping[str, bool] = field(default_factory=dict[str, bool])

    @property
    def is_open(self) -> bool:
        """Whether new conversations may begin."""
        return self.status is EventStatus.LIVE

    def flags(self, document: Document | None = None) -> dict[str, bool]:
        """Every flag: what the organization says goes before what the document says, its own or one with arms."""
        said = self.document if document is None else document
        return {**said.get("flags", {}), **self.organization_flags}

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Whether a flag is on; `default` where nobody says so."""
        return self.flags().get(name, default)
