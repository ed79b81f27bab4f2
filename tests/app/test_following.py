"""What open pages of the cockpit read again when a colleague does something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from app import app as application
from app import bridge
from app.states.board import Board
from app.states.desk import Desk
from app.states.event_page import EventPage
from app.states.flags import Flags
from app.states.levers import Levers
from app.states.stopping import Stopping
from app.states.tabs import Tabs

TOPIC = "organization:one"


class Screen(SimpleNamespace):
    """A state as a background event sees it, with the page beside it."""

    async def get_state(self, of: type[Any]) -> Any:
        return self.page

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said on the topic of the organization."""
    events: list[str] = []

    async def listen(state: Any, topic: str) -> AsyncIterator[dict[str, Any]]:
        assert topic == TOPIC
        for event in events:
            yield {"event": event, "payload": {}}

    monkeypatch.setattr(bridge, "listen", listen)
    return events


async def test_a_stop_switch_of_a_colleague_stands_above_the_page_at_once(said: list[str]) -> None:
    said += ["subscribed", "listing_state", "idle", "flag_changed"]
    desk = Screen(_watch=1, _topics=[TOPIC])
    steps = [step async for step in Desk.event_handlers["watch"].fn(desk, TOPIC)]
    assert steps == [Desk.load, Desk.load]  # once connected, and with the switch
    (following,) = Desk.event_handlers["follow"].fn(desk)
    assert (desk._watch, following.handler) == (2, Desk.watch)


async def test_a_page_that_was_left_and_a_topic_of_somebody_else_are_not_followed(said: list[str]) -> None:
    said += ["flag_changed", "flag_changed"]
    desk = Screen(_watch=1, _topics=[TOPIC])
    watching = Desk.event_handlers["watch"].fn(desk, TOPIC)
    assert await anext(watching) is Desk.load
    desk._watch = 2
    assert [step async for step in watching] == []
    assert [step async for step in Desk.event_handlers["watch"].fn(desk, "organization:two")] == []


async def test_the_tab_levers_is_read_again_with_a_flag_and_with_a_version(said: list[str]) -> None:
    said += ["flag_changed", "version_published"]
    page = SimpleNamespace(tab="levers", ready=True)
    board = Screen(page=page, _watch=1, _watching=0, _topic=TOPIC, connected=True)
    steps = [step async for step in Board.event_handlers["watch"].fn(board)]
    assert steps == [[Tabs.refresh], [Desk.load, EventPage.refresh, Tabs.refresh]]
    again = await Tabs.event_handlers["refresh"].fn(Screen(page=page))
    assert again == [Levers.refresh, Flags.load, Stopping.refresh]


async def test_reading_again_leaves_an_open_question_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def count(state: Any, group: str) -> None:
        return None

    async def read() -> None:
        return None

    monkeypatch.setattr(bridge, "limit", count)
    for of in (Levers, Stopping):
        state = SimpleNamespace(asked="ai_off", _read=read)
        await of.event_handlers["refresh"].fn(state)
        assert state.asked == "ai_off"


def test_every_page_of_the_cockpit_is_followed() -> None:
    pages = application.app._unevaluated_pages
    loads = {route: page.on_load for route, page in pages.items() if route.startswith("cockpit")}
    assert len(loads) == 8
    for route, on_load in loads.items():
        assert on_load[:2] == [Desk.load, Desk.follow], route
