"""Changes values in the text of a document and keeps all else: comments, order, quotes, blank lines. Pure.

What an edit means is decided on the values; the text is spliced to say the same and read again. Many edits at once
write the sections they are in anew, whose comments are lost. Knows no layers: the values are those that the author wrote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import yaml

from backend.core.errors import InvalidInput
from backend.domains.events import schema_versions
from backend.domains.events.changing import Walk
from backend.domains.events.model import Path, Problem, Source, pointer
from backend.domains.events.patterns import same
from backend.domains.events.reading import is_json, read
from backend.domains.events.splicing import CannotSplice, Sheet
from backend.domains.events.writing import whole_document
from backend.kit.canonical_json import canonical

#: Characters that a reader of YAML takes for line breaks or refuses.
#: Splicing reads the text again for each edit: so often, and so many letters in all, are worth it.
_MOST_EDITS: Final = 50
_MOST_READ: Final = 2_000_000
_UNSEEN: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of what an author wrote.

    `set` writes a value and the maps around it that are missing; `remove` takes one out, and leaves `{}` or `[]`
    behind the last; `insert` puts an element before the position its path ends with; `move` takes an element to the
    position `value`, counted without it.
    """

    op: Literal["set", "remove", "insert", "move"]
    path: Path
    value: Any = None


def edited(source_text: str, changes: Sequence[Edit]) -> str:
    """The text with the changes made, one after the other. JSON stays JSON.

    Raises: InvalidInput `events.invalid_document` with `problems`, for a text or values that cannot be read;
    `events.no_such_place` with `path`.
    """
    text, value = source_text.removeprefix("\ufeff"), _read(source_text)
    _check(changes)
    if is_json(text):
        written = _as_json(applied(value, [_as_written(value, change) for change in changes]))
        _read(written)
        return written + ("\n" if text.endswith("\n") else "")
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    small, after = _narrowed(value, changes)
    if _is_long(small, text):
        small = _sections(value, after)
        if _is_long(small, text):
            return _anew(after).replace("\n", newline)
    for change in small:
        after = applied(value, [change])
        if not same(after, value):
            text, value = _spliced(text, change, value, after), after
    return text.replace("\n", newline)


def _as_written(value: Mapping[str, Any], change: Edit) -> Edit:
    """The change of a section that the document, being of an older schema, calls by another name."""
    version = value.get(schema_versions.FIELD)
    if not isinstance(version, int) or version not in schema_versions.MIGRATIONS or not change.path:
        return change
    name = str(change.path[0])
    old = schema_versions.renamed_since(version).get(name)
    return (
        replace(change, path=(old, *change.path[1:]))
        if old and old in value and name not in value
        else change
    )


def applied(value: Mapping[str, Any], changes: Sequence[Edit]) -> dict[str, Any]:
    """The values with the changes made. Raises: InvalidInput `events.no_such_place`."""
    whole = deepcopy(dict(value))
    for change in changes:
        _apply(whole, change)
    return whole


def edits_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    """The fewest changes that make `after` of `before`, each as small as it can be."""
    return _edits(before, after, ())


def _edits(before: Any, after: Any, at: Path) -> list[Edit]:
    walk = Walk()
    walk.compare(before, after, at, at)
    whole: Any = deepcopy(before)
    edits: list[Edit] = []
    for change in walk.patch:
        path = _resolved(whole, change["path"], at)
        edit = _as_edit(change, path, _holder(whole, path[len(at) :]), at)
        _apply_within(whole, Edit(edit.op, edit.path[len(at) :], edit.value))
        edits.append(edit)
    return edits


def _as_edit(change: Mapping[str, Any], path: Path, holder: Any, at: Path) -> Edit:
    if change["op"] == "remove":
        return Edit("remove", path)
    if change["op"] == "move":
        start = int(change["from"].rpartition("/")[2])
        return Edit("move", (*path[:-1], start), path[-1])
    is_new_element = change["op"] == "add" and isinstance(holder, list)
    return Edit("insert" if is_new_element else "set", path, change["value"])


