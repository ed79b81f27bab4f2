"""Blueprints over HTTP: samples in, a proposal out; decide and clarify. Preview and gate are in `blueprint_previews`."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from backend.api.asking import Key, RuntimeOf, Staff
from backend.api.bounds import MOST_VALUES, Number, Small
from backend.api.configs import READ, WRITE, Yaml
from backend.api.guards import guarded
from backend.core.errors import InvalidInput
from backend.flows import (
    blueprint_decisions,
    blueprint_gate,
    blueprint_looking,
    blueprints,
    bundling,
    clarifications,
)

router = APIRouter(prefix="/blueprints", tags=["blueprints"])

Id = Annotated[UUID, Path(description="The blueprint.")]
FileId = Annotated[UUID, Path(description="A file of it.")]
Revision = Annotated[Number, Field(description="The revision you have seen.", examples=[3])]
IMAGE: Final = {200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The picture."}}


def uploads(description: str, *names: str) -> dict[str, Any]:
    """The OpenAPI form of a route that reads its multipart body itself, as it arrives."""
    fields: dict[str, Any] = {name: {"type": "string"} for name in names}
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}, **fields},
    }
    body = {
        "required": True,
        "description": description,
        "content": {"multipart/form-data": {"schema": schema}},
    }
    return {"requestBody": body}


class Open(BaseModel):
    """A new blueprint."""

    title: str = Field(min_length=1, max_length=200, examples=["Spring stock"])
    organization: str | None = Field(
        default=None, max_length=64, description="Slug; needed when you belong to several."
    )
    template: str = Field(
        default="", max_length=100, description="A shipped template to begin from; none: the nearest."
    )
    event: str | None = Field(
        default=None, max_length=64, description="The event that the files are the next ones of."
    )


class Change(BaseModel):
    """Title, template, choices, or the document as a person edited it (null: as it is proposed)."""

    revision: Revision
    title: str | None = Field(default=None, max_length=200)
    template: str | None = Field(default=None, max_length=100)
    choices: Annotated[dict[str, Any], Small] | None = Field(
        default=None,
        max_length=20,
        examples=[{"transaction_mode": "direct_sale", "hold_minutes": 60, "currency": "EUR"}],
    )
    document: Yaml | None = None


class Decision(BaseModel):
    """One decision. `field` is a column or path, `listing` for what a report or photo belongs to, empty for the file."""

    file_id: UUID
    field: str = Field(default="", max_length=300, examples=["Ext. Color"])
    targets: list[str] | None = Field(default=None, max_length=6, examples=[["color_exterior"]])
    left: Literal["internal", "personal", "counter", "empty", "duplicate", "unused"] | None = None
    column: Annotated[dict[str, Any], Small] | None = Field(
        default=None, description="Its entry in the source mapping."
    )
    mapping: Annotated[dict[str, Any], Small] | None = Field(
        default=None, description="Of the file: currency, dates…"
    )
    accept: bool = False
    undo: bool = False
    confirm: bool = Field(default=False, description="Publish what was kept back as internal or personal.")


class Decide(BaseModel):
    """Decisions, all of them or none."""

    revision: Revision
    changes: list[Decision] = Field(min_length=1, max_length=MOST_VALUES)


class AcceptAll(BaseModel):
    """Everything that is sure enough."""

    revision: Revision
    least: float = Field(default=0.9, ge=0, le=1)


class Say(BaseModel):
    """A clarification in words."""

    text: str = Field(
        min_length=1, max_length=2000, examples=["treat 'Ext. Color' as exterior colour, prices are in euros"]
    )


class Apply(BaseModel):
    """Apply what was shown."""

    confirm: bool = Field(default=False, description="Publish what was kept back as internal or personal.")


@router.get("", summary="Blueprints of your organizations", responses=READ)
async def list_blueprints(runtime: RuntimeOf, actor: Staff) -> dict[str, Any]:
    """The last changed first."""
    return await blueprints.list_blueprints(runtime, actor)


@router.post("", status_code=201, summary="Open a blueprint", dependencies=guarded("draft"), responses=WRITE)
async def open_blueprint(runtime: RuntimeOf, actor: Staff, key: Key, body: Open) -> dict[str, Any]:
    """For a new event, or for the next files of one that exists."""
    return await blueprints.open_blueprint(runtime, actor, key=key, **body.model_dump())


@router.post(
    "/bundles", status_code=201, summary="A blueprint from its tree of files", dependencies=guarded("upload"),
    responses=WRITE, openapi_extra=uploads("The zip that a blueprint was downloaded as.", "organization"),
)  # fmt: skip
async def import_bundle(runtime: RuntimeOf, actor: Staff, key: Key, request: Request) -> dict[str, Any]:
    """Its document and choices; its mappings are remembered for the files that follow."""
    async with request.form(max_files=1, max_fields=2) as form:
        content = await _file(form.get("file")).read()
        organization = str(form.get("organization") or "") or None
    if len(content) > blueprints.LARGEST_BUNDLE:
        raise InvalidInput("blueprints.unsafe_bundle", problem="too_large")
    return await bundling.import_bundle(runtime, actor, key=key, content=content, organization=organization)


@router.get("/{blueprint_id}", summary="A blueprint", responses=READ)
async def get_blueprint(runtime: RuntimeOf, actor: Staff, blueprint_id: Id) -> dict[str, Any]:
    """Its files and how far reading them has come, the proposal with decisions applied, open questions, and what differs
    from the seller's last list."""
    return await blueprints.get_blueprint(runtime, actor, blueprint_id=blueprint_id)


