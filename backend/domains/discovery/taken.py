"""What the guide says of a unit that cannot be held: until when, and what comes closest. Facts in, words out; pure.

The words are data, `taken.toml`, by the buyer's language; what a language lacks is said in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_time

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.phrasing import ENGLISH
from backend.domains.discovery.wording import Words, listed

_FILE: Final = Path(__file__).with_name("taken.toml")


def taken(
    words: Words, title: str, until: datetime | None, timezone: str, instead: Sequence[Listing], language: str
) -> str:
    """That somebody else was faster, until when, and what comes closest of what is free: the best first."""
    told = _told(language)
    item = _item(words, title, told)
    first = (
        told["held"].format(item=item, at=_at(until, timezone, words, language))
        if until
        else told["gone"].format(item=item)
    )
    names = list(dict.fromkeys(one.title for one in instead))
    return first + (told["instead"].format(names=listed(names, told["and"])) if names else "")


def yours(words: Words, title: str, until: datetime, timezone: str, language: str) -> str:
    """That the buyer holds it already."""
    told = _told(language)
    at = _at(until, timezone, words, language)
    return told["yours"].format(item=_item(words, title, told), at=at)


def ways_on(title: str, instead: Sequence[Listing], language: str, *, may_remind: bool) -> tuple[str, ...]:
    """What one can say next: hold one of these, by its number, as several may have one name; or be reminded."""
    told = _told(language)
    holds = [told["hold"].format(title=one.title, number=one.external_id) for one in instead]
    return (*holds, *([told["remind"].format(title=title)] if may_remind and title else []))


def _item(words: Words, title: str, told: Mapping[str, str]) -> str:
    return told["item"].format(title=title) if title else told["this"].format(one=words.one)


def _at(until: datetime, timezone: str, words: Words, language: str) -> str:
    """A time by the event's own clock, with its zone: `2:35 PM PST`."""
    zone = ZoneInfo(timezone)
    locale = language if language != ENGLISH else words.locale.replace("-", "_")
    time = format_time(until, "short", tzinfo=zone, locale=locale).replace("\u202f", " ")
    return f"{time} {until.astimezone(zone):%Z}"


def _told(language: str) -> Mapping[str, str]:
    phrases = _phrases()
    return phrases.get(language) or phrases[ENGLISH]


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
