"""What a buyer does in an event: enter, say something, change a chip, look closer, come back.

Shared by the API and the storefront. A conversation keeps the version it began with; stock and holds are those of now.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from backend.core.context import Actor
from backend.core.errors import AppError, Busy, Conflict
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import Session
from backend.domains.discovery.wording import Words
from backend.domains.events.model import Bundle
from backend.domains.identity.tokens import mint_buyer_token
from backend.domains.journal import service as journal
from backend.domains.leads import service as leads
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Hold, Origin
from backend.flows.guarding import guarded
from backend.flows.listing_facts import listing_view
from backend.flows.opening import shown_event
from backend.flows.runtime import Runtime
from backend.kit.text import storable

log = logging.getLogger(__name__)

ChipChange = Literal["remove", "must", "nice", "value"]


def bootstrap(runtime: Runtime, slug: str) -> dict[str, Any]:
    """What a storefront needs before anybody says a word. Nothing of how listings are ranked or dealers paid.

    Raises: NotFound `events.not_found`.
    """
    return shown_event(runtime.bundles.current(slug), {})


async def start(runtime: Runtime, *, slug: str, key: str) -> dict[str, Any]:
    """Begins a conversation on the version in force; the same key gives the same one.

    Shape: `{session_id, session_token, ui}`; `ui` is the first screen.
    Raises: NotFound `events.not_found`; Gone `events.paused`, `events.closed`.
    """
    bundle = runtime.bundles.current(slug)
    async with runtime.database.as_actor(Actor.anonymous()) as ctx:

        async def work() -> dict[str, Any]:
            session = await discovery.start(ctx, bundle=bundle, visitor=uuid4())
            return {"session_id": str(session.id), "event_uuid": str(session.event_id)}

        kept = await journal.once(
            ctx, operation="discovery/start", key=key, request={"event_id": slug}, work=work
        )
    session_id, event_id = UUID(kept["session_id"]), UUID(kept["event_uuid"])
    secret = runtime.settings.jwt_secret.get_secret_value()
    token = mint_buyer_token(secret, session_id=session_id, event_id=event_id, now=datetime.now(UTC))
    screen = await resume(runtime, Actor.buyer(session_id, event_id))
    return {"session_id": kept["session_id"], "session_token": token, "ui": screen}


async def say(runtime: Runtime, actor: Actor, *, message: str, key: str) -> dict[str, Any]:
    """One message and its answer; the same key gives the same answer. Reading it happens between two transactions.

    Raises: NotFound `discovery.no_such_session`; Conflict `core.key_reused`, `discovery.turn_taken`.
    """
    message = storable(message)
    async with _noting_failure(runtime, actor):
        return await _answer(runtime, actor, message, key)


async def _answer(runtime: Runtime, actor: Actor, message: str, key: str) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        if (kept := await discovery.find_answer(ctx, key=key, message=message)) is not None:
            return kept
        session = await discovery.get_session(ctx)
        now = ctx
    bundle, vocabulary, index = await _known(runtime, actor, session)
    prepared = discovery.prepare(
        session,
        message=message,
        bundle=bundle,
        vocabulary=vocabulary,
        index=index,
        embedder=runtime.ports.embedder,
        today=discovery.today_of(now, bundle.document),
    )
    try:
        async with runtime.database.as_actor(actor) as ctx:
            return await discovery.finish_turn(ctx, prepared, key=key)
    except Conflict:
        async with runtime.database.as_actor(actor) as ctx:  # the same request, a moment earlier?
            if (kept := await discovery.find_answer(ctx, key=key, message=message)) is not None:
                return kept
        raise


async def change_chip(
    runtime: Runtime, actor: Actor, *, chip_id: str, change: ChipChange, value: Any, key: str
) -> dict[str, Any]:
    """Removes a chip, moves it between must and nice, or gives it another value.

    Raises: NotFound `discovery.no_such_chip`; InvalidInput `discovery.chip_value`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    bundle, vocabulary, index = await _known(runtime, actor, session)
    async with runtime.database.as_actor(actor) as ctx:
        return await discovery.change_filters(
            ctx,
            chip_id=chip_id,
            change=change,
            value=value,
            key=key,
            bundle=bundle,
            vocabulary=vocabulary,
            index=index,
        )


async def resume(runtime: Runtime, actor: Actor) -> dict[str, Any]:
    """The screen of a conversation as it stands: for its beginning, and for who comes back."""
    async with _noting_failure(runtime, actor):
        return await _screen(runtime, actor)


