"""A blueprint tried out before anybody is served by it: the seller's own rows in a draft event that only staff can look at.

Conversations are rehearsed and nothing of them is kept: what was understood travels with the caller, signed. Holds are
rehearsed inside the database and undone there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.blueprints import feeding, previews
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.connecting import proposing as connecting
from backend.domains.blueprints.connecting.plan import read_plan
from backend.domains.blueprints.model import FeedProposal
from backend.domains.blueprints.previews import ImportStatus, Sandbox, Ticket
from backend.domains.blueprints.records import Blueprint
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import SourceMapping, Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import Answer, State
from backend.domains.discovery.wording import Words
from backend.domains.events import service as events
from backend.domains.events.model import Bundle, EventStatus
from backend.flows.blueprint_views import ticket_view
from backend.flows.blueprints import loaded
from backend.flows.documenting import Written, written
from backend.flows.filling import fill
from backend.flows.inventories import sheets_of
from backend.flows.listing_facts import listing_view
from backend.flows.once import once
from backend.flows.opening import shown_event
from backend.flows.runtime import Runtime
from backend.kit.canonical_json import canonical
from backend.kit.text import storable

LONGEST_MESSAGE: Final = 2000
MOST_COMPARED: Final = 4
_MOST_NAMES: Final = 20
_NUMBERED: Final = re.compile(r"-\d+$")


async def open_sandbox(runtime: Runtime, actor: Actor, *, key: str, blueprint_id: UUID) -> dict[str, Any]:
    """Puts the proposed document and the seller's rows into a draft event for a day; importing goes on beside this.

    Rows of an event that is live already come with publishing: its buyers see no draft.
    Shape: as `sandbox_state`. Raises: InvalidInput `events.invalid_document` with `problems`, `blueprints.nothing_to_sell`,
    `catalogue.mapping_invalid`; Conflict `events.slug_taken`, `blueprints.is_over`, `blueprints.still_reading`; NotFound;
    NotAllowed.
    """
    blueprint, files = await loaded(runtime, actor, blueprint_id)
    blueprints.changeable(blueprint, blueprint.revision)
    waiting = [file.name for file in files if file.status.is_coming]
    if waiting:
        raise Conflict("blueprints.still_reading", files=waiting)
    document = await written(runtime, actor, blueprint, files)
    pairs = sheets_of(files, document.proposal)
    sheets = [
        (file.id, catalogue.parse_mapping(json.dumps(sheet.mapping), file=file.name)) for file, sheet in pairs
    ]

    for at in range(2, _MOST_NAMES + 2):
        try:
            await _open(runtime, actor, key, blueprint, document, sheets)
            break
        except Conflict as refused:
            is_chosen = blueprint.choices.get("slug") or blueprint.document or blueprint.for_event
            if refused.code != "events.slug_taken" or is_chosen or at > _MOST_NAMES:
                raise
            named = f"{_NUMBERED.sub('', str(refused.facts['slug']))}-{at}"
            document = await written(runtime, actor, blueprint, files, slug=named)
    fill(runtime, actor, blueprint_id)
    return await sandbox_state(runtime, actor, blueprint_id=blueprint_id)


async def _open(
    runtime: Runtime,
    actor: Actor,
    key: str,
    blueprint: Blueprint,
    document: Written,
    sheets: Sequence[tuple[UUID, SourceMapping]],
) -> None:
    compiled = document.compilation.compiled
    if compiled is None:
        raise events.invalid(document.compilation.problems)

    async def work(ctx: Context) -> dict[str, Any]:
        sandbox = await previews.open_sandbox(
            ctx, blueprint_id=blueprint.id, slug=compiled.id, name=str(compiled.document["name"]),
            source=document.text, canonical=compiled.canonical, sha256=compiled.sha256,
        )  # fmt: skip
        event = await events.get_event(ctx, slug=sandbox.slug)
        for file_id, mapping in sheets if event.current_version_id is None else ():
            await previews.request_import(
                ctx, event_id=sandbox.event_id, blueprint_id=blueprint.id, file_id=file_id,
                source=mapping.source, mapping=mapping.document,
            )  # fmt: skip
        for feed in document.proposal.feeds if event.current_version_id is None else ():
            await _ask_for_feed(ctx, sandbox, feed)
        return {"sandbox_id": str(sandbox.id)}

    request = {"blueprint": blueprint.id, "revision": blueprint.revision}
    await once(runtime, actor, operation="blueprints/sandbox", key=key, request=request, work=work)


async def _ask_for_feed(ctx: Context, sandbox: Sandbox, feed: FeedProposal) -> None:
    """A connector of the draft event, and a ticket for its first run."""
    mapping = connecting.mapping_of(feed.file, feed.fields)
    connector = await feeding.keep_connector(
        ctx, name=feed.file, plan=read_plan(feed.plan), mapping=mapping, event=sandbox.slug,
        blueprint_id=sandbox.blueprint_id,
    )  # fmt: skip
    await previews.request_import(
        ctx, event_id=sandbox.event_id, blueprint_id=sandbox.blueprint_id, connector_id=connector.id,
        source=feed.file, mapping=mapping,
    )  # fmt: skip


async def sandbox_state(runtime: Runtime, actor: Actor, *, blueprint_id: UUID) -> dict[str, Any]:
    """How far the preview is, and its first screen once the rows are in.

    Shape: `{sandbox_id, event, stage, done, total, expires_at, imports, problem, screen}`; `stage` is import, photos, ready
    or failed, `screen` as `storefront.start` gives it, with `state` for `sandbox_say`.
    Raises: NotFound `blueprints.no_sandbox`, also for one of others; Gone `blueprints.sandbox_over`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        sandbox = await previews.get_sandbox(ctx, blueprint_id=blueprint_id)
        tickets = await previews.list_imports(ctx, blueprint_id=blueprint_id)
    shown = _progress(runtime, sandbox, tickets)
    if shown["stage"] != "ready":
        return {**shown, "screen": None}
    async with runtime.database.as_actor(actor) as ctx:
        await previews.note_seen(ctx, sandbox_id=sandbox.id)
    return {**shown, "screen": await _screen(runtime, actor, sandbox)}


