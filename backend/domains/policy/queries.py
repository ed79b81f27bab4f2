"""SQL of policies: what a conversation keeps, and the receipts of what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection, one_row


async def current(conn: Connection) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "select number, profile, policy, sha256, facts, sealed_facts, expires_at, is_fresh from private.current_policy()"
    )
    return await cursor.fetchone()


async def refresh(
    conn: Connection, *, policy: Mapping[str, Any], facts: Mapping[str, Any], reason: str
) -> int:
    cursor = await conn.execute(
        "select private.refresh_policy(%s, %s, %s) as number",
        (Jsonb(dict(policy)), Jsonb(dict(facts)), reason),
    )
    return (await one_row(cursor))["number"]


async def verdict(
    conn: Connection, *, policy: Mapping[str, Any], kills: Mapping[str, bool], call: Mapping[str, Any]
) -> dict[str, Any]:
    cursor = await conn.execute(
        "select private.policy_verdict(%s, %s, %s) as verdict",
        (Jsonb(dict(policy)), Jsonb(dict(kills)), Jsonb(dict(call))),
    )
    return (await one_row(cursor))["verdict"]


async def record_block(
    conn: Connection, *, verb: str, arguments: Mapping[str, Any], origin: str, reasons: Sequence[str]
) -> None:
    await conn.execute(
        "select private.record_block(%s, %s, %s, %s)", (verb, Jsonb(dict(arguments)), origin, list(reasons))
    )


async def record_receipts(conn: Connection, *, entries: Sequence[Mapping[str, Any]]) -> int:
    cursor = await conn.execute(
        "select private.record_receipts(%s) as n", (Jsonb([dict(entry) for entry in entries]),)
    )
    return (await one_row(cursor))["n"]


async def verdicts(
    conn: Connection, *, policies: Sequence[Mapping[str, Any]], calls: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Many verdicts at once, without kill switches: each call names its policy by its place in the list."""
    cursor = await conn.execute(
        """
        select private.policy_verdict(p.policies -> (c.value ->> 'policy')::int, '{}', c.value) as verdict
        from (select %s::jsonb as policies) p, jsonb_array_elements(%s::jsonb) with ordinality c (value, n)
        order by c.n
        """,
        (Jsonb([dict(policy) for policy in policies]), Jsonb([dict(call) for call in calls])),
    )
    return [row["verdict"] for row in await cursor.fetchall()]


async def list_decisions(
    conn: Connection, *, event_id: UUID, before: tuple[datetime, UUID, int] | None, limit: int
) -> list[dict[str, Any]]:
    """Decisions on what can be done, newest first, from before a place in that order on."""
    at, session, n = before or (None, None, None)
    cursor = await conn.execute(
        """
        select r.session_id, r.n, r.created_at, r.verb, r.origin, r.verdict, r.reasons, r.policy_sha256,
               r.verdict = 'allow' and (r.confirmation is not null or 'confirmed' = any (r.reasons)) as has_confirmation
        from public.receipts r
        where r.event_id = %(event)s and r.verb not in ('policy', 'unknown')
          and (%(at)s::timestamptz is null or (r.created_at, r.session_id, r.n) < (%(at)s, %(session)s::uuid, %(n)s::int))
        order by r.created_at desc, r.session_id desc, r.n desc limit %(limit)s
        """,
        {"event": event_id, "at": at, "session": session, "n": n, "limit": limit},
    )
    return await cursor.fetchall()


async def list_snapshots(
    conn: Connection,
    *,
    event_id: UUID,
    sessions: Sequence[UUID] | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Snapshots of an event without their policies, the newest first."""
    cursor = await conn.execute(
        """
        select p.session_id, p.number, p.profile, p.sha256, p.facts, convert_from(p.sealed_facts, 'UTF8') as sealed_facts,
               p.created_at
        from public.policy_snapshots p
        where p.event_id = %(event)s and (%(sessions)s::uuid[] is null or p.session_id = any (%(sessions)s))
        order by p.created_at desc, p.session_id, p.number desc limit %(limit)s
        """,
        {"event": event_id, "sessions": None if sessions is None else list(sessions), "limit": limit},
    )
    return await cursor.fetchall()


async def find_snapshot(conn: Connection, *, session_id: UUID) -> dict[str, Any] | None:
    """The newest snapshot of a conversation, for staff."""
    cursor = await conn.execute(
        """
        select p.number, p.profile, p.policy, p.sha256, p.facts, convert_from(p.sealed_facts, 'UTF8') as sealed_facts,
               p.expires_at, p.expires_at > clock_timestamp() as is_fresh
        from public.policy_snapshots p where p.session_id = %s order by p.number desc limit 1
        """,
        (session_id,),
    )
    return await cursor.fetchone()


async def list_policies(conn: Connection, *, event_id: UUID, sha256s: Sequence[str]) -> list[dict[str, Any]]:
    """Each of these policies once."""
    cursor = await conn.execute(
        """
        select distinct on (p.sha256) p.sha256, p.policy from public.policy_snapshots p
        where p.event_id = %s and p.sha256 = any (%s)
        """,
        (event_id, list(sha256s)),
    )
    return await cursor.fetchall()


async def list_receipts(
    conn: Connection,
    *,
    event_id: UUID,
    session_id: UUID | None,
    verdict: str | None,
    verb: str | None,
    before: tuple[datetime, UUID, int] | None,
    limit: int,
) -> list[dict[str, Any]]:
    at, session, n = before or (None, None, None)
    cursor = await conn.execute(
        """
        select r.session_id, r.n, r.created_at, r.version_id, r.turn, r.verb, r.origin, r.verdict, r.reasons,
               r.inputs_sha256, r.policy_sha256, r.confirmation, r.previous, r.sha256
        from public.receipts r
        where r.event_id = %(event)s
          and (%(own)s::uuid is null or r.session_id = %(own)s)
          and (%(verdict)s::text is null or r.verdict = %(verdict)s)
          and (%(verb)s::text is null or r.verb = %(verb)s)
          and (%(at)s::timestamptz is null or (r.created_at, r.session_id, r.n) < (%(at)s, %(session)s::uuid, %(n)s::int))
        order by r.created_at desc, r.session_id desc, r.n desc limit %(limit)s
        """,
        {
            "event": event_id, "own": session_id, "verdict": verdict, "verb": verb, "at": at, "session": session, "n": n,
            "limit": limit,
        },
    )  # fmt: skip
    return await cursor.fetchall()


async def kills_of(conn: Connection, *, event_id: UUID) -> dict[str, Any] | None:
    """Switches that are on for an event: its own (`event`), and those of its organization."""
    cursor = await conn.execute(
        """
        select jsonb_build_object('ai_off', e.ai_off, 'mutating_tools_off', e.actions_off,
                                  'force_strict', e.force_strict) as event,
               coalesce((select jsonb_object_agg(f.name, f.is_on) from public.organization_flags f
                         where f.organization_id = e.organization_id
                           and f.name in ('ai_off', 'mutating_tools_off', 'force_strict')), '{}') as organization
        from public.events e where e.id = %s
        """,
        (event_id,),
    )
    return await cursor.fetchone()
