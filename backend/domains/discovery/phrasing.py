"""The persona's own phrases, by the buyer's language: `phrases/<language>.toml`. What a language lacks is said in English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
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


def language_of(locale: str) -> str:
    """The language of a locale (`de-CH`), English where there are no phrases for it."""
    language = locale[:2].casefold()
    return language if language in LANGUAGES else ENGLISH


@cache
def templates(language: str) -> Mapping[str, Sequence[str]]:
    """Every phrase of a language by its key, refusals and tones included."""
    return {key: list(_flat(value)) for key, value in _phrases(language).items()}


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        parts: Sequence[Any] = list(value.values()) if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType, reportUnknownArgumentType]
        for part in parts:
            yield from _flat(part)


@cache
def _phrases(language: str) -> Mapping[str, Any]:
    name = language if language in LANGUAGES else ENGLISH
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
