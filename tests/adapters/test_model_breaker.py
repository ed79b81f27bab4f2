"""When a provider is left alone, and when it is asked again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.model_breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, window_s=60, pause_s=30, clock=clock)


def call(breaker: Breaker, succeeded: bool | None) -> None:
    ticket = breaker.enter()
    assert ticket is not None
    breaker.leave(ticket, succeeded)


def open_it(breaker: Breaker) -> None:
    for _ in range(3):
        call(breaker, False)
    assert breaker.state == "open"


def test_it_opens_after_failures_and_asks_once_after_a_pause(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    assert breaker.enter() is None
    clock.now += 30
    assert breaker.state == "half_open"
    probe = breaker.enter()
    assert probe is not None
    assert breaker.enter() is None, "one call tries, the others wait for what becomes of it"
    breaker.leave(probe, True)
    assert breaker.state == "closed"
    call(breaker, False)
    assert breaker.state == "closed", "what was before is forgotten"


def test_a_probe_that_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    clock.now += 31
    call(breaker, False)
    assert breaker.state == "open"
    clock.now += 29
    assert breaker.enter() is None
    clock.now += 1
    call(breaker, True)
    assert breaker.state == "closed"


def test_a_probe_that_says_nothing_lets_another_try(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    clock.now += 30
    call(breaker, None)
    assert breaker.state == "half_open"
    call(breaker, True)
    assert breaker.state == "closed"


def test_failures_long_ago_do_not_count(breaker: Breaker, clock: Clock) -> None:
    for _ in range(5):
        call(breaker, False)
        clock.now += 31
    assert breaker.state == "closed"


def test_few_failures_among_many_answers_do_not_count(breaker: Breaker) -> None:
    for _ in range(10):
        call(breaker, True)
        call(breaker, True)
        call(breaker, False)
    assert breaker.state == "closed"


def test_answers_that_come_late_do_not_count(breaker: Breaker, clock: Clock) -> None:
    late = breaker.enter()
    assert late is not None
    open_it(breaker)
    breaker.leave(late, True)
    assert breaker.state == "open"
    clock.now += 30
    probe = breaker.enter()
    breaker.leave(late, True)
    assert breaker.state == "half_open"
    assert probe is not None
    breaker.leave(probe, False)
    assert breaker.state == "open"


def test_rest_that_was_asked_for_is_given(breaker: Breaker, clock: Clock) -> None:
    breaker.rest(5)
    breaker.rest(2)
    assert (breaker.state, breaker.enter()) == ("open", None)
    clock.now += 5
    call(breaker, True)
    assert breaker.state == "closed"


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.floats(0, 50)), max_size=60))
def test_whatever_happens_it_is_asked_again_after_its_pause(steps: list[tuple[bool | None, float]]) -> None:
    clock = Clock()
    breaker = Breaker(failures=3, window_s=60, pause_s=30, clock=clock)
    for outcome, passing in steps:
        ticket = breaker.enter()
        if ticket is not None:
            breaker.leave(ticket, outcome)
        clock.now += passing
    clock.now += 30.001
    assert breaker.enter() is not None
