"""The versions a process serves: a dictionary, kept true by broadcasts and a slow poll. Reading does no I/O.

A broadcast says that something changed; what is in force is always read from the database, so that messages
may be lost, doubled or out of order. Knows no database itself: a loader is given to it.

A conversation keeps the version it began with and gets it with the live and kill paths of the one in force. A version
is made ready before it is put in force here; one that cannot be is not, and the version before it goes on: with the
kill paths of the newest at once, and with its live paths if it can be made ready with them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from uuid import UUID

from backend.core.errors import NotFound
from backend.domains.events.model import Bundle, ServedHead
from backend.domains.events.overlay import effective, shared, with_kills

log = logging.getLogger(__name__)

TOPIC: Final = "versions"
_RETRY_S: Final = 0.5

#: Makes a version ready for its first request. Raises whatever that request would have met.
Warm = Callable[[Bundle], Awaitable[None]]


class Loader(Protocol):
    """Where versions come from."""

    async def served(self, event_id: UUID | None = None) -> Sequence[Bundle]:
        """Versions in force of one event, or of all."""
        ...

    async def heads(self) -> Sequence[ServedHead]: ...

    async def pinned(self, version_id: UUID) -> Bundle | None: ...

    async def in_use(self, version_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these versions that open conversations have."""
        ...


class Listener(Protocol):
    """The part of the port `Broadcasts` that is needed here."""

    def listen(self, topic: str) -> AsyncIterator[dict[str, Any]]: ...


@dataclass(slots=True)
class _Superseded:
    """A version as it was published, and when it was last known to be in use."""

    bundle: Bundle
    used_at: float


