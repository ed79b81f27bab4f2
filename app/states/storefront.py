"""The buyer's screen: who is here, what is shown, one listing in full, and what others do meanwhile.

What a buyer does has states of their own, which build on this one: `talking.py`, `wishing.py`, `comparing.py`,
`holding.py`, `sharing.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import reflex as rx

from app import answer_showing, bridge, confirm_showing, showing
from app.messages import words
from app.views import Chip, EventHead, Listing, Loosening, Tile, Turn
from backend.core.context import Actor
from backend.core.errors import AppError, Busy, Conflict, Gone, NotFound, NotSignedIn, TooMany
from backend.domains.policy.model import SessionFacts
from backend.domains.transactions import service as transactions
from backend.flows import confirmed, dealers, storefront

TO_TOP = "document.getElementById('shelf')?.scrollTo({top: 0}); document.querySelector('.tiles')?.scrollTo({left: 0})"


class Storefront(rx.State):
    """One conversation. The token in the browser is all that ties it to a person."""

    tokens: str = rx.LocalStorage("{}", name="mpax.buyer")
    visitors: str = rx.LocalStorage("{}", name="mpax.visitor")

    ready: bool = False
    over: str = ""
    may_retry: bool = False
    now: str = ""
    page_title: str = "Sales Event"
    head: EventHead = EventHead()
    turns: list[Turn] = []
    quick: list[str] = []
    hints: list[str] = []
    tiles: list[Tile] = []
    must: list[Chip] = []
    nice: list[Chip] = []
    title: str = ""
    change: str = ""
    aside: str = ""
    person: str = ""
    fresh: bool = True
    found: bool = True
    ways: list[Loosening] = []
    listing: Listing = Listing()
    detail_open: bool = False
    remembers: bool = False

    _token: str = ""
    _event_id: str = ""
    _arms: list[str] = []
    _is_shared: bool = False
    _reached: int = -1
    _matches: int = 0
    _ways: list[list[tuple[str, str, Any]]] = []
    _own: dict[int, str] = {}
    _hold_ids: dict[int, str] = {}
    _waiting: list[dict[str, Any]] = []
    _watch: int = 0
    _watching: int = 0

    # --- coming in ---------------------------------------------------------------------------------------

    @rx.event
    async def load(self):
        """Resumes the conversation that this browser knows, or begins one."""
        self.ready, self.over = False, ""
        self.detail_open = False
        slug = self.slug
        try:
            await bridge.limit(self, "read")
            await self._enter(slug)
        except AppError as error:
            self.over, self.may_retry = words(error), isinstance(error, TooMany | Busy)
            return
        self.now = datetime.now(UTC).isoformat()
        self.ready = True
        self._watch += 1
        yield Storefront.watch
        if (item := self.router.url.query_parameters.get("item", "")) and item.isdigit():
            yield Storefront.open_item(int(item))
        for experiment in self._arms:
            await storefront.note_exposure(bridge.runtime(), self._buyer(), experiment=experiment)

    async def _enter(self, slug: str) -> None:
        known = showing.tokens(self.tokens)
        self._token = known.pop(slug, "")
        try:
            session = await storefront.resume(bridge.runtime(), self._buyer())
        except (NotSignedIn, NotFound):
            await bridge.limit(self, "start")
            visitor = showing.tokens(self.visitors).get(
                slug, ""
            )  # there only where the buyer agreed to be remembered
            utm = showing.campaign(self.router.url.query_parameters)
            facts = SessionFacts(utm=utm, consent=frozenset({storefront.MEMORY_NEEDS} if visitor else ()))
            started = await storefront.start(
                bridge.runtime(), slug=slug, key=str(uuid4()), facts=facts, visitor=visitor
            )
            session, self._token = started["ui"], started["session_token"]
        self.tokens = json.dumps({**known, slug: self._token})
        if session["event"]["status"] != "live":
            raise Gone(f"events.{session['event']['status']}", slug=slug)
        self._show_session(session)

    def _buyer(self) -> Actor:
        return bridge.buyer(self._token)

    def _show_session(self, session: dict[str, Any]) -> None:
        self._event_id, self._arms = session["event_uuid"], list(session["arms"])
        self.head = showing.event_head(session["event"])
        self.page_title = self.head.name
        self.fresh = not session["turns"] and not session["remembered"]
        hello = answer_showing.said("hello", answer_showing.greeting(session), ())
        self.turns = [hello, *showing.turns(session["turns"])]
        self._waiting = confirm_showing.waiting(session["turns"])
        self.remembers = bool(session["remembers"])
        self.quick, self.hints = list(session["quick_replies"]), answer_showing.hints(session)
        self._own = {int(hold["listing_id"]): hold["expires_at"] for hold in session["holds"]}
        self._hold_ids = {int(hold["listing_id"]): hold["reservation_id"] for hold in session["holds"]}
        self._is_shared, self._reached = session["lead"] is not None, -1
        self._show_results(session)
        self.change = ""

    def _show_results(self, answer: dict[str, Any]) -> None:
        self.found, self.aside = int(answer["matches"]) > 0, ""
        self.tiles = showing.tiles(answer["tiles"], self._own, fits=self.found)
        self.must = showing.chips(answer["chips"], "must")
        self.nice = showing.chips(answer["chips"], "nice")
        before, self._matches = self._matches, int(answer["matches"])
        self.title = showing.headline(self._matches, self.head, self.fresh)
        self.change = answer.get("note") or showing.change(before, self._matches, self.head)
        self.ways, self._ways = answer_showing.loosenings(answer.get("loosenings") or (), self.head)

    def _show_answer(self, answer: dict[str, Any]) -> None:
        self.turns = [
            *self.turns,
            answer_showing.said(str(uuid4()), answer["reply"], answer.get("claims") or ()),
        ]
        self.quick, self.hints = list(answer.get("quick_replies") or ()), answer_showing.hints(answer)
        self._show_results(answer)

    # --- wishes shared with dealers ----------------------------------------------------------------------

    @rx.event
    async def refresh_lead(self) -> None:
        """Dealers see the wishes as they are now, unless they were taken back in another tab."""
        if not self._is_shared:
            return
        await bridge.limit(self, "lead-refresh")
        try:
            answer = await dealers.open_lead(bridge.runtime(), self._buyer(), refresh=True)
        except (NotFound, Conflict) as refused:  # taken back; or switched off, and what dealers see stays
            self._is_shared = isinstance(refused, Conflict)
            return
        self._reached = int(answer["dealers"])

    # --- one listing, and several side by side -----------------------------------------------------------

    @rx.event
    async def open_item(self, listing_id: int):
        await bridge.limit(self, "action")
        self.listing = await self._listing(listing_id)
        self.detail_open = True
        yield
        if self.listing.state == "held" and not self.listing.mine:
            await self._read_states()  # it may be this buyer's own, held in another tab
        await storefront.note_action(
            bridge.runtime(), self._buyer(), action="detail_opened", listing_id=listing_id
        )

    @rx.event
    def close_item(self) -> None:
        self.detail_open = False

    async def _listing(self, listing_id: int) -> Listing:
        found = await storefront.listing(bridge.runtime(), self._buyer(), listing_id=listing_id)
        tile = next((tile for tile in self.tiles if tile.id == listing_id), None)
        return showing.listing(found, self._own, tile)

    # --- what others do ----------------------------------------------------------------------------------

    @rx.event(background=True)
    async def watch(self) -> None:
        """Follows the event while the tab is open: states change in place, nothing is reloaded."""
        async with self:
            mine = self._watch
            if self._watching == mine or not self._event_id:
                return  # followed already
            self._watching = mine
        async for message in bridge.listen(self, f"event:{self._event_id}"):
            if mine != self._watch:
                return
            if message["event"] == "idle" and self.person != confirm_showing.person("open"):
                continue
            async with self:
                if mine != self._watch:
                    return
                if message["event"] == "idle":
                    await self._read_person()
                elif message["event"] == "subscribed":
                    await self._read_states()
                elif message["event"] == "listing_state":
                    self._apply(message["payload"])
                elif message["event"] == "version_published" and message["payload"].get("kill"):
                    number = int(message["payload"]["number"])
                    event = await storefront.shown(bridge.runtime(), self._buyer(), number=number)
                    self.head = showing.event_head(event)

    async def _read_person(self) -> None:
        """Whether a person was asked to join, and how far that is."""
        asked = await confirmed.list_own_requests(bridge.runtime(), self._buyer())
        self.person = next(
            (confirm_showing.person(one.status) for one in asked if one.kind == "hand_off"), ""
        )

    @rx.event
    async def refresh_states(self) -> None:
        """When a clock has run out."""
        await bridge.limit(self, "read")
        await self._read_states()

    async def _read_states(self) -> None:
        """Reads again who has what: after a lost connection too, and when somebody came too late."""
        shown = [tile.id for tile in self.tiles]
        if self.listing.id and self.listing.id not in shown:
            shown.append(self.listing.id)
        async with bridge.unit_for(self._buyer()) as ctx:
            states = await transactions.unit_states(ctx, listing_ids=shown)
            holds = await transactions.list_own_holds(ctx)
            self._own = {h.listing_id: h.expires_at.isoformat() for h in holds if h.is_open(ctx.now)}
            self._hold_ids = {h.listing_id: str(h.id) for h in holds if h.is_open(ctx.now)}
        for unit in states.values():
            until = unit["held_until"]
            self._apply({**unit, "held_until": until.isoformat() if until else None})

    def _apply(self, unit: dict[str, Any]) -> None:
        """Puts the state of one unit on screen wherever it is shown."""
        listing_id, state = int(unit["listing_id"]), unit["state"]
        if state != "held":
            self._own.pop(listing_id, None)
        until = unit.get("held_until") or ""
        mine = state == "held" and listing_id in self._own
        for tile in self.tiles:
            if tile.id == listing_id and (tile.state, tile.held_until, tile.mine) != (state, until, mine):
                tile.state, tile.held_until, tile.mine = state, until, mine
        if self.listing.id == listing_id:
            self.listing.state, self.listing.held_until, self.listing.mine = state, until, mine

    def _summary(self, listing_id: int) -> Listing | None:
        """What is on screen of a listing: enough for a card about it."""
        tile = next((tile for tile in self.tiles if tile.id == listing_id), None)
        if tile is None:
            return self.listing if listing_id and self.listing.id == listing_id else None
        return showing.summary(tile)

    def _may_succeed(self, prepared: dict[str, Any]) -> bool:
        """Whether a card can still come true: no hold of what somebody has, as far as the screen shows it."""
        tile = next((tile for tile in self.tiles if tile.id == prepared.get("listing_id")), None)
        return prepared["verb"] != "hold" or tile is None or tile.state == "available"

    def _nearest(self, listing_id: int, most: int = 3) -> list[Tile]:
        """The next best that are free, in the order of the shelf."""
        return [t for t in self.tiles if t.id != listing_id and t.state == "available"][:most]

    def _hold_end(self) -> str:
        return (datetime.now(UTC) + timedelta(minutes=self.head.hold_minutes)).isoformat()
