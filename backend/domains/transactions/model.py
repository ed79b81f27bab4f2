"""Values of transactions. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

#: Who calls: the buyer's own click or request, the guide (planner or model), a job.
Origin = Literal["buyer", "guide", "job"]


class HoldStatus(StrEnum):
    ACTIVE = "active"
    RELEASED = "released"
    EXPIRED = "expired"
    CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class Hold:
    """One unit kept for one conversation until `expires_at`."""

    id: UUID
    listing_id: int
    event_id: UUID
    session_id: UUID
    version_id: UUID
    status: HoldStatus
    placed_at: datetime
    expires_at: datetime
    deposit_required: bool

    def is_open(self, now: datetime) -> bool:
        """Whether it still keeps the unit. Its own clock decides, swept or not."""
        return self.status is HoldStatus.ACTIVE and self.expires_at > now


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the policy says of a verb, and the token for the buyer's yes to exactly `arguments` under exactly `terms`.

    `verdict` is allow, confirm or deny; a denied verb has no `confirmation`. One use, until `expires_at`.
    """

    verdict: str
    reasons: tuple[str, ...]
    confirmation: UUID | None
    expires_at: datetime | None
    arguments: Mapping[str, Any]
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BuyerRequest:
    """What a buyer asked a person to do."""

    id: UUID
    event_id: UUID
    session_id: UUID
    kind: str
    listing_id: int | None
    details: Mapping[str, Any]
    status: str
    created_at: datetime
    ended_at: datetime | None
