"""The event document that a blueprint proposes, as text and compiled: written by the engine until a person edits it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.core.context import Actor
from backend.core.errors import InvalidInput
from backend.domains.blueprints.model import Proposal
from backend.domains.blueprints.records import Blueprint, SampleFile
from backend.domains.events import service as events
from backend.domains.events.model import Compilation, Source
from backend.flows.inventories import Inventory
from backend.flows.proposing import proposed
from backend.flows.runtime import Runtime

_FILE: Final = "event.yaml"


@dataclass(frozen=True, slots=True)
class Written:
    """A document with what it was made from."""

    proposal: Proposal
    inventory: Inventory
    text: str
    compilation: Compilation


async def written(
    runtime: Runtime,
    actor: Actor,
    blueprint: Blueprint,
    files: Sequence[SampleFile],
    *,
    slug: str | None = None,
) -> Written:
    """The document as it stands, with its problems. `slug` is the address to give it, unless it was chosen or edited.

    The next files of a live event change its rows: its document stays as it is in force until somebody edits it.

    Raises: InvalidInput `blueprints.nothing_to_sell`; as `catalogue.preview_rows`.
    """
    proposal, inventory = await proposed(runtime, blueprint, files, is_exact=True)
    if not (proposal.sheets or proposal.feeds):
        raise InvalidInput("blueprints.nothing_to_sell")
    if blueprint.event and (blueprint.for_event or slug is None) and not proposal.choices.slug:
        slug = blueprint.event
    if slug is not None:
        proposal = replace(proposal, choices=replace(proposal.choices, slug=slug))
    said = blueprint.document
    if said is None and blueprint.for_event and blueprint.event:
        async with runtime.database.as_actor(actor) as ctx:
            said = (await events.get_in_force(ctx, slug=blueprint.event)).source
    return await asyncio.to_thread(_written, blueprint, proposal, inventory, said)


def _written(blueprint: Blueprint, proposal: Proposal, inventory: Inventory, said: str | None) -> Written:
    from backend.domains.blueprints.behavior.proposing import propose_behavior
    from backend.domains.blueprints.documents import document_of

    whole = replace(proposal, behavior=propose_behavior(proposal, inventory.facts))
    text = said or document_of(whole, inventory.facts)
    mine = blueprint.event if blueprint.for_event else None
    return Written(
        whole, inventory, text, events.checked_for(Source(text, _FILE), events.shipped_templates(), mine)
    )
