"""SQL of identity."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection


async def memberships(conn: Connection) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select o.id as organization_id, o.slug, o.name, o.kind, m.role::text
        from public.members m join public.organizations o on o.id = m.organization_id
        where m.user_id = auth.uid() order by o.kind desc, o.name
        """
    )
    return await cursor.fetchall()


async def open_web_session(conn: Connection, *, token_sha256: bytes, hours: int) -> datetime:
    cursor = await conn.execute(
        "select private.open_web_session(%s, %s) as expires_at", (token_sha256, hours)
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["expires_at"]


async def find_web_session(conn: Connection, *, token_sha256: bytes) -> dict[str, Any] | None:
    cursor = await conn.execute("select user_id, email from private.web_session(%s)", (token_sha256,))
    return await cursor.fetchone()


async def close_web_session(conn: Connection, *, token_sha256: bytes) -> None:
    await conn.execute("select private.close_web_session(%s)", (token_sha256,))


async def add_invitation(
    conn: Connection,
    *,
    organization_id: UUID,
    email: str,
    role: str,
    token_sha256: bytes,
    invited_by: UUID | None,
) -> UUID:
    cursor = await conn.execute(
        """
        insert into public.invitations (organization_id, email, role, token_sha256, invited_by)
        values (%s, %s, %s::public.member_role, %s, %s) returning id
        """,
        (organization_id, email, role, token_sha256, invited_by),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["id"]


async def accept_invitation(conn: Connection, *, token_sha256: bytes) -> UUID:
    cursor = await conn.execute("select private.accept_invitation(%s) as organization_id", (token_sha256,))
    row = await cursor.fetchone()
    assert row is not None
    return row["organization_id"]


async def list_members(conn: Connection, *, organization_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        "select user_id, email, role, overrides, permissions, joined_at from private.list_members(%s)",
        (organization_id,),
    )
    return await cursor.fetchall()


async def my_permissions(conn: Connection, *, organization_id: UUID) -> dict[str, Any] | None:
    """None for who is no member."""
    cursor = await conn.execute("select private.my_permissions(%s) as permissions", (organization_id,))
    row = await cursor.fetchone()
    return row["permissions"] if row else None


async def role_preset(conn: Connection, *, role: str) -> dict[str, Any]:
    cursor = await conn.execute("select private.role_preset(%s) as permissions", (role,))
    row = await cursor.fetchone()
    assert row is not None
    return row["permissions"]


async def set_permissions(
    conn: Connection, *, organization_id: UUID, user_id: UUID, overrides: dict[str, Any]
) -> None:
    await conn.execute(
        "select private.set_permissions(%s, %s, %s)", (organization_id, user_id, Jsonb(overrides))
    )


async def set_role(conn: Connection, *, organization_id: UUID, user_id: UUID, role: str) -> UUID | None:
    """None where there is no such member, or the actor may not."""
    cursor = await conn.execute(
        """
        update public.members set role = %s::public.member_role
        where organization_id = %s and user_id = %s returning user_id
        """,
        (role, organization_id, user_id),
    )
    row = await cursor.fetchone()
    return row["user_id"] if row else None


async def ensure_organization(conn: Connection, *, slug: str, name: str, kind: str) -> UUID:
    cursor = await conn.execute(
        """
        insert into public.organizations (slug, name, kind) values (%s, %s, %s)
        on conflict (slug) do update set name = excluded.name returning id
        """,
        (slug, name, kind),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["id"]


async def ensure_member(conn: Connection, *, organization_id: UUID, user_id: UUID, role: str) -> None:
    await conn.execute(
        """
        insert into public.members (organization_id, user_id, role) values (%s, %s, %s::public.member_role)
        on conflict (user_id, organization_id) do nothing
        """,
        (organization_id, user_id, role),
    )


async def ensure_dealer(conn: Connection, *, seller_id: UUID, dealer_id: UUID, code: str) -> None:
    await conn.execute(
        """
        insert into public.dealers (seller_id, dealer_id, code) values (%s, %s, %s)
        on conflict (seller_id, dealer_id) do nothing
        """,
        (seller_id, dealer_id, code),
    )
