"""The live board of one event: conversations, holds, and what happens this minute."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from uuid import UUID

import reflex as rx

from app import bridge, formats, showing
from app.states.desk import Desk
from app.states.event_page import EventPage
from app.states.tabs import Tabs
from app.views import Happening, HoldRow, SessionRow
from backend.domains.analytics import service as analytics
from backend.domains.analytics.model import LiveBoard, LiveHold, LiveSession

TIMELINE = 24
#: A burst of news is one read of the board.
AT_MOST_EVERY_S = 0.3
_HEAD = (Desk.load, EventPage.refresh, Tabs.refresh)
#: What is read again when somebody published, asked, decided or switched, or the watch took a version back.
HEADLINES = {
    "version_published": _HEAD,
    "draft_changed": _HEAD,
    "alert": _HEAD,
    "flag_changed": (Tabs.refresh,),
}


class Board(rx.State):
    """The newest rows of each; Realtime says when to read them again, and a slow beat catches what it does not say."""

    sessions: list[SessionRow] = []
    holds: list[HoldRow] = []
    happenings: list[Happening] = []
    connected: bool = False

    _topic: str = ""
    _watch: int = 0
    _watching: int = 0
    _quotes: bool = False

    @rx.event
    async def load(self):
        """Begins to follow the event, on whatever tab; says nothing to somebody who may not see it.

        Reflex ends a page's background events when its address changes, so that each tab begins anew.
        """
        page = await self.get_state(EventPage)
        if not page.ready:
            return None
        self.connected, self._quotes = False, page._reads_messages
        self._topic = f"organization:{page._organization_id}"
        if page.tab == "live":
            await bridge.limit(self, "read")
            await self._read()
        self._watch += 1
        return Board.watch

    @rx.event
    async def refresh(self) -> None:
        await bridge.limit(self, "read")
        await self._read()

    @rx.event(background=True)
    async def watch(self):
        """One background event per screen; ends with the tab or with the next load."""
        async with self:
            mine = self._watch
            if self._watching == mine or not self._topic:
                return  # followed already
            self._watching = mine
        read_at = 0.0
        async for message in bridge.listen(self, self._topic):
            if message.get("at", monotonic()) < read_at and message["event"] not in HEADLINES:
                continue  # a burst is read once
            await sleep(AT_MOST_EVERY_S)
            async with self:
                if mine != self._watch:
                    return
                self.connected = self.connected or message["event"] == "subscribed"
                read_at = monotonic()
                if (await self.get_state(EventPage)).tab == "live":
                    await self._read()
            if message["event"] in HEADLINES:
                yield list(HEADLINES[message["event"]])
            elif message["event"] == "subscribed":
                yield EventPage.refresh  # what happened between the first read and now

    async def _read(self) -> None:
        async with bridge.unit(self) as ctx:
            board = await analytics.live_board(ctx, slug=self.slug)
        self.sessions = [_session(item) for item in board.sessions]
        self.holds = [_hold(item) for item in board.holds]
        self.happenings = timeline(board, quotes=self._quotes)


def short(identifier: UUID) -> str:
    """A buyer's name on the board: enough to tell two apart, and no person in it."""
    return str(identifier)[:4]


def timeline(board: LiveBoard, *, quotes: bool) -> list[Happening]:
    """What the board's rows tell, newest first. Only who runs the event reads what buyers wrote, `quotes`."""
    told = sorted(_told(board, quotes), key=lambda item: item[0], reverse=True)[:TIMELINE]
    return [Happening(key, at.isoformat(), text, tone) for at, key, text, tone in told]


def _told(board: LiveBoard, quotes: bool) -> Iterator[tuple[datetime, str, str, str]]:
    for session in board.sessions:
        who = short(session.id)
        yield session.created_at, f"{session.id}-in", f"{who} came in", "plain"
        if session.turns and session.last_message:
            yield session.last_seen_at, f"{session.id}-{session.turns}", _said(session, quotes), "plain"
    for hold in board.holds:
        yield hold.placed_at, str(hold.id), f"{short(hold.session_id)} holds {hold.title}", "hold"
    for refusal in board.refusals:
        text = f"{short(refusal.session_id)} came too late for {refusal.title}"
        yield refusal.refused_at, f"{refusal.session_id}-{refusal.refused_at:%s%f}", text, "plain"


def _said(session: LiveSession, quotes: bool) -> str:
    who = short(session.id)
    if quotes:
        return f"{who}: “{showing.masked(session.last_message)}”"
    looking = f", looks for {showing.masked(', '.join(session.wishes))}" if session.wishes else ""
    return f"{who} wrote, {formats.count(session.turns, 'turn', 'turns')} so far{looking}"


def _session(item: LiveSession) -> SessionRow:
    after = (item.first_match_at - item.created_at).total_seconds() if item.first_match_at else None
    return SessionRow(
        id=str(item.id),
        short=short(item.id),
        started=item.created_at.isoformat(),
        turns=item.turns,
        wishes=showing.masked(", ".join(item.wishes)),
        version=f"v{item.version}",
        first_match=formats.seconds(after),
    )


def _hold(item: LiveHold) -> HoldRow:
    return HoldRow(
        id=str(item.id),
        title=item.title,
        buyer=short(item.session_id),
        placed=item.placed_at.isoformat(),
        expires=item.expires_at.isoformat(),
    )
