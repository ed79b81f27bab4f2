"""Who comes back: the visitor a conversation is tied to, and the wishes it begins with."""

from __future__ import annotations

from backend.core.context import Context
from backend.core.ports import Recalled
from backend.domains.discovery import memory, queries, rules
from backend.domains.discovery.model import Visitor
from backend.domains.discovery.service import get_session
from backend.domains.events.model import Bundle
from backend.domains.events.service import document_for


async def recall(ctx: Context, *, bundle: Bundle, visitor: str, wishes: Recalled | None = None) -> bool:
    """Ties a conversation to a visitor who agreed to be remembered; whether wishes were taken up.

    `wishes`: those a memory beside Postgres has; they count unless its own are newer. In a conversation under way nothing
    is taken up: what was wished for in it so far is kept at once.
    """
    session = await get_session(ctx)
    kept = await queries.recall(ctx.conn, visitor=visitor)
    opening = rules.opening(rules.settings_of(document_for(bundle.document, session.arms)))
    told = [one for one in (wishes, kept) if one is not None]
    newest = max(told, key=lambda one: one.as_of, default=None)
    state = memory.recalled(opening, newest.fact) if newest and session.turn_count == 0 else None
    if state is not None:
        await queries.take_up(ctx.conn, state=state.to_json())
    return state is not None


async def forget(ctx: Context) -> None:
    """Lets go of what was kept of the visitor. Doing it twice is no error."""
    await queries.forget(ctx.conn)


async def find_visitor(ctx: Context) -> Visitor | None:
    """The visitor the actor's conversation is tied to; None where it is to none."""
    session_id = ctx.actor.session_id
    return await queries.find_visitor(ctx.conn, session_id=session_id) if session_id else None
