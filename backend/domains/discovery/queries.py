"""SQL of conversations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core import quick_json
from backend.core.db import Connection, one_row
from backend.core.ports import Recalled
from backend.domains.discovery.model import Visitor

SESSION_COLUMNS = ("id", "event_id", "organization_id", "version_id", "state", "arms", "turn_count")
_SESSION = ", ".join(SESSION_COLUMNS)


async def open_session(
    conn: Connection,
    *,
    slug: str,
    version_id: UUID,
    state: dict[str, Any],
    arms: dict[str, str],
    policy: Mapping[str, Any] | None,
    facts: Mapping[str, Any] | None,
) -> dict[str, Any]:
    cursor = await conn.execute(
        f"select {_SESSION} from private.open_session(%s, %s, %s, %s, %s, %s)",  # noqa: S608
        (
            slug,
            version_id,
            Jsonb(state),
            Jsonb(arms),
            None if policy is None else Jsonb(dict(policy)),
            None if facts is None else Jsonb(dict(facts)),
        ),
    )
    return await one_row(cursor)


async def open_turn(conn: Connection, *, session_id: UUID, key: str) -> dict[str, Any] | None:
    """Where a conversation stands: itself, the turn kept under the key, its policy, whether it holds something, and what
    was prepared in it and waits for a yes still, in the order it was offered."""
    cursor = await conn.execute(
        """
        select s.id, s.event_id, s.organization_id, s.version_id, s.state, s.arms, s.turn_count, s.spent_tokens,
               t.message as kept_message, t.answer as kept_answer, p.policy, coalesce(p.is_fresh, false) as is_fresh,
               exists (select from public.holds h where h.session_id = s.id) as has_hold,
               case when exists (select from private.open_confirmations()) then array(
                 select offered.value
                 from public.turns o, jsonb_array_elements(o.answer -> 'confirmations') with ordinality offered (value, at)
                 where o.session_id = s.id and o.created_at > now() - interval '1 hour'
                   and (offered.value ->> 'confirmation')::uuid in (select private.open_confirmations())
                 order by o.number, offered.at)
               else '{}' end as waiting
        from public.sessions s
        left join public.turns t on t.session_id = s.id and t.idempotency_key = %s
        left join lateral private.current_policy() p on true
        where s.id = %s
        """,
        (key, session_id),
    )
    return await cursor.fetchone()


async def find_session(conn: Connection, *, session_id: UUID) -> dict[str, Any] | None:
    cursor = await conn.execute(f"select {_SESSION} from public.sessions where id = %s", (session_id,))  # noqa: S608
    return await cursor.fetchone()


async def find_turn(conn: Connection, *, session_id: UUID, key: str) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "select message, answer from public.turns where session_id = %s and idempotency_key = %s",
        (session_id, key),
    )
    return await cursor.fetchone()


async def list_turns(conn: Connection, *, session_id: UUID) -> list[dict[str, Any]]:
    cursor = await conn.execute(
        """
        select number, message, reply, coalesce(answer ->> 'note', '') as note, created_at,
               coalesce(answer -> 'claims', '[]') as claims,
               array(select offered.value
                     from jsonb_array_elements(answer -> 'confirmations') with ordinality offered (value, at)
                     where (offered.value ->> 'confirmation')::uuid in (select private.open_confirmations())
                     order by offered.at) as confirmations
        from public.turns
        where session_id = %s order by number desc limit 200
        """,
        (session_id,),
    )
    return (await cursor.fetchall())[::-1]


async def record_turn(conn: Connection, *, turn: dict[str, Any]) -> None:
    """Shape of `turn`: as `private.record_turn` names it."""
    await conn.execute("select private.record_turn(%s)", (Jsonb(turn, dumps=quick_json.dumps),))


async def record_exposure(conn: Connection, *, experiment: str) -> None:
    await conn.execute("select private.record_exposure(%s)", (experiment,))


async def record_action(conn: Connection, *, action: str, listing_id: int | None) -> None:
    await conn.execute("select private.record_action(%s, %s)", (action, listing_id))


async def record_failure(conn: Connection) -> None:
    await conn.execute("select private.note_failure()")


async def find_spent(conn: Connection) -> dict[str, Any]:
    """Shape: `{conversation, today_input, today_output}`, in tokens."""
    cursor = await conn.execute("select private.spent() as spent")
    return (await one_row(cursor))["spent"] or {}


async def recall(conn: Connection, *, visitor: str) -> Recalled | None:
    cursor = await conn.execute("select private.recall_visitor(%s) as kept", (visitor,))
    kept = (await one_row(cursor))["kept"]
    return Recalled(kept["wishes"], datetime.fromisoformat(kept["as_of"])) if kept else None


async def find_visitor(conn: Connection, *, session_id: UUID) -> Visitor | None:
    cursor = await conn.execute(
        "select encode(visitor_sha256, 'hex') as hashed, last_seen_at from public.sessions where id = %s",
        (session_id,),
    )
    row = await cursor.fetchone()
    return Visitor(row["hashed"], row["last_seen_at"]) if row and row["hashed"] else None


async def take_up(conn: Connection, *, state: dict[str, Any]) -> None:
    await conn.execute("select private.take_up(%s)", (Jsonb(state),))


async def forget(conn: Connection) -> None:
    await conn.execute("select private.forget_visitor()")


async def record_survey(conn: Connection, *, answers: dict[str, Any], nps: int | None) -> bool:
    cursor = await conn.execute("select private.record_survey(%s, %s) as is_first", (Jsonb(answers), nps))
    return (await one_row(cursor))["is_first"]
