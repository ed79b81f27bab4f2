"""What an answer may speak of: values of the listings shown, counts, the buyer's limits, the document's own words. Pure.

Numbers know what they are (money, a distance, a share, a count, something else) and whose they are, so that the price of
one listing is no evidence for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.claims import stated
from backend.domains.discovery.conversation import Facts
from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.folding import words
from backend.domains.discovery.model import Filter, Tile
from backend.domains.discovery.quotations import is_name, without_quotations
from backend.domains.discovery.wording import Words, chip_text, price_of, spoken_value, value_of

Number = tuple[str, float]

_SECTIONS: Final = (
    "name",
    "persona",
    "catalogue",
    "branding",
    "ui_contract",
    "offer",
    "conversion",
    "dates",
    "agent",
)
_FIGURES: Final = ("conversion", "offer", "ui_contract")
_STRINGS: Final = (
    "title", "condition", "make", "model", "trim", "color_exterior", "color_interior", "identifier", "external_id",
    "location_city", "location_region", "location_country", "mileage_unit",
)  # fmt: skip
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+")
_QUOTED: Final = object()  # a value that is there, and that no word of the guide's own can be
_BUTTONS: Final = ("Hold", "Compare", "Confirm", "Message", "Reveal")
_DEEP: Final = 6
_MOST_SOURCES: Final = 60


@dataclass(frozen=True, slots=True)
class Source:
    """One listing as evidence. `said` are the sentences of its tile, folded; `facts` its values by field; `pairs` numbers
    that are part of a name, with the word before: `model 3`. What is no name is in `quotations` alone, by its field."""

    id: int
    title: str
    numbers: frozenset[Number]
    names: frozenset[str]
    pairs: frozenset[str]
    said: str
    state: str
    price: float | None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lines: tuple[str, ...] = ()
    quotations: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Evidence:
    """`limits` are the buyer's own numbers: they hold only where a sentence speaks of limits. `phrases` stand as they are.

    `labels` are names of attributes, folded, with the field each means; `exact` what may stand in a place of a phrase of
    ours, `told` whole sentences of the document, both folded.
    """

    sources: tuple[Source, ...] = ()
    numbers: frozenset[Number] = frozenset()
    limits: frozenset[Number] = frozenset()
    names: frozenset[str] = frozenset()
    said: str = ""
    phrases: tuple[str, ...] = ()
    nouns: frozenset[str] = frozenset()
    language: str = "en"
    done: frozenset[str] = frozenset()
    labels: tuple[tuple[str, str], ...] = ()
    units: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


def evidence_of(
    facts: Facts, listings: Mapping[int, Listing] | None = None, *, done: Iterable[str] = ()
) -> Evidence:
    """Everything the answer to one message may speak of. `done` are the verbs that were carried out."""
    shown = {tile.listing_id: tile for tile in facts.tiles}
    given = {**(listings or {}), **({facts.first.id: facts.first} if facts.first else {})}
    known = {listing_id: stated(facts.document, one) for listing_id, one in given.items()}
    spoken_of = [*shown, *(listing_id for listing_id in known if listing_id not in shown)][:_MOST_SOURCES]
    sources = tuple(_source(facts.words, known.get(one), shown.get(one)) for one in spoken_of)
    phrases = tuple(_phrases(facts))
    return Evidence(
        sources,
        numbers=frozenset(_general(facts)),
        limits=frozenset(_limits(facts)),
        names=_names(
            _BUTTONS,
            _document_texts(facts.document),
            facts.words.labels.values(),
            phrases,
            _said_values(facts),
        ),
        phrases=phrases,
        nouns=frozenset(w.text for noun in (facts.words.one, facts.words.many) for w in words(noun)),
        language=facts.understanding.language,
        done=frozenset(done),
        labels=tuple(_labels(facts.words)),
        units=_names(a.unit or "" for a in facts.words.attributes.values()),
        exact=frozenset(_plain(t) for t in _exact(facts)),
        told=_told(str(facts.document.get("persona", {}).get("greeting") or "")),
    )


def _labels(words_: Words) -> Iterator[tuple[str, str]]:
    """Every name of every attribute, without what a label adds in brackets."""
    for name in dict.fromkeys((*words_.labels, *words_.attributes)):
        bare = name.removeprefix("specs.").replace("_", " ")
        for text in (words_.label(name), words_.label(name).partition("(")[0], bare):
            if plain := _plain(text).strip():
                yield plain, name


def _exact(facts: Facts) -> Iterator[str]:
    yield from map(str, facts.document.get("ui_contract", {}).get("actions", ()))
    yield from (*facts.unsupported, *facts.words.labels.values(), *_phrases(facts))
    yield from (facts.words.label(name) for name in facts.words.attributes)


def _told(*texts: str) -> frozenset[str]:
    return frozenset(_plain(one) for text in texts for one in _SENTENCES.split(text) if one.strip())


def with_texts(evidence: Evidence, texts: Iterable[str]) -> Evidence:
    """The evidence with further texts that may be spoken of: quoted snippets, results of tools."""
    told = tuple(texts)
    return replace(
        evidence,
        numbers=evidence.numbers | frozenset(n for t in told for n in _text_numbers(t)),
        names=evidence.names | _names(told),
        said=f"{evidence.said} {' '.join(_plain(t) for t in told)}",
        told=evidence.told | _told(*told),
    )


def _source(words_: Words, listing: Listing | None, tile: Tile | None) -> Source:
    texts = [without_quotations(text) for text in _tile_texts(tile)] if tile else []
    title = listing.title if listing else tile.title if tile else ""
    strings = [title, *texts, *(_listing_strings(listing) if listing else ())]
    numbers = {n for text in texts for n in _text_numbers(text.replace(title, " ") if title else text)}
    price = price_of(listing) if listing else tile.price if tile else None
    if listing:
        numbers |= set(_listing_numbers(words_, listing))
    if price is not None:
        numbers.add(("money", round(price, 2)))
    return Source(
        listing.id if listing else tile.listing_id if tile else 0,
        title, frozenset(numbers), _names(strings), frozenset(p for text in strings for p in _pairs(text)),
        " ".join(_plain(t) for t in texts),
        tile.state if tile else listing.state if listing else "", price,
        _names_alone(dict(listing.specs) | {"condition": listing.condition, "model": listing.model}) if listing else {},
        dict(_listing_values(listing, price)) if listing else {"price": price},
        (*tile.reasons, tile.why) if tile else (),
        dict(_quotations(words_, listing)) if listing else {},
    )  # fmt: skip


def _names_alone(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if is_name(value)}


def _quotations(words_: Words, listing: Listing) -> Iterator[tuple[str, str]]:
    fields = (*_STRINGS, *(f"specs.{name}" for name in listing.specs))
    told = ((field, value_of(listing, field)) for field in fields if field != "title")
    yield from ((field, spoken_value(words_, field, value)) for field, value in told if not is_name(value))


def _tile_texts(tile: Tile) -> Iterator[str]:
    yield from (tile.price_text, *tile.reasons, getattr(tile, "why", ""))
    for group in (tile.badges, tile.costs):
        yield from (str(value) for entry in group for value in entry.values())
    yield from (str(value) for entry in tile.specs for value in entry.values() if is_name(value))


def _listing_strings(listing: Listing) -> Iterator[str]:
    values = [getattr(listing, name) for name in _STRINGS if name != "title"]
    yield from (
        text for value in (*values, *listing.specs.values()) if is_name(value) for text in _texts(value)
    )


def _listing_values(listing: Listing, price: float | None) -> Iterator[tuple[str, Any]]:
    """Each field with its value, by which a statement of a model is judged."""
    yield from (("price", price), ("year", listing.year), ("mileage", listing.mileage))
    written = {name: getattr(listing, name) for name in _STRINGS if name not in ("title", "mileage_unit")}
    written |= {f"specs.{name}": value for name, value in listing.specs.items()}
    yield from ((name, value if is_name(value) else _QUOTED) for name, value in written.items())


@lru_cache(maxsize=4096)
def _pairs(text: str) -> tuple[str, ...]:
    """Each number of a text with the word before it."""
    found = words(text)
    return tuple(f"{a.text} {b.text}" for a, b in pairwise(found) if b.text.isdigit())


def _listing_numbers(words_: Words, listing: Listing) -> Iterator[Number]:
    if listing.year is not None:
        yield "other", float(listing.year)
    if listing.mileage is not None:
        yield "distance", float(listing.mileage)
    for name, value in listing.specs.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            attribute = words_.attributes.get(f"specs.{name}")
            yield kind_of_unit(attribute.unit if attribute else None), round(float(value), 2)


def kind_of_unit(unit: str | None) -> str:
    """Which kind of number a unit makes."""
    if unit in ("mi", "km"):
        return "distance"
    if unit == "%":
        return "percent"
    return "money" if unit and len(unit) == 3 and unit.isupper() else "other"


def _general(facts: Facts) -> Iterator[Number]:
    counts = [facts.matches, facts.before, len(facts.tiles), 4]
    counts += [facts.relaxation.matches] if facts.relaxation else []
    yield from (("count", float(n)) for n in counts if n is not None)
    yield from _text_numbers(str(facts.document.get("persona", {}).get("greeting") or ""))
    for name in _FIGURES:
        yield from _figures(facts.document.get(name), name, 0)


def _figures(value: Any, name: str, depth: int) -> Iterator[Number]:
    """Numbers of a section of the document; its name says what each is."""
    if isinstance(value, Mapping) and depth < _DEEP:
        for key, one in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _figures(one, str(key), depth + 1)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        kinds = {
            "percent": "percent",
            "amount": "money",
            "price": "money",
            "fee": "money",
            "deposit": "money",
            "distance": "distance",
        }
        yield next((kind for part, kind in kinds.items() if part in name), "other"), round(float(value), 2)


def _limits(facts: Facts) -> Iterator[Number]:
    for f in _filters(facts):
        attribute = facts.words.attributes.get(f.field)
        kind = {"price": "money", "mileage": "distance", "geo": "distance"}.get(f.field) or kind_of_unit(
            attribute.unit if attribute else None
        )
        for value in _values(f.value, 0):
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield kind, round(float(value), 2)
    for signal in facts.understanding.signals:
        yield from _text_numbers(signal.source)


def _filters(facts: Facts) -> Iterator[Filter]:
    said = facts.understanding
    yield from (*said.filters, *said.added, *said.removed)
    if facts.relaxation:
        yield from facts.relaxation.filters
        yield from (f for f in facts.relaxation.to if f)


def _phrases(facts: Facts) -> Iterator[str]:
    """Texts that an answer may quote as they are: chips, questions, the greeting."""
    yield from dict.fromkeys(chip_text(facts.words, f) for f in _filters(facts))
    if facts.question:
        yield from (facts.question.text, *facts.question.options)
    yield str(facts.document.get("persona", {}).get("greeting") or "")


def _said_values(facts: Facts) -> list[str]:
    return [
        *(text for f in _filters(facts) for text in (*_texts(f.value), f.source)),
        *(text for s in facts.understanding.signals for text in (*_texts(s.value), s.source)),
        *facts.unsupported,
    ]


def _document_texts(document: Mapping[str, Any]) -> list[str]:
    return [text for name in _SECTIONS for text in _texts(document.get(name))]


def _names(*groups: Iterable[str]) -> frozenset[str]:
    return frozenset(token for group in groups for text in group for token in _tokens(text))


@lru_cache(maxsize=8192)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(w.text for w in words(text))


@lru_cache(maxsize=4096)
def _text_numbers(text: str) -> tuple[Number, ...]:
    return tuple((kind, value) for kind, values, _ in numbers_in(text) for value in values)


def _texts(value: Any) -> Iterator[str]:
    yield from (v for v in _values(value, 0) if isinstance(v, str))


def _values(value: Any, depth: int) -> Iterator[Any]:
    if depth > _DEEP:
        return
    if isinstance(value, Mapping):
        for one in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _values(one, depth + 1)
    elif isinstance(value, list | tuple):
        for one in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _values(one, depth + 1)
    elif value is not None:
        yield value


def _plain(text: str) -> str:
    return f" {' '.join(_tokens(text))} "
