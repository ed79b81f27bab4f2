"""The suite's Postgres: started once, migrated once into a template, cloned per test.

`MPAX_TEST_POSTGRES` (a libpq connection string of a superuser) uses a server that already runs instead.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from backend.local import migrate, start_scratch
from backend.local.bootstrap import BOOTSTRAP_SQL, bootstrap
from backend.local.migrate import MIGRATIONS
from backend.local.node import AUTH_AND_STORAGE_SQL, install_packages

PASSWORD = "app-api-test"


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

    def clone(self, name: str) -> None:
        self._run(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(self.template)
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
