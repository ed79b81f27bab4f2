"""What a process serves: swapped at once, never backwards, true again after lost messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from backend.core.errors import NotFound
from backend.domains.events.bundles import Bundles
from backend.domains.events.model import Bundle, EventStatus, ServedHead
from tests.fakes import FakeBroadcasts


class Database:
    """A loader in memory. `delay` makes reads overlap; `down` makes them fail."""

    def __init__(self) -> None:
        self.in_force: dict[UUID, Bundle] = {}
        self.versions: dict[UUID, Bundle] = {}
        self.loads = 0
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
        self.in_force[bundle.event_id] = self.versions[bundle.version_id] = bundle
        return bundle

    async def served(self, event_id: UUID | None = None) -> Sequence[Bundle]:
        self._ask()
        found = [b for b in self.in_force.values() if event_id in (None, b.event_id)]
        await asyncio.sleep(self.delay)
        return found

    async def heads(self) -> Sequence[ServedHead]:
        self._ask()
        return [
            ServedHead(b.event_id, b.version_id, b.status, b.catalogue_revision)
            for b in self.in_force.values()
        ]

    async def pinned(self, version_id: UUID) -> Bundle | None:
        self._ask()
        self.loads += 1
        await asyncio.sleep(self.delay)
        return self.versions.get(version_id)

    def _ask(self) -> None:
        if self.down:
            raise ConnectionError("the database is away")


@pytest.fixture
def database() -> Database:
    return Database()


async def eventually(holds: object, within_s: float = 2.0) -> None:
    assert callable(holds)
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not become true"
        await asyncio.sleep(0.005)


async def test_an_unknown_event_is_not_found(database: Database) -> None:
    bundles = Bundles(database)
    assert bundles.find_current("sale") is None
    with pytest.raises(NotFound, match="not_found"):
        bundles.current("sale")
    with pytest.raises(NotFound, match="no_such_version"):
        await bundles.version(uuid4())


async def test_a_new_version_replaces_the_old_one_and_both_can_be_had(database: Database) -> None:
    first = database.publish()
    bundles = Bundles(database)
    await bundles.refresh()
    second = database.publish(number=2)
    await bundles.refresh(second.event_id)
    assert bundles.current("sale") is second
    assert await bundles.version(first.version_id) is first  # an open conversation goes on with it
    assert await bundles.version(second.version_id) is second
    assert database.loads == 0
    assert bundles.all() == [second]


async def test_refreshing_one_event_leaves_the_others(database: Database) -> None:
    car, boat = database.publish("cars"), database.publish("boats")
    bundles = Bundles(database)
    await bundles.refresh()
    del database.in_force[boat.event_id]  # closed
    await bundles.refresh(boat.event_id)
    assert bundles.all() == [car]
    assert bundles.find_current("boats") is None


async def test_a_version_that_was_overtaken_does_not_come_back(database: Database) -> None:
    first = database.publish()
    bundles = Bundles(database)
    second = database.publish(number=2)
    await bundles.refresh()
    database.in_force[first.event_id] = first  # a stale read
    await bundles.refresh()
    assert bundles.current("sale") is second


async def test_many_askers_cause_one_load(database: Database) -> None:
    old = database.publish()
    del database.in_force[old.event_id]
    database.delay = 0.02
    bundles = Bundles(database)
    found = await asyncio.gather(*(bundles.version(old.version_id) for _ in range(50)))
    assert set(map(id, found)) == {id(old)}
    assert database.loads == 1


async def test_a_failed_load_is_tried_again(database: Database) -> None:
    old = database.publish()
    bundles = Bundles(database)
    database.down = True
    with pytest.raises(ConnectionError):
        await bundles.version(old.version_id)
    database.down = False
    assert await bundles.version(old.version_id) is old


async def test_versions_nobody_uses_are_forgotten(database: Database) -> None:
    now = 0.0
    bundles = Bundles(database, pinned_limit=2, pinned_idle_s=60, clock=lambda: now)
    old = [database.publish(f"event-{n}") for n in range(3)]
    database.in_force.clear()
    for bundle in old:
        await bundles.version(bundle.version_id)
    assert database.loads == 3
    await bundles.version(old[0].version_id)  # pushed out by the limit
    assert database.loads == 4
    now = 61.0
    await bundles.poll()
    await bundles.version(old[0].version_id)  # forgotten by time
    assert database.loads == 5


async def test_a_broadcast_is_served_at_once(database: Database) -> None:
    first = database.publish()
    broadcasts = FakeBroadcasts()
    bundles = Bundles(database)
    watch = asyncio.create_task(bundles.run(broadcasts, poll_s=60))
    await eventually(lambda: bundles.find_current("sale") is first)
    second = database.publish(number=2)
    await broadcasts.say("versions", "version_published", {"event_id": str(second.event_id)})
    await eventually(lambda: bundles.find_current("sale") is second)
    watch.cancel()


async def test_a_lost_message_is_caught_by_the_poll(database: Database) -> None:
    database.publish()
    bundles = Bundles(database)
    watch = asyncio.create_task(bundles.run(FakeBroadcasts(), poll_s=0.02))
    await eventually(lambda: bundles.find_current("sale") is not None)
    second = database.publish(number=2)  # nobody says so
    await eventually(lambda: bundles.find_current("sale") is second)
    paused = replace(second, status=EventStatus.PAUSED, catalogue_revision=3)
    database.in_force[second.event_id] = paused
    await eventually(lambda: bundles.find_current("sale") is paused)
    assert not paused.is_open
    database.in_force.clear()
    await eventually(lambda: bundles.find_current("sale") is None)
    watch.cancel()


async def test_strange_messages_and_a_lost_database_do_not_stop_it(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.domains.events.bundles._RETRY_S", 0.01)
    broadcasts = FakeBroadcasts()
    bundles = Bundles(database)
    watch = asyncio.create_task(bundles.run(broadcasts, poll_s=0.02))
    await asyncio.sleep(0.03)
    for payload in ({}, {"event_id": "no uuid"}, {"event_id": 5}):
        await broadcasts.say("versions", "version_published", payload)
    await asyncio.sleep(0.03)
    database.down = True
    await eventually(lambda: "the database is away" in caplog.text)
    database.down = False
    bundle = database.publish()
    await eventually(lambda: bundles.find_current("sale") is bundle)
    watch.cancel()


async def test_serving_is_a_look_up(database: Database) -> None:
    """At most 5 µs, no I/O, no copy; the best of several runs."""
    bundle = database.publish()
    bundles = Bundles(database)
    await bundles.refresh()
    assert bundles.current("sale") is bundle
    times: list[float] = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(10_000):
            bundles.current("sale")
        times.append((time.perf_counter() - begun) / 10_000)
    assert min(times) < 5e-6
