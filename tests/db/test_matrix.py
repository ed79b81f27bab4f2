"""Every table × persona × verb. A table without a row here fails, and so does a right that is not written down."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from backend.core.context import Actor
from tests.factories import World

PERSONAS = (
    "anon", "buyer", "other_buyer", "stranger", "viewer", "specialist", "operator", "admin", "other_admin", "dealer",
)  # fmt: skip
VERBS = ("select", "insert", "update", "delete")
STAFF = {"viewer", "specialist", "operator", "admin"}
PUBLISHERS = {"operator", "admin"}
SHOPPERS = {"buyer", "other_buyer"}
NOBODY: set[str] = set()

# who may do what to a row of the seller; what is missing is denied
MATRIX: dict[str, dict[str, set[str]]] = {
    "organizations": {"select": STAFF | {"dealer"}, "update": {"admin"}},
    "members": {"select": STAFF, "update": {"admin"}, "delete": {"admin"}},
    "dealers": {"select": STAFF | {"dealer"}, "update": {"admin"}},
    "invitations": {"select": {"admin"}, "insert": {"admin"}, "delete": {"admin"}},
    "journal": {"select": STAFF},
    "events": {"select": STAFF, "insert": PUBLISHERS, "update": PUBLISHERS},
    "event_versions": {"select": STAFF},
    "sources": {"select": STAFF},
    "source_files": {"select": STAFF},
    "listings": {"select": STAFF | SHOPPERS | {"dealer"}},
    "listing_units": {"select": STAFF | SHOPPERS},
    "listing_embeddings": {"select": STAFF | {"dealer"}},
    "event_attributes": {"select": STAFF | SHOPPERS},
    "facets": {"select": STAFF | SHOPPERS},
    "sessions": {"select": STAFF | {"buyer"}},
    "turns": {"select": STAFF | {"buyer"}},
    "turn_records": {"select": STAFF},
    "tool_calls": {"select": STAFF},
    "model_exchanges": {"select": STAFF},
    "model_spend": {"select": STAFF},
    "buyer_memories": {},
    "survey_answers": {"select": STAFF},
    "holds": {"select": STAFF | {"buyer"}},
    "leads": {"select": STAFF | {"buyer"}},
    "lead_contacts": {"select": {"buyer"}},
    "prospects": {"select": {"dealer"}},
    "branches": {"select": STAFF},
    "branch_versions": {"select": STAFF},
    "drafts": {"select": STAFF},
    "draft_reviews": {"select": STAFF},
    "approval_policies": {"select": STAFF},
    "organization_flags": {"select": STAFF},
    "previews": {"select": STAFF},
    "blueprints": {"select": STAFF},
    "blueprint_files": {"select": STAFF},
    "clarifications": {"select": STAFF},
    "remembered_columns": {"select": STAFF},
    "imports": {"select": STAFF},
    "connectors": {"select": STAFF},
    "connector_runs": {"select": STAFF},
    "attached_media": {"select": STAFF},
    "sandboxes": {"select": STAFF},
    "policy_snapshots": {"select": STAFF},
    "receipts": {"select": STAFF},
    "receipt_anchors": {"select": STAFF},
    "buyer_requests": {"select": STAFF | {"buyer"}},
    "alerts": {"select": STAFF},
}
PARTITION_OF = {"journal_": "journal"}  # partitions are closed to everybody: rows are read through the parent
ORGANIZATION_COLUMN = {"organizations": "id", "dealers": "seller_id"}


def row_of(world: World, table: str) -> tuple[str, Any]:
    """A condition that picks the seller's own rows of a table."""
    by_session = {
        "sessions": "id",
        "turns": "session_id",
        "holds": "session_id",
        "leads": "session_id",
        "lead_contacts": "session_id",
        "policy_snapshots": "session_id",
        "receipts": "session_id",
        "buyer_requests": "session_id",
    }
    if table in by_session:
        return f"{by_session[table]} = %s", world.session
    if table == "prospects":
        return "event_id = %s", world.event
    if table == "listing_embeddings":
        return "listing_id = %s", world.listings[0]
    if table == "members":
        return "user_id = %s", world.users["viewer"]
    return f"{ORGANIZATION_COLUMN.get(table, 'organization_id')} = %s", world.seller


ARRAYS = {"tags", "reloads", "contributors", "targets", "reasons"}  # arrays of Postgres, not of JSON
NEW_ROW: dict[str, Any] = {
    "invitations": lambda w, actor: {
        "organization_id": w.seller, "email": "x@example.com", "role": "viewer", "token_sha256": b"1",
        "invited_by": actor.user_id,
    },
    "events": lambda w, actor: {"organization_id": w.seller, "slug": "another", "name": "Another", "created_by": actor.user_id},
}  # fmt: skip


