"""From what a person does in the form to edits of the written text. Pure; `editing` applies them.

A list is one thing to its layers: whoever changes an entry of an inherited list takes over the whole list.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from app.document_form import Field, Path
from app.document_look import MISSING, Look, value_at
from backend.domains.events.editing import Edit
from backend.domains.events.model import Source
from backend.domains.events.reading import read


class NotAValue(ValueError):
    """What was typed is no value of this field. Its text says why."""


def set_value(seen: Look, path: Path, value: Any) -> list[Edit]:
    """Writes a value. Text that is there already changes nothing."""
    if value_at(seen.authored, path) == value and type(value_at(seen.authored, path)) is type(value):
        return []
    return _on_own_list(
        seen, path, lambda at: [Edit("set", at, value)], lambda whole, at: _put(whole, at, value)
    )


def remove(seen: Look, path: Path) -> list[Edit]:
    """Takes an entry out of a list or a free map."""
    return _on_own_list(seen, path, lambda at: [Edit("remove", at)], _drop)


def insert(seen: Look, path: Path, value: Any) -> list[Edit]:
    """Puts a new entry into a list, at the position the path ends with."""

    def put(whole: Any, at: Path) -> None:
        _within(whole, at[:-1]).insert(at[-1], value)

    if value_at(seen.merged, path[:-1]) is MISSING:
        return set_value(seen, path[:-1], [value])
    return _on_own_list(seen, path, lambda at: [Edit("insert", at, value)], put)


def move(seen: Look, path: Path, to: int) -> list[Edit]:
    """Moves an entry of a list to another position."""

    def put(whole: Any, at: Path) -> None:
        entries = _within(whole, at[:-1])
        entries.insert(to, entries.pop(at[-1]))

    return _on_own_list(seen, path, lambda at: [Edit("move", at, to)], put)


def set_list(seen: Look, path: Path, values: list[Any]) -> list[Edit]:
    """Writes a list of scalars, as the smallest change: so that comments beside the entries stay."""
    own = value_at(seen.authored, path)
    if own == values:
        return []
    if isinstance(own, list):
        for at in range(len(own)):
            if own[:at] + own[at + 1 :] == values:
                return [Edit("remove", (*path, at))]
        for at in range(len(values)):
            if values[:at] + values[at + 1 :] == own:
                return [Edit("insert", (*path, at), values[at])]
        for old in range(len(own)):
            for new in range(len(own)):
                moved = own[:old] + own[old + 1 :]
                moved.insert(new, own[old])
                if moved == values:
                    return [Edit("move", (*path, old), new)]
    return [Edit("set", path, values)]


def inherit(seen: Look, path: Path) -> list[Edit]:
    """Takes back what the draft says, so that the layer below speaks again. Leaves no empty maps behind."""
    if not seen.is_own(path):
        return []
    while len(path) > 1:
        around = value_at(seen.authored, path[:-1])
        if not isinstance(around, dict) or len(around) != 1:
            break
        path = path[:-1]
    return [Edit("remove", path)]


def typed(field: Field, text: str) -> Any:
    """What was typed, as a value of its field. Raises: NotAValue."""
    if field.kind == "toggle":
        return text == "true"
    if field.kind == "number":
        return _number(text, field)
    if field.kind == "choice":
        return next((option for option in field.options if option_text(option) == text), None)
    if field.kind == "value":
        return _as_yaml(text)
    return None if field.may_be_empty and not text else text


def option_text(option: Any) -> str:
    """A value of a choice as HTML carries it."""
    return str(option).lower() if isinstance(option, bool) else str(option)


def blank(field: Field) -> Any:
    """A new entry, with what it cannot be without."""
    if field.kind != "group":
        return field.options[0] if field.options else "" if field.kind != "number" else (field.low or 0)
    return {member.name: _first(member) for member in field.members if member.is_required}


def _first(field: Field) -> Any:
    if field.default is not None:
        return deepcopy(field.default)
    if field.kind in {"chips", "objects"}:
        return []
    if field.kind in {"group", "map"}:
        return {}
    return False if field.kind == "toggle" else blank(field)


def _number(text: str, field: Field) -> int | float | None:
    plain = text.strip().replace(" ", "")
    if not plain and field.may_be_empty:
        return None
    try:
        number = float(plain)
    except ValueError as error:
        raise NotAValue(f"“{text}” is not a number." if plain else "A number is needed here.") from error
    return int(number) if number.is_integer() and ("." not in plain or field.is_integer) else number


def _as_yaml(text: str) -> Any:
    """Anything, written as YAML in one line or several. Raises: NotAValue."""
    whole = f"value: {text}" if "\n" not in text.strip() else "value:\n" + _indented(text)
    found = read(Source(whole))
    if found.value is None or found.problems:
        raise NotAValue(found.problems[0].message if found.problems else "This cannot be read.")
    return found.value.get("value")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines())


def _on_own_list(seen: Look, path: Path, small: Any, large: Any) -> list[Edit]:
    """The small edit where the lists around a path are the draft's own; else its list, taken over and changed."""
    for length in range(1, len(path)):
        around = path[:length]
        if isinstance(seen.value(around), list) and not isinstance(value_at(seen.authored, around), list):
            whole = {"list": deepcopy(seen.value(around))}
            large(whole, ("list", *path[length:]))
            return [Edit("set", around, whole["list"])]
    return small(path)


def _within(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _put(whole: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        whole = whole.setdefault(step, {}) if isinstance(whole, dict) else whole[step]
    whole[path[-1]] = value


def _drop(whole: Any, path: Path) -> None:
    del _within(whole, path[:-1])[path[-1]]
