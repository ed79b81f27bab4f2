"""Applies `supabase/migrations/*.sql`, each in a transaction of its own, and keeps the same record of it as the
Supabase CLI, so that `supabase db push` and `supabase migration list` agree with us.

Forward only. Works on the embedded Postgres and on hosted alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, TypeAlias, cast

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from backend.local.faults import Fault
from backend.local.project import SUPABASE
from backend.local.statements import split

MIGRATIONS = SUPABASE / "migrations"
Conn: TypeAlias = Connection[TupleRow]

_NAME = re.compile(r"(\d{14})_(\w+)\.sql")
_ONE_AT_A_TIME = 7_302_611_908  # any number; two `migrate` at once wait for each other

_RECORD = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
create table if not exists supabase_migrations.mpax_checksums (version text primary key, sha256 text not null);
"""
_DONE = """
insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)
"""
_CHECKSUM = """
insert into supabase_migrations.mpax_checksums (version, sha256) values (%s, %s) on conflict (version) do nothing
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    path: Path
    version: str
    topic: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """All files in order.

    Raises: Fault for a name that is not `<14 digits>_<topic>.sql`, or a version that comes twice.
    """
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise Fault(f"{path.name} is not named <14 digits>_<topic>.sql.", "Rename it.")
        if found and found[-1].version == match[1]:
            raise Fault(
                f"{path.name} and {found[-1].path.name} have the same version.", "Give one a later time."
            )
        found.append(Migration(path, match[1], match[2], path.read_text()))
    return found


def migrate(
    dsn: str, folder: Path = MIGRATIONS, applied: Callable[[Migration], None] = lambda _: None
) -> list[str]:
    """Applies what is new, in order, and returns the names of those files.

    Raises: Fault naming file, line and Postgres's words; what went before stays, of the failing file nothing does.
    Also when a file was changed after it had been applied, or vanished.
    """
    migrations = read_migrations(folder)
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="mpax-migrate") as conn:
            conn.add_notice_handler(lambda _: None)
            conn.execute("select pg_advisory_lock(%s)", (_ONE_AT_A_TIME,))
            conn.execute(_RECORD)
            pending = _pending(conn, migrations)
            for migration in pending:
                _apply(conn, migration)
                applied(migration)
            if pending:
                conn.execute("notify pgrst, 'reload schema'")
    except psycopg.OperationalError as error:
        raise Fault(f"Postgres cannot be reached: {str(error).strip()}.", "Run `mpax up` first.") from None
    return [migration.path.name for migration in pending]


def _pending(conn: Conn, migrations: list[Migration]) -> list[Migration]:
    known = dict(
        conn.execute(
            "select m.version, c.sha256 from supabase_migrations.schema_migrations m "
            "left join supabase_migrations.mpax_checksums c using (version)"
        ).fetchall()
    )
    for migration in migrations:
        if migration.version not in known:
            continue
        sha256 = known[migration.version]
        if sha256 is None:  # applied by the Supabase CLI: vouch for it from now on
            conn.execute(_CHECKSUM, (migration.version, migration.sha256))
        elif sha256 != migration.sha256:
            raise Fault(
                f"{migration.path.name} was changed after it had been applied.",
                "Take the change back and write it as a new migration (or `mpax reset` on a development machine).",
            )
    if vanished := sorted(set(known) - {migration.version for migration in migrations}):
        raise Fault(
            f"The database has migration {vanished[0]}, which is not in supabase/migrations.",
            "Update your working copy (or `mpax reset` on a development machine).",
        )
    return [migration for migration in migrations if migration.version not in known]


def _apply(conn: Conn, migration: Migration) -> None:
    text = migration.text
    try:
        with conn.transaction():
            conn.execute(cast(LiteralString, text))
            conn.execute(_DONE, (migration.version, migration.topic, split(text)))
            conn.execute(_CHECKSUM, (migration.version, migration.sha256))
    except psycopg.Error as error:
        raise Fault(
            f"{migration.path.name}{_place(text, error)}: {_words(error)}", "Nothing of it was applied."
        ) from None
    finally:
        if not conn.broken:
            conn.execute("reset all")


def _place(text: str, error: psycopg.Error) -> str:
    """`, line 12`, where Postgres says."""
    position: Any = error.diag.statement_position
    if not position:
        return ""
    # Postgres counts from the start of the text it was sent, in characters, from one.
    return f", line {text.count(chr(10), 0, int(position) - 1) + 1}"


def _words(error: psycopg.Error) -> str:
    diag = error.diag
    parts = [diag.message_primary or str(error).strip(), diag.message_detail, diag.message_hint]
    if not diag.statement_position and diag.context:
        parts.append(f"in {diag.context.splitlines()[0]}")
    return ". ".join(part for part in parts if part)
