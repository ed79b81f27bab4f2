"""Policy over HTTP: profiles, simulator, replay, receipts, kill switches; the policy and context of a conversation."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from backend.api.asking import Key, Limit, RuntimeOf, Staff, buyer, staff
from backend.api.bounds import Number, Small, small
from backend.api.configs import READ, WRITE, Yaml
from backend.api.errors import problem_responses
from backend.api.guards import guarded
from backend.core.context import Actor
from backend.core.errors import NotFound
from backend.domains.policy.service import MOST_DECISIONS, MOST_VISITS
from backend.flows import contexts, oversight, policies, transcripts

router = APIRouter(prefix="/policy", tags=["policy"])

Event = Annotated[str, Field(max_length=64, description="The event's slug.", examples=["tesla-q1-2026"])]
AskedEvent = Annotated[str, Query(max_length=64, description="The event's slug.", examples=["tesla-q1-2026"])]
ProfileKey = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["everybody"])]
Visits = Annotated[int, Field(ge=1, le=MOST_VISITS, description="Of how many recent conversations to tell.")]
Origin = Annotated[UUID | None, Field(description="A draft instead of what is in force.")]
_PROFILE: dict[str, Any] = {
    "key": "returning",
    "name": "Buyers who come back",
    "priority": 100,
    "match": {"consent_required": ["personalization"], "cookie_segments": ["returning"]},
    "context_policy": {"sources": ["listings", "store"], "retrieval_limit": 12, "citations": "all"},
    "tool_policy": {"allowed": ["compare_listings", "hold_listing"], "confirm": ["hold_listing"]},
    "autonomy": "balanced",
    "compliance": "strict",
}


class Visit(BaseModel):
    """What is known of a visit. It chooses a profile and grants nothing."""

    utm: Annotated[dict[str, str], Small] = Field(
        default_factory=dict, examples=[{"source": "newsletter", "campaign": "drop-january"}]
    )
    consent: list[str] = Field(default_factory=list, max_length=4, examples=[["personalization"]])
    segments: list[str] = Field(default_factory=list, max_length=50, examples=[["returning"]])
    answers: Annotated[dict[str, str], Small] = Field(
        default_factory=dict, examples=[{"buying_for": "collection"}]
    )
    locale: str = Field(default="", max_length=35, examples=["en-US"])
    channel: str = Field(default="web", max_length=20, examples=["web"])


class Profile(BaseModel):
    """One profile as the event document has it; the document's schema checks what is in it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_PROFILE]})

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["returning"])

    @model_validator(mode="before")
    @classmethod
    def _is_small(cls, value: Any) -> Any:
        return small(value)


class SaveProfile(BaseModel):
    """A profile to write into a draft."""

    event_id: Event
    profile: Profile
    draft_id: UUID | None = Field(default=None, description="A draft to go on with; a new one unless given.")
    revision: Number | None = Field(default=None, description="The revision of that draft you have seen.")


class Simulate(BaseModel):
    """A visit to imagine."""

    event_id: Event
    visit: Visit = Field(default_factory=Visit)
    draft_id: Origin = None
    visits: Visits = 500


class Resolve(Visit):
    """A visit that is about to begin."""

    event_id: Event


class Compose(BaseModel):
    """Whose context."""

    session_id: UUID
    budget_tokens: int | None = Field(
        default=None, ge=100, le=100_000, description="Less than the policy allows, for trying out."
    )


class Replay(BaseModel):
    """A proposal to put over the log: a draft, or a text."""

    event_id: Event
    draft_id: Origin = None
    yaml_content: Yaml | None = None
    most: int = Field(
        default=MOST_DECISIONS, ge=1, le=MOST_DECISIONS, description="The latest so many decisions."
    )


class Switch(BaseModel):
    """One kill switch."""

    event_id: Event
    name: Literal["ai_off", "mutating_tools_off", "force_strict"]
    is_on: StrictBool
    whole_organization: bool = Field(default=False, description="For all events of the organization.")
    note: str = Field(default="", max_length=500, examples=["Complaints about answers"])


async def either(request: Request) -> Actor:
    """The conversation of a Bearer token, else the person of the sign-in cookie."""
    return await (buyer(request) if request.headers.get("authorization") else staff(request))


@router.get("/profiles", summary="Profiles of an event", responses=READ)
async def list_profiles(
    runtime: RuntimeOf,
    actor: Staff,
    event_id: AskedEvent,
    draft_id: UUID | None = None,
    visits: Annotated[int, Query(ge=1, le=MOST_VISITS)] = 500,
) -> dict[str, Any]:
    """In the order they are looked at. `comes_to` is the policy a conversation gets; `caught` how many of the latest
    conversations would have got it, `outranked` how many it matches and loses to a higher one."""
    return await policies.list_profiles(runtime, actor, slug=event_id, draft_id=draft_id, visits=visits)


