"""Where benchmarks run: a Postgres of their own, durable as in service, on a real disk, gone at the end."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import TupleRow
from ruamel.yaml import YAML

from backend.core.db import Database
from backend.core.ports import Ports
from backend.core.settings import PROJECT, Settings
from backend.domains.events import service as events
from backend.domains.events.model import EventVersion, Source
from backend.local.layout import Layout
from backend.local.ports import free_layout_ports
from backend.local.stack import start_stack
from backend.main import build_ports

Owner = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done. `tiny` shows that a benchmark runs, `quick` what to expect, `full` is for the page."""

    rounds: int
    turns: int
    listings: tuple[int, ...]
    import_rows: int
    import_rounds: int
    holds: int  # per round and client
    hold_rounds: int
    races: int
    listeners: int
    publishes: int
    events: int
    saves: int  # of drafts, over all events
    versions: int  # the same of publishes
    conversations: int
    seconds: int
    crowd: int  # conversations with a turn each half minute
    crowd_seconds: int
    sheets: int  # generated lists whose columns are judged; every trade in every language once takes 196


TINY = Sizes(
    rounds=3,
    turns=2,
    listings=(300,),
    import_rows=120,
    import_rounds=1,
    holds=3,
    hold_rounds=1,
    races=1,
    listeners=4,
    publishes=2,
    events=2,
    saves=8,
    versions=4,
    conversations=50,
    seconds=2,
    crowd=20,
    crowd_seconds=4,
    sheets=28,
)
QUICK = Sizes(
    rounds=30,
    turns=20,
    listings=(10_000,),
    import_rows=10_000,
    import_rounds=1,
    holds=150,
    hold_rounds=2,
    races=3,
    listeners=50,
    publishes=15,
    events=10,
    saves=200,
    versions=40,
    conversations=5000,
    seconds=10,
    crowd=500,
    crowd_seconds=30,
    sheets=196,
)
FULL = Sizes(
    rounds=200,
    turns=60,
    listings=(10_000, 100_000),
    import_rows=10_000,
    import_rounds=3,
    holds=400,
    hold_rounds=4,
    races=20,
    listeners=50,
    publishes=60,
    events=50,
    saves=1000,
    versions=200,
    conversations=20_000,
    seconds=60,
    crowd=2000,
    crowd_seconds=90,
    sheets=588,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A migrated database, the product's doors to it, and how much to do there."""

    settings: Settings
    ports: Ports
    database: Database
    sizes: Sizes
    realtime: bool = False  # whether gateway and Realtime run
    layout: Layout | None = None
    file: Path | None = None  # a seller's file to import instead of a generated one
    mapping: Path | None = None

    @property
    def owner_dsn(self) -> str:
        return self.settings.system_dsn.get_secret_value()

    @property
    def app_dsn(self) -> str:
        return self.settings.app_dsn.get_secret_value()

    @contextmanager
    def owner(self) -> Iterator[Owner]:
        with psycopg.connect(self.owner_dsn, autocommit=True) as conn:
            yield conn

    def env(self) -> dict[str, str]:
        """The environment of a process of the product on this ground."""
        chosen = {
            "MPAX_HOME": str(self.settings.home),
            "MPAX_SUPABASE_URL": self.settings.supabase_url,
            "MPAX_PUBLISHABLE_KEY": self.settings.publishable_key,
            "MPAX_SECRET_KEY": self.settings.secret_key.get_secret_value(),
            "MPAX_JWT_SECRET": self.settings.jwt_secret.get_secret_value(),
            "MPAX_APP_DSN": self.app_dsn,
            "MPAX_SYSTEM_DSN": self.owner_dsn,
            "MPAX_RATE_LIMITS": "false",
            "OPENBLAS_NUM_THREADS": "1",
        }
        return os.environ | chosen

    async def publish(self, slug: str, **changes: Any) -> EventVersion:
        """Publishes the shipped electric-car event under another name, with changes laid over it."""
        document = event_document(slug, **changes)
        with self.owner() as conn:
            organization = ensure_organization(conn)
        async with self.database.as_system("publish an event of a benchmark") as ctx:
            return await events.publish(
                ctx,
                source=Source(document),
                library=events.shipped_templates(),
                message="Benchmark",
                organization_id=organization,
            )


def event_document(slug: str, **changes: Any) -> str:
    """The shipped event as YAML under another id; dates are left out, so that it is always open."""
    yaml = YAML(typ="safe", pure=True)
    document = yaml.load((PROJECT / "seeds" / "tesla_q1_2026" / "event.yaml").read_text("utf-8"))
    document.pop("dates", None)
    document |= {"id": slug, "name": slug.replace("-", " ").title()}
    document["search_defaults"]["filters"] = {}
    for name, value in changes.items():
        document[name] = document.get(name, {}) | value if isinstance(value, dict) else value
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(document, out)
    return out.getvalue()


def ensure_organization(conn: Owner) -> UUID:
    row = conn.execute("select id from public.organizations where slug = 'bench'").fetchone()
    if row is None:
        row = conn.execute(
            "insert into public.organizations (id, slug, name, kind) values (%s, 'bench', 'Bench', 'seller') "
            "returning id",
            (uuid4(),),
        ).fetchone()
    assert row is not None
    return row[0]


def scalar(conn: Owner, statement: LiteralString, *values: Any) -> Any:
    row = conn.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def server_facts(conn: Owner) -> dict[str, str]:
    """What about the server decides the numbers."""
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "jit")
    return {name: str(scalar(conn, "select current_setting(%s)", name)) for name in names}


def _make_home() -> Path:
    """Not in the usual temporary folder: where that is memory, a commit costs nothing."""
    disk = "/var/tmp" if Path("/var/tmp").is_dir() else None
    home = Path(tempfile.mkdtemp(prefix="mpax-bench-", dir=disk))
    home.chmod(0o755)  # Postgres enters it as another user when we are root
    return home


@asynccontextmanager
async def open_ground(
    sizes: Sizes, *, services: Collection[str] = (), **options: Any
) -> AsyncIterator[Ground]:
    """Starts a stack of its own in a temporary folder on a disk, and takes all of it away at the end."""
    home = await asyncio.to_thread(_make_home)
    layout = Layout(home, *free_layout_ports())
    context = start_stack(
        layout, only=("postgres", *services), durable=True, with_worker="worker" in services
    )
    try:
        stack = await asyncio.to_thread(context.__enter__)
        try:
            env = {name.removeprefix("MPAX_").lower(): value for name, value in stack.keys.env.items()}
            settings = Settings(home=home, rate_limits=False, **env)  # type: ignore[arg-type]
            async with stand_on(
                settings, sizes, realtime="realtime" in services, layout=layout, **options
            ) as ground:
                yield ground
        finally:
            await asyncio.to_thread(context.__exit__, None, None, None)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def stand_on(settings: Settings, sizes: Sizes, **options: Any) -> AsyncIterator[Ground]:
    """A ground on a database that is migrated already."""
    ports = build_ports(settings)
    database = Database(settings, ports)
    await database.open()
    try:
        yield Ground(settings, ports, database, sizes, **options)
    finally:
        await database.close()
        await ports.broadcasts.close()
        await ports.identity.close()