def _resolved(whole: Any, text: str, at: Path) -> Path:
    """A JSON Pointer as a path into these values, where only lists have positions."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1 + len(at) :]]
    path: Path = at
    for step in steps:
        path = (*path, int(step) if isinstance(whole, list) else step)
        whole = _found(whole, path[-1:])
    return path


def _holder(whole: Any, path: Path) -> Any:
    for step in path[:-1]:
        whole = whole[step]
    return whole


def _apply(whole: dict[str, Any], change: Edit) -> None:
    try:
        _apply_within(whole, change)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise InvalidInput("events.no_such_place", path=pointer(change.path)) from error


def _apply_within(whole: Any, change: Edit) -> None:
    *way, last = change.path
    if change.op in ("set", "insert"):
        whole = _opened(whole, change.path, is_list=change.op == "insert")
    else:
        for step in way:
            whole = whole[_step(whole, step)]
    if change.op == "set":
        _put(whole, last, deepcopy(change.value))
    elif change.op == "remove":
        del whole[_step(whole, last)]
    elif change.op == "insert":
        whole.insert(_position(whole, last, len(whole)), deepcopy(change.value))
    else:
        target = _position(whole, change.value, len(whole) - 1)
        whole.insert(target, whole.pop(_step(whole, last)))


def _opened(whole: Any, path: Path, *, is_list: bool) -> Any:
    """The map or list around a place; maps that are missing or empty on the way are made."""
    for index, step in enumerate(path[:-1]):
        if isinstance(whole, dict) and whole.get(step) is None:
            is_last = index == len(path) - 2
            whole[_step(whole, step, is_new=True)] = [] if is_last and is_list else {}
        whole = whole[_step(whole, step)]
    return whole


def _put(holder: Any, step: str | int, value: Any) -> None:
    if isinstance(holder, list) and step == len(holder):
        holder.append(value)
    else:
        holder[_step(holder, step, is_new=True)] = value


def _step(holder: Any, step: Any, *, is_new: bool = False) -> Any:
    """The step, if it fits what it leads into. Raises: KeyError, IndexError, TypeError."""
    if isinstance(holder, list):
        return _position(holder, step, len(holder) - 1)
    if not isinstance(holder, dict) or not isinstance(step, str):
        raise TypeError
    return step if is_new or step in holder else holder[step]


def _position(holder: Any, step: Any, most: int) -> int:
    if not isinstance(holder, list) or not isinstance(step, int) or not 0 <= step <= most:
        raise IndexError
    return step


def _narrowed(value: Mapping[str, Any], changes: Sequence[Edit]) -> tuple[list[Edit], dict[str, Any]]:
    """Each change of a whole map or list as the changes inside it, and the values after them all."""
    whole = deepcopy(dict(value))
    small: list[Edit] = []
    for change in changes:
        for one in _within(whole, _as_written(whole, change)):
            _apply(whole, one)
            small.append(one)
    return small, whole


def _within(value: Mapping[str, Any], change: Edit) -> list[Edit]:
    old = _found(value, change.path) if change.op == "set" else None
    is_map = isinstance(old, dict) and isinstance(change.value, dict)
    if is_map or (isinstance(old, list) and isinstance(change.value, list) and old and change.value):
        return _edits(old, change.value, change.path)
    return [change]


def _is_long(changes: Sequence[Edit], text: str) -> bool:
    return len(changes) > _MOST_EDITS or (len(changes) > 1 and len(changes) * len(text) > _MOST_READ)


def _sections(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    """The same as changes of whole sections."""
    gone = [Edit("remove", (name,)) for name in before if name not in after]
    put = (name for name, said in after.items() if name not in before or not same(before[name], said))
    return gone + [Edit("set", (name,), after[name]) for name in put]


def _spliced(text: str, change: Edit, before: Mapping[str, Any], after: dict[str, Any]) -> str:
    """The text with one change, in the form that disturbs it least and reads as it should."""
    for written in _attempts(text, change, before, after):
        found = read(Source(written))
        if not found.problems and same(found.value, after):
            return written
    return _anew(after)


def _anew(value: Mapping[str, Any]) -> str:
    written = whole_document(value)
    _read(written)
    return written


def _attempts(text: str, change: Edit, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    path, value = _first_missing(before, change)
    for length in sorted({len(path), len(path) - 1, 1} - {0}, reverse=True):
        try:
            sheet = Sheet(text)
            if length < len(path):
                yield sheet.set_value(path[:length], _at(after, path[:length]))
            else:
                yield _attempt(sheet, change.op, path, value, before)
        except (CannotSplice, yaml.YAMLError):
            continue


def _attempt(sheet: Sheet, op: str, path: Path, value: Any, before: Mapping[str, Any]) -> str:
    if op == "remove":
        return sheet.remove(path)
    if op == "move":
        return sheet.move(path, value)
    holder = _at(before, path[:-1])
    if isinstance(holder, list) and (op == "insert" or path[-1] == len(holder)):
        return sheet.insert(path, value)
    if isinstance(holder, dict) and path[-1] not in holder:
        return sheet.add_member(path, value)
    return sheet.set_value(path, value)


def _first_missing(before: Any, change: Edit) -> tuple[Path, Any]:
    """Where the new text begins: at a member around the place when that is not there, with all that it holds."""
    if change.op not in ("set", "insert"):
        return change.path, change.value
    for length, step in enumerate(change.path[:-1], 1):
        inner = before.get(step) if isinstance(before, dict) else _at(before, (step,))
        if inner is None:
            value = [change.value] if change.op == "insert" else change.value
            names = change.path[length : -1 if change.op == "insert" else None]
            for name in reversed(names):
                value = {name: value}
            return change.path[:length], value
        before = inner
    return change.path, change.value


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _found(value: Any, path: Path) -> Any:
    """What stands at a place, or None."""
    try:
        return _at(value, path)
    except (KeyError, IndexError, TypeError):
        return None


def _read(text: str) -> dict[str, Any]:
    reading = read(Source(text))
    if reading.value is None or reading.problems:
        raise _unreadable(reading.problems)
    return reading.value


def _unreadable(problems: Sequence[Problem]) -> InvalidInput:
    return InvalidInput("events.invalid_document", problems=[problem.facts() for problem in problems])


def _check(changes: Sequence[Edit]) -> None:
    """Raises: InvalidInput for what is no JSON."""
    for change in changes:
        try:
            canonical(change.value)
        except ValueError as error:
            raise _unreadable(
                [Problem(pointer(change.path), "bad_value", f"{error}.".capitalize())]
            ) from error


def _as_json(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
