"""Facts stay; a repeated request is answered, not repeated."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from backend.core.db import Database
from backend.core.errors import Conflict
from backend.domains.journal import service as journal
from tests.factories import World


async def test_the_same_key_does_the_work_once_even_at_once(database: Database, world: World) -> None:
    done = 0

    async def request() -> dict[str, Any]:
        async def work() -> dict[str, Any]:
            nonlocal done
            done += 1
            await asyncio.sleep(0.02)
            return {"answer": done}

        async with database.as_actor(world.actor("operator")) as ctx:
            return await journal.once(ctx, operation="test", key="k", request={"a": 1}, work=work)

    answers = await asyncio.gather(*(request() for _ in range(8)))
    assert done == 1
    assert answers == [{"answer": 1}] * 8


async def test_a_key_cannot_serve_two_requests(database: Database, world: World) -> None:
    async def work() -> dict[str, Any]:
        return {}

    async with database.as_actor(world.actor("operator")) as ctx:
        await journal.once(ctx, operation="test", key="k", request={"a": 1}, work=work)
    with pytest.raises(Conflict) as refused:
        async with database.as_actor(world.actor("operator")) as ctx:
            await journal.once(ctx, operation="test", key="k", request={"a": 2}, work=work)
    assert refused.value.code == "core.key_reused"


async def test_keys_of_two_people_never_meet(database: Database, world: World) -> None:
    for persona in ("operator", "other_admin"):

        async def work(name: str = persona) -> dict[str, Any]:
            return {"who": name}

        async with database.as_actor(world.actor(persona)) as ctx:
            assert await journal.once(ctx, operation="test", key="k", request={}, work=work) == {
                "who": persona
            }


async def test_failed_work_leaves_no_answer(database: Database, world: World) -> None:
    async def fails() -> dict[str, Any]:
        raise ValueError

    async def works() -> dict[str, Any]:
        return {"ok": True}

    with pytest.raises(ValueError):
        async with database.as_actor(world.actor("operator")) as ctx:
            await journal.once(ctx, operation="test", key="k", request={}, work=fails)
    async with database.as_actor(world.actor("operator")) as ctx:
        assert await journal.once(ctx, operation="test", key="k", request={}, work=works) == {"ok": True}


async def test_the_system_door_leaves_a_fact(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    async with database.as_system("a test of the door"):
        pass
    row = owner.execute(
        "select facts, actor_kind from public.journal where kind = 'system.entered'"
    ).fetchone()
    assert row == {"facts": {"reason": "a test of the door"}, "actor_kind": "system"}


async def test_facts_name_their_actor(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    for persona, kind in (("operator", "user"), ("buyer", "buyer"), ("anon", "anonymous")):
        async with database.as_actor(world.actor(persona)) as ctx:
            await journal.record(ctx, kind="test.done", facts={"persona": persona})
        row = owner.execute(
            "select actor_kind from public.journal where facts ->> 'persona' = %s", (persona,)
        ).fetchone()
        assert row is not None
        assert row["actor_kind"] == kind
