"""`mpax blueprint`: samples in, a whole proposed event out, as a tree of files. No database, no network, no account.

Words for the terminal live here; the screens have their own. What goes live is `mpax event create`, in `creating`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table

from backend.cli.noted import note
from backend.cli.sources import sentence
from backend.core.errors import AppError, InvalidInput
from backend.domains.blueprints.artifacts.files import write_tree
from backend.domains.blueprints.model import FieldProposal, SheetProposal
from backend.domains.events.templates import list_templates
from backend.flows import headless

OPEN: Final = 3
STOPPED: Final = 130
#: Below it a column is marked as one to look at.
_UNSURE: Final = 0.9
_CELLS: Final = 5  # refused cells that are shown of each list
_WORDS: Final[Mapping[str, str]] = {
    "blueprints.unknown_kind": "{file} is no spreadsheet, PDF, API description, picture or zip of pictures.",
    "blueprints.nothing_to_sell": "None of the files has listings in it. Add a spreadsheet or the description of a feed.",
    "blueprints.not_understood": "“{part}” was not understood.",
    "blueprints.needs_confirmation": "That would publish what is kept back: {fields}. Add --confirm if you mean it.",
    "blueprints.out_taken": "{out} has other files in it. Choose an empty folder.",
    "blueprints.unsafe_bundle": "The zip was refused as unsafe ({problem}).",
    "blueprints.no_artifact": "This is no blueprint: {file} is missing or cannot be read.",
    "blueprints.artifact_changed": "Files were changed or lost since they were written. Changed: {changed}. Missing: {missing}.",
    "blueprints.no_samples": "The rows are not here: {files}. Say where they are with --samples.",
    "blueprints.adapter_unapproved": "{file} waits for approval. Read it, then add --approve {file}@{sha256}.",
    "blueprints.adapter_refused": "The adapter {file} was refused: {problem}.",
    "events.not_found": "There is no event {slug}. Say whose it becomes with --organization.",
    "core.unsafe_archive": "{file} was refused as an unsafe zip.",
    "core.unreadable_archive": "{file} is damaged and cannot be opened.",
}


def _known_template(_ctx: click.Context, _param: click.Parameter, name: str) -> str:
    names = [template.name for template in list_templates()] if name else []
    if name and name not in names:
        raise click.BadParameter(f"There is no template {name}. There are: {', '.join(names)}.")
    return name


@click.command()
@click.argument(
    "samples", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, readable=True)
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the tree of files to this folder, whole or not at all.",
)
@click.option(
    "--template",
    default="",
    callback=_known_template,
    help="Begin from this template; else from the nearest one.",
)
@click.option("--name", default="", help="What the event is called on screen.")
@click.option("--slug", default="", help="The event's id, part of its address.")
@click.option(
    "--mode", type=click.Choice(["direct_sale", "lead_generation", "human_handoff"]), help="What it leads to."
)
@click.option("--deposit/--no-deposit", default=None, help="Whether a hold asks for a deposit.")
@click.option("--hold", type=click.IntRange(1, 10_080), metavar="MINUTES", help="How long a hold lasts.")
@click.option("--currency", default="", metavar="CODE", help="The currency of prices, such as EUR.")
@click.option(
    "--compliance",
    multiple=True,
    metavar="CLAIM",
    help="What may be stated only with its source. Repeatable.",
)
@click.option("--say", "says", multiple=True, metavar="SENTENCE",
              help="A clarification, such as “treat 'Ext. Color' as exterior color”. Repeatable.")  # fmt: skip
@click.option("--confirm", is_flag=True, help="Let --say publish what would be kept back.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole proposal as JSON, for scripts.")
def blueprint(samples: tuple[Path, ...], out: Path | None, says: tuple[str, ...], confirm: bool, as_json: bool,
              **options: Any) -> None:  # fmt: skip
    """Propose a whole Sales Event from SAMPLES: spreadsheets, PDF reports, photos, API descriptions, screenshots.

    Files may come in any mix and order, in folders or a zip of photos; what each is, its content says. Nothing leaves
    this machine. Without --out only the summary is printed.

    \b
    Exit codes:
      0    done
      1    refused: one sentence says why and where, and nothing was written
      2    the command was called wrongly
      3    done, and a question is open without whose answer the rows cannot be imported
      130  stopped by Ctrl-C: nothing was written
    """
    started = time.monotonic()
    try:
        with _bars(quiet=as_json) as show:
            drawn = asyncio.run(_draw(samples, _choices(options), says, confirm, show))
        if out is not None:
            write_tree(out, drawn.tree)
            note(drawn.tree, drawn.files)
    except KeyboardInterrupt:
        click.echo("Stopped. Nothing was written.", err=True)
        sys.exit(STOPPED)
    except OSError as error:
        raise click.ClickException(f"{error.filename or out}: {error.strerror}.") from error
    except AppError as error:
        refuse(error, as_json=as_json)
    took = time.monotonic() - started
    if as_json:
        click.echo(
            json.dumps(headless.summary(drawn) | {"took_s": round(took, 2)}, ensure_ascii=False, default=str)
        )
    else:
        _show(drawn, out, took)
    if not drawn.is_complete:
        sys.exit(OPEN)


def _choices(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen; what was not is left to the template."""
    names = {"mode": "transaction_mode", "deposit": "deposit_required", "hold": "hold_minutes"}
    chosen = {names.get(name, name): value for name, value in options.items()}
    return {
        name: list(v) if isinstance(v, tuple) else v for name, v in chosen.items() if v not in (None, "", ())
    }