async def _screen(runtime: Runtime, actor: Actor) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    bundle, vocabulary, index = await _known(runtime, actor, session)
    async with runtime.database.as_actor(actor) as ctx:
        answer = await discovery.present(
            ctx, session=session, bundle=bundle, vocabulary=vocabulary, index=index
        )
        said = await discovery.list_turns(ctx)
        holds = [hold for hold in await transactions.list_own_holds(ctx) if hold.is_open(ctx.now)]
        lead = await leads.find_own_lead(ctx)
    body = answer.to_json()
    return {
        "session_id": str(session.id),
        "event_uuid": str(session.event_id),
        "event": shown_event(bundle, session.arms),
        "arms": dict(session.arms),
        "greeting": body.pop("reply"),
        "openings": body["quick_replies"] if session.turn_count == 0 else [],
        "turns": [asdict(turn) for turn in said],
        "holds": [
            {"reservation_id": str(h.id), "listing_id": h.listing_id, "expires_at": h.expires_at.isoformat()}
            for h in holds
        ],
        "lead": {"lead_id": str(lead.id), "status": lead.status} if lead else None,
        **body,
    }


async def shown(runtime: Runtime, actor: Actor, *, number: int = 0) -> dict[str, Any]:
    """The public part of the event as the conversation has it, once this process serves that version or a later one."""
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    await runtime.bundles.reached(session.event_id, number)
    return shown_event(await runtime.bundles.version(session.version_id), session.arms)


async def listing(runtime: Runtime, actor: Actor, *, listing_id: int) -> dict[str, Any]:
    """One listing in full, each fact with its source. Raises: NotFound `catalogue.no_such_listing`."""
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
        found = await catalogue.get_listing(ctx, listing_id=listing_id)
        provenance = await catalogue.get_provenance(ctx, listing_id=listing_id)
    bundle, vocabulary, _ = await _known(runtime, actor, session)
    return listing_view(Words.of(bundle.document, vocabulary), found, provenance)


async def hold(
    runtime: Runtime,
    actor: Actor,
    *,
    listing_id: int,
    key: str,
    confirmation: UUID | None = None,
    origin: Origin = "buyer",
) -> Hold:
    """Holds one unit for the conversation; who comes too late is told so, and the board shows it.

    Raises: as `transactions.service.place_hold`.
    """
    try:
        async with (
            guarded(runtime, actor, "hold", {"listing_id": listing_id}, origin),
            runtime.database.as_actor(actor) as ctx,
        ):
            return await transactions.place_hold(
                ctx, listing_id=listing_id, key=key, confirmation=confirmation, origin=origin
            )
    except Conflict as refused:
        if refused.code == "transactions.already_held" and not refused.facts.get("yours"):
            async with runtime.database.as_actor(actor) as ctx:
                await transactions.note_refusal(ctx, listing_id=listing_id)
        raise


async def note_exposure(runtime: Runtime, actor: Actor, *, experiment: str) -> None:
    """That the buyer saw an arm; counted once per conversation."""
    async with runtime.database.as_actor(actor) as ctx:
        await discovery.note_exposure(ctx, experiment=experiment)


async def note_action(runtime: Runtime, actor: Actor, *, action: str, listing_id: int | None) -> None:
    """Something only the screen can see. Raises: InvalidInput `discovery.unknown_action`."""
    async with runtime.database.as_actor(actor) as ctx:
        await discovery.note_action(ctx, action=action, listing_id=listing_id)


@asynccontextmanager
async def _noting_failure(runtime: Runtime, actor: Actor) -> AsyncIterator[None]:
    """Whatever the version may be blamed for is noted with the conversation, and raised as it came.

    Refusals on purpose, a busy database and text that is none are not the version's doing. A fresh version under which
    too many conversations fail is taken back.
    """
    try:
        yield
    except Exception as error:
        if _is_failure(error):
            await _note_failure(runtime, actor)
        raise


def _is_failure(error: Exception) -> bool:
    if isinstance(error, AppError):
        return error.status >= 500 and not isinstance(error, Busy)
    return not isinstance(error, UnicodeError)


async def _note_failure(runtime: Runtime, actor: Actor) -> None:
    try:
        async with runtime.database.as_actor(actor) as ctx:
            await discovery.note_failure(ctx)
    except Exception as error:  # noqa: BLE001 - the error that is being noted must not be hidden by this one
        log.warning("a failed conversation could not be noted: %s", error)


async def _known(runtime: Runtime, actor: Actor, session: Session) -> tuple[Bundle, Vocabulary, Index]:
    """The pinned version, and what the inventory of now can be asked for."""
    bundle = await runtime.bundles.version(session.version_id)
    vocabulary = await runtime.vocabularies.of(runtime.bundles.find_current(bundle.slug) or bundle, actor)
    return bundle, vocabulary, runtime.vocabularies.index_of(vocabulary)
