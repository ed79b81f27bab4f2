"""The simulator of the tab Policy: an imagined visit, asked about while somebody types."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from app import bridge, policy_trying
from app.messages import words
from app.policy_views import Question, Simulated
from app.policy_words import UTM
from app.states.policy import Policy
from backend.core.errors import AppError, NotSignedIn
from backend.domains.policy.model import CONSENTS
from backend.flows import policies


class Simulating(rx.State):
    """What is said of the visit, and what it would get."""

    utm: dict[str, str] = {name: "" for name, _, _ in UTM}
    consent: dict[str, bool] = dict.fromkeys(CONSENTS, False)
    segments: list[str] = []
    questions: list[Question] = []
    result: Simulated = Simulated()
    failure: str = ""

    _answers: dict[str, str] = {}
    _of: str = ""

    @rx.event
    async def load(self) -> None:
        page = await self.get_state(Policy)
        if not page.ready:
            return
        if self._of != page._slug:
            self._of, self._answers, self.segments = page._slug, {}, []
            self.utm, self.consent = {name: "" for name, _, _ in UTM}, dict.fromkeys(CONSENTS, False)
        await self._ask()

    @rx.event
    async def set_utm(self, name: str, text: str) -> None:
        if name in self.utm:
            self.utm = {**self.utm, name: text.strip()}
            await self._ask()

    @rx.event
    async def set_consent(self, name: str, is_on: bool) -> None:
        if name in self.consent:
            self.consent = {**self.consent, name: is_on}
            await self._ask()

    @rx.event
    async def set_segments(self, values: list[str]) -> None:
        self.segments = values
        await self._ask()

    @rx.event
    async def set_answer(self, question: str, answer: str) -> None:
        self._answers = {**self._answers, question: answer}
        await self._ask()

    async def _ask(self) -> None:
        page = await self.get_state(Policy)
        self.questions = policy_trying.questions(page._profiles, self._answers)
        asked = {question.key for question in self.questions}
        said: dict[str, Any] = {
            "utm": {name: text for name, text in self.utm.items() if text},
            "consent": [name for name, is_on in self.consent.items() if is_on],
            "segments": list(self.segments),
            "answers": {name: text for name, text in self._answers.items() if text and name in asked},
        }
        self.failure = ""
        try:
            await bridge.limit(self, "check")
            found = await policies.simulate(
                bridge.runtime(),
                await bridge.staff(self),
                slug=page._slug,
                said=said,
                draft_id=UUID(page._draft_id) if page._draft_id else None,
                visits=1,
            )
        except NotSignedIn:
            raise
        except AppError as error:
            self.failure = words(error)
            return
        self.result = policy_trying.simulated(found, page._profiles)
