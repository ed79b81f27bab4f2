"""What a request says of a person, as it is kept: masked where staff read it, sealed where only its buyer needs it again.

A confirmation stands for exact arguments. Who confirms sends them back, so the buyer gets them as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID

from pydantic import SecretStr

from backend.adapters.sealing import Sealer
from backend.core.errors import AppError, Busy
from backend.domains.discovery.hearing import masked
from backend.domains.discovery.model import Answer

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


def kept_answer(keys: SecretStr, session_id: UUID, answer: Answer) -> Answer:
    """An answer without what its confirmations say of a person."""
    offered = answer.extras.get("confirmations")
    if not offered:
        return answer
    kept = confided(Sealer(keys), session_id, offered)
    return replace(answer, extras={**answer.extras, "confirmations": kept})


def as_it_was(keys: SecretStr, session_id: UUID, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A kept answer as its buyer got it."""
    if "confirmations" not in kept:
        return dict(kept)
    return {**kept, "confirmations": opened(Sealer(keys), session_id, kept["confirmations"])}


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
