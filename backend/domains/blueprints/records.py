"""What is stored of a blueprint: its head, its files, what was said about it. Values only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

#: How many files one blueprint takes, and how much of each and of all. Unit: bytes. The database holds them too.
MOST_FILES: Final = 60
LARGEST_FILE: Final = 200 * 1024 * 1024
LARGEST_BLUEPRINT: Final = 500 * 1024 * 1024

#: Decisions under this name are about the file as a whole: its currency, the order of day and month.
WHOLE_FILE: Final = ""


class BlueprintStatus(StrEnum):
    OPEN = "open"
    PREVIEWED = "previewed"
    WAITING = "waiting"
    PUBLISHED = "published"
    DISCARDED = "discarded"

    @property
    def is_over(self) -> bool:
        return self in (BlueprintStatus.PUBLISHED, BlueprintStatus.DISCARDED)


class FileStatus(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    CANCELLED = "cancelled"

    @property
    def is_coming(self) -> bool:
        return self in (FileStatus.WAITING, FileStatus.READING)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A seller's samples on their way to an event. `event` is the slug of its sandbox's event, or of the one it is for."""

    id: UUID
    organization_id: UUID
    organization: str
    event_id: UUID | None
    event: str | None
    for_event: bool
    title: str
    template: str
    choices: Mapping[str, Any]
    document: str | None = field(repr=False)
    status: BlueprintStatus
    verdict: str | None
    reason: str
    revision: int
    created_by: UUID | None
    created_at: datetime
    updated_by: UUID | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of a blueprint. `findings` is None until it was read; `decisions` is by column or path."""

    id: UUID
    blueprint_id: UUID
    organization_id: UUID
    kind: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    path: str
    position: int
    status: FileStatus
    stage: str
    done: int
    total: int
    attempts: int
    problem: Mapping[str, Any] | None
    created_at: datetime
    updated_at: datetime
    decisions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    findings: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Clarification:
    """A sentence and what was understood by it. Nothing has changed until `applied_at`."""

    id: UUID
    blueprint_id: UUID
    said: str
    understood: str
    changes: tuple[Mapping[str, Any], ...]
    applied_at: datetime | None
    created_at: datetime
