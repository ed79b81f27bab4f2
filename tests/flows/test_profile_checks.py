"""What is wrong with a profile before it is saved; decisions by the hour, alerts; requests in the inbox and who may end them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from backend.core.errors import NotFound
from backend.domains.events import service as events
from backend.domains.policy import watching
from backend.domains.transactions import inbox
from backend.flows import guarding
from backend.flows.inbox import end_request
from backend.flows.profile_checks import check_profile
from tests.factories import World
from tests.flows.conftest import SLUG, House

PROFILE: dict[str, Any] = {
    "key": "partners",
    "priority": 300,
    "match": {"utm": {"source": ["partner"]}},
    "tool_policy": {"allowed": ["compare_listings"], "confirm": [], "idempotent": []},
}
STANDING = ("drop_guests", "everybody")


async def wrong(house: House, world: World, **change: Any) -> dict[str, bool]:
    found = await check_profile(
        house.runtime, world.actor("admin"), slug=SLUG, profile=PROFILE | change, standing=STANDING
    )
    return {one["path"]: one["blocks"] for one in found}


async def test_a_sound_profile_has_nothing_wrong_and_a_spoiled_one_says_where(
    house: House, world: World
) -> None:
    assert await wrong(house, world) == {}
    match = {"utm": {"source": [""]}, "qualifiers": [{"question": "No key!", "answers": ["x"]}]}
    assert await wrong(house, world, match=match, priority=5000) == {
        "/match/utm/source/0": True,
        "/match/qualifiers/0/question": True,
        "/priority": True,
    }
    assert await wrong(house, world, key="everybody", priority=-1) == {"/priority": True}


async def test_what_a_profile_makes_wrong_is_told_and_what_was_wrong_before_is_not(
    house: House, world: World
) -> None:
    assert await wrong(house, world, priority=100, match={}) == {
        "/priority": False
    }  # the same rank as another
    with pytest.raises(NotFound):
        await check_profile(
            house.runtime, world.actor("stranger"), slug=SLUG, profile=PROFILE, standing=STANDING
        )


async def test_decisions_are_counted_by_the_hour_and_alerts_are_for_members(
    house: House, world: World, owner: psycopg.Connection[dict[str, object]]
) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, "hold the first one")
    async with house.runtime.database.as_actor(world.actor("viewer")) as ctx:
        event = await events.get_event(ctx, slug=SLUG)
        hours = await watching.decisions_by_hour(ctx, event_id=event.id)
    assert len(hours) == 24
    assert hours[-1].at - hours[0].at == timedelta(hours=23)
    assert sum(h.allow for h in hours[-2:]) >= 1
    owner.execute(
        "insert into public.alerts (organization_id, event_id, kind, window_at, facts, created_at) "
        "select organization_id, id, 'blocked_spike', now() - n * interval '1 hour', '{}', now() - n * interval '1 hour' "
        "from public.events, generate_series(0, 30, 15) n where id = %s",
        (event.id,),
    )
    seen: dict[str, int] = {}
    for who in ("viewer", "stranger"):
        async with house.runtime.database.as_actor(world.actor(who)) as ctx:
            found = await watching.list_alerts(ctx, event_id=event.id, within=timedelta(hours=24))
            seen[who] = len(found)
    assert seen == {"viewer": 2, "stranger": 0}


async def test_a_request_waits_in_the_inbox_until_somebody_ends_it(house: House, world: World) -> None:
    buyer, _ = await house.start()
    prepared = await guarding.prepare(
        house.runtime, buyer, verb="hand_off", arguments={"listing_id": None, "details": {}}
    )
    made = await guarding.make_request(
        house.runtime, buyer, kind="hand_off", listing_id=None, details={}, key="k", confirmation=prepared.confirmation
    )  # fmt: skip
    may = {}
    for who in ("admin", "operator", "viewer"):
        async with house.runtime.database.as_actor(world.actor(who)) as ctx:
            listed = await inbox.list_inbox(ctx, is_open=True)
            assert len(listed) == await inbox.count_open(ctx)
        (waiting,) = (one for one in listed if one.id == made.id)
        may[who] = waiting.may_end
        assert (waiting.slug, waiting.kind, waiting.listing) == (SLUG, "hand_off", None)
    assert may == {"admin": True, "operator": True, "viewer": False}
    for who in ("viewer", "stranger"):
        with pytest.raises(NotFound):
            await end_request(
                house.runtime, world.actor(who), key=str(uuid4()), request_id=made.id, status="done"
            )
    ended = await end_request(
        house.runtime, world.actor("operator"), key="e", request_id=made.id, status="done"
    )
    again = await end_request(
        house.runtime, world.actor("operator"), key="e", request_id=made.id, status="done"
    )
    assert ended == again == {"request_id": str(made.id), "status": "done"}
    async with house.runtime.database.as_actor(world.actor("operator")) as ctx:
        assert made.id not in {one.id for one in await inbox.list_inbox(ctx, is_open=True)}
        over = {one.id: one.status for one in await inbox.list_inbox(ctx, is_open=False)}
    assert over[made.id] == "done"
