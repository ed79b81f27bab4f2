"""Values of free form that a stranger sent, cut down to what can be stored: depth, length, count, size of numbers. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, cast

from backend.kit.canonical_json import LARGEST_INTEGER
from backend.kit.text import storable

_DEEPEST: Final = 6
_MOST_MEMBERS: Final = 40
_MOST_VALUES: Final = 200
_LONGEST_TEXT: Final = 2000
_LONGEST_NAME: Final = 100


def bounded(given: object) -> dict[str, Any]:
    """A map of at most 200 values, 6 levels deep, with texts of at most 2,000 characters; empty for what is no map.

    What is too deep, too large or no value of JSON becomes None; what is too much is left out.
    """
    if not isinstance(given, Mapping):
        return {}
    found: dict[str, Any] = _bounded(cast("Mapping[Any, Any]", given), 0, [_MOST_VALUES])
    return found


def _bounded(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    match value:
        case bool() | None:
            return value
        case str():
            return storable(value[:_LONGEST_TEXT])
        case int():
            return value if abs(value) <= LARGEST_INTEGER else None
        case float():
            return value if math.isfinite(value) else None
        case Mapping() | list() | tuple() if depth < _DEEPEST:
            return _members(cast("Mapping[Any, Any] | list[Any] | tuple[Any, ...]", value), depth, left)
        case _:
            return None


def _members(value: Mapping[Any, Any] | list[Any] | tuple[Any, ...], depth: int, left: list[int]) -> Any:
    if not isinstance(value, Mapping):
        return [_bounded(one, depth + 1, left) for one in value[:_MOST_MEMBERS] if left[0] > 0]
    return {
        storable(str(name)[:_LONGEST_NAME]): _bounded(one, depth + 1, left)
        for name, one in list(value.items())[:_MOST_MEMBERS]
        if left[0] > 0
    }
