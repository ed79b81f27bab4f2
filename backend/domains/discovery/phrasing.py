"""The product's own words for buyers, by their language: `phrases/<language>.toml`. What a language lacks is said in English.

Sentences of an answer stand on top; what a screen shows beside them (chips, reasons, questions, tables) is in tables of its
own, and so nothing that a model's words are measured by. Phrases are read once; looking one up costs a dictionary's look.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).with_name("phrases")
ENGLISH: Final = "en"
LANGUAGES: Final = ("en", "de", "fr", "es")
_MOST_REFUSED: Final = 2
#: Tables of what an answer itself says.
_ANSWERS: Final = frozenset({"found", "empty", "unheard", "refused"})
_REASONS: Final = ("reason.", "best.")
_PLACE: Final = re.compile(r"\{(\w+)\}")


def phrase(language: str, key: str, **facts: Any) -> str:
    """One phrase with its facts filled in; one of a table is called `table.name`."""
    return told(language)[key] % facts


def counted(language: str, key: str, n: int, **facts: Any) -> str:
    """A phrase of so many, `{n}`, that has a form for one and a form for many. French says nought as it says one."""
    facts["n"] = n
    return told(language)[f"{key}.{'one' if is_one(language, n) else 'many'}"] % facts


def is_one(language: str, n: int) -> bool:
    """Whether so many take the form of one."""
    return n == 1 or (n == 0 and language == "fr")


def toned(language: str, key: str, tone: str, turn: int = 0) -> str:
    """The template of a tone; where it has several, they take turns."""
    table: Mapping[str, str | Sequence[str]] = _phrases(language).get(key) or _phrases(ENGLISH)[key]
    found = table.get(tone) or table["professional_warm"]
    return found if isinstance(found, str) else found[turn % len(found)]


def refusal(reasons: Sequence[str], language: str = ENGLISH) -> str:
    """Why something is declined and what can be done instead, calmly and without repeating it; each reason once."""
    table: Mapping[str, str] = _phrases(language)["refused"]
    told_ = dict.fromkeys(table.get(reason, table["other"]) for reason in reasons)
    return " ".join(list(told_)[:_MOST_REFUSED])


def tones() -> frozenset[str]:
    """The tones there are phrases for."""
    return frozenset(_phrases(ENGLISH)["found"])


def language_of(locale: str) -> str:
    """The language of a locale (`de-CH`), English where there are no phrases for it."""
    language = locale[:2].casefold()
    return language if language in LANGUAGES else ENGLISH


def capital(text: str) -> str:
    """As it begins a sentence."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """As it stands within a sentence, where it begins with a small word."""
    return text[:1].lower() + text[1:]


def said(language: str, concept: str) -> str:
    """What the lexicon calls by an English name, `road_trip`, in words; what it does not know stays as it is."""
    return told(language).get(f"said.{concept}") or concept.replace("_", " ")


def within(language: str, reason: str) -> str:
    """A reason within a sentence: what begins with a word of ours is small there; nouns, names and figures stay."""
    first = reason.split(" ", 1)[0]
    return uncapital(reason) if first in _openers(language) else reason


@cache
def templates(language: str) -> Mapping[str, Sequence[str]]:
    """Every phrase that an answer is made of, by its key, refusals and tones included."""
    said = {k: v for k, v in _phrases(language).items() if isinstance(v, str) or k in _ANSWERS}
    return {key: list(_flat(value)) for key, value in said.items()}


@cache
def told(language: str) -> Mapping[str, str]:
    """Every phrase that is one text, by its key, English ones where a language lacks them; ready for `%`, which fills places in
    a quarter of the time that `str.format` takes."""
    own = {key: _PLACE.sub(r"%(\1)s", text.replace("%", "%%")) for key, text in _named(_phrases(language))}
    return own if language == ENGLISH else {**told(ENGLISH), **own}


@cache
def _openers(language: str) -> frozenset[str]:
    """The first words of reasons, as they begin one, that are small within a sentence."""
    texts = (text for key, text in told(language).items() if key.startswith(_REASONS))
    return frozenset(capital(text.split(" ", 1)[0]) for text in texts if text[:1].islower())


def _named(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield f"{before}{key}", value
        elif isinstance(value, Mapping):
            yield from _named(value, f"{before}{key}.")  # pyright: ignore[reportUnknownArgumentType]


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
