"""The buyer's consent to be found by dealers, and its end."""

from __future__ import annotations

from uuid import uuid4

import reflex as rx

from app import bridge
from app.messages import words
from app.states.storefront import Storefront
from backend.core.errors import AppError
from backend.flows import dealers, guarding


class Sharing(rx.State):
    """Off until the buyer says otherwise."""

    is_open: bool = False
    shared: bool = False
    reached: str = ""
    problem: str = ""

    @rx.event
    async def load(self) -> None:
        self.shared = (await self.get_state(Storefront))._is_shared
        self.reached = "Dealers whose inventory fits can see your wishes."

    @rx.event
    async def open(self) -> None:
        front = await self.get_state(Storefront)
        self.is_open, self.problem, self.shared = True, "", front._is_shared
        if front._reached >= 0:
            self.reached = _reached(front._reached)

    @rx.event
    def close(self) -> None:
        self.is_open = False

    @rx.event
    async def share(self) -> None:
        front = await self.get_state(Storefront)
        try:
            await bridge.limit(self, "lead")
            asked = await guarding.prepare(bridge.runtime(), front._buyer(), verb="share", arguments={})
            answer = await dealers.open_lead(
                bridge.runtime(), front._buyer(), contact=None, confirmation=asked.confirmation
            )
        except AppError as error:
            self.problem = words(error)
            return
        self.shared = front._is_shared = True
        front._reached = int(answer.get("dealers", 0))
        self.reached = _reached(front._reached)

    @rx.event
    async def withdraw(self) -> None:
        front = await self.get_state(Storefront)
        try:
            await bridge.limit(self, "lead")
            await dealers.withdraw_lead(bridge.runtime(), front._buyer(), key=str(uuid4()))
        except AppError as error:
            self.problem = words(error)
            return
        self.shared = front._is_shared = self.is_open = False


def _reached(dealers_reached: int) -> str:
    if dealers_reached == 0:
        return "No dealer has a fitting car today. As soon as you refine your wishes, we look again."
    if dealers_reached == 1:
        return "One dealer has what fits and can see your wishes now."
    return f"{dealers_reached} dealers have what fits and can see your wishes now."
