"""What the supervisor starts: services that run on, and tasks that are done once between them."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.local.account import Account

_OURSELVES = Account(None, None)


@dataclass(frozen=True, slots=True)
class Service:
    """A process that is kept running.

    `health` says whether it is of use by now; `prepare` runs before each start, also after a crash.
    `env` is the whole environment of the process: nothing is inherited.
    """

    name: str
    argv: Sequence[str]
    health: Callable[[], Awaitable[bool]]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    cwd: Path | None = None
    port: int | None = None
    prepare: Callable[[], None] | None = None
    account: Account = _OURSELVES
    ready_timeout_s: float = 30
    stop_timeout_s: float = 10
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done once, in its place in the order: migrations, demo data."""

    name: str
    run: Callable[[], Awaitable[None]]


Step = Service | Task
