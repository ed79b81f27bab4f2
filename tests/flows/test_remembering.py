"""Wishes in a memory beside Postgres: told after turns, asked at the beginning of a visit, let go of, and never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest

from backend.adapters.zep_memory import ZepMemory
from backend.core.errors import Busy
from backend.core.ports import Memory, Recalled
from backend.domains.policy.model import SessionFacts
from backend.flows import remembering, storefront
from backend.flows.remembering import PATIENCE_S
from tests.adapters.zep_server import Zep, zep_server
from tests.fakes import KeptInMind
from tests.flows.conftest import SLUG, House

WISH = "Model 3 under 40k, white"
AGREED = SessionFacts(consent=frozenset({storefront.MEMORY_NEEDS}))
VISITOR = "a-secret-of-the-browser"


class Silent(KeptInMind):
    """Answers nothing for a long time."""

    async def recall(self, subject: str) -> Mapping[str, Recalled]:
        await asyncio.sleep(30)
        return {}


class Broken(KeptInMind):
    async def remember(
        self, subject: str, facts: Mapping[str, Any], ttl_days: int, *, as_of: datetime
    ) -> None:
        raise Busy("core.memory_unreachable")

    async def recall(self, subject: str) -> Mapping[str, Recalled]:
        raise Busy("core.memory_unreachable")

    async def forget(self, subject: str) -> None:
        raise Busy("core.memory_unreachable")


@pytest.fixture
def zep() -> Iterator[Zep]:
    with zep_server() as there:
        yield there


async def ready(house: House, memory: Memory) -> None:
    object.__setattr__(house.runtime.ports, "memory", memory)
    await house.publish(agent={"memory": {"across_visits": True}})


async def visit(house: House, visitor: str = VISITOR, facts: SessionFacts = AGREED) -> dict[str, Any]:
    return await storefront.start(house.runtime, slug=SLUG, key=str(uuid4()), facts=facts, visitor=visitor)


async def said(house: House, started: dict[str, Any], message: str = WISH) -> None:
    await house.say(house.runtime.buyer(started["session_token"]), message)
    await house.runtime.work.join()


def own(started: dict[str, Any]) -> set[str]:
    return {chip["text"] for chip in started["ui"]["chips"] if not chip.get("default")}


async def test_what_a_memory_was_told_begins_the_next_visit(house: House, owner: Any) -> None:
    memory = KeptInMind()
    await ready(house, memory)
    await said(house, await visit(house))
    (subject,) = memory.kept
    assert VISITOR not in subject
    owner.execute("update public.buyer_memories set wishes = '{}'")
    assert {"White", "Up to $40,000"} <= own(await visit(house))
    assert not own(await visit(house, "somebody-else-with-a-secret"))
    assert not own(await visit(house, VISITOR, SessionFacts()))


async def test_nobody_is_told_of_who_did_not_agree(house: House) -> None:
    memory = KeptInMind()
    await ready(house, memory)
    await said(house, await visit(house, VISITOR, SessionFacts()))
    assert not memory.kept


@pytest.mark.parametrize("memory", [Silent(), Broken()], ids=["silent", "broken"])
async def test_without_its_answer_what_postgres_keeps_counts(house: House, memory: Memory) -> None:
    await ready(house, memory)
    await said(house, await visit(house))
    began = monotonic()
    again = await visit(house)
    assert monotonic() - began < PATIENCE_S + 1
    assert {"White", "Up to $40,000"} <= own(again)


@pytest.mark.parametrize("told", [7, [], {"filters": 3}, {"filters": [{"field": 1}]}, "under 40k"])
async def test_what_is_no_wish_is_not_taken_up(house: House, told: Any) -> None:
    memory = KeptInMind()
    await ready(house, memory)
    await said(house, await visit(house))
    (subject,) = memory.kept
    await memory.remember(subject, {"wishes": told}, 180, as_of=datetime.now(UTC) + timedelta(1))
    assert {"White", "Up to $40,000"} <= own(await visit(house))


async def test_what_a_memory_was_not_told_in_time_counts_all_the_same(house: House) -> None:
    memory = KeptInMind()
    await ready(house, memory)
    started = await visit(house)
    await said(house, started)
    object.__setattr__(house.runtime.ports, "memory", Broken())
    await said(house, started, "blue instead of white")
    object.__setattr__(house.runtime.ports, "memory", memory)
    assert {"Blue", "Up to $40,000"} <= own(await visit(house))


async def test_of_two_conversations_what_was_said_last_counts(house: House, owner: Any) -> None:
    """Also where the older one is looked at again, or its turn is written down late."""
    await house.publish(agent={"memory": {"across_visits": True}})
    old, new = await visit(house), await visit(house)
    await said(house, old)
    await said(house, new, "blue under 35k")
    assert await storefront.remember(
        house.runtime, house.runtime.buyer(old["session_token"]), visitor=VISITOR
    )
    assert {"Blue", "Up to $35,000"} <= own(await visit(house))
    owner.execute(
        "update public.buyer_memories set updated_at = updated_at - interval '1 hour', wishes = "
        "(select state from public.sessions where id = %s)", (old["session_id"],),
    )  # fmt: skip
    assert {"Blue", "Up to $35,000"} <= own(await visit(house))


async def test_looking_makes_no_wish_newer(house: House, owner: Any) -> None:
    memory = KeptInMind()
    await ready(house, memory)
    await said(house, await visit(house))
    said_at = "select updated_at from public.buyer_memories where wishes <> '{}'"
    before = owner.execute(said_at).fetchall()
    await visit(house)
    assert owner.execute(said_at).fetchall() == before
    (facts,) = memory.kept.values()
    assert [{"updated_at": one.as_of} for _, one in facts.values()] == before


async def test_what_is_over_gives_way_and_is_not_told(house: House, owner: Any) -> None:
    await house.publish(agent={"memory": {"across_visits": True}})
    started = await visit(house)
    await said(house, started)
    owner.execute(
        "update public.buyer_memories set expires_at = now() - interval '1 second', updated_at = now() + interval '1 day'"
    )
    assert not own(await visit(house))
    await said(house, started, "blue instead of white")
    assert {"Blue", "Up to $40,000"} <= own(await visit(house))


async def test_forgetting_reaches_the_memory_first(house: House) -> None:
    memory = KeptInMind()
    await ready(house, memory)
    started = await visit(house)
    await said(house, started)
    buyer = house.runtime.buyer(started["session_token"])
    object.__setattr__(house.runtime.ports, "memory", Broken())
    with pytest.raises(Busy):
        await storefront.forget(house.runtime, buyer)
    object.__setattr__(house.runtime.ports, "memory", memory)
    await storefront.forget(house.runtime, buyer)
    assert not memory.kept
    await said(house, started, "under 30k miles")
    assert not memory.kept
    assert not own(await visit(house))


async def test_zep_remembers_through_its_own_library(
    house: House, zep: Zep, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = ZepMemory("z_key", base_url=zep.url, timeout_s=10.0)
    await ready(house, memory)
    monkeypatch.setattr(remembering, "PATIENCE_S", 5.0)  # a busy machine is no slow provider
    started = await visit(house)
    await said(house, started)
    owner.execute("update public.buyer_memories set wishes = '{}'")
    assert {"White", "Up to $40,000"} <= own(await visit(house))
    monkeypatch.setattr(remembering, "PATIENCE_S", PATIENCE_S)
    zep.troubles.append(3.0)
    began = monotonic()
    assert not own(await visit(house)), "Postgres has none any more"
    assert monotonic() - began < PATIENCE_S + 1.5
    zep.troubles.clear()
    await storefront.forget(house.runtime, house.runtime.buyer(started["session_token"]))
    assert not zep.users
    await memory.close()
