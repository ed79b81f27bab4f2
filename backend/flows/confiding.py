"""What a request says of a person, as it is kept: masked where staff read it, sealed where only its buyer needs it again.

A confirmation stands for exact arguments. Who confirms sends them back, so the buyer gets them as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

from backend.adapters.sealing import Sealer
from backend.core.errors import AppError, Busy
from backend.domains.discovery.hearing import masked

_SEALED: Final = "sealed_arguments"


def masked_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments without what names or reaches a person."""
    return {name: _masked(value) for name, value in arguments.items()}


def confided(sealer: Sealer, session_id: UUID, offered: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Confirmations as they are kept; without a key to seal with, what was masked is not kept at all."""
    return [_confided(sealer, session_id, one) for one in offered]


def _confided(sealer: Sealer, session_id: UUID, one: Mapping[str, Any]) -> dict[str, Any]:
    exact = one["arguments"]
    told = masked_arguments(exact)
    if told == exact:
        return dict(one)
    try:
        return {**one, "arguments": told, _SEALED: sealer.seal(_owner(session_id), exact)}
    except Busy:
        return {**one, "arguments": told}


def opened(sealer: Sealer, session_id: UUID, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kept confirmations as their buyer got them; masked ones where the seal is gone."""
    return [_opened(sealer, session_id, one) for one in kept]


def _opened(sealer: Sealer, session_id: UUID, one: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in one.items() if name != _SEALED}
    if _SEALED not in one:
        return told
    try:
        return {**told, "arguments": sealer.open(_owner(session_id), one[_SEALED])}
    except AppError:
        return told


def _owner(session_id: UUID) -> str:
    return f"arguments:{session_id}"


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return masked_arguments(cast("Mapping[str, Any]", value))
    if isinstance(value, list | tuple):
        return [_masked(one) for one in cast("Sequence[Any]", value)]
    return value
