"""`mpax event`: check, compile and publish event documents from the command line.

Runs on the machine of whoever operates the stack, past sign-in; versions published here have no author.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.core.context import Context
from backend.core.errors import AppError, InvalidInput
from backend.domains.events import service
from backend.domains.events.model import Compilation, EventVersion, Library, Problem, Severity, Source
from backend.domains.events.reference import event_document_reference
from backend.domains.events.templates import Folder, read_bounded

T = TypeVar("T")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
document = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))


@click.group()
def event() -> None:
    """Check, compile and publish Sales Event documents.

    \b
    Exit codes:
      0  done, or nothing wrong
      1  a document has errors, or the command was refused
      2  the command was called wrongly
    """


@event.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
)
@as_json
def validate(files: tuple[Path, ...], as_json: bool) -> None:
    """Check documents and print what is wrong, one problem a line.

    Exit code 1 when a document has an error; warnings alone leave it at 0.
    """
    found = [(file, _compile(file)) for file in files]
    if as_json:
        _print([{"file": str(file), **_outcome(compilation)} for file, compilation in found])
    else:
        for file, compilation in found:
            _show_problems(compilation.problems)
            click.echo(f"{file}: {_verdict(compilation)}", err=True)
    if any(compilation.errors for _, compilation in found):
        sys.exit(1)


@event.command("compile")
@document
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the canonical JSON to this file."
)
@as_json
def compile_(file: Path, out: Path | None, as_json: bool) -> None:
    """Compile a document to the canonical JSON that is hashed and served.

    Exit code 1 when the document has an error.
    """
    compilation = _compile(file)
    if not as_json:
        _show_problems(compilation.problems)
    if compilation.compiled is not None and out is not None:
        out.write_text(compilation.compiled.canonical, "utf-8")
    if as_json:
        _print({"file": str(file), **_outcome(compilation)})
    elif compilation.compiled is not None:
        click.echo(compilation.compiled.sha256 if out else compilation.compiled.canonical)
    if compilation.compiled is None:
        sys.exit(1)


@event.command()
@document
@click.option("--message", default="", help="What changes, and why.")
@click.option(
    "--organization", metavar="SLUG", help="Create the event for this organization if it is not there."
)
@as_json
def publish(file: Path, message: str, organization: str | None, as_json: bool) -> None:
    """Publish a document: a new version, served by every process at once.

    A document equal to the version in force changes nothing. Exit code 1 when the document has an error or the
    event does not exist and no organization is named.
    """
    try:
        version = _run(_publish(file, message, organization))
    except InvalidInput as error:
        if error.code != "events.invalid_document":
            raise
        _show_refusal(error, as_json)
        sys.exit(1)
    if as_json:
        _print(_facts(version, leave_out=("document", "source")))
    else:
        slug = version.document["id"]
        news = "published" if version.is_new else "is in force already"
        click.echo(f"{slug} version {version.number} {news} ({version.sha256[:12]})")


@event.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List events and the versions in force."""
    events = _run(lambda ctx: service.list_events(ctx, limit=1000))
    if as_json:
        _print([_facts(item) for item in events])
    for item in [] if as_json else events:
        number = f"version {item.current_number}" if item.current_number else "no version"
        click.echo(f"{item.slug:<32} {item.status:<8} {number:<12} {item.name}")


@event.command()
@click.argument("slug")
@as_json
def versions(slug: str, as_json: bool) -> None:
    """List the versions of an event, the newest first."""
    found = _run(lambda ctx: service.list_versions(ctx, slug=slug, limit=1000))
    if as_json:
        _print([_facts(item) for item in found])
    for item in [] if as_json else found:
        mark, when = "*" if item.is_current else " ", f"{item.created_at:%Y-%m-%d %H:%M}"
        click.echo(f"{mark} {item.number:>4}  {when}  {item.sha256[:12]}  {item.message}")


@event.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to this file.")
def reference(out: Path | None) -> None:
    """Print the reference of event documents, written from the schemas."""
    if out is None:
        click.echo(event_document_reference(), nl=False)
    else:
        out.write_text(event_document_reference(), "utf-8")


class _Beside:
    """Templates that ship with the product, and documents that lie beside the one being read."""

    def __init__(self, file: Path) -> None:
        self._places: tuple[Library, ...] = (Folder(), Folder(file.resolve().parent))

    def find(self, name: str) -> Source | None:
        return next((source for place in self._places if (source := place.find(name))), None)

    def names(self) -> Sequence[str]:
        return sorted({name for place in self._places for name in place.names()})


def _source(file: Path) -> Source:
    return Source(read_bounded(file), str(file))


def _compile(file: Path) -> Compilation:
    return service.check(_source(file), _Beside(file))


def _run(work: Callable[[Context], Coroutine[Any, Any, T]]) -> T:
    """Does some work in one transaction past row-level security."""
    from backend.cli import wiring  # imports the whole application, which checking a document does not need

    async def unit() -> T:
        async with (
            wiring.open_database() as database,
            database.as_system("a local operator manages events") as ctx,
        ):
            return await work(ctx)

    return wiring.run(unit())


def _publish(
    file: Path, message: str, organization: str | None
) -> Callable[[Context], Coroutine[Any, Any, EventVersion]]:
    async def work(ctx: Context) -> EventVersion:
        owner = await service.get_organization_id(ctx, slug=organization) if organization else None
        return await service.publish(
            ctx, source=_source(file), library=_Beside(file), message=message, organization_id=owner
        )

    return work


def _outcome(compilation: Compilation) -> dict[str, Any]:
    compiled = compilation.compiled
    return {
        "ok": compiled is not None,
        "sha256": compiled.sha256 if compiled else None,
        "document": compiled.document if compiled else None,
        "problems": [problem.facts() for problem in compilation.problems],
    }


def _verdict(compilation: Compilation) -> str:
    errors = len(compilation.errors)
    warnings = len(compilation.problems) - errors
    if not compilation.problems:
        return "fine"
    return ", ".join(_several(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n)


def _several(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _show_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(line_of(problem.facts()), err=True)


def _show_refusal(error: AppError, as_json: bool) -> None:
    if as_json:
        _print({"code": error.code, "facts": error.facts})
        return
    for facts in error.facts["problems"]:
        click.echo(line_of(facts), err=True)


def line_of(facts: dict[str, Any]) -> str:
    """A problem as compilers print it: `file:line:col path: message (did you mean …?)`."""
    guess = f" (did you mean “{facts['nearest']}”?)" if facts.get("nearest") else ""
    kind = "warning: " if facts["severity"] == Severity.WARNING else ""
    place = f"{facts['file']}:{facts['line']}:{facts['column']}"
    return f"{place} {facts['path'] or '/'}: {kind}{facts['message']}{guess}"


def _facts(item: Any, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in fields(item) if field.name not in leave_out}


def _print(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
