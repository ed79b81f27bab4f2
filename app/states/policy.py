"""The tab Policy: the profiles of an event, and one of them open to be changed in the reader's draft."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from app import bridge, formats, policy_edits
from app.document_rows import found_rows
from app.document_views import Found
from app.messages import words
from app.policy_showing import form, mends, rows
from app.policy_views import ProfileForm, ProfileRow, Where
from app.states.acting import acting, key
from app.states.desk import permissions
from app.states.document_editing import problems_in
from app.states.event_page import EventPage
from backend.core.errors import AppError, NotSignedIn
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.lifecycle import DraftHead, DraftStatus
from backend.flows import policies, profile_checks

PARTS = ("profiles", "replay", "decisions")
WRITES = ("edit_document", "add_remove_tools")
HERE = "?tab=policy&profile="
MOST_MENDS = 5


class Policy(rx.State):
    """Speaks of the reader's own draft where there is one, else of the version in force."""

    ready: bool = False
    missing: str = ""
    part: str = "profiles"
    where: Where = Where()
    rows: list[ProfileRow] = []
    visits: str = ""
    form: ProfileForm = ProfileForm()
    is_open: bool = False
    may_edit: bool = False
    is_changed: bool = False
    saved: str = ""
    busy: bool = False
    failure: str = ""

    _slug: str = ""
    _draft_id: str = ""
    _revision: int = 0
    _profiles: list[dict[str, Any]] = []
    _tools: list[dict[str, Any]] = []
    _profile: dict[str, Any] = {}

    @rx.event
    async def load(self) -> None:
        asked = self.router.url.query_parameters
        self.part = asked.get("part", "") if asked.get("part", "") in PARTS else PARTS[0]
        opened, is_new = asked.get("profile", ""), asked.get("add", "") == "1"
        self.failure = ""
        if self.slug != self._slug:
            self.ready, self.is_open, self._slug = False, False, self.slug
        await bridge.limit(self, "read")
        if not await self._read():
            return
        self._open(opened, is_new)
        self.ready = True

    async def _read(self) -> bool:
        """Whether there is something to show."""
        self.missing = ""
        try:
            async with bridge.unit(self) as ctx:
                event = await events.get_readable(ctx, slug=self.slug)
                rights = await permissions(ctx, event.organization_id)
                self.may_edit = any(rights.get(right) for right in WRITES)
                mine = own_draft(await drafts.list_drafts(ctx, slug=self.slug), ctx.actor.user_id, ctx.now)
                draft = await drafts.get_draft(ctx, draft_id=mine.id) if mine and self.may_edit else None
            usable = draft if draft and draft.canonical is not None else None
            self._draft_id, self._revision = (str(usable.id), usable.revision) if usable else ("", 0)
            spoiled = draft if draft and not usable else None
            problems = await asyncio.to_thread(problems_in, spoiled.source, self.slug) if spoiled else ()
            actor = await bridge.staff(self)
            found = await policies.list_profiles(
                bridge.runtime(), actor, slug=self.slug, draft_id=UUID(self._draft_id) if self._draft_id else None
            )  # fmt: skip
        except NotSignedIn:
            raise
        except AppError as error:
            self.ready, self.missing = False, words(error)
            return False
        self._show(found, str(spoiled.id) if spoiled else "", found_rows(problems))
        return True

    def _show(self, found: dict[str, Any], spoiled: str, problems: Sequence[Found]) -> None:
        self._profiles, self._tools = found["profiles"], found["tools"]
        self.rows = rows(found, HERE)
        self.visits = str(found["visits"])
        self.where = where(self._draft_id, found["version"], spoiled, problems)

    def _open(self, opened: str, is_new: bool) -> None:
        if opened == self._profile.get("key") and self.is_changed and self.is_open and not is_new:
            return  # what is being written stays
        profile = next((p for p in self._profiles if p["key"] == opened), None)
        self.is_open = profile is not None or (is_new and self.may_edit)
        self._profile = plain_profile(profile) if profile else dict(policy_edits.BLANK)
        self.is_changed, self.saved = False, ""
        self.form = form(self._profile, self._tools, is_new=profile is None)

    # --- changing

    @rx.event
    def set_text(self, field: str, text: str):
        if field in policy_edits.TEXTS:
            return self._change(policy_edits.with_text(self._profile, field, text))
        return None

    @rx.event
    def set_list(self, field: str, values: list[str]):
        if field in policy_edits.LISTS:
            return self._change(policy_edits.with_list(self._profile, field, values))
        return None

    @rx.event
    def tick(self, field: str, value: str, is_on: bool):
        if field in policy_edits.LISTS:
            return self._change(policy_edits.with_tick(self._profile, field, value, is_on))
        return None

    @rx.event
    def set_tool(self, tool: str, part: str, is_on: bool):
        if part in ("allowed", "confirm", "idempotent"):
            return self._change(policy_edits.with_tool(self._profile, tool, part, is_on))
        return None

    @rx.event
    def add_question(self):
        return self._change(policy_edits.with_qualifier(self._profile, 10**6))

    @rx.event
    def set_question(self, index: int, text: str):
        return self._change(policy_edits.with_qualifier(self._profile, index, question=text.strip()))

    @rx.event
    def set_answers(self, index: int, values: list[str]):
        return self._change(policy_edits.with_qualifier(self._profile, index, answers=values))

    @rx.event
    def drop_question(self, index: int):
        return self._change(policy_edits.with_qualifier(self._profile, index, question=None))

    def _change(self, profile: dict[str, Any]):
        """Shown at once; what is wrong with it follows."""
        if not (self.may_edit and self.is_open):
            return None
        self._profile, self.is_changed, self.saved, self.failure = profile, True, "", ""
        shown = form(profile, self._tools, is_new=self.form.is_new)
        self.form = replace(
            shown, problems=self.form.problems, elsewhere=self.form.elsewhere, blocks=self.form.blocks
        )
        return Policy.check

    @rx.event
    async def check(self) -> None:
        if self.is_changed:
            await self._check()

    async def _check(self) -> None:
        """Says at each field what is wrong there; nothing is saved."""
        found: list[dict[str, Any]] = []
        try:
            await bridge.limit(self, "check")
            found = await profile_checks.check_profile(
                bridge.runtime(),
                await bridge.staff(self),
                slug=self._slug,
                profile=policy_edits.to_write(self._profile),
                standing=[p["key"] for p in self._profiles],
                draft_id=UUID(self._draft_id) if self._draft_id else None,
            )
            if self.form.is_new and self._profile.get("key") in {p["key"] for p in self._profiles}:
                found.append({"path": "/key", "message": "There is such a profile already.", "blocks": True})
        except NotSignedIn:
            raise
        except AppError as error:
            self.failure = words(error)
        self.form = form(self._profile, self._tools, is_new=self.form.is_new, found=found)

    @rx.event
    def revert(self) -> None:
        """Back to what the draft, or the version in force, says."""
        self.is_changed = False
        self._open(str(self._profile.get("key", "")) if not self.form.is_new else "", self.form.is_new)

    @rx.event
    async def save(self):
        """Into the reader's draft: a new one where there is none. What is live stays as it is."""
        self.busy = True
        yield
        await self._check()
        if self.form.blocks or self.failure:
            self.busy = False
            return
        name, is_new = str(self._profile["key"]), self.form.is_new
        async with acting(self) as actor:
            await policies.save_profile(
                bridge.runtime(),
                actor,
                key=key(),
                slug=self._slug,
                profile=policy_edits.to_write(self._profile),
                is_new=is_new,
                draft_id=UUID(self._draft_id) if self._draft_id else None,
                revision=self._revision or None,
            )
            self.is_changed = False
            await self._read()
            self._open(name, is_new=False)
            self.saved = "Saved to your draft. It is not live."
            if is_new:
                yield rx.redirect(f"/cockpit/events/{self._slug}?tab=policy&profile={name}", replace=True)
            yield EventPage.refresh


