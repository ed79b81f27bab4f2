"""The wizard: one blueprint, its head and steps, and the step Samples. The other steps have states of their own."""

from __future__ import annotations

from asyncio import sleep
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

import reflex as rx

from app import blueprint_showing, bridge
from app.blueprint_views import BlueprintHead, FileRow, FileTab, StepShown
from app.messages import words, words_for
from app.states.acting import acting, key
from app.states.desk import permissions
from app.views import Labelled
from backend.core.errors import AppError, Conflict, NotSignedIn
from backend.flows import blueprints

#: A burst of news is one read.
AT_MOST_EVERY_S = 0.3
#: What each step reads when it is opened, and again when files have been read. The states of the steps enter themselves.
LOADS: dict[str, tuple[Any, ...]] = {}
PASTED = (("openapi", "openapi.txt"), ("swagger", "swagger.txt"), ("curl", "curl.txt"))


class Blueprint(rx.State):
    """What every step needs of the blueprint. `_view` is the whole of it, as the service gave it."""

    ready: bool = False
    missing: str = ""
    page_title: str = "New event · MPAX"
    step: str = "samples"
    head: BlueprintHead = BlueprintHead()
    steps: list[StepShown] = []
    files: list[FileRow] = []
    tabs: list[FileTab] = []
    notice: str = ""
    is_reading: bool = False
    has_rows: bool = False
    sure: int = 0
    may_edit: bool = False
    may_review: bool = False
    upload_to: str = ""
    artifacts: str = ""
    refused: list[Labelled] = []
    busy: bool = False
    failure: str = ""

    _view: dict[str, Any] = {}
    _rights: dict[str, Any] = {}
    _unmet: int | None = None
    _watch: int = 0

    @rx.event
    async def load(self):
        """Shows nothing before the server has checked who asks. Another step of the same blueprint changes in place."""
        asked = self.router.url.query_parameters.get("step", "samples")
        self.step = asked if asked in blueprint_showing.STEP_KEYS else "samples"
        if self.blueprint_id != self.head.id:
            self.ready, self.missing, self.refused, self._unmet = False, "", [], None
        self.failure = ""
        await bridge.limit(self, "read")
        try:
            await self._read()
        except NotSignedIn:
            raise
        except (AppError, ValueError) as error:
            self.ready = False
            self.missing = words(error) if isinstance(error, AppError) else words_for("core.no_such_route")
            return None
        self._watch += 1
        return [Blueprint.watch, *LOADS.get(self.step, ())]

    async def _read(self) -> None:
        """Raises: NotFound `blueprints.no_such_blueprint`; ValueError for what is no id."""
        actor = await bridge.staff(self)
        view = await blueprints.get_blueprint(bridge.runtime(), actor, blueprint_id=UUID(self.blueprint_id))
        if not self._rights or self.head.id != view["id"]:
            async with bridge.unit_for(actor) as ctx:
                self._rights = await permissions(ctx, UUID(view["organization_id"]))
        self._show(view)

    def _show(self, view: dict[str, Any]) -> None:
        """Everything above and beside the steps, from a view of the service."""
        self._view = view
        self.head = blueprint_showing.head(view)
        self.may_edit = bool(self._rights.get("edit_document")) and view["status"] not in (
            "published",
            "discarded",
        )
        self.may_review = bool(self._rights.get("approve_changes"))
        self.files = blueprint_showing.files(view, may_edit=self.may_edit)
        self.tabs = blueprint_showing.file_tabs(view)
        self.steps = blueprint_showing.steps(view, self.step, self._unmet)
        self.notice = blueprint_showing.verdict(view)
        self.is_reading, self.has_rows = blueprint_showing.is_busy(view), blueprint_showing.has_rows(view)
        self.sure = blueprint_showing.acceptable(view)
        self.page_title = f"{self.head.title} · MPAX"
        self.upload_to = f"/api/v1/blueprints/{view['id']}/files"
        self.artifacts = f"/api/v1/blueprints/{view['id']}/bundle"
        self.ready, self.missing = True, ""

    @rx.event(background=True)
    async def watch(self):
        """Follows the blueprint while its screen is open: what is read, what colleagues decide."""
        async with self:
            mine, topic = self._watch, f"organization:{self._view['organization_id']}"
        read_at = 0.0
        async for message in bridge.listen(self, topic):
            async with self:
                if mine != self._watch:
                    return
                if not self._concerns(message) or message.get("at", monotonic()) < read_at:
                    continue  # a burst is read once
            await sleep(AT_MOST_EVERY_S)
            async with self:
                if mine != self._watch:
                    return
                read_at, before = monotonic(), (self.is_reading, self.head.revision)
                await self._read()
                await self._name()
                has_moved = before != (self.is_reading, self.head.revision)
            if has_moved:
                yield list(LOADS.get(self.step, ()))

    def _concerns(self, message: dict[str, Any]) -> bool:
        """Whether a message says anything that this screen does not know."""
        if message["event"] in ("subscribed", "idle"):
            return message["event"] == "subscribed" or self.is_reading
        news = message.get("payload") or {}
        if message["event"] != "blueprint_changed" or news.get("blueprint_id") != self.head.id:
            return False
        if news.get("of") == "blueprints":
            return (
                int(news.get("revision") or 0) > self.head.revision or news.get("status") != self.head.status
            )
        return self.is_reading or news.get("status") in blueprint_showing.BUSY

    @rx.event
    async def reread(self) -> None:
        """Something else than this page has changed it."""
        await self._read()

    async def _name(self) -> None:
        """A blueprint without a name is called after its first list."""
        name = blueprint_showing.first_name(self._view)
        if not name or self.is_reading or not self.may_edit:
            return
        with suppress(Conflict):  # somebody else names it
            view = await blueprints.change_blueprint(
                bridge.runtime(),
                await bridge.staff(self),
                key=key(),
                blueprint_id=UUID(self.head.id),
                revision=self.head.revision,
                changes={"title": name},
            )
            self._show(view)

    # --- files

    @rx.event
    async def sent(self) -> None:
        """A file has arrived."""
        await self._read()
        await self._name()

    @rx.event
    def refuse(self, name: str, code: str, facts: dict[str, Any]) -> None:
        """A file was not taken at all."""
        self.refused = [
            *(one for one in self.refused if one.label != name),
            Labelled(name, words_for(code, facts)),
        ]

    @rx.event
    def dismiss(self, name: str) -> None:
        self.refused = [one for one in self.refused if one.label != name]

    @rx.event
    async def paste(self, form: dict[str, str]):
        """What was pasted is a file like any other."""
        text = form.get("text", "").strip()
        start = text[:2000].lower()
        name = next((name for word, name in PASTED if word in start), "answer.json")
        self.busy = True
        yield
        async with acting(self, "draft") as actor:
            await blueprints.add_file(
                bridge.runtime(),
                actor,
                key=key(),
                blueprint_id=UUID(self.head.id),
                name=name,
                content=text.encode(),
                kind="feed",
            )
            await self._read()

    @rx.event
    async def cancel(self, file_id: str) -> None:
        await self._steer(blueprints.cancel_file, file_id)

    @rx.event
    async def retry(self, file_id: str) -> None:
        await self._steer(blueprints.retry_file, file_id)

    @rx.event
    async def remove(self, file_id: str) -> None:
        await self._steer(blueprints.remove_file, file_id)

    async def _steer(self, verb: Any, file_id: str) -> None:
        async with acting(self, "draft") as actor:
            await verb(bridge.runtime(), actor, key=key(), file_id=UUID(file_id))
            await self._read()
