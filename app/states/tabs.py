"""Which tab of an event reads what: only what is looked at is read."""

from __future__ import annotations

import reflex as rx

from app.states.approvals import Approvals
from app.states.branches import Branches
from app.states.decisions import Decisions
from app.states.document import Document
from app.states.event_page import EventPage
from app.states.experiments import Experiments
from app.states.flags import Flags
from app.states.levers import Levers
from app.states.policy import Policy
from app.states.replaying import Replaying
from app.states.simulating import Simulating
from app.states.stopping import Stopping
from app.states.transcript import Transcript
from app.states.versions import Versions

LOADS = {
    "overview": (Experiments.load,),
    "document": (Document.load,),
    "versions": (Versions.load,),
    "approvals": (Approvals.load,),
    "branches": (Branches.load,),
    "policy": (Policy.load, Simulating.load, Replaying.load, Decisions.load),
    "levers": (Levers.load, Flags.load, Stopping.load),
    "live": (Transcript.load,),
    "experiments": (Experiments.load,),
}
REFRESHES = {
    "approvals": (Approvals.load,),
    "levers": (Levers.refresh, Flags.load, Stopping.refresh),
}


class Tabs(rx.State):
    """Holds nothing."""

    @rx.event
    async def load(self):
        page = await self.get_state(EventPage)
        return list(LOADS.get(page.tab, ())) if page.ready else None

    @rx.event
    async def refresh(self):
        """Somebody asked, decided or switched: only lists are read again, nobody's writing or reading is disturbed."""
        page = await self.get_state(EventPage)
        return list(REFRESHES.get(page.tab, ())) if page.ready else None
