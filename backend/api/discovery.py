"""The conversation over HTTP."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, StrictInt

from backend.api.asking import Buyer, Key, Limit, RuntimeOf, fingerprint
from backend.api.bounds import Small
from backend.api.errors import problem_responses
from backend.core import quick_json
from backend.core.context import Actor
from backend.core.errors import NotFound
from backend.domains.discovery.screen import server_sent
from backend.domains.policy.facts import facts_from
from backend.domains.policy.model import SessionFacts
from backend.flows import storefront
from backend.flows.streaming import number_of, numbered, stream_turn

LEAST_KEY = 16
EVENT_STREAM = "text/event-stream"
router = APIRouter(
    prefix="/discovery", tags=["discovery"], responses=problem_responses(401, 404, 409, 410, 422, 429)
)


ListingId = Annotated[StrictInt, Field(ge=1, le=2**63 - 1, examples=[4711])]


ShortText = Annotated[str, Field(max_length=200)]


LastEventId = Annotated[
    str,
    Header(
        alias="Last-Event-ID",
        description="The `id` of the last event that was received: a repeated request streams only those after it.",
    ),
]


class Start(BaseModel):
    """Which event to enter, and what the browser knows of whoever enters: it chooses a policy, it grants nothing."""

    event_id: str = Field(max_length=64, examples=["tesla-q1-2026"])
    utm: dict[ShortText, ShortText] = Field(
        default_factory=dict,
        max_length=5,
        description="By short name; `utm_source` is `source`.",
        examples=[{"source": "newsletter"}],
    )
    consent: list[ShortText] = Field(
        default_factory=list, max_length=10, description="What was agreed to.", examples=[["personalization"]]
    )
    segments: list[ShortText] = Field(
        default_factory=list, max_length=50, description="Of a consented cookie.", examples=[["returning"]]
    )
    answers: dict[ShortText, ShortText] = Field(
        default_factory=dict, max_length=30, description="To qualifying questions, by key."
    )
    locale: str = Field(default="", max_length=20, examples=["en-US"])
    visitor: str = Field(
        default="",
        pattern="^([A-Za-z0-9_-]{22,100})?$",
        description="A random secret of the browser, at least 22 letters and digits (also - and _), by which wishes are found "
        "again; used only with the consent `personalization`.",
    )

    def facts(self) -> SessionFacts:
        """Raises: InvalidInput `policy.bad_facts` with what is wrong and where."""
        return facts_from(self.model_dump(include={"utm", "consent", "segments", "answers", "locale"}))


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


class Compared(BaseModel):
    """Two to four listings."""

    session_id: UUID
    listing_ids: list[ListingId] = Field(min_length=2, max_length=4, examples=[[4711, 4712]])


class Alike(BaseModel):
    """More like one listing."""

    session_id: UUID
    listing_id: ListingId
    than: list[Literal["cheaper", "dearer", "newer", "older", "fewer_miles"]] = Field(
        default_factory=list, max_length=3, examples=[["cheaper"]]
    )


class SurveyAnswers(BaseModel):
    """Answers to the survey, by the key of the question."""

    session_id: UUID
    answers: Annotated[dict[ShortText, Any], Small] = Field(max_length=30, examples=[{"recommend": 9}])


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
    return await storefront.start(
        runtime,
        slug=body.event_id,
        key=start_key(fingerprint(request), key),
        facts=body.facts(),
        visitor=body.visitor,
    )


@router.post(
    "/message",
    summary="Say something",
    dependencies=[Depends(Limit("message"))],
    responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
)
async def message(
    request: Request,
    runtime: RuntimeOf,
    actor: Buyer,
    key: Key,
    body: Message,
    last_event_id: LastEventId = "",
) -> Response:
    """Reads limits and wishes, searches, ranks, answers. The same key gives the same answer.

    With `Accept: text/event-stream` the answer comes as server-sent events, `started` at once; a lost connection is mended
    by the same request under the same key, with `Last-Event-ID` from where it was lost. `events` of the JSON answer are the
    same.
    """
    buyer = own(actor, body.session_id)
    if EVENT_STREAM in request.headers.get("accept", ""):
        events = stream_turn(runtime, buyer, body.message, key)
        return StreamingResponse(
            (server_sent(event, n) async for n, event in numbered(events, number_of(last_event_id))),
            media_type=EVENT_STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    answer = await storefront.say(runtime, buyer, message=body.message, key=key)
    return Response(quick_json.dumps(answer), media_type="application/json")


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


@router.post("/compare", summary="Compare listings", dependencies=[Depends(Limit("action"))])
async def compare(runtime: RuntimeOf, actor: Buyer, body: Compared) -> dict[str, Any]:
    """Side by side, as the event compares: a row for each fact, differences and best values marked, costs of owning."""
    return await storefront.compare(runtime, own(actor, body.session_id), listing_ids=body.listing_ids)


@router.post("/similar", summary="More like this", dependencies=[Depends(Limit("action"))])
async def similar(runtime: RuntimeOf, actor: Buyer, body: Alike) -> dict[str, Any]:
    """Within the buyer's own limits, and cheaper or newer than this one where asked."""
    return await storefront.similar(
        runtime, own(actor, body.session_id), listing_id=body.listing_id, than=body.than
    )


@router.post("/survey", summary="Answer the survey", dependencies=[Depends(Limit("action"))])
async def survey(runtime: RuntimeOf, actor: Buyer, body: SurveyAnswers) -> dict[str, bool]:
    """Kept once per conversation; `first` says whether these are the answers that count."""
    is_first = await storefront.answer_survey(runtime, own(actor, body.session_id), answers=body.answers)
    return {"first": is_first}


@router.delete("/memory", summary="Forget the wishes kept for the next visit")
async def forget(runtime: RuntimeOf, actor: Buyer) -> dict[str, bool]:
    """Takes the consent back for this visitor; the conversation itself goes on."""
    await storefront.forget(runtime, actor)
    return {"forgotten": True}


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
