"""How a message feels, and where a conversation is going: from a small lexicon in four languages. Pure.

Good for deciding when a person should be offered, not for more: irony and quiet anger are not seen.
Source: negation and intensity after Hutto & Gilbert 2014 (VADER), with its factor -0.74 and a window of three words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from backend.domains.discovery.folding import Word, words

_FILE: Final = Path(__file__).with_name("sentiment.toml")
_WEIGHTS: Final[Mapping[str, float]] = {
    "strong_bad": -0.8,
    "mild_bad": -0.45,
    "mild_good": 0.35,
    "strong_good": 0.8,
}
_NEGATED: Final = -0.74
_STRONGER: Final = 1.25
_WINDOW: Final = 3
_LONGEST: Final = 4000
_RECENT: Final = 3
_LOW: Final = -0.2

_Entry = tuple[tuple[str, ...], str]


def sentiment(text: str) -> float:
    """How a message feels. Unit: -1 (bad) to 1 (good), 0 where nothing says so."""
    found = words(text[:_LONGEST])
    kinds = [dict(_kinds_at(found, i)) for i in range(len(found))]
    taken = 0
    total, count = 0.0, 0
    for at, here in enumerate(kinds):
        weighed = max(((size, kind) for kind, size in here.items() if kind in _WEIGHTS), default=None)
        if weighed is None or at < taken:
            continue
        taken = at + weighed[0]
        total += _WEIGHTS[weighed[1]] * _turned(kinds[max(0, at - _WINDOW) : at])
        count += 1
    if not count:
        return -0.3 if _shouts(text) else 0.0
    return max(-1.0, min(1.0, total / count * (1.2 if text.count("!") > 1 else 1.0)))


def mood(scores: Sequence[float]) -> str:
    """Where a conversation is going: `frustrated` (low three times), `falling`, `pleased` or `steady`."""
    recent = list(scores[-_RECENT:])
    if len(recent) == _RECENT and all(s <= _LOW for s in recent):
        return "frustrated"
    if recent and (
        recent[-1] <= -0.75 or (len(recent) > 1 and recent[-1] <= _LOW and recent[-1] < recent[0] - 0.3)
    ):
        return "falling"
    if recent and sum(recent) / len(recent) >= 0.3:
        return "pleased"
    return "steady"


def _turned(before: Sequence[Mapping[str, int]]) -> float:
    """What the words before make of a feeling."""
    factor = _NEGATED if any("not" in kinds for kinds in before) else 1.0
    return factor * (_STRONGER if any("very" in kinds for kinds in before[-1:]) else 1.0)


def _shouts(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return (
        len(letters) > 11 and text.count("!") > 1 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    )


def _kinds_at(found: Sequence[Word], at: int) -> Iterator[tuple[str, int]]:
    """Kinds of the phrases that begin here, with how many words they have."""
    exact, begun, longest = _lexicon()
    text = found[at].text[: longest + 1]  # of a word without end no more can matter
    entries = [
        *exact.get(text, ()),
        *(e for size in range(3, len(text) + 1) for e in begun.get(text[:size], ())),
    ]
    for rest, kind in entries:
        end = at + 1 + len(rest)
        if end <= len(found) and all(found[at + 1 + i].text == part for i, part in enumerate(rest)):
            yield kind, 1 + len(rest)


@cache
def _lexicon() -> tuple[dict[str, list[_Entry]], dict[str, list[_Entry]], int]:
    """Phrases by their first word and by how it begins, and how long the longest of these is."""
    exact: dict[str, list[_Entry]] = {}
    begun: dict[str, list[_Entry]] = {}
    for kind, section in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        for phrase in dict.fromkeys(re.split(r"\s+", section["words"].strip())):
            first, *rest = phrase.split("_")
            into, key = (begun, first[:-1]) if first.endswith("*") else (exact, first)
            into.setdefault(key, []).append((tuple(rest), kind))
    return exact, begun, max(map(len, (*exact, *begun)))