def own_draft(found: list[DraftHead], me: Any, now: Any) -> DraftHead | None:
    """The reader's last draft that can still be written."""
    mine = (d for d in found if me in d.contributors and d.branch_id is None)
    writable = (DraftStatus.OPEN, DraftStatus.REJECTED)
    return next((d for d in mine if d.status in writable and not d.is_expired(now)), None)


def where(draft_id: str, version: int | None, spoiled: str, problems: Sequence[Found] = ()) -> Where:
    """What is spoken of. `spoiled` is a draft with errors, which has to be mended in the Document tab first."""
    if draft_id:
        return Where("In your draft, not live.", draft_id, f"?tab=document&draft={draft_id}")
    text = f"Version {version}, as it is live."
    if not spoiled:
        return Where(text)
    told = mends(problems, spoiled)
    left = len(told) - MOST_MENDS
    return Where(
        f"{text} Your draft has problems; mend them first.",
        gate=f"?tab=document&draft={spoiled}",
        mends=told[:MOST_MENDS],
        more=formats.count(left, "more", "more") if left > 0 else "",
    )


def plain_profile(profile: dict[str, Any]) -> dict[str, Any]:
    """A profile as a document has it, without what the list adds."""
    return {name: profile[name] for name in profile if name not in ("comes_to", "caught", "outranked")}
