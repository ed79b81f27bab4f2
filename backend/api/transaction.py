"""Holds and requests over HTTP, each with the buyer's yes to exactly this."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, Field, StrictBool

from backend.api.asking import Buyer, Key, Limit, RuntimeOf
from backend.api.bounds import Small
from backend.api.discovery import ListingId, own
from backend.api.errors import problem_responses
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import BuyerRequest, Hold
from backend.flows import guarding, storefront

router = APIRouter(
    prefix="/transaction",
    tags=["transactions"],
    responses=problem_responses(401, 403, 404, 409, 410, 422, 429),
)

#: Unit: bytes of JSON.
LONGEST_DETAILS: Final = 4000


def said_yes(confirm: bool) -> bool:
    if not confirm:
        raise ValueError("nothing is held without an explicit yes")
    return confirm


def short(details: dict[str, Any]) -> dict[str, Any]:
    """As long as a request may be. Raises: ValueError."""
    if len(json.dumps(details, ensure_ascii=False).encode(errors="replace")) > LONGEST_DETAILS:
        raise ValueError(f"details of at most {LONGEST_DETAILS} bytes")
    return details


def asked_for(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments that can be carried out: a yes to anything else would be worth nothing. Raises: ValueError."""
    details = arguments.get("details")
    if details is not None and not isinstance(details, dict):
        raise ValueError("details are a map")
    return short(arguments)


Token = Annotated[
    UUID | None,
    Field(
        description="The token of `transaction/prepare` for exactly this; one use, 15 minutes.",
        examples=["0b9fd2a4-6f0e-4c5e-9a6b-0c6a5f1f7c11"],
    ),
]
Act = Literal[
    "hold", "release", "deposit", "book", "info", "message", "offer", "remind", "share", "withdraw", "reveal", "hand_off"
]  # fmt: skip
Kind = Literal["book", "info", "message", "offer", "deposit", "reveal", "remind", "hand_off"]


class Prepare(BaseModel):
    """What the buyer is about to be asked: a verb and exactly its arguments."""

    session_id: UUID
    verb: Act = Field(description="What shall be done.", examples=["hold"])
    arguments: Annotated[dict[str, Any], Small, AfterValidator(asked_for)] = Field(
        default_factory=dict,
        description="`listing_id` of a hold; `hold_id` of a release; `contact` of sharing; `listing_id` and `details` else.",
        examples=[{"listing_id": 4711}],
    )


class Preparation(BaseModel):
    """What the policy says, and what the buyer says yes to."""

    verdict: Literal["allow", "confirm", "deny"] = Field(
        description="`confirm`: nothing happens without the token. `deny`: there is none.",
        examples=["confirm"],
    )
    reasons: list[str] = Field(description="Codes of why.", examples=[["strict", "tool_confirms"]])
    confirmation: Token = None
    expires_at: datetime | None = Field(description="When the token stops counting.")
    arguments: dict[str, Any] = Field(
        description="Exactly what the token is for.", examples=[{"listing_id": 4711}]
    )
    terms: dict[str, Any] = Field(
        description="What else the yes is bound to; if any of it changes, the token no longer counts.",
        examples=[
            {"price_minor": 3500000, "currency": "USD", "hold_seconds": 1440, "deposit_required": False}
        ],
    )


class Ask(BaseModel):
    """Ask a person of the seller to do something."""

    session_id: UUID
    kind: Kind = Field(description="What is asked for.", examples=["book"])
    listing_id: ListingId | None = None
    details: Annotated[dict[str, Any], Small, AfterValidator(short)] = Field(
        default_factory=dict, description="In the buyer's words.", examples=[{"when": "Friday afternoon"}]
    )
    confirmation: Token = None


class TakeBack(BaseModel):
    """Take a request back."""

    session_id: UUID
    request_id: UUID


class Asked(BaseModel):
    """A request as its buyer sees it."""

    request_id: UUID
    kind: Kind
    listing_id: int | None
    details: dict[str, Any]
    status: Literal["open", "done", "declined", "withdrawn"]
    created_at: datetime


class Reserve(BaseModel):
    """Hold one listing. Nothing that matters happens without an explicit confirmation."""

    session_id: UUID
    listing_id: ListingId
    confirm: Annotated[StrictBool, AfterValidator(said_yes)] = Field(
        description="The buyer has said yes to exactly this."
    )
    confirmation: Token = None


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


@router.post("/prepare", summary="Ask what a yes would mean", dependencies=[Depends(Limit("prepare"))])
async def prepare(runtime: RuntimeOf, actor: Buyer, body: Prepare) -> Preparation:
    """Changes nothing but gives the token that the action itself needs: bound to these arguments and to today's terms."""
    buyer = own(actor, body.session_id)
    made = await guarding.prepare(runtime, buyer, verb=body.verb, arguments=body.arguments)
    return Preparation.model_validate(asdict(made))


@router.post("/reserve", summary="Hold a listing", dependencies=[Depends(Limit("reserve"))])
async def reserve(runtime: RuntimeOf, actor: Buyer, key: Key, body: Reserve) -> Reservation:
    """Exactly one buyer wins; the others get 409 `transactions.already_held` with `held_until`.

    Without the token of `transaction/prepare`: 409 `policy.confirmation_needed`, unless the event's policy needs none.
    """
    buyer = own(actor, body.session_id)
    hold = await storefront.hold(
        runtime, buyer, listing_id=body.listing_id, key=key, confirmation=body.confirmation
    )
    return shown(hold)


@router.post("/release", summary="Give a hold back", dependencies=[Depends(Limit("release"))])
async def release(runtime: RuntimeOf, actor: Buyer, key: Key, body: Release) -> Reservation:
    """Releasing twice is no error."""
    buyer = own(actor, body.session_id)
    arguments = {"hold_id": str(body.reservation_id)}
    async with (
        guarding.guarded(runtime, buyer, "release", arguments),
        runtime.database.as_actor(buyer) as ctx,
    ):
        return shown(await transactions.release_hold(ctx, hold_id=body.reservation_id))


@router.post("/request", summary="Ask a person for something", dependencies=[Depends(Limit("reserve"))])
async def ask(runtime: RuntimeOf, actor: Buyer, key: Key, body: Ask) -> Asked:
    """A call, a viewing, an answer, an offer: put before the seller's people, who see it at once."""
    made = await guarding.make_request(
        runtime,
        own(actor, body.session_id),
        kind=body.kind,
        listing_id=body.listing_id,
        details=body.details,
        key=key,
        confirmation=body.confirmation,
    )
    return asked(made)


@router.post("/request/withdraw", summary="Take a request back", dependencies=[Depends(Limit("release"))])
async def take_back(runtime: RuntimeOf, actor: Buyer, key: Key, body: TakeBack) -> Asked:
    """Taking back twice is no error."""
    buyer = own(actor, body.session_id)
    arguments = {"request_id": str(body.request_id)}
    async with (
        guarding.guarded(runtime, buyer, "withdraw", arguments),
        runtime.database.as_actor(buyer) as ctx,
    ):
        return asked(await transactions.withdraw_request(ctx, request_id=body.request_id))


def asked(made: BuyerRequest) -> Asked:
    return Asked.model_validate(asdict(made) | {"request_id": made.id})


def shown(hold: Hold) -> Reservation:
    return Reservation(
        reservation_id=hold.id,
        listing_id=hold.listing_id,
        status=hold.status.value,
        placed_at=hold.placed_at,
        expires_at=hold.expires_at,
        deposit_required=hold.deposit_required,
    )