async def cancel_import(runtime: Runtime, actor: Actor, *, key: str, import_id: UUID) -> dict[str, Any]:
    """Stops one import of a preview; nothing of it remains. Raises: NotFound `blueprints.no_such_import`; NotAllowed."""

    async def work(ctx: Context) -> dict[str, Any]:
        await previews.get_import(ctx, import_id=import_id)
        return ticket_view(await previews.cancel_import(ctx, import_id=import_id))

    shown = await once(
        runtime,
        actor,
        operation="blueprints/imports/cancel",
        key=key,
        request={"import": import_id},
        work=work,
    )
    runtime.imports.stop(import_id)
    return shown


async def sandbox_say(
    runtime: Runtime, actor: Actor, *, blueprint_id: UUID, message: str, state: Mapping[str, Any] | None
) -> dict[str, Any]:
    """One message of a rehearsed conversation and its answer. `state` is what the screen or the answer before gave.

    Shape: as `discovery/message` answers, with `state`. Raises: InvalidInput `blueprints.bad_state`, `core.too_large`; as
    `sandbox_state`.
    """
    if len(message) > LONGEST_MESSAGE:
        raise InvalidInput("core.too_large", limit=LONGEST_MESSAGE)
    sandbox = await _sandbox(runtime, actor, blueprint_id)
    known, turn = _opened(runtime, sandbox, state)
    bundle, vocabulary, index = await _known(runtime, actor, sandbox)
    session = discovery.imagined(bundle)
    session = replace(session, state=known or session.state, turn_count=turn)
    async with runtime.database.as_actor(actor) as ctx:
        today = discovery.today_of(ctx, bundle.document)
    prepared = discovery.prepare(
        session, message=storable(message), bundle=bundle, vocabulary=vocabulary, index=index,
        embedder=runtime.ports.embedder, today=today,
    )  # fmt: skip
    async with runtime.database.as_actor(actor) as ctx:
        answer, after = await discovery.answer_to(ctx, prepared)
    return _answer(runtime, sandbox, answer, after, turn + 1)


async def sandbox_compare(
    runtime: Runtime, actor: Actor, *, blueprint_id: UUID, listing_ids: Sequence[int]
) -> dict[str, Any]:
    """Up to four listings in full, each fact with its source. Raises: NotFound `catalogue.no_such_listing`; as above."""
    sandbox = await _sandbox(runtime, actor, blueprint_id)
    bundle, vocabulary, _ = await _known(runtime, actor, sandbox)
    words = Words.of(bundle.document, vocabulary)
    shown: list[dict[str, Any]] = []
    async with runtime.database.as_actor(actor) as ctx:
        for listing_id in list(dict.fromkeys(listing_ids))[:MOST_COMPARED]:
            found = await catalogue.get_listing(ctx, listing_id=listing_id)
            if found.event_id != sandbox.event_id:
                raise NotFound("catalogue.no_such_listing", listing_id=listing_id)
            shown.append(listing_view(words, bundle.document, found))
    return {"fields": list(bundle.document["ui_contract"].get("comparison_fields", ())), "listings": shown}


async def rehearse_holds(
    runtime: Runtime, actor: Actor, *, blueprint_id: UUID, listing_id: int, buyers: int = 5
) -> dict[str, Any]:
    """Buyers race for one listing with the functions that serve buyers; all of it is undone.

    Shape: `{winners, winner, hold_seconds, deposit_required, asking_twice_gives_the_same, free_again_after_the_clock,
    tries: [{buyer, got_it, until | code}]}`. Raises: NotFound `catalogue.no_such_listing`; as `sandbox_state`.
    """
    sandbox = await _sandbox(runtime, actor, blueprint_id)
    async with runtime.database.as_actor(actor) as ctx:
        found = await catalogue.get_listing(ctx, listing_id=listing_id)
        if found.event_id != sandbox.event_id:
            raise NotFound("catalogue.no_such_listing", listing_id=listing_id)
    async with runtime.database.as_system(
        f"rehearse holds in sandbox {sandbox.id}; all of it is undone"
    ) as ctx:
        report = await previews.rehearse_holds(
            ctx, sandbox_id=sandbox.id, listing_id=listing_id, buyers=max(2, min(buyers, 50))
        )
    return dict(report)


