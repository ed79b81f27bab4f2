"""`mpax eval`: what the engine makes of a folder of labelled samples, from the samples alone.

Reads no gold and no database, and reaches nothing beyond this machine: answers of an API are recorded ones, served on
loopback. Scores nothing either.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from backend.cli.evaluation_talk import lines_of
from backend.core.errors import AppError

if TYPE_CHECKING:
    from backend.core.ports import Embedder, Ocr
    from backend.domains.blueprints.model import FieldProposal, SheetProposal
    from backend.domains.catalogue.model import PreviewRow

SECTIONS: Final = ("spreadsheets", "pdfs", "apis", "utterances", "adversarial")
#: Sections that are one file of turns.
_TALK: Final = {"utterances": "utterances.jsonl", "adversarial": "adversarial.jsonl"}
_SHEETS: Final = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_GOLD: Final = ".gold.json"
_BESIDE: Final = frozenset({"gold.json", "fixture.json"})
_FOLDER: Final = click.Path(path_type=Path, exists=True, file_okay=False)
_OUT: Final = click.Path(path_type=Path, dir_okay=False)

#: What reads one sample: its file or folder, or one turn.
Reader: TypeAlias = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing to predict. `path` is its file, or its folder for an API; `turn` is one line of a file of turns."""

    section: str
    name: str
    path: Path
    turn: Mapping[str, Any] | None = None


@click.command("eval")
@click.argument("folder", type=_FOLDER)
@click.option("--sections", default=",".join(SECTIONS), show_default=True, help="Which parts, by comma.")
@click.option("--out", type=_OUT, required=True, help="Where the predictions go, as JSON.")
def evaluate(folder: Path, sections: str, out: Path) -> None:
    """Write what the engine makes of the samples in FOLDER.

    FOLDER holds `spreadsheets/`, `pdfs/`, `apis/<name>/`, and with `vocab.json` the files `utterances.jsonl` and
    `adversarial.jsonl`. Labels (`*.gold.json`, `gold.json`, their fields in a line) are never read. A section that is not
    there is left out; a sample that cannot be read is named on stderr and left out, and the exit code is then 1.

    An attack of another channel than the chat is read by the reader of that channel first (report, spreadsheet, feed,
    description of a photo). Text of a report goes on from there as the notes of listings, whatever the reader made of it,
    and so does that of a channel that has no reader of its own.
    """
    wanted = [name.strip() for name in sections.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in SECTIONS]:
        raise click.UsageError(f"No such section: {', '.join(unknown)}. There are {', '.join(SECTIONS)}.")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    samples = [sample for section in wanted for sample in samples_of(folder, section)]
    failed: list[str] = []
    with ExitStack() as stack, out.open("w", encoding="utf-8") as file:
        reading = readers(folder, {sample.section for sample in samples}, stack)
        for part in _predicted(wanted, samples, reading, failed):
            file.write(part)
    click.echo(f"{len(samples) - len(failed)} of {len(samples)} samples in {out}", err=True)
    if failed:
        sys.exit(1)


def samples_of(folder: Path, section: str) -> list[Sample]:
    """The samples of a section, by name."""
    if section in _TALK:
        file = folder / _TALK[section]
        turns = lines_of(file) if file.is_file() else ()
        return [Sample(section, turn["id"], file, turn) for turn in turns]
    within = sorted((folder / section).glob("*"))
    if section == "apis":
        return [Sample(section, each.name, each) for each in within if each.is_dir()]
    endings = _SHEETS if section == "spreadsheets" else {".pdf"}
    return [
        Sample(section, each.name, each)
        for each in within
        if each.is_file() and each.suffix.lower() in endings and not each.name.endswith(_GOLD)
    ]


def readers(folder: Path, sections: Set[str], stack: ExitStack) -> dict[str, Reader]:
    """How each section is read, with the engine warm; whatever that needs lasts as long as `stack`."""
    made: dict[str, Reader] = {}
    if "utterances" in sections:
        from backend.cli.evaluation_talk import utterance_reader

        made["utterances"] = utterance_reader(folder)
    if "adversarial" in sections:
        from backend.cli.evaluation_attacks import attack_reader

        made["adversarial"] = stack.enter_context(attack_reader(folder))
    if not {"spreadsheets", "pdfs", "apis"}.isdisjoint(sections):
        made |= _file_readers()
    return made


def _file_readers() -> dict[str, Reader]:
    from backend.main import build_reading

    embedder, ocr = build_reading()
    return {
        "spreadsheets": lambda path: predict_sheet(path, embedder),
        "pdfs": lambda path: predict_report(path, embedder, ocr),
        "apis": lambda path: predict_feed(path, embedder),
    }


