"""Values of transactions. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


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
