"""Wishes of buyers who agreed to it, kept beside Postgres where a memory is joined on: never within a transaction.

Postgres keeps them with each turn anyway. The memory is asked at the beginning of a visit, for a moment; silent, broken,
empty or older, Postgres's own count. What is new is told to it after the turn, in the background, and may not arrive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, cast
from uuid import UUID

from backend.core.context import Actor
from backend.core.errors import AppError
from backend.core.ports import Memory, Recalled
from backend.domains.discovery import service as discovery
from backend.domains.discovery import visiting
from backend.domains.discovery.model import State
from backend.flows.runtime import Runtime

log = logging.getLogger(__name__)

#: How long the beginning of a visit waits for a memory. Unit: seconds.
PATIENCE_S: Final = 0.3
KEPT_DAYS: Final = 180
_WISHES: Final = "wishes"


async def recalled(runtime: Runtime, *, event_id: UUID, visitor: str) -> Recalled | None:
    """The wishes a memory has of a visitor; None where it has none, cannot be read, or does not answer in time."""
    if (port := runtime.ports.memory) is None:
        return None
    hashed = sha256(visitor.encode()).hexdigest()
    try:
        async with asyncio.timeout(PATIENCE_S):
            told = (await port.recall(_subject(event_id, hashed))).get(_WISHES)
    except (AppError, TimeoutError) as failed:
        log.info("what Postgres keeps counts: %s", failed or "no answer in time")
        return None
    return _readable(told)


def note_wishes(runtime: Runtime, actor: Actor, *, turn: int) -> None:
    """Tells a memory, in the background, what the actor's conversation wishes for by now."""
    if runtime.ports.memory is not None and actor.session_id is not None:
        name = f"remember:{actor.session_id}:{turn}"
        runtime.work.start(name, _remembered(runtime, actor, runtime.ports.memory))


async def forgotten(runtime: Runtime, actor: Actor) -> None:
    """Has a memory let go of the actor's visitor. Raises: Busy `core.memory_unreachable`; then nothing is forgotten yet."""
    if (port := runtime.ports.memory) is None:
        return
    async with runtime.database.as_actor(actor) as ctx:
        session, visitor = await discovery.get_session(ctx), await visiting.find_visitor(ctx)
    if visitor is not None:
        await port.forget(_subject(session.event_id, visitor.hashed))


async def _remembered(runtime: Runtime, actor: Actor, port: Memory) -> None:
    async with runtime.database.as_actor(actor) as ctx:
        visitor = await visiting.find_visitor(
            ctx
        )  # before the state: a turn in between makes this word the older one
        session = await discovery.get_session(ctx)
    if visitor is None:
        return
    try:
        wishes = {_WISHES: session.state.to_json()}
        subject = _subject(session.event_id, visitor.hashed)
        await port.remember(subject, wishes, KEPT_DAYS, as_of=visitor.last_seen_at)
    except AppError as failed:
        log.info("wishes are kept in Postgres alone: %s", failed)


def _readable(told: Recalled | None) -> Recalled | None:
    """What a memory told, where it still has the form of wishes."""
    if told is None or not isinstance(told.fact, Mapping):
        return None
    try:
        State.from_json(cast("Mapping[str, Any]", told.fact))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return told


def _subject(event_id: UUID, hashed: str) -> str:
    return f"{event_id}:{hashed}"
