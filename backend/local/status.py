"""What runs at this moment: health, pid, port, memory and uptime of each process of a stack. Looks, changes nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psutil

from backend.local import services
from backend.local.health import Health
from backend.local.keys import read_keys
from backend.local.layout import Layout
from backend.local.runfile import RunState, Seen, ServiceState, read_run
from backend.local.stack import is_claimed


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One process of the stack."""

    name: str
    state: str
    healthy: bool
    pid: int | None
    port: int | None
    memory_bytes: int | None
    uptime_s: float | None
    restarts: int


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The whole. `state` is stopped, starting, ready, stopping or failed."""

    state: str
    fault: str
    url: str
    app_url: str
    processes: list[ProcessStatus]

    @property
    def healthy(self) -> bool:
        return self.state == "ready" and all(process.healthy for process in self.processes)


def read_status(layout: Layout) -> StackStatus:
    """Asks every service that `run.json` names."""
    run = read_run(layout.run_json)
    if run is None or not is_claimed(layout):
        fault = run.fault if run else ""
        return StackStatus("stopped", fault, layout.url, f"http://localhost:{layout.app_port}", [])
    # Ask at the ports of the running stack, whatever the environment says by now.
    actual = Layout(layout.home, run.port_base, run.app_port)
    return asyncio.run(_ask(actual, run))


async def _ask(layout: Layout, run: RunState) -> StackStatus:
    health = _questions(layout)
    answers = await asyncio.gather(*(_is_healthy(one, health.get(one.name)) for one in run.services.values()))
    processes = [_describe("supervisor", "ready", run.supervisor, None, True, 0)]
    for one, healthy in zip(run.services.values(), answers, strict=True):
        processes.append(_describe(one.name, one.state, one.seen, one.port, healthy, one.restarts))
    return StackStatus(run.state, run.fault, layout.url, f"http://localhost:{layout.app_port}", processes)


def _questions(layout: Layout) -> dict[str, Health]:
    keys = read_keys(layout)
    if keys is None:
        return {}
    every = [
        services.postgres(layout),
        services.gateway(layout, keys),
        services.realtime(layout, keys),
        services.functions(layout, keys),
        services.worker(layout, keys),
        services.app(layout, keys),
    ]
    return {service.name: service.health for service in every}


async def _is_healthy(one: ServiceState, health: Health | None) -> bool:
    if one.seen is None or one.seen.process() is None:
        return False
    return await health() if health else one.state == "ready"


def _describe(
    name: str, state: str, seen: Seen | None, port: int | None, healthy: bool, restarts: int
) -> ProcessStatus:
    process = seen.process() if seen else None
    if process is None or seen is None:
        return ProcessStatus(name, state, False, None, port, None, None, restarts)
    memory = _own_memory(process) if name == "supervisor" else _tree_memory(process)
    return ProcessStatus(
        name, state, healthy, process.pid, port, memory, time.time() - seen.started_at, restarts
    )


def _tree_memory(process: psutil.Process) -> int:
    """Of the process and all it started."""
    try:
        children = process.children(recursive=True)
    except psutil.Error:
        children = []
    return sum(_own_memory(one) for one in (process, *children))


def _own_memory(process: psutil.Process) -> int:
    """Shared pages are counted in proportion, where the system says so, else in full."""
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