def _predicted(
    sections: Sequence[str], samples: Sequence[Sample], reading: Mapping[str, Reader], failed: list[str]
) -> Iterator[str]:
    """The document of predictions, a sample at a time: a file of many rows is not held beside the others."""
    from rich.console import Console
    from rich.progress import Progress

    yield "{"
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for place, section in enumerate(sections):
            yield f"{',' if place else ''}\n{json.dumps(section)}: {{"
            own = [sample for sample in samples if sample.section == section]
            task = progress.add_task(section, total=len(own))
            between = ""
            for sample in own:
                progress.update(task, description=f"{section}: {sample.name}")
                found = _attempt(sample, reading[section], failed)
                if found is not None:
                    yield f"{between}\n{json.dumps(sample.name)}: {found}"
                    between = ","
                progress.advance(task)
            yield "}"
    yield "}\n"


def _attempt(sample: Sample, read: Reader, failed: list[str]) -> str | None:
    """One prediction as JSON; None where the sample cannot be read, whatever the reason: the others go on."""
    try:
        return json.dumps(read(sample.turn or sample.path), ensure_ascii=False, default=plain)
    except AppError as error:
        reason = f"{error.code} {json.dumps(error.facts, default=str)}"
    except Exception as error:  # noqa: BLE001 - one broken sample is one line, not the end of the run
        reason = f"{type(error).__name__}: {error}"
    failed.append(sample.name)
    click.echo(f"{sample.section}/{sample.name}: {reason}", err=True)
    return None


def plain(value: Any) -> Any:
    """A value as JSON has it: amounts as numbers, days as ISO text, collections as lists."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | set | frozenset):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(value)


def predict_sheet(path: Path, embedder: Embedder) -> dict[str, Any]:
    """Layout, mapping and every listing of one spreadsheet, typed by the import itself."""
    from backend.domains.blueprints.induction.sheets import propose_sheet
    from backend.domains.catalogue.layout import survey
    from backend.domains.catalogue.preview import preview_rows

    proposal = propose_sheet(survey(path), embedder=embedder, file=path.name)
    return sheet_prediction(proposal, preview_rows(path, proposal.mapping, limit=None))


def sheet_prediction(proposal: SheetProposal, rows: Sequence[PreviewRow]) -> dict[str, Any]:
    """Shape: {sheet, header_row, data_row_count, mapping, ignore, rows}."""
    return {
        "sheet": proposal.sheet,
        "header_row": proposal.header_rows[-1] if proposal.header_rows else None,
        "data_row_count": proposal.row_count,
        "mapping": {
            field.key: mapped(field, proposal.currency) for field in proposal.fields if field.targets
        },
        "ignore": [field.key for field in proposal.fields if not field.targets],
        "rows": [{"row": row.row, "values": row.values} for row in rows],
    }


def mapped(field: FieldProposal, currency: str | None = None) -> dict[str, Any]:
    """Shape: {target or targets, type, unit?, normalizer?, scale?}. Money has its currency as unit."""
    named = {"target": field.targets[0]} if len(field.targets) == 1 else {"targets": list(field.targets)}
    unit = field.unit or (field.column.get("currency") or currency if field.normalizer == "money" else None)
    more = {"unit": unit, "normalizer": field.normalizer, "scale": field.column.get("scale")}
    return {**named, "type": field.type, **{name: value for name, value in more.items() if value}}


def predict_report(path: Path, embedder: Embedder, ocr: Ocr) -> dict[str, Any]:
    """Shape: {strategy, page_strategies, fields, items}."""
    from backend.domains.blueprints.reports.proposing import read_report

    report = asyncio.run(read_report(path, ocr=ocr, embedder=embedder))
    return {
        "strategy": report.strategy,
        "page_strategies": list(report.page_strategies),
        "fields": [
            {"label": field.label, "target": field.target, "value": field.value}
            for field in report.fields
            if field.target
        ],
        "items": [dict(item.cells) for item in report.items],
    }


def predict_feed(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """The plan and the mapping of an API; with recorded answers beside it, what an import of them yields."""
    from backend.cli.feed_fixture import import_fixture
    from backend.domains.blueprints.connecting.proposing import propose_feed

    feed = _first_feed(folder, lambda name, text: propose_feed(name, text, embedder=embedder))
    said: dict[str, Any] = {
        name: feed.plan[name] for name in ("base_url", "list_operation", "auth", "pagination", "records_path")
    }
    said["mapping"] = {field.key: mapped(field) for field in feed.fields if field.targets}
    fixture = folder / "fixture.json"
    if fixture.is_file():
        said |= asyncio.run(import_fixture(feed, fixture))
    return said


def _first_feed(folder: Path, propose: Callable[[str, str], Any]) -> Any:
    """The proposal from the file that describes the API: the largest that can be read as one."""
    files = [each for each in folder.iterdir() if each.is_file() and each.name not in _BESIDE]
    refused: AppError | None = None
    for file in sorted(files, key=lambda each: (-each.stat().st_size, each.name)):
        try:
            return propose(file.name, file.read_bytes().decode("utf-8-sig", "replace"))
        except AppError as error:
            refused = refused or error
    raise refused or FileNotFoundError(f"{folder.name} has no description of an API")
