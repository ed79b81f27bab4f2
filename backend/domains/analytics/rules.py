"""What a conversation has understood, in a few words for the board. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LONGEST_EXCERPT: Final = 140

_SPEAK_FOR_THEMSELVES: Final = frozenset({"make", "model", "trim"})
_SIGNS: Final = {
    "lte": "≤",
    "gte": "≥",
    "between": "",
    "eq": "",
    "in": "",
    "not_in": "not",
    "within": "within",
}


def labels_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Field → its label in the event's catalogue, `specs.` names by their short name."""
    attributes = document.get("catalogue", {}).get("attributes", ())
    return {item["name"]: item["label"] for item in attributes if item.get("label")}


def wishes(state: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    """The buyer's limits, then the buyer's wishes, each in a few words. What the event began with is left out."""
    said = [item for item in state.get("filters", ()) if not item.get("default")]
    ordered = sorted(said, key=lambda item: item.get("group") == "nice")
    return tuple(_wish(item, labels) for item in ordered)


def excerpt(message: str | None) -> str:
    """One line of a message, cut at a word. Shape: at most 140 characters."""
    line = " ".join((message or "").split())
    if len(line) <= LONGEST_EXCERPT:
        return line
    return line[: LONGEST_EXCERPT - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def share(part: int, whole: int) -> float | None:
    """None of nothing."""
    return part / whole if whole else None


def _wish(item: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    name = str(item["field"]).removeprefix("specs.")
    label = labels.get(name) or name.replace("_", " ").capitalize()
    value = item["value"]
    if name in _SPEAK_FOR_THEMSELVES and item["op"] in {"eq", "in"}:
        return _value(item["op"], value)
    if isinstance(value, bool):
        return label if value else f"{label}: no"
    return " ".join(filter(None, (label, _SIGNS.get(item["op"], item["op"]), _value(item["op"], value))))


def _value(op: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_value(op, part) for part in value.values())
    if isinstance(value, list | tuple):
        return (" to " if op == "between" else " or ").join(_value(op, part) for part in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"  # 40,000, but the year 2021
    return str(value)
