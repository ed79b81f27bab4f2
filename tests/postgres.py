"""The suite's Postgres: started once, migrated once into a template, cloned per test.

`MPAX_TEST_POSTGRES` (a libpq connection string of a superuser) uses a server that already runs instead.
"""

from __future__ import annotations

import copy
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar
from uuid import uuid4

import psycopg
from psycopg import conninfo, sql
from pydantic import SecretStr

from backend.core.settings import Settings
from backend.local import migrate, start_scratch
from backend.local.bootstrap import BOOTSTRAP_SQL, bootstrap
from backend.local.migrate import MIGRATIONS
from backend.local.node import AUTH_AND_STORAGE_SQL, install_packages

PASSWORD = "app-api-test"
_OLD_S = 240


@dataclass(slots=True)
class TestPostgres:
    """A server and the template that clones are made from."""

    __test__ = False
    base: str
    template: str = ""

    def dsn(self, database: str) -> str:
        return conninfo.make_conninfo(self.base, dbname=database)

    def as_login(self, dsn: str, role: str) -> str:
        return conninfo.make_conninfo(dsn, user=role, password=PASSWORD)

    def clone(self, name: str, template: str = "") -> None:
        self._run(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template or self.template)
            )
        )

    def drop(self, name: str) -> None:
        self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as conn:
            conn.execute(statement)

    def make_template(self) -> None:
        """Bootstrap + migrations, once per state of the files; parallel sessions wait for the first."""
        files = [BOOTSTRAP_SQL, AUTH_AND_STORAGE_SQL, *sorted(MIGRATIONS.glob("*.sql"))]
        install_packages()
        digest = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
        self.template = f"template_{digest}"
        with (Path(tempfile.gettempdir()) / "mpax-test-template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with psycopg.connect(self.dsn("postgres"), autocommit=True) as conn:
                if conn.execute("select 1 from pg_database where datname = %s", (self.template,)).fetchone():
                    return
            building = f"{self.template}_building"
            self.drop(building)
            self._run(sql.SQL("create database {}").format(sql.Identifier(building)))
            bootstrap(self.dsn(building), PASSWORD)
            migrate(self.dsn(building))
            self._run(
                sql.SQL("alter database {} rename to {}").format(
                    sql.Identifier(building), sql.Identifier(self.template)
                )
            )


def make_settings(postgres: TestPostgres, dsn: str, home: Path) -> Settings:
    """Of a process on one database, with nothing else running."""
    return Settings(
        home=home,
        supabase_url="http://127.0.0.1:9",
        publishable_key="sb_publishable_test",
        secret_key=SecretStr("sb_secret_test"),
        jwt_secret=SecretStr("test-" + "0" * 40),
        app_dsn=SecretStr(postgres.as_login(dsn, "app_api")),
        system_dsn=SecretStr(dsn),
        rate_limits=False,
    )


Made = TypeVar("Made")


@dataclass(slots=True)
class Filled(Generic[Made]):
    """A template with rows in it, so that a test need not wait for them. `fill` says what it made at a DSN."""

    server: TestPostgres
    fill: Callable[[str], Made]
    _template: str = ""
    _made: Made | None = None
    _since: float = 0

    def clone(self, name: str) -> Made:
        """A database of one's own with what is in it; made anew when it is old, since some rows end within minutes."""
        if not self._template or time.monotonic() - self._since > _OLD_S:
            self.drop()
            self._template, self._since = f"filled_{uuid4().hex[:12]}", time.monotonic()
            self.server.clone(self._template)
            self._made = self.fill(self.server.dsn(self._template))
        self.server.clone(name, self._template)
        assert self._made is not None
        return copy.deepcopy(self._made)

    def drop(self) -> None:
        if self._template:
            self.server.drop(self._template)
            self._template = ""


@contextmanager
def start_postgres() -> Iterator[TestPostgres]:
    if given := os.environ.get("MPAX_TEST_POSTGRES"):
        server = TestPostgres(given)
        server.make_template()
        yield server
        return
    with start_scratch() as dsn:
        server = TestPostgres(dsn)
        server.make_template()
        yield server
