"""Branches over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from backend.api.asking import Key, RuntimeOf, Staff
from backend.api.bounds import Number
from backend.api.configs import READ, WRITE, Carry, Message, Slug, Yaml
from backend.api.drafts import Resolutions
from backend.api.guards import guarded
from backend.flows import branching

router = APIRouter(prefix="/configs/{config_id}/branches", tags=["branches"])

Name = Annotated[str, Path(max_length=63, pattern=r"^[a-z0-9][a-z0-9._-]*$", examples=["staging"])]


class OpenBranch(BaseModel):
    """A name and where to begin."""

    branch_name: str = Field(max_length=63, pattern=r"^[a-z0-9][a-z0-9._-]*$", examples=["staging"])
    base_version: Number | None = Field(default=None, description="The version in force, unless given.")
    description: str = Field(default="", max_length=500, examples=["Warmer words, to be tried first"])


class Commit(BaseModel):
    """The next version of a branch."""

    yaml_content: Yaml
    message: Message = ""
    based_on: Number | None = Field(
        default=None, description="The head you have seen; refused when it has moved."
    )


class MergeBody(BaseModel):
    """How to bring a branch back."""

    message: Message = ""
    resolutions: Resolutions = Field(default_factory=dict)
    carry: Carry = None


@router.get("", summary="Branches of an event", responses=READ)
async def list_branches(runtime: RuntimeOf, actor: Staff, config_id: Slug) -> dict[str, Any]:
    """Active ones first."""
    return await branching.list_branches(runtime, actor, slug=config_id)


@router.post("", status_code=201, summary="Open a branch", dependencies=guarded("draft"), responses=WRITE)
async def open_branch(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, body: OpenBranch
) -> dict[str, Any]:
    """Beside what is in force; nobody is served by it."""
    return await branching.open_branch(
        runtime, actor, key=key, slug=config_id, name=body.branch_name, description=body.description,
        base_version=body.base_version,
    )  # fmt: skip


@router.get("/{branch_name}", summary="A branch", responses=READ)
async def get_branch(runtime: RuntimeOf, actor: Staff, config_id: Slug, branch_name: Name) -> dict[str, Any]:
    """Its head, its commits, and how it differs from what is in force."""
    return await branching.get_branch(runtime, actor, slug=config_id, name=branch_name)


@router.post(
    "/{branch_name}/commits",
    status_code=201,
    summary="Commit to a branch",
    dependencies=guarded("draft"),
    responses=WRITE,
)
async def commit(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, branch_name: Name, body: Commit
) -> dict[str, Any]:
    """The document must be valid."""
    return await branching.commit(
        runtime, actor, key=key, slug=config_id, name=branch_name, source_text=body.yaml_content,
        message=body.message, based_on=body.based_on,
    )  # fmt: skip


@router.post(
    "/{branch_name}/merge",
    summary="Merge a branch into what is in force",
    dependencies=guarded("publish"),
    responses=WRITE,
)
async def merge(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, branch_name: Name, body: MergeBody
) -> dict[str, Any]:
    """`status` is `applied`; `pending_approval`, with a draft in review; or `conflicts`, with nothing written: send
    resolutions by path, where `ours` is what is in force and `theirs` the branch."""
    return await branching.merge_branch(
        runtime, actor, key=key, slug=config_id, name=branch_name, message=body.message,
        resolutions=body.resolutions, carry=body.carry,
    )  # fmt: skip


@router.delete(
    "/{branch_name}", summary="Close a branch unmerged", dependencies=guarded("draft"), responses=WRITE
)
async def close(
    runtime: RuntimeOf, actor: Staff, key: Key, config_id: Slug, branch_name: Name
) -> dict[str, Any]:
    """Its versions stay readable, and its name is free again."""
    return await branching.close_branch(runtime, actor, key=key, slug=config_id, name=branch_name)
