"""A database of versions in memory, for what a process serves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from backend.domains.events.model import Bundle, EventStatus, ServedHead


class Database:
    """A loader in memory. `delay` makes reads overlap; `down` makes them fail."""

    def __init__(self) -> None:
        self.in_force: dict[UUID, Bundle] = {}
        self.versions: dict[UUID, Bundle] = {}
        self.used: set[UUID] = set()
        self.loads = 0
        self.reads = 0
        self.delay = 0.0
        self.down = False

    def publish(
        self, slug: str = "sale", *, number: int = 1, status: EventStatus = EventStatus.LIVE
    ) -> Bundle:
        known = next((b for b in self.in_force.values() if b.slug == slug), None)
        bundle = Bundle(
            event_id=known.event_id if known else uuid4(),
            organization_id=uuid4(),
            slug=slug,
            status=status,
            catalogue_revision=0,
            version_id=uuid4(),
            number=number,
            sha256="0" * 64,
            created_at=datetime.now(UTC),
            document={"id": slug, "n": number},
        )
        return self.put(bundle)

    def put(self, bundle: Bundle) -> Bundle:
        self.in_force[bundle.event_id] = self.versions[bundle.version_id] = bundle
        return bundle

    async def served(self, event_id: UUID | None = None) -> Sequence[Bundle]:
        self._ask()
        self.reads += 1
        found = [b for b in self.in_force.values() if event_id in (None, b.event_id)]
        await asyncio.sleep(self.delay)
        return found

    async def heads(self) -> Sequence[ServedHead]:
        self._ask()
        return [
            ServedHead(b.event_id, b.version_id, b.status, b.catalogue_revision, b.flags_revision)
            for b in self.in_force.values()
        ]

    async def pinned(self, version_id: UUID) -> Bundle | None:
        self._ask()
        self.loads += 1
        await asyncio.sleep(self.delay)
        return self.versions.get(version_id)

    async def in_use(self, version_ids: Sequence[UUID]) -> set[UUID]:
        self._ask()
        return self.used & set(version_ids)

    def _ask(self) -> None:
        if self.down:
            raise ConnectionError("the database is away")


async def eventually(holds: object, within_s: float = 2.0) -> None:
    assert callable(holds)
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not become true"
        await asyncio.sleep(0.005)


def with_document(bundle: Bundle, **sections: dict[str, Any]) -> Bundle:
    return replace(bundle, document={**bundle.document, **sections})
