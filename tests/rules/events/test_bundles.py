"""What a process serves: swapped at once, never backwards, true again after lost messages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from backend.core.errors import NotFound
from backend.domains.events.bundles import Bundles
from backend.domains.events.model import Bundle, EventStatus
from tests.fakes import FakeBroadcasts
from tests.rules.events.serving import Database, eventually, with_document


@pytest.fixture
def database() -> Database:
    return Database()


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
    assert bundles.current("sale") == second
    assert await bundles.version(first.version_id) is first  # an open conversation goes on with it
    assert await bundles.version(second.version_id) == second
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
    assert bundles.current("sale") == second


async def test_a_version_is_made_ready_before_it_is_in_force(database: Database) -> None:
    seen: list[tuple[int, int | None]] = []

    async def warm(bundle: Bundle) -> None:
        known = bundles.find_current("sale")
        seen.append((bundle.number, known.number if known else None))

    bundles = Bundles(database, warm=warm)
    for number in (1, 2):
        database.publish(number=number)
        await bundles.refresh()
    assert seen == [(1, None), (2, 1)]


async def test_one_that_cannot_be_made_ready_is_not_put_in_force(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {2}

    async def warm(bundle: Bundle) -> None:
        if bundle.number in broken:
            raise KeyError("persona")

    bundles = Bundles(database, warm=warm)
    first = database.publish()
    await bundles.refresh()
    second = database.publish(number=2)
    other = database.publish("boats", number=1)
    database.put(replace(second, status=EventStatus.PAUSED))
    for _ in range(3):
        await bundles.refresh()
    assert bundles.current("sale").version_id == first.version_id
    assert not bundles.current("sale").is_open  # what is not of the document holds at once
    assert bundles.current("boats") == other
    assert caplog.text.count("version 2 of sale is not put in force here") == 1
    broken.clear()
    await bundles.poll()
    assert bundles.current("sale").number == 2


@pytest.mark.parametrize("is_live_good", [True, False])
async def test_one_that_cannot_be_made_ready_is_obeyed_all_the_same(
    database: Database, is_live_good: bool
) -> None:
    async def warm(bundle: Bundle) -> None:
        if "broken" in bundle.document or (bundle.document.get("flags") and not is_live_good):
            raise KeyError("persona")

    bundles = Bundles(database, warm=warm)
    oldest = database.publish()
    await bundles.refresh()
    before = database.publish(number=2)
    await bundles.refresh()
    switched = {
        "safety": {"ai_off": True},
        "flags": {"sharing": False},
        "broken": {},
        "persona": {"name": "X"},
    }
    database.put(with_document(database.publish(number=3), **switched))
    await bundles.refresh()
    for bundle in (bundles.current("sale"), await bundles.version(oldest.version_id)):
        assert bundle.number < 3
        assert bundle.document["safety"] == {"ai_off": True}
        assert bundle.document.get("flags") == ({"sharing": False} if is_live_good else None)
        assert "persona" not in bundle.document
    database.put(with_document(database.publish(number=4), broken={}))
    await bundles.poll()
    assert bundles.current("sale").version_id == before.version_id
    assert "safety" not in bundles.current("sale").document


async def test_a_kill_switch_holds_where_no_version_could_be_made_ready(database: Database) -> None:
    async def warm(_: Bundle) -> None:
        raise KeyError("persona")

    old = database.publish()
    bundles = Bundles(database, warm=warm)
    await bundles.version(old.version_id)
    database.put(with_document(database.publish(number=2), safety={"ai_off": True}))
    await bundles.refresh()
    assert (await bundles.version(old.version_id)).document["safety"] == {"ai_off": True}


async def test_one_that_takes_for_ever_holds_nobody_up(database: Database) -> None:
    async def warm(bundle: Bundle) -> None:
        if (bundle.slug, bundle.number) == ("slow", 2):
            seen.append(bundles.current("slow").document["safety"]["ai_off"])
            await asyncio.Event().wait()

    seen: list[bool] = []
    bundles = Bundles(database, warm=warm, warm_s=0.05)
    for number in (1, 2):
        database.put(with_document(database.publish("slow", number=number), safety={"ai_off": number == 2}))
        database.publish("other", number=number)
        await asyncio.wait_for(bundles.refresh(), 2)
    assert seen == [True]  # the switch held before the rest was looked at
    assert bundles.current("slow").number == 1
    assert bundles.current("other").number == 2


async def test_waiting_for_a_version(database: Database) -> None:
    first = database.publish()
    bundles = Bundles(database)
    await bundles.refresh()
    assert await bundles.reached(first.event_id, 1)
    assert not await bundles.reached(first.event_id, 2, patience_s=0.01)
    waiting = asyncio.create_task(bundles.reached(first.event_id, 2))
    await asyncio.sleep(0.01)
    database.publish(number=2)
    await bundles.refresh(first.event_id)
    assert await asyncio.wait_for(waiting, 1)


async def test_catching_up_reads_only_what_differs(database: Database) -> None:
    events = [database.publish(f"event-{n}") for n in range(5)]
    bundles = Bundles(database)
    await bundles.refresh()
    assert database.reads == 1
    await bundles.refresh()
    assert database.reads == 1
    database.put(replace(events[2], flags_revision=1, organization_flags={"comparison": False}))
    await bundles.refresh()
    assert database.reads == 2
    assert bundles.current("event-2").organization_flags == {"comparison": False}


async def test_a_broadcast_is_served_at_once(database: Database) -> None:
    first = database.publish()
    broadcasts = FakeBroadcasts()
    bundles = Bundles(database)
    watch = asyncio.create_task(bundles.run(broadcasts, poll_s=60))
    await eventually(lambda: bundles.find_current("sale") is first)
    second = database.publish(number=2)
    await broadcasts.say("versions", "version_published", {"event_id": str(second.event_id)})
    await eventually(lambda: bundles.find_current("sale") == second)
    watch.cancel()


async def test_a_lost_message_is_caught_by_the_poll(database: Database) -> None:
    database.publish()
    bundles = Bundles(database)
    watch = asyncio.create_task(bundles.run(FakeBroadcasts(), poll_s=0.02))
    await eventually(lambda: bundles.find_current("sale") is not None)
    second = database.publish(number=2)  # nobody says so
    await eventually(lambda: bundles.find_current("sale") == second)
    paused = replace(second, status=EventStatus.PAUSED, catalogue_revision=3)
    database.in_force[second.event_id] = paused
    await eventually(lambda: bundles.find_current("sale") == paused)
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
