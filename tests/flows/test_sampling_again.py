"""A sample that was stopped and is wanted again before its reader has let go of it."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.flows.sampling import SampleReader


async def test_who_asks_again_while_a_stopped_read_ends_is_served_right_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, file_id = SampleReader(cast(Database, None)), uuid4()
    began: list[UUID] = []
    let_go = asyncio.Event()

    async def read(door: Any, wanted: UUID) -> None:
        began.append(wanted)
        await let_go.wait()

    monkeypatch.setattr(reader, "_read_once", read)
    for _ in range(3):
        reader.start(Actor.anonymous(), file_id)
        await asyncio.sleep(0)
    let_go.set()
    await reader.join()
    assert began == [file_id, file_id]
