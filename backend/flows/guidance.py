"""What a language model brought to a turn. Values alone; asking it is in `guiding`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.domains.discovery.service import Turned
from backend.flows.tools import Acted, Wanted


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a model brought to a turn: nothing where none was asked or none was of use.

    `asks` is a question to the buyer, `{field, text, options}`, where model and rules read a limit differently.
    """

    turned: Turned | None = None
    text: str = ""
    dropped: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    ran: tuple[Acted, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict[str, Any])
    asks: Mapping[str, Any] | None = None
    exchanges: tuple[Mapping[str, Any], ...] = ()
    provider: str = ""
    judgements: tuple[Mapping[str, Any], ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def record(self) -> dict[str, Any]:
        """For the record of the turn."""
        if not self.exchanges:
            return {"provider": "builtin"}
        return {
            "provider": self.provider or "builtin",
            "judgements": list(self.judgements),
            "context": dict(self.manifest),
        }
