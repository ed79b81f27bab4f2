"""The reference of event documents, written from the schemas: `docs/reference/event-document.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from backend.domains.events import schema
from backend.domains.events.model import Path
from backend.domains.events.patterns import pattern_of, rule_for

_HEAD = """# The event document

Written from `schemas/` by `mpax event reference`; change the schemas instead.

A Sales Event is one document in YAML or JSON. It may extend another: maps merge name by name, lists and
single values replace. A list may say instead what changes in the one beneath, as a map of `$append`, `$remove` (values,
or keys of maps) and `$replace`. Everything that is left out has the default below. *Reload* says when a change reaches
conversations that are open: `pinned` never, `live` at their next step, `kill` at once. *Risk* says who has to
agree, a *lever* how far an operator may move the value without asking, and *permission* what a member must be
allowed to do, to change it.

What is marked as *not read yet* has its place and is checked, and no engine acts on it so far; a document that sets it
gets a warning.

"""
_GAP = "\n\n"
_COLUMNS = (
    "| Path | What it is | Accepts | Default | Reload | Risk | Lever | Permission |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def event_document_reference() -> str:
    """The whole page, in Markdown."""
    root = schema.resolved()
    own = [name for name in root["properties"] if name not in schema.sections()]
    parts = [
        _HEAD,
        "## Top level\n\n",
        _table([(path, leaf) for path, leaf in schema.leaves() if path[0] in own]),
    ]
    for name in schema.sections():
        section = root["properties"][name]
        rows = list(schema.leaves(section, (name,)))
        note = "" if schema.is_read(name) else f"*Not read yet.*{_GAP}"
        parts += [
            f"\n## {section['title']} (`{name}`){_GAP}{section['description']}{_GAP}{note}",
            _table(rows),
        ]
    return "".join(parts)


def _table(rows: list[tuple[Path, schema.Schema]]) -> str:
    return _COLUMNS + "".join(f"| {' | '.join(_cells(path, leaf))} |\n" for path, leaf in rows)


def _cells(path: Path, leaf: schema.Schema) -> Iterator[str]:
    yield f"`{'.'.join(str(step) for step in path)}`"
    yield f"**{leaf['title']}.** {leaf['description']}{' *Not read yet.*' if _is_unread(path) else ''}"
    yield _accepts(leaf)
    yield _default(leaf)
    yield leaf["x-reload"]
    yield leaf["x-risk"]
    yield _lever(leaf)
    yield f"`{rule_for(pattern_of(path)).permission}`"


def _is_unread(path: Path) -> bool:
    """Whether a part of a section says so; of a whole section its heading does."""
    return any(len(part) > 1 and path[: len(part)] == part for part in schema.unread())


def _accepts(leaf: schema.Schema) -> str:
    items: Any = leaf.get("items", {})
    if said := leaf.get("x-expected"):
        return said
    if "enum" in leaf:
        return ", ".join(f"`{'none' if value is None else value}`" for value in leaf["enum"])
    if leaf["type"] == "array":
        inner = items.get("x-expected") or ", ".join(f"`{value}`" for value in items.get("enum", ()))
        return f"list: {inner}" if inner else "list"
    bounds = _bounds(leaf)
    kind = leaf["type"] if isinstance(leaf["type"], str) else " or ".join(leaf["type"])
    return " ".join(part for part in (kind, bounds, leaf.get("x-unit", "")) if part)


def _bounds(leaf: schema.Schema) -> str:
    if "minimum" in leaf and "maximum" in leaf:
        return f"{leaf['minimum']} to {leaf['maximum']}"
    return f"up to {leaf['maxLength']} characters" if "maxLength" in leaf else ""


def _default(leaf: schema.Schema) -> str:
    if "x-default-from" in leaf:
        return f"*{leaf['x-default-from']}*"
    if "default" not in leaf:
        return "*required*"
    return f"`{json.dumps(leaf['default'], ensure_ascii=False)}`"


def _lever(leaf: schema.Schema) -> str:
    lever: dict[str, Any] | None = leaf.get("x-lever")
    if lever is None:
        return ""
    spread = lever["range"]
    if lever.get("relative"):
        return f"{spread[0]:+.0%} to {spread[1]:+.0%} of its value"
    if all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in spread):
        return f"{spread[0]:+} to {spread[1]:+}"
    return "any"
