"""What a conversation's use cases share: the version it is pinned to with today's inventory, and noting its failures."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.core.context import Actor
from backend.core.errors import AppError, Busy
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import Session
from backend.domains.events.model import Bundle
from backend.flows.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """The pinned version, and what the inventory of now can be asked for."""

    bundle: Bundle
    vocabulary: Vocabulary
    index: Index


async def known_of(runtime: Runtime, actor: Actor, session: Session) -> Known:
    """From memory, but for the first conversation of a version or of a catalogue."""
    bundle = await runtime.bundles.version(session.version_id)
    vocabulary = await runtime.vocabularies.of(runtime.bundles.find_current(bundle.slug) or bundle, actor)
    return Known(bundle, vocabulary, runtime.vocabularies.index_of(vocabulary))


@asynccontextmanager
async def noting_failure(runtime: Runtime, actor: Actor) -> AsyncIterator[None]:
    """Whatever the version may be blamed for is noted with the conversation, and raised as it came.

    Refusals on purpose, a busy database and text that is none are not the version's doing. A fresh version under which
    too many conversations fail is taken back.
    """
    try:
        yield
    except Exception as error:
        if _is_failure(error):
            await _note_failure(runtime, actor)
        raise


def _is_failure(error: Exception) -> bool:
    if isinstance(error, AppError):
        return error.status >= 500 and not isinstance(error, Busy)
    return not isinstance(error, UnicodeError)


async def _note_failure(runtime: Runtime, actor: Actor) -> None:
    try:
        async with runtime.database.as_actor(actor) as ctx:
            await discovery.note_failure(ctx)
    except Exception as error:  # noqa: BLE001 - the error that is being noted must not be hidden by this one
        log.warning("a failed conversation could not be noted: %s", error)
