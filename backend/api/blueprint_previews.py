"""Previews of blueprints over HTTP: the sandbox, the gate, going live, taking the tree away."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from backend.api.asking import Key, RuntimeOf, Staff
from backend.api.blueprints import Id
from backend.api.configs import READ, WRITE, Message
from backend.api.guards import guarded
from backend.flows import blueprint_gate, bundling, sandbox

router = APIRouter(prefix="/blueprints", tags=["blueprints"])

Reason = Annotated[str, Field(min_length=1, max_length=2000, examples=["Say where the prices come from"])]
ZIP: Final = {200: {"content": {"application/zip": {}}, "description": "The tree of files."}}


class Talk(BaseModel):
    """One message of a rehearsed conversation."""

    message: str = Field(
        min_length=1, max_length=sandbox.LONGEST_MESSAGE, examples=["Something red under 40k"]
    )
    state: dict[str, Any] | None = Field(
        default=None, description="As the screen or the answer before gave it."
    )


class Rehearse(BaseModel):
    """A dry run of holds."""

    listing_id: int
    buyers: int = Field(default=5, ge=2, le=50)


class GoLive(BaseModel):
    """Put what the preview shows in force."""

    message: Message = ""


class BlueprintVerdict(BaseModel):
    """Send a blueprint back, or refuse it for good."""

    verdict: Literal["request_edits", "reject"]
    reason: Reason


@router.post(
    "/{blueprint_id}/sandbox", summary="Open the preview", dependencies=guarded("preview"), responses=WRITE
)
async def open_sandbox(runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id) -> dict[str, Any]:
    """The seller's own rows in a draft event that only staff can look at, for a day. Importing goes on beside this."""
    return await sandbox.open_sandbox(runtime, actor, key=key, blueprint_id=blueprint_id)


@router.get("/{blueprint_id}/sandbox", summary="How far the preview is, and its first screen", responses=READ)
async def sandbox_state(runtime: RuntimeOf, actor: Staff, blueprint_id: Id) -> dict[str, Any]:
    """`screen` as `discovery/start` gives it, once the rows are in. 410 when its day is over."""
    return await sandbox.sandbox_state(runtime, actor, blueprint_id=blueprint_id)


@router.post(
    "/{blueprint_id}/sandbox/messages",
    summary="Rehearse a conversation",
    dependencies=guarded("message"),
    responses=WRITE,
)
async def sandbox_say(runtime: RuntimeOf, actor: Staff, blueprint_id: Id, body: Talk) -> dict[str, Any]:
    """Nothing of it is kept: send the `state` of the answer before along."""
    return await sandbox.sandbox_say(
        runtime, actor, blueprint_id=blueprint_id, message=body.message, state=body.state
    )


@router.get("/{blueprint_id}/sandbox/comparison", summary="Compare listings of the preview", responses=READ)
async def sandbox_compare(
    runtime: RuntimeOf, actor: Staff, blueprint_id: Id, listing_id: Annotated[list[int], Query(max_length=4)]
) -> dict[str, Any]:
    """Up to four, each fact with its source."""
    return await sandbox.sandbox_compare(runtime, actor, blueprint_id=blueprint_id, listing_ids=listing_id)


@router.post(
    "/{blueprint_id}/sandbox/holds",
    summary="Rehearse holds",
    dependencies=guarded("preview"),
    responses=WRITE,
)
async def rehearse_holds(
    runtime: RuntimeOf, actor: Staff, blueprint_id: Id, body: Rehearse
) -> dict[str, Any]:
    """Buyers race for one unit with the functions that serve buyers, and the clock runs out; all of it is undone."""
    return await sandbox.rehearse_holds(
        runtime, actor, blueprint_id=blueprint_id, listing_id=body.listing_id, buyers=body.buyers
    )


@router.post(
    "/imports/{import_id}/cancel", summary="Stop an import", dependencies=guarded("draft"), responses=WRITE
)
async def cancel_import(runtime: RuntimeOf, actor: Staff, key: Key, import_id: UUID) -> dict[str, Any]:
    """Nothing of it remains."""
    return await sandbox.cancel_import(runtime, actor, key=key, import_id=import_id)


@router.get("/{blueprint_id}/gate", summary="The gate", responses=READ)
async def gate(runtime: RuntimeOf, actor: Staff, blueprint_id: Id) -> dict[str, Any]:
    """The document, how it differs from the nearest template or the version in force, its risk, who has to agree, and a
    checklist."""
    return await blueprint_gate.gate(runtime, actor, blueprint_id=blueprint_id)


@router.post("/{blueprint_id}/publish", summary="Go live", dependencies=guarded("publish"), responses=WRITE)
async def publish(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, body: GoLive, response: Response
) -> dict[str, Any]:
    """Just what the preview shows; 409 `blueprints.gate_unmet` with `unmet` otherwise. 202 where somebody has to agree."""
    answer = await blueprint_gate.publish_blueprint(
        runtime, actor, key=key, blueprint_id=blueprint_id, message=body.message
    )
    response.status_code = 202 if answer["status"] == "pending_approval" else 200
    return answer


@router.post(
    "/{blueprint_id}/verdict", summary="Send back or refuse", dependencies=guarded("draft"), responses=WRITE
)
async def judge(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, body: BlueprintVerdict
) -> dict[str, Any]:
    """With a reason."""
    verb = blueprint_gate.reject_blueprint if body.verdict == "reject" else blueprint_gate.request_edits
    return await verb(runtime, actor, key=key, blueprint_id=blueprint_id, reason=body.reason)


@router.get(
    "/{blueprint_id}/bundle",
    summary="The tree of files in one zip",
    responses={**READ, **ZIP},
    response_class=Response,
)
async def download(runtime: RuntimeOf, actor: Staff, blueprint_id: Id) -> Response:
    """Mappings, document, contract tests with made-up rows; no sample and nothing private."""
    content = await bundling.download(runtime, actor, blueprint_id=blueprint_id)
    headers = {"Content-Disposition": f'attachment; filename="blueprint-{blueprint_id}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)
