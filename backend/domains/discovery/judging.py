"""The built-in judge of answers: of several wordings the best sourced, fitting, toned and brief one. Pure, deterministic.

Each measure is 0 to 1; the total weighs them 0.5 groundedness, 0.2 fit, 0.15 tone, 0.15 brevity. Groundedness is a veto: what
lost a sentence, or would lose one, is worth nothing, and what speaks of less than the first candidate, the built-in words,
is never worth more than they are. Equal totals go to the earlier candidate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.domains.discovery.evidence import Evidence
from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.folding import words
from backend.domains.discovery.grounding import check


@dataclass(frozen=True, slots=True)
class Scores:
    """How good one candidate is. Unit: 0..1 each."""

    groundedness: float
    fit: float
    tone: float
    brevity: float
    total: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Which candidate is best, and how each did, in their order."""

    index: int
    scores: tuple[Scores, ...]


WEIGHTS: Final[Mapping[str, float]] = {"groundedness": 0.5, "fit": 0.2, "tone": 0.15, "brevity": 0.15}
_MARKS: Final[Mapping[str, int]] = {"calm_expert": 0, "professional_warm": 1, "friendly_expert": 2}
_HYPE_WORDS: Final = """amazing incredible awesome unbelievable insane epic stunning gorgeous perfect fantastic dream lucky hurry
unglaublich wahnsinn traumhaft perfekt sensationell incroyable fantastique parfait increible fantastico perfecto wonderful"""
_SLANG_WORDS: Final = "hey yo dude buddy folks gonna wanna cool lol nope yep guys krass geil mec tio"
_HYPE: Final = frozenset(_HYPE_WORDS.split())
_SLANG: Final = frozenset(_SLANG_WORDS.split())
_EMOJI: Final = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
_SHOUTED: Final = re.compile(r"\b[A-ZÀ-Þ]{5,}\b")
_PENALTY: Final = 0.2


def judge(
    candidates: Sequence[str], evidence: Evidence, *, tone: str, most_words: int, lost: Sequence[bool] = ()
) -> Judged:
    """The best of the candidates; the first one where there is nothing to choose. `lost`: which lost a sentence before."""
    scores = [_scored(text, evidence, tone, most_words) for text in candidates]
    for at, one in enumerate(scores[1:], 1):
        if one.groundedness < 1 or (at < len(lost) and lost[at]):
            scores[at] = replace(one, total=0.0)
        elif one.fit < scores[0].fit:
            scores[at] = replace(one, total=min(one.total, scores[0].total))
    best = max(range(len(scores)), key=lambda at: (scores[at].total, -at), default=0)
    return Judged(best, tuple(scores))


def _scored(text: str, evidence: Evidence, tone: str, most_words: int) -> Scores:
    if not text.strip():
        return Scores(0.0, 0.0, 0.0, 0.0, 0.0)
    parts = {
        "groundedness": _groundedness(text, evidence),
        "fit": _fit(text, evidence),
        "tone": _tone(text, tone),
        "brevity": min(1.0, most_words / max(1, len(words(text)))),
    }
    total = sum(WEIGHTS[name] * value for name, value in parts.items())
    return Scores(**{name: round(value, 4) for name, value in parts.items()}, total=round(total, 4))


def _groundedness(text: str, evidence: Evidence) -> float:
    """The share of the text, by its words, that has a source."""
    checked = check(text, evidence)
    lost = sum(len(words(sentence)) for sentence in checked.dropped)
    return 1.0 - lost / max(1, len(words(text)))


def _fit(text: str, evidence: Evidence) -> float:
    """Whether it speaks of what was found: one of the listings by name or price, how many there are, one question at most."""
    figures = {(kind, value) for kind, readings, _ in numbers_in(text) for value in readings}
    told = {w.text for w in words(text)}
    names = any(
        s.title in text or {w.text for w in words(str(s.facts.get("model") or "-"))} <= told
        for s in evidence.sources
    )
    prices = any(("money", round(s.price, 2)) in figures for s in evidence.sources if s.price is not None)
    counts = any(("other", value) in figures for kind, value in evidence.numbers if kind == "count" and value)
    speaks = (names or prices or not evidence.sources) * 0.5
    return speaks + (counts or not evidence.sources) * 0.25 + (text.count("?") <= 1) * 0.25


def _tone(text: str, tone: str) -> float:
    """One, less for each exclamation mark beyond what the tone allows, hype, shouting, slang where it is out of place."""
    told = [w.text for w in words(text)]
    friendly = tone == "friendly_expert"
    faults = (
        max(0, text.count("!") - _MARKS.get(tone, 1))
        + sum(w in _HYPE for w in told)
        + len(_SHOUTED.findall(text))
    )
    faults += 0 if friendly else sum(w in _SLANG for w in told) + len(_EMOJI.findall(text))
    return max(0.0, 1.0 - _PENALTY * faults)
