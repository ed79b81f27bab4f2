"""The gate of a blueprint: what would be published and how it differs, what is missing, who has to agree; then publishing.

Publishing goes through the same gate of the database as every other document. What was live to be seen in the sandbox is
what is published, byte for byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import Conflict, NotAllowed
from backend.domains.blueprints import previews
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.checklist import Check, Looked, checklist_of
from backend.domains.blueprints.connecting import proposing as connecting
from backend.domains.blueprints.deciding import decided_file, found_in, read_files
from backend.domains.blueprints.model import FieldProposal, Remembered
from backend.domains.blueprints.previews import Sandbox, Ticket
from backend.domains.blueprints.records import Blueprint, SampleFile
from backend.domains.catalogue.model import header_key
from backend.domains.events import approvals
from backend.domains.events import service as events
from backend.domains.events.changes import diff
from backend.domains.events.model import Document
from backend.domains.identity import service as identity
from backend.flows import publishing
from backend.flows.blueprint_decisions import GUARDED, fields_of, is_confirmed
from backend.flows.blueprint_views import blueprint_head
from backend.flows.blueprints import changing, loaded
from backend.flows.config_views import diff_view, problems_view
from backend.flows.documenting import Written, written
from backend.flows.filling import bring_in
from backend.flows.inventories import sheets_of
from backend.flows.once import once
from backend.flows.runtime import Runtime
from backend.kit.canonical_json import canonical_sha256

#: Why somebody who may prepare an event may not put it in force.
_ABOVE: Final = frozenset({"events.above_your_risk", "events.may_not_publish"})

_RISKS: Final = ("none", "low", "medium", "high")
_PUBLISH: Final = "blueprints/publish"


async def gate(runtime: Runtime, actor: Actor, *, blueprint_id: UUID) -> dict[str, Any]:
    """Everything somebody needs to judge a blueprint.

    Shape: `{blueprint, document, problems, diff, compared_with, risk: {level, reasons}, needs: {needed, given, needs_admin},
    checklist: [{name, is_met, is_required, text}], can_publish}`. Raises: NotFound; InvalidInput `blueprints.nothing_to_sell`.
    """
    blueprint, files = await loaded(runtime, actor, blueprint_id)
    document = await written(runtime, actor, blueprint, files)
    sandbox, tickets = await _previewed(runtime, actor, blueprint_id)
    compiled = document.compilation.compiled
    compared, before = await _nearest(runtime, actor, blueprint, document)
    found = await asyncio.to_thread(diff, before, compiled.document) if compiled else None
    shown = diff_view(found, before, compiled.document) if compiled and found else None
    level = found.risk if found else "none"
    needs = await _needs(runtime, actor, blueprint, level, compiled.document if compiled else None)
    checks = _checks(blueprint, files, document, sandbox, tickets)
    return {
        "blueprint": blueprint_head(blueprint),
        "document": document.text,
        **problems_view(document.compilation.problems),
        "compared_with": compared,
        "diff": shown,
        "risk": {"level": level, "reasons": shown["risk_assessment"]["reasons"][:12] if shown else []},
        "needs": needs,
        "checklist": [check.to_json() for check in checks],
        "can_publish": all(check.is_met for check in checks if check.is_required),
    }


async def publish_blueprint(
    runtime: Runtime, actor: Actor, *, key: str, blueprint_id: UUID, message: str = ""
) -> dict[str, Any]:
    """Puts what the sandbox shows in force, or forward where somebody has to agree; the same key gives the same answer.

    What the seller confirmed by publishing is remembered for the next file. Called again once others have agreed, it
    finishes. Shape: `{status: "applied", event_id, version, version_id, sha256, url}` or `{status: "pending_approval",
    event_id, draft_id, needed, url}`. Raises: Conflict `blueprints.gate_unmet` with `unmet`, `blueprints.is_over`; as
    `publishing.publish`.
    """
    blueprint, files = await loaded(runtime, actor, blueprint_id)
    request = {"blueprint": blueprint_id, "message": message}

    async def refuse(_: Context) -> dict[str, Any]:
        raise Conflict("blueprints.is_over", status=blueprint.status.value)

    if blueprint.status.is_over:  # the same request again, or another one that comes too late
        return await once(runtime, actor, operation=_PUBLISH, key=key, request=request, work=refuse)
    document = await written(runtime, actor, blueprint, files)
    sandbox, tickets = await _previewed(runtime, actor, blueprint_id)
    checks = _checks(blueprint, files, document, sandbox, tickets)
    unmet = [check.name for check in checks if check.is_required and not check.is_met]
    if unmet or sandbox is None:
        raise Conflict("blueprints.gate_unmet", unmet=unmet)
    outcome = await _published(runtime, actor, blueprint, sandbox, key, message)

    async def work(ctx: Context) -> dict[str, Any]:
        if outcome["status"] != "applied":
            await blueprints.judge(ctx, blueprint_id=blueprint_id, verdict="submit")
            return outcome
        await blueprints.remember(ctx, organization_id=blueprint.organization_id, remembered=confirmed(files))
        await blueprints.note_published(ctx, blueprint_id=blueprint_id)
        return outcome

    answer = await once(runtime, actor, operation=_PUBLISH, key=key, request=request, work=work)
    if answer["status"] == "applied" and not tickets:
        await bring_in(runtime, actor, blueprint, sheets_of(files, document.proposal))
    return answer


async def _published(
    runtime: Runtime, actor: Actor, blueprint: Blueprint, sandbox: Sandbox, key: str, message: str
) -> dict[str, Any]:
    """In force, or put forward: a first version above the author's risk waits for somebody who may decide on it."""
    try:
        return await publishing.publish(
            runtime, actor, document=sandbox.source, organization=blueprint.organization, key=f"{key} publish",
            message=message or f"Blueprint “{blueprint.title}”", slug=sandbox.slug,
        )  # fmt: skip
    except NotAllowed as refused:
        if refused.code not in _ABOVE:
            raise
        return {
            "status": "pending_approval",
            "event_id": sandbox.slug,
            "draft_id": None,
            "risk": refused.facts.get("risk"),
            "needed": 1,
            "given": 0,
            "needs_admin": True,
            "reasons": ["first_version"],
            "url": f"{runtime.settings.base_url}/cockpit/blueprints/{blueprint.id}",
        }


