"""The step Mapping: one file at a time, decisions, a sentence that clarifies, and rows as they would be imported."""

from __future__ import annotations

from asyncio import sleep
from typing import Any
from uuid import UUID

import reflex as rx

from app import blueprint_mapping, blueprint_reading, blueprint_showing, blueprint_words, bridge
from app.blueprint_views import (
    ColumnGroup,
    ColumnRow,
    LiveRow,
    PhotoRow,
    ReportShown,
    SheetHead,
    UnderstoodChange,
)
from app.config_views import Option
from app.messages import words
from app.states.acting import acting, key
from app.states.blueprint import LOADS, Blueprint
from backend.core.errors import AppError, NotSignedIn
from backend.flows import blueprint_decisions as decisions
from backend.flows import blueprint_looking as looking
from backend.flows import clarifications

NO_COLUMN = ColumnRow()
#: Several decisions in a row are one reading of the file.
SETTLES_S = 0.2
ROWS = 20
#: As many listings as a photo or a report can be given to by hand.
MOST_LISTINGS = 200


class Mapping(rx.State):
    """What is shown of the file that the address names, else of the first that has a question."""

    file: str = ""
    kind: str = ""
    rows: list[ColumnRow] = []
    groups: list[ColumnGroup] = []
    targets: list[Option] = []
    sheet: SheetHead = SheetHead()
    asked: list[str] = []
    currency: str = ""
    heads: list[str] = []
    live: list[LiveRow] = []
    rejected: int = 0
    is_live_busy: bool = False
    understood: list[UnderstoodChange] = []
    understood_words: str = ""
    is_guarded: bool = False
    clarify_problem: str = ""
    stamp: int = 0
    guarded: ColumnRow = NO_COLUMN
    guarded_targets: list[str] = [""]
    guarded_options: list[Option] = []
    report: ReportShown = ReportShown()
    photos: list[PhotoRow] = []
    listings: list[Option] = []
    busy: bool = False
    failure: str = ""

    _clarification: str = ""
    _reading: int = 0

    @rx.event
    async def load(self):
        page = await self.get_state(Blueprint)
        if not page.ready:
            return None
        known = [tab.id for tab in page.tabs]
        asked = self.router.url.query_parameters.get("file", "")
        first = next((tab.id for tab in page.tabs if tab.questions), known[0] if known else "")
        if (chosen := asked if asked in known else first) != self.file:
            self._forget()
        self.file = chosen
        self.kind = next((tab.kind for tab in page.tabs if tab.id == chosen), "")
        self.failure = ""
        self._show(page._view)
        return Mapping.read_rows

    def _forget(self) -> None:
        self.heads, self.live, self.rejected = [], [], 0
        self.understood, self.understood_words, self.clarify_problem, self._clarification = [], "", "", ""
        self.guarded, self.report = NO_COLUMN, ReportShown()

    def _show(self, view: dict[str, Any]) -> None:
        """The file as it is now. `view` is the whole blueprint."""
        file = next((one for one in view["files"] if str(one["id"]) == self.file), None)
        self.asked = blueprint_showing.whole_questions(view, self.file)
        if file is not None and self.kind in ("sheet", "feed"):
            found = blueprint_showing.proposal_of(view, file)
            self.rows = blueprint_mapping.columns(found, file, view["open_questions"])
            self.groups = blueprint_mapping.groups(self.rows)
            drift = blueprint_showing.drift(view, self.file)
            self.sheet = blueprint_mapping.sheet_head(found, self.kind, drift)
            self.currency = str(found.get("currency") or "")
            self.targets = blueprint_words.target_options(t for row in self.rows for t in row.targets)
        elif self.kind == "photo":
            self.photos = blueprint_reading.photos(view)
        elif file is not None and self.kind == "report":
            found = blueprint_showing.proposal_of(view, file)
            self.report = blueprint_reading.report(found, self.file, self.listings)

    # --- deciding

    @rx.event
    async def decide(self, fields: list[str], change: dict[str, Any]):
        """One change to one or several columns of the file."""
        return await self._decide([{"file_id": self.file, "field": field, **change} for field in fields])

    async def _decide(self, changes: list[dict[str, Any]]):
        page = await self.get_state(Blueprint)
        async with acting(self, "draft") as actor:
            view = await decisions.decide(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(page.head.id),
                revision=page.head.revision,
                changes=changes,
            )
            page._show(view)
            self.guarded = NO_COLUMN
        if self.failure:
            await page._read()  # somebody else may have been here meanwhile
        self._show(page._view)
        return Mapping.read_rows

    @rx.event
    async def accept_all(self):
        """Everything that is sure, in all files."""
        page = await self.get_state(Blueprint)
        async with acting(self, "draft") as actor:
            view = await decisions.accept_all(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(page.head.id),
                revision=page.head.revision,
                least=blueprint_showing.SURE,
            )
            page._show(view)
        self._show(page._view)

    @rx.event
    async def set_currency(self, code: str):
        """The currency of a whole file, where no cell says it."""
        return await self._decide(
            [{"file_id": self.file, "field": "", "mapping": {"currency": code.strip().upper()}}]
        )

    @rx.event
    async def link(self, file_id: str, listing: str):
        """The row that a photo or a report belongs to."""
        targets = [listing] if listing else []
        return await self._decide([{"file_id": file_id, "field": "listing", "targets": targets}])

    @rx.event
    async def link_report(self, listing: str):
        return await self.link(self.file, listing)

    @rx.event
    def ask_to_publish(self, field: str, targets: list[str]) -> None:
        """Asks once more before a column is published that was kept back."""
        self.guarded = next((row for row in self.rows if row.key == field), NO_COLUMN)
        self.guarded_targets = targets or [""]
        known = {option.value for option in self.targets}
        own = [Option(t, blueprint_words.target_words(t)) for t in targets if t not in known]
        self.guarded_options = [*own, *self.targets]

    @rx.event
    def keep_out(self) -> None:
        self.guarded = NO_COLUMN

    @rx.event
    async def publish_guarded(self, form: dict[str, str]):
        change = {"targets": [form.get("target", "")], "confirm": True}
        return await self._decide([{"file_id": self.file, "field": self.guarded.key, **change}])

    # --- a sentence

    @rx.event
    async def say(self, form: dict[str, str]):
        """What a sentence would change. Nothing changes yet."""
        page = await self.get_state(Blueprint)
        self.understood, self.understood_words, self.clarify_problem = [], "", ""
        async with acting(self, "draft") as actor:
            answer = await clarifications.clarify(
                bridge.runtime(), actor, key=key(), blueprint_id=UUID(page.head.id), text=form.get("text", "")
            )
            self._clarification = str(answer["clarification_id"] or "")
            self.understood = blueprint_mapping.understood(answer)
            self.is_guarded = any(change.get("needs_confirmation") for change in answer["changes"])
            self.understood_words = str(answer["understood"])
            self.clarify_problem = blueprint_mapping.misread(answer.get("problem"))

    @rx.event
    async def apply(self, form: dict[str, str]):
        """What was understood becomes so."""
        page = await self.get_state(Blueprint)
        async with acting(self, "draft") as actor:
            view = await clarifications.apply_clarification(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(page.head.id),
                clarification_id=UUID(self._clarification),
                confirm=form.get("confirm") == "on",
            )
            page._show(view)
            self.drop()
        self._show(page._view)
        return Mapping.read_rows

    @rx.event
    def drop(self) -> None:
        """The sentence is left as said; another can be written."""
        self.understood, self.understood_words, self.clarify_problem = [], "", ""
        self._clarification, self.stamp = "", self.stamp + 1

    # --- rows

    @rx.event(background=True)
    async def read_rows(self) -> None:
        """The file's own rows with the decisions of now; of several askings in a row only the last one reads."""
        async with self:
            self._reading += 1
            mine, file = self._reading, self.file
            page = await self.get_state(Blueprint)
            blueprint_id, view, kind = page.head.id, page._view, self.kind
            self.is_live_busy = kind in ("sheet", "feed")
        await sleep(SETTLES_S)
        if mine != self._reading or not blueprint_id:
            return
        try:
            actor = await bridge.staff(self)
            source = file if kind in ("sheet", "feed") else _first_with_rows(view)
            limit = ROWS if kind in ("sheet", "feed") else MOST_LISTINGS
            rows = await _rows(actor, blueprint_id, source, limit)
        except NotSignedIn:
            raise
        except AppError as error:
            async with self:
                self.failure, self.is_live_busy = words(error), False
            return
        async with self:
            if mine != self._reading:
                return
            self._show_rows(view, rows)
            self.is_live_busy = False

    def _show_rows(self, view: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        if self.kind not in ("sheet", "feed"):
            self.listings = blueprint_reading.listing_options(rows)
            self._show(view)
            return
        file = next((one for one in view["files"] if str(one["id"]) == self.file), {})
        found = blueprint_showing.proposal_of(view, file)
        self.heads, self.live = blueprint_mapping.live(rows, found)
        self.rejected = blueprint_mapping.rejected(rows)


async def _rows(actor: Any, blueprint_id: str, file_id: str, limit: int) -> list[dict[str, Any]]:
    if not file_id:
        return []
    found = await looking.sample_rows(
        bridge.runtime(), actor, blueprint_id=UUID(blueprint_id), file_id=UUID(file_id), limit=limit
    )
    return list(found["rows"])


def _first_with_rows(view: dict[str, Any]) -> str:
    """The file that photos and reports belong to rows of."""
    return next(
        (str(f["id"]) for f in view["files"] if f["kind"] in ("sheet", "feed") and f["status"] == "read"), ""
    )


LOADS["mapping"] = (Mapping.load,)
