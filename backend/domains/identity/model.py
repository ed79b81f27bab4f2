"""Values of identity. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a member may do; the database holds the matrix."""

    ADMIN = "admin"
    OPERATOR = "operator"
    SPECIALIST = "specialist"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Membership:
    """One organization that a person belongs to."""

    organization_id: UUID
    slug: str
    name: str
    kind: str
    role: Role

    @property
    def is_dealer(self) -> bool:
        return self.kind == "dealer"

    @property
    def may_publish(self) -> bool:
        """For showing or hiding a button; the database decides again."""
        return self.role in (Role.ADMIN, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A staff sign-in just opened: `token` goes into the cookie and is kept nowhere else."""

    token: str
    user_id: UUID
    email: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made; `token` goes into the mail and is kept nowhere else."""

    id: UUID
    email: str
    role: Role
    token: str
