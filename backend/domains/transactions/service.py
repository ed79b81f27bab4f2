"""Verbs of holds and requests. The race between buyers is decided in `private.place_hold`, next to the row; whether a verb
may be carried out at all in `private.guard`, in the same place.

Refused verbs leave nothing behind: their receipts are `flows.guarding`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import NotSignedIn
from backend.domains.transactions import queries
from backend.domains.transactions.model import BuyerRequest, Hold, HoldStatus, Origin, Prepared


async def prepare(
    ctx: Context, *, verb: str, arguments: Mapping[str, Any], origin: Origin = "buyer"
) -> Prepared:
    """What the policy says of a verb, with a token for the buyer's yes to exactly this: one use, 15 minutes.

    `arguments` by verb: `listing_id` of a hold, `hold_id` of a release, `contact` of sharing, `listing_id` and `details` of a
    request. A denied verb is an answer, not an error.
    Raises: NotFound `discovery.no_such_session`, `catalogue.no_such_listing`; Gone; Conflict `policy.refresh_needed`;
    InvalidInput `policy.wrong_arguments`; TooMany `policy.too_fast`.
    """
    found = await queries.prepare_action(ctx.conn, verb=verb, arguments=arguments, origin=origin)
    token, until = found["confirmation"], found["expires_at"]
    return Prepared(
        verdict=found["verdict"],
        reasons=tuple(found["reasons"]),
        confirmation=UUID(token) if token else None,
        expires_at=datetime.fromisoformat(until) if until else None,
        arguments=found["arguments"],
        terms=found["terms"],
    )


async def withdraw_confirmations(ctx: Context, *, confirmations: Sequence[UUID]) -> list[UUID]:
    """Ends tokens of the actor's conversation that wait for a yes still, as the buyer's no. Shape: those that it ended."""
    return await queries.withdraw_confirmations(ctx.conn, confirmations=list(confirmations))


async def place_hold(
    ctx: Context, *, listing_id: int, key: str, confirmation: UUID | None = None, origin: Origin = "buyer"
) -> Hold:
    """Holds one unit for the actor's conversation; the same key gives the same hold and needs no new confirmation.

    Raises: NotFound `catalogue.no_such_listing`; Conflict `transactions.already_held`, `transactions.sold`,
    `core.key_reused`, `events.actions_off`, `policy.refresh_needed`, `policy.confirmation_needed`, `policy.confirmation_used`,
    `policy.confirmation_stale`, `policy.confirmation_mismatch`, `policy.terms_changed`; NotAllowed `policy.denied`;
    Gone `events.closed`, `events.paused`; TooMany `transactions.hold_limit`, `policy.too_fast`.
    """
    row = await queries.place_hold(
        ctx.conn, listing_id=listing_id, key=key, confirmation=confirmation, origin=origin
    )
    return _hold(row)


async def note_refusal(ctx: Context, *, listing_id: int) -> None:
    """That the actor came too late for a unit; staff see it on the board."""
    await queries.record_refusal(ctx.conn, listing_id=listing_id)


async def release_hold(
    ctx: Context, *, hold_id: UUID, confirmation: UUID | None = None, origin: Origin = "buyer"
) -> Hold:
    """Gives a hold back. Releasing twice is no error; the guide needs the buyer's yes for it.

    Raises: NotFound `transactions.no_such_hold`; Conflict `policy.confirmation_needed`.
    """
    row = await queries.release_hold(ctx.conn, hold_id=hold_id, confirmation=confirmation, origin=origin)
    return _hold(row)


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


async def make_request(
    ctx: Context,
    *,
    kind: str,
    listing_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    key: str,
    confirmation: UUID | None = None,
    origin: Origin = "buyer",
) -> BuyerRequest:
    """Puts before people what a buyer asks of them; the same key gives the same request.

    `kind`: book, info, message, offer, deposit, reveal, remind or hand_off.
    Raises: InvalidInput `policy.unknown_request`; Conflict `core.key_reused`; as the guard, see `place_hold`.
    """
    row = await queries.make_request(
        ctx.conn,
        kind=kind,
        listing_id=listing_id,
        details=details or {},
        key=key,
        confirmation=confirmation,
        origin=origin,
    )
    return BuyerRequest(**row)


async def withdraw_request(
    ctx: Context, *, request_id: UUID, confirmation: UUID | None = None, origin: Origin = "buyer"
) -> BuyerRequest:
    """Takes a request back; over already is no error. Raises: NotFound `transactions.no_such_request`."""
    row = await queries.withdraw_request(
        ctx.conn, request_id=request_id, confirmation=confirmation, origin=origin
    )
    return BuyerRequest(**row)


async def end_request(ctx: Context, *, request_id: UUID, status: str) -> BuyerRequest:
    """What staff say became of it: done or declined. Raises: NotFound `transactions.no_such_request`."""
    return BuyerRequest(**await queries.end_request(ctx.conn, request_id=request_id, status=status))


async def list_requests(
    ctx: Context, *, event_id: UUID | None = None, session_id: UUID | None = None, limit: int = 50
) -> list[BuyerRequest]:
    """Requests the actor may see, newest first."""
    rows = await queries.list_requests(ctx.conn, event_id=event_id, session_id=session_id, limit=limit)
    return [BuyerRequest(**row) for row in rows]


def _hold(row: dict[str, Any]) -> Hold:
    values: dict[str, Any] = {**row, "status": HoldStatus(row["status"])}
    return Hold(**values)
