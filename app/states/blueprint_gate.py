"""The step Publish: what would change, what is missing, who has to agree, and putting it live."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from app import blueprint_gate, bridge
from app.blueprint_views import GateShown
from app.config_views import DiffShown
from app.states.acting import acting, key
from app.states.blueprint import LOADS, Blueprint
from app.states.desk import Desk
from backend.flows import blueprint_gate as gate


class Gate(rx.State):
    """`address` is where buyers meet the event once it is live."""

    ready: bool = False
    shown: GateShown = GateShown()
    diff: DiffShown = DiffShown()
    address: str = ""
    asks_give_up: bool = False
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self):
        page = await self.get_state(Blueprint)
        if not page.ready:
            return
        self.failure, self.ready = "", False
        self.address = (
            bridge.runtime().settings.public_url.rstrip("/") + page.head.store if page.head.store else ""
        )
        yield
        if not page.head.store and page.has_rows:
            await self._read(page)
        self.ready = True

    async def _read(self, page: Blueprint) -> None:
        found = await gate.gate(bridge.runtime(), await bridge.staff(self), blueprint_id=UUID(page.head.id))
        self.shown = blueprint_gate.gate(found)
        self.diff = blueprint_gate.diff(found.get("diff"), after=self.shown.document)
        page._unmet = self.shown.unmet
        page._show(page._view)

    @rx.event
    async def publish(self, form: dict[str, str]):
        """Live, or on its way to those who have to agree."""
        page = await self.get_state(Blueprint)
        self.busy = True
        yield
        async with acting(self) as actor:
            answer = await gate.publish_blueprint(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(page.head.id),
                message=form.get("message", ""),
            )
            if answer["status"] != "applied":
                yield rx.toast.success("It waits for approval now.")
        if self.failure:
            return
        yield [Blueprint.load, Desk.load]

    @rx.event
    async def judge(self, form: dict[str, str]):
        """Sends it back to its author, or ends it."""
        page = await self.get_state(Blueprint)
        verb = gate.reject_blueprint if form.get("verdict") == "reject" else gate.request_edits
        self.busy = True
        yield
        async with acting(self) as actor:
            await verb(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(page.head.id),
                reason=form.get("reason", ""),
            )
        if not self.failure:
            yield [Blueprint.load, Desk.load]

    @rx.event
    def ask_give_up(self, is_open: bool) -> None:
        self.asks_give_up = is_open

    @rx.event
    async def give_up(self):
        """Throws the blueprint away, its draft event with it; what is left stays readable."""
        page = await self.get_state(Blueprint)
        self.asks_give_up = False
        async with acting(self, "draft") as actor:
            await gate.discard_blueprint(bridge.runtime(), actor, key=key(), blueprint_id=UUID(page.head.id))
            return rx.redirect("/cockpit/blueprints")
        page.failure = self.failure
        return None


LOADS["publish"] = (Gate.load,)
