"""A crowd: many open conversations, each with a turn now and then, over HTTP against one process, and against two.

The pace is open: when a turn is due it is sent, however slow the ones before were, and its time counts from when it was
due. So a process that falls behind shows it. Each conversation goes on: limits of earlier turns stay.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from backend.local.layout import HOST
from benchmarks.corpus import questions
from benchmarks.ground import Ground
from benchmarks.measure import Findings, Goal
from benchmarks.stock import stock_of
from benchmarks.web import Web, run_web

_EVERY_S: Final = 30.0  # one turn of one conversation
_BEGUN_AT_ONCE: Final = 8
_CONNECTIONS: Final = 32
_PROCESSES: Final = (1, 2)
_FOLLOWING: Final = (
    "No red ones.",
    "Actually, 2024 or newer.",
    "Which one is the cheapest?",
    "White would be nice.",
)


@dataclass(slots=True)
class _Seen:
    """What came of the turns. Unit: ms."""

    turns: list[float] = field(default_factory=list[float])
    floor: list[float] = field(default_factory=list[float])
    late: list[float] = field(default_factory=list[float])
    failed: list[str] = field(default_factory=list[str])


async def run(ground: Ground) -> Findings:
    found = Findings("crowd")
    stock = await stock_of(ground, min(ground.sizes.listings))
    for processes in _PROCESSES:
        with run_web(ground, stock.slug, processes=processes) as web:
            if web is None:
                found.skipped = "the application does not start here yet"
                return found
            seen = await _drive(ground, web, stock.slug)
            memory = web.memory_mb()
        served_by = "one process" if processes == 1 else f"{processes} processes"
        _report(ground, found, seen, f"{stock.listings:,} listings, {served_by}", memory)
    return found


def _report(ground: Ground, found: Findings, seen: _Seen, where: str, memory: int) -> None:
    found.add(
        f"{ground.sizes.crowd:,} conversations, a turn each {_EVERY_S:g} s, {where}: a turn from when it was due",
        seen.turns,
        floor=("the health check on the same connections", seen.floor),
        goal=Goal("p95", "<=", 200),
        note=f"{len(seen.turns)} turns answered in {ground.sizes.crowd_seconds} s",
    )
    found.add("… of it: how late the client itself was", seen.late)
    found.add("… turns that failed", [float(len(seen.failed))], unit="", goal=Goal("p95", "<=", 0))
    found.notes += [f"Failed: {problem}" for problem in dict.fromkeys(seen.failed[:3])]
    found.notes.append(f"Memory of a process that answered them, at the end: {memory} MB.")


async def _drive(ground: Ground, web: Web, slug: str) -> _Seen:
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    base = f"http://{HOST}:{web.port}"
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=30) as client:
        open_ones = await _begin_all(client, slug, ground.sizes.crowd)
        return await _pace(client, open_ones, ground.sizes.crowd_seconds)


async def _begin_all(client: httpx.AsyncClient, slug: str, count: int) -> list[tuple[str, str]]:
    """Shape: session and token of each conversation."""
    at_once = asyncio.Semaphore(_BEGUN_AT_ONCE)

    async def one() -> tuple[str, str]:
        async with at_once:
            answer = await client.post("/api/v1/discovery/start", json={"event_id": slug})
            body: dict[str, Any] = answer.raise_for_status().json()
            return body["session_id"], body["session_token"]

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def _pace(client: httpx.AsyncClient, open_ones: list[tuple[str, str]], seconds: int) -> _Seen:
    """Each conversation begins at a moment of its own within the first interval, and keeps its pace."""
    seen, chance = _Seen(), random.Random(5)
    clock = asyncio.get_running_loop().time
    began = clock() + 0.2
    texts = [question.text for question in questions(len(open_ones) // 3 + 1, seed=31)]

    async def converse(at: int) -> None:
        due, turn = began + chance.random() * _EVERY_S, 0
        while due < began + seconds:
            await asyncio.sleep(max(0.0, due - clock()))
            text = texts[at % len(texts)] if turn == 0 else _FOLLOWING[(at + turn) % len(_FOLLOWING)]
            await _turn(client, seen, open_ones[at], text, due)
            due, turn = due + _EVERY_S, turn + 1

    await asyncio.gather(*(converse(at) for at in range(len(open_ones))))
    return seen


async def _turn(
    client: httpx.AsyncClient, seen: _Seen, session: tuple[str, str], text: str, due: float
) -> None:
    clock = asyncio.get_running_loop().time
    seen.late.append(max(0.0, clock() - due) * 1e3)
    try:
        answer = await client.post(
            "/api/v1/discovery/message",
            json={"session_id": session[0], "message": text},
            headers={"Authorization": f"Bearer {session[1]}"},
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        seen.failed.append(f"{type(error).__name__}: {error}"[:200])
        return
    seen.turns.append((clock() - due) * 1e3)
    if len(seen.turns) % 10 == 1:
        began = clock()
        await client.get("/api/health")
        seen.floor.append((clock() - began) * 1e3)
