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

ROOT = Path(__file__).resolve().parents[1]
MIGRATIONS = ROOT / "supabase" / "migrations"
BOOTSTRAP = ROOT / "backend" / "local" / "bootstrap.sql"
AUTH = ROOT / "tests" / "auth_schema.sql"


@dataclass(slots=True)
class TestPostgres:
    """A server and the template that clones are made from."""

    __test__ = False
    base: str
    template: str = ""

    def dsn(self, database: str) -> str:
        return conninfo.make_conninfo(self.base, dbname=database)

    def as_login(self, dsn: str, role: str) -> str:
        return conninfo.make_conninfo(dsn, user=role, password="app-api-test")

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
        files = [BOOTSTRAP, AUTH, *sorted(MIGRATIONS.glob("*.sql"))]
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
            with psycopg.connect(self.dsn(building), autocommit=True) as conn:
                for path in files:
                    conn.execute("begin")
                    conn.execute(path.read_text().encode())
                    conn.execute("commit")
                conn.execute("alter role app_api login password 'app-api-test'")
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
    from backend.local.postgres import start_scratch

    with start_scratch() as dsn:
        server = TestPostgres(dsn)
        server.make_template()
        yield server
