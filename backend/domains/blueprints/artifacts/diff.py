"""What differs between two trees, a sentence each: columns by name, settings by path, files by theirs. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

_SELF: Final = ("MANIFEST.json", "evidence.json")
_MOST: Final = 500
_LONGEST: Final = 80


def tree_diff(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """In the order of paths. What follows from other files, such as the manifest, is not told twice."""
    found: list[str] = []
    for path in sorted({*before, *after}):
        if path in _SELF or before.get(path) == after.get(path):
            continue
        if path not in after:
            found.append(f"{path} is gone.")
        elif path not in before:
            found.append(f"{path} is new.")
        else:
            found += _changed(path, before[path], after[path])
    return found[:_MOST] + ([f"And {len(found) - _MOST:,} more."] if len(found) > _MOST else [])


def _changed(path: str, before: bytes, after: bytes) -> Iterator[str]:
    if "/column_mapping" in path or "/connector" in path:
        yield from _mapping(_parsed(before), _parsed(after))
    elif path.startswith("config/sales_events/") and path.endswith(".json"):
        yield from _settings(_parsed(before), _parsed(after))
    elif path.startswith("config/") and path.endswith(".json"):
        return  # an extract of the document, which says it already
    else:
        yield f"{path} changes in {_count(_lines(before, after), 'line')}."


def _mapping(before: Any, after: Any) -> Iterator[str]:
    old, new = _columns(before), _columns(after)
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        if name not in new:
            yield f"“{name}” is no longer there ({_said(old[name])})."
        elif name not in old:
            yield f"“{name}” is new: {_said(new[name])}."
        else:
            yield f"“{name}”: {_said(new[name])}, before {_said(old[name])}."
    rest = ("columns", "ignore", "mapping")
    yield from _settings(*({k: v for k, v in whole.items() if k not in rest} for whole in (before, after)))


def _columns(document: Any) -> dict[str, Any]:
    """Column → its entry, or the reason why it is left out."""
    mapping: Mapping[str, Any] = document.get("mapping", document)
    left = {name: {"left": reason} for name, reason in mapping.get("ignore", {}).items()}
    return {**mapping.get("columns", {}), **left}


def _said(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    if "left" in entry:
        return f"left out as {entry['left']}"
    targets = ", ".join(entry.get("targets") or [entry.get("target", "nothing")])
    rest = ", ".join(
        f"{name} {_short(value)}" for name, value in entry.items() if name not in ("target", "targets")
    )
    return f"{targets} ({rest})" if rest else targets


def _settings(before: Any, after: Any) -> Iterator[str]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for path in dict.fromkeys([*old, *new]):
        if path not in new:
            yield f"{path} is no longer said (it was {_short(old[path])})."
        elif path not in old:
            yield f"{path} is {_short(new[path])}."
        elif old[path] != new[path]:
            yield f"{path}: {_short(new[path])}, before {_short(old[path])}."


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, member in cast("dict[str, Any]", value).items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    else:
        yield path, value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _lines(before: bytes, after: bytes) -> int:
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    changed: Sequence[Any] = [
        op for op in difflib.SequenceMatcher(None, old, new, False).get_opcodes() if op[0] != "equal"
    ]
    return sum(max(op[2] - op[1], op[4] - op[3]) for op in changed)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