async def request_edits(
    runtime: Runtime, actor: Actor, *, key: str, blueprint_id: UUID, reason: str
) -> dict[str, Any]:
    """Sends a blueprint back. Raises: InvalidInput `blueprints.needs_reason`; NotAllowed; NotFound; Conflict."""
    return await _judge(runtime, actor, key, blueprint_id, "request_edits", reason)


async def reject_blueprint(
    runtime: Runtime, actor: Actor, *, key: str, blueprint_id: UUID, reason: str
) -> dict[str, Any]:
    """Refuses a blueprint for good; it stays readable. Raises: as `request_edits`."""
    return await _judge(runtime, actor, key, blueprint_id, "reject", reason)


async def discard_blueprint(
    runtime: Runtime, actor: Actor, *, key: str, blueprint_id: UUID
) -> dict[str, Any]:
    """Gives a blueprint up, and its draft event with it. Raises: NotFound; NotAllowed; Conflict `blueprints.is_over`."""

    async def work(ctx: Context) -> dict[str, Any]:
        await previews.discard(ctx, blueprint_id=blueprint_id)
        return {}

    request = {"blueprint": blueprint_id}
    return await changing(runtime, actor, "discard", key, request, work, blueprint_id)


async def _judge(
    runtime: Runtime, actor: Actor, key: str, blueprint_id: UUID, verdict: str, reason: str
) -> dict[str, Any]:
    async def work(ctx: Context) -> dict[str, Any]:
        judged = await blueprints.judge(ctx, blueprint_id=blueprint_id, verdict=verdict, reason=reason)
        return {"status": judged.status.value}

    request = {"blueprint": blueprint_id, "verdict": verdict, "reason": reason}
    return await changing(runtime, actor, "verdict", key, request, work, blueprint_id)


async def _previewed(
    runtime: Runtime, actor: Actor, blueprint_id: UUID
) -> tuple[Sandbox | None, Sequence[Ticket]]:
    async with runtime.database.as_actor(actor) as ctx:
        sandbox = await previews.find_sandbox(ctx, blueprint_id=blueprint_id)
        if sandbox is None or sandbox.expires_at <= ctx.now:
            return None, ()
        return sandbox, await previews.list_imports(ctx, blueprint_id=blueprint_id)


