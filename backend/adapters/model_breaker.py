"""When to leave a provider alone: after failures, and when it asked for rest. Counts and a clock, nothing else."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

_LAST: Final = 200
State = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens when `failures` calls within `window_s` failed and these are at least half of them; after `pause_s` one
    call may try, and what becomes of it decides.

    Source: Nygard, Release It! (2nd ed. 2018), "Circuit Breaker".
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        window_s: float = 60.0,
        pause_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures, self._window_s, self._pause_s, self._clock = failures, window_s, pause_s, clock
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=_LAST)
        self._opened_at: float | None = None
        self._rest_until = float("-inf")
        self._is_probing = False
        self._era = 0  # grows with each change of state, so that what was asked earlier counts no more

    @property
    def state(self) -> State:
        now = self._clock()
        if now < self._rest_until:
            return "open"
        if self._opened_at is None:
            return "closed"
        return "open" if now - self._opened_at < self._pause_s else "half_open"

    def enter(self) -> int | None:
        """A ticket for one call, to be given back with `leave`; None where no call may be made now."""
        state = self.state
        if state == "open" or (state == "half_open" and self._is_probing):
            return None
        if state == "half_open":
            self._is_probing = True
            self._era += 1
        return self._era

    def leave(self, ticket: int, succeeded: bool | None) -> None:
        """What became of a call; None where it says nothing about the provider."""
        if ticket != self._era:
            return
        if self._is_probing:
            self._is_probing = False
            if succeeded is not None:
                self._turn(opened_at=None if succeeded else self._clock())
        elif succeeded is not None:
            self._outcomes.append((self._clock(), succeeded))
            if not succeeded and self._is_too_much():
                self._turn(opened_at=self._clock())

    def rest(self, seconds: float) -> None:
        """The provider asked for a pause. What is under way may end."""
        self._rest_until = max(self._rest_until, self._clock() + seconds)

    def _is_too_much(self) -> bool:
        while self._outcomes and self._outcomes[0][0] < self._clock() - self._window_s:
            self._outcomes.popleft()
        failed = sum(not succeeded for _, succeeded in self._outcomes)
        return failed >= self._failures and 2 * failed >= len(self._outcomes)

    def _turn(self, *, opened_at: float | None) -> None:
        self._opened_at = opened_at
        self._outcomes.clear()
        self._era += 1
