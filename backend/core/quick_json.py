"""JSON as the standard library reads and writes it, in a fraction of the time: most of what a turn reads and writes is JSON.

Source: orjson, which differs where a number has more than 64 bits; the standard library takes over there.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

_LONG_NUMBER: Final = re.compile(rb"\d{19}")


def loads(text: bytes | str) -> Any:
    """Raises: ValueError for what is no JSON."""
    data = text.encode() if isinstance(text, str) else text
    if _LONG_NUMBER.search(data):
        return json.loads(data)
    try:
        return orjson.loads(data)
    except ValueError:
        return json.loads(data)


def dumps(value: Any) -> bytes:
    """In UTF-8, without blanks. What is no number (NaN, infinity) becomes null.

    Raises: TypeError for what JSON has no form for.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def vector(values: NDArray[np.float32]) -> str:
    """The numbers of a vector as a list."""
    return orjson.dumps(np.ascontiguousarray(values, np.float32), option=orjson.OPT_SERIALIZE_NUMPY).decode()