async def _draw(
    samples: tuple[Path, ...],
    choices: Mapping[str, Any],
    says: tuple[str, ...],
    confirm: bool,
    show: headless.Progress,
) -> headless.Drawn:
    from backend.main import build_reading  # loads the language engine

    reading = build_reading()
    stopped = False
    try:
        return await headless.draw(
            samples, headless.Reading(*reading), choices=choices, says=says, confirm=confirm, progress=show,
            cancelled=lambda: stopped,
        )  # fmt: skip
    except BaseExceptionGroup as group:
        raise _first(group) from None
    finally:
        stopped = True  # threads that read end by themselves
        await reading[1].close()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of several things that went wrong at once, the one to tell: what is wrong with a file, before what was stopped by it."""
    flat: list[BaseException] = []
    for error in group.exceptions:
        flat.append(_first(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((error for error in flat if isinstance(error, InvalidInput)), flat[0])


@contextmanager
def _bars(*, quiet: bool) -> Generator[headless.Progress]:
    """A line for each file on stderr; nothing where the output is for a script or no terminal."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    silent = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        tasks: dict[str, TaskID] = {}

        def show(file: str, stage: str, done: int, total: int) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(escape(file), total=None, stage="")
            progress.update(tasks[file], completed=done, total=total or None, stage=stage)

        yield show


def _show(drawn: headless.Drawn, out: Path | None, took: float) -> None:
    console = Console()
    for sheet in drawn.proposal.sheets:
        console.print(_table(sheet.file, sheet.fields, _size(sheet)))
        _show_refused(console, drawn, sheet.file)
    for feed in drawn.proposal.feeds:
        console.print(_table(feed.file, feed.fields, str(feed.plan.get("base_url", ""))))
    for report in drawn.proposal.reports:
        linked = f"belongs to {report.listing}" if report.listing else "belongs to no row that is here"
        found = f"{len(report.fields)} values and {len(report.items)} findings by {report.strategy}"
        console.print(f"{report.file}: {found}; {linked}.", markup=False)
    _show_photos(console, drawn)
    for screen in drawn.proposal.screens:
        console.print(
            f"{screen.file}: {len(screen.chips)} chips, {len(screen.actions)} actions.", markup=False
        )
    behavior = drawn.proposal.behavior
    if behavior is not None:
        console.print(
            f"Kind: {behavior.domain.replace('_', ' ')}. Template: {behavior.template}.", markup=False
        )
    for each in drawn.clarified:
        console.print(f"Understood: {each.understood}", markup=False)
    for adapter in drawn.adapters:
        parts = ", ".join(part.name for part in adapter.parts)
        console.print(
            f"{adapter.key}: a small program can take it apart ({parts}); it waits for approval.",
            markup=False,
        )
    for question in drawn.questions:
        console.print(f"? {f'{question.field}: ' if question.field else ''}{question.text}", markup=False)
    where = f"{len(drawn.tree)} files in {out}" if out else "nothing written: --out DIR writes the files"
    console.print(f"{drawn.inventory.facts.rows:,} listings, {took:.1f} s; {where}.", markup=False)


