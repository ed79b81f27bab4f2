"""One typed change as words and as a decision, and everything that was understood of a text. Values only, no I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.core.errors import InvalidInput
from backend.domains.blueprints.clarifying.columns import Known
from backend.domains.blueprints.model import Left


@dataclass(frozen=True, slots=True)
class Change:
    """One typed change. `after` is a decision as `deciding` takes it; `needs_confirmation` where it would publish what was
    kept back. `field` is empty where it is about the whole file."""

    file_id: str
    field: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    text: str
    needs_confirmation: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "file_id": self.file_id, "field": self.field, "before": dict(self.before), "after": dict(self.after),
            "text": self.text, "needs_confirmation": self.needs_confirmation,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Misread:
    """A part that was not understood, with the nearest columns and targets."""

    part: str
    columns: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    reason: str = "unknown"

    def to_json(self) -> dict[str, Any]:
        facts = {
            "part": self.part,
            "columns": list(self.columns),
            "targets": list(self.targets),
            "reason": self.reason,
        }
        return {"code": "blueprints.not_understood", "facts": facts}


@dataclass(frozen=True, slots=True)
class Clarified:
    """Everything that was understood of what somebody said."""

    changes: tuple[Change, ...] = ()
    misread: tuple[Misread, ...] = ()

    @property
    def understood(self) -> str:
        return " ".join(dict.fromkeys(change.text for change in self.changes))


def spec_name(text: str) -> str:
    """A header or description as the name of an attribute: `Hull colour` → `specs.hull_colour`."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]
    return f"specs.{name if name[:1].isalpha() else f'c_{name}'}"


def becoming(one: Known, targets: tuple[str, ...], entry: Mapping[str, Any]) -> Change:
    guarded = one.was_left in (Left.INTERNAL, Left.PERSONAL)
    shown = " and ".join(target.removeprefix("specs.").replace("_", " ") for target in targets)
    unit = (
        f" in {entry['unit']}"
        if entry.get("unit")
        else f" in {entry['currency']}"
        if entry.get("currency")
        else ""
    )
    warning = f" It was kept back as {one.was_left}: buyers would see it." if guarded else ""
    after = {"targets": list(targets), "column": dict(entry)}
    return Change(
        one.file_id,
        one.key,
        before_of(one),
        after,
        f"“{one.key}” becomes the {shown}{unit}.{warning}",
        guarded,
    )


def reading(one: Known, entry: Mapping[str, Any], text: str) -> Change:
    return Change(
        one.file_id,
        one.key,
        before_of(one),
        {"targets": list(one.field.targets), "column": dict(entry)},
        text,
    )


def before_of(one: Known) -> dict[str, Any]:
    return {
        "targets": list(one.field.targets), "left": str(one.field.left) if one.field.left else None, "unit": one.field.unit
    }  # fmt: skip


def leaving(one: Known, left: Left) -> Change:
    why = {"internal": " as internal", "personal": " as personal", "unused": ""}.get(str(left), f" ({left})")
    return Change(one.file_id, one.key, before_of(one), {"left": str(left)}, f"“{one.key}” is left out{why}.")


def merged(changes: Sequence[Change]) -> Iterator[Change]:
    """What is said twice of one column is one change: the later words win, its ways of reading add up."""
    found: dict[tuple[str, str], Change] = {}
    for change in changes:
        at = (change.file_id, change.field)
        known = found.pop(at, None)
        found[at] = _joined(known, change) if known else change
    yield from found.values()


def _joined(first: Change, second: Change) -> Change:
    text = f"{first.text} {second.text}"
    if second.after.get("left") or first.after.get("left"):
        return replace(second, before=first.before)
    mapping = {**first.after.get("mapping", {}), **second.after.get("mapping", {})}
    if mapping:
        return replace(
            second, before={**first.before, **second.before}, after={"mapping": mapping}, text=text
        )
    column = {**first.after.get("column", {}), **second.after.get("column", {})}
    changed = second.after["targets"] != second.before.get("targets")
    targets = second.after["targets"] if changed else first.after["targets"]
    confirm = first.needs_confirmation or second.needs_confirmation
    return replace(
        second,
        before=first.before,
        after={"targets": targets, "column": column},
        text=text,
        needs_confirmation=confirm,
    )


def refused(clarified: Clarified) -> InvalidInput:
    """The error of a text of which nothing was understood."""
    first = clarified.misread[0].to_json() if clarified.misread else {"facts": {}}
    return InvalidInput("blueprints.not_understood", **first["facts"])
