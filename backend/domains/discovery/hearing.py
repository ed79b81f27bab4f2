"""A message before it is understood: what in it may be read, what was asked for, what names a person, how it sounds. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.domains.discovery import pii
from backend.domains.discovery.ordering import unasked
from backend.domains.discovery.planning import ABOUT_ONE
from backend.domains.discovery.requests import Request, Screened, Stance, screen
from backend.domains.discovery.sentiment import sentiment

#: Requests that name a listing, or say something to its seller; those that may be about whatever fits, and how a text says so.
_OF_ONE: Final = ABOUT_ONE | {"message"}
_OF_ANY: Final = frozenset({"hold", "remind"})
_ANY: Final = re.compile(
    r"\b(?:an?|any|anything|something|some|one of|eine?[nmrs]?|irgend\w*|etwas|une?|des|quelque\w*"
    r"|un[ao]s?|alg[uú]n[ao]?s?|algo)\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Heard:
    """`kept` is the message as it may be stored and logged; `read` what may be answered, `wished` what of it may narrow the
    search; `names_people`: whether something was masked in it."""

    kept: str
    read: str
    screened: Screened
    feeling: float
    names_people: bool
    wished: str = ""

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
    screened, found = _asked(screen(message)), pii.find(message)
    kept = pii.masked(message, found) if found else message
    return Heard(
        kept,
        masked(screened.legitimate),
        screened,
        sentiment(screened.legitimate),
        bool(found),
        masked(_wished(screened)),
    )


def _asked(screened: Screened) -> Screened:
    """Without what only sounds like a request; it stays in what may be read."""
    asked = [r.words for r in screened.requests if r.stance is Stance.CONFIRM]
    none = unasked(screened.message, asked)
    kept = tuple(r for r in screened.requests if r.stance is not Stance.CONFIRM or r.words not in none)
    if len(kept) == len(screened.requests) or any(r.stance is Stance.CONFIRM for r in kept):
        return replace(screened, requests=kept)
    return replace(screened, requests=kept, stance=Stance.HELP)


def _wished(screened: Screened) -> str:
    """What is left without the words of requests about a certain listing: `hold the blue SUV` names one, it limits nothing.

    What is asked for of any such (`hold me a blue SUV under 30k`) is a wish as well.
    """
    left = whole = " ".join(screened.legitimate.split())
    for one in screened.requests:
        said = " ".join(one.words.split()).strip(' ,;:"“”«».!?')
        is_open = one.verb in _OF_ANY and _ANY.search(said)
        if one.stance is Stance.CONFIRM and one.verb in _OF_ONE and said and not is_open:
            left = left.replace(said, " ", 1)
    left = " ".join(left.split()).strip(" ,;:.!?") if left != whole else left
    return left if _WORD.search(left) else ""


def masked(text: str) -> str:
    """A text without what names or reaches a person."""
    found = pii.find(text)
    return pii.masked(text, found) if found else text
