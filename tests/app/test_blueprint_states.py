"""The wizard's states: what makes them read again, what they ask first, and what a press sends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app import bridge
from app.blueprint_showing import STEP_KEYS
from app.states import blueprint_mapping
from app.states.blueprint import LOADS, Blueprint
from app.states.blueprint_gate import Gate
from app.states.blueprint_look import Look
from app.states.blueprint_mapping import NO_COLUMN, Mapping
from app.states.blueprint_preview import Preview
from tests.app import blueprint_example as example
from tests.app.test_blueprint_mapping import columns

MINE = "00000000-0000-4000-8000-0000000000aa"


def news(**payload: Any) -> dict[str, Any]:
    return {"event": "blueprint_changed", "payload": {"blueprint_id": MINE} | payload}


def page(*, is_reading: bool = False) -> Any:
    head = SimpleNamespace(id=MINE, revision=7, status="open")
    return SimpleNamespace(head=head, is_reading=is_reading)


@pytest.mark.parametrize(
    ("message", "is_reading", "concerns"),
    [
        (news(of="blueprints", revision=8, status="open"), False, True),
        (news(of="blueprints", revision=7, status="open"), False, False),  # its own doing
        (news(of="blueprints", revision=7, status="waiting"), False, True),
        (news(of="blueprint_files", status="reading"), False, True),
        (news(of="blueprint_files", status="read"), True, True),
        (news(of="blueprint_files", status="read"), False, False),
        (news(of="blueprints", revision=99) | {"event": "draft_changed"}, False, False),
        (news(of="blueprints", revision=99, blueprint_id="another"), False, False),
        ({"event": "idle", "payload": {}}, False, False),
        ({"event": "idle", "payload": {}}, True, True),
        ({"event": "subscribed", "payload": {}}, False, True),
    ],
)  # fmt: skip
def test_a_screen_reads_again_only_for_what_it_does_not_know(
    message: dict[str, Any], is_reading: bool, concerns: bool
) -> None:
    assert Blueprint._concerns(page(is_reading=is_reading), message) is concerns


def test_every_step_after_the_first_says_what_it_reads() -> None:
    steps = (Mapping, Look, Preview, Gate)
    assert set(LOADS) == {key for key in STEP_KEYS if key != "samples"}
    assert {handler for found in LOADS.values() for handler in found} == {step.load for step in steps}


def grid() -> Any:
    rows = columns()
    return SimpleNamespace(rows=rows, targets=[], guarded=NO_COLUMN, guarded_targets=[""], guarded_options=[])


def test_publishing_what_was_kept_back_asks_first_and_can_be_left() -> None:
    screen = grid()
    Mapping.event_handlers["ask_to_publish"].fn(screen, "Consignor Tel.", ["specs.consignor_tel"])
    assert (screen.guarded.left, screen.guarded_options[0].text) == ("personal", "Consignor tel")
    Mapping.event_handlers["keep_out"].fn(screen)
    assert screen.guarded.key == ""


async def test_only_a_confirmed_press_publishes_it() -> None:
    sent: list[Any] = []

    async def keep(changes: list[dict[str, Any]]) -> None:
        sent.extend(changes)

    screen = grid()
    screen.file, screen._decide = example.SHEET, keep
    screen.guarded = next(row for row in screen.rows if row.key == "Consignor Tel.")
    await Mapping.event_handlers["publish_guarded"].fn(
        screen, {"target": "specs.consignor_tel", "sure": "on"}
    )
    expected = {
        "file_id": example.SHEET,
        "field": "Consignor Tel.",
        "targets": ["specs.consignor_tel"],
        "confirm": True,
    }
    assert sent == [expected]


async def test_rows_are_read_with_the_file_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert blueprint_mapping._first_with_rows(example.view()) == example.SHEET
    assert await blueprint_mapping._rows("somebody", MINE, "", 20) == []


async def test_a_message_that_was_not_answered_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.core.errors import TooMany

    async def refuse(state: Any, group: str) -> None:
        raise TooMany("core.too_many_requests")

    monkeypatch.setattr(bridge, "limit", refuse)
    screen = SimpleNamespace(talking=False, talk_problem="", turns=[], failed=0)
    async for _ in Preview.event_handlers["say"].fn(screen, "something black"):
        assert screen.talking
    assert (screen.turns, screen.failed, screen.talking) == ([], 1, False)
    assert screen.talk_problem
