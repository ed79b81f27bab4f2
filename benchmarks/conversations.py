"""Twenty thousand open conversations over five versions, while a new one is published every second.

One process serves all of them. Of each it looks up the document again and again: what is pinned must stay what it was,
a kill switch must reach every one. A few of them go the whole way, from their row to their screen.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psutil

from backend.core.context import Actor
from backend.domains.events import service as events
from backend.domains.events.model import Document, EventVersion, Source
from backend.domains.events.overlay import effective
from backend.flows import storefront
from backend.flows.runtime import Runtime
from backend.kit.canonical_json import canonical
from backend.main import build_ports
from benchmarks.ground import Ground, event_document
from benchmarks.measure import Findings, Goal

SLUG = "bench-conversations"
_VERSIONS = 5
_SAMPLE = 5  # conversations that go the whole way after each publish
_SLICE = 2000  # conversations looked after before others get a turn
_PACE_S = 1.0
_SESSIONS = """
insert into public.sessions (event_id, organization_id, version_id)
select e.id, e.organization_id, %(version)s from public.events e, generate_series(1::int, %(count)s)
where e.slug = %(slug)s returning id
"""


@dataclass(slots=True)
class _Seen:
    """What was looked at, and what was not as it should be."""

    look_ups_us: list[float] = field(default_factory=list[float])
    pinned_changed: int = 0
    publish_ms: list[float] = field(default_factory=list[float])
    reached_ms: list[float] = field(default_factory=list[float])
    screens: int = 0
    memory_mb: list[float] = field(default_factory=list[float])


@dataclass(slots=True)
class _Crowd:
    """Conversation → version, and of each version the document as it was published."""

    runtime: Runtime
    event_id: UUID
    version_of: dict[UUID, UUID]
    published: dict[UUID, Document]
    known: dict[UUID, tuple[Document, bool]] = field(default_factory=dict[UUID, tuple[Document, bool]])

    def keeps(self, version_id: UUID, document: Document) -> bool:
        """Whether nothing but live and kill paths differs from what was published. Asked once per document."""
        known = self.known.get(version_id)
        if known is None or known[0] is not document:
            own = self.published[version_id]
            known = (document, canonical(effective(document, own)) == canonical(own))
            self.known[version_id] = known
        return known[1]


async def run(ground: Ground) -> Findings:
    found = Findings("conversations")
    settings = ground.settings
    if not ground.realtime:
        settings = settings.model_copy(update={"poll_seconds": 0.05})
        found.notes.append("Gateway and Realtime do not run here: the process asks every 50 ms instead.")
    runtime = Runtime(settings, build_ports(settings))
    first = await ground.publish(SLUG)
    await runtime.open()
    try:
        crowd = await _gather(ground, runtime, first)
        seen = _Seen()
        await _minute(ground, crowd, seen)
        _report(ground, found, crowd, seen)
    finally:
        await runtime.close()
    return found


async def _gather(ground: Ground, runtime: Runtime, first: EventVersion) -> _Crowd:
    crowd = _Crowd(runtime, first.event_id, {}, {})
    for number in range(_VERSIONS):
        version = await ground.publish(SLUG, persona={"name": f"Guide {number}"})
        crowd.published[version.id] = version.document
        count = ground.sizes.conversations // _VERSIONS
        with ground.owner() as owner:
            rows = owner.execute(_SESSIONS, {"version": version.id, "count": count, "slug": SLUG}).fetchall()
        crowd.version_of |= {row[0]: version.id for row in rows}
    await runtime.bundles.refresh()
    return crowd


async def _minute(ground: Ground, crowd: _Crowd, seen: _Seen) -> None:
    """Publishes at a steady pace; each one turns the kill switch over, and moves a pinned and a live value."""
    looking = asyncio.create_task(_look_again_and_again(crowd, seen))
    process, half = psutil.Process(), ground.sizes.seconds // 2
    try:
        for at in range(ground.sizes.seconds):
            began = time.perf_counter()
            version = await _publish(ground, at, seen)
            await _all_obey(crowd, version)
            seen.reached_ms.append((time.perf_counter() - began) * 1e3)
            await _some_screens(crowd, version, seen)
            if at in (half // 2, half, ground.sizes.seconds - 1):
                seen.memory_mb.append(process.memory_info().rss / 2**20)
            await asyncio.sleep(max(0.0, _PACE_S - (time.perf_counter() - began)))
    finally:
        looking.cancel()
    assert not looking.done() or looking.cancelled(), looking.exception()


async def _publish(ground: Ground, at: int, seen: _Seen) -> EventVersion:
    safety, conversion = {"ai_off": at % 2 == 0}, {"hold_minutes": 10 + at}
    text = event_document(SLUG, persona={"name": f"Fresh {at}"}, safety=safety, conversion=conversion)
    began = time.perf_counter()
    async with ground.database.as_system("publish for a benchmark") as ctx:
        version = await events.publish(ctx, source=Source(text), library=events.shipped_templates())
    seen.publish_ms.append((time.perf_counter() - began) * 1e3)
    return version


async def _all_obey(crowd: _Crowd, version: EventVersion) -> None:
    """Goes through all conversations until each has the kill switch and the live value as they were published."""
    expected = _reaching(version.document)
    waiting = list(crowd.version_of.values())
    while waiting:
        waiting = [
            version_id
            for version_id in waiting
            if _reaching((await crowd.runtime.bundles.version(version_id)).document) != expected
        ]
        await asyncio.sleep(0.001 if waiting else 0)


def _reaching(document: Document) -> tuple[bool, float]:
    return document["safety"]["ai_off"], document["conversion"]["hold_minutes"]


async def _look_again_and_again(crowd: _Crowd, seen: _Seen) -> None:
    versions = list(crowd.version_of.values())
    while True:
        for at in range(0, len(versions), _SLICE):
            part = versions[at : at + _SLICE]
            began = time.perf_counter()
            bundles = [await crowd.runtime.bundles.version(version_id) for version_id in part]
            seen.look_ups_us.append((time.perf_counter() - began) * 1e6 / len(part))
            seen.pinned_changed += sum(
                not crowd.keeps(version_id, bundle.document)
                for version_id, bundle in zip(part, bundles, strict=True)
            )
            await asyncio.sleep(0.002)


async def _some_screens(crowd: _Crowd, version: EventVersion, seen: _Seen) -> None:
    for session_id in random.sample(list(crowd.version_of), _SAMPLE):
        screen = await storefront.resume(crowd.runtime, Actor.buyer(session_id, crowd.event_id))
        event: dict[str, Any] = screen["event"]
        own = crowd.published[crowd.version_of[session_id]]
        live = (event["ai_off"], event["conversion"]["hold_minutes"])
        assert live == _reaching(version.document), live
        seen.pinned_changed += event["persona"] != own["persona"]
        seen.screens += 1


def _report(ground: Ground, found: Findings, crowd: _Crowd, seen: _Seen) -> None:
    count = len(crowd.version_of)
    found.add(
        f"publish → kill switch obeyed by all of {count} conversations",
        seen.reached_ms,
        floor=("the publish alone", seen.publish_ms),
        goal=Goal("p95", "<=", 1000),
        note=f"{ground.sizes.seconds} publishes, one a second; {seen.screens} whole screens looked at beside",
    )
    found.add(
        "find the document of a conversation meanwhile", seen.look_ups_us, "µs", goal=Goal("p50", "<=", 5)
    )
    found.add(
        "conversations whose pinned paths changed", [seen.pinned_changed], "", goal=Goal("p95", "<=", 0)
    )
    found.add(
        "memory of the process at the end",
        seen.memory_mb[-1:],
        "MB",
        floor=("after a quarter of the time", seen.memory_mb[:1]),
        goal=Goal("ratio", "<=", 1.1),
        note=f"{len(crowd.runtime.bundles.kept())} superseded versions kept beside the one in force",
    )