async def _sandbox(runtime: Runtime, actor: Actor, blueprint_id: UUID) -> Sandbox:
    """One that is going on, looked at. Raises: as `sandbox_state`."""
    async with runtime.database.as_actor(actor) as ctx:
        sandbox = await previews.get_sandbox(ctx, blueprint_id=blueprint_id)
        await previews.note_seen(ctx, sandbox_id=sandbox.id)
    return sandbox


def _progress(runtime: Runtime, sandbox: Sandbox, tickets: Sequence[Ticket]) -> dict[str, Any]:
    failed = next((t for t in tickets if t.status in (ImportStatus.FAILED, ImportStatus.CANCELLED)), None)
    going = next((t for t in tickets if not t.status.is_over), None)
    stage, done, total = "ready", 0, 0
    if failed is not None:
        stage = "failed"
    elif going is not None:
        stage, done, total = "import", going.done, going.total
    elif (pulse := runtime.filling.get(sandbox.blueprint_id)) is not None:
        stage, done, total = "photos", pulse.done, pulse.total
    cancelled = {"code": "catalogue.import_cancelled", "facts": {"rows": failed.rows if failed else 0}}
    return {
        "sandbox_id": str(sandbox.id),
        "event": sandbox.slug,
        "stage": stage,
        "done": done,
        "total": total,
        "expires_at": sandbox.expires_at.isoformat(),
        "imports": [ticket_view(ticket) for ticket in tickets],
        "problem": (failed.problem or cancelled) if failed else None,
        "rehearsal": sandbox.rehearsal,
    }


async def _screen(runtime: Runtime, actor: Actor, sandbox: Sandbox) -> dict[str, Any]:
    bundle, vocabulary, index = await _known(runtime, actor, sandbox)
    session = discovery.imagined(bundle)
    async with runtime.database.as_actor(actor) as ctx:
        answer = await discovery.present(
            ctx, session=session, bundle=bundle, vocabulary=vocabulary, index=index
        )
    body = _answer(runtime, sandbox, answer, session.state, 0)
    return {
        "session_id": None,
        "event_uuid": str(sandbox.event_id),
        "event": shown_event(bundle, {}),
        "arms": {},
        "greeting": body.pop("reply"),
        "openings": body["quick_replies"],
        "turns": [],
        "holds": [],
        "lead": None,
        **body,
    }


async def _known(runtime: Runtime, actor: Actor, sandbox: Sandbox) -> tuple[Bundle, Vocabulary, Index]:
    """The proposed document as it would be served, and what the seller's own rows can be asked for."""
    bundle = Bundle(
        event_id=sandbox.event_id,
        organization_id=sandbox.organization_id,
        slug=sandbox.slug,
        status=EventStatus.LIVE,
        catalogue_revision=sandbox.catalogue_revision,
        version_id=sandbox.id,
        number=0,
        sha256=sandbox.sha256,
        created_at=sandbox.created_at,
        document=sandbox.document,
    )
    vocabulary = await runtime.vocabularies.of(bundle, actor)
    return bundle, vocabulary, runtime.vocabularies.index_of(vocabulary)


def _answer(runtime: Runtime, sandbox: Sandbox, answer: Answer, state: State, turn: int) -> dict[str, Any]:
    kept = {"turn": turn, "understood": state.to_json()}
    return {**answer.to_json(), "state": {**kept, "signature": _signature(runtime, sandbox, kept)}}


def _opened(runtime: Runtime, sandbox: Sandbox, state: Mapping[str, Any] | None) -> tuple[State | None, int]:
    """What was understood so far; only what this product signed is believed. Raises: InvalidInput `blueprints.bad_state`."""
    if not state:
        return None, 0
    kept: dict[str, Any] = {name: state.get(name) for name in ("turn", "understood")}
    try:
        expected = _signature(runtime, sandbox, kept)
    except (TypeError, ValueError, RecursionError):
        expected = ""
    if not expected or not hmac.compare_digest(expected.encode(), str(state.get("signature")).encode()):
        raise InvalidInput("blueprints.bad_state")
    return State.from_json(kept["understood"]), int(kept["turn"])


def _signature(runtime: Runtime, sandbox: Sandbox, kept: Mapping[str, Any]) -> str:
    secret = runtime.settings.jwt_secret.get_secret_value().encode()
    text = canonical([str(sandbox.id), kept])  # a browser writes 40000.0 as 40000
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
