"""Work that a process does beside its requests: tasks by name, each once, all ended when the process closes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


async def threaded(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """The outcome of blocking work. Cancelled, it waits until the thread has let go of the files it uses."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *args, **options))
    try:
        return await asyncio.shield(thread)
    finally:
        if not thread.done():
            await asyncio.wait([thread])


@asynccontextmanager
async def repeated(step: Callable[[], Awaitable[None]], every_s: float) -> AsyncIterator[None]:
    """Does a step again and again while the block lasts. It ends between two steps and is never cancelled within one: a
    cancellation that meets a connection just handed out can be lost."""
    over = asyncio.Event()

    async def go() -> None:
        while not over.is_set():
            await step()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), every_s)

    task = asyncio.create_task(go())
    try:
        yield
    finally:
        over.set()
        await task


class Background:
    """Tasks of one process. A task that fails is logged: whoever waits for its outcome reads it where the task keeps it."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> bool:
        """Whether it began; False while a task of that name runs."""
        if name in self._tasks:
            work.close()
            return False
        task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))
        return True

    def is_running(self, name: str) -> bool:
        return name in self._tasks

    async def within(self, name: str, seconds: float) -> None:
        """Waits until that task is over, at most so long."""
        if task := self._tasks.get(name):
            await asyncio.wait([task], timeout=seconds)

    async def join(self) -> None:
        """Waits until nothing runs, also what began meanwhile."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def close(self) -> None:
        """Ends everything: what was under way is found and done by somebody else, once its lease is over."""
        for task in (tasks := list(self._tasks.values())):
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(name, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", name, exc_info=error)
