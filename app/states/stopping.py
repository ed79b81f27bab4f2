"""The stop switches of a whole organization, on the tab Levers. What is on stands above every page, see `desk`."""

from __future__ import annotations

import reflex as rx

from app import bridge
from app.config_views import OrganizationStop
from app.lever_showing import organization_stops
from app.states.acting import acting, key
from app.states.desk import Desk
from app.states.event_page import EventPage
from app.states.flags import Flags
from backend.domains.events import releases
from backend.domains.events import service as events
from backend.flows import oversight


class Stopping(rx.State):
    """`asked` is the switch that somebody is about to use."""

    rows: list[OrganizationStop] = []
    asked: OrganizationStop = OrganizationStop()
    note: str = ""
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self) -> None:
        self.asked = OrganizationStop()
        await bridge.limit(self, "read")
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """A colleague switched: what is asked here stays."""
        await bridge.limit(self, "read")
        await self._read()

    async def _read(self) -> None:
        async with bridge.unit(self) as ctx:
            event = await events.get_event(ctx, slug=self.slug)
            flags = await releases.list_flags(ctx, organization_id=event.organization_id)
            self.rows = organization_stops(flags, ctx.actor.email or "")

    @rx.event
    def ask(self, name: str) -> None:
        self.failure = ""
        self.asked = next((row for row in self.rows if row.name == name), OrganizationStop())

    @rx.event
    def leave(self) -> None:
        self.asked, self.failure = OrganizationStop(), ""

    @rx.event
    async def stop(self, form: dict[str, str]):
        """Stops every event of the organization, or lets them go on."""
        asked, self.busy = self.asked, True
        yield
        async with acting(self) as actor:
            await oversight.set_switch(
                bridge.runtime(),
                actor,
                key=key(),
                slug=self.slug,
                name=asked.name,
                is_on=not asked.on,
                whole_organization=True,
                note=form.get("note", "").strip(),
            )
            self.asked = OrganizationStop()
            yield rx.toast.success(f"Done: {(asked.end if asked.on else asked.use).lower()}.")
            yield [Stopping.load, Flags.load, Desk.load, EventPage.refresh]
