"""A blueprint as the tree of files it comes to, in one zip: taken away, and brought in again as a blueprint.

A tree holds mappings and a document, no samples: brought in, its mappings are remembered for the files that follow.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.artifacts.files import pack, unpack
from backend.domains.blueprints.artifacts.tree import artifacts_of, bundle_of
from backend.domains.blueprints.model import FieldProposal, Left, Remembered, to_json
from backend.domains.catalogue.model import header_key
from backend.flows.blueprints import get_blueprint, loaded, owner_of
from backend.flows.documenting import written
from backend.flows.once import once
from backend.flows.runtime import Runtime
from backend.kit.canonical_json import digest


async def download(runtime: Runtime, actor: Actor, *, blueprint_id: UUID) -> bytes:
    """The tree as a zip. Raises: NotFound; InvalidInput `events.invalid_document`, `blueprints.nothing_to_sell`."""
    blueprint, files = await loaded(runtime, actor, blueprint_id)
    document = await written(runtime, actor, blueprint, files)
    return await asyncio.to_thread(lambda: pack(artifacts_of(document.proposal, document.text)))


async def import_bundle(
    runtime: Runtime, actor: Actor, *, key: str, content: bytes, organization: str | None = None
) -> dict[str, Any]:
    """A blueprint from a zip: its document, choices and template, and what its mappings say for the files that follow.

    Shape: as `get_blueprint`. Raises: InvalidInput `blueprints.unsafe_bundle`, `blueprints.no_artifact`,
    `blueprints.artifact_changed`, `blueprints.unreadable`; NotFound; NotAllowed.
    """
    bundle = await asyncio.to_thread(lambda: bundle_of(unpack(content)))
    proposal = bundle.proposal
    fields = [one for part in (*proposal.sheets, *proposal.feeds) for one in part.fields]

    async def work(ctx: Context) -> dict[str, Any]:
        owner, _ = await owner_of(ctx, organization, None)
        opened = await blueprints.open_blueprint(
            ctx, organization_id=owner, title=proposal.choices.name or bundle.event,
            template=proposal.choices.template,
        )  # fmt: skip
        chosen = {
            name: value for name, value in to_json(proposal.choices).items() if value not in (None, "", [])
        }
        changes = {"document": bundle.document, "choices": chosen}
        await blueprints.change_blueprint(
            ctx, blueprint_id=opened.id, revision=opened.revision, changes=changes
        )
        await blueprints.remember(
            ctx,
            organization_id=owner,
            remembered=[_remembered(one) for one in fields if one.targets or one.left],
        )
        return {"blueprint_id": str(opened.id)}

    request = {"organization": organization, "sha256": digest(content.hex())}
    done = await once(runtime, actor, operation="blueprints/import", key=key, request=request, work=work)
    return await get_blueprint(runtime, actor, blueprint_id=UUID(done["blueprint_id"]))


def _remembered(one: FieldProposal) -> Remembered:
    left = None if one.targets else one.left or Left.UNUSED
    return Remembered(header_key(one.key), one.targets, left, one.column if one.targets else {})
