"""The step Look: tiles of the seller's own rows, proposals with reasons, and the choices that only people make."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from app import blueprint_look, bridge
from app.blueprint_views import ChoicesShown, LookPart, ReasonGroup
from app.states.acting import acting, key
from app.states.blueprint import LOADS, Blueprint
from app.views import Tile
from backend.flows import blueprint_looking as looking
from backend.flows import blueprints


class Look(rx.State):
    """`stamp` changes when the server's choices replace what stands in the form."""

    ready: bool = False
    tiles: list[Tile] = []
    parts: list[LookPart] = []
    groups: list[ReasonGroup] = []
    nearest: str = ""
    choices: ChoicesShown = ChoicesShown()
    stamp: int = 0
    busy: bool = False
    failure: str = ""

    _of: str = ""

    @rx.event
    async def load(self):
        """Shows everything at once: what comes later would push the rest aside."""
        page = await self.get_state(Blueprint)
        if not page.ready:
            return
        self.failure, self.ready = "", self.ready and self._of == page.head.id
        yield
        await self._read_tiles(page)
        self._show(page)
        self._of, self.ready = page.head.id, True

    def _show(self, page: Blueprint) -> None:
        proposal = page._view["proposal"]
        self.parts, self.groups = blueprint_look.look_parts(proposal), blueprint_look.reasons(proposal)
        self.nearest = blueprint_look.nearest(proposal)
        self.choices = blueprint_look.choices(page._view)
        self.stamp += 1

    async def _read_tiles(self, page: Blueprint) -> None:
        view = page._view
        source = next(
            (f for f in view["files"] if f["kind"] in ("sheet", "feed") and f["status"] == "read"), None
        )
        if source is None:
            self.tiles = []
            return
        found = await looking.sample_rows(
            bridge.runtime(),
            await bridge.staff(self),
            blueprint_id=UUID(view["id"]),
            file_id=UUID(source["id"]),
            limit=blueprint_look.MOST_TILES,
        )
        self.tiles = blueprint_look.tiles(found["rows"], view["proposal"], blueprint_look.own_photos(view))

    @rx.event
    async def save(self, form: dict[str, str]):
        """Keeps the choices. The event's name is what the blueprint is called from then on."""
        page = await self.get_state(Blueprint)
        self.busy = True
        yield
        async with acting(self, "draft") as actor:
            chosen = blueprint_look.chosen(form)
            title = {"title": chosen["name"]} if chosen["name"] else {}
            view = await blueprints.change_blueprint(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(page.head.id),
                revision=page.head.revision,
                changes={"choices": chosen, **title},
            )
            page._show(view)
            self._show(page)
            yield rx.toast.success("The choices are kept.")


LOADS["look"] = (Look.load,)
