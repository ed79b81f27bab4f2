"""One yes, many hands: exactly one of them uses it. The twin shows the race is there without the locks."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import psycopg

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError
from backend.domains.policy import keeping
from backend.domains.transactions import service as transactions
from backend.flows import auditing
from tests.factories import World, confirmed

HANDS = 30
DETAILS = {"when": "Friday"}


async def book(database: Database, actor: Actor, listing: int, yes: UUID, key: str) -> str:
    try:
        async with database.as_actor(actor) as ctx:
            made = await transactions.make_request(
                ctx, kind="book", listing_id=listing, details=DETAILS, key=key, confirmation=yes
            )
    except AppError as error:
        return error.code
    return made.status


async def use_at_once(database: Database, world: World) -> list[str]:
    buyer, unit = world.actor("other_buyer"), world.listings[1]
    async with database.as_actor(buyer) as ctx:
        yes = await confirmed(ctx, "book", listing_id=unit, details=DETAILS)
    return await asyncio.gather(*(book(database, buyer, unit, yes, f"k{n}") for n in range(HANDS)))


async def test_one_of_many_uses_the_yes(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    for _ in range(3):
        answers = await use_at_once(database, world)
        assert sorted(answers) == ["open"] + ["policy.confirmation_used"] * (HANDS - 1)
        owner.execute("delete from public.buyer_requests where kind = 'book'")
    row = owner.execute("select count(*) n from private.confirmations where used_at is not null").fetchone()
    assert row == {"n": 3}


async def test_the_same_request_at_once_is_one_request(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    buyer, unit = world.actor("other_buyer"), world.listings[1]
    async with database.as_actor(buyer) as ctx:
        yes = await confirmed(ctx, "book", listing_id=unit, details=DETAILS)
    answers = await asyncio.gather(*(book(database, buyer, unit, yes, "same") for _ in range(HANDS)))
    assert set(answers) == {"open"}
    row = owner.execute("select count(*) n from public.buyer_requests where kind = 'book'").fetchone()
    assert row == {"n": 1}


async def test_the_same_without_locks_uses_one_yes_twice(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    """The twin: read, then write. Were this to pass with one winner, the tests above would prove nothing."""
    owner.execute(
        """
        create or replace function private.lock_session() returns public.sessions
        language sql security definer set search_path = '' as
        $$ select s from public.sessions s where s.id = private.session_id() $$;
        create or replace function private.use_confirmation(
          own public.sessions, p_confirmation uuid, p_verb text, p_inputs_sha256 text, p_terms jsonb
        ) returns void
        language plpgsql security definer set search_path = '' as $$
        begin
          if exists (select from private.confirmations c where c.id = p_confirmation and c.used_at is not null) then
            perform private.fail(409, 'policy.confirmation_used');
          end if;
          perform pg_sleep(0.3);
          update private.confirmations set used_at = clock_timestamp() where id = p_confirmation;
        end $$;
        create or replace function private.append_receipts(p_session uuid, p_entries jsonb) returns int
        language sql as $$ select 0 $$;
        """
    )
    assert (await use_at_once(database, world)).count("open") > 1


async def test_receipts_written_at_once_are_one_chain(database: Database, world: World) -> None:
    entry = {
        "verb": "search",
        "origin": "guide",
        "verdict": "allow",
        "reasons": [],
        "inputs_sha256": "0" * 64,
    }

    async def write(actor: Actor) -> int:
        async with database.as_actor(actor) as ctx:
            return await keeping.note_decisions(ctx, entries=[entry, entry])

    numbers = await asyncio.gather(
        *(write(world.actor(who)) for _ in range(HANDS) for who in ("buyer", "other_buyer"))
    )
    assert sorted(numbers) == sorted(2 * [1 + 2 * n for n in range(1, HANDS + 1)])
    assert (await auditing.verify(database)).broken == []
