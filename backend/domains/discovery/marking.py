"""A message read once: its words, and which kinds of words stand where, those of the lexicon and those told by form. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from backend.domains.discovery.folding import Word
from backend.domains.discovery.requesting import Hit, Kinds, Lexicon

_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
#: One certain listing: a number of its own, or `the Ducati`.
_NUMBER: Final = re.compile(
    r"\b(?:[a-z]{1,6}-?\d{2,10}|(?:lot|stock|unit|number|no\.|nr\.?|item|los)\s?#?\d{1,10})\b", re.IGNORECASE
)
_LONG_NUMBER: Final = re.compile(r"\b\d{5,10}\b")
_NAME: Final = re.compile(
    r"\b(?i:the|this|that|le|la|el|los|du|del|al)\s(?:\d{4}\s)?(?:[a-z]{3,9}\s)?([A-ZÀ-Þ][\w-]{2,30})\b"
)
_NAMED_DE: Final = re.compile(
    r"\b(?:[Dd](?:er|ie|as|en|em)|[Vv]om|[Bb]eim|[Zz]um)\s(?:[a-zäöü]{3,12}\s)?([A-ZÄÖÜ][\w-]{2,30})\b"
)
_PLURAL: Final = re.compile(r".*(?<![uioads])s\Z|\d+s\Z")
_POSSESSIVE: Final = re.compile(r"(?!it|that|let|what|here|there|who|how|she|he)\w{2,30}['’]s", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"[$€£]\s?\d[\d.,]*|\b(?!(?:19|20)\d\d\b)\d{1,3}(?:[.,\s]\d{3})+\b|\b\d+(?:[.,]\d+)?\s?(?:k|grand|thousand|tausend|mille|mil|euros?|eur|dollars?|bucks|usd|gbp)\b"
    r"|\b(?!(?:19|20)\d\d\b)\d{4,7}\b",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(
    r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|uhr|h\d{0,2}|heures|o['’]clock)\b|\b\d{1,2}:\d\d\b", re.IGNORECASE
)
_PERCENT: Final = re.compile(r"\d\s?%")
_ASSIGNED: Final = re.compile(r"(?:-+>|=+>|→|:=|=)\s?[$€£]?\s?\d")
#: So far behind an article its noun may stand.
_NEAR: Final = 3


class Reading:
    """The words of a message, looked up once; its parts are slices."""

    def __init__(self, text: str, words: Sequence[Word], lexicon: Lexicon) -> None:
        self.text, self.words, self.lexicon = text, words, lexicon
        self.starts = [word.start for word in words]
        hits = lexicon.hits(words)
        self._hits = sorted((*hits, *_marked(text, words, hits)), key=lambda hit: hit[1])
        self._firsts = [hit[1] for hit in self._hits]
        self._at: list[dict[str, int]] = [{} for _ in range(len(words) + 1)]
        #: Words within a phrase: nothing is cut before them.
        self.inner: set[int] = set()
        hidden = {i for kind, first, end, _ in hits if kind == "neutral" for i in range(first, end)}
        for kind, first, end, _ in self._hits:
            if end > self._at[first].get(kind, 0) and first not in hidden:
                self._at[first][kind] = end
            self.inner.update(range(first + 1, end))

    def kinds(self, first: int, end: int) -> Kinds:
        """The kinds of words from one word to another."""
        hits = self._hits[bisect_left(self._firsts, first) : bisect_left(self._firsts, end)]
        return self.lexicon.kinds(hits, first, end)

    def at(self, i: int) -> Mapping[str, int]:
        """The kinds of phrases that begin at a word, each with where its longest ends."""
        return self._at[i]

    def end(self, kind: str, i: int) -> int:
        """Where the longest phrase of a kind ends that begins at a word; `i` where none does."""
        return self._at[i].get(kind, i)

    def has(self, kind: str, first: int, end: int) -> bool:
        """Whether a phrase of a kind begins among some words."""
        return any(kind in self._at[i] for i in range(first, end))

    def gap(self, i: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[i - 1].end : self.words[i].start]

    def is_asked(self, first: int, end: int) -> bool:
        """Whether what stands between two words is marked as a question; `¿` says where one begins."""
        if "¿" in self.text:
            return self.text[: self.words[first].start].endswith("¿")
        return self.text[self.words[end - 1].end :].lstrip(' "”').startswith("?")

    def told(self, first: int, end: int) -> str:
        """The text from one word to another."""
        return self.text[self.words[first].start : self.words[end - 1].end]


def _marked(text: str, words: Sequence[Word], hits: Sequence[Hit]) -> Iterator[Hit]:
    if not words:
        return
    starts = [word.start for word in words]

    def spans(pattern: re.Pattern[str], group: int = 0) -> Iterator[tuple[int, int]]:
        for found in pattern.finditer(text):
            yield bisect_left(starts, found.start(group)), bisect_left(starts, found.end(group))

    if "@" in text:
        yield from (("address", first, first + 1, False) for first, _ in spans(_ADDRESS))
    numbered: set[int] = set()
    has_digits = any(c.isdigit() for c in text)
    if has_digits:
        for first, end in spans(_NUMBER):
            numbered.update(range(first, end))
            yield "item", first, end, False
        yield from (("item", first, end, False) for first, end in spans(_LONG_NUMBER))
        yield from (("money", first, end, False) for first, end in spans(_MONEY))
        yield from (("when", first, end, False) for first, end in spans(_CLOCK))
        yield from (("percent", first, first + 1, False) for first, _ in spans(_PERCENT))
        yield from (("assigned", max(0, first - 1), first, False) for first, _ in spans(_ASSIGNED))
    known = {first for _, first, _, _ in hits}
    for first, end in spans(_NAME, 1):
        if not _PLURAL.match(words[first].text):
            yield "item", first, end, False
    for first, end in spans(_NAMED_DE, 1):
        if first not in known and not (
            words[first - 1].text == "die" and words[first].text.endswith(("s", "n", "er"))
        ):
            yield "item", first, end, False
    articles = {first for kind, first, _, _ in hits if kind == "article"}
    for kind, first, end, _ in hits:
        if kind == "thing" and any(at in articles for at in range(max(0, first - _NEAR), first)):
            yield "item", first, end, False
    for i, word in enumerate(words):
        if has_digits and i not in numbered and any(c.isdigit() for c in word.text):
            yield "figure", i, i + 1, False
        told = text[word.start : word.end]
        if ("'" in told or "’" in told) and _POSSESSIVE.fullmatch(told):
            yield "possessive", i, i + 1, False
