"""One event in the cockpit: its head, its document, its versions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import reflex as rx

from app import bridge, formats
from app.messages import words
from app.views import Labelled, Problem, VersionRow
from backend.core.context import Context
from backend.core.errors import AppError, InvalidInput, NotFound, NotSignedIn
from backend.domains.events import service as events
from backend.domains.events.model import Document, Event, Source, VersionHead
from backend.domains.events.model import Problem as Found
from backend.domains.identity import service as identity
from backend.flows import publishing

_DOCUMENT = "this document"


class EventPage(rx.State):
    """Everything above the tabs, and the tabs Overview, Document and Versions."""

    ready: bool = False
    missing: str = ""
    now: str = ""
    page_title: str = "Event · MPAX"
    tab: str = "overview"
    organization: str = ""
    email: str = ""
    role: str = ""
    name: str = ""
    shown_slug: str = ""
    status: str = ""
    version: int = 0
    sha: str = ""
    published_by: str = ""
    published_at: str = ""
    facts: list[Labelled] = []
    weights: list[Labelled] = []
    source: str = ""
    problems: list[Problem] = []
    problem_lines: list[int] = []
    blocked: bool = False
    line: dict[str, int] = {}
    draft_state: str = ""
    may_publish: bool = False
    busy: bool = False
    failure: str = ""
    versions: list[VersionRow] = []

    _reads_messages: bool = False
    _draft: str = ""
    _checked: int = 0

    @rx.event
    async def load(self) -> None:
        """Shows nothing before the server has checked who asks."""
        self.ready, self.missing = False, ""
        try:
            await bridge.limit(self, "read")
            async with bridge.unit(self) as ctx:
                event = await events.get_event(ctx, slug=self.slug)
                await self._show_head(ctx, event)
        except NotSignedIn:
            raise
        except AppError as error:
            self.missing = words(error)
            return
        self.now = datetime.now(UTC).isoformat()
        self.ready = True

    @rx.event
    def pick_tab(self, tab: str) -> None:
        self.tab = tab

    @rx.event
    async def edit(self, text: str) -> None:
        """Checks the draft while it is typed. A newer edit makes an older answer worthless."""
        await bridge.staff(self)
        if not (self.ready and self.may_publish):
            return
        await bridge.limit(self, "check")
        self._draft = text
        self._checked += 1
        asked = self._checked
        found = await asyncio.to_thread(events.check, Source(text, _DOCUMENT), events.shipped_templates())
        if asked == self._checked:
            self._show_problems(found.problems)
            self.draft_state = _draft_words(text == self.source, self.version)

    @rx.event
    def go_to(self, line: int) -> None:
        """Puts the cursor where a problem stands."""
        self.line = {"number": line, "n": self.line.get("n", 0) + 1}

    @rx.event
    async def publish(self, form: dict[str, str]):
        """Puts the draft in force, or says what keeps it from that."""
        self.busy, self.failure = True, ""
        yield
        try:
            actor = await bridge.staff(self)
            await bridge.limit(self, "publish")
            await publishing.publish(
                bridge.runtime(),
                actor,
                document=self._draft or self.source,
                organization=None,
                message=form.get("message", ""),
                key=str(uuid4()),
            )
            async with bridge.unit_for(actor) as ctx:
                await self._show_head(ctx, await events.get_event(ctx, slug=self.slug))
        except InvalidInput as error:
            self.failure = words(error)
            self._show_problems([Found(**problem) for problem in error.facts.get("problems", [])])
        except AppError as error:
            self.failure = words(error)
        finally:
            self.busy = False

    async def _show_head(self, ctx: Context, event: Event) -> None:
        memberships = await identity.list_memberships(ctx)
        own = next((m for m in memberships if m.organization_id == event.organization_id), None)
        if own is None:
            raise NotFound("events.not_found", slug=event.slug)
        self.organization, self.role = own.name, own.role.capitalize()
        self.email = ctx.actor.email or ""
        self.may_publish = self._reads_messages = own.may_publish
        self.name, self.shown_slug, self.status = event.name, event.slug, event.status
        self.page_title = f"{event.name} · MPAX"
        if event.current_version_id is None:
            return
        version = await events.get_version(ctx, version_id=event.current_version_id)
        history = await events.list_versions(ctx, slug=event.slug)
        self.version, self.sha = version.number, version.sha256[:10]
        self.published_by = _author(version.author_id, ctx)
        self.published_at = version.created_at.isoformat()
        self.versions = [_version_row(item, ctx) for item in history]
        self.facts, self.weights = list(_facts(version.document)), list(_weights(version.document))
        self.source = self._draft = version.source
        self.draft_state = _draft_words(True, version.number)
        self._show_problems(())

    def _show_problems(self, found: tuple[Found, ...] | list[Found]) -> None:
        self.problems = [_problem(item) for item in found]
        self.blocked = any(p.blocks for p in self.problems)
        self.problem_lines = sorted({p.line for p in self.problems if p.line})


def _draft_words(same: bool, version: int) -> str:
    return f"Equal to version {version}." if same else f"Changed since version {version}, not yet published."


def _author(author_id: object, ctx: Context) -> str:
    if author_id is None:
        return "the command line"
    return "you" if author_id == ctx.actor.user_id else "a colleague"


def _version_row(head: VersionHead, ctx: Context) -> VersionRow:
    return VersionRow(
        number=head.number,
        sha=head.sha256[:10],
        message=head.message,
        author=_author(head.author_id, ctx),
        at=head.created_at.isoformat(),
        current=head.is_current,
    )


def _problem(found: Found) -> Problem:
    hint = (
        f"Did you mean “{found.nearest}”?"
        if found.nearest
        else f"Expected {found.expected}."
        if found.expected
        else ""
    )
    here = found.file == _DOCUMENT or found.file == "document"
    path = found.path.strip("/").replace("/", ".")
    return Problem(
        line=found.line if here else 0,
        column=found.column,
        path=path if here else f"{found.file}: {path}",
        text=found.message,
        hint=hint if hint.rstrip(".") not in found.message else "",
        blocks=found.severity == "error",
    )


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
