"""Up to four listings side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx

from app import bridge, showing
from app.states.storefront import Storefront
from app.views import CompareHead, CompareRow
from backend.flows import storefront

MOST = 4


class Comparing(rx.State):
    """What was chosen, and the table of it."""

    chosen: list[int] = []
    is_open: bool = False
    heads: list[CompareHead] = []
    differing: list[CompareRow] = []
    equal: list[CompareRow] = []
    summary: str = ""

    _of: str = ""

    @rx.event
    async def load(self) -> None:
        """What was chosen in another event is not chosen here."""
        event = (await self.get_state(Storefront))._event_id
        self.chosen, self.is_open, self._of = self.chosen if event == self._of else [], False, event

    @rx.event
    def toggle(self, listing_id: int) -> None:
        self._toggle(listing_id)

    def _toggle(self, listing_id: int) -> None:
        """In or out; who chooses a fifth lets the first go."""
        if listing_id in self.chosen:
            self.chosen = [kept for kept in self.chosen if kept != listing_id]
        else:
            self.chosen = [*self.chosen, listing_id][-MOST:]

    @rx.event
    def clear(self) -> None:
        self.chosen, self.is_open = [], False

    @rx.event
    def close(self) -> None:
        self.is_open = False

    @rx.event
    async def open(self):
        front = await self.get_state(Storefront)
        await bridge.limit(self, "action")
        answer = await storefront.compare(bridge.runtime(), front._buyer(), listing_ids=self.chosen)
        self._show(answer, front)
        yield
        await storefront.note_action(bridge.runtime(), front._buyer(), action="compared", listing_id=None)

    def _show(self, answer: Mapping[str, Any], front: Storefront) -> None:
        """A comparison, asked for by button or in words."""
        ids = [int(head["listing_id"]) for head in answer["heads"]]
        items = {listing_id: item for listing_id in ids if (item := front._summary(listing_id))}
        self.heads, self.differing, self.equal = showing.compared(answer, items)
        self.chosen, self.summary, self.is_open = ids, str(answer["summary"]), True

    @rx.event
    def drop(self, listing_id: int):
        self._toggle(listing_id)
        return Comparing.open if len(self.chosen) > 1 else Comparing.clear

    @rx.event
    def pick(self, listing_id: int):
        """One of them in full. Never a layer above a layer."""
        self.is_open = False
        return Storefront.open_item(listing_id)
