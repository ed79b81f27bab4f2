"""`mpax keys`: change the key that seals credentials, messages and what models were asked.

Runs on the machine of whoever operates the stack; keys come from the settings alone.
"""

from __future__ import annotations

import sys

import click

from backend.adapters.sealing import Sealer
from backend.cli import wiring
from backend.core.settings import load_settings
from backend.flows.resealing import Resealed
from backend.flows.resealing import rotate as seal_anew


@click.group()
def keys() -> None:
    """Look after the keys that seal what only the product may read."""


@keys.command()
def rotate() -> None:
    """Seal everything anew with the first key of MPAX_SEAL_KEYS.

    Put a new key in front (`new,old`), restart every process, run this; when it says that nothing is left, drop the old
    key. Exit code 1 where a text fits none of the keys.
    """
    done = wiring.run(_rotated())
    counted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.renewed.items())) or "nothing"
    click.echo(f"{done.seen:,} sealed texts: {counted} sealed anew")
    for one in done.lost:
        click.echo(f"no key fits: {one.kind} {one.key}", err=True)
    if done.lost:
        sys.exit(1)
    click.echo("only the first key is needed now")


async def _rotated() -> Resealed:
    async with wiring.open_database() as database:
        return await seal_anew(database, Sealer(load_settings().seal_keys))
