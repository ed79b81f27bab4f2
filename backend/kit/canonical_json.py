"""One text for one JSON value, so that equal documents have equal hashes.

Source: RFC 8785 (JSON Canonicalization Scheme); numbers as in ECMA-262, Number::toString.
Knows nothing of schemas or documents.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

#: Beyond this an IEEE 754 double does not tell neighboring integers apart. Source: RFC 7493 §2.2.
LARGEST_INTEGER = 2**53 - 1

_text = json.JSONEncoder(ensure_ascii=False).encode


def canonical(value: Any) -> str:
    """The canonical text.

    Raises: ValueError for what JSON cannot carry: NaN, infinities, big integers, lone surrogates.
    """
    pieces: list[str] = []
    _write(value, pieces)
    return "".join(pieces)


def canonical_sha256(value: Any) -> str:
    """The hash of the canonical text in UTF-8, as 64 hexadecimal digits."""
    return digest(canonical(value))


def digest(text: str) -> str:
    """The hash of a text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def _write(value: Any, pieces: list[str]) -> None:
    if isinstance(value, str):
        pieces.append(_string(value))
    elif isinstance(value, bool) or value is None:
        pieces.append("true" if value else "null" if value is None else "false")
    elif isinstance(value, int | float):
        pieces.append(_number(value))
    elif isinstance(value, Mapping):
        _write_members(value, pieces)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            pieces.append("," if index else "[")
            _write(item, pieces)
        pieces.append("]" if value else "[]")
    else:
        raise ValueError(f"not a JSON value: {type(value).__name__}")


def _write_members(value: Mapping[Any, Any], pieces: list[str]) -> None:
    if not all(isinstance(name, str) for name in value):
        raise ValueError("member names are text")
    for index, name in enumerate(sorted(value, key=_by_utf16)):
        pieces += ["," if index else "{", _string(name), ":"]
        _write(value[name], pieces)
    pieces.append("}" if value else "{}")


def _by_utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _string(value: str) -> str:
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("a lone surrogate is no text")
    return _text(value)


def _number(value: float) -> str:
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER and not _is_text_of_a_double(value):
            raise ValueError(f"{value} is too large to be exact")
        return str(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} is no JSON number")
    return ecmascript_number(value)


def _is_text_of_a_double(value: int) -> bool:
    """Whether the digits are those in which a large double is written, as Python reads it back."""
    try:
        return ecmascript_number(float(value)) == str(value)
    except OverflowError:
        return False


def ecmascript_number(value: float) -> str:
    """The shortest text that reads back as the same double. Source: ECMA-262, Number::toString, radix 10."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return ("-" if value < 0 else "") + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """Digits with the decimal point after the first `point` of them."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
