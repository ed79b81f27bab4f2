"""SQL that publishes and reads: events, their versions, what processes serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.core.db import Connection

_EVENTS = """
select e.id, e.organization_id, e.slug, e.name, e.status, e.current_version_id, v.number as current_number,
       e.catalogue_revision, e.created_at
from public.events e left join public.event_versions v on v.id = e.current_version_id
"""
_VERSION = """
v.id, v.event_id, v.organization_id, v.number, v.sha256, v.message, v.author_id, v.created_at, v.document, v.source,
v.kind, v.risk, v.based_on, v.baseline_id, v.restores, v.draft_id, v.carry, v.gone, v.approvals
"""
_VERSIONS = f"select {_VERSION} from public.event_versions v"  # noqa: S608


async def organization_id(conn: Connection, *, slug: str) -> UUID | None:
    cursor = await conn.execute("select id from public.organizations where slug = %s", (slug,))
    row = await cursor.fetchone()
    return row["id"] if row else None


async def may(conn: Connection, *, organization_id: UUID, permission: str) -> bool:
    cursor = await conn.execute("select private.may(%s, %s) as allowed", (organization_id, permission))
    row = await cursor.fetchone()
    return bool(row and row["allowed"])


async def add_event(
    conn: Connection, *, organization_id: UUID, slug: str, name: str, created_by: UUID | None
) -> dict[str, Any] | None:
    """None when the slug is taken, by whomever."""
    cursor = await conn.execute(
        """
        insert into public.events (organization_id, slug, name, created_by) values (%s, %s, %s, %s)
        on conflict (slug) do nothing
        returning id, organization_id, slug, name, status, current_version_id, null::int as current_number,
                  catalogue_revision, created_at
        """,
        (organization_id, slug, name, created_by),
    )
    return await cursor.fetchone()


async def find_event(conn: Connection, *, slug: str) -> dict[str, Any] | None:
    cursor = await conn.execute(f"{_EVENTS} where e.slug = %s", (slug,))
    return await cursor.fetchone()


async def list_events(conn: Connection, *, limit: int, after: str) -> list[dict[str, Any]]:
    cursor = await conn.execute(f"{_EVENTS} where e.slug > %s order by e.slug limit %s", (after, limit))
    return await cursor.fetchall()


async def lock_event(conn: Connection, *, event_id: UUID) -> dict[str, Any] | None:
    """Keeps other publishers out until the transaction ends. None where the actor may not."""
    cursor = await conn.execute(
        "select id, organization_id, current_version_id from public.events where id = %s for no key update",
        (event_id,),
    )
    return await cursor.fetchone()


async def set_status(conn: Connection, *, event_id: UUID, status: str) -> dict[str, Any] | None:
    """None where the actor may not."""
    cursor = await conn.execute(
        "update public.events set status = %s where id = %s returning id", (status, event_id)
    )
    return await cursor.fetchone()


async def last_number(conn: Connection, *, event_id: UUID) -> int:
    cursor = await conn.execute(
        "select coalesce(max(number), 0) as number from public.event_versions where event_id = %s",
        (event_id,),
    )
    row = await cursor.fetchone()
    return row["number"] if row else 0


async def add_version(
    conn: Connection, *, event_id: UUID, number: int, canonical: str, source: str, sha256: str, message: str
) -> dict[str, Any]:
    """The author is the actor, or nobody for a local operator."""
    cursor = await conn.execute(
        f"select {_VERSION} from private.publish_version(%s, %s, %s, %s, %s, %s) v",  # noqa: S608
        (event_id, number, canonical, source, sha256, message),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def find_version(conn: Connection, *, version_id: UUID) -> dict[str, Any] | None:
    cursor = await conn.execute(f"{_VERSIONS} where v.id = %s", (version_id,))
    return await cursor.fetchone()


async def find_version_number(conn: Connection, *, event_id: UUID, number: int) -> dict[str, Any] | None:
    cursor = await conn.execute(f"{_VERSIONS} where v.event_id = %s and v.number = %s", (event_id, number))
    return await cursor.fetchone()


async def find_newest(conn: Connection, *, organization_id: UUID) -> dict[str, Any] | None:
    cursor = await conn.execute(
        f"{_VERSIONS} join public.events e on e.current_version_id = v.id "
        "where v.organization_id = %s order by v.created_at desc limit 1",
        (organization_id,),
    )
    return await cursor.fetchone()


async def list_versions(conn: Connection, *, event_id: UUID, limit: int, before: int) -> list[dict[str, Any]]:
    """A version is rolled back when a later one went back past it."""
    cursor = await conn.execute(
        """
        select v.id, v.number, v.sha256, v.message, v.author_id, v.created_at,
               v.id = e.current_version_id as is_current, v.kind, v.risk, v.carry,
               private.email_of(v.author_id) as author_email, t.number as restores, jsonb_array_length(v.approvals) as approvals,
               exists (select from public.event_versions r join public.event_versions b on b.id = r.restores
                       where r.event_id = v.event_id and r.number > v.number and b.number < v.number) as is_rolled_back
        from public.event_versions v
        join public.events e on e.id = v.event_id
        left join public.event_versions t on t.id = v.restores
        where v.event_id = %s and v.number < %s order by v.number desc limit %s
        """,
        (event_id, before, limit),
    )
    return await cursor.fetchall()


async def served_versions(conn: Connection, *, event_id: UUID | None) -> list[dict[str, Any]]:
    cursor = await conn.execute("select * from private.served_versions(%s)", (event_id,))
    return await cursor.fetchall()


async def served_heads(conn: Connection) -> list[dict[str, Any]]:
    cursor = await conn.execute("select * from private.served_heads()")
    return await cursor.fetchall()


async def versions_in_use(conn: Connection, *, version_ids: Sequence[UUID]) -> set[UUID]:
    cursor = await conn.execute("select private.versions_in_use(%s) as id", (list(version_ids),))
    return {row["id"] for row in await cursor.fetchall()}


async def pinned_version(conn: Connection, *, version_id: UUID) -> dict[str, Any] | None:
    cursor = await conn.execute("select * from private.pinned_version(%s)", (version_id,))
    return await cursor.fetchone()
