"""Drafts that wait: the inbox of all events, the tab of one, and a draft opened like a pull request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import reflex as rx

from app import bridge, config_showing
from app.config_views import DiffShown, DraftLine, DraftShown, ReviewLine
from app.states.acting import acting, key
from app.states.desk import Desk, may_decide, permissions
from app.states.event_page import EventPage
from backend.core.context import Actor, Context
from backend.core.errors import Conflict
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.lifecycle import Draft, DraftStatus, Needs
from backend.flows import drafting

WAITING = (DraftStatus.IN_REVIEW, DraftStatus.APPROVED, DraftStatus.OPEN, DraftStatus.REJECTED)
RISKS = ("none", "low", "medium", "high")
DONE = {
    "approve": "You have approved it.",
    "request_edits": "Its author can edit it again.",
    "reject": "It is rejected.",
}


class Approvals(rx.State):
    """Works on both pages: where the address names an event, only its drafts are shown."""

    ready: bool = False
    rows: list[DraftLine] = []
    draft: DraftShown = DraftShown()
    diff: DiffShown = DiffShown()
    reviews: list[ReviewLine] = []
    gone: list[str] = []
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self) -> None:
        await bridge.limit(self, "read")
        asked = self.router.url.query_parameters.get("draft", "")
        if asked != self.draft.id:
            self.draft, self.failure, self.gone = DraftShown(), "", []
        async with bridge.unit(self) as ctx:
            slug = getattr(self, "slug", "") or None
            await self._list(ctx, slug)
            if found := _id(asked):
                await self._open(ctx, found)
        self.ready = True

    async def _list(self, ctx: Context, slug: str | None) -> None:
        names = {event.slug: event.name for event in await events.list_events(ctx)}
        found = [d for d in await drafts.list_drafts(ctx, slug=slug) if d.status in WAITING]
        here = "?tab=approvals&draft=" if slug else "/cockpit/approvals?draft="
        found.sort(key=lambda d: (WAITING.index(d.status), -d.updated_at.timestamp()))
        me = ctx.actor.user_id
        self.rows = [
            config_showing.draft_line(d, event=names.get(d.slug, d.slug), me=me, now=ctx.now, here=here)
            for d in found
        ]

    async def _open(self, ctx: Context, draft_id: UUID) -> None:
        draft = await drafts.get_draft(ctx, draft_id=draft_id)
        event = await events.get_event(ctx, slug=draft.slug)
        base = (
            await events.get_version(ctx, version_id=draft.base_version_id) if draft.base_version_id else None
        )
        needs = await drafts.needs(ctx, draft_id=draft_id) if draft.canonical else None
        if draft.canonical:
            found = await drafts.draft_diff(ctx, draft_id=draft_id)
            self.diff = config_showing.diff_shown(
                found, before=base.source if base else "", after=draft.source
            )
        reviews = await drafts.list_reviews(ctx, draft_id=draft_id)
        self.reviews = [config_showing.review_line(review, ctx.actor.user_id) for review in reviews]
        rights = await permissions(ctx, draft.organization_id)
        document = base.document if base else draft.document or {}
        self.draft = _shown(draft, event.name, needs, rights, document, ctx)

    @rx.event
    async def review(self, form: dict[str, str]):
        verdict = form.get("verdict", "")
        self.busy = True
        yield
        async with acting(self) as actor:
            await drafting.review(
                bridge.runtime(),
                actor,
                draft_id=UUID(self.draft.id),
                revision=self.draft.revision,
                verdict=verdict,
                reason=form.get("reason", ""),
                key=key(),
            )
            yield rx.toast.success(DONE.get(verdict, "It is noted."))
        yield [Approvals.load, Desk.load, EventPage.refresh]

    @rx.event
    async def recall(self):
        self.busy = True
        yield
        async with acting(self) as actor:
            await drafting.recall(bridge.runtime(), actor, draft_id=UUID(self.draft.id), key=key())
            yield rx.toast.success("It is yours to edit again.")
        yield [Approvals.load, Desk.load, EventPage.refresh]

    @rx.event
    async def publish(self, form: dict[str, str]):
        """Puts an approved draft in force, or says what conversations would lose by it."""
        self.busy = True
        yield
        async with acting(self) as actor:
            answer = await self._publish(actor, form.get("carry") or None)
            yield rx.toast.success(f"Version {answer['version']} is in force.")
        yield [Approvals.load, Desk.load, EventPage.refresh]

    async def _publish(self, actor: Actor, carry: str | None) -> dict[str, Any]:
        try:
            return await drafting.publish_draft(
                bridge.runtime(),
                actor,
                draft_id=UUID(self.draft.id),
                revision=self.draft.revision,
                carry=carry,
                key=key(),
            )
        except Conflict as refused:
            self.gone = config_showing.gone_words(refused.facts.get("gone", ()))
            raise


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _shown(
    draft: Draft,
    event: str,
    needs: Needs | None,
    rights: Mapping[str, Any],
    document: Mapping[str, Any],
    ctx: Context,
) -> DraftShown:
    me = ctx.actor.user_id
    own = me in draft.contributors
    in_review, alive = draft.status is DraftStatus.IN_REVIEW, not draft.status.is_over
    risk = needs.risk if needs and alive else draft.risk or ""
    within = RISKS.index(risk or "none") <= RISKS.index(str(rights.get("max_risk_level", "low")))
    reviewable = in_review and may_decide(draft, dict(rights), me)
    locale = str(document.get("locale", "en-US")).replace("-", "_")
    return DraftShown(
        id=str(draft.id),
        slug=draft.slug,
        event=event,
        title=config_showing.draft_title(draft),
        message=draft.message if draft.message != draft.title else "",
        author=config_showing.person(draft.author_id, draft.author_email, me),
        status=draft.status.value,
        status_words=config_showing.STATUSES[draft.status.value],
        origin=config_showing.ORIGINS.get(draft.origin.value, ""),
        revision=draft.revision,
        base=f"version {draft.base_number}" if draft.base_number else "no version yet",
        submitted=draft.submitted_at.isoformat() if draft.submitted_at else "",
        expires=config_showing.expiry_words(draft, ctx.now),
        expires_soon=draft.expires_soon(ctx.now) or draft.is_expired(ctx.now),
        risk=risk,
        reasons=config_showing.risk_reasons(needs, currency=document.get("currency"), locale=locale)
        if needs and alive
        else [],
        needs=config_showing.needs_words(needs)
        if needs
        else "It still has problems; its author mends them first.",
        kind_word="own" if own and in_review else "above" if reviewable and not within else "",
        may_review=reviewable and within,
        may_edit=own and draft.status in (DraftStatus.OPEN, DraftStatus.REJECTED),
        may_recall=own and draft.status in (DraftStatus.IN_REVIEW, DraftStatus.APPROVED),
        may_publish=bool(
            draft.status is DraftStatus.APPROVED
            and rights.get("deploy_to_production")
            and within
            and not draft.is_behind
        ),
        is_stale=alive and draft.is_behind,
    )
