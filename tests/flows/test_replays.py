"""The same version and the same inputs give the same bytes, whichever process answers."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from uuid import UUID

from backend.core.settings import PROJECT
from tests.flows.conftest import House

#: Ten messages so many times, in two processes: two hundred answers; with MPAX_REPLAYS=50 a thousand.
TIMES = int(os.environ.get("MPAX_REPLAYS", "10"))
MESSAGES = [
    "Model 3 under 40k, white or grey, no accidents",
    "something quick for weekends, ideally blue",
    "at most 30.000 Meilen, kein Rot",
    "une voiture avec plus de 250 miles d'autonomie",
    "algo barato y seguro para la familia",
    "under 5k",
    "which one has the best battery health?",
    "2022 or newer, all wheel drive, heat pump",
    "the cheapest white one",
    "hello",
]


async def answers_of_a_process(house: House, session: UUID, event: UUID, seed: str) -> dict[str, list[str]]:
    settings = house.runtime.settings
    order = {
        "app_dsn": settings.app_dsn.get_secret_value(),
        "system_dsn": settings.system_dsn.get_secret_value(),
        "home": str(settings.home),
        "session": str(session),
        "event": str(event),
        "messages": MESSAGES,
        "times": TIMES,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.flows.replayer",
        cwd=PROJECT,
        env=os.environ | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(order).encode())
    assert process.returncode == 0
    answers: dict[str, list[str]] = json.loads(out)
    return answers


async def test_answers_of_two_processes_are_the_same_bytes(house: House) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, "2021 or newer")
    assert buyer.session_id is not None
    assert buyer.event_id is not None
    one, other = await asyncio.gather(
        answers_of_a_process(house, buyer.session_id, buyer.event_id, "1"),
        answers_of_a_process(house, buyer.session_id, buyer.event_id, "20261121"),
    )
    assert {message: len(hashes) for message, hashes in one.items()} == dict.fromkeys(MESSAGES, 1)
    assert one == other
    assert len({hashes[0] for hashes in one.values()}) == len(MESSAGES)  # they are told apart
