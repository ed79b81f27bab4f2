"""The inbox: what buyers ask of people, in all events of the reader's organizations."""

from __future__ import annotations

from asyncio import sleep
from uuid import UUID

import reflex as rx

from app import bridge
from app.inbox_showing import request_row
from app.inbox_views import RequestRow
from app.states.acting import acting, key
from app.states.desk import Desk
from backend.domains.identity import service as identity
from backend.domains.transactions import inbox
from backend.flows import inbox as answering

SHOWN = ("open", "over")
ENDS = {"done": "It is done.", "declined": "It is declined."}
NEWS = ("request_changed",)
AT_MOST_EVERY_S = 0.3


class Inbox(rx.State):
    """Open ones or those that are over; Realtime says when to read them again."""

    ready: bool = False
    shown: str = "open"
    rows: list[RequestRow] = []
    busy: bool = False
    failure: str = ""

    _topics: list[str] = []
    _watch: int = 0

    @rx.event
    async def load(self):
        asked = self.router.url.query_parameters.get("shown", "open")
        self.shown = asked if asked in SHOWN else "open"
        await bridge.limit(self, "read")
        await self._read()
        async with bridge.unit(self) as ctx:
            found = [m for m in await identity.list_memberships(ctx) if not m.is_dealer]
        self._topics = [f"organization:{m.organization_id}" for m in found]
        self.ready = (await self.get_state(Desk)).ready
        self._watch += 1
        return [Inbox.watch(topic) for topic in self._topics]

    async def _read(self) -> None:
        async with bridge.unit(self) as ctx:
            found = await inbox.list_inbox(ctx, is_open=self.shown == "open")
        self.rows = [request_row(one) for one in found]

    @rx.event(background=True)
    async def watch(self, topic: str):
        """Follows one organization; ends with the tab or with the next load."""
        async for _ in bridge.follow(self, topic, NEWS):
            await sleep(AT_MOST_EVERY_S)
            async with self:
                await self._read()
            yield Desk.load

    @rx.event
    async def end(self, request_id: str, status: str):
        """Says what became of a request."""
        if status not in ENDS:
            return
        self.busy = True
        yield
        async with acting(self) as actor:
            await answering.end_request(
                bridge.runtime(), actor, key=key(), request_id=UUID(request_id), status=status
            )
            yield rx.toast.success(ENDS[status])
        await self._read()
        yield Desk.load
