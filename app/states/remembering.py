"""The buyer's consent to have wishes kept for the next visit, and its end."""

from __future__ import annotations

import json
from secrets import token_urlsafe

import reflex as rx

from app import bridge, showing
from app.messages import words
from app.states.storefront import Storefront
from backend.core.errors import AppError
from backend.flows import storefront


class Remembering(rx.State):
    """Off until the buyer says otherwise. The browser gets a secret of its own only then, and loses it at the end."""

    is_open: bool = False
    agreed: bool = False
    problem: str = ""

    @rx.event
    async def load(self) -> None:
        front = await self.get_state(Storefront)
        self.is_open, self.problem = False, ""
        self.agreed = front.remembers and front.slug in showing.tokens(front.visitors)

    @rx.event
    def open(self) -> None:
        self.is_open, self.problem = True, ""

    @rx.event
    def close(self) -> None:
        self.is_open = False

    @rx.event
    async def agree(self) -> None:
        """Keeps what was said so far too; nothing is put into the browser where that failed."""
        front = await self.get_state(Storefront)
        visitor = token_urlsafe(32)
        try:
            await bridge.limit(self, "action")
            kept = await storefront.remember(bridge.runtime(), front._buyer(), visitor=visitor)
        except AppError as error:
            self.problem = words(error)
            return
        if not kept:
            front.remembers = self.is_open = False
            return
        front.visitors = json.dumps({**showing.tokens(front.visitors), front.slug: visitor})
        self.agreed, self.problem = True, ""

    @rx.event
    async def forget(self) -> None:
        """Takes it back: what was kept is deleted, here and there. The conversation goes on."""
        front = await self.get_state(Storefront)
        try:
            await bridge.limit(self, "action")
            await storefront.forget(bridge.runtime(), front._buyer())
        except AppError as error:
            self.problem = words(error)
            return
        known = showing.tokens(front.visitors)
        known.pop(front.slug, None)
        front.visitors = json.dumps(known)
        self.agreed = self.is_open = False
        self.problem = ""
