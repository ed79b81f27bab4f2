"""Holds over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, Field, StrictBool

from backend.api.asking import Buyer, Key, Limit, RuntimeOf
from backend.api.discovery import ListingId, own
from backend.api.errors import problem_responses
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Hold
from backend.flows import storefront

router = APIRouter(
    prefix="/transaction", tags=["transactions"], responses=problem_responses(401, 404, 409, 410, 422, 429)
)


def said_yes(confirm: bool) -> bool:
    if not confirm:
        raise ValueError("nothing is held without an explicit yes")
    return confirm


class Reserve(BaseModel):
    """Hold one listing. Nothing that matters happens without an explicit confirmation."""

    session_id: UUID
    listing_id: ListingId
    confirm: Annotated[StrictBool, AfterValidator(said_yes)] = Field(
        description="The buyer has said yes to exactly this."
    )


class Release(BaseModel):
    """Give a hold back."""

    session_id: UUID
    reservation_id: UUID


class Reservation(BaseModel):
    """A hold as its buyer sees it."""

    reservation_id: UUID
    listing_id: int
    status: Literal["active", "released", "expired", "converted"]
    placed_at: datetime
    expires_at: datetime
    deposit_required: bool


@router.post("/reserve", summary="Hold a listing", dependencies=[Depends(Limit("reserve"))])
async def reserve(runtime: RuntimeOf, actor: Buyer, key: Key, body: Reserve) -> Reservation:
    """Exactly one buyer wins; the others get 409 `transactions.already_held` with `held_until`."""
    buyer = own(actor, body.session_id)
    return shown(await storefront.hold(runtime, buyer, listing_id=body.listing_id, key=key))


@router.post("/release", summary="Give a hold back", dependencies=[Depends(Limit("release"))])
async def release(runtime: RuntimeOf, actor: Buyer, key: Key, body: Release) -> Reservation:
    """Releasing twice is no error."""
    async with runtime.database.as_actor(own(actor, body.session_id)) as ctx:
        return shown(await transactions.release_hold(ctx, hold_id=body.reservation_id))


def shown(hold: Hold) -> Reservation:
    return Reservation(
        reservation_id=hold.id,
        listing_id=hold.listing_id,
        status=hold.status.value,
        placed_at=hold.placed_at,
        expires_at=hold.expires_at,
        deposit_required=hold.deposit_required,
    )
