"""SQL of connectors: their plans, their runs page by page, their sealed secrets; pages and secrets past row-level security."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row

Row = dict[str, Any]

_HEAD = "id, organization_id, event_id, blueprint_id, name, plan, mapping, has_secret, state, created_at, updated_at"
_RUN = "id, connector_id, status, pages, records, cursor, problem, started_at, ended_at"


async def list_connectors(conn: Connection, *, event: str | None, limit: int) -> list[Row]:
    """Of an event by slug or id; of every event and blueprint the actor sees where None."""
    cursor = await conn.execute(
        f"""
        select {_HEAD} from public.connectors c
        where %(event)s::text is null
           or event_id in (select e.id from public.events e where e.slug = %(event)s or e.id::text = %(event)s)
        order by updated_at desc limit %(limit)s
        """,  # noqa: S608
        {"event": event, "limit": limit},
    )
    return await cursor.fetchall()


async def find_connector(conn: Connection, *, connector_id: UUID) -> Row | None:
    cursor = await conn.execute(f"select {_HEAD} from public.connectors where id = %s", (connector_id,))  # noqa: S608
    return await cursor.fetchone()


async def keep_connector(
    conn: Connection,
    *,
    event_id: UUID | None,
    blueprint_id: UUID | None,
    name: str,
    plan: Mapping[str, Any],
    mapping: Mapping[str, Any],
) -> Row:
    cursor = await conn.execute(
        f"select {_HEAD} from private.keep_connector(%s, %s, %s, %s, %s)",  # noqa: S608
        (event_id, blueprint_id, name, Jsonb(dict(plan)), Jsonb(dict(mapping))),
    )
    return await one_row(cursor)


async def seal_connector(conn: Connection, *, connector_id: UUID, sealed: str | None) -> Row:
    cursor = await conn.execute(f"select {_HEAD} from private.seal_connector(%s, %s)", (connector_id, sealed))  # noqa: S608
    return await one_row(cursor)


async def start_run(conn: Connection, *, connector_id: UUID, lease_s: int) -> Row:
    cursor = await conn.execute(
        f"select {_RUN} from private.start_connector_run(%s, %s)",  # noqa: S608
        (connector_id, lease_s),
    )
    return await one_row(cursor)


async def cancel_run(conn: Connection, *, run_id: UUID) -> Row:
    cursor = await conn.execute(f"select {_RUN} from private.cancel_connector_run(%s)", (run_id,))  # noqa: S608
    return await one_row(cursor)


async def list_runs(conn: Connection, *, connector_id: UUID, limit: int) -> list[Row]:
    cursor = await conn.execute(
        f"select {_RUN} from public.connector_runs where connector_id = %s order by started_at desc limit %s",  # noqa: S608
        (connector_id, limit),
    )
    return await cursor.fetchall()


async def find_event(conn: Connection, *, event: str) -> UUID | None:
    cursor = await conn.execute(
        "select id from public.events where slug = %(event)s or id::text = %(event)s", {"event": event}
    )
    row = await cursor.fetchone()
    return row["id"] if row else None


# What follows is for the system door: roles of people have no right to it.


async def find_sealed(conn: Connection, *, connector_id: UUID) -> str | None:
    cursor = await conn.execute(
        "select sealed from private.connector_secrets where connector_id = %s", (connector_id,)
    )
    row = await cursor.fetchone()
    return row["sealed"] if row else None


async def reseal(conn: Connection, *, connector_id: UUID, before: str, after: str) -> None:
    await conn.execute(
        "update private.connector_secrets set sealed = %s, updated_at = now() where connector_id = %s and sealed = %s",
        (after, connector_id, before),
    )


async def note_page(
    conn: Connection,
    *,
    run_id: UUID,
    number: int,
    records: Sequence[Mapping[str, Any]],
    done: int,
    cursor: Mapping[str, Any],
    lease_s: int,
) -> bool:
    """Keeps a page and where to go on. False where the run is no longer wanted."""
    found = await conn.execute(
        """
        with run as (
          update public.connector_runs set pages = %(number)s + 1, records = %(done)s, cursor = %(cursor)s,
            lease_until = now() + make_interval(secs => %(lease)s)
          where id = %(run)s and status = 'running' returning id)
        insert into private.connector_pages (run_id, number, records)
        select run.id, %(number)s, %(records)s from run
        on conflict (run_id, number) do update set records = excluded.records
        returning number
        """,
        {
            "run": run_id,
            "number": number,
            "done": done,
            "cursor": Jsonb(dict(cursor)),
            "lease": lease_s,
            "records": Jsonb(list(records)),
        },
    )
    return await found.fetchone() is not None


async def find_page(conn: Connection, *, run_id: UUID, number: int) -> list[Mapping[str, Any]] | None:
    cursor = await conn.execute(
        "select records from private.connector_pages where run_id = %s and number = %s", (run_id, number)
    )
    row = await cursor.fetchone()
    return row["records"] if row else None


async def finish_run(
    conn: Connection, *, run_id: UUID, status: str, problem: Mapping[str, Any] | None
) -> bool:
    """Ends a run and lets go of its pages. False where it had ended."""
    cursor = await conn.execute(
        """
        with ended as (
          update public.connector_runs set status = %(status)s, problem = %(problem)s, ended_at = now(), lease_until = null
          where id = %(run)s and status = 'running' returning id),
        gone as (delete from private.connector_pages where run_id = %(run)s)
        select id from ended
        """,
        {"run": run_id, "status": status, "problem": Jsonb(dict(problem)) if problem else None},
    )
    return await cursor.fetchone() is not None


async def release_run(conn: Connection, *, run_id: UUID) -> None:
    """Whoever comes next goes on at once."""
    await conn.execute(
        "update public.connector_runs set lease_until = now() - interval '1 second' where id = %s and status = 'running'",
        (run_id,),
    )


async def keep_state(conn: Connection, *, connector_id: UUID, state: Mapping[str, Any]) -> None:
    await conn.execute(
        "update public.connectors set state = %s where id = %s", (Jsonb(dict(state)), connector_id)
    )
