"""The buyer's yes or no to something prepared, whatever it is: the one way from a card to what it said.

Decides nothing: every verb meets the guard next to the row it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core.context import Actor
from backend.domains.leads.model import Contact
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import BuyerRequest, Hold
from backend.flows import dealers, storefront
from backend.flows.guarding import guarded
from backend.flows.runtime import Runtime


async def carry_out(
    runtime: Runtime,
    actor: Actor,
    *,
    verb: str,
    arguments: Mapping[str, Any],
    confirmation: UUID | None,
    key: str,
) -> Hold | BuyerRequest | dict[str, Any]:
    """Does exactly what was prepared; the same key gives the same result.

    Shape: a hold for hold and release, the lead for share and withdraw, else the request.
    Raises: as the guard, and as the verb itself.
    """
    if verb == "hold":
        listing_id = int(arguments["listing_id"])
        return await storefront.hold(
            runtime, actor, listing_id=listing_id, key=key, confirmation=confirmation
        )
    if verb == "share":
        contact = Contact(**arguments["contact"]) if arguments.get("contact") else None
        return await dealers.open_lead(runtime, actor, contact=contact, key=key, confirmation=confirmation)
    if verb == "withdraw" and not arguments.get("request_id"):
        return await dealers.withdraw_lead(runtime, actor, key=key)
    async with guarded(runtime, actor, verb, arguments), runtime.database.as_actor(actor) as ctx:
        if verb == "release":
            return await transactions.release_hold(
                ctx, hold_id=UUID(str(arguments["hold_id"])), confirmation=confirmation
            )
        if verb == "withdraw":
            return await transactions.withdraw_request(
                ctx, request_id=UUID(str(arguments["request_id"])), confirmation=confirmation
            )
        return await transactions.make_request(
            ctx, kind=verb, listing_id=arguments.get("listing_id"), details=arguments.get("details"), key=key,
            confirmation=confirmation,
        )  # fmt: skip


async def leave(runtime: Runtime, actor: Actor, *, confirmation: UUID) -> None:
    """The buyer's no to a card: it counts no more, and is not there when the page is opened again."""
    async with runtime.database.as_actor(actor) as ctx:
        await transactions.withdraw_confirmations(ctx, confirmations=[confirmation])


async def list_own_requests(runtime: Runtime, actor: Actor) -> list[BuyerRequest]:
    """What the actor's conversation has asked of people, newest first."""
    async with runtime.database.as_actor(actor) as ctx:
        return await transactions.list_requests(ctx, session_id=actor.session_id)
