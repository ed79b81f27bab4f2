"""SQL of imports as tickets, and of sandboxes. Who may what is decided by the functions called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row

Row = dict[str, Any]

_TICKET = """
id, organization_id, event_id, blueprint_id, file_id, connector_id, source, mapping, status, stage, done, total, rows,
report, problem, requested_by, created_at
"""
_SANDBOX = """
s.id, s.blueprint_id, s.event_id, e.slug, s.organization_id, e.catalogue_revision, s.source, s.canonical, s.sha256,
s.rehearsal, s.seen_at, s.created_at, s.expires_at
"""


async def request_import(
    conn: Connection,
    *,
    event_id: UUID,
    blueprint_id: UUID | None,
    file_id: UUID | None,
    connector_id: UUID | None,
    source: str,
    mapping: Mapping[str, Any],
) -> Row:
    cursor = await conn.execute(
        f"select {_TICKET} from private.request_import(%s, %s, %s, %s, %s, %s)",  # noqa: S608
        (event_id, blueprint_id, file_id, connector_id, source, Jsonb(dict(mapping))),
    )
    return await one_row(cursor)


async def find_import(conn: Connection, *, import_id: UUID) -> Row | None:
    cursor = await conn.execute(f"select {_TICKET} from public.imports where id = %s", (import_id,))  # noqa: S608
    return await cursor.fetchone()


async def list_imports(conn: Connection, *, blueprint_id: UUID) -> list[Row]:
    """Of the newest sandbox, in the order they were asked for."""
    cursor = await conn.execute(
        f"""
        select {_TICKET} from public.imports where blueprint_id = %(blueprint)s and created_at >= coalesce(
          (select max(s.created_at) from public.sandboxes s where s.blueprint_id = %(blueprint)s), '-infinity')
        order by created_at, id
        """,  # noqa: S608
        {"blueprint": blueprint_id},
    )
    return await cursor.fetchall()


async def cancel_import(conn: Connection, *, import_id: UUID) -> None:
    await conn.execute("select private.cancel_import(%s)", (import_id,))


async def claim_import(conn: Connection, *, import_id: UUID, lease_s: int) -> Row | None:
    """None where somebody else is at it, or it is over. For the system alone."""
    cursor = await conn.execute(
        f"select {_TICKET} from private.claim_import(%s, %s) where id is not null",  # noqa: S608
        (import_id, lease_s),
    )
    return await cursor.fetchone()


async def beat_import(
    conn: Connection, *, import_id: UUID, stage: str, done: int, total: int, rows: int, lease_s: int
) -> bool:
    """Whether it is still wanted."""
    cursor = await conn.execute(
        "select private.beat_import(%s, %s, %s, %s, %s, %s) as wanted",
        (import_id, stage, done, total, rows, lease_s),
    )
    return (await one_row(cursor))["wanted"]


async def finish_import(
    conn: Connection, *, import_id: UUID, report: Mapping[str, Any] | None, problem: Mapping[str, Any] | None
) -> bool:
    """Whether it was still wanted. For the system alone."""
    cursor = await conn.execute(
        "select id from private.finish_import(%s, %s, %s) where id is not null",
        (import_id, Jsonb(dict(report)) if report else None, Jsonb(dict(problem)) if problem else None),
    )
    return await cursor.fetchone() is not None


async def list_left_imports(conn: Connection, *, limit: int) -> list[UUID]:
    """Tickets that nobody works on: never begun, or the lease of whoever began has run out."""
    cursor = await conn.execute(
        """
        select id from public.imports
        where (status = 'queued' and created_at < now() - interval '30 seconds') or (status = 'running' and lease_until < now())
        order by created_at limit %s
        """,
        (limit,),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def is_work_left(conn: Connection) -> bool:
    cursor = await conn.execute("select private.is_work_left() as is_left")
    return (await one_row(cursor))["is_left"]


async def open_sandbox(
    conn: Connection, *, blueprint_id: UUID, slug: str, name: str, source: str, canonical: str, sha256: str
) -> None:
    values = (blueprint_id, slug, name, source, canonical, sha256)
    await conn.execute("select private.open_sandbox(%s, %s, %s, %s, %s, %s)", values)


async def find_sandbox(conn: Connection, *, blueprint_id: UUID) -> Row | None:
    cursor = await conn.execute(
        f"""
        select {_SANDBOX} from public.sandboxes s join public.events e on e.id = s.event_id
        where s.blueprint_id = %s order by s.created_at desc limit 1
        """,  # noqa: S608
        (blueprint_id,),
    )
    return await cursor.fetchone()


async def see_sandbox(conn: Connection, *, sandbox_id: UUID) -> None:
    await conn.execute("select private.see_sandbox(%s)", (sandbox_id,))


async def rehearse_holds(
    conn: Connection, *, sandbox_id: UUID, listing_id: int, buyers: int
) -> dict[str, Any]:
    """For the system alone."""
    cursor = await conn.execute(
        "select private.rehearse_holds(%s, %s, %s) as report", (sandbox_id, listing_id, buyers)
    )
    return (await one_row(cursor))["report"]


async def discard_blueprint(conn: Connection, *, blueprint_id: UUID) -> None:
    await conn.execute("select private.discard_blueprint(%s)", (blueprint_id,))


async def tidy(conn: Connection) -> list[str]:
    """Shape: paths of samples that nobody needs any more. For the system alone."""
    cursor = await conn.execute("select private.tidy_blueprints() as path")
    return [row["path"] for row in await cursor.fetchall()]