@router.patch("/{blueprint_id}", summary="Change a blueprint", dependencies=guarded("draft"), responses=WRITE)
async def change(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, body: Change
) -> dict[str, Any]:
    """What is named changes. An edited document is published as it stands, whatever is decided later."""
    changes = body.model_dump(exclude_unset=True, exclude={"revision"})
    named = {name: value for name, value in changes.items() if value is not None or name == "document"}
    if body.choices is not None:
        blueprints.check_choices(body.choices)
    return await blueprints.change_blueprint(
        runtime, actor, key=key, blueprint_id=blueprint_id, revision=body.revision, changes=named
    )


@router.delete(
    "/{blueprint_id}", summary="Give a blueprint up", dependencies=guarded("draft"), responses=WRITE
)
async def discard(runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id) -> dict[str, Any]:
    """For good, its draft event with it; it stays readable."""
    return await blueprint_gate.discard_blueprint(runtime, actor, key=key, blueprint_id=blueprint_id)


@router.post(
    "/{blueprint_id}/files", status_code=201, summary="Add a sample", dependencies=guarded("upload"), responses=WRITE,
    openapi_extra=uploads("A spreadsheet, PDF, API description, photo or screenshot of at most 200 MB.", "kind"),
)  # fmt: skip
async def add_file(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, request: Request
) -> dict[str, Any]:
    """What it is, its content says. Reading goes on beside the request: ask again, or listen to your organization's
    channel. The same bytes twice are one file."""
    async with request.form(max_files=1, max_fields=2) as form:
        upload = _file(form.get("file"))
        content, name = await upload.read(), upload.filename or ""
        kind = str(form.get("kind") or "") or None
    return await blueprints.add_file(
        runtime, actor, key=key, blueprint_id=blueprint_id, name=name, content=content, kind=kind
    )


@router.post(
    "/files/{file_id}/cancel", summary="Stop reading a sample", dependencies=guarded("draft"), responses=WRITE
)
async def cancel_file(runtime: RuntimeOf, actor: Staff, key: Key, file_id: FileId) -> dict[str, Any]:
    """Within a second."""
    return await blueprints.cancel_file(runtime, actor, key=key, file_id=file_id)


