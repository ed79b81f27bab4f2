"""The prospects of a dealer, kept current by Realtime."""

from __future__ import annotations

from datetime import datetime

import reflex as rx

from app import bridge
from app.views import Prospect
from backend.core.context import Context
from backend.core.errors import NotAllowed
from backend.domains.identity import service as identity
from backend.domains.leads import service as leads
from backend.domains.leads.model import Prospect as Found

PAGE = 30


class Dealer(rx.State):
    """A page of prospects and where the next one begins."""

    ready: bool = False
    more: bool = False
    organization: str = ""
    email: str = ""
    prospects: list[Prospect] = []

    _last: str = ""
    _topic: str = ""
    _watch: int = 0

    @rx.event
    async def load(self):
        """Raises: NotSignedIn; NotAllowed for somebody who belongs to no dealer."""
        self.ready = False
        async with bridge.unit(self) as ctx:
            own = next((m for m in await identity.list_memberships(ctx) if m.is_dealer), None)
            if own is None:
                raise NotAllowed("leads.no_dealer")
            self.organization, self.email = own.name, ctx.actor.email or ""
            self._topic = f"dealer:{own.organization_id}"
            await self._read(ctx)
        self.ready = True
        self._watch += 1
        return Dealer.watch

    @rx.event
    async def load_more(self) -> None:
        async with bridge.unit(self) as ctx:
            await self._read(ctx, after=datetime.fromisoformat(self._last))

    @rx.event(background=True)
    async def watch(self) -> None:
        """Reads again whenever a prospect comes or goes, until the tab closes."""
        mine = self._watch
        async for message in bridge.listen(self, self._topic):
            if message["event"] == "idle":
                continue
            async with self:
                if mine != self._watch:
                    return
                async with bridge.unit(self) as ctx:
                    await self._read(ctx)

    async def _read(self, ctx: Context, after: datetime | None = None) -> None:
        page = await leads.list_prospects(ctx, after=after, limit=PAGE)
        rows = [_prospect(item) for item in page]
        self.prospects = [*self.prospects, *rows] if after else rows
        self.more = len(page) == PAGE
        self._last = page[-1].created_at.isoformat() if page else self._last


def _prospect(found: Found) -> Prospect:
    wishes = found.portrait.get("wishes", [])
    said = (
        ", ".join(f"{wish['label'].lower()} {wish['text']}" for wish in wishes) or "something like your cars"
    )
    timeline = found.portrait.get("timeline")
    timed = f", {timeline}" if timeline and timeline != "not said" else ""
    one = found.matching_listings == 1
    fits = f"{found.matching_listings} of your listings {'fits' if one else 'fit'}"
    return Prospect(
        id=str(found.id),
        portrait=f"Looking for {said}{timed}",
        why=[fits, f"{100 * found.alignment:.0f} % of the wishes met on average"],
        alignment=round(100 * found.alignment),
        since=found.created_at.isoformat(),
    )


def _wish(wish: dict[str, str]) -> str:
    """A limit needs its name, `price up to 40,000`; a value speaks for itself, `Model 3`."""
    is_limit = wish["text"].startswith(("up to ", "from ")) or wish["text"][:1].isdigit()
    return f"{wish['label'].lower()} {wish['text']}" if is_limit else wish["text"]
