"""Values, origins and levers of a document in words, for the lines of its form. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.document_form import NAMING, Field, words
from app.document_look import DEFAULT, OWN

#: What is shorter is a unit or a code, such as mi.
SHORTEST_WORD = 3


def origin_words(layer: str) -> str:
    if layer == OWN:
        return "Set here"
    return "Default" if layer == DEFAULT else f"From {words(layer.removesuffix('.yaml'))}"


def lever_words(spec: Field) -> str:
    if not spec.lever:
        return ""
    ends = spec.lever.get("range") or [True]
    low, high = ends[0], ends[-1]
    if isinstance(low, bool | str):
        return "Operators may choose among its values without approval"
    if spec.lever.get("relative"):
        return f"Operators may move it by {abs(high):.0%} of itself without approval"
    unit = f" {spec.unit}" if spec.unit else ""
    return f"Operators may move it by {low:+g} to {high:+g}{unit} without approval"


def item_name(value: Any, at: int) -> str:
    if isinstance(value, Mapping):
        named = next((value[name] for name in NAMING if value.get(name)), None)
        if named is not None:
            return str(named)
    return f"No. {at + 1}"


def item_sketch(value: Any) -> str:
    """The other short values of an entry, to tell it from its neighbors."""
    if not isinstance(value, Mapping):
        return ""
    named = next((name for name in NAMING if value.get(name)), None)
    said = [
        shown(item) for name, item in value.items() if name != named and isinstance(item, str | int | float)
    ]
    return " · ".join(text for text in said[:3] if text and len(text) <= 40)


def shown(value: Any) -> str:
    """A value as text: `24`, `true`, `{min: 2021}`."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.12g}"
    return flow(value)


def flow(value: Any) -> str:
    """A value of any kind on one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(name)}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str):
        plain = value.replace(" ", "").replace("_", "").replace("-", "").replace(".", "")
        is_plain = (
            plain.isalnum()
            and not plain[0].isdigit()
            and value.lower() not in {"true", "false", "null", "yes", "no"}
        )
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def option_words(option: Any) -> str:
    if isinstance(option, bool):
        return "Yes" if option else "No"
    return words(option) if len(str(option)) > SHORTEST_WORD else str(option)
