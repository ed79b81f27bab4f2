"""The embedded Supabase as one thing to start and stop: for the `mpax` command and for tests.

From synchronous code: `with start_stack(layout) as stack`; from a running loop: `async with Stack(layout) as stack`.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypedDict, Unpack

from backend.local import contrib, ports, services
from backend.local.bootstrap import bootstrap
from backend.local.faults import Fault
from backend.local.keys import Keys, make_keys, read_keys, write_keys
from backend.local.layout import Layout
from backend.local.migrate import migrate
from backend.local.node import install_packages, link_programs
from backend.local.runfile import RunState, read_run, stop_orphans
from backend.local.service import Service, Step, Task
from backend.local.supervisor import Event, Supervisor

SERVICES = ("postgres", "gateway", "realtime", "functions")
LEAST_FREE_BYTES = 10**9


class Stack:
    """One embedded Supabase, not yet started.

    `only` names the services to run (Postgres is always among them); `extra` steps come after the migrations, before
    the worker and the app, which are left out while their modules are not there.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        only: Collection[str] = SERVICES,
        migrations: bool = True,
        extra: Sequence[Step] = (),
        with_worker: bool = False,
        with_app: bool = False,
        durable: bool = True,
        otp_interval_s: int | None = None,
        report: Callable[[Event], None] = lambda _: None,
    ) -> None:
        self.layout = layout
        self._report = report
        self._durable = durable
        self._fresh_keys = read_keys(layout) is None
        self.keys: Keys = read_keys(layout) or make_keys(layout)
        self._lock: int | None = None
        steps: list[Step] = [
            Task("packages", self._packages),
            Task("data folder", self._data_folder),
        ]
        self._services = self._choose(only, otp_interval_s, with_worker, with_app)
        core = [service for service in self._services if service.name in SERVICES]
        steps += [core[0], Task("roles and schemas", self._bootstrap), *core[1:]]
        if migrations:
            steps.append(Task("migrations", self._migrate))
        steps += [*extra, *(service for service in self._services if service.name not in SERVICES)]
        self._supervisor = Supervisor(layout, steps, report)

    @property
    def state(self) -> RunState:
        """Pids, ports and state of each service, as written to `run.json`."""
        return self._supervisor.state

    def pid(self, name: str) -> int:
        """The present process of a service.

        Raises: Fault while it has none.
        """
        seen = self.state.services[name].seen
        if seen is None:
            raise Fault(f"{name} is not running.")
        return seen.pid

    async def start(self) -> None:
        """Raises: Fault; nothing is left running then."""
        await asyncio.to_thread(self._claim)
        try:
            await self._supervisor.start()
        except BaseException:
            self._release()
            raise

    async def stop(self) -> None:
        await self._supervisor.stop()
        self._release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _choose(
        self, only: Collection[str], otp_interval_s: int | None, with_worker: bool, with_app: bool
    ) -> list[Service]:
        layout, keys = self.layout, self.keys
        chosen = [services.postgres(layout, durable=self._durable)]
        if "gateway" in only:
            chosen.append(services.gateway(layout, keys, otp_interval_s))
        if "realtime" in only:
            chosen.append(services.realtime(layout, keys))
        if "functions" in only:
            chosen.append(services.functions(layout, keys))
        if with_worker and services.exists("backend.worker"):
            chosen.append(services.worker(layout, keys))
        if with_app and services.exists("app.app"):
            chosen.append(services.app(layout, keys))
        return chosen

    def _claim(self) -> None:
        """Makes sure that this home has one supervisor, and that what an earlier one left is gone."""
        require_space(self.layout)
        try:
            self.layout.make_folders()
        except OSError as error:
            raise Fault(
                f"{self.layout.home} cannot be written: {error.strerror}.", "Set MPAX_HOME elsewhere."
            ) from None
        self._lock = os.open(self.layout.run / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release()
            raise running_fault(self.layout) from None
        try:
            if before := read_run(self.layout.run_json):
                stop_orphans(before)
            services.cluster_of(self.layout).clear_leftovers()
            for service in self._services:
                if service.port:
                    setting = "MPAX_PORT" if service.name == "app" else "MPAX_PORT_BASE"
                    ports.require_free(service.port, service.name, setting)
        except BaseException:
            self._release()
            raise

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _packages(self) -> None:
        await asyncio.to_thread(link_programs, self.layout)
        await asyncio.to_thread(install_packages)
        await asyncio.to_thread(contrib.install)

    async def _data_folder(self) -> None:
        await asyncio.to_thread(self._make_data)

    def _make_data(self) -> None:
        cluster = services.cluster_of(self.layout, durable=self._durable)
        cluster.check()
        if not cluster.exists():
            cluster.initialise(self.keys.system_password)
        elif self._fresh_keys:  # keys.env was lost, the data was not
            cluster.configure()
            cluster.set_password(self.keys.system_password)
        write_keys(self.layout, self.keys)

    async def _bootstrap(self) -> None:
        await asyncio.to_thread(bootstrap, self.keys.system_dsn, self.keys.app_password)

    async def _migrate(self) -> None:
        await asyncio.to_thread(migrate, self.keys.system_dsn)


def require_space(layout: Layout) -> None:
    """Raises: Fault when the disk is nearly full."""
    folder = next(path for path in (layout.home, *layout.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise Fault(
            f"Only {free / 1e9:.1f} GB are free on the disk of {layout.home}; at least 1 GB is needed.",
            "Make room, or set MPAX_HOME to a folder on another disk.",
        )


def running_fault(layout: Layout) -> Fault:
    """Says who runs the stack of this home."""
    state = read_run(layout.run_json)
    who = f" (process {state.supervisor.pid})" if state and state.supervisor else ""
    return Fault(
        f"The stack in {layout.home} is running already{who}.",
        "`mpax status` shows it, `mpax down` stops it.",
    )


class Options(TypedDict, total=False):
    """What `Stack` takes beside the layout."""

    only: Collection[str]
    migrations: bool
    extra: Sequence[Step]
    with_worker: bool
    with_app: bool
    durable: bool
    otp_interval_s: int | None
    report: Callable[[Event], None]


@contextmanager
def start_stack(layout: Layout, **options: Unpack[Options]) -> Iterator[Stack]:
    """Runs a stack from synchronous code; takes the options of `Stack`. Its supervisor lives in a thread.

    Raises: Fault when it cannot be started.
    """
    stack = Stack(layout, **options)
    started, ended = threading.Event(), list[BaseException]()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def run() -> None:
        async with stack:
            started.set()
            await over.wait()

    def live() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # noqa: BLE001 (handed over to the caller's thread)
            ended.append(error)
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            started.set()

    thread = threading.Thread(target=live, name="mpax-stack", daemon=True)
    thread.start()
    try:
        started.wait()
        if ended:
            raise ended[0]
        yield stack
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(over.set)
        thread.join(120)


def wait_until_gone(layout: Layout, timeout_s: float = 120) -> bool:
    """Whether the supervisor of this home has let go of it in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not is_claimed(layout):
            return True
        time.sleep(0.1)
    return False


def is_claimed(layout: Layout) -> bool:
    """Whether a supervisor runs in this home."""
    try:
        handle = os.open(layout.run / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