def _show_refused(console: Console, drawn: headless.Drawn, file: str) -> None:
    share, cells = drawn.inventory.shares.get(file, 0), drawn.inventory.refused.get(file, ())
    if share:
        console.print(f"{share:.1%} of its rows have a cell that cannot be read, and would be left out.")
    for cell in cells[:_CELLS]:
        effect = "row left out" if cell.effect == "rejected" else "cell left empty"
        reason = cell.reason.replace("_", " ")
        console.print(
            f"  row {cell.row}, {cell.column}: {reason} ({effect}): {cell.value[:60]!r}", markup=False
        )
    if len(cells) > _CELLS:
        console.print("  …")


def _size(sheet: SheetProposal) -> str:
    left = f", {len(sheet.other_rows)} other rows left out" if sheet.other_rows else ""
    name = f"sheet “{sheet.sheet}”, " if sheet.sheet else ""
    return f"{name}{sheet.row_count:,} listings from row {sheet.first_row}{left}"


def _table(file: str, fields: tuple[FieldProposal, ...], caption: str) -> Table:
    table = Table(title=escape(file), caption=escape(caption), title_justify="left", caption_justify="left")
    for name in ("Column", "becomes", "sure", "why"):
        table.add_column(name, overflow="fold")
    for one in fields:
        unit = f" ({one.unit})" if one.unit else ""
        said = ", ".join(one.targets) + unit if one.targets else f"left out: {one.left or 'unused'}"
        style = "dim" if not one.targets else "yellow" if one.confidence < _UNSURE else ""
        why = one.evidence[0].text if one.evidence else ""
        table.add_row(escape(one.key), escape(said), f"{one.confidence:.0%}", escape(why[:90]), style=style)
    return table


def _show_photos(console: Console, drawn: headless.Drawn) -> None:
    photos = drawn.proposal.photos
    if photos:
        linked = sum(photo.listing is not None for photo in photos)
        twins = sum(photo.duplicate_of is not None for photo in photos)
        warned = sum(bool(photo.warnings) for photo in photos)
        console.print(
            f"{len(photos)} photos: {linked} belong to a row, {twins} are duplicates, {warned} have warnings."
        )
    for each in drawn.refused:
        console.print(f"{each.file} was left out: {each.code}.", markup=False)


def refuse(error: AppError, *, as_json: bool) -> NoReturn:
    """One sentence on stderr, with file, row and column where they are known; exit code 1."""
    if as_json:
        click.echo(json.dumps({"code": error.code, "facts": error.facts}, default=str))
    click.echo(worded(error), err=True)
    for problem in error.facts.get("problems", []) if error.code == "events.invalid_document" else []:
        click.echo(f"  line {problem['line']}: {problem['message']}", err=True)
    sys.exit(1)


def worded(error: AppError) -> str:
    """What went wrong, in one sentence for the terminal."""
    facts = {name: ", ".join(map(str, v)) if isinstance(v, list) else v for name, v in error.facts.items()}
    try:
        text = _WORDS[error.code].format(**facts)
    except (KeyError, ValueError):
        return sentence(error)
    near = facts.get("columns") if error.code == "blueprints.not_understood" else None
    return text + (f" Columns like that: {near}." if near else "")
