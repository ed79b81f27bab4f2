"""One event in the cockpit: its head, which tab is open, and the overview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import reflex as rx

from app import bridge, config_showing, formats
from app.config_views import Alert
from app.lever_showing import stop_alerts
from app.messages import words
from app.receipt_showing import alert_lines
from app.states.desk import Desk, may_decide, permissions
from app.views import Labelled
from backend.core.context import Context
from backend.core.errors import AppError, NotFound, NotSignedIn
from backend.domains.events import drafts, releases
from backend.domains.events import service as events
from backend.domains.events.lifecycle import DraftHead, DraftStatus, HistoryLine
from backend.domains.events.model import Document, Event
from backend.domains.identity import service as identity
from backend.domains.policy import watching

#: On a phone the chosen tab may lie beyond the edge.
SHOW_TAB = """setTimeout(() => document.querySelector('.tab[aria-current="page"]')
  ?.scrollIntoView({block: 'nearest', inline: 'center'}), 60)"""
TABS = (
    *("overview", "document", "policy", "versions", "approvals", "branches"),
    *("levers", "live", "experiments"),
)
#: How long a spike of refusals stays in the head.
ALERTS_FOR = timedelta(hours=24)


class EventPage(rx.State):
    """Everything above the tabs, and the overview. `may` are the person's permissions here."""

    ready: bool = False
    missing: str = ""
    now: str = ""
    page_title: str = "Event · MPAX"
    tab: str = "overview"
    name: str = ""
    shown_slug: str = ""
    status: str = ""
    version: int = 0
    sha: str = ""
    published_by: str = ""
    published_at: str = ""
    alerts: list[Alert] = []
    in_review: int = 0
    facts: list[Labelled] = []
    weights: list[Labelled] = []
    may: dict[str, bool] = {}
    max_risk: str = "low"

    _reads_messages: bool = False
    _event_id: str = ""
    _organization_id: str = ""

    @rx.event
    async def load(self):
        """Shows nothing before the server has checked who asks. Another tab of the same event changes in place."""
        asked = self.router.url.query_parameters.get("tab", "overview")
        self.tab = asked if asked in TABS else "overview"
        if self.slug != self.shown_slug:
            self.ready, self.missing = False, ""
        await bridge.limit(self, "read")
        await self._read()
        return rx.call_script(SHOW_TAB)

    @rx.event
    async def refresh(self) -> None:
        """Reads the head again: somebody published, asked or decided."""
        if self.ready:
            await self._read()

    async def _read(self) -> None:
        try:
            async with bridge.unit(self) as ctx:
                event = await events.get_event(ctx, slug=self.slug)
                await self._show_head(ctx, event)
        except NotSignedIn:
            raise
        except AppError as error:
            self.ready, self.missing = False, words(error)
            return
        self.now = datetime.now(UTC).isoformat()
        self.ready, self.missing = True, ""

    async def _show_head(self, ctx: Context, event: Event) -> None:
        memberships = await identity.list_memberships(ctx)
        own = next((m for m in memberships if m.organization_id == event.organization_id), None)
        if own is None:
            raise NotFound("events.not_found", slug=event.slug)
        desk = await self.get_state(Desk)
        desk.organization, desk.role = own.name, own.role.capitalize()
        rights = await permissions(ctx, event.organization_id)
        self.may = {name: value for name, value in rights.items() if isinstance(value, bool)}
        self.max_risk = str(rights.get("max_risk_level", "low"))
        self._reads_messages = own.may_publish
        self._event_id, self._organization_id = str(event.id), str(event.organization_id)
        self.name, self.shown_slug, self.status = event.name, event.slug, event.status
        self.page_title = f"{event.name} · MPAX"
        open_drafts = [d for d in await drafts.list_drafts(ctx, slug=event.slug) if not d.status.is_over]
        self.in_review = sum(d.status is DraftStatus.IN_REVIEW for d in open_drafts)
        self.alerts = list(_draft_alerts(open_drafts, rights, ctx))
        if event.current_version_id is None:
            self.version = 0
            return
        version = await events.get_version(ctx, version_id=event.current_version_id)
        (newest,), _ = await releases.history(ctx, slug=event.slug, limit=1)
        line = config_showing.version_line(newest, version.sha256, ctx.actor.user_id)
        self.version, self.sha = version.number, line.sha
        self.published_by, self.published_at = line.author, line.at
        spikes = await watching.list_alerts(ctx, event_id=event.id, within=ALERTS_FOR)
        self.alerts = [
            *_taken_back(newest),
            *stop_alerts(version.document),
            *alert_lines(spikes, ctx.now),
            *self.alerts,
        ]
        self.facts, self.weights = list(_facts(version.document)), list(_weights(version.document))


