"""SQL of blueprints, what is said about them, and what a seller confirmed. Who may what is decided by the functions called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row

Row = dict[str, Any]

_BLUEPRINT = """
select b.id, b.organization_id, o.slug as organization, b.event_id, e.slug as event, b.for_event, b.title, b.template,
       b.choices, b.document, b.status, b.verdict, b.reason, b.revision, b.created_by, b.created_at, b.updated_by,
       b.updated_at
from public.blueprints b
join public.organizations o on o.id = b.organization_id
left join public.events e on e.id = b.event_id
"""


async def find_blueprint(conn: Connection, *, blueprint_id: UUID) -> Row | None:
    cursor = await conn.execute(f"{_BLUEPRINT} where b.id = %s", (blueprint_id,))
    return await cursor.fetchone()


async def list_blueprints(conn: Connection, *, limit: int) -> list[Row]:
    """The last changed first."""
    cursor = await conn.execute(f"{_BLUEPRINT} order by b.updated_at desc, b.id limit %s", (limit,))
    return await cursor.fetchall()


async def open_blueprint(
    conn: Connection, *, organization_id: UUID, title: str, template: str, event_id: UUID | None
) -> UUID:
    return await _id(
        conn,
        "select id from private.open_blueprint(%s, %s, %s, %s)",
        (organization_id, title, template, event_id),
    )


async def change_blueprint(
    conn: Connection, *, blueprint_id: UUID, revision: int, changes: dict[str, Any]
) -> None:
    await conn.execute(
        "select private.change_blueprint(%s, %s, %s)", (blueprint_id, revision, Jsonb(changes))
    )


async def judge_blueprint(conn: Connection, *, blueprint_id: UUID, verdict: str, reason: str) -> None:
    await conn.execute("select private.judge_blueprint(%s, %s, %s)", (blueprint_id, verdict, reason))


async def publish_blueprint(conn: Connection, *, blueprint_id: UUID) -> None:
    await conn.execute("select private.publish_blueprint(%s)", (blueprint_id,))


_CLARIFICATION = "id, blueprint_id, said, understood, changes, applied_at, created_at"


async def keep_clarification(
    conn: Connection, *, blueprint_id: UUID, said: str, understood: str, changes: list[dict[str, Any]]
) -> Row:
    cursor = await conn.execute(
        f"select {_CLARIFICATION} from private.keep_clarification(%s, %s, %s, %s)",  # noqa: S608
        (blueprint_id, said, understood, Jsonb(changes)),
    )
    return await one_row(cursor)


async def apply_clarification(conn: Connection, *, clarification_id: UUID) -> Row:
    cursor = await conn.execute(
        f"select {_CLARIFICATION} from private.apply_clarification(%s)",  # noqa: S608
        (clarification_id,),
    )
    return await one_row(cursor)


async def list_clarifications(conn: Connection, *, blueprint_id: UUID) -> list[Row]:
    """Those that were applied, oldest first."""
    cursor = await conn.execute(
        f"""
        select {_CLARIFICATION} from public.clarifications
        where blueprint_id = %s and applied_at is not null order by applied_at, id
        """,  # noqa: S608
        (blueprint_id,),
    )
    return await cursor.fetchall()


async def remember_column(
    conn: Connection,
    *,
    organization_id: UUID,
    source: str,
    header: str,
    targets: list[str],
    reason: str | None,
    entry: dict[str, Any],
    said: str,
) -> None:
    await conn.execute(
        "select private.remember_column(%s, %s, %s, %s, %s, %s, %s)",
        (organization_id, source, header, targets, reason, Jsonb(entry), said),
    )


async def forget_column(conn: Connection, *, organization_id: UUID, source: str, header: str) -> None:
    await conn.execute("select private.forget_column(%s, %s, %s)", (organization_id, source, header))


async def list_remembered(conn: Connection, *, organization_id: UUID) -> list[Row]:
    """The most confirmed first."""
    cursor = await conn.execute(
        """
        select source, header, targets, reason, entry, said, times, confirmed_at from public.remembered_columns
        where organization_id = %s order by times desc, confirmed_at desc, source, header limit 2000
        """,
        (organization_id,),
    )
    return await cursor.fetchall()


async def _id(conn: Connection, statement: Any, values: tuple[Any, ...]) -> UUID:
    return (await one_row(await conn.execute(statement, values)))["id"]
