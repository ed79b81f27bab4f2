"""Values and filters in words, in the buyer's language: prices, measures, chips. Pure.

Figures are written as that language writes them, by the event's own locale where it is of that language. What the seller
wrote, labels and values, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from babel.dates import format_date

from backend.domains.catalogue.model import CORE_ENUMS, CORE_NUMBERS, Attribute, Listing, Vocabulary
from backend.domains.discovery.model import Chip, Filter
from backend.domains.discovery.phrasing import ENGLISH, capital, counted, is_one, phrase, told
from backend.domains.discovery.quotations import is_name, quoted
from backend.domains.events.model import Document, field_name
from backend.kit.figures import decimal_text
from backend.kit.money import format_money, major_units, minor_units

#: How a language writes figures where the event's own locale is of another.
_LOCALES: Final[Mapping[str, str]] = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
#: What attributes are called where nobody has named them: the product's own words, which have a phrase in each language.
_CORE_LABELS: Final[Mapping[str, str]] = {**CORE_NUMBERS, "geo": "Distance"}
_CORE_NAMES: Final[Mapping[str, str]] = {**CORE_ENUMS, **_CORE_LABELS}
_ABSENT: Final = ("no ", "without ", "ohne ", "kein ", "keine ", "sans ", "sin ")


@dataclass(frozen=True, slots=True)
class Words:
    """How one event names and formats things, in one language. `labels` are as they are shown, `seller` as the seller has
    them: they differ where the label is the product's own. `phrases` are those of the language, ready to use."""

    locale: str
    currency: str
    mileage_unit: str
    one: str
    many: str
    attributes: Mapping[str, Attribute]
    labels: Mapping[str, str]
    language: str = ENGLISH
    seller: Mapping[str, str] = field(default_factory=dict[str, str])
    phrases: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "phrases", told(self.language))

    @classmethod
    def of(cls, document: Document, vocabulary: Vocabulary, language: str = ENGLISH) -> Words:
        """The event's own noun and figures go with its own language; in another one they are called matches."""
        locale: str = document.get("locale", "en-US").replace("-", "_")
        catalogue: Mapping[str, Any] = document.get("catalogue", {})
        is_own = locale[:2].casefold() == language
        noun = catalogue.get("noun", {}) if is_own else {}
        written = {
            field_name(a["name"]): a["label"] for a in catalogue.get("attributes", ()) if a.get("label")
        }
        attributes = {a.name: a for a in vocabulary.attributes}
        seller = {**_CORE_LABELS, **{a.name: a.label for a in vocabulary.attributes}, **written}
        ours = (f for f, own in _CORE_NAMES.items() if seller.get(f) == own and f not in written)
        return cls(
            locale_for(language, locale),
            document.get("currency", "USD"),
            catalogue.get("mileage_unit", "mi"),
            noun.get("one") or phrase(language, "match.one"),
            noun.get("many") or phrase(language, "match.many"),
            attributes,
            {**seller, **{f: phrase(language, f"label.{f}") for f in ours}},
            language,
            seller,
        )

    def say(self, key: str, **facts: Any) -> str:
        """A phrase of the product."""
        return self.phrases[key] % facts

    def counted(self, key: str, n: int, **facts: Any) -> str:
        """A phrase with a number of things: `{n}`, with a form for one."""
        return counted(self.language, key, n, **facts)

    def count(self, n: int) -> str:
        """`1 car`, `1,204 cars`; `0 résultat`."""
        return f"{self.number(n)} {self.one if is_one(self.language, n) else self.many}"

    def day(self, value: date) -> str:
        """`Mar 1, 2026`, `01.03.2026`."""
        return _day(value, self.locale)

    def one_of(self, values: Sequence[str]) -> str:
        """`White, Gray or Blue`."""
        return listed(values, self.phrases["or"])

    def all_of(self, values: Sequence[str]) -> str:
        """`White, Gray and Blue`."""
        return listed(values, self.phrases["and"])

    def number(self, value: float) -> str:
        return _decimal(float(value), self.locale)

    def money(self, value: float, currency: str | None = None) -> str:
        """An amount in major units."""
        return _money(value, currency or self.currency, self.locale)

    def measure(self, field: str, value: float) -> str:
        """A number as its attribute shows it: `18,200 mi`, `2022`, `$40,000`, `94%`."""
        if field == "price":
            return self.money(value)
        if field == "year":
            return str(int(value))
        unit = (
            self.mileage_unit
            if field == "mileage"
            else self.attributes[field].unit
            if field in self.attributes
            else None
        )
        if not unit:
            return self.number(value)
        if len(unit) == 3 and unit.isupper():
            return self.money(value, unit)
        return self.percent(value) if unit == "%" else f"{self.number(value)} {unit}"

    def percent(self, value: float) -> str:
        return self.say("value.percent", n=self.number(value))

    def label(self, field: str) -> str:
        """As the seller has it; where nobody has named it, in the buyer's language."""
        return self.labels.get(field) or self._unnamed(field)

    def _unnamed(self, field: str) -> str:
        plain = field.removeprefix("specs.").replace("_", " ").capitalize()
        return self.phrases.get(f"label.{field}", plain)

    def spoken_label(self, field: str) -> str:
        """The label within a sentence. English ones, and the product's own, begin with a small letter there; German nouns,
        abbreviations, and what a seller wrote in another language stay as they are."""
        label = self.label(field)
        is_foreign = self.language != ENGLISH and self.phrases.get(f"label.{field}") != label
        return label if is_foreign else _in_sentence(label, self.language)


