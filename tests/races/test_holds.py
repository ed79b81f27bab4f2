"""Two hundred buyers, one unit. Real commits on many connections; the twin shows the race is there without the lock."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError, Conflict
from backend.domains.transactions import service as transactions
from tests.factories import DOCUMENT, World, add_version, confirmed, give_policy, insert

BUYERS = 200


def open_sessions(owner: psycopg.Connection[Any], world: World, count: int) -> list[UUID]:
    scope = {"event_id": world.event, "organization_id": world.seller, "version_id": world.version}
    with owner.transaction():
        made = [insert(owner, "public.sessions", id=uuid4(), **scope)["id"] for _ in range(count)]
        give_policy(owner, *made)
    return made


async def reserve(database: Database, world: World, session: UUID, listing: int, key: str = "k") -> str:
    try:
        async with database.as_actor(Actor.buyer(session, world.event)) as ctx:
            token = await confirmed(ctx, "hold", listing_id=listing)
        async with database.as_actor(Actor.buyer(session, world.event)) as ctx:
            await transactions.place_hold(ctx, listing_id=listing, key=key, confirmation=token)
        return "won"
    except AppError as error:
        return error.code


async def test_one_of_two_hundred_wins(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    unit = world.listings[1]
    sessions = open_sessions(owner, world, BUYERS)
    answers = await asyncio.gather(*(reserve(database, world, session, unit) for session in sessions))
    assert sorted(answers) == ["transactions.already_held"] * (BUYERS - 1) + ["won"]
    row = owner.execute(
        "select count(*) n from public.holds where listing_id = %s and status = 'active'", (unit,)
    ).fetchone()
    assert row is not None
    assert row["n"] == 1


async def test_the_same_race_without_lock_and_constraint_oversells(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    """The twin: read, then write. Were this to pass with one winner, the test above would prove nothing."""
    owner.execute("drop index public.holds_one_per_unit")
    owner.execute(
        """
        create function private.racy_hold(p_listing bigint, p_key text) returns void
        language plpgsql security definer set search_path = '' as $$
        begin
          if exists (select from public.holds h where h.listing_id = p_listing and h.status = 'active') then
            perform private.fail(409, 'transactions.already_held');
          end if;
          perform pg_sleep(0.3);  -- longer than it takes a pool to connect
          insert into public.holds (listing_id, event_id, organization_id, session_id, version_id, expires_at, idempotency_key)
          select p_listing, s.event_id, s.organization_id, s.id, s.version_id, now() + interval '1 hour', p_key
          from public.sessions s where s.id = private.session_id();
        end $$
        """
    )
    owner.execute("grant execute on function private.racy_hold to anon")

    async def racy(session: UUID) -> bool:
        try:
            async with database.as_actor(Actor.buyer(session, world.event)) as ctx:
                await ctx.conn.execute("select private.racy_hold(%s, 'k')", (world.listings[1],))
            return True
        except Conflict:
            return False

    wins = await asyncio.gather(*(racy(session) for session in open_sessions(owner, world, 20)))
    assert sum(wins) > 1


async def test_the_same_request_twice_at_once_is_one_hold(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    answers = await asyncio.gather(
        *(reserve(database, world, world.other_session, world.listings[1], "same") for _ in range(20))
    )
    assert set(answers) == {"won"}
    row = owner.execute(
        "select count(*) n from public.holds where session_id = %s", (world.other_session,)
    ).fetchone()
    assert row is not None
    assert row["n"] == 1


async def test_a_buyer_cannot_race_past_the_quota(
    database: Database, owner: psycopg.Connection[Any], make: Any
) -> None:
    world = make(listings=12)
    answers = await asyncio.gather(
        *(reserve(database, world, world.other_session, unit, f"k{unit}") for unit in world.listings[1:])
    )
    assert answers.count("won") == 2
    assert set(answers) == {"won", "transactions.hold_limit"}


async def test_an_expired_hold_can_be_taken_over_unswept(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    unit = world.listings[0]
    owner.execute(
        "update public.holds set placed_at = now() - interval '2 hours', expires_at = now() - interval '1 hour' where id = %s",
        (world.hold,),
    )
    owner.execute(
        "update public.listing_units set held_until = now() - interval '1 hour' where listing_id = %s",
        (unit,),
    )
    sessions = open_sessions(owner, world, 50)
    answers = await asyncio.gather(*(reserve(database, world, session, unit) for session in sessions))
    assert answers.count("won") == 1
    row = owner.execute("select status from public.holds where id = %s", (world.hold,)).fetchone()
    assert row is not None
    assert row["status"] == "expired"


async def test_sweep_and_take_over_meet_without_double_hold(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    unit = world.listings[0]
    owner.execute(
        "update public.holds set placed_at = now() - interval '2 hours', expires_at = now() - interval '1 hour' where id = %s",
        (world.hold,),
    )
    owner.execute(
        "update public.listing_units set held_until = now() - interval '1 hour' where listing_id = %s",
        (unit,),
    )

    async def sweep() -> str:
        async with database.as_actor(Actor.anonymous()) as ctx:
            await transactions.sweep(ctx)
        return "swept"

    sessions = open_sessions(owner, world, 20)
    answers = await asyncio.gather(
        *(w for s in sessions for w in (sweep(), reserve(database, world, s, unit)))
    )
    assert answers.count("won") == 1


@pytest.mark.parametrize("event_status", ["paused", "closed"])
async def test_no_hold_on_an_event_that_is_not_live(
    database: Database, owner: psycopg.Connection[Any], world: World, event_status: str
) -> None:
    owner.execute("update public.events set status = %s where id = %s", (event_status, world.event))
    assert await reserve(database, world, world.other_session, world.listings[1]) == f"events.{event_status}"


async def test_a_unit_of_another_event_is_not_there(database: Database, world: World) -> None:
    stranger = Actor.buyer(uuid4(), world.event)
    with pytest.raises(AppError) as refused:
        async with database.as_actor(stranger) as ctx:
            await transactions.place_hold(ctx, listing_id=world.listings[1], key="k")
    assert refused.value.code == "discovery.no_such_session"
    assert await reserve(database, world, world.other_session, 987654321) == "catalogue.no_such_listing"


async def test_making_an_event_waits_for_no_import_and_holds_up_no_search(
    database: Database, dsn: str, owner: psycopg.Connection[Any], world: World
) -> None:
    """An import writes into the scanned partitions for minutes; meanwhile events are made, searched and published."""
    with psycopg.connect(dsn) as importing:
        importing.execute("lock table private.listing_scan in row exclusive mode")  # as an insert does
        importing.execute("select 1 from public.events where id = %s for key share", (world.event,))
        owner.execute("set lock_timeout = '2s'")
        insert(owner, "public.events", organization_id=world.seller, slug="meanwhile", name="Meanwhile")
        owner.execute("select 1 from private.listing_scan limit 1")
        add_version(owner, world, {**DOCUMENT, "note": "meanwhile"}, number=2)
