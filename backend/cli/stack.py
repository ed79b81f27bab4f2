"""The commands that run the embedded stack: up, down, status, doctor, logs, reset, migrate.

Words and tables only; the work is done in `backend.local`. What comes after the migrations (demo data) and what is said
when all is up (the demo sign-ins) is registered by `backend.cli`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from rich.console import Console, RenderableType
from rich.table import Table

from backend.local import Fault, Layout, Stack, Step, read_keys
from backend.local import migrate as apply_migrations
from backend.local.background import start_in_background, stop_running
from backend.local.doctor import examine
from backend.local.logs import find_logs, tail
from backend.local.logs import follow as follow_logs
from backend.local.runfile import read_run, stop_orphans
from backend.local.stack import is_claimed, running_fault
from backend.local.status import ProcessStatus, read_status
from backend.local.supervisor import Event

P = ParamSpec("P")
T = TypeVar("T")

# Filled by `backend.cli`: further steps of `up`, and what it says at the end.
STEPS: list[Callable[[Layout], Step]] = []
WELCOME: list[Callable[[Layout], RenderableType]] = []

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def plain_faults(command: Callable[P, T]) -> Callable[P, T]:
    """A fault of this machine becomes one sentence with its mend and exit code 1; anything else is a bug."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except Fault as fault:
            errors.print(f"[bold red]✗[/] {_plain(fault.problem)}", soft_wrap=True)
            if fault.mend:
                errors.print(f"  {_plain(fault.mend)}", soft_wrap=True)
            raise SystemExit(1) from None

    return run


@click.command()
@click.option("--detach", "-d", is_flag=True, help="Run in the background; return when all is healthy.")
@click.option("--app/--no-app", "with_app", default=True, help="Also run the application.")
@click.option("--worker/--no-worker", "with_worker", default=True, help="Also run the worker.")
@plain_faults
def up(detach: bool, with_app: bool, with_worker: bool) -> None:
    """Start everything and keep it running until Ctrl-C."""
    layout = Layout.from_env()
    if is_claimed(layout):
        raise running_fault(layout)
    if detach:
        words = ["up", "--app" if with_app else "--no-app", "--worker" if with_worker else "--no-worker"]
        with console.status("Starting") as progress:
            pid = start_in_background(layout, words, lambda step: progress.update(f"Starting: {step}"))
        console.print(f"[green]✓[/] Running in the background (process {pid}).")
        _welcome(layout)
        console.print("\n[dim]`mpax down` stops everything.[/]")
    else:
        asyncio.run(_run(layout, with_app=with_app, with_worker=with_worker))


@click.command()
@plain_faults
def down() -> None:
    """Stop everything."""
    with console.status("Stopping"):
        stopped = stop_running(Layout.from_env())
    console.print(f"[green]✓[/] Stopped: {', '.join(stopped)}." if stopped else "Nothing is running.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@plain_faults
def status(as_json: bool) -> None:
    """Show health, pid, port, memory and uptime of each process."""
    now = read_status(Layout.from_env())
    if as_json:
        click.echo(json.dumps({**asdict(now), "healthy": now.healthy}, indent=1))
    elif not now.processes:
        last = f" Last time: {_plain(now.fault)}" if now.fault else ""
        console.print(f"Nothing is running.{last}", soft_wrap=True)
    else:
        console.print(_status_table(now.processes))
        console.print(f"{now.state}: API {now.url}, application {now.app_url}")
    if not now.healthy:
        raise SystemExit(1)


@click.command()
@plain_faults
def doctor() -> None:
    """Check that this machine has what is needed."""
    signs = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}
    failed = False
    for finding in examine(Layout.from_env()):
        failed |= finding.level == "fail"
        mend = f"  {_plain(finding.mend)}" if finding.mend else ""
        console.print(
            f"{signs[finding.level]} {_plain(finding.subject)}: {_plain(finding.text)}{mend}", soft_wrap=True
        )
    if failed:
        raise SystemExit(1)


@click.command()
@click.argument("service", required=False)
@click.option("--follow", "-f", is_flag=True, help="Go on as lines arrive.")
@click.option("--lines", "-n", default=50, show_default=True, help="How many of the last lines.")
@plain_faults
def logs(service: str | None, follow: bool, lines: int) -> None:
    """Show what the services write, of one or of all."""
    files = find_logs(Layout.from_env(), service)

    def show(file: Path, line: str) -> None:
        click.echo(line if service else f"{file.stem:<10} {line}")

    for file in files:
        for line in tail(file, lines):
            show(file, line)
    if follow:
        with contextlib.suppress(KeyboardInterrupt):
            for file, line in follow_logs(files):
                show(file, line)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@plain_faults
