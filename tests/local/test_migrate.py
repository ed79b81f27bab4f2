"""Migrations: each whole or not at all, recorded as the Supabase CLI records them, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import conninfo, sql

from backend.local import Fault, Stack, migrate
from backend.local.statements import split


@pytest.fixture
def dsn(stack: Stack) -> Iterator[str]:
    """An empty database."""
    name = f"m_{uuid4().hex[:8]}"
    with psycopg.connect(stack.keys.system_dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield conninfo.make_conninfo(stack.keys.system_dsn, dbname=name)
        conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"2026010100000{name[-1]}_{name[:-1]}.sql").write_text(text)
    return folder


def test_what_is_new_is_applied_once_in_order(dsn: str, tmp_path: Path) -> None:
    write(tmp_path, cars1="create table cars (id int);", wheels2="create table wheels (id int); -- done")
    assert migrate(dsn, tmp_path) == ["20260101000001_cars.sql", "20260101000002_wheels.sql"]
    assert migrate(dsn, tmp_path) == []
    write(tmp_path, doors3="alter table cars add doors int;")
    assert migrate(dsn, tmp_path) == ["20260101000003_doors.sql"]
    with psycopg.connect(dsn) as conn:
        rows = conn.execute(
            "select version, name, statements from supabase_migrations.schema_migrations order by version"
        ).fetchall()
    assert rows[0] == ("20260101000001", "cars", ["create table cars (id int)"])
    assert [row[1] for row in rows] == ["cars", "wheels", "doors"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("create table a (id int);\n\n\ncreate table ü (id nonsense);", ", line 4: type"),
        ("create table a (id int);\nselec 1;", ", line 2: syntax error"),
        ("create table a (id int);\ninsert into a values (1/0);", ": division by zero"),
    ],
)
def test_a_failing_file_leaves_nothing_and_is_named_with_its_line(
    dsn: str, tmp_path: Path, text: str, place: str
) -> None:
    write(tmp_path, good1="create table good (id int);", bad2=text)
    with pytest.raises(Fault) as failed:
        migrate(dsn, tmp_path)
    assert f"20260101000002_bad.sql{place}" in failed.value.problem
    with psycopg.connect(dsn) as conn:
        assert conn.execute("select to_regclass('good') is not null, to_regclass('a')").fetchone() == (
            True,
            None,
        )
        assert conn.execute("select count(*) from supabase_migrations.schema_migrations").fetchone() == (1,)


def test_settings_of_one_file_do_not_reach_the_next(dsn: str, tmp_path: Path) -> None:
    write(
        tmp_path, path1="create schema apart; set search_path = apart;", table2="create table here (id int);"
    )
    migrate(dsn, tmp_path)
    with psycopg.connect(dsn) as conn:
        assert conn.execute("select to_regclass('public.here') is not null").fetchone() == (True,)


def test_a_changed_file_is_refused(dsn: str, tmp_path: Path) -> None:
    write(tmp_path, cars1="create table cars (id int);")
    migrate(dsn, tmp_path)
    write(tmp_path, cars1="create table cars (id bigint);")
    with pytest.raises(Fault, match=r"cars\.sql was changed after it had been applied"):
        migrate(dsn, tmp_path)


def test_a_vanished_file_is_refused(dsn: str, tmp_path: Path) -> None:
    write(tmp_path, cars1="create table cars (id int);")
    migrate(dsn, tmp_path)
    (tmp_path / "20260101000001_cars.sql").unlink()
    with pytest.raises(Fault, match="has migration 20260101000001"):
        migrate(dsn, tmp_path)


def test_what_the_supabase_cli_applied_counts(dsn: str, tmp_path: Path) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("create schema supabase_migrations")
        conn.execute(
            "create table supabase_migrations.schema_migrations "
            "(version text not null primary key, statements text[], name text)"
        )
        conn.execute(
            "insert into supabase_migrations.schema_migrations values ('20260101000001', '{}', 'cars')"
        )
    write(tmp_path, cars1="create table cars (id int);")
    assert migrate(dsn, tmp_path) == []


@pytest.mark.parametrize("name", ["1_cars.sql", "20260101000001-cars.sql", "cars.sql"])
def test_an_odd_name_is_refused(dsn: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("select 1")
    with pytest.raises(Fault, match="is not named"):
        migrate(dsn, tmp_path)


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be reached"):
        migrate("postgresql://postgres@127.0.0.1:1/postgres", tmp_path)


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("", []),
        ("-- nothing; here\n/* nor; /* here; */ */;", []),
        ("select 1; select 2", ["select 1", "select 2"]),
        ("select ';', \"a;b\", E'\\';', $$ ; $$, $x$ ; $$ ; $x$; select 2;", None),
        ("create function f() returns int begin atomic select case 1 when 1 then 2 end; end; select 2", None),
        ("begin; select 'it''s; fine'; end;", ["begin", "select 'it''s; fine'", "end"]),
    ],
)
def test_statements_end_at_semicolons_that_end_them(script: str, statements: list[str] | None) -> None:
    found = split(script)
    if statements is None:
        assert len(found) == 2
        assert found[1] == "select 2"
    else:
        assert found == statements
