"""Which template an inventory is nearest to: by its domain, its attributes and its prices.

`platform_defaults` where nothing is near, so that a category without a template is no special case. Reads the shipped
documents, and of their inventories the prices, once per process.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any, Final

from backend.core.settings import PROJECT
from backend.domains.blueprints.behavior.words import alike, family_of, is_telling, tokens
from backend.domains.catalogue import service as catalogue
from backend.domains.events import service as events
from backend.domains.events.model import field_name
from backend.kit.money import major_units, parse_money

DEFAULTS: Final = "platform_defaults"
#: From which likeness on a template is near; below it, nothing it says is more likely to be true than the defaults.
_NEAR: Final = 0.35
#: Goods of one family that share hardly an attribute are not sold alike.
_LEAST_SHARED: Final = 0.15
_BY_DOMAIN, _BY_ATTRIBUTES, _BY_PRICE = 0.5, 0.35, 0.15


@dataclass(frozen=True, slots=True)
class Profile:
    """A template as inventories are compared with it. `document` has its defaults; `price` is what its goods cost."""

    name: str
    domain: str
    document: Mapping[str, Any]
    attributes: frozenset[str]
    price: float | None = None

    @property
    def filters(self) -> Mapping[str, Any]:
        """What its conversations begin with."""
        return self.document["search_defaults"]["filters"]

    @property
    def is_marketplace(self) -> bool:
        """Whether it sells for several dealers, whom a buyer writes to."""
        actions = (*self.document["ui_contract"]["actions"], *self.document["conversion"]["actions"])
        return any("dealer" in action.casefold() for action in actions)


@dataclass(frozen=True, slots=True)
class Nearest:
    """A template and how near it is, by each measure. Unit: shares of 1."""

    profile: Profile
    likeness: float
    by_domain: float
    by_attributes: float
    by_price: float

    @property
    def is_near(self) -> bool:
        is_proved = self.is_same or self.by_attributes >= _LEAST_SHARED
        return self.likeness >= _NEAR and is_proved and self.profile.name != DEFAULTS

    @property
    def is_same(self) -> bool:
        """Whether it is of the very domain: only then is what it says of things unseen likely to be true as well."""
        return self.by_domain == 1


@cache
def shipped_profiles() -> tuple[Profile, ...]:
    """The templates that come with the product, the defaults among them."""
    return tuple(filter(None, map(_profile, events.shipped_templates().names())))


def profile_named(name: str, profiles: Sequence[Profile]) -> Profile | None:
    return next((profile for profile in profiles if profile.name == name), None)


def nearest_of(
    domain: str, attributes: Collection[str], price: float | None, profiles: Sequence[Profile]
) -> list[Nearest]:
    """Every template by its likeness, the nearest first; equal ones by name."""
    found = [_compared(domain, frozenset(attributes), price, profile) for profile in profiles]
    return sorted(found, key=lambda nearest: (-nearest.likeness, nearest.profile.name))


def _compared(domain: str, attributes: frozenset[str], price: float | None, profile: Profile) -> Nearest:
    if profile.name == DEFAULTS:
        return Nearest(profile, 0.0, 0.0, 0.0, 0.0)
    by_domain = _domain_likeness(domain, profile.domain)
    by_attributes = _overlap(attributes, profile.attributes)
    by_price = _price_likeness(price, profile.price)
    total = _BY_DOMAIN * by_domain + _BY_ATTRIBUTES * by_attributes + _BY_PRICE * by_price
    return Nearest(profile, round(total, 4), by_domain, by_attributes, by_price)


def _domain_likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    mine, theirs = ({alike(word) for word in tokens(name) if is_telling(word)} for name in (one, other))
    if mine and mine == theirs:
        return 1.0
    shared = len(mine & theirs) / max(len(mine | theirs), 1)
    family = family_of(one)
    kin = 0.5 if family is not None and family == family_of(other) else 0.0
    return round(max(kin, shared), 4)


def _overlap(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """Source: Sørensen–Dice coefficient."""
    return round(2 * len(mine & theirs) / (len(mine) + len(theirs)), 4) if mine and theirs else 0.0


def _price_likeness(one: float | None, other: float | None) -> float:
    """1 for equal prices, 0 from a hundredfold on."""
    if not one or not other or one <= 0 or other <= 0:
        return 0.0
    return round(max(0.0, 1 - abs(math.log10(one / other)) / 2), 4)


def _profile(name: str) -> Profile | None:
    library = events.shipped_templates()
    source = library.find(name)
    compiled = events.check(source, library).compiled if source else None
    if compiled is None:
        return None
    document = compiled.document
    names = frozenset(field_name(each["name"]) for each in document["catalogue"]["attributes"])
    return Profile(name, str(document["domain"]), document, names, _price_of(name))


def _price_of(name: str) -> float | None:
    """The middle price of a template's own inventory. Unit: major units of its currency."""
    folder = PROJECT / "seeds" / name
    if not (folder / "inventory.csv").is_file():
        return None
    mapping = catalogue.read_mapping(folder / "mapping.yaml")
    header = next((column.header for column in mapping.columns if "price" in column.targets), "")
    with (folder / "inventory.csv").open(encoding="utf-8-sig", newline="") as lines:
        mark = max(",;\t|", key=lines.readline().count)
        lines.seek(0)
        rows = csv.DictReader(lines, delimiter=mark)
        amounts = [parse_money(row.get(header) or "", mapping.currency or "USD") for row in rows]
    found = [float(major_units(amount.minor, amount.currency)) for amount in amounts if amount]
    return median(found) if found else None
