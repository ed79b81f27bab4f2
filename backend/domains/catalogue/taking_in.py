"""Takes the rows of one table in, batch by batch: while Postgres writes one, the next is read, typed and embedded. Memory
does not grow with the table.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput
from backend.domains.catalogue.model import SLOTS, Attribute, Progress, RejectedCell
from backend.domains.catalogue.normalizers import Reason
from backend.domains.catalogue.packing import pack
from backend.domains.catalogue.queries import staging, writing
from backend.domains.catalogue.readers import Table
from backend.domains.catalogue.rejects import RejectLog
from backend.domains.catalogue.rows import Outcome, RowTyper, TypedRow

_BATCH: Final = 1_000
_TURN_S: Final = 0.0005
_RUNNING: Final[list[float]] = []  # what was usual before, once for each import of this process

ProgressCallback = Callable[[Progress], None]


@dataclass(slots=True)
class Counts:
    read: int = 0
    rejected: int = 0
    blanked: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Import:
    """What one import carries from step to step."""

    ctx: Context
    event: Mapping[str, Any]
    table: Table
    typer: RowTyper
    attributes: Sequence[Attribute]
    log: RejectLog
    facets: dict[tuple[str, str], int]
    progress: ProgressCallback
    cancelled: Callable[[], bool]
    counts: Counts = field(default_factory=Counts)
    sellers: set[str] = field(default_factory=set[str])

    @property
    def slots(self) -> dict[str, str]:
        """Numeric column of the scan → attribute."""
        return {a.slot: a.name for a in self.attributes if a.slot in SLOTS}

    @property
    def event_id(self) -> UUID:
        return self.event["id"]

    @property
    def organization_id(self) -> UUID:
        return self.event["organization_id"]


@contextmanager
def _short_turns() -> Generator[None]:
    """The thread that reads gives way often: what is sent to Postgres waits for it at every step otherwise."""
    _RUNNING.append(_RUNNING[0] if _RUNNING else sys.getswitchinterval())
    sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        usual = _RUNNING.pop()
        if not _RUNNING:  # the last import to end sets back what the first one found
            sys.setswitchinterval(usual)


async def take_in(work: Import, *, source_file_id: UUID) -> None:
    """Writes every batch; the search index is the caller's."""
    with _short_turns():
        await _take_in(work, source_file_id)


async def _take_in(work: Import, source_file_id: UUID) -> None:
    await staging.create_staging(work.ctx.conn)
    known = await staging.has_listings(work.ctx.conn, event_id=work.event_id)
    records = _outcomes(work)

    def read() -> asyncio.Task[list[Outcome]]:
        return asyncio.create_task(asyncio.to_thread(lambda: list(islice(records, _BATCH))))

    coming = read()
    try:
        while batch := await asyncio.shield(coming):  # cancelled, its thread would go on reading
            if work.cancelled():
                raise Conflict("catalogue.import_cancelled", rows=work.counts.read)
            ready = await _prepare(work, batch, compare=known)
            coming = (
                read()
            )  # not before: two threads that reckon only hinder each other, Postgres hinders neither
            await _write(work, ready, source_file_id=source_file_id)
            done = work.table.position() or work.table.bytes
            work.progress(Progress("reading", done, work.table.bytes, work.counts.read))
    finally:
        if not coming.done():
            await asyncio.wait([coming])
        records.close()


def _outcomes(work: Import) -> Generator[Outcome]:
    for row, cells in work.table.records:
        if any(cell not in (None, "") for cell in cells):
            yield work.typer.type_row(row, cells)


async def _prepare(work: Import, batch: Sequence[Outcome], *, compare: bool) -> list[tuple[Any, ...]]:
    """The rows of a batch as the staging table takes them; those that say what they said before are only named."""
    counts, conn, embedder = work.counts, work.ctx.conn, work.ctx.ports.embedder
    counts.read += len(batch)
    for outcome in batch:
        for problem in outcome.problems:
            work.log.add(problem)
            counts.blanked += problem.effect == "blanked"
    typed = [outcome.typed for outcome in batch if outcome.typed]
    counts.rejected += len(batch) - len(typed)
    same: set[int] = set()
    if compare:
        kept = await staging.known_contents(
            conn,
            event_id=work.event_id,
            model=embedder.model,
            external_ids=[row.external_id for row in typed],
        )
        same = {row.row for row in typed if kept.get(row.external_id) == (row.sha256, row.listed)}
        counts.unchanged += len(same)
    changed = [row for row in typed if row.row not in same]
    await _learn_facets(work, changed)
    staged = await asyncio.to_thread(pack, changed, work.facets, work.slots, embedder)
    rest = [(row.row, "same", row.external_id) for row in typed if row.row in same]
    rest += [(o.problems[0].row, "rejected", o.external_id) for o in batch if not o.typed and o.external_id]
    blank = (None,) * (len(staging.COLUMNS) - 3)
    work.sellers.update(row.seller for row in changed if row.seller)
    return [*staged, *((*marks, *blank) for marks in rest)]


async def _write(work: Import, rows: Sequence[tuple[Any, ...]], *, source_file_id: UUID) -> None:
    conn, embedder = work.ctx.conn, work.ctx.ports.embedder
    await staging.stage(conn, rows)
    await _reject_twins(work)
    await writing.write_batch(
        conn,
        event_id=work.event_id,
        organization_id=work.organization_id,
        source_file_id=source_file_id,
        model=embedder.model,
        dimension=embedder.dimension,
    )


async def _learn_facets(work: Import, rows: Sequence[TypedRow]) -> None:
    new = {f[:2]: f for row in rows for f in row.facets if f[:2] not in work.facets}
    if new:
        work.facets |= await staging.add_facets(
            work.ctx.conn,
            event_id=work.event_id,
            organization_id=work.organization_id,
            facets=list(new.values()),
        )


async def _reject_twins(work: Import) -> None:
    for twin in await writing.reject_duplicates(work.ctx.conn):
        column, value = work.typer.id_header, twin["external_id"]
        work.log.add(RejectedCell(twin["first_row"], column, Reason.DUPLICATE_ID, value, "kept"))
        work.log.add(RejectedCell(twin["row"], column, Reason.DUPLICATE_ID, value))
        work.counts.rejected += 1


def check_rejects(work: Import, percent: float) -> None:
    counts = work.counts
    if counts.rejected * 100 > counts.read * percent:
        facts = {
            "file": work.table.name,
            "rows": counts.read,
            "rejected": counts.rejected,
            "limit_percent": percent,
        }
        raise InvalidInput(
            "catalogue.too_many_rejects", **facts, first=[_told(cell) for cell in work.log.first[:5]]
        )
    if not counts.read:
        raise InvalidInput("catalogue.empty_file", file=work.table.name)


def _told(cell: RejectedCell) -> dict[str, Any]:
    return {"row": cell.row, "column": cell.column, "reason": str(cell.reason), "value": cell.value[:80]}
