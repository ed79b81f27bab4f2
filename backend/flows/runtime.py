"""What one process holds open: two pools, the realtime socket, the versions it serves, what it knows of inventories."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import NotSignedIn
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.discovery import service as discovery
from backend.domains.events.bundles import Bundles
from backend.domains.events.model import Bundle
from backend.domains.identity import service as identity
from backend.domains.identity.tokens import read_buyer_token
from backend.flows.background import Background
from backend.flows.brakes import Brakes
from backend.flows.connectors import Connectors
from backend.flows.imports import ImportRunner
from backend.flows.inventories import Inventories
from backend.flows.loading import EventLoader, Vocabularies
from backend.flows.opening import make_ready
from backend.flows.sampling import Pulse, SampleReader

#: Objects that are made and not gone again before the youngest are looked over for garbage.
_YOUNG: Final = 10_000


class Runtime:
    """Opened once per process, however many applications share it."""

    def __init__(self, settings: Settings, ports: Ports, *, owns_process: bool = False) -> None:
        self.settings = settings
        self.ports = ports
        self._owns_process = owns_process
        self.database = Database(settings, ports)
        self.loader = EventLoader(self.database)
        self.vocabularies = Vocabularies(self.database)
        self.bundles = Bundles(self.loader, warm=self._make_ready)
        self.brakes = Brakes(settings)
        self.samples = SampleReader(self.database)
        self.inventories = Inventories(self.samples.local)
        connectors = Connectors(self.database, settings)
        self.imports = ImportRunner(self.database, self.samples.local, connectors)
        self.work = Background()
        self.filling: dict[UUID, Pulse] = {}
        self._watch: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        async with self._opening:
            if self._watch is not None:
                return
            # the first calls load weights and words; no buyer should wait for them
            await asyncio.gather(self.database.open(), asyncio.to_thread(discovery.load_words))
            self.ports.embedder.embed(["warm"])
            await self.bundles.refresh()
            watch = self.bundles.run(self.ports.broadcasts, poll_s=self.settings.poll_seconds)
            self._watch = asyncio.create_task(watch, name="served-versions")
            if self._owns_process:
                _keep_what_is_loaded()

    async def close(self) -> None:
        if self._watch is None:
            return
        self._watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watch
        self._watch = None
        for work in (self.work, self.imports, self.inventories):
            await work.close()
        await self.samples.close()
        await self.ports.close()
        await self.database.close()

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        await self.open()
        try:
            yield
        finally:
            await self.close()

    async def staff(self, token: str | None) -> Actor:
        """Whom a sign-in cookie speaks for; the database is asked each time, so that a sign-out holds at once.

        Raises: NotSignedIn `identity.not_signed_in`, `identity.session_over`.
        """
        if not token:
            raise NotSignedIn("identity.not_signed_in")
        async with self.database.as_actor(Actor.anonymous()) as ctx:
            return await identity.actor_of(ctx, token=token)

    async def _make_ready(self, bundle: Bundle) -> None:
        await make_ready(self.vocabularies, bundle)

    def buyer(self, token: str) -> Actor:
        """The conversation a buyer's token speaks for. Raises: NotSignedIn `identity.bad_token`."""
        return read_buyer_token(self.settings.jwt_secret.get_secret_value(), token)

    def served(self) -> dict[str, Any]:
        """Version number per event in force in this process."""
        return {bundle.slug: bundle.number for bundle in self.bundles.all()}


def _keep_what_is_loaded() -> None:
    """What was loaded stays for the life of the process: looking it over for garbage takes a fifth of a second each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
