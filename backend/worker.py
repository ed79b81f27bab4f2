"""The background worker: periodic work through procrastinate. Correctness never waits for it.

Tidies up, seals receipts, and takes back a fresh version under which too many conversations fail.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import procrastinate

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.settings import Settings, load_settings
from backend.domains.blueprints import previews
from backend.domains.events import serving
from backend.domains.events.bundles import Bundles
from backend.domains.journal import service as journal
from backend.domains.policy import auditing
from backend.domains.transactions import service as transactions
from backend.flows.connectors import Connectors
from backend.flows.imports import ImportRunner
from backend.flows.loading import EventLoader
from backend.flows.sample_files import BUCKET
from backend.flows.sampling import SampleReader
from backend.main import build_ports

log = logging.getLogger(__name__)


def build_worker(settings: Settings, database: Database) -> procrastinate.App:
    """The job application on the direct connection; its tables live in the schema `procrastinate`."""
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.system_dsn.get_secret_value(), kwargs={"options": "-c search_path=procrastinate"}
    )
    jobs = procrastinate.App(connector=connector)

    @jobs.periodic(cron="*/2 * * * * *")
    @jobs.task(queueing_lock="sweep_holds", pass_context=False)
    async def sweep_holds(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction]
        async with database.as_actor(Actor.anonymous()) as ctx:  # the clock decides, not the caller's rights
            await transactions.sweep(ctx)

    served = Bundles(EventLoader(database))

    @jobs.periodic(cron="*/10 * * * * *")
    @jobs.task(queueing_lock="watch_versions", pass_context=False)
    async def watch_versions(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction]
        await watch(database, served)

    @jobs.periodic(cron="* * * * *")
    @jobs.task(queueing_lock="seal_receipts", pass_context=False)
    async def seal_receipts(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction]
        await seal(database)

    samples = SampleReader(database)
    imports = ImportRunner(database, samples.local, Connectors(database, settings))

    @jobs.periodic(cron="*/10 * * * * *")
    @jobs.task(queueing_lock="take_up", pass_context=False)
    async def take_up(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction]
        await take_up_left(database, samples, imports)

    @jobs.periodic(cron="*/15 * * * *")
    @jobs.task(queueing_lock="tidy_blueprints", pass_context=False)
    async def tidy_blueprints(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction]
        await tidy(database)

    @jobs.periodic(cron="17 3 * * *")
    @jobs.task(queueing_lock="keep_house", pass_context=False)
    async def keep_house(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction]
        async with database.as_system("nightly house-keeping: partitions and old rows") as ctx:
            await journal.keep_house(ctx)

    return jobs


async def watch(database: Database, served: Bundles) -> list[dict[str, Any]]:
    """Passes row-level security only while there is a fresh version to look after. Shape: as `serving.watch`."""
    await served.poll()
    if not any(serving.is_watched(bundle, datetime.now(UTC)) for bundle in served.all()):
        return []
    async with database.as_system("take back fresh versions that fail buyers") as ctx:
        alerts = await serving.watch(ctx)
    for alert in alerts:
        log.error("taken back automatically: %s", alert)
    return alerts


async def seal(database: Database) -> int:
    """Seals receipts where there are new ones. Shape: how many seals were made."""
    async with database.as_actor(Actor.anonymous()) as ctx:
        if not await auditing.is_sealing_due(ctx):
            return 0
    async with database.as_system("seal the receipts of the last minute") as ctx:
        return await auditing.seal(ctx)


async def take_up_left(database: Database, samples: SampleReader, imports: ImportRunner) -> int:
    """Reads samples and carries out imports whose process is gone. Shape: how many were begun."""
    async with database.as_actor(Actor.anonymous()) as ctx:
        if not await previews.is_work_left(ctx):
            return 0
    return await samples.resume() + await imports.resume()


async def tidy(database: Database) -> None:
    """Ends previews whose day is over, and removes samples that nobody needs any more."""
    async with database.as_system("end previews whose time is over") as ctx:
        paths, files = await previews.tidy(ctx), ctx.ports.files
    if paths:
        await files.remove(BUCKET, paths)


async def run() -> None:
    settings = load_settings()
    database = Database(settings, build_ports(settings))
    await database.open()
    jobs = build_worker(settings, database)
    async with jobs.open_async():
        await jobs.run_worker_async(concurrency=4, delete_jobs="successful", fetch_job_polling_interval=5)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(run())
