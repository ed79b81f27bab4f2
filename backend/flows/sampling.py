"""Reading samples beside the requests: under a lease with a heartbeat, so that a killed process loses nothing.

How far reading has come is kept in the database, which tells every screen. Cancelled, it stops within a second. What
cannot be read keeps its problem. `sample_kinds` knows what is done with each kind.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.db import Database
from backend.core.errors import AppError, Busy, NotAllowed, NotFound, Upstream
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.records import SampleFile
from backend.domains.catalogue import service as catalogue
from backend.flows import sample_kinds
from backend.flows.background import Background, repeated
from backend.flows.sample_files import SampleFiles

log = logging.getLogger(__name__)

LEASE_S: Final = 20
_BEAT_S: Final = 0.4
_AT_ONCE: Final = max(2, min(os.cpu_count() or 2, 4))

#: Opens a unit of work for whoever wants the file read.
Door: TypeAlias = Callable[[], AbstractAsyncContextManager[Context]]


@dataclass(slots=True)
class Pulse:
    """What the thread that reads says, and what it is told."""

    stage: str = ""
    done: int = 0
    total: int = 0
    rows: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def progress(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total

    def cancelled(self) -> bool:
        return self.stop.is_set()


class SampleReader:
    """Reads samples in one process. `local` keeps their copies."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._work = Background()
        self._pulses: dict[UUID, Pulse] = {}
        self._again: dict[UUID, Door] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self.local = SampleFiles()

    def start(self, actor: Actor, file_id: UUID) -> None:
        """Begins reading on behalf of somebody; where a stopped read still lets go of the file here, right after it."""

        def door() -> AbstractAsyncContextManager[Context]:
            return self._database.as_actor(actor)

        if not self._begin(door, file_id):
            self._again[file_id] = door

    async def resume(self) -> int:
        """Takes up what nobody reads any more. Shape: how many files were begun."""
        async with self._database.as_system("look for samples that nobody reads") as ctx:
            waiting = await blueprints.list_unread(ctx)
        return sum(self._begin(self._as_orphan, file_id) for file_id in waiting)

    def _as_orphan(self) -> AbstractAsyncContextManager[Context]:
        return self._database.as_system("read a sample whose reader is gone")

    def stop(self, file_id: UUID) -> None:
        """Tells the thread at once what its next heartbeat would tell it."""
        if pulse := self._pulses.get(file_id):
            pulse.stop.set()

    async def join(self) -> None:
        await self._work.join()

    async def close(self) -> None:
        for pulse in self._pulses.values():
            pulse.stop.set()
        await self._work.close()
        await self.local.close()

    def _begin(self, door: Door, file_id: UUID) -> bool:
        return self._work.start(f"sample {file_id}", self._read(door, file_id))

    async def _read(self, door: Door, file_id: UUID) -> None:
        await self._read_once(door, file_id)
        while (again := self._again.pop(file_id, None)) is not None:
            await self._read_once(again, file_id)

    async def _read_once(self, door: Door, file_id: UUID) -> None:
        async with self._turn:
            async with door() as ctx:
                file = await blueprints.claim_file(ctx, file_id=file_id, lease_s=LEASE_S)
            if file is None:
                return
            pulse = self._pulses[file_id] = Pulse()
            try:
                await self._read_claimed(door, file, pulse)
            except (NotFound, NotAllowed) as gone:  # removed, or taken from whoever wanted it
                log.info("sample %s is not read on: %s", file_id, gone)
            finally:
                pulse.stop.set()
                self._pulses.pop(file_id, None)

    async def _read_claimed(self, door: Door, file: SampleFile, pulse: Pulse) -> None:
        try:
            async with repeated(self._beat(door, file.id, pulse), _BEAT_S):
                findings = await self._findings(door, file, pulse)
        except AppError as error:
            if isinstance(error, Busy | Upstream) and file.attempts < 3:
                raise  # the lease runs out, and somebody tries again
            await self._refuse(door, file, pulse, error)
            return
        async with door() as ctx:
            await blueprints.finish_file(
                ctx, file_id=file.id, kind=findings.kind, findings=findings.to_json()
            )

    async def _refuse(self, door: Door, file: SampleFile, pulse: Pulse, error: AppError) -> None:
        if pulse.cancelled():
            return
        async with door() as ctx:
            await blueprints.finish_file(
                ctx, file_id=file.id, problem={"code": error.code, "facts": plain_facts(error.facts)}
            )

    async def _findings(self, door: Door, file: SampleFile, pulse: Pulse) -> sample_kinds.Findings:
        async with door() as ctx:
            ports = ctx.ports
            remembered = await blueprints.list_remembered(ctx, organization_id=file.organization_id)
            before = await blueprints.list_confirmed_profiles(ctx, organization_id=file.organization_id)
            blueprint = await blueprints.get_blueprint(ctx, blueprint_id=file.blueprint_id)
            live = blueprint.event_id if blueprint.for_event else None
            known = await catalogue.list_mappings(ctx, event_id=live) if live else ()
        async with self.local.local(ports.files, file) as path:
            sample = sample_kinds.Sample(
                file, path, ports, remembered, before, pulse.progress, pulse.cancelled, known
            )
            return await sample_kinds.read(sample)

    def _beat(self, door: Door, file_id: UUID, pulse: Pulse) -> Callable[[], Awaitable[None]]:
        """Says how far it is when that has changed, and that it lives every few seconds; hears when it is not wanted."""
        said: tuple[str, int, int] | None = None
        quiet = 0.0

        async def beat() -> None:
            nonlocal said, quiet
            now = (pulse.stage, pulse.done, pulse.total)
            quiet = 0.0 if now != said else quiet + _BEAT_S
            if now == said and quiet < LEASE_S / 4:
                return
            quiet, said = 0.0, now
            try:
                async with door() as ctx:
                    wanted = await blueprints.note_progress(
                        ctx, file_id=file_id, stage=now[0], done=now[1], total=now[2], lease_s=LEASE_S
                    )
            except Busy:  # the lease bridges a database that is away for a moment
                return
            except AppError:  # removed, or taken from whoever wanted it
                wanted = False
            if not wanted:
                pulse.stop.set()

        return beat


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts of an error as they can be stored."""
    plain = (str, int, float, bool, type(None), list, dict)
    return {name: value if isinstance(value, plain) else str(value) for name, value in facts.items()}
