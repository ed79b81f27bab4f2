"""Verbs of holds. The race between buyers is decided in `private.place_hold`, next to the row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import NotSignedIn
from backend.domains.transactions import queries
from backend.domains.transactions.model import Hold, HoldStatus


async def place_hold(ctx: Context, *, listing_id: int, key: str) -> Hold:
    """Holds one unit for the actor's conversation; the same key gives the same hold.

    Raises: NotFound `catalogue.no_such_listing`; Conflict `transactions.already_held`, `transactions.sold`,
    `core.key_reused`; Gone `events.closed`, `events.paused`; TooMany `transactions.hold_limit`.
    """
    return _hold(await queries.place_hold(ctx.conn, listing_id=listing_id, key=key))


async def note_refusal(ctx: Context, *, listing_id: int) -> None:
    """That the actor came too late for a unit; staff see it on the board."""
    await queries.record_refusal(ctx.conn, listing_id=listing_id)


async def release_hold(ctx: Context, *, hold_id: UUID) -> Hold:
    """Gives a hold back. Releasing twice is no error. Raises: NotFound `transactions.no_such_hold`."""
    return _hold(await queries.release_hold(ctx.conn, hold_id=hold_id))


async def list_own_holds(ctx: Context) -> list[Hold]:
    """Holds of the actor's conversation, newest first."""
    if ctx.actor.session_id is None:
        raise NotSignedIn("identity.bad_token")
    return [_hold(row) for row in await queries.list_own(ctx.conn, session_id=ctx.actor.session_id)]


async def unit_states(ctx: Context, *, listing_ids: list[int]) -> dict[int, dict[str, Any]]:
    """State and end of hold per listing that the actor may see."""
    rows = await queries.unit_states(ctx.conn, listing_ids=listing_ids)
    return {row["listing_id"]: row for row in rows}


async def sweep(ctx: Context, *, batch: int = 500) -> int:
    """Ends holds that have run out, so that watchers hear of it. Shape: how many."""
    return await queries.sweep(ctx.conn, batch=batch)


def _hold(row: dict[str, Any]) -> Hold:
    values: dict[str, Any] = {**row, "status": HoldStatus(row["status"])}
    return Hold(**values)
