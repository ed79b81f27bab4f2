"""Versions of the documents' own schema, and the small steps from each to the next. Pure.

A document says at its top which version it is written in (`schema: 1`); one that says nothing is of the newest. What
runs never sees it: a document is brought up to date when it is read, and the compiled form is of the newest version
always. Reports nothing; that is `layers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

FIELD: Final = "schema"
CURRENT: Final = 2

#: Version → sections that have another name in the next.
RENAMED: Final[Mapping[int, Mapping[str, str]]] = {1: {"scarcity": "sdme", "social_proof": "cspe"}}


def one_to_two(document: Mapping[str, Any]) -> dict[str, Any]:
    """Version 2 calls `scarcity` and `social_proof` by the names of their engines, in the patches of arms too."""
    upgraded = _renamed(document, RENAMED[1])
    if isinstance(experiments := upgraded.get("experiments"), list):
        upgraded["experiments"] = [_each(item, "arms", _patch_of_two) for item in experiments]
    return upgraded


def _patch_of_two(arm: Any) -> Any:
    if not isinstance(arm, dict) or not isinstance(arm.get("patch"), dict):
        return arm
    return arm | {"patch": _renamed(arm["patch"], RENAMED[1])}


#: Version → what makes a document of the next version of one in it.
MIGRATIONS: Final[Mapping[int, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {1: one_to_two}


def upgraded(document: Mapping[str, Any], version: int) -> dict[str, Any]:
    """A document of a known version in the newest. The argument stays as it is."""
    for step in range(version, CURRENT):
        document = MIGRATIONS[step](document)
    return dict(document)


def renamed_since(version: int) -> dict[str, str]:
    """Names that sections have now → what they were called in a version."""
    names: dict[str, str] = {}
    for step in range(version, CURRENT):
        for old, new in RENAMED.get(step, {}).items():
            names[new] = names.pop(old, old)
    return names


def renamed_from() -> dict[str, str]:
    """Names that sections had in any older version → what they are called now."""
    return {old: new for version in RENAMED for new, old in renamed_since(version).items()}


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """With new names in the old ones' places; what has its new name already wins."""
    return {
        names.get(name, name): value
        for name, value in values.items()
        if name not in names or names[name] not in values
    }


def _each(holder: Any, name: str, change: Callable[[Any], Any]) -> Any:
    """A map with each element of one of its lists changed; anything else as it is."""
    if not isinstance(holder, dict) or not isinstance(holder.get(name), list):
        return holder
    return holder | {name: [change(item) for item in holder[name]]}
