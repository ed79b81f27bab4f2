"""Drafts, approvals and previews over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from backend.api.asking import Key, RuntimeOf, Staff
from backend.api.bounds import MOST_VALUES, Number, Small
from backend.api.configs import READ, WRITE, Carry, Message, Slug, Yaml
from backend.api.guards import guarded
from backend.domains.events.lifecycle import DraftStatus
from backend.flows import drafting, previewing
from backend.flows.previewing import LONGEST_MESSAGE, MOST_SCENARIOS, Scenario

router = APIRouter(prefix="/configs", tags=["drafts and approvals"])

Revision = Annotated[Number, Field(description="The revision you have seen.", examples=[3])]
Resolutions = Annotated[
    dict[str, Literal["ours", "theirs"] | dict[str, Any]],
    Field(
        description='Per conflict, by path: `"ours"`, `"theirs"` or `{"value": …}`.',
        examples=[{"/conversion/hold_minutes": "ours"}],
        max_length=MOST_VALUES,
    ),
    Small,
]


class NewDraft(BaseModel):
    """A text to keep as a draft of the version in force."""

    yaml_content: Yaml
    title: str = Field(default="", max_length=200, examples=["Longer holds for the weekend"])


class SavedText(NewDraft):
    """The next text of a draft."""

    revision: Revision


class Submit(BaseModel):
    """Put a draft forward."""

    revision: Revision
    message: Message = ""


class Verdict(BaseModel):
    """One person's verdict on a draft as it stands."""

    revision: Revision
    verdict: Literal["approve", "request_edits", "reject"]
    reason: str = Field(default="", max_length=2000, description="Needed unless you approve.")


class PublishDraft(BaseModel):
    """Put an approved draft in force."""

    revision: Revision
    carry: Carry = None
    renames: dict[str, str] = Field(
        default_factory=dict,
        description="For `migrate`: what takes the place of a name that is gone.",
        examples=[{"specs.range": "specs.range_mi"}],
        max_length=100,
    )


class Update(BaseModel):
    """Take what came into force meanwhile into a draft."""

    revision: Revision
    resolutions: Resolutions = Field(default_factory=dict)


class TestScenario(BaseModel):
    """A message to try."""

    user_message: str = Field(min_length=1, max_length=LONGEST_MESSAGE, examples=["White Model 3 under 40k"])
    expected_behavior: str = Field(
        default="",
        max_length=1000,
        description="Words that should occur in what the buyer sees.",
        examples=["Model 3"],
    )


class TryOut(BaseModel):
    """A proposal and what to try on it: a draft, a text, or changes to what is in force."""

    draft_id: UUID | None = None
    yaml_content: Yaml | None = None
    changes: Annotated[dict[str, Any], Small] | None = Field(
        default=None,
        description="JSON Pointer, or nested names, to value.",
        examples=[{"/conversion/hold_minutes": 60}],
        max_length=200,
    )
    test_scenarios: list[TestScenario] = Field(default_factory=list[TestScenario], max_length=MOST_SCENARIOS)


@router.get("/approvals", summary="Drafts that wait for your verdict, in all events", responses=READ)
async def inbox(runtime: RuntimeOf, actor: Staff) -> dict[str, Any]:
    """The longest waiting first. Your own drafts are never among them."""
    return await drafting.waiting(runtime, actor)


@router.get("/previews/{preview_id}", summary="What trying a document gave", responses=READ)
async def get_preview(runtime: RuntimeOf, actor: Staff, preview_id: UUID) -> dict[str, Any]:
    """For an hour; then 410, and 404 once it is removed."""
    return await previewing.get_preview(runtime, actor, preview_id=preview_id)


@router.get("/drafts/{draft_id}", summary="A draft", responses=READ)
async def get_draft(runtime: RuntimeOf, actor: Staff, draft_id: UUID) -> dict[str, Any]:
    """Its text and problems, what it changes, who has to agree and who has."""
    return await drafting.get_draft(runtime, actor, draft_id=draft_id)


@router.put("/drafts/{draft_id}", summary="Keep a draft", dependencies=guarded("draft"), responses=WRITE)
async def save(runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID, body: SavedText) -> dict[str, Any]:
    """A text with errors is kept too. When somebody else was faster: 409 `events.draft_stale` with the `revision` that is
    kept, and the difference between it and yours as `changes` and as `lines`. A changed text needs its approvals anew."""
    return await drafting.save_text(
        runtime, actor, key=key, draft_id=draft_id, revision=body.revision, source_text=body.yaml_content,
        title=body.title,
    )  # fmt: skip


