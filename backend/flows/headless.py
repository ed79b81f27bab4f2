"""A blueprint from files of this machine: read, joined, proposed and written as a tree, without a database or a network.

The same engine and the same decisions as the cockpit's; only where files and words come from differs.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from backend.core.errors import Conflict, InvalidInput
from backend.core.ports import Embedder, LanguageModel, Ocr
from backend.domains.blueprints.adapters.code import AdapterProposal, propose_adapters
from backend.domains.blueprints.artifacts.tree import Tree, artifacts_of
from backend.domains.blueprints.behavior.proposing import propose_behavior
from backend.domains.blueprints.clarifying.changes import Clarified
from backend.domains.blueprints.clarifying.reading import clarified
from backend.domains.blueprints.deciding import Question, proposal_of, questions_of
from backend.domains.blueprints.documents import document_of
from backend.domains.blueprints.kinds import LOOKED_AT, kind_of
from backend.domains.blueprints.model import PhotoProposal, Proposal, to_json
from backend.domains.blueprints.photos.proposing import RefusedPhoto, is_archive, photos_in, read_photos
from backend.domains.blueprints.records import FileStatus, SampleFile
from backend.flows import sample_kinds
from backend.flows.blueprint_decisions import decisions_of
from backend.flows.clarifications import columns_of, describing
from backend.flows.inventories import Inventory, linked, sheets_of, typed

Progress = Callable[[str, str, int, int], None]
Cancelled = Callable[[], bool]

_NOBODY: Final = UUID(int=0)
_AT_ONCE: Final = 2
_ENDINGS: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".gif", ".tif", ".tiff", ".bmp"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads samples; nothing here needs a network."""

    embedder: Embedder
    ocr: Ocr
    model: LanguageModel | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished blueprint. `clarified` is what was understood of the sentences, `refused` the photos left out."""

    proposal: Proposal
    inventory: Inventory
    document: str
    tree: Tree = field(repr=False)
    questions: tuple[Question, ...] = ()
    clarified: tuple[Clarified, ...] = ()
    refused: tuple[RefusedPhoto, ...] = ()
    adapters: tuple[AdapterProposal, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict[str, Path])

    @property
    def is_complete(self) -> bool:
        """Whether nothing stands between it and an import: each list has what tells one listing from another."""
        targets = [
            {target for one in sheet.fields for target in one.targets} for sheet in self.proposal.sheets
        ]
        return all("external_id" in each and {"title", "make", "model"} & each for each in targets)


async def draw(
    paths: Sequence[Path],
    reading: Reading,
    *,
    choices: Mapping[str, Any],
    says: Sequence[str] = (),
    confirm: bool = False,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Drawn:
    """Reads samples of any kind, each found by its content, and proposes a whole event.

    `says` are clarifications in words; with `confirm` they may publish what was kept back.
    Raises: InvalidInput with the file that cannot be read, `blueprints.nothing_to_sell`, `blueprints.not_understood`;
    Conflict `blueprints.cancelled`, `blueprints.needs_confirmation`.
    """
    tell, stop = progress or _silent, cancelled or _never
    samples = await asyncio.to_thread(_samples, paths)
    turn = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as work:
        photos = work.create_task(asyncio.to_thread(_photos, samples, tell, stop))
        read = [
            work.create_task(_read(sample, reading, turn, tell, stop))
            for sample in samples
            if sample.kind != "photo"
        ]
    found, refused = photos.result()
    files = [task.result() for task in read]
    files, understood = await asyncio.to_thread(_clarified, files, says, reading.embedder, confirm)
    tell("", "Proposing", 0, 0)
    drawn = await asyncio.to_thread(_drawn, files, found, samples, choices)
    return replace(drawn, clarified=understood, refused=refused)


@dataclass(frozen=True, slots=True)
class _Sample:
    """A file, what it is called in the blueprint, and its kind."""

    path: Path
    name: str
    kind: str


def _samples(paths: Sequence[Path]) -> list[_Sample]:
    """The files, those of folders among them, each once. Raises: InvalidInput `blueprints.unknown_kind`."""
    found: dict[Path, _Sample] = {}
    taken: set[str] = set()
    for given in paths:
        inside = sorted(path for path in given.rglob("*") if path.is_file()) if given.is_dir() else [given]
        for path in inside:
            if path.resolve() in found or path.name.startswith("."):
                continue
            name = str(path.relative_to(given)) if given.is_dir() else path.name
            name = name if name not in taken else f"{path.parent.name}/{path.name}"
            taken.add(name)
            found[path.resolve()] = _Sample(path, name, _kind(path, name))
    return list(found.values())


def _kind(path: Path, name: str) -> str:
    with path.open("rb") as stream:
        head = stream.read(LOOKED_AT)
    kind = kind_of(name, head)
    if kind is None and is_archive(head) and _holds_photos(path):
        return "photo"
    if kind is None:
        raise InvalidInput("blueprints.unknown_kind", file=name)
    return kind


def _holds_photos(path: Path) -> bool:
    """Whether the first file of a zip is called like a picture; what it is, its bytes say later."""
    return any(Path(name).suffix.casefold() in _ENDINGS for name, _ in photos_in(path, path.name))


async def _read(
    sample: _Sample, reading: Reading, turn: asyncio.Semaphore, tell: Progress, stop: Cancelled
) -> SampleFile:
    async with turn:
        if stop():
            raise Conflict("blueprints.cancelled", file=sample.name)
        file = _file(sample)
        order = sample_kinds.Sample(
            file=file,
            path=sample.path,
            ports=reading,
            remembered=(),
            before=(),
            progress=lambda stage, done, total: tell(sample.name, stage, done, total),
            cancelled=stop,
        )
        findings = await sample_kinds.read(order)
        tell(sample.name, "read", 1, 1)
        return replace(file, kind=findings.kind, findings=findings.to_json())


def _file(sample: _Sample) -> SampleFile:
    """A record of the kind the cockpit keeps, of a file that is kept nowhere."""
    now = datetime.fromtimestamp(0, UTC)
    return SampleFile(
        id=uuid5(_NOBODY, sample.name),
        blueprint_id=_NOBODY,
        organization_id=_NOBODY,
        kind=sample.kind,
        name=sample.name,
        media_type="",
        bytes=sample.path.stat().st_size,
        sha256=hashlib.sha256(sample.name.encode("utf-8", "replace")).hexdigest(),
        path="",
        position=0,
        status=FileStatus.READ,
        stage="",
        done=0,
        total=0,
        attempts=1,
        problem=None,
        created_at=now,
        updated_at=now,
    )


def _photos(
    samples: Sequence[_Sample], tell: Progress, stop: Cancelled
) -> tuple[tuple[PhotoProposal, ...], tuple[RefusedPhoto, ...]]:
    wanted = [(sample.name, sample.path) for sample in samples if sample.kind == "photo"]
    if not wanted:
        return (), ()
    return read_photos(
        wanted, progress=lambda stage, done, total: tell("photos", stage, done, total), cancelled=stop
    )


def _clarified(
    files: Sequence[SampleFile], says: Sequence[str], embedder: Embedder, confirm: bool
) -> tuple[list[SampleFile], tuple[Clarified, ...]]:
    """The files with what was said laid over them, sentence by sentence."""
    now, understood = list(files), list[Clarified]()
    for text in says:
        read = clarified(text, columns_of(now), describing(embedder))
        if read.misread:
            first = read.misread[0]
            facts = {"part": first.part, "columns": list(first.columns), "targets": list(first.targets)}
            raise InvalidInput("blueprints.not_understood", **facts)
        changes = [
            {"file_id": each.file_id, "field": each.field, **each.after, "said": text, "confirm": confirm}
            for each in read.changes
        ]
        decisions, _ = decisions_of(now, changes)
        now = [
            replace(file, decisions={**file.decisions, **_said(decisions.get(file.id, {}))}) for file in now
        ]
        understood.append(read)
    return now, tuple(understood)


def _said(decisions: Mapping[str, Any]) -> dict[str, Any]:
    return {name: decision for name, decision in decisions.items() if decision is not None}


def _drawn(
    files: Sequence[SampleFile],
    photos: Sequence[PhotoProposal],
    samples: Sequence[_Sample],
    choices: Mapping[str, Any],
) -> Drawn:
    proposal = replace(proposal_of(files, choices=choices), photos=tuple(photos))
    if not (proposal.sheets or proposal.feeds):
        raise InvalidInput("blueprints.nothing_to_sell")
    paths = {sample.name: sample.path for sample in samples}
    inventory = typed([paths[sheet.file] for sheet in proposal.sheets], proposal.sheets)
    joined = linked(proposal, inventory)
    whole = replace(joined, behavior=propose_behavior(joined, inventory.facts))
    document = document_of(whole, inventory.facts)
    adapters = _adapters(files, whole)
    tree = artifacts_of(whole, document, adapters=adapters)
    questions = questions_of(files, whole)
    return Drawn(whole, inventory, document, tree, questions, adapters=adapters, files=paths)


def _adapters(files: Sequence[SampleFile], proposal: Proposal) -> tuple[AdapterProposal, ...]:
    """Programs for cells that no normalizer takes apart, by the commonest cells of each list."""
    found: list[AdapterProposal] = []
    for file, sheet in sheets_of(files, proposal):
        columns: Sequence[Mapping[str, Any]] = (file.findings or {}).get("profile", {}).get("columns", ())
        cells = {each["key"]: {str(text): int(count) for text, count in each["values"]} for each in columns}
        found += propose_adapters(sheet.file, sheet.fields, cells)
    return tuple({each.file: each for each in found}.values())


def summary(drawn: Drawn) -> dict[str, Any]:
    """The blueprint as JSON, for scripts."""
    return {
        "proposal": to_json(drawn.proposal),
        "document": drawn.document,
        "questions": [{"field": each.field, "text": each.text} for each in drawn.questions],
        "understood": [each.understood for each in drawn.clarified],
        "refused_photos": [{"file": each.file, "code": each.code} for each in drawn.refused],
        "adapters": [
            {"file": each.file, "column": each.key, "sha256": each.sha256} for each in drawn.adapters
        ],
        "rejected_rows": dict(drawn.inventory.shares),
        "refused_cells": {file: to_json(cells) for file, cells in drawn.inventory.refused.items()},
        "files": sorted(drawn.tree),
    }


def _silent(file: str, stage: str, done: int, total: int) -> None:
    pass


def _never() -> bool:
    return False
