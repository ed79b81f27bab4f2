"""`mpax seed`: the demo events and their people, on a stack of this machine."""

from __future__ import annotations

import click

from backend.cli import wiring
from backend.core.settings import load_settings
from backend.flows import demo


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when an event is there already.")
def seed(if_empty: bool) -> None:
    """Make or complete the demo: people, dealers, the events and their inventories. Safe to repeat."""
    if not wiring.run(_seed(if_empty)):
        return
    for entry in demo.sign_ins():
        click.echo(f"  {entry.role:<11} {entry.email:<36} {entry.password}   {entry.page}")


async def _seed(if_empty: bool) -> bool:
    settings = load_settings()
    async with wiring.open_database() as database:
        if if_empty and await demo.is_there(database):
            return False
        await demo.seed(settings, database, tell=lambda line: click.echo(f"  {line}"))
    return True
