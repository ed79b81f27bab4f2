"""Starts services in order, brings back those that die, and stops them in reverse. Knows nothing of Supabase.

A service that dies is started again, each time after a longer pause; one that dies five times within thirty seconds is
given up with a sentence, and the others stay up.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.local.faults import Fault
from backend.local.layout import Layout
from backend.local.runfile import RunState, Seen, ServiceState
from backend.local.service import Service, Step, Task

CRASHES, WINDOW_S = 5, 30.0
LONGEST_PAUSE_S = 5.0
HEALTH_EVERY_S = 0.05
LOG_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Event:
    """What the supervisor reports. `kind` is begin, done, died, back, gave_up or stopped."""

    kind: str
    name: str
    seconds: float = 0.0
    text: str = ""


class Supervisor:
    """Runs the steps of one stack. `start` returns when all are up; `stop` may be called at any time."""

    def __init__(self, layout: Layout, steps: Sequence[Step], report: Callable[[Event], None]) -> None:
        self._layout = layout
        self._steps = steps
        self._report = report
        self._children: dict[str, _Child] = {}
        self.state = RunState(Seen.of(os.getpid()), layout.app_port, layout.port_base)

    async def start(self) -> None:
        """Raises: Fault when a step fails; what was started by then is stopped."""
        try:
            for step in self._steps:
                begun = time.monotonic()
                self._report(Event("begin", step.name))
                self.state.step = step.name
                self._write()
                if isinstance(step, Task):
                    await step.run()
                else:
                    await self._launch(step)
                self._report(Event("done", step.name, time.monotonic() - begun))
        except BaseException as error:
            self.state.fault = str(error) or type(error).__name__
            await self.stop("failed")
            raise
        self.state.state, self.state.step = "ready", ""
        self._write()

    async def stop(self, final: str = "stopped") -> None:
        """Stops everything, last started first."""
        self.state.state = "stopping"
        self._write()
        for name in reversed(list(self._children)):
            await self._children.pop(name).stop()
            self._report(Event("stopped", name))
        self.state.state = final
        self._write()

    async def _launch(self, service: Service) -> None:
        state = self.state.services[service.name] = ServiceState(
            service.name, port=service.port, stop_signal=int(service.stop_signal)
        )
        log = self._layout.logs / f"{service.name}.log"
        before = [one.state for one in self._children.values()]
        child = _Child(service, state, log, before, self._write, self._report)
        self._children[service.name] = child
        await child.start()

    def _write(self) -> None:
        with contextlib.suppress(OSError):  # a full disk must not end the services
            self.state.write(self._layout.run_json)


class _Child:
    """One service and the task that keeps it running. It comes back after those it was started after (`before`)."""

    def __init__(
        self,
        service: Service,
        state: ServiceState,
        log: Path,
        before: Sequence[ServiceState],
        changed: Callable[[], None],
        report: Callable[[Event], None],
    ) -> None:
        self.state = state
        self._service = service
        self._before = before
        self._log = log
        self._changed = changed
        self._report = report
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises: Fault when it is not healthy in time; a first start is not repeated."""
        await self._spawn()
        problem = await self._become_ready()
        if problem:
            raise Fault(f"{self._service.name} did not start: {problem}.", f"More in {self._log}.")
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        await self._end()
        self._mark("stopped")

    async def _keep(self) -> None:
        crashes: deque[float] = deque(maxlen=CRASHES)
        while self._process:
            code = await self._process.wait()
            died = time.monotonic()
            crashes.append(died)
            self._end_group(signal.SIGKILL)  # what the dead one started itself
            self._report(Event("died", self._service.name, text=f"ended with {_meaning(code)}"))
            if len(crashes) == CRASHES and died - crashes[0] < WINDOW_S:
                self._give_up()
                return
            self.state.restarts += 1
            self._mark("restarting")
            await asyncio.sleep(min(LONGEST_PAUSE_S, 0.2 * 2 ** (self._recent(crashes) - 1)))
            while any(one.state in {"starting", "restarting"} for one in self._before):  # noqa: ASYNC110
                await asyncio.sleep(HEALTH_EVERY_S)
            await self._again(died)

    async def _again(self, died: float) -> None:
        try:
            await self._spawn()
        except Exception as error:  # noqa: BLE001 (whatever kept it from starting: it counts as a crash)
            self._report(Event("died", self._service.name, text=f"could not be started: {error}"))
            return
        if await self._become_ready() is None:
            self._report(Event("back", self._service.name, time.monotonic() - died))
        elif self._process and self._process.returncode is None:
            self._end_group(signal.SIGKILL)  # alive but of no use: counts as a crash

    async def _spawn(self) -> None:
        service = self._service
        if service.prepare:
            await asyncio.to_thread(service.prepare)
        with _open_log(self._log) as log:
            self._process = await asyncio.create_subprocess_exec(
                *service.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(service.env),
                cwd=service.cwd,
                start_new_session=True,
                user=service.account.uid,
                group=service.account.gid,
                extra_groups=[] if service.account.uid is not None else None,
            )
        self.state.seen = Seen.of(self._process.pid)
        self._changed()

    async def _become_ready(self) -> str | None:
        """None when healthy, else what went wrong."""
        process = self._process
        assert process
        deadline = time.monotonic() + self._service.ready_timeout_s
        while process.returncode is None and time.monotonic() < deadline:
            if await self._is_healthy():
                self._mark("ready")
                return None
            await asyncio.sleep(HEALTH_EVERY_S)
        if process.returncode is None:
            return f"no answer within {self._service.ready_timeout_s:.0f} s"
        return f"ended with {_meaning(process.returncode)}{last_words(self._log)}"

    async def _is_healthy(self) -> bool:
        try:
            return await asyncio.wait_for(self._service.health(), 5)
        except (OSError, TimeoutError):
            return False

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._end_group(self._service.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self._service.stop_timeout_s)
        except TimeoutError:
            self._end_group(signal.SIGKILL)
            await process.wait()
        self._end_group(signal.SIGKILL)

    def _end_group(self, number: signal.Signals) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _give_up(self) -> None:
        self._mark("failed")
        text = f"it ended {CRASHES} times within {WINDOW_S:.0f} s{last_words(self._log)}; more in {self._log}"
        self._report(Event("gave_up", self._service.name, text=text))

    def _mark(self, state: str) -> None:
        self.state.state = state
        if state in {"stopped", "failed"}:
            self.state.seen = None
        self._changed()

    @staticmethod
    def _recent(crashes: deque[float]) -> int:
        return sum(1 for moment in crashes if time.monotonic() - moment < WINDOW_S)


def last_words(log: Path) -> str:
    """The last line of a log as `: …`, or nothing."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4000))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return f": {lines[-1][:300]}" if lines else ""


@contextlib.contextmanager
def _open_log(path: Path) -> Iterator[int]:
    """A handle to append to; a log that has grown large is set aside first."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _meaning(code: int) -> str:
    """`signal SIGKILL` or `exit code 3`."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
