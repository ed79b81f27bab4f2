"""`mpax source`: bring a seller's file into a Sales Event from the command line.

Runs on the machine of whoever operates the stack, past sign-in. Words for the terminal live here; the screens have
their own in the user interface.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from backend.cli import wiring
from backend.core.errors import AppError
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport, SourceMapping
from backend.domains.catalogue.model import Progress as ImportProgress

_STAGES: Final = {
    "checking": "Checking the file",
    "reading": "Reading",
    "writing": "Writing listings and index",
}
_WORDS: Final = {
    "catalogue.file_not_found": "There is no file {file}.",
    "catalogue.unreadable_file": "{file} cannot be opened: {problem}.",
    "catalogue.rejects_unwritable": "The report {file} cannot be written: {problem}.",
    "catalogue.file_too_large": "{file} has {bytes:,} bytes; the limit is {limit_bytes:,}. Split it and import the parts.",
    "catalogue.empty_file": "{file} has no rows to import.",
    "catalogue.unsupported_file": "{file} cannot be read ({kind}). Save it as CSV or as an XLSX workbook without a password.",
    "catalogue.undecodable": "{file} is not valid {encoding} text: line {line}, byte {byte}. Save it as UTF-8.",
    "catalogue.nul_byte": "{file} holds binary data (line {line}); it is not a text table.",
    "catalogue.unsafe_workbook": "{file} was refused as an unsafe workbook ({problem}). "
    "Save it anew from your spreadsheet program.",
    "catalogue.unreadable_workbook": "{file} is damaged and cannot be read as a workbook.",
    "catalogue.unknown_sheet": 'There is no sheet "{sheet}" in {file}.',
    "catalogue.too_many_columns": "{file} has {columns} columns; the limit is {limit}.",
    "catalogue.too_many_rows": "{file} has more than {limit:,} rows. Split it and import the parts.",
    "catalogue.cell_too_large": "A cell in row {row} of {file} has more than {limit:,} characters: "
    "it may be a quotation mark that is never closed.",
    "catalogue.missing_column": '{file} has no column "{column}".',
    "catalogue.unmapped_columns": "{file} has columns that the mapping neither maps nor ignores: {columns}.",
    "catalogue.mapping_not_found": "There is no mapping file {file}.",
    "catalogue.mapping_invalid": "{file}: {problem}",
    "catalogue.too_many_rejects": "{rejected:,} of {rows:,} rows of {file} cannot be used, more than {limit_percent:g} %. "
    "Mend the mapping or the file.",
    "catalogue.import_running": "Another import into {slug} is running. Wait for it to end.",
    "catalogue.import_cancelled": "Stopped after {rows:,} rows.",
    "events.not_found": "There is no event {slug}.",
    "core.not_configured": "There is no stack to import into. Run `mpax up` first.",
    "core.database_unreachable": "The database cannot be reached. Is the stack up? Try `mpax status`.",
}
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


@click.group()
def source() -> None:
    """Import sellers' files."""


@source.command("import")
@click.argument("file", type=_FILE)
@click.option("--event", required=True, help="Slug or id of the Sales Event.")
@click.option(
    "--mapping", "mapping_file", required=True, type=_FILE, help="How columns become listings (YAML)."
)
@click.option("--rejects", type=_FILE, help="Write every cell that was refused to this CSV file.")
@click.option("--max-rejects", default=20.0, show_default=True, type=click.FloatRange(0, 100),
              help="Percent of rejected rows beyond which nothing is imported.")  # fmt: skip
