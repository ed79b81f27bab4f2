"""What was understood: changing one wish, letting go of one that leaves nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import reflex as rx

from app import bridge, showing
from app.messages import words
from app.states.storefront import TO_TOP, Storefront
from app.views import Chip
from backend.core.errors import AppError
from backend.flows import storefront
from backend.kit.text import storable

NO_CHIP = Chip("", "", "", "", "", "", "")


class Wishing(rx.State):
    """The dialog of one wish; every change ranks again at once."""

    chip: Chip = NO_CHIP
    problem: str = ""

    @rx.event
    async def edit(self, chip_id: str) -> None:
        front = await self.get_state(Storefront)
        self.chip = next((chip for chip in [*front.must, *front.nice] if chip.id == chip_id), NO_CHIP)
        self.problem = ""

    @rx.event
    def close(self) -> None:
        self.chip = NO_CHIP

    @rx.event
    async def remove(self, chip_id: str):
        self.chip = NO_CHIP
        return await self._change([(chip_id, "remove", None)])

    @rx.event
    async def loosen(self, at: int):
        """One of the offered ways out: what a limit becomes, or that it goes."""
        front = await self.get_state(Storefront)
        if at >= len(front._ways):
            return None
        return await self._change(front._ways[at])

    @rx.event
    async def save(self, form: dict[str, str]):
        """Applies what changed: the value, and whether it must hold or would be nice."""
        chip, changes = self.chip, []
        typed = storable(form.get("value", chip.value)).strip()
        if typed != chip.value:
            changes.append((chip.id, "value", showing.typed_value(chip.op, typed)))
        if form.get("group", chip.group) != chip.group:
            changes.append((chip.id, form["group"], None))
        try:
            done = await self._change(changes)
        except AppError as error:
            self.problem = words(error)
            return None
        self.chip = NO_CHIP
        return done

    async def _change(self, changes: list[tuple[str, str, Any]]) -> list[Any]:
        """Changes chips one after the other; said is what came of all. Gives what to do when it has been shown."""
        front = await self.get_state(Storefront)
        answer: dict[str, Any] | None = None
        try:
            for chip_id, change, value in changes:
                await bridge.limit(self, "message")
                answer = await storefront.change_chip(
                    bridge.runtime(),
                    front._buyer(),
                    chip_id=chip_id,
                    change=change,
                    value=value,
                    key=str(uuid4()),
                )
        finally:  # what was changed before a refusal is shown too
            if answer is not None:
                front.fresh = False
                front._show_answer(answer)
        return [rx.call_script(TO_TOP), *([Storefront.refresh_lead] if front._is_shared else [])]