def as_persona(conn: psycopg.Connection[Any], actor: Actor) -> None:
    conn.execute(
        """
        select set_config('role', %s, true), set_config('request.jwt.claims', %s, true),
               set_config('request.jwt.claim.sub', %s, true)
        """,
        (actor.role, json.dumps(actor.claims()), str(actor.user_id or "")),
    )


def attempt(conn: psycopg.Connection[Any], world: World, actor: Actor, table: str, verb: str) -> bool:
    """Whether the verb reached a row of the seller; always rolled back."""
    condition, value = row_of(world, table)
    columns = [r["column_name"] for r in conn.execute(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s", (table,)
    )]  # fmt: skip
    sample = conn.execute(f"select * from public.{table} where {condition} limit 1", (value,)).fetchone()
    statements: list[tuple[str, Any]] = []
    if verb == "select":
        statements = [
            (f"select {c} from public.{table} where {condition} limit 1", (value,)) for c in columns
        ]
    elif verb == "delete":
        statements = [(f"delete from public.{table} where {condition}", (value,))]
    elif verb == "update":
        statements = [(f"update public.{table} set {c} = {c} where {condition}", (value,)) for c in columns]
    elif verb == "insert":
        row = NEW_ROW[table](world, actor) if table in NEW_ROW else {
            k: Jsonb(v) if isinstance(v, dict | list) and k not in ARRAYS else v for k, v in (sample or {}).items() if k != "tsv"
        }  # fmt: skip
        names = ", ".join(row)
        overriding = "" if table in NEW_ROW else "overriding system value"
        statements = [
            (
                f"insert into public.{table} ({names}) {overriding} values ({', '.join(['%s'] * len(row))})",
                list(row.values()),
            )
        ]
    return any(reaches(conn, actor, sql, parameters, verb) for sql, parameters in statements)


def reaches(conn: psycopg.Connection[Any], actor: Actor, sql: str, parameters: Any, verb: str) -> bool:
    try:
        with conn.transaction(force_rollback=True):
            as_persona(conn, actor)
            cursor = conn.execute(sql, parameters)
            return bool(cursor.fetchone()) if verb == "select" else cursor.rowcount > 0
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.GeneratedAlways):
        return False
    except psycopg.errors.UniqueViolation:
        return True  # past the wall, stopped by a twin
    except psycopg.Error as error:
        if (error.sqlstate or "").startswith("MX"):
            return False
        raise


def tables_of(conn: psycopg.Connection[Any]) -> set[str]:
    rows = conn.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
    )
    return {row["relname"] for row in rows}


@pytest.mark.parametrize("table", sorted(MATRIX))
def test_rights_are_exactly_those_of_the_matrix(
    owner: psycopg.Connection[Any], world: World, table: str
) -> None:
    seen = {
        verb: {p for p in PERSONAS if attempt(owner, world, world.actor(p), table, verb)} for verb in VERBS
    }
    assert seen == {verb: MATRIX[table].get(verb, NOBODY) for verb in VERBS}


RECORDED = (
    "turn_records", "tool_calls", "model_exchanges", "model_spend", "survey_answers", "policy_snapshots", "receipts",
    "receipt_anchors", "buyer_requests", "alerts",
)  # fmt: skip


@pytest.mark.parametrize("table", RECORDED)
def test_who_may_not_look_sees_nothing_of_what_was_recorded(
    owner: psycopg.Connection[Any], world: World, table: str
) -> None:
    assert attempt(owner, world, world.actor("specialist"), table, "select")
    owner.execute(
        """update public.members set permissions = '{"view_config": false}' where user_id = %s""",
        (world.users["specialist"],),
    )
    assert not attempt(owner, world, world.actor("specialist"), table, "select")


def test_every_table_has_a_row_in_the_matrix(owner: psycopg.Connection[Any], world: World) -> None:
    partitions = {t for t in tables_of(owner) for prefix in PARTITION_OF if t.startswith(prefix)}
    assert tables_of(owner) - partitions == set(MATRIX)


def test_partitions_are_closed(owner: psycopg.Connection[Any], world: World) -> None:
    for table in sorted(tables_of(owner)):
        if any(table.startswith(prefix) for prefix in PARTITION_OF):
            for persona in PERSONAS:
                assert not reaches(
                    owner, world.actor(persona), f"select * from public.{table} limit 1", (), "select"
                )


def test_row_level_security_is_on_everywhere(owner: psycopg.Connection[Any], world: World) -> None:
    rows = owner.execute(
        """
        select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname in ('public', 'private', 'procrastinate') and not c.relrowsecurity
        """
    ).fetchall()
    assert [row["name"] for row in rows] == []


def test_secret_columns_cannot_be_read(owner: psycopg.Connection[Any], world: World) -> None:
    for persona in PERSONAS:
        for column, table in (("token_sha256", "invitations"), ("lead_id", "prospects")):
            assert not reaches(
                owner, world.actor(persona), f"select {column} from public.{table} limit 1", (), "select"
            )


