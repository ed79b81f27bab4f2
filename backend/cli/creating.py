"""`mpax event create`: a blueprint's tree, checked or taken live on this machine's stack."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backend.cli.documents import DIFFERENT, several, show
from backend.core.errors import AppError

if TYPE_CHECKING:
    from backend.domains.blueprints.artifacts.tree import Bundle

_PATH = click.Path(path_type=Path, exists=True, readable=True)


@click.command()
@click.option(
    "--from", "source", required=True, type=_PATH, help="The folder or zip that `mpax blueprint` wrote."
)
@click.option("--check", is_flag=True, help="Only check the files and read the made-up rows; needs no stack.")
@click.option(
    "--publish", "live", is_flag=True, help="Publish the event, import its rows, attach its photos."
)
@click.option(
    "--organization", metavar="SLUG", help="Whose event it is; needed for one that is not there yet."
)
@click.option(
    "--samples",
    multiple=True,
    type=_PATH,
    help="Where rows and photos lie, if not where they were. Repeatable.",
)
@click.option("--approve", multiple=True, metavar="FILE@SHA256",
              help="Run this adapter of the blueprint: you have read it. Repeatable; others do not run.")  # fmt: skip
@click.option("--message", default="From a blueprint", show_default=True, help="What changes, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def create(
    source: Path,
    check: bool,
    live: bool,
    organization: str | None,
    samples: tuple[Path, ...],
    approve: tuple[str, ...],
    message: str,
    as_json: bool,
) -> None:
    """Create an event from a blueprint.

    With --publish it goes live: document and rows come into force together or not at all, then photos are attached, and
    the address is printed. Doing it again changes nothing that is the same.

    \b
    Exit codes:
      0    done, or everything is as it was promised
      1    refused: one sentence says why, and nothing was changed
      2    the command was called wrongly
      3    --check: something is read otherwise here than was promised
      130  stopped by Ctrl-C: nothing was changed, or only photos are missing
    """
    if check == live:
        raise click.UsageError("Say either --check or --publish.")
    from backend.cli.blueprints import refuse  # the engine, which no other command of the group needs
    from backend.cli.noted import noted
    from backend.domains.blueprints.artifacts.files import read_tree
    from backend.domains.blueprints.artifacts.tree import bundle_of
    from backend.flows import launching

    try:
        bundle = bundle_of(read_tree(source))
        if check:
            _check(bundle, as_json)
            return
        places = launching.samples_of(bundle, source, samples, noted(bundle.tree))
        approved = _approved(bundle, approve)
        asyncio.run(_publish(bundle, places, organization, approved, message, as_json))
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except AppError as error:
        refuse(error, as_json=as_json)


def _check(bundle: Bundle, as_json: bool) -> None:
    from backend.flows import launching

    broken = launching.kept_promises(bundle)
    if as_json:
        show({"event": bundle.event, "files": len(bundle.tree), "broken": broken})
    else:
        for sentence in broken:
            click.echo(sentence, err=True)
        verdict = f"{several(len(broken), 'promise')} broken" if broken else "all promises kept"
        click.echo(f"{bundle.event}: {several(len(bundle.tree), 'file')} as written; {verdict}")
    if broken:
        sys.exit(DIFFERENT)


def _approved(bundle: Bundle, approve: tuple[str, ...]) -> set[str]:
    """The hashes of what was approved by name and hash. Says which adapters stay off."""
    known = {f"{each.file}@{each.sha256}": each for each in bundle.adapters}
    for name in approve:
        if name not in known:
            raise click.BadParameter(f"The blueprint has no adapter {name}.", param_hint="--approve")
    for name, each in known.items():
        if name not in approve:
            click.echo(
                f"“{each.key}” stays as it is: its adapter was not approved (--approve {name})", err=True
            )
    return {known[name].sha256 for name in approve}


async def _publish(
    bundle: Bundle,
    places: dict[str, Path],
    organization: str | None,
    approved: set[str],
    message: str,
    as_json: bool,
) -> None:
    from backend.cli import wiring  # imports the whole application, which checking does not need
    from backend.flows import launching

    async with wiring.open_database() as database:
        url = wiring.address_of(bundle.event)

        def door() -> Any:
            return database.as_system("a local operator takes a blueprint live")

        async with door() as ctx:
            files = ctx.ports.files
            launched = await launching.launch(
                ctx, bundle, places, organization=organization, message=message, approved=approved
            )
        pictures = await launching.attach(files, door, launched, bundle.proposal.photos, places)
    if as_json:
        reports = [
            {"file": r.file, "added": r.added, "updated": r.updated, "rejected": r.rejected}
            for r in launched.reports
        ]
        number = launched.version.number
        show(
            {
                "event": bundle.event,
                "version": number,
                "url": url,
                "imports": reports,
                "photos": pictures.to_json(),
            }
        )
        return
    for report in launched.reports:
        counts = f"{report.added:,} added, {report.updated:,} updated, {report.rejected:,} rejected"
        click.echo(f"{report.file}: {counts}")
    if pictures.attached:
        click.echo(f"{several(pictures.attached, 'photo')} attached")
    news = "published" if launched.version.is_new else "is in force already"
    click.echo(f"{bundle.event} version {launched.version.number} {news}: {url}")
