"""The list of events of the signed-in person's organizations."""

from __future__ import annotations

import reflex as rx

from app import bridge, formats
from app.states.desk import Desk
from app.views import EventRow
from backend.domains.events import service as events
from backend.domains.events.model import Event


class Cockpit(rx.State):
    """A page of events."""

    ready: bool = False
    events: list[EventRow] = []

    @rx.event
    async def load(self) -> None:
        """Shows nothing before the server has checked who asks."""
        async with bridge.unit(self) as ctx:
            found = await events.list_events(ctx)
        self.events = [_row(item) for item in found]
        self.ready = (await self.get_state(Desk)).ready


def _row(event: Event) -> EventRow:
    bundle = bridge.runtime().bundles.find_current(event.slug)
    document = bundle.document if bundle else {}
    return EventRow(
        slug=event.slug,
        name=event.name,
        dates=formats.event_dates(document),
        tagline="",
        photo=(document.get("branding") or {}).get("hero") or "",
        state=event.status,
        version=str(event.current_number or "—"),
        since=event.created_at.isoformat(),
    )