@lru_cache(maxsize=4096)
def _in_sentence(label: str, language: str) -> str:
    return label if language == "de" or label[:2].isupper() else label[:1].lower() + label[1:]


def locale_for(language: str, own: str) -> str:
    """Whose figures a language goes with: the event's own way where it is of that language. Shape: as Babel names it."""
    locale = _LOCALES.get(language)
    return own if locale is None or own[:2].casefold() == language else locale


@lru_cache(maxsize=4096)
def _decimal(value: float, locale: str) -> str:
    return decimal_text(value, locale)


@lru_cache(maxsize=4096)
def _money(value: float, currency: str, locale: str) -> str:
    return format_money(minor_units(Decimal(repr(value)), currency), currency, locale)


@lru_cache(maxsize=1024)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=locale)


def price_of(listing: Listing) -> float | None:
    """Unit: major units of the listing's currency."""
    return None if listing.price_minor is None else _major(listing.price_minor, listing.currency)


@lru_cache(maxsize=4096)
def _major(minor: int, currency: str | None) -> float:
    return float(major_units(minor, currency))


def value_of(listing: Listing, field: str) -> Any:
    """The listing's value of an attribute, None where it is not known."""
    if field == "price":
        return price_of(listing)
    if field[:6] == "specs.":
        return listing.specs.get(field[6:])
    return getattr(listing, field, None)


def shown_value(words: Words, field: str, value: Any) -> str:
    """One value in words."""
    if isinstance(value, bool):
        return words.say("value.yes" if value else "value.no")
    if isinstance(value, int | float):
        return words.measure(field, value)
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)  # pyright: ignore[reportUnknownArgumentType]
    return str(value)


def spoken_value(words: Words, field: str, value: Any) -> str:
    """One value within a sentence of the guide: what is no name is quoted."""
    shown = shown_value(words, field, value)
    return shown if is_name(value) else quoted(shown)


def on_request(words: Words) -> str:
    """What is said for a price that is not given."""
    return words.say("value.on_request")


def listed(values: Sequence[str], last: str = "or") -> str:
    """`White, Gray or Blue`; `Blanco u Oro`."""
    if len(values) < 2:
        return values[0] if values else ""
    return f"{', '.join(values[:-1])} {_before(last, values[-1])} {values[-1]}"


