"""SQL of drafts, their reviews, approval policies and previews. What may be done is decided by the functions called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row, translated_errors

Row = dict[str, Any]

_COLUMNS = """
select d.id, d.event_id, d.organization_id, e.slug, d.title, d.sha256, d.base_version_id,
       v.number as base_number, e.current_version_id, d.branch_id, b.name as branch, d.origin, d.status, d.revision, d.message,
       d.risk, d.radius, d.author_id, private.email_of(d.author_id) as author_email, d.contributors, d.created_at,
       d.updated_at, d.updated_by, d.submitted_at, d.expires_at, d.published_version_id
"""
_FROM = """
from public.drafts d
join public.events e on e.id = d.event_id
left join public.event_versions v on v.id = d.base_version_id
left join public.branches b on b.id = d.branch_id
"""
_HEADS = f"{_COLUMNS} {_FROM}"
_DRAFTS = f"{_COLUMNS}, d.source, d.canonical {_FROM}"


async def find_draft(conn: Connection, *, draft_id: UUID) -> Row | None:
    cursor = await conn.execute(f"{_DRAFTS} where d.id = %s", (draft_id,))
    return await cursor.fetchone()


async def find_put_forward(conn: Connection, *, event_id: UUID, sha256: str) -> Row | None:
    """The actor's own draft of this document that waits, or may be put in force, as things stand."""
    cursor = await conn.execute(
        f"""
        {_HEADS}
        where d.event_id = %s and d.sha256 = %s and d.author_id = auth.uid() and d.status in ('in_review', 'approved')
          and d.base_version_id is not distinct from e.current_version_id and d.expires_at > now()
        order by d.updated_at desc, d.id limit 1
        """,
        (event_id, sha256),
    )
    return await cursor.fetchone()


async def list_drafts(
    conn: Connection, *, event_id: UUID | None, statuses: list[str], limit: int
) -> list[Row]:
    """Without their texts."""
    cursor = await conn.execute(
        f"""
        {_HEADS}
        where (%(event)s::uuid is null or d.event_id = %(event)s) and d.status = any (%(statuses)s)
        order by d.updated_at desc, d.id limit %(limit)s
        """,
        {"event": event_id, "statuses": statuses, "limit": limit},
    )
    return await cursor.fetchall()


async def list_waiting(conn: Connection, *, event_id: UUID | None, limit: int) -> list[Row]:
    """Drafts in review that the actor has neither written nor approved as they stand, where approving is a right of his."""
    cursor = await conn.execute(
        f"""
        {_HEADS}
        where d.status = 'in_review' and d.expires_at > now() and auth.uid() <> all (d.contributors)
          and (%(event)s::uuid is null or d.event_id = %(event)s)
          and d.organization_id in (select private.organizations_where('approve_changes'))
          and not exists (
            select from public.draft_reviews r where r.draft_id = d.id and r.reviewer_id = auth.uid()
              and r.verdict = 'approve' and r.sha256 = d.sha256 and r.base_version_id is not distinct from d.base_version_id)
        order by d.submitted_at, d.id limit %(limit)s
        """,  # noqa: S608
        {"event": event_id, "limit": limit},
    )
    return await cursor.fetchall()


async def save_draft(
    conn: Connection,
    *,
    draft_id: UUID | None,
    event_id: UUID,
    revision: int | None,
    base_version_id: UUID | None,
    title: str | None,
    source: str,
    canonical: str | None,
    sha256: str | None,
    origin: str,
    branch_id: UUID | None,
    branch_number: int | None,
) -> UUID:
    """Refused within a savepoint, so that the caller can still read what was saved instead. Raises: as the function."""
    values = (
        draft_id, event_id, revision, base_version_id, title, source, canonical, sha256, origin, branch_id, branch_number,
    )  # fmt: skip
    with translated_errors():
        async with conn.transaction():
            return await _id(
                conn, "select id from private.save_draft(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", values
            )


async def submit_draft(conn: Connection, *, draft_id: UUID, revision: int, message: str) -> None:
    await conn.execute("select private.submit_draft(%s, %s, %s)", (draft_id, revision, message))


async def review_draft(conn: Connection, *, draft_id: UUID, revision: int, verdict: str, reason: str) -> None:
    await conn.execute("select private.review_draft(%s, %s, %s, %s)", (draft_id, revision, verdict, reason))


async def recall_draft(conn: Connection, *, draft_id: UUID) -> None:
    await conn.execute("select private.recall_draft(%s)", (draft_id,))


async def discard_draft(conn: Connection, *, draft_id: UUID) -> None:
    await conn.execute("select private.discard_draft(%s)", (draft_id,))


async def publish_draft(
    conn: Connection, *, draft_id: UUID, revision: int, carry: str | None, renames: dict[str, str]
) -> UUID:
    """Shape: the id of the version."""
    return await _id(
        conn,
        "select id from private.publish_draft(%s, %s, %s, %s)",
        (draft_id, revision, carry, Jsonb(renames)),
    )


async def draft_needs(conn: Connection, *, draft_id: UUID) -> Row | None:
    """None while the source has errors."""
    cursor = await conn.execute("select private.draft_needs(%s) as needs", (draft_id,))
    row = await cursor.fetchone()
    return row["needs"] if row else None


async def list_reviews(conn: Connection, *, draft_id: UUID) -> list[Row]:
    """Oldest first. A verdict on another text or another base is no longer current."""
    cursor = await conn.execute(
        """
        select r.id, r.draft_id, r.reviewer_id, private.email_of(r.reviewer_id) as email, r.verdict, r.reason, r.revision,
               r.created_at, r.sha256 = d.sha256 and r.base_version_id is not distinct from d.base_version_id as is_current
        from public.draft_reviews r join public.drafts d on d.id = r.draft_id
        where r.draft_id = %s order by r.created_at, r.id
        """,
        (draft_id,),
    )
    return await cursor.fetchall()


_POLICY = """
low, medium, high, high_needs_admin, escalate_conversations, escalate_holds, draft_days, updated_by, updated_at
"""


async def approval_policy(conn: Connection, *, organization_id: UUID) -> Row:
    """The defaults where the organization never said."""
    cursor = await conn.execute(
        f"select {_POLICY} from private.read_approval_policy(%s)",  # noqa: S608
        (organization_id,),
    )
    return await one_row(cursor)


async def set_approval_policy(conn: Connection, *, organization_id: UUID, policy: dict[str, Any]) -> Row:
    cursor = await conn.execute(
        f"select {_POLICY} from private.set_approval_policy(%s, %s)",  # noqa: S608
        (organization_id, Jsonb(policy)),
    )
    return await one_row(cursor)


async def keep_preview(
    conn: Connection,
    *,
    event_id: UUID,
    draft_id: UUID | None,
    document: dict[str, Any],
    sha256: str,
    results: dict[str, Any],
) -> UUID:
    return await _id(
        conn,
        "select id from private.keep_preview(%s, %s, %s, %s, %s)",
        (event_id, draft_id, Jsonb(document), sha256, Jsonb(results)),
    )


async def find_preview(conn: Connection, *, preview_id: UUID) -> Row | None:
    cursor = await conn.execute(
        """
        select p.id, p.event_id, e.slug, p.draft_id, p.sha256, p.results, p.created_at, p.expires_at, p.document
        from public.previews p join public.events e on e.id = p.event_id where p.id = %s
        """,
        (preview_id,),
    )
    return await cursor.fetchone()


async def _id(conn: Connection, statement: Any, values: tuple[Any, ...]) -> UUID:
    return (await one_row(await conn.execute(statement, values)))["id"]
