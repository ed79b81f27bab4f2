"""The two views of a draft: whatever is done in the form or the text is one edit of one text, kept by the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import reflex as rx

from app import bridge, document_edits, document_form, document_rows, draft_showing
from app.document_look import Look, look, path_of
from app.document_rows import Standing
from app.document_views import Clash, DraftBar, FieldRow, Found, Mark, SectionRow
from app.messages import words
from backend.core.errors import AppError, Conflict, NotSignedIn
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.editing import Edit, edited
from backend.domains.events.joining import join
from backend.domains.events.lifecycle import SavedDraft
from backend.domains.events.model import Problem, Severity, Source

SAME_PLACES = (
    "Both of you changed the same places. Choose whose text stands, then write the other part again."
)


class Editing(rx.State, mixin=True):
    """What is shown of the draft, and every way to change it. The draft's life is in `document`."""

    text: str = ""
    stamp: int = 0
    mark: str = ""
    accepted: int = 0
    grammar: str = ""
    marks: list[Mark] = []
    line: dict[str, int] = {}
    jump: dict[str, Any] = {}
    sections: list[SectionRow] = []
    section: str = document_form.ROOT_SECTION
    section_title: str = ""
    section_help: str = ""
    is_unread: bool = False
    rows: list[FieldRow] = []
    problems: list[Found] = []
    problem_count: str = ""
    blocked: bool = False
    readable: bool = True
    may_edit: bool = False
    failure: str = ""
    bar: DraftBar = DraftBar()
    clash: Clash = Clash()

    _slug: str = ""
    _email: str = ""
    _rights: dict[str, Any] = {}
    _draft_id: str = ""
    _revision: int = 0
    _written: str = ""
    _readable: str = ""
    _saved: str = ""
    _base: str = ""
    _opened: list[str] = []
    _refused: dict[str, str] = {}

    # --- looking around

    @rx.event
    async def pick_section(self, name: str) -> None:
        self.section = name
        await self._draw()

    @rx.event
    async def toggle(self, key: str) -> None:
        """Opens or closes an entry of a list."""
        self._opened = (
            [one for one in self._opened if one != key] if key in self._opened else [*self._opened, key]
        )
        await self._draw()

    @rx.event
    async def go_to(self, key: str, line: int, column: int) -> None:
        """Leads to a problem in both views."""
        path = path_of(key)
        self.section = document_form.section_of(path)
        ways = [
            "/" + "/".join(key.split("/")[1 : n + 1])
            for n in range(1, len(path) + 1)
            if isinstance(path[n - 1], int)
        ]
        self._opened = [*{*self._opened, *ways}]
        await self._draw()
        shown = {row.key for row in self.rows}
        while path and key not in shown:
            key, path = key.rpartition("/")[0], path[:-1]
        n = self.jump.get("n", 0) + 1
        if line:
            self.line = {"number": line, "column": column, "focus": int(key not in shown), "n": n}
        if key in shown:
            self.jump = {"id": document_rows.element_id(key), "n": n}

    @rx.event
    def show_line(self, line: int, column: int) -> None:
        """Puts the cursor of the editor where a problem stands."""
        self.line = {"number": line, "column": column, "focus": 1, "n": self.line.get("n", 0) + 1}

    # --- writing

    @rx.event
    async def edit_text(self, text: str, n: int) -> None:
        """What was typed in the editor. `n` tells the browser that it need not keep it any more."""
        if self.may_edit and await self._keep(text):
            self.accepted = n

    @rx.event
    async def set_value(self, key: str, text: str) -> None:
        """What was typed in a field."""
        path = path_of(key)
        field = document_form.field_at(path)
        self._refused = {name: said for name, said in self._refused.items() if name != key}
        if field is None:
            return
        try:
            value = document_edits.typed(field, text)
        except document_edits.NotAValue as refused:
            self._refused = {**self._refused, key: str(refused)}
            await self._draw()
            return
        await self._write(document_edits.set_value(await self._look(), path, value))

    @rx.event
    async def set_list(self, key: str, values: list[str]) -> None:
        """The entries of a list of scalars, in their order."""
        path = path_of(key)
        field = document_form.field_at(path)
        if field is None or field.item is None:
            return
        try:
            entries = [document_edits.typed(field.item, value) for value in values]
        except document_edits.NotAValue as refused:
            self._refused = {**self._refused, key: str(refused)}
            await self._draw()
            return
        self._refused = {name: said for name, said in self._refused.items() if name != key}
        await self._write(document_edits.set_list(await self._look(), path, entries))

    @rx.event
    async def add_item(self, key: str) -> None:
        """A new entry at the end of a list; `key` is the place it will have."""
        path = path_of(key)
        field = document_form.field_at(path)
        if field is None:
            return
        self._opened = [*self._opened, key]
        await self._write(document_edits.insert(await self._look(), path, document_edits.blank(field)))
        self.jump = {"id": document_rows.element_id(key), "n": self.jump.get("n", 0) + 1}

    @rx.event
    async def add_entry(self, key: str, name: str) -> None:
        """A new name in a free map."""
        path = path_of(key)
        field = document_form.field_at(path)
        if field is None or field.item is None:
            return
        await self._write(
            document_edits.set_value(await self._look(), (*path, name), document_edits.blank(field.item))
        )

    @rx.event
    async def remove(self, key: str) -> None:
        """Takes an entry out of a list or a free map."""
        self._opened = [one for one in self._opened if not one.startswith(key)]
        await self._write(document_edits.remove(await self._look(), path_of(key)))

    @rx.event
    async def move(self, key: str, by: int) -> None:
        """Moves an entry of a list up or down."""
        *around, at = path_of(key)
        if isinstance(at, int):
            self._opened = [one for one in self._opened if not one.startswith(key.rpartition("/")[0] + "/")]
            await self._write(document_edits.move(await self._look(), (*around, at), at + by))

    @rx.event
    async def inherit(self, key: str) -> None:
        """Back to what the layers below say."""
        await self._write(document_edits.inherit(await self._look(), path_of(key)))

    # --- somebody else was faster

    @rx.event
    async def take_theirs(self) -> None:
        """Shows what was saved; undo in the editor brings the own text back."""
        await self._settle(None)

    @rx.event
    async def keep_mine(self) -> None:
        """Saves the own text in place of theirs."""
        await self._settle(self._written)

    @rx.event
    async def join_both(self) -> None:
        """Saves the own changes together with theirs."""
        async with bridge.unit(self) as ctx:
            stored = await drafts.get_draft(ctx, draft_id=UUID(self._draft_id))
        joined = await asyncio.to_thread(
            join, base=self._saved, ours=self._written, theirs=stored.source, resolutions={}
        )
        if joined.text is None:
            self.failure = SAME_PLACES
            self.clash = replace(self.clash, may_join=False)
            return
        await self._settle(joined.text)

    async def _settle(self, text: str | None) -> None:
        async with bridge.unit(self) as ctx:
            stored = await drafts.get_draft(ctx, draft_id=UUID(self._draft_id))
        self._revision, self._saved, self.clash = stored.revision, stored.source, Clash()
        self._show_text(stored.source if text is None else text)
        if text is None:
            self.mark = f"{stored.id}:{stored.revision}"
            await self._draw()
        else:
            await self._keep(text)

    async def _write(self, edits: Sequence[Edit]) -> None:
        if not self.may_edit or not edits:
            await self._draw()
            return
        try:
            text = edited(self._written, edits)
        except AppError as error:
            self.failure = words(error)
            return
        self._show_text(text)
        await self._keep(text)

    def _show_text(self, text: str) -> None:
        self._written, self.text, self.stamp = text, text, self.stamp + 1

    async def _keep(self, text: str) -> bool:
        """Saves a text, right or wrong. Shape: whether the server has it."""
        self._written, self.failure = text, ""
        if not self._draft_id and text == self._base:
            await self._draw()
            return True
        try:
            await bridge.limit(self, "check")
            async with bridge.unit(self) as ctx:
                saved = await drafts.save_draft(
                    ctx,
                    slug=self._slug,
                    source_text=text,
                    draft_id=UUID(self._draft_id) if self._draft_id else None,
                    revision=self._revision or None,
                )
                await self._show_saved(ctx, saved)
        except NotSignedIn:
            raise
        except Conflict as refused:
            self._show_refusal(refused)
            return False
        except AppError as error:
            self.failure = words(error)
            return False
        finally:
            await self._draw()
        return True

    async def _show_saved(self, ctx: Any, saved: SavedDraft) -> None:
        """The bar after a save."""
        raise NotImplementedError

    def _show_refusal(self, refused: Conflict) -> None:
        if refused.code != "events.draft_stale":
            self.failure = words(refused)
            return
        joins = self.readable and not self.blocked
        self.clash = draft_showing.clash(refused.facts, me=self._email, may_join=joins)

    # --- drawing

    async def _look(self) -> Look:
        return await asyncio.to_thread(_look_at, self._written)

    async def _draw(self) -> None:
        seen, base = await self._look(), await asyncio.to_thread(_look_at, self._base)
        problems = await asyncio.to_thread(problems_in, self._written, self._slug)
        self._readable = self._written if seen.is_readable else self._readable
        self.readable = seen.is_readable
        self.blocked = any(problem.severity is Severity.ERROR for problem in problems)
        self.problems = document_rows.found_rows(problems)
        self.problem_count = document_rows.found_words(self.problems)
        self.marks = [
            Mark(f.line, f.column, f"{f.text} {f.hint}".strip(), f.blocks) for f in self.problems if f.line
        ]
        self._draw_form(
            Standing(
                seen=seen if seen.is_readable else await asyncio.to_thread(_look_at, self._readable),
                base=base,
                problems=problems,
                opened=self._opened,
                rights=self._rights_held() if self.may_edit and seen.is_readable else (),
                refused=self._refused,
            )
        )

    def _draw_form(self, standing: Standing) -> None:
        every = document_form.sections()
        field = next((one for one in every if one.name == self.section), every[0])
        self.section, self.section_title, self.section_help = field.name, field.title, field.help
        self.is_unread = field.is_unread
        self.sections = document_rows.section_rows(standing)
        self.rows = document_rows.form_rows(field, standing)
        self.grammar = self.grammar or json.dumps(document_form.whole_grammar(), ensure_ascii=False)

    def _rights_held(self) -> list[str]:
        return [name for name, given in self._rights.items() if given is True]


@lru_cache(maxsize=48)
def _look_at(text: str) -> Look:
    return look(text, events.shipped_templates())


@lru_cache(maxsize=48)
def problems_in(text: str, slug: str) -> tuple[Problem, ...]:
    """What is wrong in the text of an event's draft."""
    return events.checked_for(Source(text), events.shipped_templates(), slug).problems
