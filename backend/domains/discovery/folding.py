"""Words as they are compared: lower case, no accents, no look-alikes; with their place in the text. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_PAIRS: Final = """АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX аa вb еe ѕs іi јj кk мm нh оo рp сc
тt уy хx ԁd ԛq ԝw һh ӏl ѵv ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa εe ιi κk
νv οo ρp τt υu χx ɑa ɡg ıi օo ոn սu հh"""
#: Letters of other alphabets that are drawn like a Latin one. Source: Unicode TR39 confusables, those in common use.
HOMOGLYPHS: Final[dict[str, str]] = {pair[0]: pair[1] for pair in _PAIRS.split()}
_TOKEN: Final = re.compile(r"[^\W_]+(?:['’´`@$][^\W_]+)*")
_ELIDED: Final = re.compile(r"(?:l|d|qu|j|n|s|m|t|c|lorsqu|puisqu|jusqu)['’´`](?=[^\W\d_]{2})", re.IGNORECASE)
_LEET: Final = str.maketrans("0134578@$", "oieastbas")


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is folded; `plain` reads its digits as letters where it mixes both; `start` and `end` are its place."""

    text: str
    start: int
    end: int
    plain: str = ""


def words(text: str) -> list[Word]:
    """The words of a text, elided articles apart: `d'achat` is two, `I'm` is one."""
    found: list[Word] = []
    for match in _TOKEN.finditer(text):
        start, elided = match.start(), _ELIDED.match(match.group())
        if elided:
            found.append(Word(folded(elided.group()[:-1]), start, start + elided.end() - 1))
            start += elided.end()
        raw = text[start : match.end()]
        found.append(Word(folded(raw), start, match.end(), unleeted(raw.casefold())))
    return found


@lru_cache(maxsize=8192)
def folded(word: str) -> str:
    """Lower case Latin letters and digits alone."""
    if not word.isascii():
        word = word.replace("ß", "ss")
        word = "".join(HOMOGLYPHS.get(c, c) for c in word)
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return "".join(c for c in word.casefold() if c.isalnum())


@lru_cache(maxsize=8192)
def unleeted(word: str) -> str:
    """A word with its digits read as the letters they look like; empty where it has no digits or no letters, or is short."""
    if len(word) < 4 or word.isalpha() or word.isdigit():
        return ""
    return word.translate(_LEET)
