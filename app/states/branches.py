"""The tab Branches: the list, one of them, and the merge with its conflicts."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx

from app import bridge, config_showing
from app.config_views import BranchLine, ConflictRow, DiffShown, Option, StepLine
from app.document_form import whole_grammar
from app.states.acting import acting, key
from app.states.event_page import EventPage
from backend.core.context import Context
from backend.domains.events import branches, releases
from backend.domains.events import service as events
from backend.flows import branching


class Branches(rx.State):
    """`branch` is the one that is opened. The choices of a merge live here until it is done."""

    rows: list[BranchLine] = []
    options: list[Option] = []
    branch: BranchLine = BranchLine()
    diff: DiffShown = DiffShown()
    conflicts: list[ConflictRow] = []
    undecided: int = 0
    text: str = ""
    stamp: int = 0
    mark: str = ""
    accepted: int = 0
    grammar: str = ""
    steps: list[StepLine] = []
    busy: bool = False
    failure: str = ""

    #: Values as they were at the fork, for places where neither side is wanted.
    _base: dict[str, Any] = {}
    #: What stands in the editor, the number of the edit that brought it, and the step it was written against.
    _written: str = ""
    _sent: int = 0
    _number: int = 0

    @rx.event
    async def load(self) -> None:
        await bridge.limit(self, "read")
        asked = self.router.url.query_parameters.get("branch", "")
        if asked != self.branch.name:
            self.branch, self.conflicts, self.undecided, self.failure = BranchLine(), [], 0, ""
        async with bridge.unit(self) as ctx:
            await self._list(ctx)
            if asked:
                await self._open(ctx, asked)

    async def _list(self, ctx: Context) -> None:
        found = await branches.list_branches(ctx, slug=self.slug)
        self.rows = [config_showing.branch_line(branch, ctx.actor.user_id) for branch in found]
        lines, _ = await releases.history(ctx, slug=self.slug, limit=50)
        self.options = [
            Option(str(line.number), f"Version {line.number}" + (", in force" if line.is_current else ""))
            for line in lines
        ]

    async def _open(self, ctx: Context, name: str) -> None:
        branch = await branches.get_branch(ctx, slug=self.slug, name=name)
        self.branch = config_showing.branch_line(branch, ctx.actor.user_id)
        found = await branches.branch_diff(ctx, slug=self.slug, name=name)
        head = await branches.get_head(ctx, branch=branch)
        current = await events.get_in_force(ctx, slug=self.slug)
        self.diff = config_showing.diff_shown(found, before=current.source, after=head.source)
        commits = await branches.list_commits(ctx, slug=self.slug, name=name, limit=20)
        self.steps = [config_showing.step_line(commit, ctx.actor.user_id) for commit in commits]
        self.grammar = self.grammar or json.dumps(whole_grammar(), ensure_ascii=False)
        mark = f"{branch.id}:{head.number}"
        if mark != self.mark:
            self.mark, self.text, self.stamp = mark, head.source, self.stamp + 1
            self._written, self._number = head.source, head.number

    @rx.event
    async def open_branch(self, form: dict[str, str]):
        self.busy = True
        yield
        async with acting(self) as actor:
            base = form.get("base", "")
            await branching.open_branch(
                bridge.runtime(),
                actor,
                slug=self.slug,
                name=form.get("name", "").strip(),
                description=form.get("description", ""),
                base_version=int(base) if base.isdecimal() else None,
                key=key(),
            )
            yield rx.redirect(
                f"/cockpit/events/{self.slug}?tab=branches&branch={form.get('name', '').strip()}"
            )

    @rx.event
    def write(self, text: str, n: int) -> None:
        """What was typed. It stays in the browser until it is committed."""
        self._written, self._sent = text, n

    @rx.event
    async def commit(self, form: dict[str, str]):
        """The next step of the branch, unless somebody else took one since."""
        self.busy = True
        yield
        async with acting(self) as actor:
            await branching.commit(
                bridge.runtime(),
                actor,
                slug=self.slug,
                name=self.branch.name,
                source_text=self._written,
                message=form.get("message", ""),
                based_on=self._number,
                key=key(),
            )
            self.accepted = self._sent
            yield [rx.toast.success("It is on the branch."), Branches.load]

    @rx.event
    def choose(self, path: str, side: str) -> None:
        for row in self.conflicts:
            if row.path == path and side in {"ours", "theirs", "base"}:
                row.choice = side
        self.conflicts = list(self.conflicts)
        self.undecided = sum(not row.choice for row in self.conflicts)

    @rx.event
    async def merge(self, form: dict[str, str]):
        """Merges, or shows what both sides changed."""
        self.busy = True
        yield
        async with acting(self) as actor:
            answer = await branching.merge_branch(
                bridge.runtime(),
                actor,
                slug=self.slug,
                name=self.branch.name,
                message=form.get("message", ""),
                resolutions=self._resolutions(),
                key=key(),
            )
            yield self._merged(answer)

    def _resolutions(self) -> dict[str, Any]:
        return {
            row.path: {"value": self._base.get(row.path)} if row.choice == "base" else row.choice
            for row in self.conflicts
            if row.choice
        }

    def _merged(self, answer: dict[str, Any]) -> Any:
        if answer["conflicts"]:
            chosen = {row.path: row.choice for row in self.conflicts}
            self.conflicts = [
                config_showing.conflict_row(item, chosen.get(item["path"], ""))
                for item in answer["conflicts"]
            ]
            self._base = {item["path"]: item.get("base") for item in answer["conflicts"]}
            self.undecided = sum(not row.choice for row in self.conflicts)
            return None
        self.conflicts, self.undecided = [], 0
        if answer["new_version"]:
            told = rx.toast.success(f"Merged: version {answer['new_version']} is in force.")
            return [told, EventPage.refresh, Branches.load]
        return rx.redirect(f"/cockpit/events/{self.slug}?tab=approvals&draft={answer['draft_id']}")

    @rx.event
    async def close(self):
        self.busy = True
        yield
        async with acting(self) as actor:
            await branching.close_branch(
                bridge.runtime(), actor, slug=self.slug, name=self.branch.name, key=key()
            )
            yield rx.toast.success("The branch is closed.")
        yield Branches.load
