"""What the guide says of actions: what would happen, what is asked first, what was declined. Facts in, words out; pure.

The words are data, `acting.toml`, by the buyer's language; what a language lacks is said in English. Figures are written
as that language writes them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from backend.domains.discovery.phrasing import ENGLISH
from backend.domains.discovery.signals.agreeing import Disagreement
from backend.domains.discovery.wording import Words, chip_text, listed, locale_for

_FILE: Final = Path(__file__).with_name("acting.toml")


def did_you_mean(
    words: Words, disagreements: Sequence[Disagreement], language: str = ENGLISH
) -> dict[str, Any] | None:
    """The question about a limit that was read in two ways: nobody guesses. Shape: `{field, text, options}`."""
    if not disagreements:
        return None
    one, told = disagreements[0], _told(language)
    sides = [f" {told['and']} ".join(chip_text(words, f) for f in side) for side in (one.ours, one.theirs)]
    label = words.spoken_label(one.field)
    options = [side for side in sides if side]
    options += [] if all(sides) else [_capital(told["any"].format(label=label))]
    names = listed([told["quoted"].format(said=option) for option in options], told["or"])
    return {"field": one.field, "text": told["did_you_mean"].format(names=names), "options": options}


def would(
    words: Words,
    verb: str,
    title: str,
    terms: Mapping[str, Any],
    arguments: Mapping[str, Any],
    language: str = ENGLISH,
) -> str:
    """What a confirmation is for: `I can hold the 2021 Honda CR-V for you for 24 minutes.`"""
    told = _told(language)
    what = told["would"].get(verb, told["would"]["other"])
    return told["can"].format(what=what.format(**_parts(words, title, terms, arguments, language)))


def asks_for_yes(language: str = ENGLISH) -> str:
    """Said after what would happen; nothing has happened yet."""
    return _told(language)["yes"]


def ready(language: str = ENGLISH) -> str:
    """Said to a yes in words: what was prepared waits, and a word does not do it."""
    return _told(language)["ready"]


def left(language: str = ENGLISH) -> str:
    """Said to a no in words: what was prepared is left."""
    return _told(language)["left"]


def done(words: Words, verb: str, title: str, terms: Mapping[str, Any], language: str = ENGLISH) -> str:
    """That something was done."""
    text = _told(language)["done"].get(verb, "")
    return _capital(text.format(**_parts(words, title, terms, {}, language)))


def which(titles: Sequence[str], language: str = ENGLISH) -> str:
    """Asks which one is meant; with nothing to choose from, for a name or number."""
    told = _told(language)
    if not titles:
        return told["which_open"]
    return told["which"].format(
        names=listed([told["item"].format(title=title) for title in titles], told["or"])
    )


def not_found(words: Words, said: str, language: str = ENGLISH) -> str:
    """That nothing here is called so; what was said is repeated only where it is a plain word."""
    plain = "".join(c for c in said if c.isalnum() or c in " -./").strip()[:40]
    return _told(language)["unknown" if plain else "unknown_plain"].format(one=words.one, said=plain)


def no_hold(language: str = ENGLISH) -> str:
    """That there is nothing to release."""
    return _told(language)["no_hold"]


def declined(reasons: Sequence[str], language: str = ENGLISH) -> str:
    """Why something the buyer may ask for cannot be prepared."""
    told: Mapping[str, str] = _told(language)["declined"]
    return next((told[r] for r in reasons if r in told), told["other"])


def handed_off(unavailable: Sequence[str], language: str = ENGLISH) -> str:
    """Said when a person was asked for. Honest: nobody has answered yet."""
    told = _told(language)
    offers = [told["offers"][u] for u in unavailable if u in told["offers"]]
    more = told["until_then"].format(offers=listed(offers, told["or"])) if offers else ""
    return f"{told['handed_off']}{more}"


def _parts(
    words: Words, title: str, terms: Mapping[str, Any], arguments: Mapping[str, Any], language: str
) -> dict[str, str]:
    told, words = _told(language), replace(words, locale=locale_for(language, words.locale))
    seconds = terms.get("hold_seconds")
    minutes = round(float(seconds) / 60) if isinstance(seconds, int | float) else 0
    details = arguments.get("details")
    said: Mapping[str, Any] = details if isinstance(details, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]
    amount, when = said.get("amount"), said.get("when")
    return {
        "title": told["item"].format(title=title) if title else told["it"],
        "about": told["about"].format(title=title) if title else "",
        "length": told["length"].format(minutes=words.number(minutes)) if minutes else "",
        "when": told["when"].format(when=when) if isinstance(when, str) and when else "",
        "amount": words.money(float(amount), said.get("currency"))
        if isinstance(amount, int | float)
        else told["amount"],
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(language: str) -> Mapping[str, Any]:
    phrases = _phrases()
    return phrases.get(language) or phrases[ENGLISH]


@cache
def _phrases() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
