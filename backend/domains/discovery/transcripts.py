"""A conversation as it was, for whoever may read it: turns, what each understood, did and asked of a model. Reads alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import NotFound
from backend.domains.discovery import transcript_queries


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One turn with its tool calls and exchanges with models; the text of an exchange is sealed."""

    row: Mapping[str, Any]
    tools: Sequence[Mapping[str, Any]]
    exchanges: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Transcript:
    """`head` is the conversation's own row."""

    head: Mapping[str, Any]
    turns: tuple[KeptTurn, ...]


async def get_transcript(ctx: Context, *, session_id: UUID) -> Transcript:
    """The last 200 turns, oldest first. Raises: NotFound `discovery.no_such_session`."""
    head = await transcript_queries.find_conversation(ctx.conn, session_id=session_id)
    if head is None:
        raise NotFound("discovery.no_such_session")
    tools = _by_turn(await transcript_queries.list_tool_calls(ctx.conn, session_id=session_id))
    exchanges = _by_turn(await transcript_queries.list_exchanges(ctx.conn, session_id=session_id))
    rows = await transcript_queries.list_kept_turns(ctx.conn, session_id=session_id)
    return Transcript(head, tuple(KeptTurn(row, tools[row["id"]], exchanges[row["id"]]) for row in rows))


def _by_turn(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["turn_id"]].append({name: value for name, value in row.items() if name != "turn_id"})
    return found
