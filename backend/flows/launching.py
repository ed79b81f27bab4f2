"""From a blueprint's tree to an event that is served: document, rows and photos, by an operator of this machine.

The document and all rows come into force together or not at all; photos follow, because they are stored outside the database.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.core.context import Context
from backend.core.errors import InvalidInput
from backend.core.ports import Files
from backend.domains.blueprints.adapters.code import AdapterProposal
from backend.domains.blueprints.adapters.runner import Adapter, adapted, check_adapter
from backend.domains.blueprints.artifacts.contract import broken_promises
from backend.domains.blueprints.artifacts.files import is_inside
from backend.domains.blueprints.artifacts.tree import Bundle, read_synthetic
from backend.domains.blueprints.model import PhotoProposal, SheetProposal
from backend.domains.blueprints.photos.proposing import photos_in
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport, Progress
from backend.domains.catalogue.preview import open_mapped
from backend.domains.events import service as events
from backend.domains.events.model import EventVersion, Source
from backend.domains.journal import service as journal
from backend.flows.media import Door, Published, attach_photos


@dataclass(frozen=True, slots=True)
class Launched:
    """The version in force and what was imported for it, list by list."""

    version: EventVersion
    reports: tuple[ImportReport, ...]


def kept_promises(bundle: Bundle) -> list[str]:
    """What of the contract does not hold here, a sentence each. Blocking."""
    name = bundle.event
    found: list[str] = []
    for path, mapping in bundle.mappings.items():
        suffix = path.removeprefix(f"sources/{name}/column_mapping").removesuffix(".json")
        rows, expected = f"tests/{name}/rows{suffix}.csv", f"tests/{name}/expected{suffix}.json"
        if rows not in bundle.tree or expected not in bundle.tree:
            found.append(f"{rows}: the made-up rows are missing.")
            continue
        found += _broken(bundle.tree[rows], bundle.tree[expected], mapping, rows)
    compilation = events.check(Source(bundle.document), events.shipped_templates())
    found += [f"{problem.path}: {problem.message}" for problem in compilation.errors]
    if (
        compilation.compiled
        and compilation.compiled.canonical.encode() != bundle.tree[f"config/sales_events/{name}.json"]
    ):
        found.append("The document means something else here: a template that it extends has changed.")
    return found


def _broken(rows: bytes, expected: bytes, mapping: Mapping[str, Any], file: str) -> list[str]:
    try:
        promised: list[Mapping[str, Any]] = json.loads(expected)
        return broken_promises(promised, read_synthetic(rows.decode("utf-8"), mapping), file)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [f"{file}: what was promised of it cannot be read."]


def samples_of(
    bundle: Bundle, root: Path, given: Sequence[Path], noted: Mapping[str, Path]
) -> dict[str, Path]:
    """Where the rows and photos lie: as given, as noted on this machine, or by name beside the tree.

    Raises: InvalidInput `blueprints.no_samples` with the `files` of rows that are nowhere.
    """
    folders = [
        *(path for path in given if path.is_dir()),
        *((root, root.parent) if root.is_dir() else (root.parent,)),
    ]
    files = {path.name: path for path in given if path.is_file()}
    found = {**noted, **files}
    missing: list[str] = []
    for name in (sheet.file for sheet in bundle.proposal.sheets):
        # a tree comes from anywhere: its names lead nowhere but into these folders
        beside = [folder / name for folder in folders] if is_inside(name) else []
        places = [files.get(Path(name).name), noted.get(name), *beside]
        place = next((path for path in places if path is not None and path.is_file()), None)
        if place is None:
            missing.append(name)
        else:
            found[name] = place
    if missing:
        raise InvalidInput("blueprints.no_samples", files=missing)
    return found


async def launch(
    ctx: Context,
    bundle: Bundle,
    samples: Mapping[str, Path],
    *,
    organization: str | None,
    message: str,
    approved: Collection[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Launched:
    """Publishes the document and imports every list in this unit of work; with `organization`, a new event is created.

    `approved` are hashes of adapters that somebody has read: only these run, and the journal keeps that they were.
    Raises: as `events.publish` and `catalogue.import_file` do; InvalidInput `blueprints.adapter_refused`.
    """
    owner = await events.get_organization_id(ctx, slug=organization) if organization else None
    version = await events.publish(
        ctx,
        source=Source(bundle.document, f"{bundle.event}.yaml"),
        library=events.shipped_templates(),
        message=message,
        organization_id=owner,
        slug=bundle.event,
    )
    running = [each for each in bundle.adapters if each.sha256 in approved]
    for each in running:
        await journal.record(
            ctx,
            kind="blueprint.adapter_approved",
            facts={"file": each.file, "sha256": each.sha256, "column": each.key},
            organization_id=version.organization_id,
            event_id=version.event_id,
        )
    sheets = bundle.proposal.sheets
    reports = [await _imported(ctx, bundle.event, sheet, samples, running, progress) for sheet in sheets]
    return Launched(version, tuple(reports))


async def _imported(
    ctx: Context,
    event: str,
    sheet: SheetProposal,
    samples: Mapping[str, Path],
    adapters: Sequence[AdapterProposal],
    progress: Callable[[Progress], None] | None,
) -> ImportReport:
    own = [each for each in adapters if each.source == sheet.file]
    mapping = catalogue.mapping_of(with_adapters(sheet.mapping, own))
    if not own:
        return await catalogue.import_file(
            ctx, event=event, path=samples[sheet.file], mapping=mapping, progress=progress
        )
    with ExitStack() as opened:
        running = [opened.enter_context(Adapter(each, {each.sha256})) for each in own]
        for adapter in running:
            await asyncio.to_thread(check_adapter, adapter)
        table = await asyncio.to_thread(open_mapped, samples[sheet.file], mapping)
        return await catalogue.import_table(
            ctx, event=event, table=adapted(table, running), mapping=mapping, progress=progress
        )


def with_adapters(mapping: Mapping[str, Any], adapters: Sequence[AdapterProposal]) -> dict[str, Any]:
    """The mapping with a column for each part. What such a part says goes before the text it was taken from."""
    columns, ignored = dict(mapping["columns"]), dict(mapping.get("ignore", {}))
    for adapter in adapters:
        entry = columns.get(adapter.key)
        targets = {column["target"] for column in adapter.columns.values()}
        if entry is not None and (entry if isinstance(entry, str) else entry.get("target")) in targets:
            columns.pop(adapter.key)
            ignored[adapter.key] = "unused"
        taken = {each if isinstance(each, str) else each.get("target") for each in columns.values()}
        columns |= {key: column for key, column in adapter.columns.items() if column["target"] not in taken}
    return {**mapping, "columns": columns, "ignore": ignored}


async def attach(
    files: Files, door: Door, launched: Launched, photos: Sequence[PhotoProposal], samples: Mapping[str, Path]
) -> Published:
    """Photos of the samples become pictures of their listings. Raises: as `attach_photos`."""
    wanted = [photo for photo in photos if photo.listing]
    if not wanted:
        return Published()
    with tempfile.TemporaryDirectory(prefix="mpax-photos-") as folder:
        places = await asyncio.to_thread(_unpacked, samples, {photo.file for photo in photos}, Path(folder))

        @asynccontextmanager
        async def original(photo: PhotoProposal) -> AsyncIterator[Path]:
            if photo.file not in places:
                raise InvalidInput("blueprints.no_samples", files=[photo.file])
            yield places[photo.file]

        return await attach_photos(
            files, door, event_id=launched.version.event_id, photos=photos, originals=original
        )


def _unpacked(samples: Mapping[str, Path], wanted: set[str], folder: Path) -> dict[str, Path]:
    """Where each photo lies; those of zips in a folder, under names of ours."""
    places = {name: path for name, path in samples.items() if name in wanted}
    for name, path in samples.items():
        if path.suffix.casefold() != ".zip":
            continue
        for at, (entry, content) in enumerate(photos_in(path, name)):
            if entry in wanted and entry not in places:
                places[entry] = folder / f"{len(places)}-{at}"
                places[entry].write_bytes(content.read_bytes())
    return places
