"""Turns filters and wishes on named attributes into the form search takes. Pure: the vocabulary is an argument.

The other end is `private.search_listings`, which knows numeric columns and facet ids and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from backend.domains.catalogue.model import Attribute, CompiledFilters, FacetValue, Filter, Vocabulary, Wish

_BOUNDS: Final[Mapping[str, str]] = {
    "lte": "lte",
    "gte": "gte",
    "lt": "lt",
    "gt": "gt",
    "eq": "eq",
    "neq": "neq",
}
_IDENTIFIERS: Final = frozenset({"external_id", "identifier"})
_SPELLINGS: Final = (("grey", "gray"), ("gray", "grey"))


class Index:
    """A vocabulary arranged for look-up. Build it once per revision."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.revision = vocabulary.revision
        self.attributes: Mapping[str, Attribute] = {a.name: a for a in vocabulary.attributes}
        self._facets = {(f.attribute, f.value): f.id for f in vocabulary.facets}
        self.values: dict[str, list[FacetValue]] = {}
        for facet in vocabulary.facets:
            self.values.setdefault(facet.attribute, []).append(facet)
        self.bits = {name: [f.bit for f in found if f.bit is not None] for name, found in self.values.items()}

    def attribute(self, field: str) -> Attribute | None:
        return self.attributes.get(field) or self.attributes.get(f"specs.{field}")

    def facet(self, attribute: str, value: Any) -> int | None:
        """The id of a value, whatever its case; grey and gray are one word."""
        word = " ".join(str(value).split()).lower()
        words = [word, *(word.replace(one, other) for one, other in _SPELLINGS if one in word)]
        return next((self._facets[attribute, w] for w in words if (attribute, w) in self._facets), None)


def compile_filters(filters: Iterable[Filter], index: Index) -> CompiledFilters:
    """Bounds of one attribute are joined, the tightest wins; values of one filter are alternatives."""
    bounds: dict[str, dict[str, float]] = {}
    any_of: list[list[int]] = []
    none_of: list[int] = []
    tokens: list[str] = []
    impossible: list[Filter] = []
    unsupported: list[Filter] = []
    for wanted in filters:
        attribute = index.attribute(wanted.field)
        if wanted.field in _IDENTIFIERS:
            tokens += [str(value).lower() for value in _values(wanted.value)]
        elif attribute is None or attribute.kind == "text":
            unsupported.append(wanted)
        elif attribute.kind == "number":
            limits = _limits(wanted) if attribute.slot else None
            if limits is None:
                unsupported.append(wanted)
            else:
                _tighten(bounds.setdefault(str(attribute.slot), {}), limits)
        else:
            ids, excludes = _facet_ids(wanted, attribute, index)
            if excludes:
                none_of += ids
            else:
                any_of.append(ids)
                impossible += [] if ids else [wanted]
    where: dict[str, Any] = dict(bounds)
    where |= {name: part for name, part in (("any", any_of), ("none", none_of), ("tokens", tokens)) if part}
    return CompiledFilters(where, tuple(impossible), tuple(unsupported))


def _values(value: Any) -> Sequence[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _facet_ids(wanted: Filter, attribute: Attribute, index: Index) -> tuple[list[int], bool]:
    """Ids of the named values, and whether they are excluded. A boolean has one facet: true."""
    excludes = wanted.op in {"neq", "not_in"}
    if attribute.kind == "boolean":
        truths = [value in (True, "true", "yes", 1) for value in _values(wanted.value)]
        found = index.facet(attribute.name, "true")
        return ([] if found is None else [found]), excludes != (not any(truths))
    ids = [index.facet(attribute.name, value) for value in _values(wanted.value)]
    return sorted({found for found in ids if found is not None}), excludes


def _limits(wanted: Filter) -> dict[str, float] | None:
    """Bounds of a numeric filter; None where it cannot be said by bounds."""
    value = wanted.value
    if wanted.op == "between":
        low, high = (value.get("min"), value.get("max")) if isinstance(value, Mapping) else value
        return {name: float(v) for name, v in (("gte", low), ("lte", high)) if v is not None}
    if wanted.op == "in" or (wanted.op == "eq" and isinstance(value, list)):
        numbers = sorted({float(entry) for entry in _values(value)})
        consecutive = all(later - earlier == 1 for earlier, later in pairwise(numbers))
        return {"gte": numbers[0], "lte": numbers[-1]} if numbers and consecutive else None
    if wanted.op not in _BOUNDS or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return {_BOUNDS[wanted.op]: float(value)}


def _tighten(bounds: dict[str, float], limits: Mapping[str, float]) -> None:
    for name, value in limits.items():
        kept = bounds.get(name)
        tighter = min if name in {"lte", "lt"} else max
        bounds[name] = value if kept is None else tighter(kept, value)


def compile_wishes(wishes: Iterable[Wish], index: Index) -> dict[str, Any]:
    """Wishes that the inventory has words or numbers for; the others are left out."""
    groups: list[list[int]] = []
    near: list[dict[str, Any]] = []
    for wish in wishes:
        attribute = index.attribute(wish.field)
        if attribute is None:
            continue
        if attribute.kind == "number" and attribute.slot and isinstance(wish.value, int | float):
            tolerance = wish.tolerance or max(abs(wish.value) * 0.2, 1.0)
            near.append(
                {"column": attribute.slot, "target": float(wish.value), "tolerance": float(tolerance)}
            )
        elif attribute.kind in {"enum", "boolean"}:
            named = ["true"] if attribute.kind == "boolean" else _values(wish.value)
            ids = sorted({i for value in named if (i := index.facet(attribute.name, value)) is not None})
            groups += [ids] if ids else []
    return {name: part for name, part in (("groups", groups), ("near", near)) if part}