@router.delete(
    "/drafts/{draft_id}", summary="Give a draft up", dependencies=guarded("draft"), responses=WRITE
)
async def discard(runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID) -> dict[str, Any]:
    """For good; it stays readable."""
    return await drafting.discard(runtime, actor, key=key, draft_id=draft_id)


@router.post(
    "/drafts/{draft_id}/submit", summary="Put a draft forward", dependencies=guarded("draft"), responses=WRITE
)
async def submit(runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID, body: Submit) -> dict[str, Any]:
    """To review, or `approved` at once where nobody has to agree."""
    return await drafting.submit(
        runtime, actor, key=key, draft_id=draft_id, revision=body.revision, message=body.message
    )


@router.post(
    "/drafts/{draft_id}/reviews", summary="Judge a draft", dependencies=guarded("draft"), responses=WRITE
)
async def review(runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID, body: Verdict) -> dict[str, Any]:
    """Whoever worked on a draft has no verdict on it. A verdict counts while text and base stay as they are."""
    return await drafting.review(
        runtime, actor, key=key, draft_id=draft_id, revision=body.revision, verdict=body.verdict, reason=body.reason
    )  # fmt: skip


@router.post(
    "/drafts/{draft_id}/recall", summary="Take a draft back", dependencies=guarded("draft"), responses=WRITE
)
async def recall(runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID) -> dict[str, Any]:
    """From review, to go on writing."""
    return await drafting.recall(runtime, actor, key=key, draft_id=draft_id)


@router.post(
    "/drafts/{draft_id}/update",
    summary="Bring a draft up to date",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def update(runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID, body: Update) -> dict[str, Any]:
    """Merges three ways: what the draft began from, the draft (`ours`), what is in force (`theirs`). Conflicts come back as
    409 `events.merge_conflicts` with `conflicts`; send a resolution for each."""
    return await drafting.bring_up_to_date(
        runtime, actor, key=key, draft_id=draft_id, revision=body.revision, resolutions=body.resolutions
    )


@router.post(
    "/drafts/{draft_id}/publish",
    summary="Put a draft in force",
    dependencies=guarded("publish"),
    responses=WRITE,
)
async def publish(
    runtime: RuntimeOf, actor: Staff, key: Key, draft_id: UUID, body: PublishDraft
) -> dict[str, Any]:
    """Refused with 409 `events.needs_approval` while too few have agreed, and with `events.breaking_change` and `gone`
    where open conversations use something that is gone, until `carry` says what becomes of them."""
    return await drafting.publish_draft(
        runtime, actor, key=key, draft_id=draft_id, revision=body.revision, carry=body.carry, renames=body.renames
    )  # fmt: skip


@router.get("/{config_id}/approvals", summary="Drafts of an event that wait for your verdict", responses=READ)
async def waiting(runtime: RuntimeOf, actor: Staff, config_id: Slug) -> dict[str, Any]:
    return await drafting.waiting(runtime, actor, slug=config_id)


@router.get("/{config_id}/drafts", summary="Drafts of an event", responses=READ)
async def list_drafts(
    runtime: RuntimeOf,
    actor: Staff,
    config_id: Slug,
    status: Annotated[DraftStatus | None, Query(description="All that go on, unless given.")] = None,
) -> dict[str, Any]:
    """The last changed first. `warning` is expires_soon (in less than a day), expired or behind."""
    return await drafting.list_drafts(runtime, actor, slug=config_id, status=status)


@router.post(
    "/{config_id}/drafts",
    status_code=201,
    summary="Begin a draft",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def begin(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: NewDraft
) -> dict[str, Any]:
    """Of the version in force. It expires seven days after it was last kept, unless the organization says otherwise."""
    return await drafting.save_draft(
        runtime, actor, key=key, slug=config_id, source_text=body.yaml_content, title=body.title
    )


@router.post(
    "/{config_id}/preview", summary="Try a document out", dependencies=guarded("preview"), responses=WRITE
)
async def preview(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: TryOut
) -> dict[str, Any]:
    """Each message is answered by the built-in engine on the proposal and on the version in force, on your own inventory;
    nothing of it remains but the report. `success` says only that the words of `expected_behavior` occur in what the
    buyer would see (`judged_by: "words"`)."""
    scenarios = [Scenario(one.user_message, one.expected_behavior) for one in body.test_scenarios]
    return await previewing.preview(
        runtime, actor, key=key, slug=config_id, scenarios=scenarios, draft_id=body.draft_id,
        yaml_content=body.yaml_content, changes=body.changes,
    )  # fmt: skip
