"""Memory of each process of a stack: the one of this run, and the one that runs on this machine, if there is one.

Looks at the other and touches nothing. Proportional memory counts a shared page once over all who share it, where the
system tells; the resident memory counts it in full for each.
"""

from __future__ import annotations

import asyncio

import psutil

from backend.local.layout import Layout
from backend.local.status import StackStatus, read_status
from benchmarks.ground import Ground
from benchmarks.measure import Findings

_COLUMNS = ["process", "proportional MB", "resident MB", "up"]


async def run(ground: Ground) -> Findings:
    found = Findings("memory")
    if ground.layout is not None:
        own = await asyncio.to_thread(read_status, ground.layout)
        _add(found, "The stack of this run, after all of the above", own, hide="supervisor")
        found.notes.append("The supervisor of this run is the benchmark itself and is left out.")
    running = await asyncio.to_thread(read_status, Layout.from_env())
    if running.state == "ready":
        _add(found, "The stack that runs on this machine", running)
    if not found.tables:
        found.skipped = "no stack runs here"
    return found


def _add(found: Findings, title: str, status: StackStatus, *, hide: str = "") -> None:
    rows: list[list[str]] = []
    for process in status.processes:
        if process.pid is None or process.name == hide:
            continue
        proportional = (process.memory_bytes or 0) / 2**20
        resident = _resident(process.pid) / 2**20
        rows.append(
            [process.name, f"{proportional:.0f}", f"{resident:.0f}", f"{process.uptime_s or 0:.0f} s"]
        )
    total = sum(int(row[1]) for row in rows)
    found.tables.append((title, _COLUMNS, [*rows, ["all", str(total), "", ""]]))


def _resident(pid: int) -> int:
    """Bytes of a process and all it started."""
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
