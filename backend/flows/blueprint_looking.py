"""Looking closer at a blueprint's files: rows as they would be imported, pages of reports, pictures. Changes nothing."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from backend.core.context import Actor
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.deciding import decided_file
from backend.domains.blueprints.model import SheetProposal
from backend.domains.blueprints.records import FileStatus, SampleFile
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import PreviewRow
from backend.flows.runtime import Runtime

MOST_ROWS = 200


async def sample_rows(
    runtime: Runtime, actor: Actor, *, blueprint_id: UUID, file_id: UUID, limit: int = 20
) -> dict[str, Any]:
    """The first listings of a list as an import would read them, decisions applied.

    Shape: `{rows: [{row, values, problems: [{column, reason, value, effect}]}]}`.
    Raises: NotFound `blueprints.no_such_file`; Conflict `blueprints.not_read`; as `catalogue.preview_rows` does.
    """
    file = await _file(runtime, actor, file_id)
    if file.blueprint_id != blueprint_id:
        raise NotFound("blueprints.no_such_file", file_id=str(file_id))
    if file.status is not FileStatus.READ:
        raise Conflict("blueprints.not_read", file=file.name, status=file.status.value)
    found = decided_file(file)
    if not isinstance(found, SheetProposal):
        return {"rows": []}
    async with runtime.samples.local.local(runtime.ports.files, file) as path:
        rows = await asyncio.to_thread(
            catalogue.preview_rows, path, found.mapping, limit=max(1, min(limit, MOST_ROWS))
        )
    return {"rows": [_row(row) for row in rows]}


async def page_image(runtime: Runtime, actor: Actor, *, file_id: UUID, page: int = 1) -> bytes:
    """A page of a report as PNG; a photo or screenshot, upright and without what cameras write into it, as JPEG.

    Raises: NotFound `blueprints.no_such_file`, `blueprints.no_such_page`; InvalidInput as reading it did.
    """
    file = await _file(runtime, actor, file_id)
    if file.kind not in ("report", "photo", "screen"):
        raise InvalidInput("blueprints.no_picture", file=file.name)
    async with runtime.samples.local.local(runtime.ports.files, file) as path:
        if file.kind == "report":
            from backend.domains.blueprints.reports.pages import render_page

            return await asyncio.to_thread(render_page, path, page)
        from backend.domains.blueprints.photos.reading import PhotoReader

        with PhotoReader() as reader:
            return await asyncio.to_thread(reader.preview, path, file.name)


async def _file(runtime: Runtime, actor: Actor, file_id: UUID) -> SampleFile:
    async with runtime.database.as_actor(actor) as ctx:
        return await blueprints.get_file(ctx, file_id=file_id)


def _row(row: PreviewRow) -> dict[str, Any]:
    problems = [
        {"column": one.column, "reason": one.reason, "value": one.value, "effect": one.effect}
        for one in row.problems
    ]
    return {
        "row": row.row,
        "values": {name: _plain(value) for name, value in row.values.items()},
        "problems": problems,
    }


def _plain(value: Any) -> Any:
    """As JSON has it: dates as their text, tuples as lists."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]  # pyright: ignore[reportUnknownArgumentType]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
