"""What a blueprint's lists hold once they are read by their mappings: facts for the behavior, keys to link reports and photos by.

Typed by the real import, in threads, kept per content and mapping. While a changed mapping is read anew, what the one
before gave stands in, so that a decision is answered at once; whoever needs it exact waits.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from backend.core.errors import AppError
from backend.core.ports import Files
from backend.domains.blueprints.inventory import InventoryFacts, inventory_of
from backend.domains.blueprints.model import Proposal, SheetProposal
from backend.domains.blueprints.records import SampleFile
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import PreviewRow, RejectedCell
from backend.flows.background import Background, threaded
from backend.flows.sample_files import SampleFiles

Sheets = Sequence[tuple[SampleFile, SheetProposal]]

log = logging.getLogger(__name__)

_PATIENCE_S: Final = 1.5  # a first look does not wait longer for rows
_KEPT: Final = 16
_MOST_CELLS: Final = 20
_MOST_ROWS: Final = 50_000  # of one list: facts of more are those of these
#: What tells listings apart, for reports and photos.
_KEYS: Final = ("external_id", "identifier", "title", "year", "make", "model", "trim", "image_urls")


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows as facts and keys. `rejected` counts rows that an import would leave out, `shares` is that per file.

    `refused` are the first cells of each file that cannot be read.
    """

    facts: InventoryFacts
    listings: tuple[Mapping[str, Any], ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict[str, float])
    refused: Mapping[str, tuple[RejectedCell, ...]] = field(
        default_factory=dict[str, tuple[RejectedCell, ...]]
    )

    @property
    def rejected(self) -> float:
        return max(self.shares.values(), default=0.0)


class Inventories:
    """Inventories of one process."""

    def __init__(self, local: SampleFiles) -> None:
        self._local = local
        self._kept: OrderedDict[str, Inventory] = OrderedDict()
        self._last: OrderedDict[str, Inventory] = OrderedDict()
        self._reading: dict[str, asyncio.Lock] = {}
        self._work = Background()

    async def of(self, files: Files, sheets: Sheets) -> Inventory:
        """Exactly what these mappings give. Raises: as `catalogue.preview_rows` does."""
        name = _name(sheets)
        async with self._reading.setdefault(name, asyncio.Lock()):
            if (kept := self._kept.get(name)) is None:
                kept = await self._read(files, sheets)
                _keep(self._kept, name, kept)
                _keep(self._last, _contents(sheets), kept)
        self._reading.pop(name, None)
        return kept

    async def near(self, files: Files, sheets: Sheets) -> Inventory:
        """The same at once: what an earlier mapping of these files gave stands in until the new one is read."""
        name = _name(sheets)
        standing = self._kept.get(name) or self._last.get(_contents(sheets))
        if name not in self._kept:
            self._work.start(f"inventory {name}", self._refreshed(files, sheets))
            if standing is None:
                await self._work.within(f"inventory {name}", _PATIENCE_S)
                standing = self._kept.get(name)
        return standing or Inventory(inventory_of(()))

    async def join(self) -> None:
        await self._work.join()

    async def close(self) -> None:
        await self._work.close()

    async def _refreshed(self, files: Files, sheets: Sheets) -> None:
        try:
            await self.of(files, sheets)
        except AppError as error:  # a mapping that cannot be read by yet gives nothing
            log.info("lists cannot be read by their mapping yet: %s", error)

    async def _read(self, files: Files, sheets: Sheets) -> Inventory:
        async with AsyncExitStack() as opened:
            paths = [await opened.enter_async_context(self._local.local(files, file)) for file, _ in sheets]
            return await threaded(typed, paths, [sheet for _, sheet in sheets])


def typed(paths: Sequence[Path], sheets: Sequence[SheetProposal]) -> Inventory:
    """What the files hold, read by these mappings. Blocking. Raises: as `catalogue.preview_rows` does."""
    rows: list[PreviewRow] = []
    shares: dict[str, float] = {}
    cells: dict[str, tuple[RejectedCell, ...]] = {}
    for path, sheet in zip(paths, sheets, strict=True):
        read = catalogue.preview_rows(path, sheet.mapping, limit=_MOST_ROWS)
        refused = sum(any(problem.effect == "rejected" for problem in row.problems) for row in read)
        shares[sheet.file] = refused / max(len(read), 1)
        cells[sheet.file] = tuple(islice((problem for row in read for problem in row.problems), _MOST_CELLS))
        rows += read
    listings = tuple({name: row.values[name] for name in _KEYS if name in row.values} for row in rows)
    return Inventory(inventory_of(rows, *(sheet.mapping for sheet in sheets)), listings, shares, cells)


def sheets_of(files: Sequence[SampleFile], proposal: Proposal) -> Sheets:
    """Each list that was read, with its proposal."""
    read = [file for file in files if file.kind == "sheet" and file.findings]
    return list(zip(read, proposal.sheets, strict=True))


def linked(proposal: Proposal, inventory: Inventory) -> Proposal:
    """Reports and photos with the listings they belong to, as far as names and numbers tell."""
    if not inventory.listings:
        return proposal
    reports, photos = proposal.reports, proposal.photos
    if reports:
        from backend.domains.blueprints.reports.links import link_reports

        found = link_reports(reports, inventory.listings)
        pairs = zip(reports, found, strict=True)
        reports = tuple(old if old.linked_by == "chosen" else new for old, new in pairs)
    if photos:
        from backend.domains.blueprints.photos.links import link_photos
        from backend.domains.blueprints.photos.proposing import with_duplicates

        photos = link_photos(with_duplicates(photos), inventory.listings)
    return replace(proposal, reports=reports, photos=photos)


def _name(sheets: Sheets) -> str:
    mappings = [json.dumps(sheet.mapping, sort_keys=True, default=str) for _, sheet in sheets]
    return hashlib.sha256("\n".join([_contents(sheets), *mappings]).encode()).hexdigest()


def _contents(sheets: Sheets) -> str:
    return " ".join(file.sha256 for file, _ in sheets)


def _keep(cache: OrderedDict[str, Inventory], name: str, inventory: Inventory) -> None:
    cache[name] = inventory
    cache.move_to_end(name)
    while len(cache) > _KEPT:
        cache.popitem(last=False)
