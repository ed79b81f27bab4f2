"""Where a profile stands in the text of a document, and the one edit that writes it there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.domains.events.editing import Edit
from backend.domains.events.laying import APPEND, REMOVE, REPLACE

_AT: Final = ("policy", "profiles")


def profile_edit(written: Mapping[str, Any], profile: Mapping[str, Any], standing: frozenset[str]) -> Edit:
    """Writes a profile where the author wrote it, or behind the others; `standing` are the keys of the whole document.

    A document that takes its profiles from a template changes that list instead of repeating it.
    """
    section = written.get("policy")
    listed = section.get("profiles") if isinstance(section, Mapping) else None
    if isinstance(listed, list):
        place = _place(listed, profile["key"])
        if place is None:
            return Edit("insert", (*_AT, len(listed)), dict(profile))
        return Edit("set", (*_AT, place), dict(profile))
    if not listed and not standing:
        return Edit("set", _AT, [dict(profile)])
    return Edit("set", _AT, _changed(dict(listed or {}), dict(profile), standing))


def _changed(change: dict[str, Any], profile: dict[str, Any], standing: frozenset[str]) -> dict[str, Any]:
    """The change of a list with a profile in it: what is inherited goes, so that nothing of it shines through."""
    begun = list(change.get(REPLACE, ()))
    place = _place(begun, profile["key"])
    if place is not None:
        return {**change, REPLACE: [*begun[:place], profile, *begun[place + 1 :]]}
    added, removed = list(change.get(APPEND, ())), list(change.get(REMOVE, ()))
    place = _place(added, profile["key"])
    if place is not None:
        return {**change, APPEND: [*added[:place], profile, *added[place + 1 :]]}
    if profile["key"] in standing:
        removed.append(profile["key"])
    with_removed = {**change, REMOVE: removed} if removed else change
    return {**with_removed, APPEND: [*added, profile]}


def _place(profiles: Sequence[Any], key: str) -> int | None:
    return next(
        (i for i, one in enumerate(profiles) if isinstance(one, Mapping) and one.get("key") == key), None
    )
