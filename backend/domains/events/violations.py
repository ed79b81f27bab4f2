"""Turns a departure from the JSON Schema into problems an author can act on. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from rapidfuzz import fuzz, process

from backend.domains.events import schema, schema_versions
from backend.domains.events.model import Path, Severity
from backend.domains.events.schema import Departure

_NEAR_ENOUGH: Final = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before its place in a file is known."""

    path: Path
    code: str
    message: str
    found: str | None = None
    expected: str | None = None
    nearest: str | None = None
    severity: Severity = Severity.ERROR


def nearest(name: Any, known: Iterable[str | None], least: int = _NEAR_ENOUGH) -> str | None:
    """The known name that was probably meant, or None. Unit: `least` is a likeness in percent."""
    if not isinstance(name, str):
        return None
    choices = {choice.casefold(): choice for choice in known if choice is not None}
    best = process.extractOne(name.casefold(), choices.keys(), scorer=fuzz.ratio, score_cutoff=least)
    return choices[best[0]] if best else None


def shown(value: Any, limit: int = 60) -> str:
    """A value as a problem quotes it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def schema_findings(value: Any, name: str = schema.ROOT, at: Path = ()) -> Iterator[Finding]:
    """Every departure of a value from the schema of that name; `at` is where the value stands."""
    seen: set[Finding] = set()  # each missing name is reported with the whole list
    for departure in schema.departures(value, name):
        for finding in _findings(departure, (*at, *departure.path)):
            if finding not in seen:
                seen.add(finding)
                yield finding


def _findings(departure: Departure, path: Path) -> Iterator[Finding]:
    if departure.is_name:
        yield _bad_name(departure, path)
    elif departure.keyword == "additionalProperties":
        yield from _unknown(departure, path)
    elif departure.keyword == "required":
        yield from _missing(departure, path)
    else:
        expected = _EXPECTED.get(departure.keyword, _by_words)(departure)
        guess = nearest(departure.found, departure.wanted) if departure.keyword == "enum" else None
        code = "wrong_type" if departure.keyword == "type" else "bad_value"
        found = shown(departure.found)
        yield Finding(path, code, f"Expected {expected}, found {found}.", found, expected, guess)


def _unknown(departure: Departure, path: Path) -> Iterator[Finding]:
    known = list(departure.schema["properties"])
    for name in departure.found:
        if name not in known:
            renamed = {} if path else schema_versions.renamed_from()
            guess = renamed.get(name) or _elsewhere().get(name) or nearest(name, known)
            message = f"“{shown(name)[1:-1]}” is not a field here."
            yield Finding((*path, name), "unknown_field", message, name, _one_of(known), guess)


def _missing(departure: Departure, path: Path) -> Iterator[Finding]:
    for name in departure.wanted:
        if name not in departure.found:
            what = departure.schema["properties"][name]["title"]
            yield Finding((*path, name), "missing_field", f"“{name}” is missing.", None, what)


def _bad_name(departure: Departure, path: Path) -> Finding:
    options = departure.wanted if departure.keyword == "enum" else ()
    expected = _one_of(options) if options else _by_words(departure)
    name = str(departure.found)
    message = f"The name {shown(name)} does not fit: expected {expected}."
    return Finding((*path, name), "bad_name", message, name, expected, nearest(name, options))


@cache
def _elsewhere() -> dict[str, str]:
    """Full names of leaves whose last name is unique: `hold_minutes` at the top was meant in `conversion`."""
    found: dict[str, list[str]] = {}
    for path, _ in schema.leaves():
        if len(path) > 1 and "*" not in path:
            found.setdefault(str(path[-1]), []).append(".".join(str(step) for step in path))
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}


_TYPES: Final = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def _type(departure: Departure) -> str:
    wanted = departure.wanted
    return " or ".join(_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted))


def _one_of(options: Iterable[Any]) -> str:
    return "one of " + ", ".join(str(option) for option in options)


def _by_words(departure: Departure) -> str:
    """What the schema says in words, or the bare keyword where it says nothing."""
    return departure.schema.get("x-expected") or f"{departure.keyword} {shown(departure.wanted)}"


def _count(words: str) -> Callable[[Departure], str]:
    return lambda departure: words.format(departure.wanted)


_EXPECTED: Final[dict[str, Callable[[Departure], str]]] = {
    "type": _type,
    "enum": lambda departure: _one_of(departure.wanted),
    "minimum": _count("at least {}"),
    "maximum": _count("at most {}"),
    "minLength": _count("at least {} characters"),
    "maxLength": _count("at most {} characters"),
    "minItems": _count("at least {} entries"),
    "maxItems": _count("at most {} entries"),
    "minProperties": _count("at least {} members"),
    "maxProperties": _count("at most {} members"),
    "uniqueItems": lambda _: "each entry once",
}
