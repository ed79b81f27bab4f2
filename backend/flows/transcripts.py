"""What staff see of one conversation: turns, decisions with their receipts, and exactly what a model was told and said.

Messages come masked, as they are kept. The words sent to a model are opened only for who may edit what it is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.adapters.sealing import Sealer
from backend.core.context import Actor
from backend.core.errors import AppError, NotFound
from backend.domains.discovery.transcripts import KeptTurn, get_transcript
from backend.domains.identity import service as identity
from backend.domains.policy import service as policies
from backend.flows.runtime import Runtime

#: Who may see the words that went to a model and came back.
READS_PROMPTS: Final = "edit_system_prompt"
_MOST_RECEIPTS: Final = 1000


async def transcript(runtime: Runtime, actor: Actor, *, session_id: UUID) -> dict[str, Any]:
    """One conversation, oldest turn first.

    Shape: `{session_id, event_id, event, version, began_at, turns, receipts, may_see_prompts}`; a turn has `understood`, `tools`,
    `receipts`, `exchanges` (`seen` where it may be opened) and `record`. Receipts of no turn stand beside.
    Raises: NotFound `discovery.no_such_session`.
    """
    if actor.kind != "user":
        raise NotFound("discovery.no_such_session")
    async with runtime.database.as_actor(actor) as ctx:
        found = await get_transcript(ctx, session_id=session_id)
        mine = await identity.my_permissions(ctx, organization_id=found.head["organization_id"])
        if not mine.get("view_config"):
            raise NotFound("discovery.no_such_session")
        receipts = await policies.list_receipts(
            ctx, event_id=found.head["event_id"], session_id=session_id, limit=_MOST_RECEIPTS
        )
    may_see = bool(mine.get(READS_PROMPTS))
    sealer = Sealer(runtime.settings.seal_keys) if may_see else None
    of_turn: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for receipt in reversed(receipts):
        of_turn[_turn_of(receipt)].append(receipt)
    head = found.head
    return {
        "session_id": str(head["id"]),
        "event_id": head["slug"],
        "event": head["event"],
        "version": head["version"],
        "began_at": head["created_at"],
        "last_seen_at": head["last_seen_at"],
        "spent_tokens": head["spent_tokens"],
        "receipt_count": head["receipt_count"],
        "may_see_prompts": may_see,
        "turns": [
            _turn(turn, of_turn.pop(turn.row["number"], []), sealer, session_id) for turn in found.turns
        ],
        "receipts": [receipt for number in sorted(of_turn) for receipt in of_turn[number]],
    }


def _turn_of(receipt: Mapping[str, Any]) -> int:
    """A receipt counts the turns that were over: what the guide decides is of the next one, a buyer's click of the last."""
    return int(receipt["turn"]) + (receipt["origin"] == "guide")


def _turn(
    turn: KeptTurn, receipts: Sequence[Mapping[str, Any]], sealer: Sealer | None, session_id: UUID
) -> dict[str, Any]:
    row = turn.row
    kept = ("number", "message", "reply", "note", "matches", "shown", "claims", "stance", "record", "took_ms")
    return {
        **{name: row[name] for name in kept},
        "at": row["created_at"],
        "understood": row["understanding"],
        "tools": list(turn.tools),
        "receipts": list(receipts),
        "exchanges": [_exchange(one, sealer, session_id) for one in turn.exchanges],
    }


def _exchange(one: Mapping[str, Any], sealer: Sealer | None, session_id: UUID) -> dict[str, Any]:
    """`seen` is None where the reader may not see it, or no key opens it any more."""
    shown = {name: value for name, value in one.items() if name != "sealed"}
    try:
        seen = sealer.open(f"exchange:{session_id}", one["sealed"]) if sealer and one["sealed"] else None
    except AppError:
        seen = None
    return {**shown, "seen": seen}
