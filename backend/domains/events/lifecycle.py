"""The words of a version's life: drafts, reviews, branches, approvals. Values only, no I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from backend.core.errors import InvalidInput
from backend.domains.events.changes import Diff
from backend.domains.events.merging import Conflict as MergeConflict
from backend.domains.events.model import Document, EventVersion, Problem

Choice = TypeVar("Choice", bound=StrEnum)

SOON: Final = timedelta(hours=24)  # a draft that ends sooner says so


class DraftStatus(StrEnum):
    OPEN = "open"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    DISCARDED = "discarded"

    @property
    def is_over(self) -> bool:
        return self in (DraftStatus.PUBLISHED, DraftStatus.DISCARDED)


class Origin(StrEnum):
    """How a draft began."""

    EDIT = "edit"
    MERGE = "merge"
    ROLLBACK = "rollback"
    CLONE = "clone"
    ASSISTANT = "assistant"
    PUBLISH = "publish"


class Verdict(StrEnum):
    APPROVE = "approve"
    REQUEST_EDITS = "request_edits"
    REJECT = "reject"


class Carry(StrEnum):
    """What becomes of open conversations that use something a new version no longer has.

    `drain`: they end on their own version; `migrate`: they move, with renames; `force`: they move and lose it.
    """

    DRAIN = "drain"
    MIGRATE = "migrate"
    FORCE = "force"


class AuthorType(StrEnum):
    """Who made a version: a person, the config assistant, or the machine (its operator, a watch)."""

    MEMBER = "member"
    ASSISTANT = "assistant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class DraftHead:
    """What a list tells of a draft. `sha256` is None while the source has errors."""

    id: UUID
    event_id: UUID
    organization_id: UUID
    slug: str
    title: str
    sha256: str | None
    base_version_id: UUID | None
    base_number: int | None
    current_version_id: UUID | None
    branch_id: UUID | None
    branch: str | None
    origin: Origin
    status: DraftStatus
    revision: int
    message: str
    risk: str | None
    radius: Mapping[str, Any] | None
    author_id: UUID | None
    author_email: str | None
    contributors: tuple[UUID, ...]
    created_at: datetime
    updated_at: datetime
    updated_by: UUID | None
    submitted_at: datetime | None
    expires_at: datetime
    published_version_id: UUID | None

    @property
    def is_valid(self) -> bool:
        return self.sha256 is not None

    @property
    def is_behind(self) -> bool:
        """Whether another version came into force since the draft was begun."""
        return self.base_version_id != self.current_version_id

    def is_expired(self, now: datetime) -> bool:
        return not self.status.is_over and self.expires_at <= now

    def expires_soon(self, now: datetime) -> bool:
        return not self.status.is_over and now < self.expires_at <= now + SOON


@dataclass(frozen=True, slots=True)
class Draft(DraftHead):
    """A proposed document. `canonical` is None while the source has errors."""

    source: str = field(repr=False)
    canonical: str | None = field(repr=False)

    @property
    def document(self) -> Document | None:
        """The compiled document, read anew at each call; None while the source has errors."""
        return json.loads(self.canonical) if self.canonical is not None else None


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft just kept, what is wrong in it, and how it differs from the version it was begun from."""

    draft: Draft
    problems: tuple[Problem, ...]
    diff: Diff | None


@dataclass(frozen=True, slots=True)
class Review:
    """One verdict. It counts while the text and the base are those it was given on."""

    id: UUID
    draft_id: UUID
    reviewer_id: UUID
    email: str | None
    verdict: Verdict
    reason: str
    revision: int
    created_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """Who has to agree before a change is in force, and who has. `risk` counts what it meets, `leaf_risk` does not."""

    risk: str
    leaf_risk: str
    radius: Mapping[str, Any]
    needed: int
    needs_admin: bool
    eligible: int
    reasons: tuple[str, ...]
    reloads: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    levers_only: bool = False
    escalated: bool = False
    outside: tuple[str, ...] = ()
    approvals: tuple[Mapping[str, Any], ...] = ()
    given: int = 0
    met: bool = False

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Needs:
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {}
        for name in known & row.keys():
            values[name] = tuple(row[name]) if isinstance(row[name], list) else row[name]
        return cls(**values)


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """How many people besides the authors have to agree, per risk, and from when on a change counts as riskier."""

    low: int
    medium: int
    high: int
    high_needs_admin: bool
    escalate_conversations: int
    escalate_holds: int
    draft_days: int
    updated_by: UUID | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A named line of development beside main. `base_number` is the version at which they last agreed."""

    id: UUID
    event_id: UUID
    organization_id: UUID
    slug: str
    name: str
    description: str
    status: str
    base_version_id: UUID
    base_number: int
    head_number: int
    created_by: UUID | None
    author_email: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """What a list tells of a version of a branch."""

    id: UUID
    branch_id: UUID
    number: int
    sha256: str
    message: str
    author_id: UUID | None
    author_email: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BranchVersion(Commit):
    """One version of a branch. Never changes."""

    source: str = field(repr=False)
    canonical: str = field(repr=False)

    @property
    def document(self) -> Document:
        return json.loads(self.canonical)


@dataclass(frozen=True, slots=True)
class MergeOutcome:
    """What became of a merge: conflicts and nothing else; or a draft; or, needing nobody, a version in force."""

    draft: Draft | None
    version: EventVersion | None
    conflicts: tuple[MergeConflict, ...]


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """A hold placed under a version that is about to be undone."""

    hold_id: UUID
    listing_id: int
    title: str
    expires_at: datetime
    deposit_required: bool
    version: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What going back to `target` means for who is in a conversation or holds something now."""

    target: int
    current: int
    conversations: int
    holds: tuple[HeldUnit, ...]
    deposits: int
    money_minor: int
    currency: str | None
    versions_undone: tuple[int, ...]
    gone: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of the whole organization; it wins over what an event's document says."""

    name: str
    is_on: bool
    note: str
    updated_by: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One version as a line of the history: what changed, whose work it was, who agreed, what became of it."""

    id: UUID
    number: int
    kind: str
    risk: str
    message: str
    reason: str
    author_id: UUID | None
    author_email: str | None
    author_type: AuthorType
    sections: tuple[str, ...]
    approvals: tuple[Mapping[str, Any], ...]
    restores: int | None
    carry: str | None
    gone: tuple[Mapping[str, Any], ...]
    is_current: bool
    is_rolled_back: bool
    created_at: datetime


def chosen(kind: type[Choice], text: str) -> Choice:
    """One of a short list, from text. Raises: InvalidInput `events.no_such_choice` with what there is."""
    try:
        return kind(text)
    except ValueError as error:
        raise InvalidInput("events.no_such_choice", found=text, expected=[*kind]) from error


def to_json(value: Any) -> Any:
    """Any of these values as plain JSON: ids and moments as text, sequences as lists."""
    if value is None or isinstance(value, bool | int | float | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if hasattr(value, "to_json"):
        return value.to_json()
    if is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    return str(value)
