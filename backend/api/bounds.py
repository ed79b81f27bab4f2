"""How much a request body may hold where its shape is free, and how large a number of a row may be. Pure.

A bound that is passed is told as `core.invalid_request`, with the name of the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field

#: As deep as documents may be.
DEEPEST: Final = 32
MOST_VALUES: Final = 500
#: Numbers of versions and revisions, each of which may have a next one. Source: integer of PostgreSQL.
LARGEST_NUMBER: Final = 2**31 - 2

Free = TypeVar("Free")


def shallow(value: Free) -> Free:
    """Raises: ValueError for what is nested too deep."""
    _walk(value, most=None)
    return value


def small(value: Free) -> Free:
    """Raises: ValueError for what is nested too deep or holds too many values."""
    _walk(value, most=MOST_VALUES)
    return value


def _walk(value: Any, *, most: int | None) -> None:
    """Counts single values, and maps and lists that are empty."""
    waiting, count = [(value, 0)], 0
    while waiting:
        found, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValueError(f"at most {DEEPEST} levels of maps and lists")
        inner = found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else ()
        count += not inner
        if most is not None and count > most:
            raise ValueError(f"at most {most} values in all")
        waiting += [(member, depth + 1) for member in inner]


Shallow = AfterValidator(shallow)
Small = AfterValidator(small)
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
