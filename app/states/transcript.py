"""One conversation on the tab Live: every turn with what stands behind its answer. The address names it."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from app import bridge, transcript_showing
from app.messages import words
from app.states.event_page import EventPage
from app.transcript_views import TranscriptHead, TurnShown
from backend.core.errors import AppError, NotSignedIn
from backend.flows import transcripts

GONE = "This conversation is not there. It may be over and deleted, or belong to another event."


class Transcript(rx.State):
    """`asked` is what the address says; nothing is shown of a conversation of another event."""

    asked: str = ""
    ready: bool = False
    missing: str = ""
    head: TranscriptHead = TranscriptHead()
    turns: list[TurnShown] = []

    @rx.event
    async def load(self) -> None:
        asked = self.router.url.query_parameters.get("session", "")
        page = await self.get_state(EventPage)
        if not page.ready or page.tab != "live":
            return
        if asked != self.head.session:
            self.ready, self.head, self.turns = False, TranscriptHead(), []
        self.asked, self.missing = asked, ""
        if asked:
            await bridge.limit(self, "read")
            await self._read(asked)

    async def _read(self, asked: str) -> None:
        try:
            found = await transcripts.transcript(
                bridge.runtime(), await bridge.staff(self), session_id=UUID(asked)
            )
        except NotSignedIn:
            raise
        except (AppError, ValueError) as error:
            is_gone = not isinstance(error, AppError) or error.status == 404
            self.missing = GONE if is_gone else words(error)
            return
        if found["event_id"] != self.slug:
            self.missing = GONE
            return
        self.head, self.turns = transcript_showing.head(found), transcript_showing.turns(found)
        self.ready = True
