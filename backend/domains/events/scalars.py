"""What a scalar of YAML means: the core schema of YAML 1.2, less what JSON cannot carry. Pure.

Dates stay text, `no` and `on` are words, 010 is ten: what an author of a document expects, unlike YAML 1.1.
Source: YAML 1.2.2, §10.3.2.
"""

from __future__ import annotations

import re
from typing import Any

from backend.kit.canonical_json import LARGEST_INTEGER

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TEXT_TAG = "tag:yaml.org,2002:str"


class BadScalar(Exception):
    """The text stands for a value that a document cannot hold."""


def resolve(text: str, tag: str | None, *, plain: bool) -> Any:
    """The value of a scalar. Raises: BadScalar."""
    if tag not in (None, "!", _TEXT_TAG):
        raise BadScalar(f"Tags such as {tag} are not allowed.")
    if tag is not None or not plain:
        return checked(text)
    if text in _WORDS:
        return _WORDS[text]
    return checked(_number(text))


def _number(text: str) -> int | float | str:
    if len(text) > 400:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_A_NUMBER.fullmatch(text):
        raise BadScalar("Infinity and not-a-number are no values.")
    return text


def checked(value: Any) -> Any:
    """The value, if JSON and Postgres can hold it. Raises: BadScalar."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)):
            raise BadScalar("The text holds a character that cannot be stored.")
    elif isinstance(value, int | float) and not abs(value) <= LARGEST_INTEGER:
        raise BadScalar(f"The number is larger than {LARGEST_INTEGER}, which cannot be kept exactly.")
    return value