def reset(yes: bool) -> None:
    """Delete all data of the local stack: database, files, mails, keys."""
    layout = Layout.from_env()
    if is_claimed(layout):
        raise Fault("The stack is running.", "`mpax down` first.")
    if not layout.home.exists():
        console.print("There is nothing to delete.")
        return
    if not yes:
        click.confirm(f"Delete the database, files, mails and keys in {layout.home}?", abort=True)
    if state := read_run(layout.run_json):
        stop_orphans(state)
    for folder in (layout.pg, layout.storage, layout.outbox, layout.logs, layout.run, layout.deno):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (layout.keys_env, layout.run_json):
        file.unlink(missing_ok=True)
    console.print(f"[green]✓[/] {layout.home} is empty; `mpax up` starts anew.")


@click.command()
@plain_faults
def migrate() -> None:
    """Apply new migrations to the running stack, or to the database that MPAX_SYSTEM_DSN names."""
    layout = Layout.from_env()
    keys = read_keys(layout)
    dsn = os.environ.get("MPAX_SYSTEM_DSN") or (keys.system_dsn if keys else "")
    if not dsn:
        raise Fault("There is no database yet.", "Run `mpax up`, or set MPAX_SYSTEM_DSN.")
    names = apply_migrations(dsn, applied=lambda one: console.print(f"[green]✓[/] {one.path.name}"))
    if not names:
        console.print("Nothing to apply: the database is up to date.")


async def _run(layout: Layout, *, with_app: bool, with_worker: bool) -> None:
    stack = Stack(
        layout,
        extra=[step(layout) for step in STEPS],
        with_app=with_app,
        with_worker=with_worker,
        report=_show_event,
    )
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    starting = asyncio.ensure_future(stack.start())
    waiting = asyncio.ensure_future(told.wait())
    await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        console.print("Stopping before all is up.")
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        return
    try:
        await starting
        _welcome(layout)
        console.print("\n[dim]Ctrl-C stops everything.[/]")
        await waiting
        console.print("Stopping.")
        await stack.stop()
    finally:
        waiting.cancel()


def _show_event(event: Event) -> None:
    name = _plain(event.name)
    if event.kind == "done":
        console.print(f"[green]✓[/] {name:<20} {event.seconds:6.1f} s")
    elif event.kind == "begin" and event.name == "app":
        console.print("  app: the first start compiles the user interface, which takes a minute or two")
    elif event.kind == "died":
        console.print(f"[yellow]![/] {name} {_plain(event.text)}; starting it again", soft_wrap=True)
    elif event.kind == "back":
        console.print(f"[green]✓[/] {name} is back after {event.seconds:.1f} s")
    elif event.kind == "gave_up":
        console.print(f"[red]✗[/] {name} is given up: {_plain(event.text)}", soft_wrap=True)


def _welcome(layout: Layout) -> None:
    console.print()
    console.print(f"API        {layout.url}")
    console.print(f"Mail       {layout.url}/_mail")
    state = read_run(layout.run_json)
    if state and "app" in state.services:
        console.print(f"[bold]Open       http://localhost:{layout.app_port}[/]")
    for words in WELCOME:
        console.print(words(layout))


def _status_table(processes: list[ProcessStatus]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "service", "state", "pid", "port", "memory", "uptime", "restarts"):
        table.add_column(
            heading, justify="right" if heading in {"pid", "port", "memory", "uptime"} else "left"
        )
    for one in processes:
        table.add_row(
            "[green]●[/]" if one.healthy else "[red]●[/]",
            one.name,
            one.state,
            str(one.pid or "–"),
            str(one.port or "–"),
            "–" if one.memory_bytes is None else f"{one.memory_bytes / 2**20:.0f} MB",
            "–" if one.uptime_s is None else _duration(one.uptime_s),
            str(one.restarts or ""),
        )
    return table


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _plain(text: str) -> str:
    """Keeps square brackets in foreign text from being taken for markup."""
    return text.replace("[", "\\[")
