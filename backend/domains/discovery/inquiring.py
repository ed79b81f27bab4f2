"""What kind of question a message asks: for the best of something, how many, which there are, why, whether it is free. Pure.

What it is about is decided beside: attributes by the reader (`Understanding.topics`), listings by the planner (`planning`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from backend.domains.catalogue.model import Attribute
from backend.domains.discovery.directions import better
from backend.domains.discovery.model import Understanding

Kind: TypeAlias = Literal[
    "extreme", "count", "values", "available", "describe", "why", "recommend", "abilities",
    "deposit", "hold", "financing", "fact",
]  # fmt: skip
Side: TypeAlias = Literal["min", "max"]
#: In this order: who asks how long a hold lasts does not ask how many there are.
_ABOUT_WORDS: Final = ("describe", "why", "recommend", "abilities", "available")
_TERMS: Final = ("hold", "deposit", "financing")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question. `field` and `side` where it is for the most or the least of something."""

    kind: Kind
    field: str = ""
    side: Side = "max"

    @property
    def order(self) -> str:
        """As the state keeps it; empty for a question that asks for none."""
        return f"{self.field}:{self.side}" if self.kind == "extreme" else ""


def ordered_by(order: str) -> Inquiry | None:
    """The question that an order of the state came from."""
    field, _, side = order.rpartition(":")
    return Inquiry("extreme", field, "min" if side == "min" else "max") if field else None


def inquiry_of(message: str, read: Understanding, attributes: Mapping[str, Attribute]) -> Inquiry | None:
    """The question a message asks, where it asks one of those that can be answered from what the event knows."""
    said, patterns = message.lower(), _patterns()
    if read.added and not patterns["count"].search(said):
        return _extreme(said, read, attributes)
    for kind in _ABOUT_WORDS:
        if patterns[kind].search(said):
            return Inquiry(kind)
    if found := _extreme(said, read, attributes):
        return found
    if not (read.questions or said.rstrip().endswith("?")):
        return None
    for kind in _TERMS:
        if patterns[kind].search(said):
            return Inquiry(kind)
    if not read.topics and (about := _about(said, attributes)):
        return Inquiry("fact", about)
    if patterns["count"].search(said):
        return Inquiry("count")
    field = next((f for f in read.topics if f in attributes and attributes[f].kind in ("enum", "number")), "")
    return Inquiry("values", field) if field and patterns["values"].search(said) else None


def is_superlative(message: str) -> bool:
    """Whether a message is for the most or the least of something."""
    return _side(message.lower(), "price") is not None


def _extreme(said: str, read: Understanding, attributes: Mapping[str, Attribute]) -> Inquiry | None:
    """What is named with its direction (`newest`), else a direction with an attribute (`longest range`)."""
    for field, sides in _named().items():
        for side, pattern in sides.items():
            if field in attributes and pattern.search(said):
                return Inquiry("extreme", field, side)
    for field in read.topics:
        attribute = attributes.get(field)
        side = _side(said, field) if attribute is not None and attribute.kind == "number" else None
        if side:
            return Inquiry("extreme", field, side)
    return None


def _side(said: str, field: str) -> Side | None:
    patterns = _patterns()
    if patterns["best"].search(said):
        return "min" if better(field) == "lower" else "max"
    return "min" if patterns["min"].search(said) else "max" if patterns["max"].search(said) else None


def _about(said: str, attributes: Mapping[str, Attribute]) -> str:
    """The attribute that is meant by a question that does not name it: `how old`, `where is it`."""
    for fields, pattern in _abouts():
        if (field := next((f for f in fields if f in attributes), "")) and pattern.search(said):
            return field
    return ""


@cache
def _abouts() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((tuple(one["fields"]), _any(one["ways"])) for one in _table()["about"])


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("inquiries.toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    table = _table()
    return {
        name: _any(ways) for part in ("superlative", "kinds", "terms") for name, ways in table[part].items()
    }


@cache
def _named() -> Mapping[str, Mapping[Side, re.Pattern[str]]]:
    return {
        field: {side: _any(ways) for side, ways in sides.items()}
        for field, sides in _table()["field"].items()
    }


def _any(ways: list[str]) -> re.Pattern[str]:
    """Any of the ways, as words of their own where they begin and end with letters."""
    return re.compile("|".join(rf"(?<!\w)(?:{way})(?!\w)" for way in ways))
