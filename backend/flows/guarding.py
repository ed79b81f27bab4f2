"""What stands around every verb of a buyer: its policy is there, and its refusal leaves a receipt.

Whether a verb may be carried out is decided in the database (`private.guard`), whoever calls; nothing is decided here.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

from backend.adapters.sealing import Sealer
from backend.core.context import Actor
from backend.core.errors import AppError, Busy, Conflict
from backend.domains.discovery import service as discovery
from backend.domains.events.service import document_for
from backend.domains.policy import keeping
from backend.domains.policy.keeping import Kept
from backend.domains.policy.model import SessionFacts, step_json
from backend.domains.policy.profiles import resolve
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import BuyerRequest, Origin, Prepared
from backend.flows.runtime import Runtime

log = logging.getLogger(__name__)

#: Refusals that are a wall's doing, beside all of `policy.`: each leaves a receipt.
_BLOCKS: Final = frozenset(
    {"events.actions_off", "catalogue.no_such_listing", "transactions.no_such_hold", "leads.sharing_off"}
)
_NO_BLOCK: Final = frozenset({"policy.refresh_needed"})
#: What a snapshot may say openly; everything else of the facts is sealed.
_OPEN_FACTS: Final = ("utm", "consent", "locale", "channel")


@asynccontextmanager
async def guarded(
    runtime: Runtime, actor: Actor, verb: str, arguments: Mapping[str, Any], origin: Origin = "buyer"
) -> AsyncIterator[None]:
    """Around the unit of work of one verb: if it is refused, the refusal gets its receipt in a unit of its own.

    Call it outside the unit; the error is raised as it came.
    """
    try:
        yield
    except AppError as refused:
        if is_block(refused):
            await _note(runtime, actor, verb, arguments, origin, refused)
        raise


def is_block(refused: AppError) -> bool:
    """Whether a wall refused, not the circumstances: a listing that is taken is no block."""
    return (refused.code.startswith("policy.") and refused.code not in _NO_BLOCK) or refused.code in _BLOCKS


async def _note(
    runtime: Runtime,
    actor: Actor,
    verb: str,
    arguments: Mapping[str, Any],
    origin: Origin,
    refused: AppError,
) -> None:
    reasons = [refused.code, *(str(reason) for reason in refused.facts.get("reasons", ()))]
    try:
        async with runtime.database.as_actor(actor) as ctx:
            await keeping.note_block(ctx, verb=verb, arguments=arguments, origin=origin, reasons=reasons)
    except Exception as error:  # noqa: BLE001 - the refusal must not be hidden by what befell its receipt
        log.warning("a refusal got no receipt: %s", error)


async def prepare(
    runtime: Runtime, actor: Actor, *, verb: str, arguments: Mapping[str, Any], origin: Origin = "buyer"
) -> Prepared:
    """What the policy says of a verb, with a token for the buyer's yes. A policy whose time is over is resolved anew.

    Raises: as `transactions.service.prepare`.
    """
    async with guarded(runtime, actor, verb, arguments, origin):
        for last in (False, True):
            try:
                async with runtime.database.as_actor(actor) as ctx:
                    return await transactions.prepare(ctx, verb=verb, arguments=arguments, origin=origin)
            except Conflict as refused:
                if refused.code != "policy.refresh_needed" or last:
                    raise
            await refresh(runtime, actor, reason="expired")
    raise AssertionError  # the loop returns or raises


async def make_request(
    runtime: Runtime,
    actor: Actor,
    *,
    kind: str,
    listing_id: int | None,
    details: Mapping[str, Any],
    key: str,
    confirmation: UUID | None = None,
    origin: Origin = "buyer",
) -> BuyerRequest:
    """Puts before people what a buyer asks of them; the same key gives the same request.

    Raises: as `transactions.service.make_request`.
    """
    arguments = {"listing_id": listing_id, "details": dict(details)}
    async with (
        guarded(runtime, actor, kind, arguments, origin),
        runtime.database.as_actor(actor) as ctx,
    ):
        return await transactions.make_request(
            ctx,
            kind=kind,
            listing_id=listing_id,
            details=details,
            key=key,
            confirmation=confirmation,
            origin=origin,
        )


async def refresh(runtime: Runtime, actor: Actor, *, reason: str, facts: SessionFacts | None = None) -> Kept:
    """Resolves the policy of the actor's conversation anew, from what it was resolved from before or from `facts`.

    Raises: NotFound `discovery.no_such_session`; TooMany `policy.too_fast`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
        kept = await keeping.find_kept(ctx)
    bundle = await runtime.bundles.version(session.version_id)
    owner = f"facts:{session.event_id}"
    known = facts or _known(runtime, owner, kept)
    resolved = resolve(document_for(bundle.document, session.arms), known)
    trace = [step_json(step) for step in resolved.trace]
    said = facts_to_keep(runtime, owner, known) | {"trace": trace}
    async with runtime.database.as_actor(actor) as ctx:
        await keeping.refresh(ctx, policy=resolved.policy, facts=said, reason=reason)
        renewed = await keeping.find_kept(ctx)
    assert renewed is not None
    return renewed


def facts_to_keep(runtime: Runtime, owner: str, facts: SessionFacts) -> dict[str, Any]:
    """Campaign words as they are, everything else sealed; without a key to seal with it is not kept at all."""
    whole = facts.to_json()
    told = {name: whole[name] for name in _OPEN_FACTS}
    secret = {name: value for name, value in whole.items() if name not in _OPEN_FACTS and value}
    if not secret:
        return told
    try:
        return told | {"sealed": Sealer(runtime.settings.seal_keys).seal(owner, secret)}
    except Busy:
        log.warning("no key to seal with: segments and answers of a conversation were not kept")
        return told


def _known(runtime: Runtime, owner: str, kept: Kept | None) -> SessionFacts:
    """What the last policy was resolved from."""
    if kept is None:
        return SessionFacts()
    secret: Mapping[str, Any] = {}
    if kept.sealed_facts:
        try:
            secret = Sealer(runtime.settings.seal_keys).open(owner, kept.sealed_facts)
        except AppError as error:
            log.warning("sealed facts could not be opened: %s", error)
    facts = {**kept.facts, **secret}
    return SessionFacts(
        utm=facts.get("utm", {}),
        consent=frozenset(facts.get("consent", ())),
        segments=frozenset(facts.get("segments", ())),
        answers=facts.get("answers", {}),
        locale=facts.get("locale", ""),
        channel=facts.get("channel", "web"),
    )
