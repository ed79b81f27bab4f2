"""Conversations that the product fails are counted, and a fresh version under which too many do is taken back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from backend import worker
from backend.core.context import Context
from backend.core.errors import Busy, InvalidInput, TooMany, Upstream
from backend.domains.discovery import service as discovery
from backend.domains.events.bundles import Bundles
from backend.flows import storefront
from backend.flows.loading import EventLoader
from tests.flows.conftest import SLUG, House

Owner = psycopg.Connection[dict[str, Any]]


class Broken(Exception):
    """Nothing that the product raises on purpose."""


def breaking(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(discovery, "prepare", fail)


def failed(owner: Owner) -> int:
    row = owner.execute("select count(failed_at) as n from public.sessions").fetchone()
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize("error", [Broken("a bug"), Upstream("core.unknown")])
async def test_a_failure_is_noted_once_and_raised_as_it_came(
    house: House, owner: Owner, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    buyer, _ = await house.start()
    with monkeypatch.context() as patch:
        breaking(patch, error)
        for _ in range(2):
            with pytest.raises(type(error)) as raised:
                await house.say(buyer, "under 45k")
            assert raised.value is error
    assert failed(owner) == 1
    await house.say(buyer, "under 45k")


@pytest.mark.parametrize(
    "error",
    [
        InvalidInput("core.too_large"),
        TooMany("core.too_many_requests"),
        Busy("core.try_again"),
        UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "no text"),
    ],
)
async def test_what_no_version_is_to_blame_for_is_no_failure(
    house: House, owner: Owner, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    buyer, _ = await house.start()
    breaking(monkeypatch, error)
    with pytest.raises(type(error)):
        await house.say(buyer, "under 45k")
    assert failed(owner) == 0


async def test_a_message_that_is_no_text_is_read_as_far_as_it_is(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    assert (await house.say(buyer, "under \ud83d 40k\0"))["reply"]
    assert failed(owner) == 0


async def test_a_failure_that_cannot_be_noted_does_not_hide_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(ctx: Context) -> None:
        raise ConnectionError("the database is away")

    buyer, _ = await house.start()
    breaking(monkeypatch, Broken("a bug"))
    monkeypatch.setattr(discovery, "note_failure", fail)
    with pytest.raises(Broken):
        await house.say(buyer, "under 45k")
    assert "could not be noted" in caplog.text


async def test_a_first_screen_that_fails_counts(
    house: House, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise Broken("a bug")

    monkeypatch.setattr(discovery, "present", fail)
    with pytest.raises(Broken):
        await storefront.start(house.runtime, slug=SLUG, key="k")
    assert failed(owner) == 1


@pytest.mark.parametrize(("failing", "is_taken_back"), [(3, True), (1, False)])
async def test_three_of_twenty_take_a_fresh_version_back_within_one_watch_and_one_does_not(
    house: House, owner: Owner, monkeypatch: pytest.MonkeyPatch, failing: int, is_taken_back: bool
) -> None:
    good = house.runtime.bundles.current(SLUG)
    bad = await house.publish(persona={"name": "Fresh"})
    buyers = [(await house.start())[0] for _ in range(20)]
    with monkeypatch.context() as patch:
        breaking(patch, Broken("a bug"))
        for buyer in buyers[:failing]:
            with pytest.raises(Broken):
                await house.say(buyer, "under 45k")
    alerts = await worker.watch(house.runtime.database, Bundles(EventLoader(house.runtime.database)))
    await house.runtime.bundles.refresh()
    now = house.runtime.bundles.current(SLUG)
    if not is_taken_back:
        assert (alerts, now.number) == ([], bad.number)
        return
    assert (now.number, now.sha256) == (bad.number + 1, good.sha256)
    assert [(a["from"], a["to"], a["failed"], a["begun"]) for a in alerts] == [(bad.number, 1, 3, 20)]
    fact = owner.execute("select facts from public.journal where kind = 'event.auto_rolled_back'").fetchall()
    assert len(fact) == 1
    told = owner.execute("select topic from realtime.messages where event = 'alert'").fetchall()
    assert [row["topic"] for row in told] == [f"organization:{good.organization_id}"]


async def test_the_system_is_entered_only_while_something_is_fresh(house: House, owner: Owner) -> None:
    served = Bundles(EventLoader(house.runtime.database))
    entered = "select count(*) as n from public.journal where kind = 'system.entered' and facts ->> 'reason' like 'take back%'"
    owner.execute("alter table public.event_versions disable trigger user")
    owner.execute("update public.event_versions set created_at = now() - interval '1 hour'")
    assert await worker.watch(house.runtime.database, served) == []
    assert owner.execute(entered).fetchone() == {"n": 0}
    owner.execute("alter table public.event_versions enable trigger user")
    await house.publish(persona={"name": "Fresh"})
    await worker.watch(house.runtime.database, served)
    assert owner.execute(entered).fetchone() == {"n": 1}


def test_the_worker_watches_often_enough_to_be_back_within_a_minute(house: House) -> None:
    jobs = worker.build_worker(house.runtime.settings, house.runtime.database)
    found = [
        one for one in jobs.periodic_registry.periodic_tasks.values() if "watch_versions" in one.task.name
    ]
    assert [one.cron for one in found] == ["*/10 * * * * *"]
