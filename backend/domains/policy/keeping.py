"""Verbs of the policy a conversation keeps, and of the receipts its decisions leave.

The decision itself is `private.policy_verdict`, one for the guard, the simulator and the replay; see ADR 0010.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.core.context import Context
from backend.domains.policy import queries


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest snapshot of a conversation. Not `is_fresh`: its time is over, or the conversation has another version."""

    number: int
    profile: str
    policy: Mapping[str, Any]
    sha256: str
    facts: Mapping[str, Any]
    sealed_facts: str | None
    expires_at: datetime
    is_fresh: bool


async def find_kept(ctx: Context) -> Kept | None:
    """The policy of the actor's own conversation; None where it began before there were any."""
    row = await queries.current(ctx.conn)
    return Kept(**row) if row else None


async def refresh(ctx: Context, *, policy: Mapping[str, Any], facts: Mapping[str, Any], reason: str) -> int:
    """Gives the actor's conversation its next policy. Shape: its number.

    `facts` as `private.keep_snapshot` takes them: campaign words, `trace`, and `sealed` for all that tells more of a person.
    Raises: NotFound `discovery.no_such_session`; InvalidInput `policy.not_a_policy`; TooMany `policy.too_fast`.
    """
    return await queries.refresh(ctx.conn, policy=policy, facts=facts, reason=reason)


async def verdict(
    ctx: Context, *, policy: Mapping[str, Any], kills: Mapping[str, bool], call: Mapping[str, Any]
) -> dict[str, Any]:
    """What a policy says of a call `{verb, origin, has_confirmation}`. Shape: `{verdict, reasons, tool}`."""
    return await queries.verdict(ctx.conn, policy=policy, kills=kills, call=call)


async def note_block(
    ctx: Context, *, verb: str, arguments: Mapping[str, Any], origin: str, reasons: Sequence[str]
) -> None:
    """The receipt of a refusal, in a unit of its own: the refused one has left nothing behind."""
    await queries.record_block(ctx.conn, verb=verb, arguments=arguments, origin=origin, reasons=reasons)


async def note_decisions(ctx: Context, *, entries: Sequence[Mapping[str, Any]]) -> int:
    """Receipts of decisions that changed nothing. Shape: the number of the last.

    Each entry: `verb, origin, verdict, reasons, inputs_sha256`. Raises: InvalidInput `policy.wrong_arguments`.
    """
    return await queries.record_receipts(ctx.conn, entries=entries)
