"""What the commands of `mpax event` share: read a document, work in one transaction, print for people and for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import fields
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from backend.core.context import Context
from backend.core.errors import AppError
from backend.domains.events import schema, service
from backend.domains.events.changes import Change, Diff
from backend.domains.events.lifecycle import to_json
from backend.domains.events.model import Compilation, Library, Problem, Severity, Source
from backend.domains.events.templates import Folder, read_bounded
from backend.domains.events.wording import label_of

T = TypeVar("T")

REFUSED: Final = 1
DIFFERENT: Final = 3
CONFLICTS: Final = 4

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
_SIGNS: Final = {"added": "+", "removed": "-", "moved": "↕", "changed": "~"}
_REACHES: Final = {"live": "reaches open conversations", "kill": "reaches everybody at once"}


def scripted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `--json`; with it, a refusal is `{"code", "facts"}` on stdout and exit code 1.

    Without it, what is wrong in a document is told line by line; `mpax` says all else in one sentence.
    """

    @wraps(command)
    def run(*arguments: Any, as_json: bool, **options: Any) -> Any:
        try:
            return command(*arguments, as_json=as_json, **options)
        except AppError as error:
            if as_json:
                show({"code": error.code, "facts": error.facts})
            elif error.code == "events.invalid_document":
                for facts in error.facts["problems"]:
                    click.echo(line_of(facts), err=True)
            else:
                raise
            sys.exit(REFUSED)

    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(run)


class Beside:
    """Templates that ship with the product, and documents that lie beside the one being read."""

    def __init__(self, file: Path) -> None:
        self._places: tuple[Library, ...] = (Folder(), Folder(file.resolve().parent))

    def find(self, name: str) -> Source | None:
        return next((source for place in self._places if (source := place.find(name))), None)

    def names(self) -> Sequence[str]:
        return sorted({name for place in self._places for name in place.names()})


def source_of(file: Path) -> Source:
    return Source(read_bounded(file), str(file))


def compiled_file(file: Path) -> Compilation:
    return service.check(source_of(file), Beside(file))


def unit(work: Callable[[Context], Coroutine[Any, Any, T]]) -> T:
    """Does some work in one transaction past row-level security."""
    from backend.cli import wiring  # imports the whole application, which checking a document does not need

    async def inside() -> T:
        async with (
            wiring.open_database() as database,
            database.as_system("a local operator manages events") as ctx,
        ):
            return await work(ctx)

    return wiring.run(inside())


def outcome(compilation: Compilation) -> dict[str, Any]:
    compiled = compilation.compiled
    return {
        "ok": compiled is not None,
        "sha256": compiled.sha256 if compiled else None,
        "document": compiled.document if compiled else None,
        "problems": [problem.facts() for problem in compilation.problems],
    }


def verdict(compilation: Compilation) -> str:
    errors = len(compilation.errors)
    warnings = len(compilation.problems) - errors
    if not compilation.problems:
        return "fine"
    return ", ".join(several(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n)


def several(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def show_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(line_of(problem.facts()), err=True)


def line_of(facts: Mapping[str, Any]) -> str:
    """A problem as compilers print it: `file:line:col path: message (did you mean …?)`."""
    guess = f" (did you mean “{facts['nearest']}”?)" if facts.get("nearest") else ""
    kind = "warning: " if facts["severity"] == Severity.WARNING else ""
    place = f"{facts['file']}:{facts['line']}:{facts['column']}"
    return f"{place} {facts['path'] or '/'}: {kind}{facts['message']}{guess}"


def show_changes(diff: Diff) -> None:
    """One change a line, with its risk and whom it reaches; under headings where there are several sections."""
    sections = schema.sections()
    ordered = sorted(diff.changes, key=lambda c: sections.index(c.section) if c.section in sections else -1)
    groups = [(name, [*changes]) for name, changes in groupby(ordered, key=_heading)]
    for heading, changes in groups:
        if len(groups) > 1:
            click.echo(heading)
        for change in changes:
            click.echo(f"  {_SIGNS[change.kind]} {change.text}  ({_marks(change)})")


def summary(diff: Diff) -> str:
    """`3 changes, medium risk`."""
    if not diff.changes:
        return "no difference"
    return f"{several(len(diff.changes), 'change')}, {diff.risk} risk"


def _heading(change: Change) -> str:
    """The title of a change's section; values outside of sections are the event's own."""
    return label_of((change.section,)) if change.section in schema.sections() else "Event"


def _marks(change: Change) -> str:
    lever = {"inside": "inside its lever", "outside": "beyond its lever"}.get(change.lever or "")
    return ", ".join(part for part in (change.risk, _REACHES.get(change.reload), lever) if part)


def facts_of(item: Any, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in fields(item) if field.name not in leave_out}


def show(value: Any) -> None:
    """Prints JSON; ids and moments as text."""
    click.echo(json.dumps(to_json(value), indent=2, ensure_ascii=False))
