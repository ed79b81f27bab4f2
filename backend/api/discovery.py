"""The conversation over HTTP."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StrictInt

from backend.api.asking import Buyer, Key, Limit, RuntimeOf, fingerprint
from backend.api.errors import problem_responses
from backend.core.context import Actor
from backend.core.errors import NotFound
from backend.flows import storefront

LEAST_KEY = 16
router = APIRouter(
    prefix="/discovery", tags=["discovery"], responses=problem_responses(401, 404, 409, 410, 422, 429)
)


ListingId = Annotated[StrictInt, Field(ge=1, le=2**63 - 1, examples=[4711])]


class Start(BaseModel):
    """Which event to enter."""

    event_id: str = Field(max_length=64, examples=["tesla-q1-2026"])


class Message(BaseModel):
    """One message of the buyer."""

    session_id: UUID
    message: str = Field(
        min_length=1, max_length=2000, examples=["Model 3 under 40k, white or grey, no accidents"]
    )


class ChipChange(BaseModel):
    """One change to what was understood."""

    session_id: UUID
    chip_id: str = Field(max_length=200)
    change: Literal["remove", "must", "nice", "value"]
    value: Any = Field(default=None, description="The new value, for `value`.")


class Exposure(BaseModel):
    """That the buyer really saw an arm of an experiment."""

    session_id: UUID
    experiment: str = Field(max_length=100)


class ChosenAction(BaseModel):
    """Something the buyer did that only the storefront can see."""

    session_id: UUID
    action: str = Field(max_length=40, examples=["detail_opened"])
    listing_id: ListingId | None = None


def start_key(client: str, key: str) -> str:
    """A key that two people cannot share: strangers behind one address may look alike, so that a short key counts for
    nothing, and the kept form gives no key away."""
    own_key = key if len(key) >= LEAST_KEY else str(uuid4())
    return sha256(f"{client}:{own_key}".encode()).hexdigest()


def own(actor: Actor, session_id: UUID) -> Actor:
    """The token speaks for one conversation; another's is not there."""
    if actor.session_id != session_id:
        raise NotFound("discovery.no_such_session")
    return actor


@router.post("/start", summary="Begin a conversation", dependencies=[Depends(Limit("start"))])
async def start(request: Request, runtime: RuntimeOf, key: Key, body: Start) -> dict[str, Any]:
    """Gives the session, its token, and the first screen: greeting, openings, tiles, chips, actions."""
    return await storefront.start(runtime, slug=body.event_id, key=start_key(fingerprint(request), key))


@router.post("/message", summary="Say something", dependencies=[Depends(Limit("message"))])
async def message(runtime: RuntimeOf, actor: Buyer, key: Key, body: Message) -> dict[str, Any]:
    """Reads limits and wishes, searches, ranks, answers. The same key gives the same answer."""
    return await storefront.say(runtime, own(actor, body.session_id), message=body.message, key=key)


@router.post(
    "/chip",
    summary="Edit or remove what was understood",
    dependencies=[Depends(Limit("message"))],
)
async def chip(runtime: RuntimeOf, actor: Buyer, key: Key, body: ChipChange) -> dict[str, Any]:
    return await storefront.change_chip(
        runtime,
        own(actor, body.session_id),
        chip_id=body.chip_id,
        change=body.change,
        value=body.value,
        key=key,
    )


@router.get("/session", summary="The conversation so far")
async def session(runtime: RuntimeOf, actor: Buyer) -> dict[str, Any]:
    """What a reloaded page needs: turns, current tiles, chips, own holds."""
    return await storefront.resume(runtime, actor)


@router.post("/exposure", status_code=202, summary="Note that an arm was seen")
async def exposure(runtime: RuntimeOf, actor: Buyer, body: Exposure) -> dict[str, bool]:
    """Noted once per conversation; the arm is the one the conversation was given."""
    await storefront.note_exposure(runtime, own(actor, body.session_id), experiment=body.experiment)
    return {"noted": True}


@router.post("/action", status_code=202, summary="Note a choice", dependencies=[Depends(Limit("action"))])
async def action(runtime: RuntimeOf, actor: Buyer, body: ChosenAction) -> dict[str, bool]:
    await storefront.note_action(
        runtime, own(actor, body.session_id), action=body.action, listing_id=body.listing_id
    )
    return {"noted": True}
