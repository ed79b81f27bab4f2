"""Whether words are an order: what the guide may carry out at once is a bare imperative that is the whole message. Pure.

Anything around it (a quotation, a question, a condition, a time, somebody else) makes it at most something to be prepared,
and what plainly asks for nothing (`my wife says I should, but I disagree`) is not even that.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from backend.domains.discovery.planning import Item, says_only

_COURTESY: Final = (
    r"(?:please|kindly|yes|ok(?:ay)?|sure|great|thanks|thank you|bitte|ja|danke|s['’]il (?:vous|te) pla[iî]t|oui|merci"
    r"|por favor|s[ií]|gracias)"
)
_HEADS: Final = (
    r"(?:go ahead and )?(?:hold|reserve)(?: me)? (?P<en>.+?)(?: for (?:me|us))?",
    r"(?:go ahead and )?(?:put|place) (?P<put>.+?) on hold(?: for (?:me|us))?",
    r"(?:go ahead and )?set (?P<set>.+?) aside(?: for (?:me|us))?",
    r"(?:reservieren sie|reserviere?)(?: (?:mir|uns))?(?: bitte)? (?P<de>.+?)(?: für (?:mich|uns))?",
    r"r[ée]serve[sz]?(?:[- ](?:moi|nous))? (?P<fr>.+?)(?: pour (?:moi|nous))?",
    r"(?:res[ée]rv[ae](?:me|nos|n)?)(?: por favor)? (?P<es>.+?)(?: para (?:m[ií]|nosotros))?",
)
_ORDER: Final = tuple(
    re.compile(rf"(?:{_COURTESY}[ ,.!]+){{0,3}}{head}(?:[ ,]+{_COURTESY}){{0,2}} ?[.!]{{0,3}}", re.IGNORECASE)
    for head in _HEADS
)
_LONGEST_ORDER: Final = 160

_ASKED: Final = (
    r"(?:hold|reserve|book|set aside|put|schedule|send|offer|message|contact|share|release|deposit)"
)
_ANOTHER: Final = (
    r"(?:(?:some|any|every)(?:one|body)(?: else)?|no ?body|no one|whoever|who|(?:an)?other (?:buyers?|people|customers?)"
    r"|they|he|she)"
)
_UNASKED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_ASKED} off\b",
        r"\bbut (?:i|we) (?:disagree|do(?:n['’]?t| not) (?:agree|want|think)|would(?:n['’]?t| not|n['’]t)|won['’]?t|refuse)\b",
        r"\b(?:listing|description|advert|ad|page|site|website|document|e-?mail|sign|label|sticker|review|note|seller) "
        rf"(?:says?|said|reads?|states?|tells?|told|claims?)\b\W+(?:\w+\W+){{0,3}}{_ASKED}\b",
        rf"^\W*{_ANOTHER} (?:\w+ ){{0,2}}{_ASKED}\b",
        r"\b(?:i|we)(?:['’]ve| have| had)? (?:already )?(?:asked|told|called|begged) (?!you\b|for\b|about\b)(?:\w+ ){1,4}to "
        rf"{_ASKED}\b",
        rf"^\W*(?:what (?:would|will|happens|if)\b|should (?:i|we)\b|is it (?:wise|smart|worth|safe|normal)\b"
        rf"|why\b|(?:can|could|would) you (?:please )?(?:explain|tell me what)\b).*\b{_ASKED}\b",
    )
)
#: `Would you hold it …`, and what comes later on the same line where that only wonders.
_WOULD: Final = re.compile(rf"\b(?:would|do) you (?:\w+ )?{_ASKED}\b", re.IGNORECASE)
_WONDERS: Final = re.compile(r"\b(?:if you were (?:me|us|in my)|in stock)\b", re.IGNORECASE)
_OPENS: Final = "\"“„«‹'‘"
_SENTENCE: Final = re.compile(r"(?<=[.!?;\n])\s+")


def is_order(message: str, item: Item) -> bool:
    """Whether the whole message orders to hold this one, and says nothing else."""
    if len(message) > _LONGEST_ORDER:
        return False
    said = " ".join(message.split())
    for pattern in _ORDER:
        if found := pattern.fullmatch(said):
            target = next(text for text in found.groups() if text is not None)
            if says_only(target, item):
                return True
    return False


def unasked(message: str, asked: Iterable[str]) -> frozenset[str]:
    """Those of several wordings in a message that sound like a request and plainly are none: quoted, somebody else's, long
    past, or only wondered about. Each sentence is looked at once, however many requests are in it."""
    judged: dict[str, bool] = {}
    sentences, ends = _sentences(message)
    first = next((at for at, char in enumerate(message) if char.isalnum()), len(message))
    found: set[str] = set()
    for words in dict.fromkeys(asked):
        at = message.find(words)
        before = _last(message, at if at >= 0 else len(message))
        sentence = _around(message, words, at, sentences, ends)
        if sentence not in judged:
            judged[sentence] = _is_unasked(sentence)
        if judged[sentence] or (first < before and message[before] in _OPENS):
            found.add(words)
    return frozenset(found)


def _around(message: str, words: str, at: int, sentences: Sequence[str], ends: Sequence[int]) -> str:
    """The first sentence with these words; the words alone where they are in none. `at`: where they are first."""
    while at >= 0:
        number = bisect_left(ends, at + len(words))
        if at >= ends[number] - len(sentences[number]):
            return sentences[number]
        at = message.find(words, at + 1)
    return words


def _is_unasked(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in _UNASKED) or any(
        _WONDERS.search(line, would.end()) for line in sentence.split("\n") if (would := _WOULD.search(line))
    )


def _sentences(message: str) -> tuple[list[str], list[int]]:
    """The sentences of a message, and where each ends."""
    starts = [0, *(gap.end() for gap in _SENTENCE.finditer(message))]
    ends = [*(gap.start() for gap in _SENTENCE.finditer(message)), len(message)]
    return [message[start:end] for start, end in zip(starts, ends, strict=True)], ends


def _last(text: str, end: int) -> int:
    """Where the last sign before `end` stands that is no space; -1 where there is none."""
    at = end - 1
    while at >= 0 and text[at].isspace():
        at -= 1
    return at
