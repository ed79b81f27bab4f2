"""Event documents: how long a publish waits for the compiler, and what a request pays to find its version."""

from __future__ import annotations

from itertools import count
from uuid import UUID

import yaml

from backend.core.settings import PROJECT
from backend.domains.events import service as events
from backend.domains.events.bundles import Bundles
from backend.domains.events.model import Bundle, Compilation, ServedHead, Source
from benchmarks.ground import Ground
from benchmarks.measure import Findings, Goal, interleaved

_EVENT = PROJECT / "seeds" / "tesla_q1_2026" / "event.yaml"
_BASE = PROJECT / "seeds" / "platform_defaults.yaml"
_REPEAT = 1000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader:
    """Serves what it was given."""

    def __init__(self, bundles: list[Bundle]) -> None:
        self._bundles = bundles

    async def served(self, event_id: UUID | None = None) -> list[Bundle]:
        return self._bundles

    async def heads(self) -> list[ServedHead]:
        return []

    async def pinned(self, version_id: UUID) -> Bundle | None:
        return None


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
        note=f"{size} bytes of canonical JSON",
    )


async def _looking_up(ground: Ground, found: Findings) -> None:
    version = await ground.publish("bench-documents")
    async with ground.database.as_system("read versions for a benchmark") as ctx:
        served = await events.list_served(ctx, event_id=version.event_id)
    bundles = Bundles(_Loader(served))
    await bundles.refresh()
    slug, plain = served[0].slug, {served[0].slug: served[0]}

    def look_up() -> None:
        for _ in range(_REPEAT):
            bundles.current(slug)

    def dictionary() -> None:
        for _ in range(_REPEAT):
            plain[slug]

    seen = interleaved(ground.sizes.rounds, current=look_up, dictionary=dictionary)
    # a thousand look-ups take as many milliseconds as one takes microseconds
    floor = ("a dictionary look-up", seen["dictionary"])
    found.add("find the version in force", seen["current"], "µs", floor=floor, goal=Goal("p95", "<=", 5))
