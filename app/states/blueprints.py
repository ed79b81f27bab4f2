"""What is in the making: the list of blueprints, and a new one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app import blueprint_showing, bridge
from app.blueprint_views import BlueprintRow
from app.config_views import Option
from app.messages import words_for
from app.states.acting import acting, key
from app.states.desk import permissions
from backend.domains.identity import service as identity
from backend.flows import blueprints


class Blueprints(rx.State):
    """`organizations` are those that the person may make events for."""

    ready: bool = False
    rows: list[BlueprintRow] = []
    organizations: list[Option] = []
    asks: bool = False
    refused: str = ""
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self) -> None:
        self.asks, self.failure, self.refused = False, "", ""
        await bridge.limit(self, "read")
        actor = await bridge.staff(self)
        async with bridge.unit_for(actor) as ctx:
            sellers = [m for m in await identity.list_memberships(ctx) if not m.is_dealer]
            rights = [(m, await permissions(ctx, m.organization_id)) for m in sellers]
        self.organizations = [Option(m.slug, m.name) for m, may in rights if may.get("edit_document")]
        found = await blueprints.list_blueprints(bridge.runtime(), actor)
        self.rows = [blueprint_showing.row(one) for one in found["blueprints"]]
        self.ready = True

    @rx.event
    async def start(self):
        """Begins one and goes there; asks first whose it is where that is not clear."""
        if len(self.organizations) > 1:
            self.asks = True
            return None
        return await self._start(None)

    @rx.event
    async def start_for(self, form: dict[str, str]):
        return await self._start(form.get("organization") or None)

    @rx.event
    def leave(self) -> None:
        self.asks, self.failure = False, ""

    @rx.event
    def refuse(self, name: str, code: str, facts: dict[str, Any]) -> None:
        """A bundle was not taken."""
        self.refused = f"{name}: {words_for(code, facts)}"

    async def _start(self, organization: str | None):
        if self.busy:
            return None
        async with acting(self, "draft") as actor:
            view = await blueprints.open_blueprint(
                bridge.runtime(),
                actor,
                key=key(),
                title=blueprint_showing.UNTITLED,
                organization=organization,
            )
            self.asks = False
            return rx.redirect(f"/cockpit/blueprints/{view['id']}?step=samples")
        return None