class Bundles:
    """What this process serves. One per process; not shared between event loops.

    `kept_s` is how long a superseded version stays after its last open conversation, looked after every `check_s`;
    making a version ready may take `warm_s`, so that one that hangs holds nobody up for long.
    """

    def __init__(
        self,
        loader: Loader,
        *,
        warm: Warm | None = None,
        warm_s: float = 10.0,
        pinned_limit: int = 256,
        kept_s: float = 300.0,
        check_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loader = loader
        self._warm = warm
        self._warm_s = warm_s
        self._limit = pinned_limit
        self._kept_s = kept_s
        self._check_s = check_s
        self._clock = clock
        self._checked_at = clock()
        self._by_slug: dict[str, Bundle] = {}
        self._newest: dict[UUID, Bundle] = {}  # by event; also of one that is over, while conversations go on
        self._serving: dict[UUID, Bundle] = {}  # by version, as its conversations get it
        self._superseded: dict[UUID, _Superseded] = {}
        self._loading: dict[UUID, asyncio.Task[Bundle | None]] = {}
        self._cold: dict[UUID, Bundle] = {}  # by event: the newest that could not be made ready
        self._reading = asyncio.Lock()
        self._swapped = asyncio.Event()

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

    def kept(self) -> Sequence[Bundle]:
        """Superseded versions in memory, as they were published."""
        return [one.bundle for one in self._superseded.values()]

    async def version(self, version_id: UUID) -> Bundle:
        """One version, in force or pinned by a conversation, with the live and kill paths of the one in force.

        A dictionary look-up; loaded at first need, laid over once per newer version.
        Raises: NotFound `events.no_such_version`.
        """
        if (bundle := self._serving.get(version_id)) is not None:
            return bundle
        if version_id not in self._superseded:
            loaded = await self._load_once(version_id)
            if loaded is None:
                raise NotFound("events.no_such_version", version_id=str(version_id))
            if version_id in self._serving:  # put in force while it was read
                return self._serving[version_id]
            self._keep(loaded)
        bundle = self._superseded[version_id].bundle
        self._serving[version_id] = laid = self._laid(bundle)
        return laid

    def _laid(self, bundle: Bundle) -> Bundle:
        """A superseded version as its conversations get it."""
        newest, cold = self._newest.get(bundle.event_id), self._cold.get(bundle.event_id)
        if newest is None and cold is not None:
            return _stopped(bundle, cold)
        return _as_served(bundle, newest)

    async def reached(self, event_id: UUID, number: int, *, patience_s: float = 10.0) -> bool:
        """Waits until this process serves that version of an event, or a later one. False when it took too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while (bundle := self._newest.get(event_id)) is None or bundle.number < number:
                    await self._swapped.wait()
                return True
        return False

    async def refresh(self, event_id: UUID | None = None) -> None:
        """Reads what is in force, of one event or wherever it differs from what is served, and swaps it in when ready."""
        if event_id is None and self._by_slug:
            await self._catch_up()
        else:
            await self._read(event_id)

    async def poll(self) -> None:
        """What a lost message would leave behind is caught up with; what nobody uses any more is let go."""
        await self._catch_up()
        if self._clock() - self._checked_at >= self._check_s:
            await self._forget_unused()

    async def run(self, broadcasts: Listener, *, poll_s: float = 5.0) -> None:
        """Keeps what is served true until cancelled. Whatever fails is logged and tried again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again_and_again(lambda: self._listen(broadcasts), _RETRY_S))
            tasks.create_task(self._again_and_again(self.poll, poll_s))

    async def _read(self, event_id: UUID | None) -> None:
        async with self._reading:
            found = await self._loader.served(event_id)
            for one in found:
                self._obey(one)
            ready = [bundle for one in found if (bundle := await self._ready(one)) is not None]
            others = (b for b in self._by_slug.values() if event_id is not None and b.event_id != event_id)
            self._swap({bundle.slug: bundle for bundle in (*others, *ready)})

    def _obey(self, newest: Bundle) -> None:
        """Kill switches hold before anything else of a version is looked at."""
        before = self._newest.get(newest.event_id)
        if before is None or before.number >= newest.number or self._by_slug.get(before.slug) is not before:
            return
        document = with_kills(before.document, newest.document)
        if document is not before.document:
            self._swap({**self._by_slug, before.slug: replace(before, document=document)})

    async def _catch_up(self) -> None:
        """Compares what is served with what is in force, cheaply, and reads again only where they differ."""
        heads = {head.event_id: head for head in await self._loader.heads()}
        known = {bundle.event_id: bundle for bundle in self._by_slug.values()}
        for event_id in heads.keys() | known.keys():
            if not _agree(heads.get(event_id), known.get(event_id)):
                await self._read(event_id)

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

    async def _ready(self, bundle: Bundle) -> Bundle | None:
        """What may be put in force: the bundle made ready; else the one before it, as far as it obeys this one."""
        before = self._newest.get(bundle.event_id)
        if before is not None and before.number > bundle.number:
            return before  # this read was overtaken by another; versions only go forward
        if before is not None:
            bundle = replace(bundle, document=shared(bundle.document, before.document))
        if bundle == before:
            return before
        failure = await self._failure(bundle)
        if failure is None:
            self._cold.pop(bundle.event_id, None)
            return bundle
        known = self._cold.get(bundle.event_id)
        if known is None or known.version_id != bundle.version_id:
            log.error(
                "version %s of %s is not put in force here", bundle.number, bundle.slug, exc_info=failure
            )
        self._cold[bundle.event_id] = bundle
        if before is not None:
            return await self._gone_on(before, bundle, is_slow=isinstance(failure, TimeoutError))
        self._serving = {v: b for v, b in self._serving.items() if b.event_id != bundle.event_id}
        return None

    async def _failure(self, bundle: Bundle) -> Exception | None:
        """What keeps a version from being made ready: whatever it is, the first request would have met it."""
        try:
            async with asyncio.timeout(self._warm_s):
                if self._warm is not None:
                    await self._warm(bundle)
        except Exception as error:  # noqa: BLE001 - it is told by the caller
            return error
        return None

    async def _gone_on(self, before: Bundle, newest: Bundle, *, is_slow: bool) -> Bundle:
        """What goes on in place of one that is not ready: it obeys its kill switches whatever else is wrong with it."""
        laid = _as_served(before, newest)
        if laid.document is before.document or (not is_slow and await self._failure(laid) is None):
            return laid
        return _stopped(before, newest)

    def _swap(self, served: dict[str, Bundle]) -> None:
        superseded = self._by_slug
        changed = {b.event_id for slug, b in served.items() if superseded.get(slug) is not b}
        self._by_slug = served
        in_force = {bundle.version_id: bundle for bundle in served.values()}
        for bundle in superseded.values():
            if bundle.version_id not in in_force:
                self._keep(bundle)  # open conversations go on with it
        for version_id in in_force:
            self._superseded.pop(version_id, None)
        self._newest |= {bundle.event_id: bundle for bundle in served.values()}
        still = {
            v: b for v, b in self._serving.items() if v in self._superseded and b.event_id not in changed
        }
        self._serving = still | in_force
        self._swapped.set()
        self._swapped = asyncio.Event()

    def _keep(self, bundle: Bundle) -> None:
        self._superseded.pop(bundle.version_id, None)
        self._superseded[bundle.version_id] = _Superseded(bundle, self._clock())
        while len(self._superseded) > self._limit:
            self._forget(next(iter(self._superseded)))

    async def _forget_unused(self) -> None:
        """Asks which versions open conversations have, and lets go of those that had none for long enough."""
        self._checked_at = now = self._clock()
        used = await self._loader.in_use(list(self._superseded)) if self._superseded else set[UUID]()
        for version_id in used & self._superseded.keys():
            self._superseded[version_id] = _Superseded(self._superseded.pop(version_id).bundle, now)
        for version_id in [v for v, one in self._superseded.items() if now - one.used_at >= self._kept_s]:
            self._forget(version_id)
        alive = {b.event_id for b in (*self._by_slug.values(), *self.kept())}
        self._newest = {event_id: b for event_id, b in self._newest.items() if event_id in alive}

    def _forget(self, version_id: UUID) -> None:
        del self._superseded[version_id]
        self._serving.pop(version_id, None)


def _as_served(pinned: Bundle, newest: Bundle | None) -> Bundle:
    """The bundle as its conversations get it: itself where the newest changes nothing for them."""
    if newest is None:
        return pinned
    laid = _at_this_time(pinned, newest)
    document = effective(pinned.document, newest.document)
    return laid if document is pinned.document else replace(laid, document=document)


def _stopped(bundle: Bundle, newest: Bundle) -> Bundle:
    """The bundle with the kill paths of the newest, and nothing else of its document."""
    laid = _at_this_time(bundle, newest)
    document = with_kills(bundle.document, newest.document)
    return laid if document is bundle.document else replace(laid, document=document)


def _at_this_time(bundle: Bundle, newest: Bundle) -> Bundle:
    """With what is not of a version but of the moment: status, inventory, flags of the organization."""
    now = (newest.status, newest.catalogue_revision, newest.flags_revision, newest.organization_flags)
    if now == (bundle.status, bundle.catalogue_revision, bundle.flags_revision, bundle.organization_flags):
        return bundle
    return replace(
        bundle, status=now[0], catalogue_revision=now[1], flags_revision=now[2], organization_flags=now[3]
    )


def _agree(head: ServedHead | None, bundle: Bundle | None) -> bool:
    if head is None or bundle is None:
        return head is bundle
    mine = (bundle.version_id, bundle.status, bundle.catalogue_revision, bundle.flags_revision)
    return mine == (head.version_id, head.status, head.catalogue_revision, head.flags_revision)
