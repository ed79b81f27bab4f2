"""Saying something and hearing the answer as it comes.

A turn runs beside the page: one can open a listing, or hear that the event has stopped, while the answer is on its way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import reflex as rx

from app import answer_showing, bridge, showing
from app.messages import words
from app.states.comparing import Comparing
from app.states.confirming import Confirming
from app.states.storefront import TO_TOP, Storefront
from app.views import Asked, Offered, Turn
from backend.core.context import Actor
from backend.core.errors import AppError, InvalidInput
from backend.flows import storefront
from backend.flows.streaming import stream_turn
from backend.kit.text import storable

#: What the composer and the HTTP API take too.
LONGEST_MESSAGE = 2000


class Talking(rx.State):
    """The turn under way, and the last one that failed."""

    busy: bool = False
    saying: str = ""
    doing: str = ""
    accepted: int = 0
    failed: int = 0
    problem: str = ""

    offered: list[Offered] = []
    survey: list[Asked] = []
    skippable: bool = True
    surveyed: bool = False
    survey_problem: str = ""

    _words: str = ""
    _key: str = ""

    @rx.event
    async def load(self) -> None:
        """A page that is opened has nothing under way."""
        self.busy, self.saying, self.doing, self.problem = False, "", "", ""
        self.offered, self.survey, self.surveyed, self.survey_problem = [], [], False, ""

    @rx.event(background=True)
    async def send(self, message: str, key: str = ""):
        """One message. The same words under the same key are the same message, however often they are sent."""
        async with self:
            if self.busy:
                return
            await self._begin(storable(message), key)
            front = await self.get_state(Storefront)
            actor = front._buyer()
        try:
            answer = await self._answer(actor)
        except AppError as error:
            async with self:
                await self._give_up(words(error))
            return
        except BaseException as error:
            async with self:
                await self._give_up(
                    words(AppError("core.unexpected")) if isinstance(error, Exception) else ""
                )
            raise
        async with self:
            front = await self.get_state(Storefront)
            front.fresh = False
            front._show_answer(answer)
            (await self.get_state(Confirming))._show(answer, front)
            self._survey_from(answer)
            said = answer.get("suggestions") or ()
            self.offered = [Offered(one["key"], one["title"], one["text"]) for one in said]
            if answer.get("executed"):  # the guide did it, as the policy lets it
                await front._read_states()
            if side := answer.get("comparison"):
                (await self.get_state(Comparing))._show(side, front)
            self.busy, self.saying, self.doing = False, "", ""
            self.accepted += 1
            is_shared = front._is_shared
        yield rx.call_script(TO_TOP)
        if is_shared:
            yield Storefront.refresh_lead

    @rx.event
    def pass_over(self) -> None:
        """Not taken up; it is not offered again."""
        self.offered = []

    @rx.event
    def skip_survey(self) -> None:
        self.survey = []

    @rx.event
    async def send_survey(self, form: dict[str, Any]) -> None:
        """What was answered; one answer is enough."""
        given = answer_showing.answers(self.survey, form)
        if not given:
            self.survey_problem = "Choose an answer, or skip the questions."
            return
        front = await self.get_state(Storefront)
        try:
            await bridge.limit(self, "action")
            await storefront.answer_survey(bridge.runtime(), front._buyer(), answers=given)
        except AppError as error:
            self.survey_problem = words(error)
            return
        self.survey, self.surveyed, self.survey_problem = [], True, ""

    @rx.event
    def again(self):
        """The message that failed, once more, under its key."""
        return Talking.send(self._words, self._key)

    def _survey_from(self, answer: Mapping[str, Any]) -> None:
        if asked := answer.get("survey"):
            self.survey, self.surveyed = answer_showing.survey(asked["questions"]), False
            self.skippable = bool(asked.get("is_skippable", True))

    async def _begin(self, message: str, key: str) -> None:
        self.busy, self.problem, self.saying, self.doing = True, "", "", ""
        self._words, self._key = message, key if 16 <= len(key) <= 80 else str(uuid4())
        front = await self.get_state(Storefront)
        front.turns = [*front.turns, Turn(str(uuid4()), "you", message)]

    async def _give_up(self, problem: str) -> None:
        """Takes the unanswered words out of the thread; they are in the composer again."""
        front = await self.get_state(Storefront)
        front.turns = front.turns[:-1]
        self.busy, self.saying, self.doing, self.problem = False, "", "", problem
        self.failed += 1

    async def _answer(self, actor: Actor) -> dict[str, Any]:
        """The answer, piece by piece; what it was asked is finished and kept even when nobody listens any more."""
        if len(self._words) > LONGEST_MESSAGE:
            raise InvalidInput("core.too_large", limit=LONGEST_MESSAGE)
        await bridge.limit(self, "message")
        body: dict[str, Any] = {}
        async for event in stream_turn(bridge.runtime(), actor, self._words, self._key):
            if event["type"] == "error":
                raise AppError(event["code"], **event["facts"])
            body = answer_showing.folded(body, event)
            if event["type"] == "text":
                async with self:
                    self.saying += event["text"]
        shown = await storefront.shown(bridge.runtime(), actor)
        async with self:
            (await self.get_state(Storefront)).head = showing.event_head(shown)
        return body
