"""Throw-away servers of both major versions, and the bootstrap on each."""

from __future__ import annotations

import psycopg
import pytest

from backend.local import contrib, start_scratch
from backend.local.bootstrap import bootstrap


@pytest.mark.parametrize("major", [18, 16])
def test_a_scratch_server_looks_like_supabase(major: int) -> None:
    with start_scratch(major) as dsn, psycopg.connect(dsn, autocommit=True) as conn:
        assert conn.info.server_version // 10000 == major
        assert conn.execute("select '[1,2]'::extensions.vector(2)::text").fetchone() == ("[1,2]",)
        assert conn.execute("select to_regclass('auth.users') is not null").fetchone() == (True,)
        # A migration narrows what tables are born with; a second start must not widen it again.
        conn.execute("alter default privileges in schema public revoke all on tables from anon")
        bootstrap(dsn)
        conn.execute("create table public.born (id int)")
        assert conn.execute("select has_table_privilege('anon', 'public.born', 'select')").fetchone() == (
            False,
        )
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn)


def test_borrowed_extensions_work() -> None:
    if not contrib.available():
        pytest.skip("not made for this platform")
    with start_scratch() as dsn, psycopg.connect(dsn) as conn:
        for name in contrib.EXTENSIONS:
            conn.execute(f"create extension if not exists {name} with schema extensions")  # type: ignore[arg-type]
        conn.execute("set search_path = public, extensions")
        assert conn.execute("select similarity('model', 'modell') > 0.5, unaccent('é')").fetchone() == (
            True,
            "e",
        )
        assert conn.execute("select crypt('a', gen_salt('bf', 4)) like '$2a$%'").fetchone() == (True,)
