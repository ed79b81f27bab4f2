"""The persona's own phrases, by the buyer's language: `phrases/<language>.toml`. What a language lacks is said in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).with_name("phrases")
ENGLISH: Final = "en"
LANGUAGES: Final = ("en", "de", "fr", "es")
_MOST_REFUSED: Final = 2


def phrase(language: str, key: str, **facts: Any) -> str:
    """One phrase with its facts filled in."""
    text = _phrases(language).get(key) or _phrases(ENGLISH)[key]
    return str(text).format(**facts) if facts else str(text)


def toned(language: str, key: str, tone: str, turn: int = 0) -> str:
    """The template of a tone; where it has several, they take turns."""
    table: Mapping[str, str | Sequence[str]] = _phrases(language).get(key) or _phrases(ENGLISH)[key]
    found = table.get(tone) or table["professional_warm"]
    return found if isinstance(found, str) else found[turn % len(found)]


def refusal(reasons: Sequence[str], language: str = ENGLISH) -> str:
    """Why something is declined and what can be done instead, calmly and without repeating it; each reason once."""
    table: Mapping[str, str] = _phrases(language)["refused"]
    told = dict.fromkeys(table.get(reason, table["other"]) for reason in reasons)
    return " ".join(list(told)[:_MOST_REFUSED])


def tones() -> frozenset[str]:
    """The tones there are phrases for."""
    return frozenset(_phrases(ENGLISH)["found"])


@cache
def _phrases(language: str) -> Mapping[str, Any]:
    name = language if language in LANGUAGES else ENGLISH
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
