"""The list of events of the signed-in person's organizations."""

from __future__ import annotations

import reflex as rx

from app import bridge, formats
from app.views import EventRow
from backend.domains.events import service as events
from backend.domains.events.model import Event
from backend.domains.identity import service as identity


class Cockpit(rx.State):
    """A page of events."""

    ready: bool = False
    organization: str = ""
    email: str = ""
    role: str = ""
    events: list[EventRow] = []

    @rx.event
    async def load(self):
        """A dealer who belongs to no seller is shown the way to the portal."""
        self.ready = False
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            memberships = await identity.list_memberships(ctx)
            if memberships and all(m.is_dealer for m in memberships):
                return rx.redirect("/dealer")
            found = await events.list_events(ctx)
            self.email = ctx.actor.email or ""
        self.organization = ", ".join(m.name for m in memberships if not m.is_dealer)
        self.role = memberships[0].role.capitalize() if memberships else "No organization yet"
        self.events = [_row(item) for item in found]
        self.ready = True
        return None


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
