"""The replay of the tab Policy: a draft over the log of decisions, before it is published."""

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
    """The draft that the address names, else the reader's own; what was found stays until another is asked about."""

    result: Replayed = Replayed()
    of: str = ""
    gate: str = ""
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self):
        """Reads the log at once where somebody came for it."""
        page = await self.get_state(Policy)
        if not page.ready or page.part != "replay":
            return None
        asked = self.router.url.query_parameters.get("draft", "")
        of = asked if is_id(asked) else page._draft_id
        if self.of != of:
            self.result, self.of, self.failure = Replayed(), of, ""
        tab = "document" if of == page._draft_id else "approvals"
        self.gate = f"?tab={tab}&draft={of}"
        return Replaying.replay if of else None

    @rx.event
    async def replay(self):
        if not self.of:
            return
        self.busy = True
        yield
        async with acting(self, "preview") as actor:
            found = await policies.replay(
                bridge.runtime(), actor, slug=self.slug, draft_id=UUID(self.of), most=MOST
            )
            self.result = policy_trying.replayed(found, "?tab=live&session=")


def is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
