"""What a model would be told of a conversation: the five buckets from what the conversation is, holds and shows.

Whoever asks reads as who he is: a buyer the own conversation, staff those of their organization; the rest is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import Answer, Session, TurnRow
from backend.domains.events.model import Bundle
from backend.domains.events.service import document_for
from backend.domains.policy import keeping
from backend.domains.policy import service as policies
from backend.domains.policy.composing import Bucket, Snippet, compose
from backend.domains.policy.keeping import Kept
from backend.domains.policy.model import Policy
from backend.domains.policy.profiles import strictest
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Hold
from backend.flows.knowing import known_of
from backend.flows.runtime import Runtime

#: So many of the last messages are summed up.
_MESSAGES: Final = 6


async def compose_context(
    runtime: Runtime, actor: Actor, *, session_id: UUID, budget_tokens: int | None = None
) -> dict[str, Any]:
    """The bounded context of a conversation as it stands, with where each line came from and what was left out.

    Shape: `{session_id, profile, policy_sha256, text, ...manifest}`. Raises: NotFound `discovery.no_such_session`;
    InvalidInput `policy.context_budget`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        own = _about(ctx, session_id)
        session = await discovery.get_session(own)
        turns = await discovery.list_turns(own)
        kept = (
            await keeping.find_kept(ctx)
            if actor.kind == "buyer"
            else await policies.find_kept_of(ctx, session_id=session_id)
        )
    known = await known_of(runtime, actor, session)
    async with runtime.database.as_actor(actor) as ctx:
        own = _about(ctx, session_id)
        answer = await discovery.present(
            own, session=session, bundle=known.bundle, vocabulary=known.vocabulary, index=known.index
        )
        holds = [hold for hold in await transactions.list_own_holds(own) if hold.is_open(ctx.now)]
    policy = kept.policy if kept else strictest(document_for(known.bundle.document, session.arms))
    told = [
        *_hard(known.bundle, session),
        *_commerce(holds, answer),
        *_profile(policy, kept),
        *_evidence(answer, known.bundle),
        *_summary(turns),
    ]
    budget = budget_tokens or int(policy["context_tokens"])
    found = compose(policy, told, budget_tokens=budget, scope=str(session.event_id))
    return {
        "session_id": str(session_id),
        "profile": policy["profile"],
        "policy_sha256": kept.sha256 if kept else None,
        "text": found.text,
        **found.manifest(),
    }


def _about(ctx: Context, session_id: UUID) -> Context:
    """The same unit of work, asking about one conversation. Its rights stay those of whoever opened it."""
    if ctx.actor.kind == "buyer":
        return ctx
    return replace(ctx, actor=replace(ctx.actor, session_id=session_id))


def _hard(bundle: Bundle, session: Session) -> Iterator[Snippet]:
    facts = {
        "organization_id": bundle.organization_id,
        "event_id": bundle.slug,
        "version": bundle.number,
        "locale": bundle.document["locale"],
        "currency": bundle.document["currency"],
        "turn": session.turn_count,
    }
    for name, value in facts.items():
        yield Snippet(Bucket.HARD, "session", str(value), field=name)


def _commerce(holds: list[Hold], answer: Answer) -> Iterator[Snippet]:
    for hold in holds:
        text = f"held until {hold.expires_at.isoformat()}"
        yield Snippet(Bucket.COMMERCE, "commerce", text, str(hold.listing_id), "hold", rank=1)
    yield Snippet(Bucket.COMMERCE, "commerce", str(answer.matches), field="matches")


def _profile(policy: Policy, kept: Kept | None) -> Iterator[Snippet]:
    said = {"profile": policy["profile"], "autonomy": policy["autonomy"], "compliance": policy["compliance"]}
    for name, value in said.items():
        yield Snippet(Bucket.PROFILE, "policy", value, field=name, rank=1)
    tools = [f"{t['name']}{' (with a yes)' if t['confirm'] else ''}" for t in policy["tools"]]
    yield Snippet(Bucket.PROFILE, "policy", ", ".join(tools), field="tools")
    for name, value in (kept.facts.get("utm", {}) if kept else {}).items():
        yield Snippet(Bucket.PROFILE, "facts", str(value), field=f"utm_{name}", rank=-1)


def _evidence(answer: Answer, bundle: Bundle) -> Iterator[Snippet]:
    """The listings on the screen, best first, and what the event says of itself."""
    scope = str(bundle.event_id)
    for place, tile in enumerate(answer.tiles):
        specs = [f"{spec.get('label', '')}: {spec.get('value', '')}" for spec in tile.specs]
        text = ". ".join([tile.title, tile.price_text, *specs, f"State: {tile.state}"])
        yield Snippet(
            Bucket.RETRIEVAL,
            "listings",
            text,
            str(tile.listing_id),
            "tile",
            rank=1 - place / 100,
            scope=scope,
        )
    branding = bundle.document.get("branding") or {}
    if tagline := branding.get("tagline"):
        yield Snippet(Bucket.RETRIEVAL, "store", str(tagline), bundle.slug, "tagline", scope=scope)


def _summary(turns: list[TurnRow]) -> Iterator[Snippet]:
    """The last messages as they were kept: with what names a person masked. The newest first, for it is cut last."""
    for turn in turns[-_MESSAGES:]:
        text = f"Buyer: {turn.message}\nGuide: {turn.reply}"
        yield Snippet(Bucket.SUMMARY, "conversation", text, str(turn.number), "turn", rank=turn.number)
