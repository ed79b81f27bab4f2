"""The `mpax` command. Each group lives in a module of its own; this one only joins them."""

from __future__ import annotations

import sys

import click

from backend.core.errors import AppError


class Commands(click.Group):
    """Loads a command's module when it is asked for, so that `mpax status` does not import the language engine."""

    lazy = {
        "up": "backend.cli.startup:up",
        "down": "backend.cli.stack:down",
        "status": "backend.cli.stack:status",
        "doctor": "backend.cli.stack:doctor",
        "logs": "backend.cli.stack:logs",
        "reset": "backend.cli.stack:reset",
        "migrate": "backend.cli.stack:migrate",
        "seed": "backend.cli.seed:seed",
        "event": "backend.cli.events:event",
        "source": "backend.cli.sources:source",
        "blueprint": "backend.cli.blueprints:blueprint",
        "connector": "backend.cli.connectors:connector",
        "audit": "backend.cli.audit:audit",
        "keys": "backend.cli.keys:keys",
        "bench": "backend.cli.bench:bench",
        "eval": "backend.cli.evaluation:evaluate",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        module, _, name = self.lazy[cmd_name].partition(":")
        command = getattr(__import__(module, fromlist=[name]), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mpax")
def group() -> None:
    """Run MPAX and its Sales Events from the command line."""


def main() -> None:
    """Entry point: a product error becomes one sentence and exit code 1, never a traceback."""
    try:
        group()
    except AppError as error:
        facts = ", ".join(f"{name}: {value}" for name, value in error.facts.items())
        click.echo(f"error: {error.code}{f' ({facts})' if facts else ''}", err=True)
        sys.exit(1)
