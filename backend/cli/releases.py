"""`mpax event diff | publish | rollback | history | clone`: what is in force, what changes it, and what was."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import click

from backend.cli.documents import (
    DIFFERENT,
    FILE,
    Beside,
    compiled_file,
    facts_of,
    scripted,
    several,
    show,
    show_changes,
    source_of,
    summary,
    unit,
)
from backend.core.context import Context
from backend.domains.events import drafts, releases, service
from backend.domains.events.breaking import breaking
from backend.domains.events.changes import Diff, diff
from backend.domains.events.lifecycle import AuthorType, Carry, Consequences, HistoryLine, SavedDraft
from backend.domains.events.model import Document, EventVersion
from backend.kit.money import format_money

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
UNPRINTED: Final = ("document", "source", "canonical")

carry_option = click.option(
    "--carry",
    type=click.Choice([*Carry]),
    help="What becomes of open conversations that use something that is gone.",
)


@click.command("diff")
@click.argument("before")
@click.argument("after", required=False)
@click.option("--from", "first", type=click.IntRange(1), help="The number of the version to begin with.")
@click.option("--to", "last", type=click.IntRange(1), help="The number of the version to end with.")
@click.option("--patch", is_flag=True, help="Print a JSON Patch (RFC 6902).")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when there are differences.")
@scripted
def diff_(
    before: str,
    after: str | None,
    first: int | None,
    last: int | None,
    patch: bool,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Show what changes between two documents, in words.

    \b
      diff FILE FILE               two documents on this machine
      diff SLUG FILE [--from N]    what publishing the file would change
      diff SLUG --from N --to N    two versions; left out: the one in force, and the one before it
    """
    old, new, names = _sides(before, after, first, last)
    found = diff(old, new)
    gone = breaking(old, new)
    if as_json:
        show(found.to_json() | {"gone": gone})
    elif patch:
        show(found.patch)
    else:
        click.echo(f"{names}: {summary(found)}")
        show_changes(found)
        for item in gone:
            click.echo(f"  ! open conversations may be using the {item.kind} “{item.name}”")
    if exit_code and found.changes:
        sys.exit(DIFFERENT)


@click.command()
@click.argument("file", type=FILE)
@click.option("--message", default="", help="What changes, and why.")
@click.option(
    "--organization", metavar="SLUG", help="Create the event for this organization if it is not there."
)
@scripted
def publish(file: Path, message: str, organization: str | None, as_json: bool) -> None:
    """Publish a document: a new version, served by every process at once.

    Prints what changes, and at what risk. A document equal to the version in force changes nothing. Exit code 1 when
    the document has an error or the event does not exist and no organization is named.
    """
    version, changed = unit(_publish(file, message, organization))
    if as_json:
        show(facts_of(version, UNPRINTED) | {"diff": changed.to_json() if changed else None})
    else:
        _tell_published(version, changed)


