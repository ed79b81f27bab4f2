"""The Document tab of an event: which draft is open, and the way from a draft to a version."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import reflex as rx

from app import bridge, config_showing, document_rows, draft_showing
from app.config_views import ConflictRow, DiffShown
from app.document_views import Clash, DraftChoice
from app.states.acting import acting, key
from app.states.desk import Desk, permissions
from app.states.document_editing import Editing
from app.states.event_page import EventPage
from backend.core.context import Context
from backend.core.errors import Conflict, NotFound
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.changes import Diff
from backend.domains.events.lifecycle import Draft, DraftHead, DraftStatus, SavedDraft
from backend.domains.events.model import EventVersion
from backend.flows import drafting


class Document(Editing, rx.State):
    """One draft of one event, beside the version in force."""

    ready: bool = False
    store: str = ""
    choices: list[DraftChoice] = []
    diff: DiffShown = DiffShown()
    conflicts: list[ConflictRow] = []
    undecided: int = 0
    gone: list[str] = []
    busy: bool = False
    asks_discard: bool = False
    reviewing: bool = False

    _choices: dict[str, str] = {}
    _number: int = 0
    _document: dict[str, Any] = {}

    @rx.event
    async def load(self):
        """Opens the draft that the address names, else the reader's own last one, else the version in force.

        Where the address names a place with a problem (`at`), it is led to.
        """
        asked = self.router.url.query_parameters
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            try:
                await self._load(ctx, self.slug, asked.get("draft", ""))
            except NotFound:
                self.ready = False  # the head of the page says so
                return None
        await self._draw()
        self.ready = True
        found = document_rows.found_at(self.problems, asked.get("at", ""))
        return Document.go_to(found.key, found.line, found.column) if found else None

    async def _load(self, ctx: Context, slug: str, asked: str) -> None:
        event = await events.get_event(ctx, slug=slug)
        self._rights = await permissions(ctx, event.organization_id)
        self.may_edit = any(self._rights.get(right) for right in draft_showing.WRITING)
        if slug != self._slug:
            self.section, self._opened, self._refused = "event", [], {}
        self._email = ctx.actor.email or ""
        self._slug, self.store = slug, f"mpax.document.{slug}"
        self.failure, self.clash, self.gone, self.asks_discard = "", Clash(), [], False
        self._forget_conflicts()
        found = await drafts.list_drafts(ctx, slug=slug)
        chosen = await self._chosen(ctx, found, asked)
        base_id = chosen.base_version_id if chosen else event.current_version_id
        self._begin_from(await events.get_version(ctx, version_id=base_id) if base_id else None)
        me = ctx.actor.user_id
        if chosen is None:
            self._draft_id, self._revision, self._saved = "", 0, self._base
            self.bar, self.diff = draft_showing.no_draft(self._number, self._rights_held()), DiffShown()
            self.mark = f"v{self._number}"
        else:
            await self._show_draft(ctx, chosen)
            differs = chosen.canonical and chosen.base_version_id
            self._show_diff(await drafts.draft_diff(ctx, chosen.id) if differs else None, chosen)
            if chosen.is_expired(ctx.now):
                self._draft_id, self._revision = "", 0  # the next edit begins a new draft with its text
        self.choices = [draft_showing.draft_choice(d, opened=self._draft_id, me=me) for d in found]
        if self.text != self._saved or not self.stamp:
            self._show_text(self._saved)
        self._written = self._readable = self._saved

    async def _chosen(self, ctx: Context, found: list[DraftHead], asked: str) -> Draft | None:
        if asked:
            with suppress(ValueError):
                named = await drafts.get_draft(ctx, draft_id=UUID(asked))
                if not named.status.is_over:
                    return named
        mine = (d for d in found if ctx.actor.user_id in d.contributors and d.branch_id is None)
        last = next((d for d in mine if not d.is_expired(ctx.now)), None)
        return await drafts.get_draft(ctx, draft_id=last.id) if last else None

    def _begin_from(self, base: EventVersion | None) -> None:
        self._base, self._number = (base.source, base.number) if base else ("", 0)
        self._document = {
            "locale": base.document.get("locale") if base else None,
            "currency": base.document.get("currency") if base else None,
        }

    async def _show_saved(self, ctx: Context, saved: SavedDraft) -> None:
        await self._show_draft(ctx, saved.draft)
        self._show_diff(saved.diff, saved.draft)

    def _show_diff(self, found: Diff | None, draft: Draft) -> None:
        self.diff = (
            config_showing.diff_shown(found, before=self._base, after=draft.source) if found else DiffShown()
        )

    async def _show_draft(self, ctx: Context, draft: Draft) -> None:
        """Everything about a draft but its text, which the editor may be ahead of, and its changes."""
        self._draft_id, self._revision, self._saved = str(draft.id), draft.revision, draft.source
        self.mark = f"{draft.id}:{draft.revision}"
        needs = await drafts.needs(ctx, draft.id) if draft.canonical else None
        currency, locale = (
            self._document.get("currency"),
            str(self._document.get("locale") or "en-US").replace("-", "_"),
        )
        self.bar = draft_showing.draft_bar(
            draft,
            needs,
            rights=self._rights,
            me=ctx.actor.user_id,
            now=ctx.now,
            currency=currency,
            locale=locale,
        )

    # --- the life of the draft

    @rx.event
    def review(self) -> None:
        """Opens or closes what changes and who has to agree."""
        self.reviewing = not self.reviewing

    @rx.event
    async def rename(self, form: dict[str, str]) -> None:
        """Gives the draft its title."""
        async with acting(self), bridge.unit(self) as ctx:
            saved = await drafts.save_draft(
                ctx,
                slug=self._slug,
                source_text=self._saved,
                title=form.get("title", ""),
                draft_id=UUID(self._draft_id) if self._draft_id else None,
                revision=self._revision or None,
            )
            await self._show_saved(ctx, saved)

    @rx.event
    async def decide(self, form: dict[str, str]):
        """Puts the draft in force where nobody else has to agree, else asks those who have to."""
        self.busy = True
        yield
        async with acting(self) as actor:
            message = form.get("message", "")
            if self.bar.may_publish:
                yield await self._publish(actor, message, form.get("carry") or None)
            else:
                await drafting.submit(
                    bridge.runtime(),
                    actor,
                    draft_id=UUID(self._draft_id),
                    revision=self._revision,
                    message=message,
                    key=key(),
                )
                yield rx.toast.success("It waits for approval now.")
        if not self.failure and not self.gone:
            self.reviewing = False
            yield [Document.load, Desk.load, EventPage.refresh]

    async def _publish(self, actor: Any, message: str, carry: str | None) -> Any:
        draft_id = UUID(self._draft_id)
        try:
            if self.bar.status != DraftStatus.APPROVED.value:
                await drafting.submit(
                    bridge.runtime(),
                    actor,
                    draft_id=draft_id,
                    revision=self._revision,
                    message=message,
                    key=key(),
                )
                self.bar.status = DraftStatus.APPROVED.value
            answer = await drafting.publish_draft(
                bridge.runtime(), actor, draft_id=draft_id, revision=self._revision, carry=carry, key=key()
            )
        except Conflict as refused:
            self.gone = config_showing.gone_words(refused.facts.get("gone", ()))
            if not self.gone:
                raise
            return None
        self.gone = []
        return rx.toast.success(f"Version {answer['version']} is in force.")

    @rx.event
    async def recall(self):
        async with acting(self) as actor:
            await drafting.recall(bridge.runtime(), actor, draft_id=UUID(self._draft_id), key=key())
        yield [Document.load, Desk.load, EventPage.refresh]

    @rx.event
    def ask_discard(self, is_open: bool) -> None:
        self.asks_discard = is_open

    @rx.event
    async def discard(self):
        """Gives the draft up; the page then shows the version in force."""
        self.asks_discard = False
        async with acting(self) as actor:
            await drafting.discard(bridge.runtime(), actor, draft_id=UUID(self._draft_id), key=key())
            yield rx.toast.success("The draft is discarded.")
        yield [rx.redirect(f"/cockpit/events/{self._slug}?tab=document"), Document.load, EventPage.refresh]

    # --- the version in force moved on

    @rx.event
    async def bring_up_to_date(self) -> None:
        """Takes what came into force since into the draft; asks where both sides changed the same place."""
        async with acting(self) as actor:
            try:
                async with bridge.unit_for(actor) as ctx:
                    saved = await drafts.bring_up_to_date(
                        ctx, draft_id=UUID(self._draft_id), revision=self._revision, resolutions=self._choices
                    )
                    if saved.draft.base_version_id:
                        self._begin_from(
                            await events.get_version(ctx, version_id=saved.draft.base_version_id)
                        )
                    await self._show_saved(ctx, saved)
                self._show_text(saved.draft.source)
                self._forget_conflicts()
            except Conflict as refused:
                if refused.code != "events.merge_conflicts":
                    raise
                self._show_conflicts(refused.facts.get("conflicts", ()))
        await self._draw()

    @rx.event
    def choose(self, path: str, side: str) -> None:
        """Which side stands at a place that both changed."""
        self._choices = {**self._choices, path: side}
        for row in self.conflicts:
            if row.path == path:
                row.choice = side
        self.undecided = sum(not row.choice for row in self.conflicts)

    def _show_conflicts(self, found: Any) -> None:
        self.conflicts = [draft_showing.conflict_row(item, self._choices) for item in found]
        self.undecided = sum(not row.choice for row in self.conflicts)

    def _forget_conflicts(self) -> None:
        self.conflicts, self.undecided, self._choices = [], 0, {}
