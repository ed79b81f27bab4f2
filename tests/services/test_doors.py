"""The two doors to Postgres: one round trip to begin, and what a lost connection costs."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import NotAllowed
from tests.factories import World

_OTHERS = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


async def test_connections_that_died_are_replaced_before_anything_is_done(
    database: Database, owner: psycopg.Connection[Any]
) -> None:
    for _ in range(3):
        async with database.as_actor(Actor.anonymous()) as ctx, database.as_system("a second one") as other:
            await ctx.conn.execute("select 1")
            await other.conn.execute("select 1")
        assert owner.execute(_OTHERS).fetchall()
        async with database.as_actor(Actor.anonymous()) as ctx:
            assert await ctx.conn.execute("select 1")
        async with database.as_system("after a restart") as ctx:
            assert await ctx.conn.execute("select 1")
        await database.ping()


async def test_an_error_takes_back_what_was_done_and_the_next_unit_is_somebody_else(
    database: Database, world: World, owner: psycopg.Connection[Any]
) -> None:
    with pytest.raises(RuntimeError):
        async with database.as_system("begins and fails") as ctx:
            await ctx.conn.execute("update public.organizations set name = 'changed'")
            raise RuntimeError
    assert not owner.execute("select from public.organizations where name = 'changed'").fetchall()
    async with database.as_actor(world.actor("viewer")) as ctx:
        row = await (await ctx.conn.execute("select current_user, auth.uid() as uid")).fetchone()
    assert row == {"current_user": "authenticated", "uid": world.users["viewer"]}
    async with database.as_actor(Actor.anonymous()) as ctx:
        row = await (await ctx.conn.execute("select current_user, auth.uid() as uid")).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await ctx.conn.execute("select * from private.verbs")
    assert row == {"current_user": "anon", "uid": None}


async def test_what_stands_in_a_claim_is_a_value_and_never_a_statement(
    database: Database, world: World
) -> None:
    name = "x'; drop table public.sessions; --\\' $$ %s {0} \n"
    actor = Actor.user(world.users["viewer"], name)
    async with database.as_actor(actor) as ctx:
        row = await (await ctx.conn.execute("select auth.jwt() as claims")).fetchone()
    assert row is not None
    assert row["claims"]["email"] == name
    async with database.as_system(name) as ctx:
        assert await ctx.conn.execute("select from public.sessions")


async def test_a_door_that_refuses_says_so_at_once(database: Database) -> None:
    with pytest.raises(NotAllowed):
        async with database.as_actor(Actor("buyer")) as ctx:
            await ctx.conn.execute("set local role postgres")
