"""Which operation of an API lists what is for sale, and where its records stand. Pure; each point has its reason.

Only operations that read can be chosen: GET, and a POST that plainly searches where nothing else is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.domains.blueprints.connecting.api import Api, Operation
from backend.domains.blueprints.connecting.records import Found, implied, lists_of_records, words_of
from backend.domains.blueprints.connecting.words import (
    CONCEPTS,
    INSIDE,
    OTHERS,
    PARTIAL,
    PEOPLE,
    SEARCHING,
    THINGS,
    WRITING,
)
from backend.domains.blueprints.model import Evidence


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen operation with its list of records."""

    operation: Operation
    found: Found | None
    score: float
    confidence: float
    evidence: tuple[Evidence, ...]


def likeness(found: Found) -> float:
    """How much a record tells what listings tell. From 0 to about 11."""
    words = {word for leaf in found.leaves for word in words_of(leaf.path)}
    told = sum(weight for weight, concept in CONCEPTS if words & concept)
    named = 1.0 if set(words_of(found.item.name)) & THINGS else 0.0
    elsewhere = 1.5 if set(words_of(found.item.name)) & OTHERS else 0.0
    people = min(3.0, 1.2 * len(words & PEOPLE))
    return told + named - elsewhere - people + min(1.0, len(found.leaves) / 20)


def choose(api: Api) -> tuple[Choice, ...]:
    """Operations that may be called, best first. Empty where the description has none that lists anything."""
    reads = [each for each in api.operations if each.method == "GET"]
    reads.sort(
        key=lambda operation: -sum(points for points, _ in _by_name(operation))
    )  # what is read costs: the likely first
    details = {op.path for op in reads if op.path.endswith("}")}
    scored = [_scored(api, op, details) for op in reads]
    good = [choice for choice in scored if choice.found is not None and choice.score > 0]
    if not good:
        searches = [op for op in api.operations if op.method == "POST" and _only_reads(op)]
        scored += [_scored(api, op, details) for op in searches]
    ranked = sorted(scored, key=lambda choice: -choice.score)
    return tuple(_with_confidence(ranked))


def _only_reads(operation: Operation) -> bool:
    words = {*_path_words(operation), *words_of(operation.operation_id)}
    return bool(words & SEARCHING) and not words & WRITING and words_of(operation.path)[-1:] != ("import",)


def _with_confidence(ranked: Sequence[Choice]) -> Iterable[Choice]:
    second = ranked[1].score if len(ranked) > 1 else -5.0
    for at, choice in enumerate(ranked):
        ahead = choice.score - (second if at == 0 else ranked[0].score)
        certain = min(
            0.98, max(0.05, 0.55 + 0.09 * ahead + 0.02 * choice.score - (0.0 if choice.found else 0.3))
        )
        yield Choice(choice.operation, choice.found, choice.score, round(certain, 2), choice.evidence)


def _scored(api: Api, operation: Operation, details: set[str]) -> Choice:
    found, told = best_list(api, operation)
    evidence: list[Evidence] = []

    def weigh(points: float, text: str) -> None:
        if points:
            evidence.append(Evidence("document", text, round(points, 2)))

    if found is None:
        weigh(-4.0, "its answer is not described as a list of objects")
    else:
        weigh(told, f"its records at {found.path} tell {len(found.leaves)} things, as listings do")
    for points, text in _by_name(operation):
        weigh(points, text)
    if any(
        path.startswith(f"{operation.path.rstrip('/')}/") and path.count("{") == operation.path.count("{") + 1
        for path in details
    ):
        weigh(0.8, "single records are read below its path")
    open_path = [p.name for p in operation.parameters if p.place == "path" and p.value is None]
    weigh(-3.0 * min(2, len(open_path)), f"its path needs {', '.join(open_path)}")
    asked = [p.name for p in operation.parameters if p.place == "query" and p.is_required and p.value is None]
    weigh(-0.8 * min(3, len(asked)), f"it requires {', '.join(asked)}")
    if any(
        set(words_of(p.name)) & {"page", "offset", "cursor", "limit", "skip", "per", "top", "after"}
        for p in operation.parameters
    ):
        weigh(1.0, "it can be paged through")
    weigh(-1.5 if operation.is_deprecated else 0.0, "it is deprecated")
    score = sum(each.weight for each in evidence)
    return Choice(operation, found, round(score, 3), 0.0, tuple(evidence))


def best_list(api: Api, operation: Operation) -> tuple[Found | None, float]:
    """The list within an answer whose records are most like listings."""
    response = operation.response
    if response is None and operation.sample is not None:
        response = implied(operation.sample)
    found = lists_of_records(response, api.schemas) if response is not None else ()
    if not found and operation.sample is not None:
        found = lists_of_records(implied(operation.sample), api.schemas)
    best = max(
        found, key=lambda each: likeness(each) + _named(each.path) - 0.3 * each.path.count("."), default=None
    )
    return best, likeness(best) if best else 0.0


def _named(path: str) -> float:
    words = set(words_of(path))
    kept = {"included", "facets", "aggregations", "filters", "errors", "warnings", "links"} & words
    return (
        -3.0
        if kept
        else 1.0
        if words & (THINGS | {"data", "results", "records", "value", "content", "rows", "hits"})
        else 0.0
    )


def _path_words(operation: Operation) -> tuple[str, ...]:
    return words_of(re.sub(r"\{[^}]*\}", " ", operation.path))


def _by_name(operation: Operation) -> Iterable[tuple[float, str]]:
    path, last = (
        _path_words(operation),
        words_of(re.sub(r"\{[^}]*\}|\.json$", " ", operation.path.rstrip("/").rpartition("/")[2])),
    )
    called = set(words_of(operation.operation_id))
    about = {word for tag in operation.tags for word in words_of(tag)}
    text = set(words_of(operation.summary))
    if (set(path) | called | about) & THINGS:
        yield 2.0, "it is named after things for sale"
    if set(last) & OTHERS or (set(path) & OTHERS and not set(last) & THINGS):
        yield -3.0, "it is named after something else"
    if set(path) & (OTHERS - {"vendor", "seller"}) and set(last) & THINGS:
        yield -1.0, "it is one part of something else"
    if set(path) & PARTIAL or called & (PARTIAL - {"top", "new", "map", "me", "my"}):
        yield -2.5, "it gives a part of what is for sale"
    if set(path) & INSIDE or about & INSIDE:
        yield -2.5, "it is for the inside"
    if called & WRITING and not called & {"list", "get", "search"}:
        yield -3.0, "its name says that it changes something"
    if text & {"list", "lists", "all", "search", "returns", "paginated", "browse"} or called & {
        "list",
        "search",
        "all",
    }:
        yield 0.5, "it says that it lists"
    if operation.path.endswith("}"):
        yield -2.0, "it reads one record"
    yield -0.2 * max(0, len([step for step in operation.path.split("/") if step]) - 2), "its path is long"
