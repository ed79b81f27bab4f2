"""Kill switches of a whole organization: flags of these names, laid over the safety of every document it has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.domains.events.model import Document

SWITCHES: Final = ("ai_off", "mutating_tools_off", "force_strict")


def with_switches(document: Document, flags: Mapping[str, bool]) -> Document:
    """The document with what the organization has switched off; what the document itself has off stays off."""
    on = {name: True for name in SWITCHES if flags.get(name)}
    return {**document, "safety": {**document.get("safety", {}), **on}} if on else document
