"""Reads what an audit recomputes: chains, snapshots and seals, as they lie in the tables; and makes the seals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias
from uuid import UUID

from backend.core.context import Context
from backend.domains.policy import audit_queries
from backend.domains.policy.seals import Seal


@dataclass(frozen=True, slots=True)
class Chain:
    """One conversation's receipts in their order. `head` is what its row says of the end; None where the row is gone."""

    session_id: UUID
    organization_id: UUID
    head: tuple[int, str] | None
    receipts: Sequence[Mapping[str, Any]]


async def list_organizations(ctx: Context, *, slug: str | None) -> list[UUID]:
    """One organization by its slug, or all."""
    return await audit_queries.list_audited(ctx.conn, slug=slug)


async def list_conversations(ctx: Context, *, owners: Sequence[UUID], since: datetime | None) -> list[UUID]:
    """Conversations with receipts, or that say they have some; with `since`, those with news since."""
    return await audit_queries.list_chain_ids(ctx.conn, owners=owners, since=since)


async def list_chains(ctx: Context, *, sessions: Sequence[UUID]) -> list[Chain]:
    """The chains of these conversations, each as of one moment."""
    rows = await audit_queries.list_chains(ctx.conn, sessions=sessions)
    chains: list[Chain] = []
    for session_id, group in groupby(rows, lambda row: row["chain"]):
        own = list(group)
        first, receipts = own[0], [row for row in own if row["n"] is not None]
        head = (first["receipt_count"], first["receipt_head"]) if first["is_there"] else None
        owner = first["owner"] or (receipts[0]["organization_id"] if receipts else UUID(int=0))
        chains.append(Chain(session_id, owner, head, receipts))
    return chains


Snapshots: TypeAlias = dict[UUID, dict[int, dict[str, Any]]]


async def list_snapshots(ctx: Context, *, sessions: Sequence[UUID]) -> Snapshots:
    """By conversation and number; policy, facts and trace in their text as Postgres writes it."""
    found: Snapshots = {}
    for row in await audit_queries.list_snapshots(ctx.conn, sessions=sessions):
        found.setdefault(row["session_id"], {})[row["number"]] = row
    return found


async def list_ends(ctx: Context, *, owners: Sequence[UUID]) -> list[tuple[Seal, Seal | None]]:
    """The last seal of each organization (number 0 where there is none), and what its row says that it is."""
    return [
        (
            Seal(row["id"], row["n"], row["sha256"]),
            None if row["seal_count"] is None else Seal(row["id"], row["seal_count"], row["seal_head"]),
        )
        for row in await audit_queries.list_ends(ctx.conn, owners=owners)
    ]


async def find_seal(ctx: Context, *, owner: UUID, n: int) -> str | None:
    """The hash of one seal, if it is there."""
    return await audit_queries.find_seal(ctx.conn, owner=owner, n=n)


async def list_anchors(ctx: Context, *, owner: UUID, since: datetime | None) -> list[dict[str, Any]]:
    """Seals of an organization, in their order."""
    return await audit_queries.list_anchors(ctx.conn, owner=owner, since=since)


async def find_hashes(ctx: Context, *, wanted: Sequence[tuple[UUID, int]]) -> dict[UUID, dict[int, str]]:
    """The hash of each receipt asked for that is there."""
    found: dict[UUID, dict[int, str]] = {}
    for row in await audit_queries.find_hashes(ctx.conn, wanted=wanted):
        found.setdefault(row["session_id"], {})[row["n"]] = row["sha256"]
    return found


async def is_sealing_due(ctx: Context) -> bool:
    """Whether any chain has grown since its last seal; anybody may ask."""
    return await audit_queries.is_sealing_due(ctx.conn)


async def seal(ctx: Context) -> int:
    """Seals chains that have grown since the last seal. Shape: how many seals were made."""
    return await audit_queries.seal(ctx.conn)
