"""Joins two texts that began as one: `merging` decides on the authored values, `editing` writes the result back. Pure.

Comments, order and quoting are those of `ours`; what came in from the other side is written as the editor writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.core.errors import Conflict
from backend.domains.events.editing import edited, edits_between
from backend.domains.events.merging import Conflict as MergeConflict
from backend.domains.events.merging import merge3
from backend.domains.events.model import Source
from backend.domains.events.reading import read
from backend.domains.events.schema_versions import CURRENT, FIELD, MIGRATIONS, upgraded


@dataclass(frozen=True, slots=True)
class Joined:
    """The joined text, or the conflicts that keep it from being written."""

    text: str | None
    conflicts: tuple[MergeConflict, ...]


def join(*, base: str, ours: str, theirs: str, resolutions: Mapping[str, Any]) -> Joined:
    """Both sides' changes since the base, in the text of `ours`. Raises: Conflict `events.draft_invalid`."""
    mine = authored(ours)
    before, here, there = _of_one_schema(authored(base), mine, authored(theirs))
    merge = merge3(before, here, there, resolutions)
    if merge.conflicts:
        return Joined(None, tuple(merge.conflicts))
    return Joined(edited(ours, edits_between(mine, merge.merged)), ())


def _of_one_schema(*values: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Sides that are written in different versions of the schema, all in the newest: the same thing has one name."""
    versions = [value.get(FIELD, CURRENT) for value in values]
    if len(set(versions)) == 1 or not all(version in (*MIGRATIONS, CURRENT) for version in versions):
        return values
    newest = (upgraded(value, version) for value, version in zip(values, versions, strict=True))
    return tuple({name: said for name, said in value.items() if name != FIELD} for value in newest)


def authored(text: str) -> dict[str, Any]:
    """What an author wrote, as values. Raises: Conflict `events.draft_invalid` when it cannot be read."""
    reading = read(Source(text))
    if reading.value is None or reading.problems:
        raise Conflict("events.draft_invalid", problems=[problem.facts() for problem in reading.problems])
    return reading.value
