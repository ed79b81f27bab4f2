"""The tab Versions: the history, two versions compared, going back to one, and cloning the event."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

import reflex as rx

from app import bridge, config_showing
from app.config_views import ConsequenceReport, DiffShown, Option, VersionLine
from app.states.acting import acting, key
from app.states.event_page import EventPage
from backend.core.context import Context
from backend.domains.events import releases
from backend.domains.events import service as events
from backend.flows import configs

PAGE = 100


class Versions(rx.State):
    """A page of the history. Which two are compared stands in the address."""

    rows: list[VersionLine] = []
    options: list[Option] = []
    before: int = 0
    after: int = 0
    diff: DiffShown = DiffShown()
    report: ConsequenceReport = ConsequenceReport()
    undone: DiffShown = DiffShown()
    cloning: bool = False
    clone_name: str = ""
    clone_id: str = ""
    busy: bool = False
    failure: str = ""

    #: The version that the consequence report was made against.
    _current: UUID | None = None

    @rx.event
    async def load(self) -> None:
        asked = self.router.url.query_parameters
        self.report, self.cloning, self.failure = ConsequenceReport(), False, ""
        self.before, self.after = _number(asked.get("before")), _number(asked.get("after"))
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            await self._read(ctx)
            if self.before and self.after:
                self.diff = await _compared(ctx, self.slug, self.before, self.after)

    async def _read(self, ctx: Context) -> None:
        lines, _ = await releases.history(ctx, slug=self.slug, limit=PAGE)
        heads = {head.number: head for head in await events.list_versions(ctx, slug=self.slug, limit=PAGE)}
        self.rows = [
            config_showing.version_line(
                line, heads[line.number].sha256 if line.number in heads else "", ctx.actor.user_id
            )
            for line in lines
        ]
        self.options = [Option(str(line.number), f"Version {line.number}") for line in lines]

    @rx.event
    def compare(self, side: str, number: str):
        """Another version of the two. What is compared has an address, so that it can be sent to somebody."""
        chosen = {"before": self.before, "after": self.after} | {side: _number(number)}
        newest = max((row.number for row in self.rows), default=0)
        before, after = chosen["before"] or 0, chosen["after"] or (newest if side == "before" else 0)
        return rx.redirect(f"/cockpit/events/{self.slug}?tab=versions&before={before}&after={after}")

    @rx.event
    async def ask_roll_back(self, number: int) -> None:
        """What going back means, before anything happens."""
        self.failure = ""
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            found = await releases.consequences(ctx, slug=self.slug, target=number)
            current = await events.get_in_force(ctx, slug=self.slug)
            self.undone = await _compared(ctx, self.slug, current.number, number)
        self._current = current.id
        self.report = config_showing.report(found, locale=current.document["locale"].replace("-", "_"))

    @rx.event
    async def roll_back(self, form: dict[str, str]):
        self.busy = True
        yield
        async with acting(self) as actor:
            await configs.roll_back(
                bridge.runtime(),
                actor,
                slug=self.slug,
                target=self.report.target,
                current=self._current,
                reason=form.get("reason", ""),
                carry=form.get("carry") or None,
                key=key(),
            )
            yield rx.toast.success(f"Version {self.report.target} is in force again.")
            self.report = ConsequenceReport()
            yield [EventPage.refresh, Versions.load]

    @rx.event
    def leave_roll_back(self) -> None:
        self.report, self.failure = ConsequenceReport(), ""

    @rx.event
    async def ask_clone(self) -> None:
        page = await self.get_state(EventPage)
        self.failure = ""
        self.clone_name = f"{page.name} (copy)"
        self.clone_id = f"{self.slug}-copy"[:60]
        self.cloning = True

    @rx.event
    def name_clone(self, name: str) -> None:
        """The id follows the name."""
        if name.strip() and name != self.clone_name:
            self.clone_name, self.clone_id = name, id_for(name)

    @rx.event
    async def clone(self, form: dict[str, str]):
        self.busy = True
        yield
        async with acting(self) as actor:
            answer = await configs.clone(
                bridge.runtime(),
                actor,
                slug=self.slug,
                new_slug=form.get("new_id", "").strip(),
                name=form.get("name", "").strip(),
                key=key(),
            )
            self.cloning = False
            yield rx.redirect(f"/cockpit/events/{answer['config_id']}?tab=document")

    @rx.event
    def leave_clone(self) -> None:
        self.cloning, self.failure = False, ""


async def _compared(ctx: Context, slug: str, before: int, after: int) -> DiffShown:
    found = await releases.compare(ctx, slug=slug, before=before, after=after)
    old = await events.get_version_number(ctx, slug=slug, number=before)
    new = await events.get_version_number(ctx, slug=slug, number=after)
    return config_showing.diff_shown(found, before=old.source, after=new.source)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0


def id_for(name: str) -> str:
    """An id that a name suggests: `Watches, Q1 2026` becomes `watches-q1-2026`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:60]
