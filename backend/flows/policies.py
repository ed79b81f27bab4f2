"""Profiles, simulator and replay for staff, and the policy of a visit for whoever asks.

Profiles are edited in the text of a draft: the gate decides what goes live. The API and the cockpit share these.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from backend.adapters.sealing import Sealer
from backend.core.context import Actor, Context
from backend.core.errors import AppError, Conflict, InvalidInput, NotFound
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.compiling import completed
from backend.domains.events.editing import edited
from backend.domains.events.joining import authored
from backend.domains.events.model import Document, Event, Source
from backend.domains.policy import service
from backend.domains.policy.editing import profile_edit
from backend.domains.policy.facts import facts_from
from backend.domains.policy.model import ACTING, DEFAULT, READING, RIGHTS, SessionFacts, step_json
from backend.domains.policy.profiles import in_order, policy_of, resolve, strictest
from backend.domains.policy.replaying import caught
from backend.flows.config_views import draft_head, problems_view
from backend.flows.once import once
from backend.flows.runtime import Runtime
from backend.kit.canonical_json import canonical_sha256

#: The verbs a simulation asks about: everything that exists, in one order.
_ASKED: Final = tuple(sorted(READING | ACTING))


async def list_profiles(
    runtime: Runtime, actor: Actor, *, slug: str, draft_id: UUID | None = None, visits: int = 500
) -> dict[str, Any]:
    """The profiles of an event in the order they are looked at, each with what it comes to and whom it would have got.

    Of the version in force, or of a draft. Raises: NotFound; Conflict `events.never_published`, `events.draft_invalid`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=slug)
        document, version = await _document(ctx, slug, draft_id)
        met = await service.recent_visits(
            ctx, event_id=event.id, opening=opening(runtime, event.id), limit=visits
        )
    counted = await asyncio.to_thread(caught, document, met)
    counts = {one["profile"]: one for one in counted["profiles"]}
    section = document["policy"]
    listed = [
        {**profile, "comes_to": dict(policy_of(document, profile)), **_counts(counts[profile["key"]])}
        for profile in in_order(section["profiles"])
    ]
    return {
        "event_id": slug,
        "version": version,
        "draft_id": str(draft_id) if draft_id else None,
        "profiles": listed,
        "default": {"comes_to": dict(strictest(document)), **_counts(counts[DEFAULT])},
        "visits": counted["sessions"],
        "tools": [dict(tool) for tool in document["agent"]["tools"]],
        "verbs": [{"verb": v, "acts": v in ACTING, "is_right": v in RIGHTS} for v in _ASKED],
        **{name: section[name] for name in ("snapshot_minutes", "context_tokens", "blocked_per_minute")},
    }


def _counts(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"caught": one["caught"], "outranked": one["outranked"]}


async def save_profile(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    profile: Mapping[str, Any],
    is_new: bool,
    draft_id: UUID | None = None,
    revision: int | None = None,
) -> dict[str, Any]:
    """Writes a profile into a draft: a new one of the version in force, or the next revision of `draft_id`.

    Shape: `{profile, draft, problems, errors, warnings}`. A profile with mistakes is kept, and the draft says so.
    Raises: NotFound `policy.no_such_profile`; Conflict `policy.profile_exists`, and as `drafts.save_draft`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        text, standing = await _text(ctx, slug, draft_id)
        exists = profile["key"] in {one["key"] for one in standing}
        if is_new and exists:
            raise Conflict("policy.profile_exists", profile=profile["key"])
        if not is_new and not exists:
            raise NotFound("policy.no_such_profile", profile=profile["key"])
        standing_keys = frozenset(one["key"] for one in standing)
        edit = profile_edit(authored(text), profile, standing_keys)
        changed = await asyncio.to_thread(edited, text, [edit])
        title = f"Profile {profile['key']}" if draft_id is None else ""
        saved = await drafts.save_draft(
            ctx, slug=slug, source_text=changed, title=title, draft_id=draft_id, revision=revision
        )
        shown = draft_head(saved.draft, ctx.now)
        return {"profile": profile["key"], "draft": shown, **problems_view(saved.problems)}

    request = {"slug": slug, "profile": dict(profile), "draft": draft_id, "revision": revision, "new": is_new}
    return await once(runtime, actor, operation="policy/profiles", key=key, request=request, work=work)


async def simulate(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    said: Mapping[str, Any],
    profile: str | None = None,
    draft_id: UUID | None = None,
    visits: int = 500,
) -> dict[str, Any]:
    """What a visit would get and why: profile, trace, a verdict for each verb by the buyer's button and by the guide.

    With `profile`, its own step of the trace stands apart. Nothing is kept. Raises: InvalidInput `policy.bad_facts`;
    NotFound `policy.no_such_profile`; and as `list_profiles`.
    """
    facts = facts_from(said)
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=slug)
        document, version = await _document(ctx, slug, draft_id)
        resolved = resolve(document, facts)
        step = next((step for step in resolved.trace if step.profile == profile), None)
        if profile not in (None, DEFAULT) and step is None:
            raise NotFound("policy.no_such_profile", profile=profile)
        calls = [(verb, origin, False) for verb in _ASKED for origin in ("buyer", "guide")]
        found = await service.verdicts(ctx, policy=resolved.policy, calls=calls)
        switches = await service.switches(ctx, event_id=event.id)
        met = await service.recent_visits(
            ctx, event_id=event.id, opening=opening(runtime, event.id), limit=visits
        )
    said_of = {call[:2]: verdict for call, verdict in zip(calls, found, strict=True)}
    return {
        "event_id": slug,
        "version": version,
        **resolved.to_json(),
        "facts": facts.to_json(),
        "this": step_json(step) if step else None,
        "verdicts": [
            {
                "verb": verb,
                **{
                    origin: {
                        "verdict": said_of[verb, origin].verdict,
                        "reasons": said_of[verb, origin].reasons,
                    }
                    for origin in ("buyer", "guide")
                },
            }
            for verb in _ASKED
        ],
        "switches": switches.on,
        "recent": await asyncio.to_thread(caught, document, met),
    }


async def resolve_visit(runtime: Runtime, *, slug: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The policy a visit would begin with, without the profiles of others: what a page needs to know before it starts.

    Nothing is bound by it: `discovery/start` resolves again and keeps what it finds.
    Raises: NotFound `events.not_found`; InvalidInput `policy.bad_facts`.
    """
    bundle = runtime.bundles.current(slug)
    resolved = resolve(bundle.document, facts_from(said))
    policy = dict(resolved.policy)
    return {"event_id": slug, "version": bundle.number, "policy": policy, "sha256": canonical_sha256(policy)}


