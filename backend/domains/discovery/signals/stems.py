"""Words without their endings, so that `rote`, `roter` and `roten` meet: rules of English, endings of other languages as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

Stem: TypeAlias = Callable[[str], str]


@lru_cache(maxsize=8192)
def english(word: str) -> str:
    """Without an English plural; equal for `condos` and `condo`."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if len(word) == 2 and word[0].isdigit() and word[1] == "s":
        return word[0]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word.isalpha():
        return word[:-1]
    return word


def by_endings(rounds: Sequence[Sequence[str]], least: int) -> Stem:
    """Takes off one ending of each round, the first that fits, and leaves at least so many letters."""

    @lru_cache(maxsize=8192)
    def stem(word: str) -> str:
        if not word.isalpha():
            return english(word)
        for endings in rounds:
            fitting = next((e for e in endings if len(word) - len(e) >= least and word.endswith(e)), "")
            word = word.removesuffix(fitting)
        return word

    return stem
