"""SQL of a blueprint's files: what is in them, how far reading has come, what was decided of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row

Row = dict[str, Any]

_HEAD = """
id, blueprint_id, organization_id, kind, name, media_type, bytes, sha256, path, position, status, stage, done, total,
attempts, problem, created_at, updated_at, decisions
"""


async def list_files(conn: Connection, *, blueprint_id: UUID, whole: bool) -> list[Row]:
    """In the order they came; with their profiles, which only comparing needs, when `whole`."""
    findings = "findings" if whole else "findings - 'profile' as findings"
    cursor = await conn.execute(
        f"select {_HEAD}, {findings} from public.blueprint_files where blueprint_id = %s order by position",  # noqa: S608
        (blueprint_id,),
    )
    return await cursor.fetchall()


async def find_file(conn: Connection, *, file_id: UUID) -> Row | None:
    cursor = await conn.execute(
        f"select {_HEAD}, findings from public.blueprint_files where id = %s",  # noqa: S608
        (file_id,),
    )
    return await cursor.fetchone()


async def add_file(
    conn: Connection,
    *,
    blueprint_id: UUID,
    kind: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    path: str,
) -> Row:
    cursor = await conn.execute(
        f"select {_HEAD} from private.add_blueprint_file(%s, %s, %s, %s, %s, %s, %s)",  # noqa: S608
        (blueprint_id, kind, name, media_type, size, sha256, path),
    )
    return await one_row(cursor)


async def claim_file(conn: Connection, *, file_id: UUID, lease_s: int) -> Row | None:
    """None where somebody else reads it, or nobody has to."""
    cursor = await conn.execute(
        f"select {_HEAD} from private.claim_blueprint_file(%s, %s) where id is not null",  # noqa: S608
        (file_id, lease_s),
    )
    return await cursor.fetchone()


async def note_file(
    conn: Connection, *, file_id: UUID, stage: str, done: int, total: int, lease_s: int
) -> bool:
    """Whether it is still wanted."""
    cursor = await conn.execute(
        "select private.note_blueprint_file(%s, %s, %s, %s, %s) as wanted",
        (file_id, stage, done, total, lease_s),
    )
    return (await one_row(cursor))["wanted"]


async def finish_file(
    conn: Connection,
    *,
    file_id: UUID,
    kind: str | None,
    findings: Mapping[str, Any] | None,
    problem: Mapping[str, Any] | None,
) -> Row:
    cursor = await conn.execute(
        f"select {_HEAD} from private.finish_blueprint_file(%s, %s, %s, %s)",  # noqa: S608
        (
            file_id,
            kind,
            Jsonb(findings) if findings is not None else None,
            Jsonb(problem) if problem else None,
        ),
    )
    return await one_row(cursor)


async def steer_file(conn: Connection, *, file_id: UUID, verb: str) -> Row:
    cursor = await conn.execute(
        f"select {_HEAD} from private.steer_blueprint_file(%s, %s)",  # noqa: S608
        (file_id, verb),
    )
    return await one_row(cursor)


async def decide_file(conn: Connection, *, file_id: UUID, revision: int, decisions: Mapping[str, Any]) -> int:
    """Shape: the revision of the blueprint afterwards."""
    cursor = await conn.execute(
        "select revision from private.decide_blueprint_file(%s, %s, %s)",
        (file_id, revision, Jsonb(dict(decisions))),
    )
    return (await one_row(cursor))["revision"]


async def list_unread(conn: Connection, *, limit: int) -> list[UUID]:
    """Files that nobody reads: never begun, or the lease of whoever began has run out."""
    cursor = await conn.execute(
        """
        select id from public.blueprint_files
        where (status = 'waiting' and updated_at < now() - interval '10 seconds') or (status = 'reading' and lease_until < now())
        order by created_at limit %s
        """,
        (limit,),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def list_confirmed_profiles(conn: Connection, *, organization_id: UUID, limit: int) -> list[Row]:
    """Lists that an organization went live with, the newest first."""
    cursor = await conn.execute(
        """
        select f.id, f.name, b.event_id, f.findings -> 'profile' as profile
        from public.blueprint_files f join public.blueprints b on b.id = f.blueprint_id
        where f.organization_id = %s and f.kind = 'sheet' and f.status = 'read' and b.status = 'published'
          and f.findings ? 'profile'
        order by b.updated_at desc, f.position limit %s
        """,
        (organization_id, limit),
    )
    return await cursor.fetchall()
