"""How a process reads what it serves: versions in force, and what each inventory can be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

from backend.core.context import Actor
from backend.core.db import Database
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import signals
from backend.domains.events import service as events
from backend.domains.events import serving
from backend.domains.events.model import Bundle, ServedHead

_KEPT = 64


class EventLoader:
    """Implements the loader of `Bundles`. What is served is public knowledge of the process: no person is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def served(self, event_id: UUID | None = None) -> Sequence[Bundle]:
        async with self._database.as_actor(Actor.anonymous()) as ctx:
            return await events.list_served(ctx, event_id=event_id)

    async def heads(self) -> Sequence[ServedHead]:
        async with self._database.as_actor(Actor.anonymous()) as ctx:
            return await events.list_served_heads(ctx)

    async def pinned(self, version_id: UUID) -> Bundle | None:
        async with self._database.as_actor(Actor.anonymous()) as ctx:
            return await events.find_pinned(ctx, version_id=version_id)

    async def in_use(self, version_ids: Sequence[UUID]) -> set[UUID]:
        async with self._database.as_actor(Actor.anonymous()) as ctx:
            return await serving.find_in_use(ctx, version_ids=version_ids)


class Vocabularies:
    """What each inventory can be asked for, kept per revision: an import makes a new one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[UUID, Vocabulary] = {}
        self._indexes: dict[UUID, tuple[int, Index]] = {}
        self._reading = asyncio.Lock()

    async def of(self, bundle: Bundle, actor: Actor) -> Vocabulary:
        """The vocabulary of the event as the bundle knows it; read under the rights of whoever asks first."""
        return await self._read(bundle, actor, None)

    async def warmed(self, bundle: Bundle) -> Vocabulary:
        """The same before anybody asks, arranged for look-up: read as a conversation of the event will."""
        visitor = Actor.buyer(uuid4(), bundle.event_id)
        vocabulary = await self._read(bundle, visitor, bundle.catalogue_revision)
        self.index_of(vocabulary)
        return vocabulary

    async def _read(self, bundle: Bundle, actor: Actor, revision: int | None) -> Vocabulary:
        kept = self._kept.get(bundle.event_id)
        if kept is not None and kept.revision >= bundle.catalogue_revision:
            return kept
        async with self._reading:
            kept = self._kept.get(bundle.event_id)
            if kept is None or kept.revision < bundle.catalogue_revision:
                async with self._database.as_actor(actor) as ctx:
                    kept = await catalogue.vocabulary(ctx, event_id=bundle.event_id, revision=revision)
                await asyncio.to_thread(signals.index, kept)  # no message waits for it
                if len(self._kept) >= _KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[bundle.event_id] = kept
        return kept

    def index_of(self, vocabulary: Vocabulary) -> Index:
        """The vocabulary arranged for look-up, built once per revision."""
        revision, index = self._indexes.get(vocabulary.event_id, (-1, None))
        if index is None or revision != vocabulary.revision:
            index = Index(vocabulary)
            self._indexes[vocabulary.event_id] = (vocabulary.revision, index)
        return index
