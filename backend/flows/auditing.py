"""Verifies every receipt: recomputed in Python, chain by chain, with what the conversations and the seals say of them.

Reads only. What is found is told with its place; nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend.core.context import Context
from backend.core.db import Database
from backend.core.errors import NotFound
from backend.domains.policy import auditing
from backend.domains.policy.chain import Broken, check_anchors, check_chain, check_heads
from backend.domains.policy.seals import Seal, check_end, check_noted, check_sealed
from backend.domains.policy.snapshots import check_snapshots

_AT_ONCE: Final = 200
_SEALED_WITHIN: Final = timedelta(minutes=5)  # a worker seals each minute


@dataclass(slots=True)
class Audit:
    """What was looked at and what is broken. `heads`: number and hash of each organization's last seal."""

    of: int = 0
    conversations: int = 0
    receipts: int = 0
    anchors: int = 0
    snapshots: int = 0
    broken: list[Broken] = field(default_factory=list[Broken])
    heads: dict[UUID, tuple[int, str]] = field(default_factory=dict[UUID, tuple[int, str]])


@dataclass(frozen=True, slots=True)
class _Sealed:
    """How much of each conversation is sealed, by organization, and of what time that can be asked."""

    since: datetime | None
    until: datetime
    ends: dict[UUID, Mapping[UUID, int]] = field(default_factory=dict[UUID, Mapping[UUID, int]])


async def verify(
    database: Database,
    *,
    organization: str | None = None,
    since: datetime | None = None,
    noted: Sequence[Seal] = (),
    tell: Callable[[Audit], None] = lambda _: None,
) -> Audit:
    """Goes through the conversations of one organization or of all; with `since`, those that decided anything since.

    `noted`: seals kept somewhere else, which have to be there. `tell` hears of progress.
    Raises: NotFound `identity.no_such_organization`.
    """
    audit = Audit()
    async with database.as_system("audit: recompute the receipts of conversations") as ctx:
        owners = await auditing.list_organizations(ctx, slug=organization)
        if organization is not None and not owners:
            raise NotFound("identity.no_such_organization", slug=organization)
        sealed = _Sealed(since, ctx.now - _SEALED_WITHIN)
        for owner in owners:
            sealed.ends[owner] = await _check_anchors(ctx, audit, owner, since)
        await _check_ends(ctx, audit, owners, noted)
        sessions = await auditing.list_conversations(ctx, owners=owners, since=since)
        audit.of = len(sessions)
        for at in range(0, len(sessions), _AT_ONCE):
            page = sessions[at : at + _AT_ONCE]
            before = await auditing.list_snapshots(ctx, sessions=page)
            chains = await auditing.list_chains(ctx, sessions=page)
            after = await auditing.list_snapshots(ctx, sessions=page)
            for chain in chains:
                audit.snapshots += len(before.get(chain.session_id, {}))
                _check_chain(audit, chain, before, after)
                _check_sealed(audit, chain, sealed)
            tell(audit)
    return audit


def _check_chain(
    audit: Audit, chain: auditing.Chain, before: auditing.Snapshots, after: auditing.Snapshots
) -> None:
    audit.conversations += 1
    audit.receipts += len(chain.receipts)
    whose = {"organization_id": chain.organization_id, "session_id": chain.session_id}
    audit.broken += check_chain(chain.receipts, **whose, head=chain.head)
    if chain.head is not None:  # snapshots go with the conversation, and that it is gone is told
        own = chain.session_id
        audit.broken += check_snapshots(
            chain.receipts, **whose, before=before.get(own, {}), after=after.get(own, {})
        )


def _check_sealed(audit: Audit, chain: auditing.Chain, sealed: _Sealed) -> None:
    if chain.organization_id in sealed.ends:
        audit.broken += check_sealed(
            chain.receipts,
            organization_id=chain.organization_id,
            session_id=chain.session_id,
            sealed=sealed.ends[chain.organization_id].get(chain.session_id, 0),
            since=sealed.since,
            until=sealed.until,
        )


async def _check_ends(ctx: Context, audit: Audit, owners: Sequence[UUID], noted: Sequence[Seal]) -> None:
    for last, kept in await auditing.list_ends(ctx, owners=owners):
        audit.broken += check_end(last, kept)
        if last.n:
            audit.heads[last.organization_id] = (last.n, last.sha256)
    for seal in noted:
        found = await auditing.find_seal(ctx, owner=seal.organization_id, n=seal.n)
        audit.broken += check_noted(seal, found)


async def _check_anchors(
    ctx: Context, audit: Audit, owner: UUID, since: datetime | None
) -> Mapping[UUID, int]:
    """Shape: how many receipts of each conversation are sealed."""
    anchors = await auditing.list_anchors(ctx, owner=owner, since=since)
    wanted = {
        (UUID(session), int(head[0])) for anchor in anchors for session, head in anchor["heads"].items()
    }
    known = await auditing.find_hashes(ctx, wanted=sorted(wanted))
    audit.broken += check_anchors(anchors, from_the_beginning=since is None)
    audit.anchors += len(anchors)
    gone: dict[UUID | None, Broken] = {}
    for broken in (found for anchor in anchors for found in check_heads(anchor, known)):
        if broken.code == "sealed_receipts_gone":
            gone[broken.session_id] = broken  # told once, with all that is known to have been there
        else:
            audit.broken.append(broken)
    audit.broken += gone.values()
    ends: dict[UUID, int] = {}
    for session, n in wanted:
        ends[session] = max(n, ends.get(session, 0))
    return ends
