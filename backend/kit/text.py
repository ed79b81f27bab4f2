"""Text that somebody typed, as it can be stored and sent: Postgres keeps no NUL, UTF-8 no half of a pair, Windows no file
that is called like a device. Pure."""

from __future__ import annotations

import re
from typing import Final

_DEVICES: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE
)


def storable(text: str) -> str:
    """The text with a space for each NUL and a question mark for each lone surrogate."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def is_storable(text: str) -> bool:
    return storable(text) == text


def is_device(name: str) -> bool:
    """Whether a file of that name, with any ending, is a device on Windows."""
    return _DEVICES.fullmatch(name) is not None
