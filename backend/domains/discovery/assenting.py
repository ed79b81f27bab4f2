"""A bare yes or no: a message that says nothing else, in any of the languages. Pure.

What it is a yes to is not decided here, and no word of a message is ever a confirmation.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from backend.domains.discovery.signals.text import read, words_of

Word: TypeAlias = Literal["yes", "no", ""]

_FILE: Final = Path(__file__).with_name("assenting.toml")
_LONGEST: Final = 12  # words; who says more says something else, too


def word_of(message: str) -> Word:
    """Whether the whole message is a yes or a no. Of several the last one counts: `ok, never mind`."""
    if "?" in message:
        return ""
    words = tuple(t.text for t in read(message).tokens if t.text[0].isalnum())
    if len(words) > _LONGEST:
        return ""
    at, said = 0, ""
    while at < len(words):
        found = next((p for p in _phrases().get(words[at], ()) if words[at : at + len(p[0])] == p[0]), None)
        if found is None:
            return ""
        at += len(found[0])
        said = found[1] or said
    return "yes" if said == "yes" else "no" if said == "no" else ""


@cache
def _phrases() -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    """Phrases by their first word, the longest first, each with what it says; empty for what only goes beside."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found: dict[tuple[str, ...], str] = {}
    for lists in data.values():
        for kind in ("beside", "no", "yes"):
            found |= {words_of(phrase, str): kind.removeprefix("beside") for phrase in lists[kind]}
    index: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for phrase, kind in sorted(found.items(), key=lambda one: -len(one[0])):
        index[phrase[0]].append((phrase, kind))
    return index