def _taken_back(newest: HistoryLine) -> Iterator[Alert]:
    if newest.kind == "auto_rollback":
        text = f"Version {newest.number} is version {newest.restores} again: {newest.reason}."
        yield Alert("auto", "bad", text, "See the versions", "?tab=versions")


def _draft_alerts(found: list[DraftHead], rights: Mapping[str, Any], ctx: Context) -> Iterator[Alert]:
    """What waits for whom, and what runs out."""
    me = ctx.actor.user_id
    for draft in found:
        title, here = config_showing.draft_title(draft), f"?tab=approvals&draft={draft.id}"
        author = config_showing.person(draft.author_id, draft.author_email, me)
        if draft.status is DraftStatus.IN_REVIEW:
            whom = "you" if may_decide(draft, dict(rights), me) else "somebody else to agree"
            yield Alert(f"{draft.id}", "plain", f"“{title}” by {author} waits for {whom}.", "Open it", here)
        elif draft.status is DraftStatus.APPROVED:
            yield Alert(f"{draft.id}", "good", f"“{title}” by {author} may be published.", "Open it", here)
        if draft.expires_soon(ctx.now) and me in draft.contributors:
            text = f"“{title}”: {config_showing.expiry_words(draft, ctx.now)}"
            yield Alert(f"{draft.id}-end", "warn", text, "Open it", here)


def _facts(document: Document) -> Iterator[Labelled]:
    persona, conversion = document["persona"], document["conversion"]
    style = persona.get("style", {})
    manner = ", ".join(str(word).replace("_", " ") for word in style.values() if word)
    yield Labelled("Guide", ", ".join(filter(None, (persona["name"], manner))))
    span = formats.event_dates(document)
    if span:
        yield Labelled("Open", span)
    yield Labelled(
        "Hold", f"{conversion['hold_minutes']:g} minutes, up to {conversion['hold_limit']} per buyer"
    )
    yield Labelled("Deposit", "Required" if conversion["deposit_required"] else "None")
    if filters := document["search_defaults"].get("filters"):
        wishes = (_filter(_label(document, name), wish) for name, wish in filters.items())
        yield Labelled("Shown first", ", ".join(wishes))
    yield Labelled("Actions", ", ".join(conversion["actions"]))


def _filter(label: str, wish: object) -> str:
    """`Year from 2021`, `White or Gray`, `No accidents`."""
    if isinstance(wish, dict):
        bounds = [f"{word} {wish[key]}" for key, word in (("min", "from"), ("max", "up to")) if key in wish]
        return f"{label} {' '.join(bounds)}"
    if isinstance(wish, bool) or str(wish).casefold() in {"true", "false"}:
        return label if str(wish).casefold() == "true" else f"{label}: no"
    if isinstance(wish, list):
        return " or ".join(map(str, wish))
    return f"{label} {wish}"


def _label(document: Document, name: str) -> str:
    """What the document calls an attribute; `specs.` names by their short name."""
    short = name.removeprefix("specs.")
    named = {item["name"]: item.get("label") for item in document.get("catalogue", {}).get("attributes", ())}
    return named.get(short) or short.replace("_", " ").capitalize()


def _weights(document: Document) -> Iterator[Labelled]:
    for name, share in sorted(document["ranking_weights"].items(), key=lambda item: -item[1]):
        yield Labelled(name.replace("_", " ").capitalize(), f"{100 * share:.0f}")
