"""Turns that meet: the same message twice, two at once, and a process killed in the middle of one."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.core.errors import Conflict
from backend.core.settings import Settings
from backend.flows import storefront
from backend.flows.runtime import Runtime
from tests.flows import conftest as flows
from tests.flows.conftest import House
from tests.races.victim import runtime_on

Owner = psycopg.Connection[dict[str, Any]]
ROOT = Path(__file__).resolve().parents[2]
house, stocked, worlds = flows.house, flows.stocked, flows.worlds
WISH = "Model 3 under 40k, white or grey, no accidents"


@pytest.fixture
async def another(settings: Settings, tmp_path: Path) -> AsyncIterator[Runtime]:
    """A second process on the same database, as far as it goes."""
    runtime = runtime_on(
        settings.app_dsn.get_secret_value(), settings.system_dsn.get_secret_value(), str(tmp_path)
    )
    await runtime.database.open()
    yield runtime
    await runtime.database.close()


def turns(owner: Owner, session: Any) -> list[dict[str, Any]]:
    return owner.execute(
        "select number, message from public.turns where session_id = %s order by number", (session,)
    ).fetchall()


async def test_the_same_message_twice_at_once_is_one_turn(
    house: House, another: Runtime, owner: Owner
) -> None:
    await another.bundles.refresh()
    buyer, _ = await house.start()
    for number in range(5):
        answers = await asyncio.gather(
            *(
                storefront.say(runtime, buyer, message=WISH, key=f"k{number}")
                for runtime in (house.runtime, another)
            )
        )
        assert answers[0] == answers[1]
    assert [row["number"] for row in turns(owner, buyer.session_id)] == [1, 2, 3, 4, 5]


async def test_of_two_messages_at_once_none_is_lost_in_silence(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    for number in range(5):
        outcomes = await asyncio.gather(
            *(
                storefront.say(house.runtime, buyer, message=message, key=f"{message}{number}")
                for message in ("under 40k", "white")
            ),
            return_exceptions=True,
        )
        refused = [one for one in outcomes if isinstance(one, BaseException)]
        assert len(refused) <= 1
        assert all(isinstance(one, Conflict) and one.code == "discovery.turn_taken" for one in refused)
    rows = turns(owner, buyer.session_id)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))


async def test_a_killed_turn_leaves_nothing_and_goes_on_elsewhere(
    house: House,
    another: Runtime,
    settings: Settings,
    owner: Owner,
    tmp_path: Path,
) -> None:
    await another.bundles.refresh()
    buyer, _ = await house.start()
    twin, _ = await house.start()
    for who in (buyer, twin):
        await storefront.say(house.runtime, who, message="white, under 40k", key="first")
    order = {
        "app_dsn": settings.app_dsn.get_secret_value(),
        "system_dsn": settings.system_dsn.get_secret_value(),
        "home": str(tmp_path),
        "session": str(buyer.session_id),
        "event": str(buyer.event_id),
        "message": "hold the first one",
        "key": "second",
    }
    command = [sys.executable, "-m", "tests.races.turn_victim", json.dumps(order)]
    victim = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    assert await asyncio.wait_for(victim.wait(), 30) == -signal.SIGKILL
    assert [row["number"] for row in turns(owner, buyer.session_id)] == [1]
    row = owner.execute(
        "select count(*) as n from public.receipts where session_id = %s and verb = 'hold'",
        (buyer.session_id,),
    ).fetchone()
    assert row == {"n": 0}  # what it had prepared went with it
    after = await storefront.say(another, buyer, message="hold the first one", key="second")
    undisturbed = await storefront.say(another, twin, message="hold the first one", key="second")
    assert after["reply"] == undisturbed["reply"]
    assert [c["listing_id"] for c in after["confirmations"]] == [
        c["listing_id"] for c in undisturbed["confirmations"]
    ]
    assert [row["number"] for row in turns(owner, buyer.session_id)] == [1, 2]
