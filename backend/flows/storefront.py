"""What a buyer does in an event: enter, say something, change a chip, look closer, come back.

Shared by the API and the storefront. A conversation keeps the version it began with; stock and holds are those of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid4

from backend.adapters.sealing import Sealer
from backend.core.context import Actor, Context
from backend.core.errors import Conflict
from backend.domains.catalogue import service as catalogue
from backend.domains.discovery import service as discovery
from backend.domains.discovery import visiting
from backend.domains.discovery.memory import is_remembered
from backend.domains.discovery.model import Session
from backend.domains.discovery.screen import with_events
from backend.domains.discovery.service import Prepared
from backend.domains.discovery.wording import Words
from backend.domains.events.model import Bundle
from backend.domains.identity.tokens import mint_buyer_token
from backend.domains.journal import service as journal
from backend.domains.leads import service as leads
from backend.domains.policy.model import SessionFacts, step_json
from backend.domains.policy.profiles import resolve
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Hold, Origin
from backend.flows import confiding, looking, remembering
from backend.flows.guarding import facts_to_keep, guarded
from backend.flows.knowing import known_of, noting_failure
from backend.flows.listing_facts import listing_view
from backend.flows.opening import shown_event
from backend.flows.runtime import Runtime
from backend.flows.turns import take_turn

#: What a buyer must have agreed to before wishes are kept for the next visit.
MEMORY_NEEDS: Final = "personalization"

ChipChange = Literal["remove", "must", "nice", "value"]


def bootstrap(runtime: Runtime, slug: str) -> dict[str, Any]:
    """What a storefront needs before anybody says a word. Nothing of how listings are ranked or dealers paid.

    Raises: NotFound `events.not_found`.
    """
    return shown_event(runtime.bundles.current(slug), {})


async def start(
    runtime: Runtime,
    *,
    slug: str,
    key: str,
    facts: SessionFacts | None = None,
    visitor: str = "",
) -> dict[str, Any]:
    """Begins a conversation on the version in force; the same key gives the same one.

    `facts` choose its policy. A `visitor`, a secret of the browser, is remembered where the buyer agreed to it and the
    document keeps wishes from visit to visit.
    Shape: `{session_id, session_token, ui}`; `ui` is the first screen.
    Raises: NotFound `events.not_found`; Gone `events.paused`, `events.closed`.
    """
    bundle = runtime.bundles.current(slug)
    known = facts or SessionFacts()
    async with runtime.database.as_actor(Actor.anonymous()) as ctx:

        async def work() -> dict[str, Any]:
            session = await _opened(ctx, runtime, bundle, known)
            return {"session_id": str(session.id), "event_uuid": str(session.event_id)}

        kept = await journal.once(
            ctx, operation="discovery/start", key=key, request={"event_id": slug}, work=work
        )
    session_id, event_id = UUID(kept["session_id"]), UUID(kept["event_uuid"])
    secret = runtime.settings.jwt_secret.get_secret_value()
    token = mint_buyer_token(secret, session_id=session_id, event_id=event_id, now=datetime.now(UTC))
    buyer = Actor.buyer(session_id, event_id)
    if visitor and MEMORY_NEEDS in known.consent and _remembers(bundle):
        wishes = await remembering.recalled(runtime, event_id=event_id, visitor=visitor)
        async with runtime.database.as_actor(buyer) as ctx:
            await visiting.recall(ctx, bundle=bundle, visitor=visitor, wishes=wishes)
    screen = await resume(runtime, buyer)
    return {"session_id": kept["session_id"], "session_token": token, "ui": screen}


async def _opened(ctx: Context, runtime: Runtime, bundle: Bundle, known: SessionFacts) -> Session:
    """A fresh conversation with its first policy; its experiments may change what the document says."""
    visitor = uuid4()
    document = discovery.document_of(bundle, visitor)
    resolved = resolve(document, known)
    told = facts_to_keep(runtime, f"facts:{bundle.event_id}", known)
    return await discovery.start(
        ctx,
        bundle=bundle,
        visitor=visitor,
        policy=resolved.policy,
        facts=told | {"trace": [step_json(step) for step in resolved.trace]},
    )


def _remembers(bundle: Bundle) -> bool:
    return bool(bundle.document.get("agent", {}).get("memory", {}).get("across_visits"))


async def remember(runtime: Runtime, actor: Actor, *, visitor: str) -> bool:
    """Keeps the wishes of a conversation under way for the next visit, as its buyer just agreed to.

    Shape: whether the document keeps wishes at all; where it does not, nothing is kept.
    """
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    bundle = await runtime.bundles.version(session.version_id)
    if not visitor or not _remembers(bundle):
        return False
    async with runtime.database.as_actor(actor) as ctx:
        await visiting.recall(ctx, bundle=bundle, visitor=visitor)
    remembering.note_wishes(runtime, actor, turn=session.turn_count)
    return True


async def forget(runtime: Runtime, actor: Actor) -> None:
    """Lets go of the wishes kept for the next visit; the conversation itself goes on.

    Raises: Busy `core.memory_unreachable` where they are kept elsewhere, too, and cannot be reached: try again.
    """
    await remembering.forgotten(runtime, actor)
    async with runtime.database.as_actor(actor) as ctx:
        await visiting.forget(ctx)


async def say(runtime: Runtime, actor: Actor, *, message: str, key: str) -> dict[str, Any]:
    """One message and its answer; the same key gives the same answer. See `turns.take_turn`."""
    return await take_turn(runtime, actor, message=message, key=key)


async def compare(runtime: Runtime, actor: Actor, *, listing_ids: Sequence[int]) -> dict[str, Any]:
    """Two to four listings side by side, as the document has it. Shape: as `comparing.Comparison`.

    Raises: NotFound `catalogue.no_such_listing`; InvalidInput `discovery.compare_count`.
    """
    prepared = await _as_it_stands(runtime, actor)
    async with runtime.database.as_actor(actor) as ctx:
        return await looking.compare(ctx, prepared, listing_ids)


async def similar(
    runtime: Runtime, actor: Actor, *, listing_id: int, than: Sequence[str] = ()
) -> dict[str, Any]:
    """More like a listing, within the buyer's own limits; `than`: cheaper, dearer, newer, older, fewer_miles.

    Raises: NotFound `catalogue.no_such_listing`.
    """
    prepared = await _as_it_stands(runtime, actor)
    async with runtime.database.as_actor(actor) as ctx:
        return await looking.similar(ctx, prepared, listing_id, than)


async def _as_it_stands(runtime: Runtime, actor: Actor) -> Prepared:
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    known = await known_of(runtime, actor, session)
    return discovery.standing(
        session,
        bundle=known.bundle,
        vocabulary=known.vocabulary,
        index=known.index,
        embedder=runtime.ports.embedder,
    )


async def answer_survey(runtime: Runtime, actor: Actor, *, answers: dict[str, Any]) -> bool:
    """Keeps the answers to the survey; whether they are the first. Raises: InvalidInput `discovery.survey_answer`."""
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    bundle = await runtime.bundles.version(session.version_id)
    async with guarded(runtime, actor, "survey", {}), runtime.database.as_actor(actor) as ctx:
        return await discovery.answer_survey(ctx, bundle=bundle, answers=answers)


async def change_chip(
    runtime: Runtime, actor: Actor, *, chip_id: str, change: ChipChange, value: Any, key: str
) -> dict[str, Any]:
    """Removes a chip, moves it between must and nice, or gives it another value.

    Raises: NotFound `discovery.no_such_chip`; InvalidInput `discovery.chip_value`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    known = await known_of(runtime, actor, session)
    async with runtime.database.as_actor(actor) as ctx:
        answer = await discovery.change_filters(
            ctx,
            chip_id=chip_id,
            change=change,
            value=value,
            key=key,
            bundle=known.bundle,
            vocabulary=known.vocabulary,
            index=known.index,
        )
    return with_events(answer, turn=session.turn_count + 1)


