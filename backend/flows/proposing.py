"""A whole proposal for a blueprint: what its files gave and people decided, linked to each other, with a behavior for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backend.domains.blueprints.deciding import proposal_of
from backend.domains.blueprints.model import Proposal
from backend.domains.blueprints.records import Blueprint, SampleFile
from backend.flows.inventories import Inventory, linked, sheets_of
from backend.flows.runtime import Runtime


async def proposed(
    runtime: Runtime, blueprint: Blueprint, files: Sequence[SampleFile], *, is_exact: bool = False
) -> tuple[Proposal, Inventory]:
    """The proposal as it stands. Without `is_exact`, facts of rows may be those of the mapping just before.

    Raises (where exact): as `catalogue.preview_rows`.
    """
    proposal = proposal_of(files, choices=choices_of(blueprint))
    sheets = sheets_of(files, proposal)
    known = runtime.inventories
    inventory = await (known.of if is_exact else known.near)(runtime.ports.files, sheets)
    return await asyncio.to_thread(_completed, proposal, inventory), inventory


def choices_of(blueprint: Blueprint) -> dict[str, Any]:
    """What was chosen; a name is the title until somebody chooses another."""
    standing = {"name": blueprint.title, "template": blueprint.template}
    chosen = {name: value for name, value in blueprint.choices.items() if value not in (None, "", [])}
    return {**{name: value for name, value in standing.items() if value}, **chosen}


def _completed(proposal: Proposal, inventory: Inventory) -> Proposal:
    from backend.domains.blueprints.behavior.proposing import propose_behavior

    joined = linked(proposal, inventory)
    if not (joined.sheets or joined.feeds):
        return joined
    return replace(joined, behavior=propose_behavior(joined, inventory.facts))
