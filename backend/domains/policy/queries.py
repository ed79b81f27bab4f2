"""SQL of policies: what a conversation keeps, and the receipts of what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
