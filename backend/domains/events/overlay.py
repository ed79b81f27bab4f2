"""What of a newer document reaches a conversation that keeps an older one: every path of class live or kill. Pure.

The schemas say which paths those are; they are arranged once as a tree, so that laying one document over another
touches those paths alone and shares everything else. What an author changed, and how risky it is, is in `changes`.

Lists: one whose own class is live or kill comes as a whole, whatever is said of what is in it. In any other list,
elements that both documents have (the same `x-key`, `key`, `id`, `name`, …) get their live and kill members; which
elements there are, and in which order, stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

from backend.domains.events import schema
from backend.domains.events.matching import identity_key
from backend.domains.events.model import Document
from backend.domains.events.patterns import same

_ABSENT: Final = object()
_KILL: Final = frozenset({"kill"})
_REACHING: Final = frozenset({"live", "kill"})


@dataclass(frozen=True, slots=True)
class _Place:
    """What is taken from the newer document at one place and below it. Where nothing is, there is no place."""

    is_taken: bool = False
    members: Mapping[str, _Place | None] = field(default_factory=dict[str, "_Place | None"])
    others: _Place | None = None  # members that the schema does not name
    items: _Place | None = None
    key: str | None = None


def effective(pinned: Document, newest: Document) -> Document:
    """The document of a conversation that began with `pinned`: live and kill paths are those of `newest`.

    Shares its parts with both; it is `pinned` itself where they agree on those paths.
    """
    return _over(pinned, newest, _REACHING)


def with_kills(changed: Document, document: Document) -> Document:
    """`changed` with every kill path as `document` has it: whatever is laid over a document, its kill switches hold."""
    if changed is document:
        return changed
    return _over(changed, document, _KILL)


def shared(newer: Any, older: Any) -> Any:
    """`newer`, with the parts of `older` wherever they are equal: versions of one event cost little memory beside another."""
    if same(newer, older):
        return older
    if isinstance(newer, Mapping) and isinstance(older, Mapping):
        return {name: shared(value, older.get(name, _ABSENT)) for name, value in newer.items()}
    return newer


def _over(base: Document, top: Document, classes: frozenset[str]) -> Document:
    laid = _laid(base, top, tree(classes))
    return {} if laid is _ABSENT else cast("Document", laid)


@cache
def tree(classes: frozenset[str]) -> _Place:
    """Every place that is taken when paths of these classes are; made once."""
    return _place(schema.resolved(), "pinned", classes) or _Place()


def _place(node: Mapping[str, Any], inherited: str, classes: frozenset[str]) -> _Place | None:
    reload = node.get("x-reload", inherited)
    is_here = reload in classes
    if "properties" not in node and (is_here or "items" not in node):
        return _Place(is_taken=True) if is_here else None
    if "properties" not in node:
        items = _place(node["items"], reload, classes)
        return _Place(items=items, key=node.get("x-key")) if items else None
    inner = {name: _place(member, reload, classes) for name, member in node["properties"].items()}
    rest = node.get("additionalProperties")
    others = _place(rest, reload, classes) if isinstance(rest, dict) else None
    if is_here and all(place is not None and place.is_taken for place in inner.values()):
        return _Place(is_taken=True)
    return _Place(members=inner, others=others) if others or any(inner.values()) else None


def _laid(base: Any, top: Any, place: _Place) -> Any:
    """`base`, or `_ABSENT`, with what `place` takes from `top`; `base` itself where that changes nothing."""
    if place.is_taken:
        return base if same(base, top) else top
    if place.items is not None:
        both = isinstance(base, list) and isinstance(top, list)
        return _elements(cast("list[Any]", base), cast("list[Any]", top), place) if both else base
    over: Mapping[str, Any] = top if isinstance(top, Mapping) else {}
    laid = _members(base if isinstance(base, Mapping) else {}, over, place)
    return base if laid is None else laid or _ABSENT


def _members(base: Mapping[str, Any], top: Mapping[str, Any], place: _Place) -> dict[str, Any] | None:
    """None where nothing changes."""
    places = place.members
    if place.others is not None:
        places = dict.fromkeys((*base, *top), place.others) | dict(places)
    laid: dict[str, Any] | None = None
    for name, inner in places.items():
        if inner is None:
            continue
        old = base.get(name, _ABSENT)
        new = _laid(old, top.get(name, _ABSENT), inner)
        if new is old:
            continue
        laid = dict(base) if laid is None else laid
        if new is _ABSENT:
            laid.pop(name, None)
        else:
            laid[name] = new
    return laid


def _elements(base: Sequence[Any], top: Sequence[Any], place: _Place) -> Sequence[Any]:
    key = identity_key(base, top, hint=place.key)
    if key is None or place.items is None:
        return base
    newer = {item[key]: item for item in top}
    laid = [_laid(item, newer[item[key]], place.items) if item[key] in newer else item for item in base]
    return base if all(one is other for one, other in zip(laid, base, strict=True)) else laid
