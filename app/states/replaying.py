"""The replay of the tab Policy: the reader's draft over the log of decisions, before it is published."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from app import bridge, policy_trying
from app.policy_views import Replayed
from app.states.acting import acting
from app.states.policy import Policy
from backend.flows import policies

MOST = 20_000


class Replaying(rx.State):
    """What was found stays until another draft is asked about."""

    result: Replayed = Replayed()
    of: str = ""
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self):
        """Reads the log at once where somebody came for it."""
        page = await self.get_state(Policy)
        if self.of != page._draft_id:
            self.result, self.of, self.failure = Replayed(), page._draft_id, ""
        if page.ready and page.part == "replay" and page._draft_id:
            return Replaying.replay
        return None

    @rx.event
    async def replay(self):
        page = await self.get_state(Policy)
        if not page._draft_id:
            return
        self.busy = True
        yield
        async with acting(self, "preview") as actor:
            found = await policies.replay(
                bridge.runtime(), actor, slug=page._slug, draft_id=UUID(page._draft_id), most=MOST
            )
            self.result = policy_trying.replayed(found, "?tab=live&session=")
