"""The import of one file: read, type, embed and stage in batches, then write set by set, all in the caller's transaction.

Whatever goes wrong, nothing is half imported: the caller's transaction rolls back. Memory does not grow with the file.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from babel.numbers import get_currency_precision

from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.model import (
    SLOTS,
    Attribute,
    ImportReport,
    Progress,
    RejectedCell,
    SourceMapping,
)
from backend.domains.catalogue.normalizers import Reason
from backend.domains.catalogue.packing import pack
from backend.domains.catalogue.planning import declared_attributes, described, setting_of, with_slots
from backend.domains.catalogue.queries import media, staging, writing
from backend.domains.catalogue.readers import Table, open_table
from backend.domains.catalogue.rejects import RejectLog
from backend.domains.catalogue.rows import Outcome, RowTyper, TypedRow
from backend.domains.journal import service as journal

_BATCH: Final = 1_000
_COMMON: Final = ("location_city", "location_region", "location_country", "condition")  # no sign of rarity

ProgressCallback = Callable[[Progress], None]


@dataclass(slots=True)
class _Counts:
    read: int = 0
    rejected: int = 0
    blanked: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class _Import:
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
    counts: _Counts = field(default_factory=_Counts)

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


async def import_file(
    ctx: Context,
    *,
    event: str,
    path: Path,
    mapping: SourceMapping,
    rejects: Path | None = None,
    max_rejects_percent: float = 20.0,
    replace_missing: bool = False,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
    limits: Limits | None = None,
) -> ImportReport:
    """Brings the listings of a file into an event (by slug or id) and its search index.

    Idempotent by external_id: unchanged rows are skipped, changed ones updated. With `replace_missing`, listings of the
    same source that the file no longer names are taken off the list (never deleted). `rejects` receives a CSV of every
    cell that was refused, also when the import fails because of them.
    Raises: NotFound `events.not_found`; Conflict `catalogue.import_running`, `catalogue.import_cancelled`; InvalidInput
    as `open_table` and `RowTyper` do, `catalogue.too_many_rejects`.
    """
    started = time.monotonic()
    found = await staging.find_event(ctx.conn, event=event)
    if found is None:
        raise NotFound("events.not_found", slug=event)
    if not await staging.lock_import(ctx.conn, event_id=found["id"]):
        raise Conflict("catalogue.import_running", slug=found["slug"])
    with RejectLog(rejects) as log:
        work = await _open(ctx, found, path, mapping, log, progress or _silent, cancelled or _never, limits)
        source_id, file_id = await _register(work, mapping)
        try:
            await _stage_all(work)
        finally:
            work.table.close()
        await _reject_twins(work)
        _check_rejects(work, max_rejects_percent)
        report = await _write(work, source_id, file_id, mapping, replace_missing)
    return replace(report, took_s=round(time.monotonic() - started, 3))


def _silent(_: Progress) -> None: ...


def _never() -> bool:
    return False


async def _open(
    ctx: Context,
    event: Mapping[str, Any],
    path: Path,
    mapping: SourceMapping,
    log: RejectLog,
    progress: ProgressCallback,
    cancelled: Callable[[], bool],
    limits: Limits | None,
) -> _Import:
    progress(Progress("checking", 0, 0, 0))
    table = await asyncio.to_thread(
        open_table,
        path,
        header_rows=mapping.header_rows,
        listings_only=mapping.rows == "listings",
        sheet=mapping.sheet,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        limits=limits,
    )
    document: Mapping[str, Any] = event["document"] or {}
    declared = declared_attributes(document)
    setting = setting_of(document, mapping, declared)
    try:
        typer = RowTyper(mapping, table.header, setting, file=table.name)
    except BaseException:
        table.close()
        raise
    taken = await staging.list_slots(ctx.conn, event_id=event["id"])
    facets = await staging.list_facet_ids(ctx.conn, event_id=event["id"])
    attributes = with_slots(described(typer.attributes, declared), list(declared), taken)
    return _Import(ctx, event, table, typer, attributes, log, facets, progress, cancelled)


async def _register(work: _Import, mapping: SourceMapping) -> tuple[UUID, UUID]:
    conn, table = work.ctx.conn, work.table
    scope: dict[str, UUID] = {"event_id": work.event_id, "organization_id": work.organization_id}
    source_id = await staging.save_source(
        conn, name=mapping.source, mapping=mapping.document, sha256=mapping.sha256, **scope
    )
    file_id = await staging.add_source_file(
        conn,
        source_id=source_id,
        name=table.name,
        sha256=table.sha256,
        size=table.bytes,
        user_id=work.ctx.actor.user_id,
        **scope,
    )
    return source_id, file_id


async def _stage_all(work: _Import) -> None:
    """Types the next batch in a thread while Postgres takes in the one before."""
    await staging.create_staging(work.ctx.conn)
    known = await staging.has_listings(work.ctx.conn, event_id=work.event_id)
    records = _outcomes(work)
    coming = asyncio.create_task(asyncio.to_thread(lambda: list(islice(records, _BATCH))))
    try:
        while batch := await asyncio.shield(coming):  # cancelled, its thread would go on reading
            coming = asyncio.create_task(asyncio.to_thread(lambda: list(islice(records, _BATCH))))
            if work.cancelled():
                raise Conflict("catalogue.import_cancelled", rows=work.counts.read)
            await _stage(work, batch, compare=known)
            done = work.table.position() or work.table.bytes
            work.progress(Progress("reading", done, work.table.bytes, work.counts.read))
    finally:
        if not coming.done():
            await asyncio.wait([coming])
        records.close()


def _outcomes(work: _Import) -> Generator[Outcome]:
    for row, cells in work.table.records:
        if any(cell not in (None, "") for cell in cells):
            yield work.typer.type_row(row, cells)


async def _stage(work: _Import, batch: Sequence[Outcome], *, compare: bool) -> None:
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
    await staging.stage(conn, [*staged, *((*marks, *blank) for marks in rest)])


async def _learn_facets(work: _Import, rows: Sequence[TypedRow]) -> None:
    new = {f[:2]: f for row in rows for f in row.facets if f[:2] not in work.facets}
    if new:
        work.facets |= await staging.add_facets(
            work.ctx.conn,
            event_id=work.event_id,
            organization_id=work.organization_id,
            facets=list(new.values()),
        )


async def _reject_twins(work: _Import) -> None:
    for twin in await writing.reject_duplicates(work.ctx.conn):
        column, value = work.typer.id_header, twin["external_id"]
        work.log.add(RejectedCell(twin["first_row"], column, Reason.DUPLICATE_ID, value, "kept"))
        work.log.add(RejectedCell(twin["row"], column, Reason.DUPLICATE_ID, value))
        work.counts.rejected += 1


def _check_rejects(work: _Import, percent: float) -> None:
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


async def _write(
    work: _Import, source_id: UUID, file_id: UUID, mapping: SourceMapping, replace_missing: bool
) -> ImportReport:
    conn, counts, embedder = work.ctx.conn, work.counts, work.ctx.ports.embedder
    event_id, organization_id = work.event_id, work.organization_id
    work.progress(Progress("writing", 0, 0, counts.read))
    sellers = await writing.list_unknown_sellers(conn, organization_id=organization_id)
    written = await writing.write_listings(
        conn, event_id=event_id, organization_id=organization_id, source_file_id=file_id
    )
    await writing.write_embeddings(conn, model=embedder.model, dimension=embedder.dimension)
    unlisted = (
        await writing.unlist_missing(conn, event_id=event_id, source_id=source_id) if replace_missing else 0
    )
    await media.apply(conn, event_id=event_id)
    changed = bool(written["added"] or written["updated"] or unlisted)
    if changed:
        currency = next((a.unit for a in work.attributes if a.name == "price"), None) or "USD"
        await writing.refresh_facets(conn, event_id=event_id)
        await writing.write_scan(
            conn,
            event_id=event_id,
            currency=currency,
            minor_digits=get_currency_precision(currency),
            common=_COMMON,
        )
        plain = [
            {"name": a.name, "kind": a.kind, "label": a.label, "unit": a.unit, "slot": a.slot}
            for a in work.attributes
        ]
        await writing.flush_tags(conn, event_id=event_id)
        await writing.write_attributes(
            conn, event_id=event_id, organization_id=organization_id, attributes=plain
        )
    revision = await writing.finish(
        conn,
        event_id=event_id,
        source_file_id=file_id,
        read=counts.read,
        accepted=counts.read - counts.rejected,
        rejected=counts.rejected,
        changed=changed,
    )
    report = ImportReport(
        source_file_id=file_id,
        file=work.table.name,
        rows_read=counts.read,
        added=written["added"],
        updated=written["updated"],
        unchanged=counts.read - counts.rejected - written["added"] - written["updated"],
        rejected=counts.rejected,
        blanked=counts.blanked,
        unlisted=unlisted,
        rejects=tuple(work.log.first),
        unknown_sellers=tuple(sellers),
        unmapped_columns=work.typer.unmapped,
        catalogue_revision=revision,
        took_s=0.0,
    )
    await journal.record(
        work.ctx,
        kind="catalogue.imported",
        facts={
            "source_file_id": str(file_id),
            "source": mapping.source,
            "file": report.file,
            "sha256": work.table.sha256,
            **{
                name: getattr(report, name)
                for name in ("rows_read", "added", "updated", "unchanged", "rejected", "unlisted")
            },
            "catalogue_revision": revision,
        },
        organization_id=organization_id,
        event_id=event_id,
    )
    return report
