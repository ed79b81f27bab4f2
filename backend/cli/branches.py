"""`mpax event branch | merge`: lines of development beside what is in force, and their way back into it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from backend.cli.documents import (
    CONFLICTS,
    FILE,
    facts_of,
    scripted,
    show,
    show_changes,
    source_of,
    summary,
    unit,
)
from backend.cli.releases import UNPRINTED, carry_option
from backend.domains.events import branches
from backend.domains.events.lifecycle import Branch, MergeOutcome
from backend.domains.events.merging import ABSENT, Conflict
from backend.domains.events.model import pointer
from backend.domains.events.wording import shown


@click.command()
@click.argument("slug")
@click.argument("name", required=False)
@click.option(
    "--from", "base", type=click.IntRange(1), help="The version to begin at; the one in force if left out."
)
@click.option("--description", default="", help="What the branch is for.")
@click.option("--list", "is_list", is_flag=True, help="List the event's branches.")
@click.option("--commit", "file", type=FILE, help="Commit this document to the branch.")
@click.option("--message", default="", help="What the commit changes, and why.")
@click.option("--diff", "is_diff", is_flag=True, help="Show how the branch differs from what is in force.")
@click.option("--close", "is_close", is_flag=True, help="End the branch unmerged.")
@scripted
def branch(
    slug: str, name: str | None, base: int | None, description: str, is_list: bool, file: Path | None, message: str,
    is_diff: bool, is_close: bool, as_json: bool,
) -> None:  # fmt: skip
    """Begin a branch NAME of an event, or work on one.

    \b
      branch SLUG NAME [--from N]           begin one
      branch SLUG --list                    list them
      branch SLUG NAME --commit FILE        commit a document to one
      branch SLUG NAME --diff               compare one with what is in force
      branch SLUG NAME --close              end one unmerged
    """
    if sum((is_list, file is not None, is_diff, is_close)) > 1:
        raise click.UsageError("Choose one of --list, --commit, --diff and --close.")
    if is_list or name is None:
        if not is_list:
            raise click.UsageError("Name a branch, or ask for --list.")
        _list(slug, as_json)
    elif file is not None:
        _commit(slug, name, file, message, as_json)
    elif is_diff:
        _diff(slug, name, as_json)
    elif is_close:
        _tell(unit(lambda ctx: branches.close_branch(ctx, slug=slug, name=name)), "is closed", as_json)
    else:
        opened = unit(
            lambda ctx: branches.open_branch(ctx, slug=slug, name=name, description=description, base=base)
        )
        _tell(opened, f"begins at version {opened.base_number}", as_json)


@click.command()
@click.argument("slug")
@click.argument("name")
@click.option(
    "--ours", multiple=True, metavar="PATH", help="Keep what is in force here, and below. May be repeated."
)
@click.option("--theirs", multiple=True, metavar="PATH", help="Take what the branch says here, and below.")
@click.option("--message", default="", help="What the merge brings, and why.")
@carry_option
@scripted
def merge(
    slug: str,
    name: str,
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    message: str,
    carry: str | None,
    as_json: bool,
) -> None:
    """Merge a branch into what is in force.

    Where both changed the same place, nothing is written, the places are listed, and the exit code is 4: settle each by
    --ours PATH or --theirs PATH. The path / stands for the whole document.
    """
    told: dict[str, Any] = {_pointer(path): "ours" for path in ours} | {
        _pointer(path): "theirs" for path in theirs
    }
    found = unit(
        lambda ctx: branches.merge_branch(
            ctx, slug=slug, name=name, message=message, resolutions=told, carry=carry
        )
    )
    if as_json:
        show(_facts(found))
    else:
        _tell_merged(slug, name, found)
    if found.conflicts:
        sys.exit(CONFLICTS)


def _pointer(path: str) -> str:
    return "" if path == "/" else path if path.startswith("/") else f"/{path.replace('.', '/')}"


def _list(slug: str, as_json: bool) -> None:
    found = unit(lambda ctx: branches.list_branches(ctx, slug=slug))
    if as_json:
        show([facts_of(item) for item in found])
        return
    for item in found:
        click.echo(
            f"{item.name:<24} {item.status:<7} {item.head_number:>3} commits since version {item.base_number}"
            f"{f'  {item.description}' if item.description else ''}"
        )


def _commit(slug: str, name: str, file: Path, message: str, as_json: bool) -> None:
    source = source_of(file)
    text = source.text.decode("utf-8-sig", "replace") if isinstance(source.text, bytes) else source.text
    made = unit(lambda ctx: branches.add_commit(ctx, slug=slug, name=name, source_text=text, message=message))
    if as_json:
        show(facts_of(made, UNPRINTED))
    else:
        click.echo(f"{slug} {name} commit {made.number} ({made.sha256[:12]})")


def _diff(slug: str, name: str, as_json: bool) -> None:
    found = unit(lambda ctx: branches.branch_diff(ctx, slug=slug, name=name))
    if as_json:
        show(found.to_json())
        return
    click.echo(f"{slug} in force → {name}: {summary(found)}")
    show_changes(found)


def _tell(item: Branch, news: str, as_json: bool) -> None:
    if as_json:
        show(facts_of(item))
    else:
        click.echo(f"{item.slug} {item.name} {news}")


def _facts(found: MergeOutcome) -> dict[str, Any]:
    return {
        "version": facts_of(found.version, UNPRINTED) if found.version else None,
        "draft": facts_of(found.draft, UNPRINTED) if found.draft else None,
        "conflicts": [conflict.to_json() for conflict in found.conflicts],
    }


def _tell_merged(slug: str, name: str, found: MergeOutcome) -> None:
    if found.conflicts:
        click.echo(f"{slug} and {name} changed the same places; nothing was merged:", err=True)
        for conflict in found.conflicts:
            click.echo(_conflict_line(conflict), err=True)
    elif found.version is not None:
        click.echo(
            f"{slug} version {found.version.number} published, with {name} in it ({found.version.sha256[:12]})"
        )
    elif found.draft is not None:
        click.echo(
            f"{name} is in a draft ({found.draft.id}), which is {found.draft.status.replace('_', ' ')}"
        )


def _conflict_line(conflict: Conflict) -> str:
    sides = (("before", conflict.base), ("--ours", conflict.ours), ("--theirs", conflict.theirs))
    words = "; ".join(f"{side}: {'not there' if value is ABSENT else shown(value)}" for side, value in sides)
    return f"  {pointer(conflict.path) or '/'}  {words}"
