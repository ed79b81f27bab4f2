"""A message as words: tokens with their places. Knows no language but its marks; how words end is `stems`."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from backend.domains.discovery.signals.stems import Stem, english

_TOKEN = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[\u00a0\u202f]\d{3}){1,4}(?!\d)|(?<![\d.,])\d{1,3}(?: \d{3}){0,3} 000(?!\d)"  # 40 000
    r"|(?<![\d.,])\d{1,3}(?: \d{3}){1,3}(?=\s?(?:€|eur|£|\$))"  # 4 500 €
    r"|(?<![^\W\d_])(?:[ldjnmtsc]|qu|jusqu)(?=['’][^\W\d_]{2})"  # d'au moins
    r"|\d+(?:\.\d)?(?=(?:br|ba|bd|bds|beds?|baths?|bdrms?)\b)"  # 3br
    r"|\d+(?:[.,'’]\d+)*[^\W_]*|[^\W\d_]+(?:['’][^\W\d_]+)*[^\W_]*|[^\w\s]|_",
    re.IGNORECASE,
)
_LONGEST = 2000
_SEPARATORS = {"٬": ",", "٫": ".", "，": ",", "．": "."}
_SQUARED = frozenset("mtMT")  # m², ft²


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is folded (lower case, no accents, no apostrophes), `stem` also without a plural; `raw` is as written."""

    text: str
    stem: str
    raw: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A message and its tokens. `plain` is the folded tokens joined by single spaces; patterns run on it."""

    raw: str
    tokens: tuple[Token, ...]
    plain: str
    offsets: tuple[int, ...]

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
        """Matches on the plain text as (first token, end token, match)."""
        for match in pattern.finditer(self.plain):
            if match.end() > match.start():
                first = bisect_right(self.offsets, match.start()) - 1
                yield first, bisect_right(self.offsets, match.end() - 1), match

    def words(self, first: int, end: int) -> str:
        """The buyer's own words of a token range."""
        if not self.tokens or first >= end:
            return ""
        return self.raw[self.tokens[first].start : self.tokens[min(end, len(self.tokens)) - 1].end]

    def before(self, token: int, width: int = 48) -> str:
        """Plain text that ends where a token begins."""
        at = self.offsets[token]
        return self.plain[max(0, at - width) : at]

    def between(self, first: int, end: int) -> str:
        """Plain text of a token range."""
        return " ".join(t.text for t in self.tokens[first:end])

    def after(self, token: int, width: int = 48) -> str:
        """Plain text from a token on."""
        if token >= len(self.tokens):
            return ""
        return self.plain[self.offsets[token] : self.offsets[token] + width]


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Lower case without accents and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'’")


def _digits(raw: str) -> str:
    """The text with the digits and separators of any script as ASCII, and no raised or circled ones; as long as before."""
    if raw.isascii():
        return raw
    return "".join(_digit(c, raw[i - 1 : i]) for i, c in enumerate(raw))


def _digit(character: str, before: str) -> str:
    if character in _SEPARATORS:
        return _SEPARATORS[character]
    if (value := unicodedata.decimal(character, None)) is not None:
        return str(value)
    raised = unicodedata.digit(character, None) is not None
    return " " if raised and not (character in "²³" and before in _SQUARED) else character


def read(message: str, stem: Stem = english) -> Text:
    """Tokens of a message. Text beyond 2,000 characters is not read."""
    raw = message[:_LONGEST]
    tokens: list[Token] = []
    for match in _TOKEN.finditer(_digits(raw)):
        word = fold(match.group())
        if word.strip():
            word = "".join(word.split())
            tokens.append(Token(word, stem(word), match.group(), match.start(), match.end()))
    offsets: list[int] = []
    at = 0
    for token in tokens:
        offsets.append(at)
        at += len(token.text) + 1
    return Text(raw, tuple(tokens), " ".join(t.text for t in tokens), tuple(offsets))


@lru_cache(maxsize=32768)
def words_of(phrase: str, stem: Stem = english) -> tuple[str, ...]:
    """The stems of a phrase, as `read` would give them, without marks."""
    return tuple(t.stem for t in read(phrase, stem).tokens if t.text[0].isalnum())
