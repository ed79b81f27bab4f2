"""Carries out imports that somebody asked for: past row-level security, once the database has issued the ticket.

All of a file or nothing: the rows and the end of the ticket are one transaction. A ticket whose worker died is taken up by
the worker process.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from functools import partial
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.db import Database
from backend.core.errors import AppError, Busy, Conflict
from backend.domains.blueprints import previews
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.previews import Ticket
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport, Progress
from backend.flows.background import Background, repeated
from backend.flows.connectors import Connectors
from backend.flows.sample_files import SampleFiles
from backend.flows.sampling import Pulse, plain_facts

log = logging.getLogger(__name__)

LEASE_S: Final = 30
_SYSTEM: Final = Actor("system")
_BEAT_S: Final = 0.5

Door = Callable[[], AbstractAsyncContextManager[Context]]


class ImportRunner:
    """Imports of one process, one after the other for each event."""

    def __init__(self, database: Database, local: SampleFiles, connectors: Connectors) -> None:
        self._database = database
        self._connectors = connectors
        self._local = local
        self._work = Background()
        self._pulses: dict[UUID, Pulse] = {}

    async def run(self, actor: Actor, import_id: UUID) -> None:
        """Carries a ticket out; what goes wrong is kept with it. Returns when it is over."""
        await self._run(actor, lambda: self._database.as_actor(actor), import_id)

    async def resume(self) -> int:
        """Takes up tickets whose worker is gone. Shape: how many were begun."""
        async with self._database.as_system("look for imports that nobody works on") as ctx:
            left = await previews.list_left_imports(ctx)
        return sum(
            self._work.start(f"import {one}", self._run(_SYSTEM, self._as_orphan, one)) for one in left
        )

    def stop(self, import_id: UUID) -> None:
        if pulse := self._pulses.get(import_id):
            pulse.stop.set()

    async def join(self) -> None:
        await self._work.join()

    async def close(self) -> None:
        for pulse in self._pulses.values():
            pulse.stop.set()
        await self._work.close()

    def _as_orphan(self) -> AbstractAsyncContextManager[Context]:
        return self._database.as_system("an import whose worker is gone goes on")

    async def _run(self, actor: Actor, door: Door, import_id: UUID) -> None:
        async with self._database.as_system(f"begin import {import_id}, asked for by ticket") as ctx:
            ticket = await previews.claim_import(ctx, import_id=import_id, lease_s=LEASE_S)
        if ticket is None:
            return
        pulse = self._pulses[import_id] = Pulse()
        try:
            async with repeated(self._beat(door, import_id, pulse), _BEAT_S):
                await (
                    self._fetch(actor, ticket, pulse) if ticket.connector_id else self._import(ticket, pulse)
                )
        except AppError as error:
            if not pulse.cancelled():
                await self._fail(ticket, error)
        finally:
            self._pulses.pop(import_id, None)

    async def _fetch(self, actor: Actor, ticket: Ticket, pulse: Pulse) -> None:
        """A feed: fetched page by page, then imported as a list is. Fetching again brings nothing twice."""
        assert ticket.connector_id is not None
        done = await self._connectors.sync(
            actor, connector_id=ticket.connector_id, anew=True, replace_missing=True,
            progress=pulse.progress, cancelled=pulse.cancelled, at_end=partial(_end, ticket),
        )  # fmt: skip
        if done.report is None:
            async with self._database.as_system(
                f"the end of import {ticket.id}, asked for by {ticket.requested_by}"
            ) as ctx:
                await previews.finish_import(ctx, import_id=ticket.id, report={"rows_read": 0})

    async def _import(self, ticket: Ticket, pulse: Pulse) -> None:
        async with self._database.as_system(f"read what import {ticket.id} is made of") as ctx:
            assert ticket.file_id is not None
            file = await blueprints.get_file(ctx, file_id=ticket.file_id)
            sandbox = (
                await previews.find_sandbox(ctx, blueprint_id=ticket.blueprint_id)
                if ticket.blueprint_id
                else None
            )
            files = ctx.ports.files
        tried = sandbox is not None and sandbox.event_id == ticket.event_id
        mapping = catalogue.parse_mapping(json.dumps(ticket.mapping), file=file.name)
        async with (
            self._local.local(files, file) as path,
            self._database.as_system(f"import {ticket.id}, asked for by {ticket.requested_by}") as ctx,
        ):
            report = await catalogue.import_file(
                ctx,
                event=str(ticket.event_id),
                path=path,
                mapping=mapping,
                replace_missing=True,
                progress=lambda step: _note(pulse, step),
                cancelled=pulse.cancelled,
                document=sandbox.document if sandbox is not None and tried else None,
            )
            await _end(ticket, ctx, report)

    async def _fail(self, ticket: Ticket, error: AppError) -> None:
        log.info("import %s failed: %s", ticket.id, error)
        async with self._database.as_system(f"import {ticket.id} could not be done") as ctx:
            problem = {"code": error.code, "facts": plain_facts(error.facts)}
            await previews.finish_import(ctx, import_id=ticket.id, problem=problem)

    def _beat(self, door: Door, import_id: UUID, pulse: Pulse) -> Callable[[], Awaitable[None]]:
        async def beat() -> None:
            try:
                async with door() as ctx:
                    wanted = await previews.beat_import(
                        ctx, import_id=import_id, stage=pulse.stage, done=pulse.done, total=pulse.total,
                        rows=pulse.rows, lease_s=LEASE_S,
                    )  # fmt: skip
            except Busy:  # the lease bridges a database that is away for a moment
                return
            except AppError:  # the event is gone, or the right to fill it
                wanted = False
            if not wanted:
                pulse.stop.set()

        return beat


async def _end(ticket: Ticket, ctx: Context, report: ImportReport) -> None:
    """The ticket is done with its rows or not at all. Raises: Conflict `catalogue.import_cancelled`: nobody wants them now."""
    if not await previews.finish_import(ctx, import_id=ticket.id, report=_report(report)):
        raise Conflict("catalogue.import_cancelled", rows=report.rows_read)


def _note(pulse: Pulse, step: Progress) -> None:
    pulse.progress(step.stage, step.done, step.total)
    pulse.rows = step.rows


def _report(report: ImportReport) -> dict[str, Any]:
    """The report as it is kept with the ticket: the first refused cells, not all of them."""
    shown = asdict(report)
    return {**shown, "source_file_id": str(report.source_file_id), "rejects": shown["rejects"][:50]}
