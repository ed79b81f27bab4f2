"""Who acts, and what a unit of work carries. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from backend.core.db import Connection
    from backend.core.ports import Ports

ActorKind = Literal["anonymous", "buyer", "user", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The identity that row-level security sees.

    `buyer` is one conversation (anonymous until the person chooses otherwise); `user` is somebody signed in
    through Supabase Auth, whose rights come from the `members` table and never from claims.
    """

    kind: ActorKind
    user_id: UUID | None = None
    session_id: UUID | None = None
    event_id: UUID | None = None
    email: str | None = None

    @classmethod
    def anonymous(cls) -> Actor:
        return cls("anonymous")

    @classmethod
    def buyer(cls, session_id: UUID, event_id: UUID) -> Actor:
        return cls("buyer", session_id=session_id, event_id=event_id)

    @classmethod
    def user(cls, user_id: UUID, email: str | None = None) -> Actor:
        return cls("user", user_id=user_id, email=email)

    @property
    def role(self) -> Literal["anon", "authenticated"]:
        """The Postgres role the unit of work runs under."""
        return "authenticated" if self.kind == "user" else "anon"

    def claims(self) -> dict[str, Any]:
        """The JWT claims that policies read, in the form Supabase puts them into a request."""
        claims: dict[str, Any] = {"role": self.role}
        if self.user_id:
            claims |= {"sub": str(self.user_id), "email": self.email or ""}
        if self.session_id:
            claims |= {"session_id": str(self.session_id), "event_id": str(self.event_id)}
        return claims


@dataclass(frozen=True, slots=True)
class Context:
    """One unit of work: one connection inside one transaction, for one actor, at one moment."""

    conn: Connection
    actor: Actor
    now: datetime
    ports: Ports
