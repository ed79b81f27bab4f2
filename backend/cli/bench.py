"""`mpax bench`: what is fast on this machine, measured on a Postgres of its own. The work is in `benchmarks/`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from backend.core.settings import PROJECT

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True, resolve_path=True)
_OUT = click.Path(path_type=Path, dir_okay=False, resolve_path=True)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="Smaller sizes and fewer rounds: minutes become seconds.")
@click.option("--json", "out", type=_OUT, help="Write the figures as JSON to this file.")
@click.option("--page", type=_OUT, help="Write the figures as a page of documentation to this file.")
@click.option(
    "--from", "earlier", type=_FILE, multiple=True, help="Measure nothing; show earlier JSON files."
)
@click.option("--remark", default="", help="A sentence for the page, such as what else the machine did.")
@click.option("--file", type=_FILE, help="A spreadsheet to import instead of a generated one.")
@click.option("--mapping", type=_FILE, help="The mapping of that spreadsheet.")
def bench(
    names: tuple[str, ...],
    quick: bool,
    out: Path | None,
    page: Path | None,
    earlier: tuple[Path, ...],
    remark: str,
    file: Path | None,
    mapping: Path | None,
) -> None:
    """Measure this machine (default: all).

    What there is: documents, holds, publish, drafts, conversations, search, recall, turns, buyers, crowd,
    policy, imports, blueprint, memory.

    Every figure stands beside a floor taken in the same run. Never touches your data: a stack of its own is started in
    a temporary folder, and removed at the end.
    """
    if not (PROJECT / "benchmarks").is_dir():
        raise click.ClickException("The benchmarks come with the source code; this is an installed package.")
    command = [sys.executable, "-m", "benchmarks", *names, "--sizes", "quick" if quick else "full"]
    for option, value in (("--json", out), ("--page", page), ("--file", file), ("--mapping", mapping)):
        command += [option, str(value)] if value else []
    command += [part for path in earlier for part in ("--from", str(path))]
    command += ["--remark", remark] if remark else []
    sys.exit(subprocess.run(command, cwd=PROJECT, check=False).returncode)
