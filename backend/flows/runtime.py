"""What one process holds open: two pools, the realtime socket, the versions it serves, what it knows of inventories."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.core.db import Database
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.events.bundles import Bundles
from backend.flows.loading import EventLoader, Vocabularies


class Runtime:
    """Opened once per process, however many applications share it."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self.settings = settings
        self.ports = ports
        self.database = Database(settings, ports)
        self.loader = EventLoader(self.database)
        self.bundles = Bundles(self.loader)
        self.vocabularies = Vocabularies(self.database)
        self._watch: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        async with self._opening:
            if self._watch is not None:
                return
            await self.database.open()
            self.ports.embedder.embed(
                ["warm"]
            )  # the first call loads the weights; no buyer should wait for it
            await self.bundles.refresh()
            watch = self.bundles.run(self.ports.broadcasts, poll_s=self.settings.poll_seconds)
            self._watch = asyncio.create_task(watch, name="served-versions")

    async def close(self) -> None:
        if self._watch is None:
            return
        self._watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watch
        self._watch = None
        await self.ports.broadcasts.close()
        await self.ports.identity.close()
        await self.database.close()

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        await self.open()
        try:
            yield
        finally:
            await self.close()

    def served(self) -> dict[str, Any]:
        """Version number per event in force in this process."""
        return {bundle.slug: bundle.number for bundle in self.bundles.all()}