async def resume(runtime: Runtime, actor: Actor) -> dict[str, Any]:
    """The screen of a conversation as it stands: for its beginning, and for who comes back."""
    async with noting_failure(runtime, actor):
        return await _screen(runtime, actor)


async def _screen(runtime: Runtime, actor: Actor) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    known = await known_of(runtime, actor, session)
    async with runtime.database.as_actor(actor) as ctx:
        answer = await discovery.present(
            ctx, session=session, bundle=known.bundle, vocabulary=known.vocabulary, index=known.index
        )
        said = await discovery.list_turns(ctx)
        holds = [hold for hold in await transactions.list_own_holds(ctx) if hold.is_open(ctx.now)]
        lead = await leads.find_own_lead(ctx)
    body, sealer = answer.to_json(), Sealer(runtime.settings.seal_keys)
    return {
        "session_id": str(session.id),
        "event_uuid": str(session.event_id),
        "event": shown_event(known.bundle, session.arms),
        "arms": dict(session.arms),
        "greeting": body.pop("reply"),
        "remembers": _remembers(known.bundle),
        "remembered": is_remembered(session.state),
        "openings": body["quick_replies"] if session.turn_count == 0 else [],
        "turns": [
            asdict(turn) | {"confirmations": confiding.opened(sealer, session.id, turn.confirmations)}
            for turn in said
        ],
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
    await runtime.bundles.refresh()  # a switch of the whole organization makes no new version
    return shown_event(await runtime.bundles.version(session.version_id), session.arms)


async def listing(runtime: Runtime, actor: Actor, *, listing_id: int) -> dict[str, Any]:
    """One listing in full, each fact with its source. Raises: NotFound `catalogue.no_such_listing`."""
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
        found = await catalogue.get_listing(ctx, listing_id=listing_id)
    known = await known_of(runtime, actor, session)
    document = known.bundle.document
    return listing_view(Words.of(document, known.vocabulary, session.state.language), document, found)


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
