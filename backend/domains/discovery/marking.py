"""Which kinds of words are in a part of a message: those of the lexicon, and addresses, figures, certain listings. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from backend.domains.discovery.folding import Word
from backend.domains.discovery.requesting import Lexicon

_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
#: One certain listing: a stock number, or `the Ducati`.
_ITEM: Final = re.compile(
    r"\b([A-Za-z]{1,6}-?\d{2,10}|\d{5,10}|lot \d+)\b|\b(?:the|le|la|el|los)\s(?:\d{4}\s)?([A-ZÀ-Þ][\w-]{2,30})\b"
)
_POSSESSIVE: Final = re.compile(
    r"\b(?!it|that|let|what|here|there|who|how|she|he)\w{2,30}['’]s\b", re.IGNORECASE
)


def kinds_of(text: str, words: Sequence[Word], lexicon: Lexicon) -> dict[str, list[tuple[int, int]]]:
    """The kinds of words of a part of `text`, with their places among `words`, which must not be empty."""
    start = words[0].start
    raw = text[start : words[-1].end]
    kinds = lexicon.kinds(words)
    if "@" in raw and _ADDRESS.search(raw):
        kinds["address"] = [(0, 0)]
    if any(c.isdigit() for c in raw):
        kinds["figure"] = [(i, i + 1) for i, w in enumerate(words) if any(c.isdigit() for c in w.text)]
    if named := [m.span(m.lastindex or 0) for m in _ITEM.finditer(raw)]:
        kinds["item"] = [
            (i, i + 1) for i, w in enumerate(words) if any(at <= w.start - start < end for at, end in named)
        ]
    if _POSSESSIVE.search(raw):
        kinds["possessive"] = [
            (i, i + 1) for i, w in enumerate(words) if _POSSESSIVE.fullmatch(text[w.start : w.end])
        ]
    return kinds
