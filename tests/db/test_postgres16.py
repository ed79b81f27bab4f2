"""The migrations run on Postgres 16 too: hosted projects are not all on the newest."""

from __future__ import annotations

import psycopg

from backend.local import migrate, start_scratch


def test_migrations_run_on_postgres_16() -> None:
    with start_scratch(major=16) as dsn:
        names = migrate(dsn)
        with psycopg.connect(dsn) as conn:
            version = conn.execute("show server_version_num").fetchone()
            tables = conn.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert version is not None
    assert version[0].startswith("16")
    assert tables is not None
    assert tables[0] > 20
    assert names
