"""The event document that a blueprint proposes, as text and compiled: written by the engine until a person edits it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

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
    runtime: Runtime, blueprint: Blueprint, files: Sequence[SampleFile], *, slug: str | None = None
) -> Written:
    """The document as it stands, with its problems. `slug` is the address to give it, unless it was chosen or edited.

    Raises: InvalidInput `blueprints.nothing_to_sell`; as `catalogue.preview_rows`.
    """
    proposal, inventory = await proposed(runtime, blueprint, files, is_exact=True)
    if not (proposal.sheets or proposal.feeds):
        raise InvalidInput("blueprints.nothing_to_sell")
    if blueprint.event and (blueprint.for_event or slug is None) and not proposal.choices.slug:
        slug = blueprint.event
    if slug is not None:
        proposal = replace(proposal, choices=replace(proposal.choices, slug=slug))
    return await asyncio.to_thread(_written, blueprint, proposal, inventory)


def _written(blueprint: Blueprint, proposal: Proposal, inventory: Inventory) -> Written:
    from backend.domains.blueprints.behavior import propose_behavior
    from backend.domains.blueprints.documents import document_of

    whole = replace(proposal, behavior=propose_behavior(proposal, inventory.facts))
    text = blueprint.document or document_of(whole, inventory.facts)
    mine = blueprint.event if blueprint.for_event else None
    return Written(
        whole, inventory, text, events.checked_for(Source(text, _FILE), events.shipped_templates(), mine)
    )