def _before(last: str, following: str) -> str:
    """Spanish `y` and `o` change before their own sound. Source: Real Academia Española, Diccionario panhispánico de dudas."""
    if last not in ("y", "o"):
        return last
    sound = following.lstrip('«“"').casefold().removeprefix("h")
    if last == "o":
        return "u" if sound[:1] in ("o", "ó", "8") else last
    return "e" if sound[:1] in ("i", "í") and sound[1:2] not in ("a", "e", "o") else last


def chips(words: Words, filters: Iterable[Filter]) -> tuple[Chip, ...]:
    """Filters as chips, in the order they were said."""
    return tuple(
        Chip(
            f.id,
            f.group,
            f.field,
            words.label(f.field),
            f.op,
            f.value,
            chip_text(words, f),
            default=f.default,
            turn=f.turn,
            source=f.source,
        )
        for f in filters
    )


def chip_text(words: Words, f: Filter) -> str:
    """A filter in a few words: `Up to $40,000`, `White or Gray`, `No accidents`, `2021 or newer`."""
    text, is_ours = _chip(words, f)
    return capital(text) if is_ours else text


def wish_text(words: Words, f: Filter) -> str:
    """The same within a sentence: `up to $40,000`; what begins with the seller's own word stays."""
    return _chip(words, f)[0]


def _chip(words: Words, f: Filter) -> tuple[str, bool]:
    """A filter in words, and whether it begins with a word of the product."""
    if f.op == "within":
        place: Mapping[str, Any] = f.value
        radius = words.number(place["radius"])
        return words.say("chip.within", radius=radius, unit=place["unit"], center=place["center"]), True
    if isinstance(f.value, bool):
        return (words.label(f.field), False) if f.value else (_without(words, f.field), True)
    if f.op in ("in", "not_in"):
        values = [shown_value(words, f.field, v) for v in f.value]
        if f.op == "in":
            return words.one_of(values), False
        return words.say("chip.not_in", values=listed(values, words.say("chip.not_in_last"))), True
    return _numeric(words, f)


def _without(words: Words, field: str) -> str:
    """The absence of a feature. One that is itself an absence ("No accidents") is not denied twice."""
    spoken = words.spoken_label(field)
    denied = (
        spoken.partition(" ")[2] if spoken.casefold().startswith(_ABSENT) else spoken.removesuffix(" free")
    )
    if denied == spoken:
        return words.say("chip.without", label=spoken)
    return words.say("chip.accepted", what=denied)


def _numeric(words: Words, f: Filter) -> tuple[str, bool]:
    label = words.label(f.field)
    if f.op == "between":
        low, high = (words.measure(f.field, v) for v in f.value)
        return _named(words, f.field, label, words.say("chip.between", low=low, high=high))
    if not isinstance(f.value, int | float):
        return words.say("chip.stated", label=label, value=f.value), False
    shown = words.measure(f.field, f.value)
    if f.field == "year":
        key = {"gte": "chip.newer", "lte": "chip.older"}.get(f.op)
        return (words.say(key, year=shown) if key else shown), False
    if f.op == "eq" and f.group == "nice":
        if f.source and not any(c.isdigit() for c in f.source):
            return f.source, True  # `low mileage`
        return _named(words, f.field, label, words.say("chip.around", value=shown))
    if f.op == "eq" and f.value == 0:
        return words.say("chip.without", label=words.spoken_label(f.field)), True
    if f.op == "eq":
        return words.say("chip.stated", label=label, value=shown), False
    return _named(
        words, f.field, label, words.say("chip.up_to" if f.op == "lte" else "chip.from", value=shown)
    )


def _named(words: Words, field: str, label: str, limit: str) -> tuple[str, bool]:
    """Money and mileage explain themselves."""
    if field in ("price", "mileage"):
        return limit, True
    return words.say("chip.named", label=label, limit=limit), False
