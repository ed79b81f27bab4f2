"""More like one of those shown, and the way back to what was found."""

from __future__ import annotations

import reflex as rx

from app import answer_showing, bridge, showing
from app.messages import words
from app.states.storefront import TO_TOP, Storefront
from app.views import Tile
from backend.core.errors import AppError
from backend.flows import storefront


class Resembling(rx.State):
    """What stood in the shelf before."""

    _before: list[Tile] = []

    @rx.event
    async def more(self, listing_id: int, cheaper: bool):
        """Shows what resembles a listing within the buyer's own limits; nothing understood changes."""
        front = await self.get_state(Storefront)
        front.detail_open = False
        item = front._summary(listing_id)
        self._before = self._before if front.aside else front.tiles
        try:
            await bridge.limit(self, "action")
            found = await storefront.similar(
                bridge.runtime(), front._buyer(), listing_id=listing_id, than=["cheaper"] if cheaper else []
            )
        except AppError as error:
            front.aside = words(error)
            return None
        front.aside = answer_showing.aside(found, item.title if item else "", front.head, cheaper=cheaper)
        if found["tiles"]:
            front.tiles = showing.tiles(found["tiles"], front._own)
        return rx.call_script(TO_TOP)

    @rx.event
    async def back(self):
        """To what was found before, with the states of now."""
        front = await self.get_state(Storefront)
        front.aside, front.tiles = "", self._before
        await front._read_states()
        return rx.call_script(TO_TOP)
