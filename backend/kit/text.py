"""Text that somebody typed, as it can be stored and sent: Postgres keeps no NUL, and UTF-8 no half of a pair. Pure."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text with a space for each NUL and a question mark for each lone surrogate."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def is_storable(text: str) -> bool:
    return storable(text) == text
