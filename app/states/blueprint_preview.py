"""The step Preview: the sandbox that nobody else sees, a conversation in it, a comparison, a dry run of holds."""

from __future__ import annotations

from asyncio import sleep
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import reflex as rx

from app import blueprint_gate, blueprint_words, bridge, showing
from app.blueprint_views import Rehearsal
from app.config_views import Option
from app.messages import words, words_for
from app.states.acting import acting, key
from app.states.blueprint import LOADS, Blueprint
from app.views import Chip, CompareHead, CompareRow, EventHead, Tile, Turn
from backend.core.errors import AppError, Gone, NotFound
from backend.flows import sandbox

EVERY_S = 0.5
MOST_COMPARED = 4
BUYERS = 5


class Preview(rx.State):
    """`state` is none, building, ready, over or failed."""

    state: str = ""
    words: str = ""
    percent: int = 0
    done: int = 0
    total: int = 0
    problem: str = ""
    expires: str = ""
    now: str = ""
    head: EventHead = EventHead()
    turns: list[Turn] = []
    quick: list[str] = []
    tiles: list[Tile] = []
    must: list[Chip] = []
    nice: list[Chip] = []
    title: str = ""
    talking: bool = False
    accepted: int = 0
    failed: int = 0
    talk_problem: str = ""
    compared: list[int] = []
    compare_open: bool = False
    compare_heads: list[CompareHead] = []
    compare_differing: list[CompareRow] = []
    compare_equal: list[CompareRow] = []
    options: list[Option] = []
    rehearsed: str = ""
    rehearsal: Rehearsal = Rehearsal()
    rehearse_failure: str = ""
    busy: bool = False
    failure: str = ""

    _talk: Any = None
    _watch: int = 0
    _of: str = ""

    # --- building it

    @rx.event
    async def load(self):
        page = await self.get_state(Blueprint)
        if not page.ready:
            return None
        if self._of != page.head.id:
            self.reset()
            self._of = page.head.id
        self.failure = ""
        await self._read()
        self._watch += 1
        wanted = self.state == "none" or self.router.url.query_parameters.get("build") == "again"
        if wanted and page.may_edit and page.has_rows and not page.is_reading:
            return Preview.open
        return Preview.watch

    @rx.event
    async def open(self):
        """Imports the rows into a draft event that nobody else sees."""
        page = await self.get_state(Blueprint)
        async with acting(self, "preview") as actor:
            await sandbox.open_sandbox(bridge.runtime(), actor, key=key(), blueprint_id=UUID(page.head.id))
            self.state, self.words, self.problem = "building", blueprint_words.stage_words("import"), ""
            self.percent = self.done = self.total = 0
            self._forget_talk()
            self._watch += 1
            return Preview.watch
        return None

    @rx.event(background=True)
    async def watch(self):
        """Follows the building, for as long as it lasts."""
        async with self:
            mine = self._watch
        while bridge.is_connected(self):
            async with self:
                if mine != self._watch or self.state != "building":
                    return
            await sleep(EVERY_S)
            async with self:
                if mine != self._watch:
                    return
                await self._read()
                is_built = self.state == "ready"
            if is_built:
                yield Blueprint.reread

    async def _read(self) -> None:
        """How far it is, and the first screen once it is there."""
        try:
            found = await sandbox.sandbox_state(
                bridge.runtime(), await bridge.staff(self), blueprint_id=UUID(self._of)
            )
        except NotFound:
            self.state = "none"
            return
        except Gone:
            self.state = "over"
            return
        self.now, self.expires = datetime.now(UTC).isoformat(), str(found.get("expires_at") or "")
        problem = found.get("problem")
        if problem:
            self.state, self.problem = "failed", words_for(str(problem["code"]), problem.get("facts") or {})
        elif found.get("screen"):
            if self.state != "ready":
                self._show_screen(found["screen"])
            self.state = "ready"
        else:
            self.state, self.words = (
                "building",
                blueprint_words.stage_words(str(found.get("stage") or "import")),
            )
            self.done, self.total = int(found.get("done") or 0), int(found.get("total") or 0)
            self.percent = round(100 * self.done / self.total) if self.total else 0

    @rx.event
    async def refresh(self) -> None:
        """When its clock has run out."""
        await self._read()

    def _forget_talk(self) -> None:
        self.turns, self.quick, self.tiles, self.compared = [], [], [], []
        self.rehearsal, self.compare_open, self._talk = Rehearsal(), False, None

    def _show_screen(self, screen: dict[str, Any]) -> None:
        self.head = showing.event_head(screen["event"])
        self.turns = [Turn("hello", "guide", screen["greeting"])]
        self._talk = screen.get("state")
        self._show_answer(screen)
        self.options = [Option(str(tile.id), tile.title) for tile in self.tiles]
        self.rehearsed = self.options[0].value if self.options else ""

    def _show_answer(self, answer: dict[str, Any]) -> None:
        self.quick = list(answer["quick_replies"])
        self.tiles = showing.tiles(answer["tiles"], {})
        self.must = showing.chips(answer["chips"], "must")
        self.nice = showing.chips(answer["chips"], "nice")
        self.title = showing.headline(int(answer["matches"]), self.head, len(self.turns) == 1)

    # --- the conversation

    @rx.event
    async def say(self, message: str):
        """One message; what was said so far travels with it, so that nothing of it is kept anywhere."""
        if self.talking:
            return
        self.talking, self.talk_problem = True, ""
        self.turns = [*self.turns, Turn(str(uuid4()), "you", message)]
        yield
        try:
            await bridge.limit(self, "message")
            answer = await sandbox.sandbox_say(
                bridge.runtime(),
                await bridge.staff(self),
                blueprint_id=UUID(self._of),
                message=message,
                state=self._talk,
            )
        except AppError as error:
            self.turns, self.talk_problem = self.turns[:-1], words(error)
            self.failed += 1
            return
        finally:
            self.talking = False
        self._talk = answer.get("state")
        self.accepted += 1
        self.turns = [*self.turns, Turn(str(uuid4()), "guide", answer["reply"])]
        self._show_answer(answer)

    @rx.event
    async def start_over(self) -> None:
        """The conversation from its beginning."""
        self.state = "building"
        self._forget_talk()
        await self._read()

    # --- comparing

    @rx.event
    def toggle(self, listing_id: int) -> None:
        kept = [one for one in self.compared if one != listing_id]
        self.compared = kept if listing_id in self.compared else [*self.compared, listing_id][-MOST_COMPARED:]

    @rx.event
    def clear(self) -> None:
        self.compared, self.compare_open = [], False

    @rx.event
    def close_compare(self) -> None:
        self.compare_open = False

    @rx.event
    async def compare(self) -> None:
        await bridge.limit(self, "action")
        found = await sandbox.sandbox_compare(
            bridge.runtime(), await bridge.staff(self), blueprint_id=UUID(self._of), listing_ids=self.compared
        )
        tiles = {tile.id: tile for tile in self.tiles}
        items = [showing.listing(one, {}, tiles.get(int(one["listing_id"]))) for one in found["listings"]]
        self.compare_heads, self.compare_differing, self.compare_equal = showing.comparison(items)
        self.compare_open = True

    @rx.event
    def drop_compared(self, listing_id: int):
        self.toggle(listing_id)
        return Preview.compare if len(self.compared) > 1 else Preview.clear

    # --- holds

    @rx.event
    def choose_listing(self, listing_id: str) -> None:
        self.rehearsed = listing_id

    @rx.event
    async def rehearse_one(self, listing_id: int):
        """A dry run on the tile that was pressed."""
        self.rehearsed = str(listing_id)
        return Preview.rehearse

    @rx.event
    async def rehearse(self):
        """Five buyers reach for one thing at once; all of it is undone."""
        self.busy, self.rehearse_failure = True, ""
        yield
        async with acting(self, "preview") as actor:
            found = await sandbox.rehearse_holds(
                bridge.runtime(),
                actor,
                blueprint_id=UUID(self._of),
                listing_id=int(self.rehearsed),
                buyers=BUYERS,
            )
            title = next((option.text for option in self.options if option.value == self.rehearsed), "")
            self.rehearsal = blueprint_gate.rehearsal(found, title)
        self.rehearse_failure, self.failure = self.failure, ""


LOADS["preview"] = (Preview.load,)
