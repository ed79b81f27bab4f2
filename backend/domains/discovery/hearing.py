"""A message before it is understood: what in it may be read, what was asked for, what names a person, how it sounds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.domains.discovery import pii
from backend.domains.discovery.requests import Request, Screened, Stance, screen
from backend.domains.discovery.sentiment import sentiment


@dataclass(frozen=True, slots=True)
class Heard:
    """`kept` is the message as it may be stored and logged; `read` what understanding may see; `names_people`: whether
    something was masked in it."""

    kept: str
    read: str
    screened: Screened
    feeling: float
    names_people: bool

    @property
    def wishes(self) -> tuple[Request, ...]:
        """What the buyer may ask for, once it is confirmed."""
        return tuple(r for r in self.screened.requests if r.stance is Stance.CONFIRM)

    @property
    def refused(self) -> tuple[Request, ...]:
        return tuple(r for r in self.screened.requests if r.stance is Stance.REFUSE)

    def to_json(self) -> dict[str, Any]:
        """For the record of the turn: names of what was decided, with masked words."""
        return {
            "stance": str(self.screened.stance),
            "flags": sorted(self.screened.flags),
            "requests": [
                {"verb": r.verb, "stance": str(r.stance), "reason": r.reason, "words": masked(r.words)}
                for r in self.screened.requests
            ],
            "sentiment": round(self.feeling, 3),
        }


def hear(message: str) -> Heard:
    """A message of a buyer, screened."""
    screened, found = screen(message), pii.find(message)
    kept = pii.masked(message, found) if found else message
    return Heard(kept, masked(screened.legitimate), screened, sentiment(screened.legitimate), bool(found))


def masked(text: str) -> str:
    """A text without what names or reaches a person."""
    found = pii.find(text)
    return pii.masked(text, found) if found else text
