"""What is done with each kind of sample: surveyed, read, linked. The engine proposes; here it is called beside the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from backend.core.errors import AppError, Conflict, InvalidInput
from backend.core.ports import Embedder, LanguageModel, Ocr
from backend.domains.blueprints.model import Remembered, SampleKind, SheetProposal, to_json
from backend.domains.blueprints.records import SampleFile
from backend.domains.catalogue.model import SheetSurvey
from backend.flows.background import threaded

_MOST_TYPED: Final = 500
_MOST_TEXT: Final = 4_000_000  # bytes of an API description


class Reading(Protocol):
    """The ports that reading needs."""

    @property
    def embedder(self) -> Embedder: ...

    @property
    def ocr(self) -> Ocr: ...

    @property
    def model(self) -> LanguageModel | None: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to read, and everything reading may use."""

    file: SampleFile
    path: Path
    ports: Reading
    remembered: Sequence[Remembered]
    before: Sequence[Mapping[str, Any]]
    progress: Callable[[str, int, int], None]
    cancelled: Callable[[], bool]
    known: Sequence[Mapping[str, Any]] = ()  # confirmed mappings of the live event it is for


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: the proposal in its plain form, what it is compared by next time, and what has changed since last time."""

    kind: SampleKind
    proposal: Mapping[str, Any]
    profile: Mapping[str, Any] | None = None
    drift: Sequence[Mapping[str, Any]] = ()

    def to_json(self) -> dict[str, Any]:
        rest = {"profile": dict(self.profile)} if self.profile is not None else {}
        return {"proposal": dict(self.proposal), "drift": [dict(one) for one in self.drift], **rest}


async def read(sample: Sample) -> Findings:
    """The findings of a sample, by its kind.

    Raises: InvalidInput with what is wrong with the file; Conflict `blueprints.cancelled`; Upstream; Busy.
    """
    kind = sample.file.kind
    if kind == "unknown":
        raise InvalidInput("blueprints.unknown_kind", file=sample.file.name)
    found = await _READERS[kind](sample)
    if sample.cancelled():
        raise Conflict("blueprints.cancelled", file=sample.file.name)
    return found


async def _sheet(sample: Sample) -> Findings:
    from backend.domains.blueprints.induction import asked_sheet

    surveyed, proposal = await threaded(_proposed, sample)
    proposal = await asked_sheet(proposal, surveyed, model=sample.ports.model)
    if sample.known:
        from backend.domains.blueprints.continuing import continued

        proposal = continued(proposal, surveyed.columns, sample.known)
    return await threaded(_compared, sample, surveyed, proposal)


def _proposed(sample: Sample) -> tuple[SheetSurvey, SheetProposal]:
    from backend.domains.blueprints.induction import propose_sheet
    from backend.domains.catalogue.layout import survey

    surveyed = survey(sample.path, progress=sample.progress, cancelled=sample.cancelled)
    sample.progress("mapping", 0, len(surveyed.columns))
    proposal = propose_sheet(
        surveyed, embedder=sample.ports.embedder, remembered=sample.remembered, file=sample.file.name
    )
    return surveyed, proposal


def _compared(sample: Sample, surveyed: SheetSurvey, proposal: SheetProposal) -> Findings:
    from backend.domains.blueprints import drift

    profile = {**drift.profile_of(surveyed, proposal), "rejected": _rejected(sample.path, proposal.mapping)}
    before = drift.closest([one["profile"] for one in sample.before], profile)
    changes = drift.compare(before, profile) if before is not None else ()
    return Findings("sheet", to_json(proposal), profile, [change.to_json() for change in changes])


def _rejected(path: Path, mapping: Mapping[str, Any]) -> float:
    """The share of the first rows that an import would leave out; nothing where it cannot be imported yet."""
    from backend.domains.catalogue.preview import preview_rows

    try:
        rows = preview_rows(path, mapping, limit=_MOST_TYPED)
    except AppError:
        return 0.0
    return sum(any(one.effect == "rejected" for one in row.problems) for row in rows) / max(len(rows), 1)


async def _report(sample: Sample) -> Findings:
    from backend.domains.blueprints.reports.proposing import read_report

    proposal = await read_report(
        sample.path, ocr=sample.ports.ocr, embedder=sample.ports.embedder, remembered=sample.remembered,
        file=sample.file.name, progress=sample.progress, cancelled=sample.cancelled,
    )  # fmt: skip
    return Findings("report", to_json(proposal))


async def _feed(sample: Sample) -> Findings:
    def now() -> Findings:
        from backend.domains.blueprints.connecting.proposing import propose_feed

        if sample.path.stat().st_size > _MOST_TEXT:
            raise InvalidInput("blueprints.file_too_large", file=sample.file.name, limit_bytes=_MOST_TEXT)
        text = sample.path.read_bytes().decode("utf-8-sig", "replace")
        proposal = propose_feed(
            sample.file.name, text, embedder=sample.ports.embedder, remembered=sample.remembered
        )
        return Findings("feed", to_json(proposal))

    return await threaded(now)


async def _photo(sample: Sample) -> Findings:
    def now() -> Findings:
        from backend.domains.blueprints.photos.proposing import proposed
        from backend.domains.blueprints.photos.reading import PhotoReader

        with PhotoReader() as reader:
            look = reader.look(sample.path, sample.file.name)
            return Findings("photo", to_json(proposed(sample.file.name, look)))

    return await threaded(now)


async def _screen(sample: Sample) -> Findings:
    from backend.domains.blueprints.screens.proposing import propose_screen

    return Findings(
        "screen", to_json(await propose_screen(sample.path, ocr=sample.ports.ocr, file=sample.file.name))
    )


_READERS: Final = {"sheet": _sheet, "report": _report, "feed": _feed, "photo": _photo, "screen": _screen}
