"""Event documents: how long a publish waits for the compiler, and what a request pays to find its version.

Also what it costs to lay live and kill paths over an older version: once per version and publish, not per request.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from uuid import UUID

import yaml

from backend.core.settings import PROJECT
from backend.domains.events import service as events
from backend.domains.events.bundles import Bundles
from backend.domains.events.model import Bundle, Compilation, ServedHead, Source
from backend.domains.events.overlay import effective
from benchmarks.ground import Ground
from benchmarks.measure import Findings, Goal, interleaved, timed_async

_EVENT = PROJECT / "seeds" / "tesla_q1_2026" / "event.yaml"
_BASE = PROJECT / "seeds" / "platform_defaults.yaml"
_REPEAT = 1000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader:
    """Serves what it was given."""

    def __init__(self, bundles: list[Bundle], pinned: Bundle) -> None:
        self._bundles, self._pinned = bundles, pinned

    async def served(self, event_id: UUID | None = None) -> list[Bundle]:
        return self._bundles

    async def heads(self) -> list[ServedHead]:
        return []

    async def pinned(self, version_id: UUID) -> Bundle | None:
        return self._pinned

    async def in_use(self, version_ids: Sequence[UUID]) -> set[UUID]:
        return set(version_ids)


async def run(ground: Ground) -> Findings:
    found = Findings("documents")
    _compiling(ground, found)
    await _looking_up(ground, found)
    return found


def _compiling(ground: Ground, found: Findings) -> None:
    texts = [_EVENT.read_text("utf-8"), _BASE.read_text("utf-8")]
    library, fresh = events.shipped_templates(), count()

    def parse() -> None:
        for text in texts:
            yaml.compose(text, Loader=_LOADER)

    def check() -> Compilation:  # a new text each time: what was compiled before must not help
        return events.check(Source(f"{texts[0]}\n# {next(fresh)}\n", "event.yaml"), library)

    compilation = check()
    assert compilation.compiled is not None, compilation.problems
    seen = interleaved(max(3, ground.sizes.rounds // 4), compile=check, parse=parse)
    size = len(compilation.compiled.canonical)
    found.add(
        "compile and validate the shipped event",
        seen["compile"],
        floor=("parse its two YAML files, in C", seen["parse"]),
        goal=Goal("p95", "<=", 15),
        note=f"{size} bytes of canonical JSON",
    )


async def _looking_up(ground: Ground, found: Findings) -> None:
    old = await ground.publish("bench-documents")
    new = await ground.publish("bench-documents", conversion={"hold_minutes": 17})
    async with ground.database.as_system("read versions for a benchmark") as ctx:
        served = await events.list_served(ctx, event_id=new.event_id)
        pinned = await events.find_pinned(ctx, version_id=old.id)
    assert pinned is not None
    bundles = Bundles(_Loader(served, pinned))
    await bundles.refresh()
    slug, plain = served[0].slug, {served[0].slug: served[0]}

    def look_up() -> None:
        for _ in range(_REPEAT):
            bundles.current(slug)

    async def look_up_pinned() -> None:
        for _ in range(_REPEAT):
            await bundles.version(old.id)

    def dictionary() -> None:
        for _ in range(_REPEAT):
            plain[slug]

    def lay_over() -> None:
        effective(pinned.document, served[0].document)

    seen = interleaved(ground.sizes.rounds, current=look_up, dictionary=dictionary, lay=lay_over)
    await look_up_pinned()  # lays it over
    older = [await timed_async(look_up_pinned) for _ in range(ground.sizes.rounds)]
    # a thousand look-ups take as many milliseconds as one takes microseconds
    floor = ("a dictionary look-up", seen["dictionary"])
    goal = Goal("p95", "<=", 5)
    found.add("find the version in force", seen["current"], "µs", floor=floor, goal=goal)
    found.add("find a version that a conversation keeps", older, "µs", floor=floor, goal=goal)
    found.add("lay live and kill paths over an older version", seen["lay"])