@click.command()
@click.argument("slug")
@click.option("--to", "target", type=click.IntRange(1), required=True, help="The version to go back to.")
@click.option("--reason", required=True, help="Why. It is part of the history.")
@carry_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what it would mean.")
@scripted
def rollback(
    slug: str, target: int, reason: str, carry: str | None, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Go back to an earlier version: a new version that equals it.

    Shows first what that means for who is in a conversation or holds something now, and asks. Nobody loses a hold: each
    is honored as it was promised.
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("With --json nothing can be asked: add --yes or --dry-run.")
    seen, report = unit(_consequences(slug, target))
    if not as_json:
        _show_consequences(slug, report)
    version = None
    if not dry_run and (yes or click.confirm("Go back?", abort=True)):
        version = unit(
            lambda ctx: releases.roll_back(
                ctx, slug=slug, target=target, reason=reason, carry=carry, current=seen.id
            )
        )
    if as_json:
        show({"consequences": report, "version": facts_of(version, UNPRINTED) if version else None})
    elif version is not None:
        click.echo(f"{slug} version {version.number} is in force, equal to version {target}")


@click.command()
@click.argument("slug")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--by", "author_type", type=click.Choice([*AuthorType]), help="Only versions made by these.")
@scripted
def history(slug: str, limit: int, author_type: str | None, as_json: bool) -> None:
    """Show who published what and why, the newest first."""
    lines, total = unit(lambda ctx: releases.history(ctx, slug=slug, limit=limit, author_type=author_type))
    if as_json:
        show({"total": total, "versions": [facts_of(line) for line in lines]})
        return
    for line in lines:
        click.echo(_history_line(line))
    if total > len(lines):
        click.echo(f"… and {several(total - len(lines), 'older version')}: --limit shows more", err=True)


@click.command()
@click.argument("slug")
@click.argument("new_slug")
@click.option("--name", help="What the new event is called on screen; its address in words if left out.")
@click.option("--organization", metavar="SLUG", help="Whose it is; the same as before if left out.")
@click.option("--publish", "at_once", is_flag=True, help="Publish it at once.")
@scripted
def clone(
    slug: str, new_slug: str, name: str | None, organization: str | None, at_once: bool, as_json: bool
) -> None:
    """Begin a new event with the document of another. Nobody is served before it is published."""
    called = name or new_slug.replace("-", " ").capitalize()
    saved, version = unit(_clone(slug, new_slug, called, organization, at_once))
    if as_json:
        show(
            {
                "draft": facts_of(saved.draft, UNPRINTED),
                "version": facts_of(version, UNPRINTED) if version else None,
            }
        )
    elif version is None:
        click.echo(
            f"{new_slug} has a draft ({saved.draft.id}) with what is in force in {slug}; not published yet"
        )
    else:
        click.echo(f"{new_slug} version {version.number} published ({version.sha256[:12]})")


def _sides(
    before: str, after: str | None, first: int | None, last: int | None
) -> tuple[Document, Document, str]:
    """The two documents that are meant, and what to call them."""
    if after is not None and last is not None:
        raise click.UsageError("--to names a version, and a file is given already.")
    if after is not None and not Path(after).is_file():
        raise click.BadParameter(f"There is no file {after}.", param_hint="AFTER")
    if Path(before).is_file():
        if after is None or first is not None:
            raise click.UsageError("A file is compared with another file, and has no version numbers.")
        return _document(Path(before)), _document(Path(after)), f"{before} → {after}"
    if not SLUG.fullmatch(before):
        raise click.BadParameter(
            f"There is no file {before}, and no event is called so.", param_hint="BEFORE"
        )
    old, new = unit(_versions(before, first, last, needs_last=after is None))
    if after is not None:
        return old.document, _document(Path(after)), f"{before} version {old.number} → {after}"
    return old.document, new.document, f"{before} version {old.number} → version {new.number}"


def _document(file: Path) -> Document:
    compilation = compiled_file(file)
    if compilation.compiled is None:
        raise service.invalid(compilation.problems)
    return compilation.compiled.document


def _versions(
    slug: str, first: int | None, last: int | None, *, needs_last: bool
) -> Callable[[Context], Coroutine[Any, Any, tuple[EventVersion, EventVersion]]]:
    async def work(ctx: Context) -> tuple[EventVersion, EventVersion]:
        new = (
            await service.get_version_number(ctx, slug=slug, number=last)
            if last is not None
            else await service.get_in_force(ctx, slug=slug)
        )
        if first is None and not needs_last:
            return new, new
        number = new.number - 1 if first is None else first
        return await service.get_version_number(ctx, slug=slug, number=number), new

    return work


def _publish(
    file: Path, message: str, organization: str | None
) -> Callable[[Context], Coroutine[Any, Any, tuple[EventVersion, Diff | None]]]:
    async def work(ctx: Context) -> tuple[EventVersion, Diff | None]:
        owner = await service.get_organization_id(ctx, slug=organization) if organization else None
        version = await service.publish(
            ctx, source=source_of(file), library=Beside(file), message=message, organization_id=owner
        )
        if not version.is_new or version.based_on is None:
            return version, None
        before = await service.get_version(ctx, version_id=version.based_on)
        return version, diff(before.document, version.document)

    return work


def _consequences(
    slug: str, target: int
) -> Callable[[Context], Coroutine[Any, Any, tuple[EventVersion, Consequences]]]:
    async def work(ctx: Context) -> tuple[EventVersion, Consequences]:
        return await service.get_in_force(ctx, slug=slug), await releases.consequences(
            ctx, slug=slug, target=target
        )

    return work


def _clone(
    slug: str, new_slug: str, name: str, organization: str | None, at_once: bool
) -> Callable[[Context], Coroutine[Any, Any, tuple[SavedDraft, EventVersion | None]]]:
    async def work(ctx: Context) -> tuple[SavedDraft, EventVersion | None]:
        owner = await service.get_organization_id(ctx, slug=organization) if organization else None
        saved = await releases.clone_event(
            ctx, slug=slug, new_slug=new_slug, name=name, organization_id=owner
        )
        if not at_once:
            return saved, None
        draft = await drafts.submit(
            ctx, draft_id=saved.draft.id, revision=saved.draft.revision, message=f"Clone of {slug}"
        )
        return saved, await drafts.publish_draft(ctx, draft_id=draft.id, revision=draft.revision)

    return work


def _tell_published(version: EventVersion, changed: Diff | None) -> None:
    news = "published" if version.is_new else "is in force already"
    click.echo(f"{version.document['id']} version {version.number} {news} ({version.sha256[:12]})")
    if changed is None:
        return
    show_changes(changed)
    click.echo(f"{summary(changed)}")
    for item in version.gone:
        click.echo(
            f"gone: the {item['kind']} “{item['name']}”, used by {several(item['conversations'], 'open conversation')}"
        )


def _show_consequences(slug: str, report: Consequences) -> None:
    undone = ", ".join(str(number) for number in report.versions_undone) or "none"
    click.echo(f"Going back from version {report.current} to version {report.target} of {slug}")
    click.echo(f"  versions undone: {undone}")
    click.echo(f"  open conversations: {report.conversations:,}")
    money = f", {format_money(report.money_minor, report.currency)} at stake" if report.currency else ""
    click.echo(
        f"  holds: {len(report.holds):,} ({report.deposits:,} with a deposit){money}; each is honored until it ends"
    )
    for hold in report.holds:
        click.echo(
            f"    {hold.title} until {hold.expires_at:%Y-%m-%d %H:%M} UTC, held under version {hold.version}"
        )
    for item in report.gone:
        click.echo(
            f"  gone: the {item['kind']} “{item['name']}”, used by {several(item['conversations'], 'open conversation')}"
        )


def _history_line(line: HistoryLine) -> str:
    mark = "*" if line.is_current else "-" if line.is_rolled_back else " "
    who = line.author_email or line.author_type
    why = line.reason or line.message
    kind = f"{line.kind} of {line.restores}" if line.restores else line.kind
    places = ", ".join(line.sections)
    return (
        f"{mark} {line.number:>4}  {line.created_at:%Y-%m-%d %H:%M}  {line.risk:<6}  {kind:<14}  {who}"
        f"{f': {why}' if why else ''}{f'  [{places}]' if places else ''}"
    )