async def replay(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    draft_id: UUID | None = None,
    yaml_content: str | None = None,
    most: int = service.MOST_DECISIONS,
) -> dict[str, Any]:
    """A proposal over the log of decisions: how many would have come out otherwise, by verb and profile, and which.

    Raises: InvalidInput `events.no_proposal`, `events.invalid_document`; and as `list_profiles`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=slug)
        document = await _proposed(ctx, slug, draft_id, yaml_content)
        return await replayed(runtime, ctx, event, document, most)


async def replayed(
    runtime: Runtime, ctx: Context, event: Event, document: Document, most: int
) -> dict[str, Any]:
    """The same for a document at hand, in the unit of work of whoever asks."""
    found = await service.replay(
        ctx, event_id=event.id, document=document, opening=opening(runtime, event.id), most=most
    )
    return {"event_id": event.slug, **found.to_json()}


def opening(runtime: Runtime, event_id: UUID) -> service.Opening:
    """Opens what a snapshot kept of a visit. What cannot be opened any more counts as never said."""
    sealer = Sealer(runtime.settings.seal_keys)
    owner = f"facts:{event_id}"

    def opened(told: Mapping[str, Any], sealed: str | None) -> SessionFacts:
        try:
            secret = sealer.open(owner, sealed) if sealed else {}
            return facts_from({**told, **secret})
        except AppError:
            return SessionFacts()

    return opened


async def _document(ctx: Context, slug: str, draft_id: UUID | None) -> tuple[Document, int | None]:
    if draft_id is None:
        version = await events.get_in_force(ctx, slug=slug)
        return completed(dict(version.document)), version.number
    draft = await drafts.get_draft(ctx, draft_id=draft_id)
    if draft.slug != slug:
        raise NotFound("events.no_such_draft", draft_id=str(draft_id))
    if draft.document is None:
        raise Conflict("events.draft_invalid", draft_id=str(draft_id))
    return completed(dict(draft.document)), None


async def _text(ctx: Context, slug: str, draft_id: UUID | None) -> tuple[str, list[Mapping[str, Any]]]:
    """The text to write into, and the profiles it comes to."""
    document, _ = await _document(ctx, slug, draft_id)
    profiles = list(document["policy"]["profiles"])
    if draft_id is not None:
        return (await drafts.get_draft(ctx, draft_id=draft_id)).source, profiles
    return (await events.get_in_force(ctx, slug=slug)).source, profiles


async def _proposed(ctx: Context, slug: str, draft_id: UUID | None, yaml_content: str | None) -> Document:
    if draft_id is not None:
        return (await _document(ctx, slug, draft_id))[0]
    if yaml_content is None:
        raise InvalidInput("events.no_proposal", expected=["draft_id", "yaml_content"])
    source = Source(yaml_content, "document.yaml")
    found = await asyncio.to_thread(events.checked_for, source, events.shipped_templates(), slug)
    if found.compiled is None:
        raise events.invalid(found.problems)
    return found.compiled.document
