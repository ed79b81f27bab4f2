"""Configuration over HTTP: publish a document, check one, read versions, compare, go back, move levers, clone."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from backend.api.asking import Key, Limit, RuntimeOf, Staff
from backend.api.bounds import Number, Shallow
from backend.api.errors import problem_responses
from backend.api.guards import guarded
from backend.flows import configs, publishing, storefront

router = APIRouter(tags=["configuration"])
DOCUMENT = "extends: platform_defaults\nid: tesla-q1-2026\nname: Tesla Q1 2026\ndomain: vehicles_ev\n"
CarryBody = Literal["drain", "migrate", "force"]

Slug = Annotated[str, Path(max_length=64, description="The event's slug.", examples=["tesla-q1-2026"])]
Message = Annotated[
    str, Field(max_length=500, description="What changes and why.", examples=["Longer holds"])
]
Carry = Annotated[
    CarryBody | None,
    Field(
        description="What becomes of open conversations that use something which is gone: `drain` lets them end on their "
        "version, `migrate` moves them with renames, `force` moves them and drops it."
    ),
]
Yaml = Annotated[
    str, Field(max_length=1_000_000, description="The document, YAML or JSON.", examples=[DOCUMENT])
]
READ = problem_responses(401, 404)
WRITE = problem_responses(401, 403, 404, 409, 410, 422, 429)


class Publish(BaseModel):
    """A Sales Event document to put in force."""

    document: str | Annotated[dict[str, Any], Shallow] = Field(
        description="The event document: YAML or JSON as text, or a JSON object. It may `extend` a shipped template.",
        examples=[DOCUMENT],
    )
    organization: str | None = Field(default=None, description="Slug; needed when you belong to several.")
    message: Message = ""
    carry: Carry = None


class Validate(BaseModel):
    """A document to check."""

    yaml_content: Yaml
    config_id: str | None = Field(
        default=None,
        max_length=64,
        description="The event it is for: its changes and their risk are told as well.",
    )


class Compare(BaseModel):
    """Two versions by number."""

    version_a: Number = Field(examples=[3])
    version_b: Number = Field(examples=[4])


class Rollback(BaseModel):
    """Which version to go back to, and why."""

    target_version: Number = Field(examples=[3])
    reason: str = Field(default="", max_length=500, examples=["Version 4 made conversations fail"])
    dry_run: bool = Field(default=False, description="Answer with what it would mean, and change nothing.")
    carry: Carry = None
    current_version_id: UUID | None = Field(
        default=None, description="The version you saw in force; refused when it no longer is."
    )


class MoveLever(BaseModel):
    """One lever and where to put it."""

    path: str = Field(max_length=300, examples=["/ranking_weights/individual_match"])
    value: float | bool | str = Field(examples=[0.58])
    message: Message = ""


class UndoLever(BaseModel):
    """Which lever to put back; none means whichever was moved last."""

    path: str | None = Field(default=None, max_length=300, examples=["/ranking_weights/individual_match"])


class Clone(BaseModel):
    """A new event that begins as another is."""

    new_id: str = Field(max_length=64, examples=["tesla-q2-2026"])
    name: str = Field(min_length=1, max_length=200, examples=["Tesla Q2 2026"])
    organization_id: UUID | None = None


@router.post(
    "/admin/sales_event",
    summary="Create or publish a Sales Event from its document",
    dependencies=guarded("publish"),
    responses=WRITE | {202: {"description": "Somebody has to agree first: a draft is in review."}},
)
async def publish(
    runtime: RuntimeOf, actor: Staff, key: Key, body: Annotated[Publish, Body()], response: Response
) -> dict[str, Any]:
    """Validates, compiles, stores an immutable version and tells every process. All or nothing; an unchanged document
    gives the version in force. Problems name file, line, column and path. A change that others have to approve becomes a
    draft in review and is answered with 202: `{status: "pending_approval", draft_id, risk, needed}`."""
    answer = await publishing.publish(
        runtime, actor, document=body.document, organization=body.organization, message=body.message, key=key,
        carry=body.carry,
    )  # fmt: skip
    if answer["status"] == "pending_approval":
        response.status_code = 202
    return answer


@router.get(
    "/sales_event/{event_id}",
    summary="What a storefront needs to begin",
    responses=problem_responses(404, 410),
)
async def sales_event(runtime: RuntimeOf, event_id: str) -> dict[str, Any]:
    """Name, branding, persona, tile contract, chips and actions of the version in force. Public."""
    return storefront.bootstrap(runtime, event_id)


@router.post(
    "/configs/validate",
    summary="Check a document",
    dependencies=[Depends(Limit("check"))],
    responses=problem_responses(401, 404, 422, 429),
)
async def validate(runtime: RuntimeOf, actor: Staff, body: Validate) -> dict[str, Any]:
    """Answers 200 for an invalid document too: `valid` is false, and `problems` say where (path, line, column), what was
    found, what was expected and the nearest valid name. With `config_id`, `changes`, `risk_assessment` and
    `breaking_changes` compare it with the version in force. Changes nothing."""
    return await configs.validate(runtime, actor, yaml_content=body.yaml_content, config_id=body.config_id)


@router.get("/configs/latest", summary="The version that came into force last", responses=READ)
async def latest(runtime: RuntimeOf, actor: Staff, organization_id: UUID) -> dict[str, Any]:
    """Of all events of an organization."""
    return await configs.latest(runtime, actor, organization_id=organization_id)


@router.get("/configs/{config_id}", summary="A version of an event's document", responses=READ)
async def get_config(
    runtime: RuntimeOf,
    actor: Staff,
    config_id: Slug,
    version: Annotated[Number | None, Query(description="The version in force, unless given.")] = None,
) -> dict[str, Any]:
    """As its author wrote it (`yaml_content`), compiled (`document`, `sha256`), and which layer set each value (`origins`,
    by JSON Pointer)."""
    return await configs.get_config(runtime, actor, slug=config_id, version=version)


@router.get("/configs/{config_id}/versions", summary="Versions of an event, newest first", responses=READ)
async def versions(
    runtime: RuntimeOf,
    actor: Staff,
    config_id: Slug,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int, Query(ge=1, le=2**31 - 1, description="The last number of the page before.")] = 2
    ** 31
    - 1,
) -> dict[str, Any]:
    """`status` is active, superseded or rolled_back."""
    return await configs.versions(runtime, actor, slug=config_id, limit=limit, before=before)


@router.post(
    "/configs/{config_id}/versions/compare",
    summary="What changed between two versions",
    dependencies=[Depends(Limit("check"))],
    responses=READ,
)
async def compare(runtime: RuntimeOf, actor: Staff, config_id: Slug, body: Compare) -> dict[str, Any]:
    """Added, removed, modified and moved (the order of lists counts), each change in words, and the same as JSON Patch
    (RFC 6902)."""
    return await configs.compare(
        runtime, actor, slug=config_id, version_a=body.version_a, version_b=body.version_b
    )


@router.get("/configs/{config_id}/history", summary="Who changed what, and who agreed", responses=READ)
async def history(
    runtime: RuntimeOf,
    actor: Staff,
    config_id: Slug,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    author_type: Annotated[
        Literal["all", "member", "assistant", "system"], Query(description="Whose changes.")
    ] = "all",
) -> dict[str, Any]:
    """Kept for good."""
    author = None if author_type == "all" else author_type
    return await configs.history(
        runtime, actor, slug=config_id, limit=limit, offset=offset, author_type=author
    )


@router.post(
    "/configs/{config_id}/rollback",
    summary="Go back to an earlier version",
    dependencies=guarded("publish"),
    responses=WRITE,
)
async def rollback(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: Rollback
) -> dict[str, Any]:
    """Puts a new version in force that equals the old one. With `dry_run`, tells which conversations, holds and deposits
    were begun under what would be undone, and changes nothing."""
    if body.dry_run:
        return await configs.consequences(runtime, actor, slug=config_id, target=body.target_version)
    return await configs.roll_back(
        runtime, actor, slug=config_id, target=body.target_version, reason=body.reason, key=key, carry=body.carry,
        current=body.current_version_id,
    )  # fmt: skip


@router.get("/configs/{config_id}/levers", summary="Levers and their ranges", responses=READ)
async def levers(runtime: RuntimeOf, actor: Staff, config_id: Slug) -> dict[str, Any]:
    """Ranges are measured from the last version that passed the gate."""
    return await configs.levers(runtime, actor, slug=config_id)


@router.post(
    "/configs/{config_id}/levers", summary="Move a lever", dependencies=guarded("publish"), responses=WRITE
)
async def move_lever(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: MoveLever
) -> dict[str, Any]:
    """At once and without approval, inside its range. The other ranking weights follow, so that their sum stays 1."""
    return await configs.move_lever(
        runtime, actor, slug=config_id, path=body.path, value=body.value, message=body.message, key=key
    )


@router.post(
    "/configs/{config_id}/levers/undo",
    summary="Take back the last move of a lever",
    dependencies=guarded("publish"),
    responses=WRITE,
)
async def undo_lever(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: UndoLever
) -> dict[str, Any]:
    """Itself a move, so that it can be undone."""
    return await configs.undo_lever(runtime, actor, slug=config_id, path=body.path, key=key)


@router.post(
    "/configs/{config_id}/clone",
    status_code=201,
    summary="Begin a new event as another is",
    dependencies=guarded("publish"),
    responses=WRITE,
)
async def clone(runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: Clone) -> dict[str, Any]:
    """Gives the new event with a draft of the document; nobody is served before it is published."""
    return await configs.clone(
        runtime, actor, slug=config_id, new_slug=body.new_id, name=body.name, key=key,
        organization_id=body.organization_id,
    )  # fmt: skip
