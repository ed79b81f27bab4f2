"""SQL of branches and their versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.db import Connection

Row = dict[str, Any]

_BRANCHES = """
select b.id, b.event_id, b.organization_id, e.slug, b.name, b.description, b.status, b.base_version_id,
       v.number as base_number, b.head_number, b.created_by, private.email_of(b.created_by) as author_email, b.created_at
from public.branches b
join public.events e on e.id = b.event_id
join public.event_versions v on v.id = b.base_version_id
"""
_COLUMNS = """
select c.id, c.branch_id, c.number, c.sha256, c.message, c.author_id, private.email_of(c.author_id) as author_email, c.created_at
"""


async def open_branch(
    conn: Connection, *, event_id: UUID, name: str, description: str, base: int | None
) -> None:
    await conn.execute("select private.open_branch(%s, %s, %s, %s)", (event_id, name, description, base))


async def find_branch(conn: Connection, *, event_id: UUID, name: str) -> Row | None:
    """The active branch of that name, or else the last that was."""
    cursor = await conn.execute(
        f"{_BRANCHES} where b.event_id = %s and b.name = %s order by b.status <> 'active', b.created_at desc limit 1",
        (event_id, name),
    )
    return await cursor.fetchone()


async def list_branches(conn: Connection, *, event_id: UUID) -> list[Row]:
    cursor = await conn.execute(
        f"{_BRANCHES} where b.event_id = %s order by b.status <> 'active', b.created_at desc limit 200",
        (event_id,),
    )
    return await cursor.fetchall()


async def find_commit(conn: Connection, *, branch_id: UUID, number: int) -> Row | None:
    cursor = await conn.execute(
        f"{_COLUMNS}, c.source, c.canonical from public.branch_versions c where c.branch_id = %s and c.number = %s",
        (branch_id, number),
    )
    return await cursor.fetchone()


async def list_commits(conn: Connection, *, branch_id: UUID, limit: int) -> list[Row]:
    """The newest first, without their texts."""
    cursor = await conn.execute(
        f"{_COLUMNS} from public.branch_versions c where c.branch_id = %s order by c.number desc limit %s",
        (branch_id, limit),
    )
    return await cursor.fetchall()


async def add_commit(
    conn: Connection, *, branch_id: UUID, number: int, source: str, canonical: str, sha256: str, message: str
) -> None:
    await conn.execute(
        "select private.commit_to_branch(%s, %s, %s, %s, %s, %s)",
        (branch_id, number, source, canonical, sha256, message),
    )


async def close_branch(conn: Connection, *, branch_id: UUID, status: str) -> None:
    await conn.execute("select private.close_branch(%s, %s)", (branch_id, status))
