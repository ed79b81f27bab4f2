"""Runs benchmarks one after another on one ground. Which there are is said here."""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from benchmarks import report
from benchmarks.ground import Ground, server_facts
from benchmarks.measure import Findings

log = logging.getLogger(__name__)

#: Name → what it answers. Each is a module of this package with `async def run(ground) -> Findings`.
BENCHMARKS: Final = {
    "documents": "how long the compiler takes, and finding a version",
    "holds": "holds per second by a bare update and commit; winners of a race",
    "publish": "from publish to heard by 50 listeners, and to served by 4 processes, also through cut connections",
    "drafts": "saves and publishes at once over many events, and whether any is lost",
    "conversations": "open conversations on kept versions while others are published, and kill switches",
    "search": "the ranked search by brute force in numpy, and how exact it is",
    "recall": "how much of the true best 24 is found, at every selectivity and beside other tenants",
    "turns": "one message of a buyer, by the search it needs and by brute force",
    "buyers": "how often a hidden listing is found within three messages by somebody who answers what is asked",
    "crowd": "two thousand open conversations, a turn each half minute, over HTTP",
    "policy": "what a turn pays for its policy, and replaying a proposal over the log",
    "imports": "rows per second by COPY of the same rows",
    "blueprint": "how often proposals for columns are right, against how sure they are",
    "memory": "memory of each process of a stack",
}
#: What each needs of the stack besides Postgres.
SERVICES: Final = {
    "publish": {"gateway", "realtime"},
    "conversations": {"gateway", "realtime"},
    "turns": {"gateway", "realtime"},
    "crowd": {"gateway", "realtime"},
    "memory": {"gateway", "realtime", "functions", "worker"},
}


async def run_all(
    ground: Ground,
    names: Sequence[str],
    *,
    sizes: str,
    remark: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Shape: see `report.to_json`. One that fails says so and does not keep the others from running."""
    began = datetime.now(UTC)
    findings: list[Findings] = []
    for name in names:
        tell(f"{name}: {BENCHMARKS[name]}")
        findings.append(await _run_one(ground, name))
    with ground.owner() as owner:
        server = server_facts(owner)
    return report.to_json(findings, sizes=sizes, server=server, remark=remark, began=began)


async def _run_one(ground: Ground, name: str) -> Findings:
    started = time.perf_counter()
    run: Callable[[Ground], Coroutine[Any, Any, Findings]]
    run = importlib.import_module(f"benchmarks.{name}").run
    try:
        found = await run(ground)
    except Exception as error:  # the others still have something to say
        log.exception("%s failed", name)
        found = Findings(name, failed=True, skipped=f"{type(error).__name__}: {error}"[:500])
    found.took_s = time.perf_counter() - started
    return found
