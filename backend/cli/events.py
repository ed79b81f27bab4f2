"""`mpax event`: check, compile, publish and export event documents from the command line.

Runs on the machine of whoever operates the stack, past sign-in and past approvals; versions published here have no
author. The commands that change what is served are in `releases`, `branches` and `artifacts`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backend.cli.artifacts import export, import_
from backend.cli.branches import branch, merge
from backend.cli.creating import create
from backend.cli.documents import (
    FILE,
    REFUSED,
    compiled_file,
    facts_of,
    outcome,
    scripted,
    show,
    show_problems,
    unit,
    verdict,
)
from backend.cli.releases import clone, diff_, history, publish, rollback
from backend.domains.events import service
from backend.domains.events.reference import event_document_reference


@click.group()
def event() -> None:
    """Check, compile, compare, publish and carry Sales Event documents.

    \b
    Exit codes of all commands:
      0  done, or nothing wrong
      1  a document has errors, or the command was refused
      2  the command was called wrongly
      3  `diff --exit-code`, `import --check` and `create --check`: there are differences
      4  `merge`: both sides changed the same places
    """


@event.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@scripted
def validate(files: tuple[Path, ...], as_json: bool) -> None:
    """Check documents and print what is wrong, one problem a line.

    Exit code 1 when a document has an error; warnings alone leave it at 0.
    """
    found = [(file, compiled_file(file)) for file in files]
    if as_json:
        show([{"file": str(file), **outcome(compilation)} for file, compilation in found])
    else:
        for file, compilation in found:
            show_problems(compilation.problems)
            click.echo(f"{file}: {verdict(compilation)}", err=True)
    if any(compilation.errors for _, compilation in found):
        sys.exit(REFUSED)


@event.command("compile")
@click.argument("file", type=FILE)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the canonical JSON to this file."
)
@scripted
def compile_(file: Path, out: Path | None, as_json: bool) -> None:
    """Compile a document to the canonical JSON that is hashed and served.

    Exit code 1 when the document has an error.
    """
    compilation = compiled_file(file)
    if not as_json:
        show_problems(compilation.problems)
    if compilation.compiled is not None and out is not None:
        out.write_text(compilation.compiled.canonical, "utf-8")
    if as_json:
        show({"file": str(file), **outcome(compilation)})
    elif compilation.compiled is not None:
        click.echo(compilation.compiled.sha256 if out else compilation.compiled.canonical)
    if compilation.compiled is None:
        sys.exit(REFUSED)


@event.command("list")
@scripted
def list_(as_json: bool) -> None:
    """List events and the versions in force."""
    events = unit(lambda ctx: service.list_events(ctx, limit=1000))
    if as_json:
        show([facts_of(item) for item in events])
    for item in [] if as_json else events:
        number = f"version {item.current_number}" if item.current_number else "no version"
        click.echo(f"{item.slug:<32} {item.status:<8} {number:<12} {item.name}")


@event.command()
@click.argument("slug")
@scripted
def versions(slug: str, as_json: bool) -> None:
    """List the versions of an event, the newest first."""
    found = unit(lambda ctx: service.list_versions(ctx, slug=slug, limit=1000))
    if as_json:
        show([facts_of(item) for item in found])
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


for command in (create, diff_, publish, rollback, history, clone, branch, merge, export, import_):
    event.add_command(command)
