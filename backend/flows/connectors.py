"""Keeps connectors and lets them work: fetch a feed page by page into the database, then import it like a file.

A process may die at any page: the next run goes on where it was. Secrets are opened here, for as long as a run lasts.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from backend.adapters.sealing import Sealer
from backend.core.context import Actor, Context
from backend.core.db import Database
from backend.core.errors import AppError, Conflict, InvalidInput
from backend.core.settings import Settings
from backend.domains.blueprints import feeding
from backend.domains.blueprints.connecting.plan import Plan, read_plan
from backend.domains.blueprints.connecting.signing import Credentials, credentials_to_json, read_credentials
from backend.domains.blueprints.connecting.steps import first_spot
from backend.domains.blueprints.feeding import Connector, Run
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport
from backend.flows.feed_tables import Spool, open_spool
from backend.flows.feeds import Fetcher, Reach, fetch_all

_NOBODY: Final = Actor("system")

ProgressCallback = Callable[[str, int, int], None]
AtEnd = Callable[[Context, ImportReport], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run brought. `report` is that of the import; None where nothing has changed since the last one."""

    run_id: UUID
    status: str
    pages: int
    records: int
    report: ImportReport | None = None


class Connectors:
    """The connectors of one process."""

    def __init__(
        self, database: Database, settings: Settings, *, fetcher: Callable[[], Fetcher] | None = None
    ) -> None:
        self._database = database
        self._sealer = Sealer(settings.seal_keys)
        self._fetcher = fetcher or (lambda: Fetcher(networks=settings.feed_network_list))

    async def keep(
        self,
        actor: Actor,
        *,
        name: str,
        plan: Plan,
        mapping: Mapping[str, Any],
        event: str | None = None,
        blueprint_id: UUID | None = None,
    ) -> Connector:
        """Raises: as `feeding.keep_connector` does."""
        async with self._unit(actor) as ctx:
            return await feeding.keep_connector(
                ctx, name=name, plan=plan, mapping=mapping, event=event, blueprint_id=blueprint_id
            )

    async def give_credentials(
        self, actor: Actor, *, connector_id: UUID, given: Mapping[str, Any]
    ) -> Connector:
        """Sealed before they are stored; nobody reads them back. Nothing given forgets them.

        Raises: InvalidInput `blueprints.bad_credentials` (name); NotFound; NotAllowed; Busy `core.not_configured`.
        """
        credentials = read_credentials(given)
        plain = credentials_to_json(credentials)
        sealed = self._sealer.seal(str(connector_id), plain) if plain else None
        async with self._unit(actor) as ctx:
            return await feeding.keep_sealed(ctx, connector_id=connector_id, sealed=sealed)

    async def named(self, actor: Actor, *, event: str, name: str) -> Connector:
        """By its name or id. Raises: NotFound `blueprints.no_such_connector`."""
        async with self._unit(actor) as ctx:
            return await feeding.named_connector(ctx, event=event, name=name)

    async def overview(self, actor: Actor, *, event: str | None = None) -> list[tuple[Connector, Run | None]]:
        """Each with its last run."""
        async with self._unit(actor) as ctx:
            found = await feeding.list_connectors(ctx, event=event)
            runs = [await feeding.list_runs(ctx, connector_id=each.id) for each in found]
        return [(each, next(iter(own), None)) for each, own in zip(found, runs, strict=True)]

    async def cancel(self, actor: Actor, *, run_id: UUID) -> None:
        """The process at work stops before its next page. Raises: NotFound; NotAllowed."""
        async with self._unit(actor) as ctx:
            await feeding.cancel_run(ctx, run_id=run_id)

    async def sync(
        self,
        actor: Actor,
        *,
        connector_id: UUID,
        base_url: str | None = None,
        anew: bool = False,
        replace_missing: bool = False,
        max_rejects_percent: float = 20.0,
        reach: Reach | None = None,
        progress: ProgressCallback | None = None,
        cancelled: Callable[[], bool] | None = None,
        at_end: AtEnd | None = None,
    ) -> SyncReport:
        """Fetches everything and imports it into the connector's event: all of it or nothing. `anew` asks unconditionally.

        `at_end` runs in the transaction of the rows once they are in; what it raises takes them back.
        Raises: as `fetch` and `catalogue.import_table` do; InvalidInput `blueprints.connector_without_event`.
        """
        async with self._running(actor, connector_id, base_url, anew, reach, progress, cancelled) as (
            connector,
            run,
        ):
            if connector.event_id is None:
                raise InvalidInput("blueprints.connector_without_event", name=connector.name)
            if run.status == "unchanged":
                return SyncReport(run.id, "unchanged", 0, 0)
            async with (
                self.table(connector, run) as spool,
                self._database.as_system(f"import of the feed {connector.name}") as ctx,
            ):
                report = await catalogue.import_table(
                    ctx,
                    event=str(connector.event_id),
                    table=spool.table,
                    mapping=catalogue.parse_mapping(spool.mapping, file=connector.name),
                    replace_missing=replace_missing,
                    max_rejects_percent=max_rejects_percent,
                    cancelled=cancelled,
                )
                await feeding.keep_state(ctx, connector=connector, validators=run.validators)
                if not await feeding.finish_run(ctx, run_id=run.id, status="done"):
                    raise Conflict("blueprints.cancelled")
                if at_end is not None:
                    await at_end(ctx, report)
            return SyncReport(run.id, "done", run.pages, run.records, report)

    @asynccontextmanager
    async def table(self, connector: Connector, run: Run) -> AsyncIterator[Spool]:
        """The fetched records of a run as a table whose columns are their paths, for an import or a preview."""
        with tempfile.TemporaryDirectory(prefix="mpax-feed-") as folder:
            async with self._database.as_system(f"records of the feed {connector.name}") as ctx:
                pages = _pages(ctx, run)
                spool = await open_spool(Path(folder), connector.name, connector.mapping, pages)
            try:
                yield spool
            finally:
                await asyncio.to_thread(spool.table.close)

    @asynccontextmanager
    async def _running(
        self,
        actor: Actor,
        connector_id: UUID,
        base_url: str | None,
        anew: bool,
        reach: Reach | None,
        progress: ProgressCallback | None,
        cancelled: Callable[[], bool] | None,
    ) -> AsyncIterator[tuple[Connector, Run]]:
        """A run from its start to its end, whatever becomes of it."""
        async with self._unit(actor) as ctx:
            connector = await feeding.get_connector(ctx, connector_id=connector_id)
            run = await feeding.start_run(ctx, connector_id=connector_id)
        try:
            run = await self._fetched(connector, run, base_url, anew, reach, progress, cancelled)
            yield connector, run
        except AppError as error:
            status = (
                "cancelled"
                if error.code in ("blueprints.cancelled", "catalogue.import_cancelled")
                else "failed"
            )
            await self._end(
                run, status, None if status == "cancelled" else {"code": error.code, "facts": error.facts}
            )
            raise
        except BaseException:
            await asyncio.shield(self._release(run))
            raise

    async def _fetched(
        self,
        connector: Connector,
        run: Run,
        base_url: str | None,
        anew: bool,
        reach: Reach | None,
        progress: ProgressCallback | None,
        cancelled: Callable[[], bool] | None,
    ) -> Run:
        """The run with all its pages kept, or unchanged."""
        if run.is_whole:
            return run
        plan, credentials = read_plan(connector.plan), await self._credentials(connector)
        state = (
            connector.state
            if connector.state.get("fingerprint") == connector.fingerprint and not anew
            else {}
        )
        validators: Mapping[str, str] = run.validators
        fetcher, spot = self._fetcher(), run.spot or first_spot(plan)
        try:
            pages = fetch_all(
                plan, credentials, base_url=base_url, start=spot, validators=state.get("validators"),
                reach=reach, fetcher=fetcher, progress=progress, cancelled=cancelled,
            )  # fmt: skip
            async with aclosing(pages):
                async for page in pages:
                    if page.is_unchanged:
                        await self._end(run, "unchanged", None)
                        return replace(run, status="unchanged")
                    validators = page.validators if page.number == 0 else validators
                    run = await self._note(run, page, validators)
        finally:
            await fetcher.close()
        return run

    async def _note(self, run: Run, page: Any, validators: Mapping[str, str]) -> Run:
        done = run.records + len(page.records)
        async with self._database.as_system("a page of a feed") as ctx:
            is_wanted = await feeding.note_page(
                ctx,
                run_id=run.id,
                number=page.number,
                records=page.records,
                done=done,
                after=page.after,
                validators=validators,
            )
        if not is_wanted:
            raise Conflict("blueprints.cancelled")
        cursor = {
            "spot": asdict(page.after) if page.after else None,
            "whole": page.after is None,
            "validators": dict(validators),
        }
        return replace(run, pages=page.number + 1, records=done, cursor=cursor)

    async def _credentials(self, connector: Connector) -> Credentials:
        if not connector.has_secret:
            return Credentials()
        owner = str(connector.id)
        async with self._database.as_system(f"credentials of the feed {connector.name}") as ctx:
            sealed = await feeding.find_sealed(ctx, connector_id=connector.id)
            if sealed is None:
                return Credentials()
            plain = self._sealer.open(owner, sealed)
            if self._sealer.is_old(sealed):
                await feeding.reseal(
                    ctx, connector_id=connector.id, before=sealed, after=self._sealer.seal(owner, plain)
                )
        return read_credentials(plain)

    async def _end(self, run: Run, status: str, problem: Mapping[str, Any] | None) -> None:
        async with self._database.as_system("the end of a feed's run") as ctx:
            await feeding.finish_run(ctx, run_id=run.id, status=status, problem=problem)

    async def _release(self, run: Run) -> None:
        async with self._database.as_system("a feed's run that another process goes on with") as ctx:
            await feeding.release_run(ctx, run_id=run.id)

    @asynccontextmanager
    async def _unit(self, actor: Actor) -> AsyncIterator[Context]:
        if actor.kind == "system":
            async with self._database.as_system("a connector, from the command line") as ctx:
                yield ctx
        else:
            async with self._database.as_actor(actor) as ctx:
                yield ctx


async def _pages(ctx: Context, run: Run) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    for number in range(run.pages):
        yield await feeding.find_page(ctx, run_id=run.id, number=number) or ()