@router.post(
    "/files/{file_id}/retry", summary="Read a sample anew", dependencies=guarded("draft"), responses=WRITE
)
async def retry_file(runtime: RuntimeOf, actor: Staff, key: Key, file_id: FileId) -> dict[str, Any]:
    """With what was remembered meanwhile."""
    return await blueprints.retry_file(runtime, actor, key=key, file_id=file_id)


@router.delete("/files/{file_id}", summary="Remove a sample", dependencies=guarded("draft"), responses=WRITE)
async def remove_file(runtime: RuntimeOf, actor: Staff, key: Key, file_id: FileId) -> dict[str, Any]:
    """For good."""
    return await blueprints.remove_file(runtime, actor, key=key, file_id=file_id)


@router.get(
    "/files/{file_id}/pages/{page}",
    summary="A page as a picture",
    responses={**READ, **IMAGE},
    response_class=Response,
)
async def page_image(
    runtime: RuntimeOf, actor: Staff, file_id: FileId, page: Annotated[int, Path(ge=1, le=10_000)]
) -> Response:
    """Of a report, by its number from 1; of a photo or screenshot the only one."""
    content = await blueprint_looking.page_image(runtime, actor, file_id=file_id, page=page)
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return Response(content, media_type=kind, headers={"Cache-Control": "private, max-age=300"})


@router.get(
    "/{blueprint_id}/files/{file_id}/rows", summary="Listings as they would be imported", responses=READ
)
async def sample_rows(
    runtime: RuntimeOf,
    actor: Staff,
    blueprint_id: Id,
    file_id: FileId,
    limit: Annotated[int, Query(ge=1, le=blueprint_looking.MOST_ROWS)] = 20,
) -> dict[str, Any]:
    """The first ones, decisions applied, with every cell that was refused."""
    return await blueprint_looking.sample_rows(
        runtime, actor, blueprint_id=blueprint_id, file_id=file_id, limit=limit
    )


@router.post("/{blueprint_id}/decisions", summary="Decide", dependencies=guarded("draft"), responses=WRITE)
async def decide(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, body: Decide
) -> dict[str, Any]:
    """What is decided is remembered for the seller's next file. What was kept back as internal or personal needs
    `confirm`, column by column (409 `blueprints.needs_confirmation` with `fields`), and is never remembered."""
    changes = [one.model_dump(exclude_none=True, mode="json") for one in body.changes]
    return await blueprint_decisions.decide(
        runtime, actor, key=key, blueprint_id=blueprint_id, revision=body.revision, changes=changes
    )


@router.post(
    "/{blueprint_id}/accept", summary="Accept what is sure", dependencies=guarded("draft"), responses=WRITE
)
async def accept_all(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, body: AcceptAll
) -> dict[str, Any]:
    """Every proposal of at least that confidence that nobody has decided yet."""
    return await blueprint_decisions.accept_all(
        runtime, actor, key=key, blueprint_id=blueprint_id, revision=body.revision, least=body.least
    )


@router.post(
    "/{blueprint_id}/clarifications",
    summary="Say it in words",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def clarify(runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, body: Say) -> dict[str, Any]:
    """What it would change, shown before anything is. English, German, French and Spanish; several in one text."""
    return await clarifications.clarify(runtime, actor, key=key, blueprint_id=blueprint_id, text=body.text)


@router.post(
    "/{blueprint_id}/clarifications/{clarification_id}/apply", summary="Apply what was shown",
    dependencies=guarded("draft"), responses=WRITE,
)  # fmt: skip
async def apply_clarification(
    runtime: RuntimeOf, actor: Staff, key: Key, blueprint_id: Id, clarification_id: UUID, body: Apply
) -> dict[str, Any]:
    """Once; remembered for the seller's next file."""
    return await clarifications.apply_clarification(
        runtime,
        actor,
        key=key,
        blueprint_id=blueprint_id,
        clarification_id=clarification_id,
        confirm=body.confirm,
    )


def _file(part: Any) -> UploadFile:
    if not isinstance(part, UploadFile):
        raise InvalidInput("blueprints.no_file_sent")
    return part
