"""`mpax connector`: plan a feed from its description, keep it with its credentials, fetch and import it.

Runs on the machine of whoever operates the stack, past sign-in. Credentials come from a prompt or from standard input,
never from an argument that a list of processes shows.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.table import Table

from backend.cli import wiring
from backend.core.context import Actor
from backend.core.errors import AppError, InvalidInput
from backend.core.settings import load_settings

T = TypeVar("T")

_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)
_SYSTEM: Final = Actor("system")
_EVENT = click.option("--event", required=True, help="Slug or id of the Sales Event.")


@click.group()
def connector() -> None:
    """Bring listings of an API into an event, again and again."""


@connector.command()
@click.argument("file", type=_FILE)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write plan.json and mapping.json there."
)
def plan(file: Path, out: Path | None) -> None:
    """Say how FILE would be fetched: OpenAPI 3, Swagger 2.0, or a curl command with the answer below it.

    Nothing is fetched and no database is needed.
    """
    proposal, mapping = _proposed(file)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "plan.json").write_text(json.dumps(proposal, indent=2, ensure_ascii=False) + "\n", "utf-8")
        (out / "mapping.json").write_text(json.dumps(mapping, indent=2, ensure_ascii=False) + "\n", "utf-8")
        click.echo(
            f"{out}/plan.json and {out}/mapping.json are written: read them, then `mpax connector add`."
        )
        return
    click.echo(json.dumps({"plan": proposal, "mapping": mapping}, indent=2, ensure_ascii=False))


def _proposed(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    from backend.adapters.embeddings import LocalEmbedder
    from backend.domains.blueprints.connecting.proposing import mapping_of, propose_feed

    text = file.read_bytes().decode("utf-8-sig", "replace")
    feed = propose_feed(file.name, text, embedder=LocalEmbedder())
    return dict(feed.plan), mapping_of(file.stem, feed.fields)


@connector.command()
@click.argument("name")
@_EVENT
@click.option(
    "--from", "description", type=_FILE, help="Description of the API: plan and mapping are proposed from it."
)
@click.option("--plan", "plan_file", type=_FILE, help="A plan as `mpax connector plan` writes it.")
@click.option("--mapping", "mapping_file", type=_FILE, help="How paths become listings (YAML or JSON).")
def add(
    name: str, event: str, description: Path | None, plan_file: Path | None, mapping_file: Path | None
) -> None:
    """Keep a connector under NAME; one of that name is changed."""
    if description is None and (plan_file is None or mapping_file is None):
        raise click.UsageError("Give --from, or --plan and --mapping.")
    document, mapping = _proposed(description) if description else ({}, {})
    document = _json(plan_file) if plan_file else document
    mapping = _json(mapping_file) if mapping_file else mapping | {"source": name}

    async def work(connectors: Any) -> None:
        from backend.domains.blueprints.connecting.proposing import read_plan

        kept = await connectors.keep(
            _SYSTEM, name=name, plan=read_plan(document), mapping=mapping, event=event
        )
        click.echo(f"{kept.name} is kept. Its credentials: mpax connector secret {name} --event {event}")

    _run(work)


def _json(file: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML

    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(file.read_text("utf-8"))))


@connector.command()
@click.argument("name")
@_EVENT
@click.option("--forget", is_flag=True, help="Forget the credentials instead.")
def secret(name: str, event: str, forget: bool) -> None:
    """Seal the credentials of NAME, asked for here or given as JSON on standard input.

    \b
    {"value": "..."}                          an API key or a bearer token
    {"username": "...", "password": "..."}    basic authentication
    {"client_id": "...", "client_secret": "..."}   OAuth 2 client credentials
    """

    async def work(connectors: Any) -> None:
        found = await connectors.named(_SYSTEM, event=event, name=name)
        given = {} if forget else await asyncio.to_thread(_asked, found.plan["auth"])
        await connectors.give_credentials(_SYSTEM, connector_id=found.id, given=given)
        click.echo("Forgotten." if forget else "Sealed.")

    _run(work)


def _asked(auth: dict[str, Any]) -> dict[str, Any]:
    if not sys.stdin.isatty():
        try:
            given = json.loads(sys.stdin.read())
        except ValueError:
            given = None
        if not isinstance(given, dict) or not given:
            raise InvalidInput("blueprints.bad_credentials", name="no JSON object")
        return given
    names = {"oauth2": ("client_id", "client_secret")}.get(auth["type"], ("value",))
    names = ("username", "password") if auth.get("scheme") == "basic" else names
    return {
        name: click.prompt(name.replace("_", " "), hide_input=name not in ("username", "client_id"))
        for name in names
    }


@connector.command()
@click.argument("name")
@_EVENT
@click.option("--anew", is_flag=True, help="Fetch also where the feed says that nothing has changed.")
@click.option("--replace", is_flag=True, help="Take listings that the feed no longer has off the list.")
@click.option("--base-url", help="Another host to ask, for a test; the path stays that of the plan.")
@click.option("--max-rejects", default=20.0, show_default=True, type=click.FloatRange(0, 100),
              help="Percent of rejected records beyond which nothing is imported.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, for scripts.")
def sync(
    name: str, event: str, anew: bool, replace: bool, base_url: str | None, max_rejects: float, as_json: bool
) -> None:
    """Fetch the feed NAME and import it: all of it or nothing.

    Stopped by Ctrl-C or a crash, the next sync goes on at the page where it was.
    """
    console = Console(stderr=True)

    async def work(connectors: Any) -> None:
        found = await connectors.named(_SYSTEM, event=event, name=name)
        with console.status("Fetching") as status:
            report = await connectors.sync(
                _SYSTEM,
                connector_id=found.id,
                base_url=base_url,
                anew=anew,
                replace_missing=replace,
                max_rejects_percent=max_rejects,
                progress=lambda _stage, done, _total: status.update(f"Fetching, {done:,} records"),
            )
        click.echo(json.dumps(asdict(report), default=str, indent=2) if as_json else _told(report))

    _run(work)


def _told(report: Any) -> str:
    if report.report is None:
        return "Nothing has changed since the last import."
    counts = {
        name: getattr(report.report, name)
        for name in ("added", "updated", "unchanged", "rejected", "unlisted")
    }
    told = ", ".join(f"{value:,} {name}" for name, value in counts.items() if value)
    return f"{report.records:,} records on {report.pages:,} pages: {told or 'nothing new'}."


@connector.command("list")
@_EVENT
def list_(event: str) -> None:
    """Show the connectors of an event and their last runs."""

    async def work(connectors: Any) -> None:
        table = Table("name", "address", "credentials", "last run", "records", box=None, pad_edge=False)
        for each, run in await connectors.overview(_SYSTEM, event=event):
            address = each.plan.get("base_url", "") + each.plan.get("list_operation", {}).get("path", "")
            last = (run.status, f"{run.records:,}") if run else ("never", "")
            table.add_row(each.name, address, "sealed" if each.has_secret else "none", *last)
        Console().print(table)

    _run(work)


def _run(work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
    from backend.cli.feed_words import sentence
    from backend.flows.connectors import Connectors

    async def opened() -> T:
        async with wiring.open_database() as database:
            return await work(Connectors(database, load_settings()))

    try:
        return wiring.run(opened())
    except KeyboardInterrupt:
        click.echo("Stopped. The next sync goes on from here.", err=True)
        sys.exit(130)
    except AppError as error:
        click.echo(sentence(error), err=True)
        sys.exit(1)
