"""Holding one listing, and losing the race for it."""

from __future__ import annotations

from uuid import UUID, uuid4

import reflex as rx

from app import bridge
from app.messages import words
from app.states.storefront import Storefront
from app.views import Listing, Tile
from backend.core.errors import AppError, Conflict, NotAllowed
from backend.domains.transactions import service as transactions
from backend.flows import guarding, storefront


class Holding(rx.State):
    """A dialog in steps: `ask`, then `held`, `lost`, or `yours` for what this buyer holds already."""

    step: str = ""
    problem: str = ""
    would_end: str = ""
    item: Listing = Listing()
    nearest: list[Tile] = []
    busy: bool = False

    _key: str = ""
    _confirmation: UUID | None = None
    _came_from_detail: bool = False

    @rx.event
    async def ask(self, listing_id: int) -> None:
        """Says what a hold means before it is placed. Never a layer above a layer: the sheet closes meanwhile."""
        front = await self.get_state(Storefront)
        self._came_from_detail, front.detail_open = front.detail_open, False
        self.item = front._summary(listing_id) or front.listing
        self.would_end = front._hold_end()
        self._key, self._confirmation = str(uuid4()), None
        self.problem, self.step = "", "ask"
        try:
            await self._prepare(front)
        except AppError as error:
            self.problem = words(error)

    async def _prepare(self, front: Storefront) -> None:
        """What the yes will be bound to: this listing, and the terms of this moment."""
        asked = await guarding.prepare(
            bridge.runtime(), front._buyer(), verb="hold", arguments={"listing_id": self.item.id}
        )
        self._confirmation = asked.confirmation
        if asked.verdict == "deny":
            raise NotAllowed("policy.denied", verb="hold", reasons=list(asked.reasons))

    @rx.event
    async def confirm(self):
        """Places the hold. The key was made with the question, so that a second tap is the same hold."""
        self.busy = True
        yield
        front = await self.get_state(Storefront)
        try:
            await bridge.limit(self, "reserve")
            if self._confirmation is None:
                await self._prepare(front)
            hold = await storefront.hold(
                bridge.runtime(),
                front._buyer(),
                listing_id=self.item.id,
                key=self._key,
                confirmation=self._confirmation,
            )
        except Conflict as error:
            self._confirmation = None
            await front._read_states()
            if error.code.startswith("policy."):
                self.problem = words(error)
            else:
                self._explain(error, front)
        except AppError as error:
            self._confirmation, self.problem = None, words(error)
        else:
            until = hold.expires_at.isoformat()
            front._own[hold.listing_id], front._hold_ids[hold.listing_id] = until, str(hold.id)
            front._apply({"listing_id": hold.listing_id, "state": "held", "held_until": until})
            self.item.state, self.item.held_until, self.item.mine = "held", until, True
            self.step = "held"
        finally:
            self.busy = False

    def _explain(self, error: Conflict, front: Storefront) -> None:
        """Held by somebody else, or by this very buyer in another tab."""
        until = front._own.get(self.item.id)
        if error.facts.get("yours") and until:
            self.item.state, self.item.held_until, self.item.mine = "held", until, True
            self.step = "yours"
            return
        self.problem, self.step = words(error), "lost"
        self.nearest = front._nearest(self.item.id)

    def _lose(self, error: Conflict, front: Storefront, listing_id: int) -> None:
        """A race that was lost elsewhere, such as at a card of the guide, is told here."""
        self.item = front._summary(listing_id) or front.listing
        self._came_from_detail = False
        self._explain(error, front)

    @rx.event
    async def release(self, listing_id: int):
        """Gives a hold back; the unit is free for everybody at once."""
        front = await self.get_state(Storefront)
        hold_id = front._hold_ids.get(listing_id)
        if hold_id is None:
            return
        await bridge.limit(self, "reserve")
        async with bridge.unit_for(front._buyer()) as ctx:
            await transactions.release_hold(ctx, hold_id=UUID(hold_id))
        front._apply({"listing_id": listing_id, "state": "available", "held_until": None})

    @rx.event
    async def close(self) -> None:
        front = await self.get_state(Storefront)
        if self._came_from_detail and self.step == "ask":
            front.detail_open = True
        self.step = ""

    @rx.event
    def pick(self, listing_id: int):
        """One of the next best, chosen after a lost race."""
        self.step = ""
        return Storefront.open_item(listing_id)
