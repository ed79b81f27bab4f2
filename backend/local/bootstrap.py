"""Prepares a database the way hosted Supabase is before the first migration. Idempotent; never for hosted."""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString, cast

import psycopg
from psycopg import sql

from backend.local.node import AUTH_AND_STORAGE_SQL, install_packages

BOOTSTRAP_SQL = Path(__file__).with_name("bootstrap.sql")


def bootstrap(dsn: str, app_password: str | None = None) -> None:
    """Roles, schemas, auth functions, the tables of Auth, Storage and Realtime; app_api's password when given."""
    install_packages()
    prepare = cast(LiteralString, BOOTSTRAP_SQL.read_text())
    tables = cast(LiteralString, AUTH_AND_STORAGE_SQL.read_text())
    with psycopg.connect(dsn) as conn:
        conn.add_notice_handler(lambda _: None)
        for script in (prepare, tables, prepare):
            conn.execute(script)
        if app_password is not None:
            conn.execute(sql.SQL("alter role app_api login password {}").format(app_password))
