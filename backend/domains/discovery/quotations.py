"""What a seller or a report wrote at length, or with an amount in it, is no name: the guide repeats it as a quotation. Pure.

So a text that reads “the price is $1” stays the words of whoever wrote it, whatever field it stands in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.folding import words

_MOST_WORDS: Final = 5
_MARKS: Final = re.compile('[“”„«»"]')
_QUOTATION: Final = re.compile("“[^”]*”")


def is_name(value: Any) -> bool:
    """Whether a value may be said as it is: a number, or a few words without an amount of money."""
    if isinstance(value, list | tuple):
        return all(map(is_name, value))  # pyright: ignore[reportUnknownArgumentType]
    return not isinstance(value, str) or _is_name(value)


@lru_cache(maxsize=8192)
def _is_name(text: str) -> bool:
    return len(words(text)) <= _MOST_WORDS and all(kind != "money" for kind, _, _ in numbers_in(text))


def quoted(text: str) -> str:
    """A text as a quotation that it cannot end itself."""
    return "“" + _MARKS.sub("'", text) + "”"


def without_quotations(text: str) -> str:
    """What is said in a text beside its quotations."""
    return _QUOTATION.sub(" ", text) if "“" in text else text
