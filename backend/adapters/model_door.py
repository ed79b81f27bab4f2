"""One provider as the gateway sees it: its breaker, its places, further tries, one repair. No attempt outlives its time."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Never

from backend.adapters.model_answers import PASSING
from backend.adapters.model_breaker import Breaker
from backend.adapters.model_cache import Question
from backend.adapters.model_checking import Fault, checked, repair
from backend.adapters.model_spending import UNASKED, Ear
from backend.core.errors import AppError, Busy, TooMany, Upstream
from backend.core.ports import ChatAnswer, ChatModel, ModelStatus

_log = logging.getLogger(__name__)

REPAIRED: Final = "\n--- repaired ---\n"
_LEAST_S: Final = 0.02
_LONGEST_REST_S: Final = 300.0
_PATIENCE_S: Final = 0.5  # how long to wait for a provider while another could be asked
_FIRST_WAIT_S: Final = 0.1
_GRACE_S: Final = 0.02  # a model's own time-out comes first: it knows what had come by then


@dataclass(frozen=True, slots=True)
class Limits:
    """How much trouble and how much load one provider may have. Unit: seconds where the name ends in `_s`."""

    failures: int = 5
    window_s: float = 60.0
    pause_s: float = 30.0
    at_once: int = 64
    cache_s: float = 600.0
    cache_size: int = 512
    slow_s: float = 1.0  #: a time-out below this says more about the time given than about the provider


class _Call:
    """One call, that waits for a place first."""

    def __init__(self, model: ChatModel, places: asyncio.Semaphore) -> None:
        self._model, self._places = model, places
        self.has_begun = False

    async def make(self, question: Question, give_s: float) -> ChatAnswer:
        now = asyncio.get_running_loop().time
        until = now() + give_s
        async with self._places:
            self.has_begun = True
            return await self._model.chat(
                system=question.system, messages=question.messages, tools=question.tools,
                schema=question.schema, timeout_s=max(_LEAST_S, until - now() - _GRACE_S),
            )  # fmt: skip


class Door:
    """Asks one model."""

    def __init__(self, name: str, model: ChatModel, limits: Limits, clock: Callable[[], float]) -> None:
        self._name, self._model, self._limits, self._clock = name, model, limits, clock
        self._breaker = Breaker(
            failures=limits.failures, window_s=limits.window_s, pause_s=limits.pause_s, clock=clock
        )
        self._places = asyncio.Semaphore(limits.at_once)
        self._left: set[asyncio.Task[ChatAnswer]] = set()
        self._asked = self._answered = self._failed = 0
        self._last_error = ""

    def status(self) -> ModelStatus:
        return ModelStatus(
            self._model.name, self._breaker.state, self._asked, self._answered, self._failed, self._last_error
        )

    async def close(self) -> None:
        for task in self._left:
            task.cancel()
        if self._left:
            await asyncio.wait(self._left, timeout=1.0)
        await self._model.close()

    async def ask(
        self, question: Question, *, attempt_s: float, until: float, others_follow: bool, ear: Ear
    ) -> ChatAnswer:
        """A checked answer by `until`. Raises: AppError of the last try, and whatever a library lets fall."""
        tries = 0
        while True:
            try:
                answer = await self._attempt(question, attempt_s, until, ear)
            except AppError as error:
                tries += 1
                room_s = until - self._clock()
                wait_s = pause_before_next(error, tries, room_s=room_s, others_follow=others_follow)
                if wait_s is None:
                    raise
                await asyncio.sleep(wait_s)
            else:
                return await self._usable(question, answer, attempt_s, until, ear)

    async def _usable(
        self, question: Question, first: ChatAnswer, attempt_s: float, until: float, ear: Ear
    ) -> ChatAnswer:
        fine = checked(first, question)
        if not isinstance(fine, Fault):
            return fine
        second = await self._attempt(repair(question, first, fine), attempt_s, until, ear)
        mended = checked(second, question)
        if isinstance(mended, Fault):
            self._count_failure("core.model_failed")
            raise Upstream("core.model_failed", provider=self._name, problem=mended.problem)
        return _joined(first, mended)

    async def _attempt(self, question: Question, attempt_s: float, until: float, ear: Ear) -> ChatAnswer:
        try:
            answer = await self._tried(question, attempt_s, until)
        except Exception as failed:
            ear.miss(question, failed)
            raise
        ear.hear(answer)
        return answer

    async def _tried(self, question: Question, attempt_s: float, until: float) -> ChatAnswer:
        give_s = min(with_spare(attempt_s), until - self._clock())
        if give_s < _LEAST_S:
            raise Busy("core.model_unreachable", provider=self._name, problem="no_time_left")
        ticket = self._breaker.enter()
        if ticket is None:
            raise Busy("core.model_unreachable", provider=self._name, problem="resting")
        lived: bool | None = None
        call = _Call(self._model, self._places)
        try:
            answer = await self._within(call.make(question, give_s), give_s)
            lived = True
            self._answered += 1
            return answer
        except TimeoutError:
            late = self._too_late(call, give_s)
            lived = self._lived(late, give_s)
            self._fail(late)
        except AppError as error:
            lived = self._lived(error, give_s)
            self._fail(error)
        except Exception:
            lived = False
            self._count_failure("core.model_failed")
            raise
        finally:
            self._asked += call.has_begun
            self._leave(ticket, lived)

    def _leave(self, ticket: int, lived: bool | None) -> None:
        before = self._breaker.state
        self._breaker.leave(ticket, lived)
        if self._breaker.state != before:
            _log.warning(
                "%s is now %s; last error: %s", self._name, self._breaker.state, self._last_error or "none"
            )

    def _too_late(self, call: _Call, gave_s: float) -> AppError:
        if not call.has_begun:
            return TooMany("core.model_busy", provider=self._name, problem="no_room")
        return Busy("core.model_unreachable", provider=self._name, timeout_s=round(gave_s, 2))

    def _lived(self, error: AppError, gave_s: float) -> bool | None:
        """What a failure says to the breaker. Time-outs say nothing where little time was given."""
        problem = error.facts.get("problem")
        is_late = "timeout_s" in error.facts or problem == "stalled"
        if problem == "no_room" or (is_late and gave_s < self._limits.slow_s):
            return None
        return not _is_outage(error)

    def _fail(self, error: AppError) -> Never:
        self._count_failure(error.code)
        asked_for = error.facts.get("retry_after_s")
        if error.code == "core.model_busy" and asked_for:
            self._breaker.rest(min(float(asked_for), _LONGEST_REST_S))
        raise error from None

    def _count_failure(self, code: str) -> None:
        self._failed += 1
        self._last_error = code

    async def _within(self, work: Coroutine[Any, Any, ChatAnswer], seconds: float) -> ChatAnswer:
        """Like `asyncio.timeout`, for work that may not heed its cancellation. Raises: TimeoutError."""
        task = asyncio.create_task(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
        finally:
            if not task.done():
                task.cancel()
                self._left.add(task)
                task.add_done_callback(self._forget)
        if not done:
            raise TimeoutError
        return task.result()

    def _forget(self, task: asyncio.Task[ChatAnswer]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that nobody reports it


def with_spare(seconds: float) -> float:
    """A little less than the time given, so that whoever gave it has the answer in time: 1.9 of 2 seconds."""
    return max(seconds / 2, seconds - min(0.25, max(0.05, seconds / 20)))


def pause_before_next(
    error: AppError, tries: int, *, room_s: float, others_follow: bool, chance: float | None = None
) -> float | None:
    """How long to wait before the same provider is asked again; None where it is not. Unit: seconds.

    Time-outs are not tried again: the buyer has waited already. While others follow there is one further try at most,
    and a short wait before it. `chance` (0..1) spreads the waits of many.
    """
    if not _is_passing(error) or tries >= (2 if others_follow else 3):
        return None
    chance = random.random() if chance is None else chance  # noqa: S311 - spreads load, guards nothing
    asked_for = error.facts.get("retry_after_s")
    first = _FIRST_WAIT_S * 2 ** (tries - 1)
    wait_s = (
        first * (0.5 + chance / 2) if asked_for is None else float(asked_for) + _FIRST_WAIT_S * (0.1 + chance)
    )
    longest = min(_PATIENCE_S, room_s) if others_follow else room_s
    return wait_s if wait_s + _LEAST_S < longest else None


def _is_passing(error: AppError) -> bool:
    facts = error.facts
    if facts.get("problem") in UNASKED or "timeout_s" in facts:
        return False
    is_away = error.code in {"core.model_unreachable", "core.model_busy"}
    return is_away or facts.get("status") in PASSING or facts.get("problem") == "cut"


def _is_outage(error: AppError) -> bool:
    """Whether the provider is to blame, and not this one question."""
    status = error.facts.get("status")
    return (
        isinstance(error, Busy | TooMany) or status is None or status in PASSING or status in {401, 403, 404}
    )


def _joined(first: ChatAnswer, mended: ChatAnswer) -> ChatAnswer:
    return ChatAnswer(
        mended.text, mended.calls, first.usage + mended.usage, mended.provider, mended.model,
        raw=first.raw + REPAIRED + mended.raw,
    )  # fmt: skip
