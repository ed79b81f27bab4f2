"""Verifies every receipt: recomputed in Python, chain by chain, with what the conversations and the seals say of them.

Reads only. What is found is told with its place; nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.db import Database
from backend.core.errors import NotFound
from backend.domains.policy import auditing
from backend.domains.policy.chain import Broken, check_anchors, check_chain, check_heads, snapshot_is_whole

_AT_ONCE: Final = 200


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


async def verify(
    database: Database,
    *,
    organization: str | None = None,
    since: datetime | None = None,
    tell: Callable[[Audit], None] = lambda _: None,
) -> Audit:
    """Goes through the conversations of one organization or of all; with `since`, those that decided anything since.

    `tell` hears of progress. Raises: NotFound `identity.no_such_organization`.
    """
    audit = Audit()
    async with database.as_system("audit: recompute the receipts of conversations") as ctx:
        owners = await auditing.list_organizations(ctx, slug=organization)
        if organization is not None and not owners:
            raise NotFound("identity.no_such_organization", slug=organization)
        for owner in owners:
            await _check_anchors(ctx, audit, owner, since)
        sessions = await auditing.list_conversations(ctx, owners=owners, since=since)
        audit.of = len(sessions)
        for at in range(0, len(sessions), _AT_ONCE):
            page = sessions[at : at + _AT_ONCE]
            _check_chains(audit, await auditing.list_chains(ctx, sessions=page))
            _check_snapshots(audit, await auditing.list_snapshots(ctx, sessions=page))
            tell(audit)
    return audit


def _check_chains(audit: Audit, chains: Sequence[auditing.Chain]) -> None:
    for chain in chains:
        audit.conversations += 1
        audit.receipts += len(chain.receipts)
        audit.broken += check_chain(
            chain.receipts,
            organization_id=chain.organization_id,
            session_id=chain.session_id,
            head=chain.head,
        )


def _check_snapshots(audit: Audit, snapshots: Sequence[Mapping[str, Any]]) -> None:
    for kept in snapshots:
        audit.snapshots += 1
        if not snapshot_is_whole(kept["policy"], kept["sha256"]):
            owner, session, number = kept["organization_id"], kept["session_id"], kept["number"]
            audit.broken.append(Broken("policy_changed", owner, session, number, f"policy snapshot {number}"))


async def _check_anchors(ctx: Context, audit: Audit, owner: UUID, since: datetime | None) -> None:
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
    if anchors:
        audit.heads[owner] = (anchors[-1]["n"], anchors[-1]["sha256"])
