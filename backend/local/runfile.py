"""`run.json`: which processes make up a running stack, so that another command, or the next start, finds them.

A process is recognised by pid, start time and command line together: pids are used again, and nothing is ever ended by
its name.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil


@dataclass(slots=True)
class Seen:
    """A process as it was when it was started."""

    pid: int
    started_at: float
    cmdline: list[str]

    @classmethod
    def of(cls, pid: int) -> Seen | None:
        """The process of that pid, or None when it is gone already."""
        try:
            process = psutil.Process(pid)
            for _ in range(100):
                if process.cmdline():
                    break
                time.sleep(0.001)  # a program that has only just been loaded has no command line yet
            return cls(pid, process.create_time(), process.cmdline())
        except psutil.Error:
            return None

    def process(self) -> psutil.Process | None:
        """The very same process if it still runs, else None."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < 2 and process.cmdline() == self.cmdline
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


@dataclass(slots=True)
class ServiceState:
    """One service of the stack. `state` is starting, ready, restarting, failed or stopped."""

    name: str
    state: str = "starting"
    port: int | None = None
    restarts: int = 0
    stop_signal: int = int(signal.SIGTERM)
    seen: Seen | None = None


@dataclass(slots=True)
class RunState:
    """A whole stack. `state` is starting, ready, stopping or failed; then `fault` says why."""

    supervisor: Seen | None
    app_port: int
    port_base: int
    state: str = "starting"
    fault: str = ""
    step: str = ""
    services: dict[str, ServiceState] = field(default_factory=dict[str, ServiceState])

    def write(self, path: Path) -> None:
        """Replaces the file in one step."""
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(self), indent=1))
        draft.replace(path)

    def is_running(self) -> bool:
        return self.supervisor is not None and self.supervisor.process() is not None


def read_run(path: Path) -> RunState | None:
    """What was last written, or None when there is no readable file."""
    try:
        data: dict[str, Any] = json.loads(path.read_text())
        supervisor, services = _seen(data.pop("supervisor")), data.pop("services")
        return RunState(supervisor, **data, services={name: _service(one) for name, one in services.items()})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def stop_orphans(state: RunState, patience_s: float = 10) -> list[str]:
    """Ends what an earlier supervisor left behind when it was killed, last started first; returns the names."""
    ended: list[str] = []
    for service in reversed(list(state.services.values())):
        process = service.seen.process() if service.seen else None
        if process is None:
            continue
        _end_group(process, service.stop_signal, patience_s)
        ended.append(service.name)
    return ended


def _end_group(process: psutil.Process, stop_signal: int, patience_s: float) -> None:
    """Each service leads a process group of its own, so its pid names the group."""
    for number, patience in ((stop_signal, patience_s), (int(signal.SIGKILL), 5.0)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return
            time.sleep(0.05)


def _service(data: dict[str, Any]) -> ServiceState:
    return ServiceState(seen=_seen(data.pop("seen")), **data)


def _seen(data: dict[str, Any] | None) -> Seen | None:
    return Seen(**data) if data else None
