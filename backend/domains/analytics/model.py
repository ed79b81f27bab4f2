"""What staff read about an event: figures, an hourly series, and the board of what happens now. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.domains.events.model import EventStatus
from backend.domains.experiments.model import ExperimentResult


@dataclass(frozen=True, slots=True)
class EventHead:
    """Which event, and which version was in force when the figures were read."""

    id: UUID
    slug: str
    name: str
    status: EventStatus
    version: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Kpis:
    """Figures since the event began. Shares are from 0 to 1, and None while there is nothing to share.

    `matched_share` is of the sessions with a turn: who said nothing cannot be matched. `hold_rate` is the share of
    all sessions that placed at least one hold. `seconds_to_first_match` is the median over sessions with a match,
    from the opening of the conversation.
    """

    sessions: int
    sessions_with_turn: int
    turns: int
    sessions_matched: int
    matched_share: float | None
    seconds_to_first_match: float | None
    holds_placed: int
    sessions_with_hold: int
    hold_rate: float | None
    active_holds: int
    open_leads: int


@dataclass(frozen=True, slots=True)
class Hour:
    """What began within the hour that starts at `at`."""

    at: datetime
    sessions: int
    turns: int
    holds: int


@dataclass(frozen=True, slots=True)
class EventReport:
    """An event in figures. `hours` are the last 48, the oldest first, the last one still running."""

    event: EventHead
    kpis: Kpis
    hours: tuple[Hour, ...]
    experiments: tuple[ExperimentResult, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One conversation on the board. `wishes` are short texts of what the buyer asked for, limits first."""

    id: UUID
    version: int
    created_at: datetime
    last_seen_at: datetime
    first_match_at: datetime | None
    turns: int
    last_message: str
    wishes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveHold:
    """One unit that is kept for somebody now."""

    id: UUID
    listing_id: int
    title: str
    session_id: UUID
    placed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LiveRefusal:
    """Somebody who came too late for a unit."""

    title: str
    session_id: UUID
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class LiveBoard:
    """What happens now: conversations, holds and refused holds, the newest first."""

    event_id: UUID
    organization_id: UUID
    slug: str
    sessions: tuple[LiveSession, ...]
    holds: tuple[LiveHold, ...]
    refusals: tuple[LiveRefusal, ...]
    read_at: datetime
