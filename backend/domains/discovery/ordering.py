"""Whether words are an order: what the guide may carry out at once is a bare imperative that is the whole message. Pure.

Anything around it (a quotation, a question, a condition, a time, somebody else) makes it at most something to be prepared,
and what plainly asks for nothing (`my wife says I should, but I disagree`) is not even that.
"""

from __future__ import annotations

import re
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
        rf"\b(?:would|do) you (?:\w+ )?{_ASKED}\b.*\b(?:if you were (?:me|us|in my)|in stock)\b",
    )
)
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


def is_unasked(message: str, words: str) -> bool:
    """Whether words that sound like a request plainly are none: quoted, somebody else's, long past, or only wondered about."""
    before, _, _ = message.partition(words)
    before = before.rstrip()
    if before[-1:] and before[-1] in _OPENS and any(c.isalnum() for c in before):
        return True
    sentence = next((one for one in _SENTENCE.split(message) if words in one), words)
    return any(pattern.search(sentence) for pattern in _UNASKED)