@router.post(
    "/profiles",
    status_code=201,
    summary="Add a profile",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def add_profile(runtime: RuntimeOf, actor: Staff, key: Key, body: SaveProfile) -> dict[str, Any]:
    """Into a draft: it goes live through the gate like any other change. A profile with mistakes is kept there, and
    `problems` say what is wrong."""
    return await policies.save_profile(
        runtime, actor, key=key, slug=body.event_id, profile=body.profile.model_dump(), is_new=True,
        draft_id=body.draft_id, revision=body.revision,
    )  # fmt: skip


@router.put("/profiles/{profile}", summary="Change a profile", dependencies=guarded("draft"), responses=WRITE)
async def change_profile(
    runtime: RuntimeOf, actor: Staff, key: Key, profile: ProfileKey, body: SaveProfile
) -> dict[str, Any]:
    """The whole profile as it is to be, into a draft. Where the event takes its profiles from a template, the draft says
    what differs."""
    changed = {**body.profile.model_dump(), "key": profile}
    return await policies.save_profile(
        runtime, actor, key=key, slug=body.event_id, profile=changed, is_new=False, draft_id=body.draft_id,
        revision=body.revision,
    )  # fmt: skip


@router.post(
    "/profiles/{profile}/simulate",
    summary="What a visit would get, and why",
    dependencies=[Depends(Limit("check"))],
    responses=READ | problem_responses(422, 429),
)
async def simulate(runtime: RuntimeOf, actor: Staff, profile: ProfileKey, body: Simulate) -> dict[str, Any]:
    """The profile that is chosen with the whole `trace`, the step of the profile asked about as `this`, a verdict for each
    verb by the buyer's button and by the guide, and how many recent conversations each profile would have got. `default`
    asks about no profile in particular. Nothing is kept."""
    return await policies.simulate(
        runtime, actor, slug=body.event_id, said=body.visit.model_dump(), profile=profile, draft_id=body.draft_id,
        visits=body.visits,
    )  # fmt: skip


@router.post(
    "/resolve",
    summary="The policy of a visit that is about to begin",
    dependencies=[Depends(Limit("start"))],
    responses=problem_responses(404, 422, 429),
)
async def resolve(runtime: RuntimeOf, body: Resolve) -> dict[str, Any]:
    """What the guide may see and do, for a page to prepare itself. Public, and binding for nobody: `discovery/start`
    resolves again from the same facts and keeps the result with the conversation."""
    said = body.model_dump(exclude={"event_id"})
    return await policies.resolve_visit(runtime, slug=body.event_id, said=said)


@router.post(
    "/context/compose",
    summary="What a model would be told of a conversation",
    dependencies=[Depends(Limit("check"))],
    responses=problem_responses(401, 404, 422, 429),
)
async def compose(
    runtime: RuntimeOf, actor: Annotated[Actor, Depends(either)], body: Compose
) -> dict[str, Any]:
    """The context as bytes, with where each line came from (`kept`), what did not fit (`cut`) and what no policy lets in
    (`refused`). A buyer asks about the own conversation, staff about those of their organization."""
    if actor.kind == "buyer" and actor.session_id != body.session_id:
        raise NotFound("discovery.no_such_session")
    return await contexts.compose_context(
        runtime, actor, session_id=body.session_id, budget_tokens=body.budget_tokens
    )


@router.post(
    "/replay",
    summary="A proposal over the log of decisions",
    dependencies=guarded("preview"),
    responses=READ | problem_responses(409, 422, 429),
)
async def replay(runtime: RuntimeOf, actor: Staff, body: Replay) -> dict[str, Any]:
    """How many of the latest decisions would have come out otherwise (`flips`, such as `allow_to_deny`), by verb and by
    profile, with examples. Circumstances no policy makes are `left_out`. Changes nothing."""
    return await policies.replay(
        runtime,
        actor,
        slug=body.event_id,
        draft_id=body.draft_id,
        yaml_content=body.yaml_content,
        most=body.most,
    )


@router.get(
    "/receipts", summary="Receipts of decisions, newest first", responses=READ | problem_responses(422)
)
async def receipts(
    runtime: RuntimeOf,
    actor: Staff,
    event_id: AskedEvent,
    session_id: UUID | None = None,
    verdict: Literal["allow", "confirm", "deny"] | None = None,
    verb: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$", examples=["hold"])] = None,
    cursor: Annotated[str | None, Query(max_length=200, description="That of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Each is chained to the one before it in its conversation: `previous` and `sha256`."""
    return await oversight.receipts(
        runtime, actor, slug=event_id, session_id=session_id, verdict=verdict, verb=verb, cursor=cursor, limit=limit
    )  # fmt: skip


@router.get(
    "/transcripts/{session_id}",
    summary="A conversation with every decision",
    responses=READ | problem_responses(422),
)
async def transcript(
    runtime: RuntimeOf,
    actor: Staff,
    session_id: Annotated[UUID, Path(examples=["5e551011-0000-4000-8000-000000000000"])],
) -> dict[str, Any]:
    """Turn by turn: what was understood, tools and receipts, and what a model was told and said. The words of that (`seen`)
    are for who may edit the system prompt. What names a person is masked, as it is kept."""
    return await transcripts.transcript(runtime, actor, session_id=session_id)


@router.get("/switches", summary="Kill switches of an event", responses=READ)
async def switches(runtime: RuntimeOf, actor: Staff, event_id: AskedEvent) -> dict[str, Any]:
    """Those of the event, those of its organization, and what holds (`on`): either is enough."""
    return await oversight.switches(runtime, actor, slug=event_id)


@router.put("/switches", summary="Turn a kill switch", dependencies=guarded("publish"), responses=WRITE)
async def set_switch(runtime: RuntimeOf, actor: Staff, key: Key, body: Switch) -> dict[str, Any]:
    """Reaches every open conversation at once. For an event it is a lever of the document; for the whole organization a
    flag, which needs the permission for flags."""
    return await oversight.set_switch(
        runtime, actor, key=key, slug=body.event_id, name=body.name, is_on=body.is_on,
        whole_organization=body.whole_organization, note=body.note,
    )  # fmt: skip