@click.option(
    "--replace", is_flag=True, help="Take listings of this source that the file no longer has off the list."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, for scripts.")
def import_(
    file: Path,
    event: str,
    mapping_file: Path,
    rejects: Path | None,
    max_rejects: float,
    replace: bool,
    as_json: bool,
) -> None:
    """Import FILE (CSV, TSV or XLSX) into an event: all of it or nothing.

    Unchanged rows are skipped, so the same file can be imported again. Rows that cannot be used are reported and do
    not stop the others.

    \b
    Exit codes:
      0  done
      1  refused: one sentence says why, and nothing was imported
      2  the command was called wrongly
      130  stopped by Ctrl-C: nothing was imported
    """
    try:
        mapping = catalogue.read_mapping(mapping_file)
        with _bar(quiet=as_json) as show:
            report = wiring.run(_import(file, event, mapping, rejects, max_rejects, replace, show))
    except KeyboardInterrupt:
        click.echo("Stopped. Nothing was imported.", err=True)
        sys.exit(130)
    except AppError as error:
        _refuse(error, as_json=as_json)
    else:
        click.echo(json.dumps(asdict(report), default=str, indent=2)) if as_json else _show(report, rejects)


async def _import(
    file: Path,
    event: str,
    mapping: SourceMapping,
    rejects: Path | None,
    max_rejects: float,
    replace: bool,
    show: Callable[[ImportProgress], None],
) -> ImportReport:
    async with (
        wiring.open_database() as database,
        database.as_system(f"mpax source import into {event}") as ctx,
    ):
        return await catalogue.import_file(
            ctx,
            event=event,
            path=file,
            mapping=mapping,
            rejects=rejects,
            max_rejects_percent=max_rejects,
            replace_missing=replace,
            progress=show,
        )


@contextmanager
def _bar(*, quiet: bool) -> Generator[Callable[[ImportProgress], None]]:
    """A progress bar on stderr; nothing where the output is for a script or no terminal."""
    console = Console(stderr=True)
    silent = quiet or not console.is_terminal
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]}"),
    )
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=silent
    ) as progress:
        task = progress.add_task("Checking the file", total=None, rows="")

        def show(step: ImportProgress) -> None:
            progress.update(
                task,
                description=_STAGES[step.stage],
                total=step.total or None,
                completed=step.done,
                rows=f"{step.rows:,} rows",
            )

        yield show


def sentence(error: AppError) -> str:
    """What went wrong, in one sentence for the terminal."""
    facts: dict[str, Any] = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in error.facts.items()
    }
    try:
        text = _WORDS[error.code].format(**facts)
    except (KeyError, ValueError):
        text = f"{error.code} ({', '.join(f'{name}: {value}' for name, value in facts.items())})"
    if "line" in facts and error.code == "catalogue.mapping_invalid":
        text += f" (line {facts['line']}, column {facts['column']})"
    return text + (f' Did you mean "{facts["nearest"]}"?' if "nearest" in facts else "")


def _refuse(error: AppError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"code": error.code, "facts": error.facts}, default=str))
    click.echo(f"Nothing was imported. {sentence(error)}", err=True)
    for cell in error.facts.get("first", []) if error.code == "catalogue.too_many_rejects" else []:
        click.echo(f"  row {cell['row']}, {cell['column']}: {cell['reason']}: {cell['value']}", err=True)
    sys.exit(1)


def _show(report: ImportReport, rejects: Path | None) -> None:
    console = Console()
    table = Table(box=None, show_header=False, pad_edge=False)
    counts = ("rows_read", "added", "updated", "unchanged", "rejected", "blanked", "unlisted")
    for name in counts:
        value = getattr(report, name)
        if value or name in {"rows_read", "added", "updated", "unchanged"}:
            table.add_row(name.replace("_", " "), f"{value:,}")
    console.print(table)
    rate = report.rows_read / max(report.took_s, 0.001)
    console.print(
        f"{report.file}: revision {report.catalogue_revision}, {report.took_s:.1f} s, {rate:,.0f} rows/s"
    )
    for cell in [cell for cell in report.rejects if cell.effect != "kept"][:10]:
        left = "row left out" if cell.effect == "rejected" else "cell left empty"
        console.print(
            f"  row {cell.row}, {cell.column}: {cell.reason} ({left}): {cell.value[:60]!r}", markup=False
        )
    if report.rejected + report.blanked > 10:
        console.print(
            f"  … all of them in {rejects}" if rejects else "  … use --rejects FILE to see all of them"
        )
    if report.unknown_sellers:
        console.print(f"No partner dealer has the code {', '.join(report.unknown_sellers)}.", markup=False)
    if report.unmapped_columns:
        console.print(f"Columns not read: {', '.join(report.unmapped_columns)}.", markup=False)
