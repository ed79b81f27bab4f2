"""Publish: how soon fifty listeners have heard of a new version, and how soon four processes serve it.

The way is the product's own: compile, insert, commit, Postgres, Realtime, socket, and for serving one read of the
version and all that makes it ready. The floor is a bare notification to as many connections of as many processes,
between publishes. At last every connection to Realtime is cut again and again, and what got lost is counted.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from backend.core.settings import PROJECT
from backend.domains.events import service as events
from backend.domains.events.model import Source
from benchmarks.cutting import Cutter, cutter_before
from benchmarks.ground import Ground, event_document
from benchmarks.listening import CHANNEL, SLUG
from benchmarks.measure import Findings, Goal

_HEARERS = 5
_SERVERS = 4
_PAUSE_S = 0.06
_PATIENCE_S = 60
_CUT_S = 0.3


@dataclass(slots=True)
class _Record:
    """When each publish and each bare notification began, and when whom it reached. Nanoseconds of one clock."""

    began: dict[tuple[str, int], int] = field(default_factory=dict)
    arrived: dict[tuple[str, int], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    took_ms: list[float] = field(default_factory=list)

    def delays(self, kind: str, cause: str, *, or_later: bool = False) -> list[float]:
        """Milliseconds of every arrival; of the first one of that version `or_later`."""
        listeners = {who for (told, _), moments in self.arrived.items() if told == kind for who in moments}
        found: list[float] = []
        for (caused, number), began in self.began.items():
            if caused != cause:
                continue
            for who in listeners:
                ats = [
                    moments[who]
                    for (told, seen), moments in self.arrived.items()
                    if told == kind and (seen == number or (or_later and seen > number)) and who in moments
                ]
                found += [(min(ats) - began) / 1e6] if ats else []
        return found

    def last(self, kinds: set[str], count: int, cause: str = "publish") -> list[float]:
        """Milliseconds until all `count` had it, of each that reached all."""
        found: list[float] = []
        for (caused, number), began in self.began.items():
            ats = [at for kind in kinds for at in self.arrived.get((kind, number), {}).values()]
            if caused == cause and len(ats) == count:
                found.append((max(ats) - began) / 1e6)
        return found


async def run(ground: Ground) -> Findings:
    found = Findings("publish")
    await ground.publish(SLUG)
    if not ground.realtime:
        record = _Record()
        for number in range(ground.sizes.publishes):
            await _publish(ground, event_document(SLUG, name=f"Alone {number}"), record)
        found.add("publish: compile, insert, commit", record.took_ms)
        found.notes.append("Who hears of it was not measured: gateway and Realtime do not run here.")
        return found
    each = max(1, ground.sizes.listeners // _HEARERS)
    await _heard(ground, found, each)
    await _served(ground, found, each)
    await _through_cuts(ground, found)
    return found


async def _heard(ground: Ground, found: Findings, each: int) -> None:
    record = await _round(ground, [("hear", each)] * _HEARERS, "heard")
    own, floor = record.delays("heard", "publish"), record.delays("notified", "notify")
    count = each * _HEARERS
    found.add(
        f"publish → heard by {count} Realtime listeners",
        own,
        floor=(f"pg_notify → {count} connections", floor),
        goal=Goal("p95", "<=", 10),
        note=f"{len(own)} of {count * ground.sizes.publishes} arrived",
    )
    found.add("… of it the publish itself: compile, insert, commit", record.took_ms)


async def _served(ground: Ground, found: Findings, each: int) -> None:
    count = each * _HEARERS + _SERVERS
    record = await _round(ground, [("serve", 1)] * _SERVERS + [("hear", each)] * _HEARERS, "served")
    floor = record.delays("notified", "notify")
    own, last = record.delays("served", "publish"), record.last({"served", "heard"}, count)
    found.add(
        f"publish → served by {_SERVERS} processes, {count - _SERVERS} listeners beside them",
        own,
        floor=(f"pg_notify → {count} connections", floor),
        goal=Goal("p95", "<=", 30),
        note=f"{len(own)} of {_SERVERS * ground.sizes.publishes} arrived",
    )
    found.add(
        f"publish → the last of all {count} has it",
        last,
        floor=("pg_notify → the last of them", record.last({"notified"}, count, "notify")),
        goal=Goal("p95", "<=", 30),
        note=f"{len(last)} of {ground.sizes.publishes} reached all",
    )


async def _through_cuts(ground: Ground, found: Findings) -> None:
    """Whoever was cut off finds out by itself: by the answer to its next subscription, or by the poll."""
    async with cutter_before(ground.settings.supabase_url) as (cutter, url):
        record = _Record()
        async with _listening(ground, [("serve", 1)] * _SERVERS, record, MPAX_SUPABASE_URL=url):
            cutting = asyncio.create_task(_cut_again_and_again(cutter))
            for at in range(ground.sizes.publishes):
                await _publish(ground, event_document(SLUG, name=f"Through cuts {at}"), record)
                await asyncio.sleep(_CUT_S)
            cutting.cancel()
            await asyncio.sleep(ground.settings.poll_seconds + 2)
    expected = _SERVERS * ground.sizes.publishes
    delays = record.delays("served", "publish", or_later=True)
    found.add(
        f"publish → served by {_SERVERS} processes whose sockets are cut every {_CUT_S * 1.3:.1f} s",
        delays,
        note=f"{cutter.cuts} times all sockets were cut; a version counts as served with a later one too",
    )
    found.add("… publishes that a process never got", [expected - len(delays)], "", goal=Goal("p95", "<=", 0))


async def _cut_again_and_again(cutter: Cutter) -> None:
    while True:
        await asyncio.sleep(_CUT_S * 1.3)  # not in step with the publishes
        cutter.cut()


async def _round(ground: Ground, roles: Sequence[tuple[str, int]], word: str) -> _Record:
    """Notifies and publishes in turn while the processes listen."""
    record, count = _Record(), sum(times for _, times in roles)
    texts = [event_document(SLUG, name=f"{word} {number}") for number in range(ground.sizes.publishes + 1)]
    async with _listening(ground, roles, record):
        await _publish(ground, texts[-1], _Record())  # warm
        await asyncio.sleep(_PAUSE_S)
        with ground.owner() as owner:
            for at, text in enumerate(texts[:-1]):
                record.began["notify", at] = time.monotonic_ns()
                owner.execute("select pg_notify(%s, %s)", (CHANNEL, str(at)))
                await _arrived(record, at, {"notified"}, count)
                number = await _publish(ground, text, record)
                await _arrived(record, number, {"heard", "served"}, count)
    return record


async def _arrived(record: _Record, number: int, kinds: set[str], count: int) -> None:
    """Until all have it, and a pause: what one publish sets going must not slow the next one down."""
    for _ in range(100):
        await asyncio.sleep(0.01)
        if sum(len(record.arrived[kind, number]) for kind in kinds) >= count:
            break
    await asyncio.sleep(_PAUSE_S)


async def _publish(ground: Ground, text: str, record: _Record) -> int:
    began = time.monotonic_ns()
    async with ground.database.as_system("publish for a benchmark") as ctx:
        version = await events.publish(ctx, source=Source(text), library=events.shipped_templates())
    record.took_ms.append((time.monotonic_ns() - began) / 1e6)
    record.began["publish", version.number] = began
    assert version.is_new
    return version.number


@asynccontextmanager
async def _listening(
    ground: Ground, roles: Sequence[tuple[str, int]], record: _Record, **env: str
) -> AsyncIterator[None]:
    """Runs the processes, waits until all listen, writes down what they tell."""
    processes = [await _start(ground, role, count, env) for role, count in roles]
    ready = [asyncio.Event() for _ in processes]
    readers = [
        asyncio.create_task(_read(process, record, flag))
        for process, flag in zip(processes, ready, strict=True)
    ]
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.gather(*(flag.wait() for flag in ready))
        yield
    finally:
        for process in processes:
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*(process.wait() for process in processes), *readers)


async def _start(ground: Ground, role: str, count: int, env: dict[str, str]) -> Process:
    command = [sys.executable, "-m", "benchmarks.listening", role, str(count)]
    return await asyncio.create_subprocess_exec(*command, cwd=PROJECT, env=ground.env() | env, stdout=PIPE)


async def _read(process: Process, record: _Record, ready: asyncio.Event) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        told = json.loads(line)
        if told == "ready":
            ready.set()
        else:
            kind, number, listener, at = told
            record.arrived[kind, number].setdefault(listener, at)
