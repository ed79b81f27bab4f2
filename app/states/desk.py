"""What stands around every page of the cockpit: who is signed in, for whom, what is stopped, and how much waits for them."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from app import bridge
from app.config_views import OrganizationStop
from app.lever_showing import organization_stops
from backend.core.context import Context
from backend.domains.events import drafts, releases
from backend.domains.events.lifecycle import DraftHead
from backend.domains.identity import service as identity
from backend.domains.transactions import inbox

#: News of an organization that change what stands around every page; the first and each later connection catches up.
NEWS = ("flag_changed", "subscribed")


class Desk(rx.State):
    """The rail."""

    ready: bool = False
    organization: str = ""
    email: str = ""
    role: str = ""
    waiting: int = 0
    open_requests: int = 0
    stops: list[OrganizationStop] = []

    _topics: list[str] = []
    _watch: int = 0

    @rx.event
    async def load(self):
        """A dealer who belongs to no seller is shown the way to the portal."""
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            memberships = await identity.list_memberships(ctx)
            if memberships and all(m.is_dealer for m in memberships):
                return rx.redirect("/dealer")
            sellers = [m for m in memberships if not m.is_dealer]
            self.waiting = len(await drafts.list_waiting(ctx))
            self.open_requests = await inbox.count_open(ctx)
            self.email = ctx.actor.email or ""
            self.stops = [stop for m in sellers for stop in await _stops_on(ctx, m.organization_id)]
        self._topics = [f"organization:{m.organization_id}" for m in sellers]
        self.organization = ", ".join(m.name for m in sellers)
        self.role = sellers[0].role.capitalize() if sellers else "No organization yet"
        self.ready = True
        return None

    @rx.event
    def follow(self):
        """Begins to follow the reader's organizations; Reflex ends a page's background events when its address changes."""
        self._watch += 1
        return [Desk.watch(topic) for topic in self._topics]

    @rx.event(background=True)
    async def watch(self, topic: str):
        """Shows what a colleague stops or resumes; ends with the tab or with the next page."""
        async for _ in bridge.follow(self, topic, NEWS):
            yield Desk.load


async def _stops_on(ctx: Context, organization_id: UUID) -> list[OrganizationStop]:
    flags = await releases.list_flags(ctx, organization_id=organization_id)
    return [stop for stop in organization_stops(flags, ctx.actor.email or "") if stop.on]


def may_decide(draft: DraftHead, rights: dict[str, object], me: object) -> bool:
    return bool(rights.get("approve_changes")) and me not in draft.contributors


async def permissions(ctx: Context, organization_id: UUID) -> dict[str, object]:
    """What the signed-in person may do in an organization: names to booleans, and `max_risk_level`."""
    return dict(await identity.my_permissions(ctx, organization_id=organization_id) or {})
