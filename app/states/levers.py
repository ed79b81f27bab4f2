"""The tab Levers: levers, and the stop switches."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx

from app import bridge
from app.config_views import KillSwitch, LeverRow
from app.lever_showing import kill_switch, lever_row
from app.states.acting import acting, key
from app.states.event_page import EventPage
from backend.domains.events import releases, schema
from backend.flows import configs

FLAGS = "/flags/"


class Levers(rx.State):
    """`asked` is the stop switch that somebody is about to use."""

    groups: list[str] = []
    rows: list[LeverRow] = []
    stops: list[KillSwitch] = []
    asked: KillSwitch = KillSwitch()
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self) -> None:
        self.asked = KillSwitch()
        await bridge.limit(self, "read")
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """A colleague moved something: what is asked here stays."""
        await bridge.limit(self, "read")
        await self._read()

    async def _read(self) -> None:
        async with bridge.unit(self) as ctx:
            found = await releases.levers(ctx, slug=self.slug)
            me = ctx.actor.email or ""
        order = schema.sections()
        found.sort(key=lambda view: order.index(view.section) if view.section in order else len(order))
        self.stops = [stop for stop in map(kill_switch, found) if stop]
        apart = {stop.path for stop in self.stops}
        self.rows = [
            lever_row(view, me)
            for view in found
            if view.path not in apart and not view.path.startswith(FLAGS)
        ]
        self.groups = list(dict.fromkeys(row.group for row in self.rows))

    @rx.event
    async def move(self, path: str, value: str):
        self.busy = True
        yield
        async with acting(self) as actor:
            await self._move(actor, path, _typed(value))
            yield rx.toast.success("Moved. It is in force, and can be undone.")
        yield [rx.toast.error(self.failure) if self.failure else EventPage.refresh, Levers.load]

    @rx.event
    async def undo(self, path: str):
        self.busy = True
        yield
        async with acting(self) as actor:
            await configs.undo_lever(bridge.runtime(), actor, slug=self.slug, path=path, key=key())
            yield rx.toast.success("It is back where it was.")
        yield [rx.toast.error(self.failure) if self.failure else EventPage.refresh, Levers.load]

    @rx.event
    def ask_stop(self, path: str) -> None:
        self.failure = ""
        self.asked = next((item for item in self.stops if item.path == path), KillSwitch())

    @rx.event
    def leave_stop(self) -> None:
        self.asked, self.failure = KillSwitch(), ""

    @rx.event
    async def stop(self):
        """Stops, or resumes what was stopped."""
        asked, self.busy = self.asked, True
        yield
        async with acting(self) as actor:
            await self._move(actor, asked.path, not asked.on)
            self.asked = KillSwitch()
            yield rx.toast.success(f"Done: {(asked.end if asked.on else asked.use).lower()}.")
            yield [EventPage.refresh, Levers.load]

    async def _move(self, actor: Any, path: str, value: Any) -> None:
        await configs.move_lever(bridge.runtime(), actor, slug=self.slug, path=path, value=value, key=key())


def _typed(value: str) -> Any:
    """What a control sends: numbers and switches as JSON, choices as words."""
    try:
        return json.loads(value)
    except ValueError:
        return value
