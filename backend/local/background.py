"""A supervisor that outlives the command that started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from backend.local.faults import Fault
from backend.local.layout import PROJECT, Layout
from backend.local.logs import tail
from backend.local.runfile import RunState, read_run, stop_orphans
from backend.local.stack import is_claimed, wait_until_gone


def start_in_background(layout: Layout, words: Sequence[str], tell: Callable[[str], None]) -> int:
    """Runs `mpax` with these words in a session of its own and returns its pid once all is healthy.

    `tell` is given the name of each step. Raises: Fault with what the supervisor gave as its reason.
    """
    layout.make_folders()
    log = layout.logs / "supervisor.log"
    command = [sys.executable, "-c", "from backend.cli import main; main()", *words]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    while process.poll() is None:
        state = _state_of(layout, process.pid)
        if state and state.state == "ready":
            process.returncode = 0  # it is meant to stay: no warning that it still runs
            return process.pid
        if state and state.step:
            tell(state.step)
        time.sleep(0.1)
    state = _state_of(layout, process.pid)
    raise Fault(state.fault if state and state.fault else " ".join(tail(log, 3)) or "It did not start.")


def stop_running(layout: Layout) -> list[str]:
    """Stops the supervisor of this home, or what a killed one left behind; returns the names of what was stopped.

    Raises: Fault when it does not end.
    """
    state = read_run(layout.run_json)
    if state is None:
        return []
    process = state.supervisor.process() if state.supervisor else None
    if process is None or not is_claimed(layout):
        return stop_orphans(state)
    process.send_signal(signal.SIGTERM)
    if not wait_until_gone(layout):
        raise Fault(
            f"Process {process.pid} does not stop.", f"Look into {layout.logs}, or `kill -9 {process.pid}`."
        )
    return list(state.services)


def _state_of(layout: Layout, pid: int) -> RunState | None:
    """What the process of that pid wrote; an earlier supervisor's words are not its."""
    state = read_run(layout.run_json)
    return state if state and state.supervisor and state.supervisor.pid == pid else None
