"""Which event it is and where: domain, noun, currency, locale, time zone, address, name. Pure.

What the rows do not say is left to the template; nothing is looked up elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath
from typing import Final

from babel import Locale
from babel.core import get_global

from backend.domains.blueprints.behavior.scene import Scene, value
from backend.domains.blueprints.behavior.words import (
    clean,
    family_of,
    is_known,
    is_shape,
    is_telling,
    noun_of,
    plural,
    slug,
    snake,
    tokens,
)
from backend.domains.blueprints.inventory import InventoryFacts
from backend.domains.blueprints.model import Choices, Evidence, Proposal, ValueProposal

_UNSAID: Final = frozenset({"", "general", "unknown", "other", "misc"})
#: The share of titles or kinds that must end in the same word for it to be what is sold.
_ALIKE: Final = 0.5
_OF_CURRENCY: Final = {
    "GBP": "GB", "CHF": "CH", "JPY": "JP", "SEK": "SE", "NOK": "NO", "DKK": "DK", "PLN": "PL", "CZK": "CZ", "HUF": "HU",
    "INR": "IN", "ZAR": "ZA", "NZD": "NZ",
}  # fmt: skip
_OF_LANGUAGE: Final = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "pt": "PT"}


def domain_of(proposal: Proposal, facts: InventoryFacts) -> tuple[str, Evidence]:
    """The kind of goods: as induction found it, else by the names of the files, else by what most rows are called."""
    votes: Counter[str] = Counter()
    for sheet in proposal.sheets:
        votes[sheet.domain] += max(sheet.row_count, 1)
    for feed in proposal.feeds:
        votes[feed.domain] += 1
    said = [name for name, _ in votes.most_common() if name not in _UNSAID]
    if said and (name := snake(said[0])):
        return name, Evidence("values", f"Columns and values are those of {name.replace('_', ' ')}.", 0.8)
    named = _named_in_files(proposal, known=True) or _called(facts) or _named_in_files(proposal, known=False)
    if named is None:
        return "general", Evidence("default", "Nothing says what kind of goods these are.", 0.2)
    return named


def _named_in_files(proposal: Proposal, *, known: bool) -> tuple[str, Evidence] | None:
    names = [PurePath(sheet.file).stem for sheet in proposal.sheets]
    names += [sheet.sheet for sheet in proposal.sheets if sheet.sheet]
    names += [PurePath(feed.file).stem for feed in proposal.feeds]
    for name in names:
        parts = re.findall(r"[a-z]+", name.casefold())
        for word in reversed(parts):
            (one,) = tokens(word)
            is_fit = is_known(one) if known else word != one and is_telling(one) and len(one) > 3
            if is_fit:
                return snake(plural(one)), Evidence("file", f"“{name}” says so.", 0.6 if known else 0.4)
    return None


def _called(facts: InventoryFacts) -> tuple[str, Evidence] | None:
    """The word that titles or kinds end in: `Grand piano`, `Upright piano`."""
    for each in facts.attributes:
        if each.target != "title" and not is_shape(each.target):
            continue
        ends: Counter[str] = Counter()
        for text, count in each.top:
            words = re.findall(r"[a-z]{3,}", text.casefold())
            if len(words) > 1:
                ends[words[-1]] += count
        for word, count in ends.most_common(1):
            (one,) = tokens(word)
            if count / max(sum(n for _, n in each.top), 1) >= _ALIKE and is_telling(one):
                return snake(plural(one)), Evidence("values", f"{count} rows are called “{word}”.", 0.5)
    return None


def nouns_of(proposal: Proposal, domain: str, seeded: tuple[str, str] | None) -> tuple[str, str]:
    """What one and several are called: by the files where they say it more closely, as in the template, or by the domain."""
    family = family_of(domain)
    named = _named_in_files(proposal, known=True)
    if named and family is not None and family_of(named[0]) == family:
        seeded = noun_of(named[0])
    return seeded or noun_of(domain) or ("item", "items")


def country_of(proposal: Proposal, facts: InventoryFacts, currency: str | None) -> str | None:
    """Where most listings are, as ISO 3166 says it; else where currency and language are at home together."""
    found = facts.find("location_country")
    for text, _ in found.top[:1] if found else ():
        if code := _countries().get(text) or _countries().get(text.casefold()):
            return code
    if currency in _OF_CURRENCY:
        return _OF_CURRENCY[currency]
    languages = [sheet.language[:2] for sheet in proposal.sheets]
    return _OF_LANGUAGE.get(languages[0]) if languages and currency == "EUR" else None


@cache
def _countries() -> dict[str, str]:
    names = {
        code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()
    }
    known = {name.casefold(): code for code, name in names.items()} | {code: code for code in names}
    return known | {
        "usa": "US",
        "u.s.": "US",
        "uk": "GB",
        "deutschland": "DE",
        "schweiz": "CH",
        "españa": "ES",
    }


def propose_place(scene: Scene, country: str | None) -> Iterator[ValueProposal]:
    _, many = scene.noun
    yield value("/domain", scene.domain, f"What is sold: {many}.", 0.7 if scene.domain != "general" else 0.3)
    yield _currency(scene)
    if country and country != "US":
        yield value(
            "/locale",
            "en-GB",
            f"By place, currency and language the rows are from {country}: day before month.",
            0.6,
        )
        zones: list[str] = list(get_global("territory_zones").get(country, []))
        if 1 <= len(zones) <= 2:
            yield value("/timezone", zones[0], f"The time of {country}.", 0.6)


def _currency(scene: Scene) -> ValueProposal:
    if scene.choices.currency:
        return value("/currency", scene.choices.currency.upper(), "As chosen.", 1.0)
    if scene.facts.currency:
        others = [name for name, _ in scene.facts.currencies if name != scene.facts.currency]
        rest = f" Amounts in {', '.join(others)} are refused." if others else ""
        return value("/currency", scene.facts.currency, f"The file gives prices in it.{rest}", 0.9)
    return value("/currency", scene.currency, "No file says the currency: please check.", 0.3)


def propose_address(proposal: Proposal, many: str, choices: Choices) -> Iterator[ValueProposal]:
    """The event's name and id. Two inventories get two ids, the same one always the same."""
    name = clean(choices.name, 200) or many[:1].upper() + many[1:]
    said = slug(choices.slug) or slug(choices.name)
    identifier = said or f"{slug(many) or 'event'}-{_mark(proposal)}"
    why = "As chosen." if choices.slug or choices.name else "After the goods, with a mark of these files."
    yield value("/id", identifier, why, 1.0 if said else 0.6)
    yield value(
        "/name",
        name,
        "As chosen." if choices.name else f"After the goods: {many}.",
        1.0 if choices.name else 0.5,
    )


def _mark(proposal: Proposal) -> str:
    parts = [
        f"{sheet.file}/{sheet.sheet}/{','.join(field.key for field in sheet.fields)}"
        for sheet in proposal.sheets
    ]
    parts += [feed.file for feed in proposal.feeds]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:4]
