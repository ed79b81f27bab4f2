"""What a model would be told of a conversation: the five buckets from what the conversation is, holds and shows.

Whoever asks reads as who he is: a buyer the own conversation, staff those of their organization; the rest is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.domains.discovery import memory, prompting
from backend.domains.discovery import service as discovery
from backend.domains.discovery.memory import Remembered
from backend.domains.discovery.model import TurnRow
from backend.domains.discovery.service import Prepared, Turned
from backend.domains.events.model import Bundle
from backend.domains.policy import keeping
from backend.domains.policy import service as policies
from backend.domains.policy.composing import Bucket, Snippet, compose
from backend.domains.policy.model import Policy
from backend.domains.policy.profiles import strictest
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Hold
from backend.flows.knowing import known_of
from backend.flows.runtime import Runtime


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
    prepared = discovery.standing(
        session,
        bundle=known.bundle,
        vocabulary=known.vocabulary,
        index=known.index,
        embedder=runtime.ports.embedder,
    )
    async with runtime.database.as_actor(actor) as ctx:
        own = _about(ctx, session_id)
        turned = await discovery.answered(own, prepared)
        holds = [hold for hold in await transactions.list_own_holds(own) if hold.is_open(ctx.now)]
    policy = kept.policy if kept else strictest(prepared.document)
    today = str(discovery.today_of(ctx, prepared.document))
    told = snippets(
        known.bundle,
        prepared,
        turned,
        policy=policy,
        facts=kept.facts if kept else {},
        holds=holds,
        remembered=remembered_of(prepared, turned, turns),
        today=today,
    )
    budget = budget_tokens or int(policy["context_tokens"])
    found = compose(policy, told, budget_tokens=budget, scope=str(session.event_id))
    return {
        "session_id": str(session_id),
        "profile": policy["profile"],
        "policy_sha256": kept.sha256 if kept else None,
        "text": found.text,
        **found.manifest(),
    }


def snippets(
    bundle: Bundle,
    prepared: Prepared,
    turned: Turned,
    *,
    policy: Policy,
    facts: Mapping[str, Any],
    holds: Sequence[Hold],
    remembered: Remembered,
    today: str,
) -> list[Snippet]:
    """What could be told of a conversation, by bucket: the same for a model and for whoever looks at what it is told."""
    return [
        *_hard(bundle, prepared, today),
        *_commerce(holds, turned),
        *_profile(policy, facts),
        *_evidence(bundle, prepared, turned),
        *(
            [Snippet(Bucket.SUMMARY, "conversation", remembered.summary, "summary")]
            if remembered.summary
            else []
        ),
    ]


def remembered_of(prepared: Prepared, turned: Turned, turns: Sequence[TurnRow]) -> Remembered:
    """What was said, within the length that the document allows."""
    above = int(prepared.document.get("agent", {}).get("memory", {}).get("compress_above_tokens", 10_000))
    return memory.compressed(turned.facts.words, turned.state, turns, above=above)


def _about(ctx: Context, session_id: UUID) -> Context:
    """The same unit of work, asking about one conversation. Its rights stay those of whoever opened it."""
    if ctx.actor.kind == "buyer":
        return ctx
    return replace(ctx, actor=replace(ctx.actor, session_id=session_id))


def _hard(bundle: Bundle, prepared: Prepared, today: str) -> Iterator[Snippet]:
    document = prepared.document
    facts = {
        "organization_id": bundle.organization_id,
        "event_id": bundle.slug,
        "event": document.get("name", ""),
        "version": bundle.number,
        "locale": document["locale"],
        "currency": document["currency"],
        "today": today,
        "turn": prepared.session.turn_count,
    }
    for name, value in facts.items():
        yield Snippet(Bucket.HARD, "session", str(value), field=name)


def _commerce(holds: Sequence[Hold], turned: Turned) -> Iterator[Snippet]:
    for hold in holds:
        text = f"held until {hold.expires_at.isoformat()}"
        yield Snippet(Bucket.COMMERCE, "commerce", text, str(hold.listing_id), "hold", rank=2)
    yield Snippet(Bucket.COMMERCE, "commerce", str(turned.facts.matches), field="matches", rank=1)
    yield Snippet(
        Bucket.COMMERCE, "session", prompting.wishes(turned.facts.words, turned.state), field="wishes"
    )


def _profile(policy: Policy, facts: Mapping[str, Any]) -> Iterator[Snippet]:
    said = {"profile": policy["profile"], "autonomy": policy["autonomy"], "compliance": policy["compliance"]}
    for name, value in said.items():
        yield Snippet(Bucket.PROFILE, "policy", value, field=name, rank=1)
    tools = [f"{t['name']}{' (with a yes)' if t['confirm'] else ''}" for t in policy["tools"]]
    yield Snippet(Bucket.PROFILE, "policy", ", ".join(tools), field="tools")
    for name, value in facts.get("utm", {}).items():
        yield Snippet(Bucket.PROFILE, "facts", str(value), field=f"utm_{name}", rank=-1)


def _evidence(bundle: Bundle, prepared: Prepared, turned: Turned) -> Iterator[Snippet]:
    """The listings on the screen, best first, and what the event says of itself."""
    scope = str(bundle.event_id)
    for place, tile in enumerate(turned.facts.tiles):
        listing = turned.found.listings.get(tile.listing_id)
        if listing is not None:
            text = prompting.listing_text(turned.facts.words, prepared.document, listing, place + 1)
            rank = 1 - place / 100
            yield Snippet(Bucket.RETRIEVAL, "listings", text, str(listing.id), "tile", rank=rank, scope=scope)
    branding = prepared.document.get("branding") or {}
    if tagline := branding.get("tagline"):
        yield Snippet(Bucket.RETRIEVAL, "store", str(tagline), bundle.slug, "tagline", scope=scope)
