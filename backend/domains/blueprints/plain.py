"""A proposal from its plain form: the way back from `model.to_json`. Knows the types of the values, not their meaning.

What is missing has its default and what is unknown is dropped, so that files of older and newer releases can be read.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Literal, TypeVar, cast

from backend.core.errors import InvalidInput

T = TypeVar("T")


def from_json(kind: type[T], value: Any) -> T:
    """The value of that dataclass. Raises: InvalidInput `blueprints.unreadable` with `path`."""
    return cast(T, _read(kind, value, ""))


def _read(kind: Any, value: Any, path: str) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        return _members(kind, value, path)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _read(next(k for k in inner if k is not type(None)), value, path)
    if origin is Literal:
        return _checked(value, value in inner, path)
    if origin is tuple:
        return _tuple(inner, _checked(value, isinstance(value, list | tuple), path), path)
    if origin is not None:
        return _checked(value, isinstance(value, Mapping), path)
    if kind is Any:
        return value
    return _scalar(kind, value, path)


def _members(kind: Any, value: Any, path: str) -> Any:
    given: Mapping[str, Any] = _checked(value, isinstance(value, Mapping), path)
    hints, found = _hints(kind), dict[str, Any]()
    for member in fields(kind):
        at = f"{path}/{member.name}"
        if member.name in given:
            found[member.name] = _read(hints[member.name], given[member.name], at)
        else:
            has_default = member.default is not MISSING or member.default_factory is not MISSING
            _checked(value, has_default, at)
    return kind(**found)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _tuple(inner: tuple[Any, ...], value: Sequence[Any], path: str) -> tuple[Any, ...]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_read(inner[0], item, f"{path}/{at}") for at, item in enumerate(value))
    _checked(value, len(inner) == len(value), path)
    pairs = zip(inner, value, strict=True)
    return tuple(_read(kind, item, f"{path}/{at}") for at, (kind, item) in enumerate(pairs))


def _scalar(kind: Any, value: Any, path: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(_checked(value, value in set(kind), path))
    if kind is float:
        number = _checked(value, isinstance(value, int | float) and not isinstance(value, bool), path)
        return float(number)
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    return _checked(value, fits, path)


def _checked(value: Any, fits: bool, path: str) -> Any:
    if not fits:
        raise InvalidInput("blueprints.unreadable", path=path or "/")
    return value
