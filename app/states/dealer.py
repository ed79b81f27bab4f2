"""The prospects of a dealer, kept current by Realtime."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx

from app import bridge
from app.messages import words
from app.views import Prospect
from backend.core.context import Context
from backend.core.errors import AppError, NotAllowed, NotSignedIn
from backend.domains.identity import service as identity
from backend.domains.leads import service as leads
from backend.domains.leads.model import Prospect as Found

PAGE = 30


class Dealer(rx.State):
    """A page of prospects and where the next one begins."""

    ready: bool = False
    more: bool = False
    problem: str = ""
    organization: str = ""
    email: str = ""
    prospects: list[Prospect] = []

    _last: str = ""
    _topic: str = ""
    _watch: int = 0
    _watching: int = 0

    @rx.event
    async def load(self):
        """Says why there is nothing to see. Raises: NotSignedIn."""
        self.ready, self.problem = False, ""
        try:
            await bridge.limit(self, "read")
            await self._enter()
        except NotSignedIn:
            raise
        except AppError as error:
            self.problem = words(error)
            return None
        self.ready = True
        self._watch += 1
        return Dealer.watch

    async def _enter(self) -> None:
        """Raises: NotSignedIn; NotAllowed for somebody who belongs to no dealer."""
        async with bridge.unit(self) as ctx:
            own = next((m for m in await identity.list_memberships(ctx) if m.is_dealer), None)
            if own is None:
                raise NotAllowed("leads.no_dealer")
            self.organization, self.email = own.name, ctx.actor.email or ""
            self._topic = f"dealer:{own.organization_id}"
            await self._read(ctx)

    @rx.event
    async def load_more(self) -> None:
        if not self._last:
            return
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            await self._read(ctx, after=datetime.fromisoformat(self._last))

    @rx.event(background=True)
    async def watch(self) -> None:
        """Reads again whenever a prospect comes or goes, until the tab closes."""
        async with self:
            mine = self._watch
            if self._watching == mine or not self._topic:
                return  # followed already
            self._watching = mine
        async for message in bridge.listen(self, self._topic):
            if mine != self._watch:
                return
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
    one = found.matching_listings == 1
    return Prospect(
        id=str(found.id),
        portrait=portrait(found.portrait),
        why=[
            f"{found.matching_listings} of your listings {'fits' if one else 'fit'}",
            f"{100 * found.alignment:.0f} % of the wishes met by the closest",
        ],
        alignment=round(100 * found.alignment),
        since=found.created_at.isoformat(),
    )


def portrait(found: dict[str, Any]) -> str:
    """`Looking for Model 3, White or Gray, no accidents, price up to 40,000, within two weeks`."""
    wishes = sorted(found.get("wishes", ()), key=_is_limit)
    said = ", ".join(map(_wish, wishes)) or "something like what you have"
    timeline = found.get("timeline")
    return f"Looking for {said}" + (f", {timeline}" if timeline and timeline != "not said" else "")


def _is_limit(wish: dict[str, str]) -> bool:
    return wish["text"].startswith(("up to ", "from ")) or wish["text"][:1].isdigit()


def _wish(wish: dict[str, str]) -> str:
    """A limit needs its name, `price up to 40,000`; a value speaks for itself, `Model 3`; a feature is its name."""
    if wish["text"].casefold() in {"true", "yes"}:
        return wish["label"].lower()
    if wish["text"].casefold() in {"false", "no"}:
        name = wish["label"].lower()
        return f"{name}: no" if name.startswith("no ") else f"without {name}"
    if _is_limit(wish):
        return f"{wish['label'].lower()} {wish['text']}"
    *others, last = wish["text"].split(", ")
    return f"{', '.join(others)} or {last}" if others else last
