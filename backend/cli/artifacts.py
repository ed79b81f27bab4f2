"""`mpax event export | import`: one version as a tree of files, in a folder or a zip, and back to the same hash."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import click

from backend.cli.documents import DIFFERENT, facts_of, scripted, several, show, unit
from backend.cli.releases import UNPRINTED
from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.events import service
from backend.domains.events.artifacts import (
    MANIFEST,
    Artifact,
    Export,
    Tree,
    is_inside,
    manifest_of,
    read_tree,
    tree_of,
)
from backend.domains.events.model import EventVersion

#: More than any event needs; what is larger was not exported by this product.
LARGEST_BYTES: Final = 32_000_000
MOST_FILES: Final = 200
#: The earliest moment a zip can say, so that one version always gives the same bytes.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


@click.command()
@click.argument("slug")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The folder to write to, or the zip file."
)
@click.option(
    "--version", "number", type=click.IntRange(1), help="Which version; the one in force if left out."
)
@click.option("--zip", "zipped", is_flag=True, help="Write one zip file.")
@scripted
def export(slug: str, out: Path, number: int | None, zipped: bool, as_json: bool) -> None:
    """Write a version as files: the compiled document, the author's text, the mapping, a contract test, a manifest.

    The manifest has the hash of each file, so that `import` names a file that was changed on its way.
    """
    version, tree = unit(_exported(slug, number))
    try:
        (_write_zip if zipped else _write_folder)(out, tree)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
    if as_json:
        show(
            {
                "event": slug,
                "version": version.number,
                "sha256": version.sha256,
                "out": str(out),
                "files": [*tree],
            }
        )
    else:
        click.echo(
            f"{slug} version {version.number} ({version.sha256[:12]}): {several(len(tree), 'file')} in {out}"
        )


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, readable=True))
@click.option("--check", is_flag=True, help="Only check the files and compare with what is in force.")
@click.option("--message", help="What changes, and why; that of the export if left out.")
@click.option(
    "--organization", metavar="SLUG", help="Create the event for this organization if it is not there."
)
@scripted
def import_(path: Path, check: bool, message: str | None, organization: str | None, as_json: bool) -> None:
    """Read an exported folder or zip back and publish it: the very document that was exported, with the same hash.

    Exit code 1 when a file was changed on its way. With --check nothing is published, and the exit code is 3 when the
    event has another document in force, or its contract test does not hold here.
    """
    artifact = read_tree(_read(path))
    if check:
        _check(artifact, as_json)
        return
    version = unit(_import(artifact, message, organization))
    if as_json:
        show(facts_of(version, UNPRINTED) | {"is_authored": artifact.is_authored, "broken": artifact.broken})
        return
    news = "published" if version.is_new else "is in force already"
    click.echo(f"{artifact.id} version {version.number} {news} ({version.sha256[:12]})")
    _show_notes(artifact)


def _check(artifact: Artifact, as_json: bool) -> None:
    current = unit(_in_force(artifact.id))
    is_equal = current is not None and current.sha256 == artifact.sha256
    number = current.number if current else None
    if as_json:
        facts = {"event": artifact.id, "version": artifact.number, "sha256": artifact.sha256}
        more = {"is_authored": artifact.is_authored, "broken": artifact.broken}
        show(facts | more | {"in_force": number, "is_equal": is_equal})
    else:
        words = f"{'equal to' if is_equal else 'other than'} version {number} in force"
        state = words if current else "no version in force"
        click.echo(f"{artifact.id} ({artifact.sha256[:12]}): all files as exported; {state}")
        _show_notes(artifact)
    if not is_equal or artifact.broken:
        sys.exit(DIFFERENT)


def _show_notes(artifact: Artifact) -> None:
    if not artifact.is_authored:
        click.echo(
            "The author's text extends a template that has changed since; the compiled document stands for it.",
            err=True,
        )
    for sentence in artifact.broken:
        click.echo(f"contract: {sentence}", err=True)


def _exported(
    slug: str, number: int | None
) -> Callable[[Context], Coroutine[Any, Any, tuple[EventVersion, Tree]]]:
    from backend.domains.catalogue import service as catalogue  # imports the search engine

    async def work(ctx: Context) -> tuple[EventVersion, Tree]:
        version = (
            await service.get_version_number(ctx, slug=slug, number=number)
            if number
            else await service.get_in_force(ctx, slug=slug)
        )
        mappings = await catalogue.list_mappings(ctx, event_id=version.event_id)
        kept = Export(
            version.document, version.source, version.sha256, version.number, version.message, mappings
        )
        return version, tree_of(kept, service.shipped_templates())

    return work


def _import(
    artifact: Artifact, message: str | None, organization: str | None
) -> Callable[[Context], Coroutine[Any, Any, EventVersion]]:
    async def work(ctx: Context) -> EventVersion:
        owner = await service.get_organization_id(ctx, slug=organization) if organization else None
        said = artifact.message if message is None else message
        return await service.publish(
            ctx, source=artifact.source, library=artifact.library, message=said, organization_id=owner
        )

    return work


def _in_force(slug: str) -> Callable[[Context], Coroutine[Any, Any, EventVersion | None]]:
    async def work(ctx: Context) -> EventVersion | None:
        try:
            return await service.get_in_force(ctx, slug=slug)
        except (NotFound, Conflict):
            return None  # no such event, or none of its versions published yet

    return work


def _write_folder(out: Path, tree: Tree) -> None:
    """The manifest comes last, so that an export that broke off is not taken for a whole one."""
    for path, content in tree.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _write_zip(out: Path, tree: Tree) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in tree.items():
            archive.writestr(zipfile.ZipInfo(path, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(buffer.getvalue())


def _read(path: Path) -> Tree:
    """The files of an export. Raises: InvalidInput `events.no_artifact`."""
    return _read_folder(path) if path.is_dir() else _read_zip(path)


def _read_folder(folder: Path) -> Tree:
    found = {MANIFEST: _bounded(folder / MANIFEST)}
    for path in manifest_of(found)["files"]:
        if (folder / path).is_file():
            found[path] = _bounded(folder / path)
    return found


def _bounded(file: Path) -> bytes:
    if not file.is_file() or file.stat().st_size > LARGEST_BYTES:
        raise InvalidInput("events.no_artifact", file=str(file))
    return file.read_bytes()


def _read_zip(file: Path) -> Tree:
    """Reads into memory only, and no more than an export can have: a zip says how large it becomes, and may lie."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            is_fit = len(members) <= MOST_FILES and all(is_inside(member.filename) for member in members)
            if not is_fit or sum(member.file_size for member in members) > LARGEST_BYTES:
                raise InvalidInput("events.no_artifact", file=str(file))
            return {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error) as error:
        raise InvalidInput("events.no_artifact", file=str(file)) from error