def test_nothing_private_is_open_by_default(owner: psycopg.Connection[Any], world: World) -> None:
    rows = owner.execute(
        """
        select p.oid::regprocedure::text as name from pg_proc p
        where p.pronamespace = 'private'::regnamespace
          and (has_function_privilege('public', p.oid, 'execute') or p.proconfig is null
               or not exists (select from unnest(p.proconfig) c where c like 'search_path=%'))
        """
    ).fetchall()
    assert [row["name"] for row in rows] == []


def test_private_tables_are_out_of_reach(owner: psycopg.Connection[Any], world: World) -> None:
    tables = owner.execute(
        "select oid::regclass::text as name from pg_class where relnamespace = 'private'::regnamespace and relkind in ('r','p')"
    )
    for table in tables.fetchall():
        for persona in PERSONAS:
            assert not reaches(
                owner, world.actor(persona), f"select 1 from {table['name']} limit 1", (), "select"
            )


@pytest.mark.parametrize(
    "table",
    ["journal", "event_versions", "branch_versions", "policy_snapshots", "receipts", "receipt_anchors"],
)
@pytest.mark.parametrize(
    "statement",
    ["update public.{} set organization_id = null", "delete from public.{}", "truncate public.{} cascade"],
)
def test_facts_and_versions_never_change_not_even_for_the_owner(
    owner: psycopg.Connection[Any], world: World, table: str, statement: str
) -> None:
    owner.row_factory = dict_row
    with pytest.raises(psycopg.Error) as refused, owner.transaction(force_rollback=True):
        owner.execute(statement.format(table))
    assert refused.value.sqlstate == "MX409"


def test_the_login_role_has_no_rights_of_its_own(owner: psycopg.Connection[Any], world: World) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction(force_rollback=True):
        owner.execute("set local role app_api")
        owner.execute("select * from public.events")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction(force_rollback=True):
        owner.execute("set session authorization app_api")
        owner.execute("set local role service_role")


# what may be written through the API, column by column; functions in `private` do all the rest
WRITABLE = {
    ("organizations", "UPDATE"): {"name"},
    ("members", "UPDATE"): {"role"},
    ("dealers", "UPDATE"): {"code", "status"},
    ("invitations", "INSERT"): {"email", "invited_by", "organization_id", "role", "token_sha256"},
    ("events", "INSERT"): {"created_by", "name", "organization_id", "slug"},
    ("events", "UPDATE"): {"status"},
}


def test_only_these_columns_can_be_written(owner: psycopg.Connection[Any], world: World) -> None:
    rows = owner.execute(
        """
        select grantee, table_name, column_name, privilege_type from information_schema.column_privileges
        where table_schema = 'public' and grantee in ('anon', 'authenticated') and privilege_type <> 'SELECT'
        """
    ).fetchall()
    assert {row["grantee"] for row in rows} == {"authenticated"}
    seen: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        seen.setdefault((row["table_name"], row["privilege_type"]), set()).add(row["column_name"])
    assert seen == WRITABLE


def test_a_version_that_is_not_the_events_document_is_refused(
    owner: psycopg.Connection[Any], world: World
) -> None:
    sha = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    with pytest.raises(psycopg.Error) as refused, owner.transaction(force_rollback=True):
        as_persona(owner, world.actor("operator"))
        owner.execute("select private.publish_version(%s, 2, '{}', '{}', %s, '')", (world.event, sha))
    assert refused.value.sqlstate == "MX422"


@pytest.mark.parametrize(
    ("persona", "state"), [("viewer", "MX403"), ("other_admin", "MX404"), ("dealer", "MX404")]
)
def test_who_may_not_publish_is_refused_by_the_database(
    owner: psycopg.Connection[Any], world: World, persona: str, state: str
) -> None:
    with pytest.raises(psycopg.Error) as refused, owner.transaction(force_rollback=True):
        as_persona(owner, world.actor(persona))
        owner.execute("select private.publish_version(%s, 2, '{}', '{}', 'x', '')", (world.event,))
    assert refused.value.sqlstate == state


def test_what_happens_to_an_event_is_a_fact_and_closing_is_for_good(
    owner: psycopg.Connection[Any], world: World
) -> None:
    with owner.transaction():
        as_persona(owner, world.actor("operator"))
        owner.execute("update public.events set status = 'closed' where id = %s", (world.event,))
    row = owner.execute(
        "select facts, actor_id from public.journal where kind = 'event.status_changed' order by id desc limit 1"
    ).fetchone()
    assert row is not None
    assert (row["facts"]["to"], row["actor_id"]) == ("closed", world.users["operator"])
    with pytest.raises(psycopg.Error) as refused, owner.transaction(force_rollback=True):
        owner.execute("update public.events set status = 'live' where id = %s", (world.event,))
    assert refused.value.sqlstate == "MX409"
