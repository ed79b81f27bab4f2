"""The import of one file: read, type, embed and stage in batches, then write set by set, all in the caller's transaction.

Whatever goes wrong, nothing is half imported: the caller's transaction rolls back. Memory does not grow with the file.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from babel.numbers import get_currency_precision

from backend.core.context import Context
from backend.core.errors import Conflict, NotFound
from backend.domains.catalogue.limits import Limits
from backend.domains.catalogue.model import (
    ImportReport,
    Progress,
    SourceMapping,
)
from backend.domains.catalogue.planning import declared_attributes, described, setting_of, with_slots
from backend.domains.catalogue.preview import open_mapped
from backend.domains.catalogue.queries import media, staging, writing
from backend.domains.catalogue.readers import Table
from backend.domains.catalogue.rejects import RejectLog
from backend.domains.catalogue.rows import RowTyper
from backend.domains.catalogue.taking_in import (
    Import,
    ProgressCallback,
    check_rejects,
    take_in,
)
from backend.domains.journal import service as journal

_COMMON: Final = ("location_city", "location_region", "location_country", "condition")  # no sign of rarity


async def import_file(
    ctx: Context,
    *,
    event: str,
    path: Path,
    mapping: SourceMapping,
    document: Mapping[str, Any] | None = None,
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
    cell that was refused, also when the import fails because of them. `document` stands in for the event document of an
    event that has no version yet.
    Raises: NotFound `events.not_found`; Conflict `catalogue.import_running`, `catalogue.import_cancelled`; InvalidInput
    as `open_table` and `RowTyper` do, `catalogue.too_many_rejects`.
    """
    started = time.monotonic()
    (progress or _silent)(Progress("checking", 0, 0, 0))
    found = await _lock(ctx, event)
    table = await asyncio.to_thread(open_mapped, path, mapping, limits=limits)
    return await _import(
        ctx,
        found,
        table,
        mapping,
        document,
        rejects,
        max_rejects_percent,
        replace_missing,
        progress,
        cancelled,
        started,
    )


async def import_table(
    ctx: Context,
    *,
    event: str,
    table: Table,
    mapping: SourceMapping,
    document: Mapping[str, Any] | None = None,
    rejects: Path | None = None,
    max_rejects_percent: float = 20.0,
    replace_missing: bool = False,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportReport:
    """As `import_file`, for records that come from no file (`table_of`). Closes the table.

    Raises: as `import_file`.
    """
    started = time.monotonic()
    try:
        found = await _lock(ctx, event)
    except BaseException:
        table.close()
        raise
    return await _import(
        ctx,
        found,
        table,
        mapping,
        document,
        rejects,
        max_rejects_percent,
        replace_missing,
        progress,
        cancelled,
        started,
    )


async def _lock(ctx: Context, event: str) -> Mapping[str, Any]:
    found = await staging.find_event(ctx.conn, event=event)
    if found is None:
        raise NotFound("events.not_found", slug=event)
    if not await staging.lock_import(ctx.conn, event_id=found["id"]):
        raise Conflict("catalogue.import_running", slug=found["slug"])
    return found


async def _import(
    ctx: Context,
    event: Mapping[str, Any],
    table: Table,
    mapping: SourceMapping,
    document: Mapping[str, Any] | None,
    rejects: Path | None,
    max_rejects_percent: float,
    replace_missing: bool,
    progress: ProgressCallback | None,
    cancelled: Callable[[], bool] | None,
    started: float,
) -> ImportReport:
    try:
        with RejectLog(rejects) as log:
            work = await _open(
                ctx,
                {**event, "document": document or event["document"]},
                table,
                mapping,
                log,
                progress or _silent,
                cancelled or _never,
            )
            source_id, file_id = await _register(work, mapping)
            await take_in(work, source_file_id=file_id)
            table.close()
            check_rejects(work, max_rejects_percent)
            report = await _write(work, source_id, file_id, mapping, replace_missing)
    finally:
        table.close()
    return replace(report, took_s=round(time.monotonic() - started, 3))


def _silent(_: Progress) -> None: ...


def _never() -> bool:
    return False


async def _open(
    ctx: Context,
    event: Mapping[str, Any],
    table: Table,
    mapping: SourceMapping,
    log: RejectLog,
    progress: ProgressCallback,
    cancelled: Callable[[], bool],
) -> Import:
    document: Mapping[str, Any] = event["document"] or {}
    declared = declared_attributes(document)
    setting = setting_of(document, mapping, declared)
    typer = RowTyper(mapping, table.header, setting, file=table.name)
    taken = await staging.list_slots(ctx.conn, event_id=event["id"])
    facets = await staging.list_facet_ids(ctx.conn, event_id=event["id"])
    attributes = with_slots(described(typer.attributes, declared), list(declared), taken)
    return Import(ctx, event, table, typer, attributes, log, facets, progress, cancelled)


async def _register(work: Import, mapping: SourceMapping) -> tuple[UUID, UUID]:
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


async def _write(
    work: Import, source_id: UUID, file_id: UUID, mapping: SourceMapping, replace_missing: bool
) -> ImportReport:
    conn, counts = work.ctx.conn, work.counts
    event_id, organization_id = work.event_id, work.organization_id
    work.progress(Progress("writing", 0, 0, counts.read))
    sellers = await writing.list_unknown_sellers(
        conn, organization_id=organization_id, codes=sorted(work.sellers)
    )
    written = await writing.count_written(conn)
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
        names = ("name", "kind", "label", "unit", "slot")
        plain = [{name: getattr(a, name) for name in names} for a in work.attributes]
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
