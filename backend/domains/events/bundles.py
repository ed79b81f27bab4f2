"""The versions a process serves: a dictionary, kept true by broadcasts and a slow poll. Reading does no I/O.

A broadcast says that something changed; what is in force is always read from the database, so that messages
may be lost, doubled or out of order. Knows no database itself: a loader is given to it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from backend.core.errors import NotFound
from backend.domains.events.model import Bundle, ServedHead

log = logging.getLogger(__name__)

TOPIC: Final = "versions"
_RETRY_S: Final = 0.5


class Loader(Protocol):
    """Where versions come from."""

    async def served(self, event_id: UUID | None = None) -> Sequence[Bundle]:
        """Versions in force of one event, or of all."""
        ...

    async def heads(self) -> Sequence[ServedHead]: ...

    async def pinned(self, version_id: UUID) -> Bundle | None: ...


class Listener(Protocol):
    """The part of the port `Broadcasts` that is needed here."""

    def listen(self, topic: str) -> AsyncIterator[dict[str, Any]]: ...


class Bundles:
    """What this process serves. One per process; not shared between event loops."""

    def __init__(
        self,
        loader: Loader,
        *,
        pinned_limit: int = 256,
        pinned_idle_s: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loader = loader
        self._limit = pinned_limit
        self._idle_s = pinned_idle_s
        self._clock = clock
        self._by_slug: dict[str, Bundle] = {}
        self._by_version: dict[UUID, Bundle] = {}
        self._pinned: OrderedDict[UUID, tuple[float, Bundle]] = OrderedDict()
        self._loading: dict[UUID, asyncio.Task[Bundle | None]] = {}
        self._reading = asyncio.Lock()

    def current(self, slug: str) -> Bundle:
        """The version in force. Raises: NotFound `events.not_found`."""
        bundle = self._by_slug.get(slug)
        if bundle is None:
            raise NotFound("events.not_found", slug=slug)
        return bundle

    def find_current(self, slug: str) -> Bundle | None:
        return self._by_slug.get(slug)

    def all(self) -> Sequence[Bundle]:
        """Every event that is served, by slug."""
        return [self._by_slug[slug] for slug in sorted(self._by_slug)]

    async def version(self, version_id: UUID) -> Bundle:
        """One version, in force or pinned by a conversation; loaded at first need and kept while it is used.

        Raises: NotFound `events.no_such_version`.
        """
        if (bundle := self._by_version.get(version_id)) is not None:
            return bundle
        if (kept := self._pinned.get(version_id)) is not None:
            self._keep(kept[1])
            return kept[1]
        bundle = await self._load_once(version_id)
        if bundle is None:
            raise NotFound("events.no_such_version", version_id=str(version_id))
        self._keep(bundle)
        return bundle

    async def refresh(self, event_id: UUID | None = None) -> None:
        """Reads what is in force, of one event or of all, and swaps it in at once."""
        async with self._reading:
            found = await self._loader.served(event_id)
            served = {bundle.slug: bundle for bundle in found}
            if event_id is not None:
                others = {slug: b for slug, b in self._by_slug.items() if b.event_id != event_id}
                served = others | served
            self._swap(served)

    async def poll(self) -> None:
        """Compares what is served with what is in force, cheaply, and reads again only where they differ."""
        heads = {head.event_id: head for head in await self._loader.heads()}
        known = {bundle.event_id: bundle for bundle in self._by_slug.values()}
        for event_id in heads.keys() | known.keys():
            if not _agree(heads.get(event_id), known.get(event_id)):
                await self.refresh(event_id)
        self._forget_idle()

    async def run(self, broadcasts: Listener, *, poll_s: float = 5.0) -> None:
        """Keeps what is served true until cancelled. Whatever fails is logged and tried again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again_and_again(lambda: self._listen(broadcasts), _RETRY_S))
            tasks.create_task(self._again_and_again(self.poll, poll_s))

    async def _listen(self, broadcasts: Listener) -> None:
        async for message in broadcasts.listen(TOPIC):
            event_id = message.get("payload", {}).get("event_id")
            if message["event"] == "subscribed":
                await self.refresh()
            elif isinstance(event_id, str):
                await self.refresh(UUID(event_id))

    async def _again_and_again(self, work: Callable[[], Any], pause_s: float) -> None:
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a process that stops following versions serves yesterday's
                log.warning("served versions could not be read: %s", error)
            await asyncio.sleep(pause_s)

    async def _load_once(self, version_id: UUID) -> Bundle | None:
        """Many conversations that ask for one version at the same moment cause one load."""
        task = self._loading.get(version_id)
        if task is None:
            task = asyncio.ensure_future(self._loader.pinned(version_id))
            self._loading[version_id] = task
            task.add_done_callback(lambda _: self._loading.pop(version_id, None))
        return await asyncio.shield(task)

    def _swap(self, served: dict[str, Bundle]) -> None:
        superseded = self._by_slug
        served = {slug: _newer(superseded.get(slug), bundle) for slug, bundle in served.items()}
        self._by_slug = served
        self._by_version = {bundle.version_id: bundle for bundle in served.values()}
        for bundle in superseded.values():
            if bundle.version_id not in self._by_version:
                self._keep(bundle)  # open conversations go on with it
        for version_id in self._by_version:
            self._pinned.pop(version_id, None)

    def _keep(self, bundle: Bundle) -> None:
        self._pinned[bundle.version_id] = (self._clock(), bundle)
        self._pinned.move_to_end(bundle.version_id)
        while len(self._pinned) > self._limit:
            self._pinned.popitem(last=False)

    def _forget_idle(self) -> None:
        too_old = self._clock() - self._idle_s
        while self._pinned and next(iter(self._pinned.values()))[0] < too_old:
            self._pinned.popitem(last=False)


def _newer(one: Bundle | None, other: Bundle) -> Bundle:
    """Versions only go forward: a read that was overtaken by another does not turn the clock back."""
    return one if one is not None and one.event_id == other.event_id and one.number > other.number else other


def _agree(head: ServedHead | None, bundle: Bundle | None) -> bool:
    if head is None or bundle is None:
        return head is bundle
    mine = (bundle.version_id, bundle.status, bundle.catalogue_revision)
    return mine == (head.version_id, head.status, head.catalogue_revision)
