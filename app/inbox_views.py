"""What the inbox shows: flat values, already in words. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.views import Labelled


@dataclass
class RequestRow:
    """One request. `listing` is empty where it is about none."""

    id: str
    kind: str
    title: str
    event: str
    listing: str
    status: str
    tone: str
    is_open: bool
    at: str
    ended_at: str
    may_end: bool
    talk: str
    details: list[Labelled] = field(default_factory=list)
