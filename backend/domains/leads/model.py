"""Values of leads. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Understood:
    """What a conversation understood, and the event's own words for it.

    `labels` gives the words of each attribute, `known` the values that its inventory has, in small letters.
    """

    filters: Sequence[Mapping[str, Any]]
    signals: Sequence[Mapping[str, Any]]
    labels: Mapping[str, str]
    known: Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the buyer. Kept apart from the lead; shown to nobody but the buyer until revealed."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class DealerMatch:
    """How well one dealer's cars fit a lead."""

    dealer_id: UUID
    alignment: float
    matching_listings: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A buyer's open offer to be found."""

    id: UUID
    event_id: UUID
    session_id: UUID
    status: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one dealer sees of one lead."""

    id: UUID
    event_id: UUID
    portrait: dict[str, Any]
    alignment: float
    matching_listings: int
    created_at: datetime
