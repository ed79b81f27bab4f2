"""A buyer's offer to be found: from what a conversation understood to what each fitting dealer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import Conflict
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Filter
from backend.domains.catalogue.service import Index
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import State
from backend.domains.events import service as events
from backend.domains.events.model import Bundle
from backend.domains.journal import service as journal
from backend.domains.leads import service as leads
from backend.domains.leads.model import Contact, DealerMatch, Lead, Understood
from backend.flows.guarding import guarded
from backend.flows.runtime import Runtime


async def open_lead(
    runtime: Runtime,
    actor: Actor,
    *,
    contact: Contact | None = None,
    refresh: bool = False,
    key: str | None = None,
    confirmation: UUID | None = None,
) -> dict[str, Any]:
    """Shares the wishes of the actor's conversation with fitting dealers, without the person; with `refresh` only what is
    shared already, brought up to date. The same `key` gives the same answer and needs no new confirmation.

    Shape: `{lead_id, status, opened_at, dealers}`; `dealers` is how many see it now.
    Raises: Conflict `leads.sharing_off`, `events.actions_off`; as the guard, see `transactions.service.place_hold`.
    """
    async with guarded(runtime, actor, "share", {"contact": asdict(contact) if contact else None}):
        return await _open_lead(runtime, actor, contact, refresh, key, confirmation)


async def _open_lead(
    runtime: Runtime,
    actor: Actor,
    contact: Contact | None,
    refresh: bool,
    key: str | None,
    confirmation: UUID | None,
) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    bundle = await runtime.bundles.version(session.version_id)
    vocabulary = await runtime.vocabularies.of(bundle, actor)
    index = runtime.vocabularies.index_of(vocabulary)
    understood = Understood(
        filters=[
            {"field": f.field, "op": f.op, "value": f.value, "default": f.default}
            for f in session.state.filters
        ],
        signals=[{"type": s.type, "value": s.value} for s in session.state.signals],
        labels={a.name: a.label for a in vocabulary.attributes},
        known=_known_values(vocabulary.facets),
    )
    matching = bundle.document["dealer_matching"]
    async with runtime.database.as_actor(actor) as ctx:

        async def work() -> dict[str, Any]:
            _refuse_if_off(bundle, session.arms, is_new=not refresh)
            lead, dealers = await leads.open_lead(
                ctx,
                event_name=bundle.document["name"],
                understood=understood,
                contact=contact,
                matches=await _matches(ctx, bundle.event_id, _limits(session.state), index),
                alignment_min=matching["inventory_alignment_min"],
                most=matching["max_dealers_per_lead"],
                refresh=refresh,
                confirmation=confirmation,
            )
            return _shown(lead) | {"dealers": dealers}

        if key is None:
            return await work()
        request = {"contact": asdict(contact) if contact else None}
        return await journal.once(ctx, operation="lead/open", key=key, request=request, work=work)


def _refuse_if_off(bundle: Bundle, arms: Mapping[str, str], *, is_new: bool) -> None:
    """Nothing is shared or brought up to date while the kill switch says so, nothing new while the event's flag does;
    what is shared can always be withdrawn."""
    document = events.document_for(bundle.document, arms)
    if document.get("safety", {}).get("mutating_tools_off"):
        raise Conflict("events.actions_off", slug=bundle.slug)
    if is_new and not bundle.flags(document).get("sharing", True):
        raise Conflict("leads.sharing_off", slug=bundle.slug)


async def withdraw_lead(runtime: Runtime, actor: Actor, *, key: str) -> dict[str, Any]:
    """Takes the offer back: no dealer sees it from the next read on. The same key gives the same answer."""
    async with guarded(runtime, actor, "withdraw", {}), runtime.database.as_actor(actor) as ctx:

        async def work() -> dict[str, Any]:
            return _shown(await leads.withdraw_lead(ctx)) | {"dealers": 0}

        return await journal.once(ctx, operation="lead/withdraw", key=key, request={}, work=work)


def _limits(state: State) -> list[Filter]:
    """What must hold, in the catalogue's words."""
    return [Filter(f.field, f.op, f.value) for f in state.filters if f.group == "must" and f.op != "within"]


def _known_values(facets: Sequence[Any]) -> Mapping[str, set[str]]:
    values: dict[str, set[str]] = {}
    for facet in facets:
        values.setdefault(facet.attribute, set()).update({facet.value.casefold(), facet.display.casefold()})
    return values


async def _matches(ctx: Context, event_id: UUID, limits: Sequence[Filter], index: Index) -> list[DealerMatch]:
    """Alignment of a dealer: the largest share of the limits that any of the dealer's cars meets together.

    All limits first; a dealer without such a car may still have one that misses a single limit.
    """
    best: dict[UUID, DealerMatch] = {}
    for left_out in (None, *range(len(limits))):
        kept = [limit for at, limit in enumerate(limits) if at != left_out]
        alignment = len(kept) / len(limits) if limits else 1.0
        compiled = catalogue.compile_filters(kept, index)
        if compiled.impossible:
            continue
        counts = await catalogue.count_by_dealer(ctx, event_id=event_id, filters=compiled)
        for dealer_id, count in counts.items():
            known = best.get(dealer_id)
            if known is None or (alignment, count) > (known.alignment, known.matching_listings):
                best[dealer_id] = DealerMatch(dealer_id, alignment, count)
    return list(best.values())


def _shown(lead: Lead) -> dict[str, Any]:
    return {"lead_id": str(lead.id), "status": lead.status, "opened_at": lead.opened_at.isoformat()}
