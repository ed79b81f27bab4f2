"""Fills the draft event of a sandbox beside the requests: lists first, then photos. Doing it again changes nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from backend.core.context import Actor
from backend.core.errors import AppError
from backend.domains.blueprints import previews
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.continuing import predecessor
from backend.domains.blueprints.model import PhotoProposal
from backend.domains.blueprints.records import Blueprint
from backend.domains.catalogue import service as catalogue
from backend.flows import media
from backend.flows.inventories import Sheets
from backend.flows.proposing import proposed
from backend.flows.runtime import Runtime
from backend.flows.sampling import Pulse

log = logging.getLogger(__name__)


def fill(runtime: Runtime, actor: Actor, blueprint_id: UUID) -> None:
    """Begins to fill the newest sandbox of a blueprint, unless that is under way here."""
    runtime.work.start(f"fill {blueprint_id}", _fill(runtime, actor, blueprint_id))


async def _fill(runtime: Runtime, actor: Actor, blueprint_id: UUID) -> None:
    pulse = runtime.filling[blueprint_id] = Pulse()
    try:
        async with runtime.database.as_actor(actor) as ctx:
            tickets = await previews.list_imports(ctx, blueprint_id=blueprint_id)
        for ticket in tickets:
            if not ticket.status.is_over:
                await runtime.imports.run(actor, ticket.id)
        await attach_photos(runtime, actor, blueprint_id, pulse)
    except AppError as error:  # what an import could not do is kept with its ticket
        log.warning("the sandbox of blueprint %s lacks something: %s", blueprint_id, error)
    finally:
        pulse.stop.set()
        runtime.filling.pop(blueprint_id, None)


async def attach_photos(runtime: Runtime, actor: Actor, blueprint_id: UUID, pulse: Pulse) -> None:
    """Photos that certainly belong to a listing become its pictures. Raises: as `media.publish_photos`."""
    async with runtime.database.as_actor(actor) as ctx:
        blueprint = await blueprints.get_blueprint(ctx, blueprint_id=blueprint_id)
        files = await blueprints.list_files(ctx, blueprint_id=blueprint_id)
    photos = {file.sha256: file for file in files if file.kind == "photo" and file.findings}
    if not photos or blueprint.event_id is None:
        return
    proposal, inventory = await proposed(runtime, blueprint, files, is_exact=True)

    @asynccontextmanager
    async def original(photo: PhotoProposal) -> AsyncIterator[Path]:
        async with runtime.samples.local.local(runtime.ports.files, photos[photo.sha256]) as path:
            yield path

    related = await media.relate(
        proposal.photos, inventory.listings, ocr=runtime.ports.ocr, originals=original,
        progress=pulse.progress, cancelled=pulse.cancelled,
    )  # fmt: skip
    await media.publish_photos(
        runtime, actor, event_id=blueprint.event_id, photos=related, originals=original,
        progress=pulse.progress, cancelled=pulse.cancelled,
    )  # fmt: skip


async def bring_in(runtime: Runtime, actor: Actor, blueprint: Blueprint, sheets: Sheets) -> None:
    """Asks for the rows of a live event and begins to bring them in. Raises: NotAllowed; NotFound; Gone."""
    assert blueprint.event_id is not None
    async with runtime.database.as_actor(actor) as ctx:
        known = await catalogue.list_mappings(ctx, event_id=blueprint.event_id)
        taken: set[str] = set()
        for file, sheet in sheets:
            before = predecessor(sheet.mapping["columns"], known) or sheet.mapping
            mapping = {**sheet.mapping, "source": before["source"]}
            if (
                mapping["source"] in taken
            ):  # a second list of one source would take away what the first has brought
                mapping["source"] = f"{mapping['source'][:190]} {len(taken) + 1}"
            taken.add(mapping["source"])
            known = [one for one in known if one["source"] not in taken]
            await previews.request_import(
                ctx, event_id=blueprint.event_id, blueprint_id=blueprint.id, file_id=file.id,
                source=mapping["source"], mapping=mapping,
            )  # fmt: skip
    if sheets:
        fill(runtime, actor, blueprint.id)