async def _nearest(
    runtime: Runtime, actor: Actor, blueprint: Blueprint, document: Written
) -> tuple[str, Document]:
    """What the document is compared with: the version in force, else the nearest template."""
    if blueprint.for_event and blueprint.event:
        async with runtime.database.as_actor(actor) as ctx:
            version = await events.get_in_force(ctx, slug=blueprint.event)
        return f"version {version.number}", version.document
    from backend.domains.blueprints.behavior.nearest import shipped_profiles

    behavior = document.proposal.behavior
    name = behavior.template if behavior else ""
    profiles = await asyncio.to_thread(shipped_profiles)
    base = next((one for one in profiles if one.name == name), None)
    return (f"template {name}", base.document) if base else ("nothing", {})


async def _needs(
    runtime: Runtime, actor: Actor, blueprint: Blueprint, level: str, document: Document | None
) -> dict[str, Any]:
    """A first version needs somebody who may decide on all that is in it; a later one what the organization says."""
    needed, needs_admin = 0, False
    if not blueprint.for_event:
        whole = await asyncio.to_thread(diff, {}, document) if document is not None else None
        async with runtime.database.as_actor(actor) as ctx:
            may = await identity.my_permissions_to_read(ctx, organization_id=blueprint.organization_id)
        is_above = whole is not None and _RISKS.index(whole.risk) > _RISKS.index(str(may["max_risk_level"]))
        needs_admin = is_above or not may["deploy_to_production"]
        needed = int(needs_admin)
    else:
        async with runtime.database.as_actor(actor) as ctx:
            policy = await approvals.get_policy(ctx, organization_id=blueprint.organization_id)
        needed = {"low": policy.low, "medium": policy.medium, "high": policy.high}.get(level, 0)
        needs_admin = level == "high" and policy.high_needs_admin
    return {"needed": needed, "given": 0, "needs_admin": needs_admin}


def _checks(
    blueprint: Blueprint,
    files: Sequence[SampleFile],
    document: Written,
    sandbox: Sandbox | None,
    tickets: Sequence[Ticket],
) -> tuple[Check, ...]:
    compiled = document.compilation.compiled
    looked = Looked(
        is_open=sandbox is not None,
        is_current=sandbox is not None
        and compiled is not None
        and sandbox.sha256 == compiled.sha256
        and _are_current(blueprint, files, document, tickets),
        is_seen=sandbox is not None and sandbox.seen_at is not None,
        rehearsal=sandbox.rehearsal if sandbox else None,
        is_filled=all(ticket.status.value == "done" for ticket in tickets),
    )
    return checklist_of(
        files, document.proposal, looked, rejected=document.inventory.rejected, is_valid=compiled is not None
    )


def _are_current(
    blueprint: Blueprint, files: Sequence[SampleFile], document: Written, tickets: Sequence[Ticket]
) -> bool:
    """Whether the rows of the preview were read as they would be now: the same files and feeds by the same mappings."""
    if blueprint.for_event:  # its rows come with publishing
        return True
    sheets = [(file.id, sheet.mapping) for file, sheet in sheets_of(files, document.proposal)]
    feeds = [(None, connecting.mapping_of(feed.file, feed.fields)) for feed in document.proposal.feeds]
    wanted = {(str(file_id), canonical_sha256(plain)) for file_id, plain in (*sheets, *feeds)}
    return wanted == {(str(ticket.file_id), canonical_sha256(ticket.mapping)) for ticket in tickets}


def confirmed(files: Sequence[SampleFile]) -> list[Remembered]:
    """What publishing confirms of columns: where they go or why they are left out; never what was kept back and shown."""
    kept: dict[str, Remembered] = {}
    for file in read_files(files):
        own = {one.key: one.left for one in fields_of(found_in(file))}
        for one in fields_of(decided_file(file)):
            was_kept_back = own.get(one.key) in GUARDED or is_confirmed(file, one.key)
            if not (one.targets and was_kept_back):
                remembered = _confirmed(one)
                kept[remembered.header] = remembered
    return list(kept.values())


def _confirmed(one: FieldProposal) -> Remembered:
    column: Mapping[str, Any] = one.column if one.targets else {}
    return Remembered(header_key(one.key), one.targets, None if one.targets else one.left, column)
