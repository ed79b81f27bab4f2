"""A turn beside the page: what stays when it fails, and what is sent again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app import bridge
from app.messages import WORDS
from app.states.comparing import Comparing
from app.states.resembling import Resembling
from app.states.storefront import Storefront
from app.states.talking import LONGEST_MESSAGE, Talking
from app.states.wishing import Wishing
from app.views import EventHead, Turn
from backend.core.errors import Busy, InvalidInput
from tests.app.test_showing import tile

ANSWER = {"reply": "28 cars fit.", "quick_replies": [], "tiles": [], "chips": [], "matches": 28, "note": ""}


class Screen(SimpleNamespace):
    """A state as a handler sees it: its values, and the other states of the tab."""

    def __init__(self, of: type[Any], front: Any, **values: Any) -> None:
        private = {"_begin", "_give_up", "_change", "_toggle", "_survey_from", "_show"}
        methods = {name: fn for name, fn in vars(of).items() if name in private}
        super().__init__(**{name: fn.__get__(self) for name, fn in methods.items()}, **values)
        self.front = front

    async def get_state(self, of: type[Any]) -> Any:
        return self.front

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


@pytest.fixture
def front() -> SimpleNamespace:
    shown: list[Any] = []
    return SimpleNamespace(
        turns=[Turn("hello", "guide", "Hello")], fresh=True, _is_shared=False, _buyer=lambda: "buyer", _show_answer=shown.append,
        shown=shown, must=[], nice=[], _ways=[], _show=lambda cards, of: None,
    )  # fmt: skip


def talk(front: Any, answer: Any) -> Any:
    async def answered(actor: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Screen(
        Talking,
        front,
        busy=False,
        saying="",
        doing="",
        accepted=0,
        failed=0,
        problem="",
        _words="",
        _key="",
        _answer=answered,
    )


async def say(state: Any, message: str, key: str) -> list[Any]:
    return [step async for step in Talking.event_handlers["send"].fn(state, message, key)]


async def test_an_answer_is_shown_and_counted(front: Any) -> None:
    state = talk(front, ANSWER)
    await say(state, "white", "k" * 20)
    assert (front.shown, front.fresh, state.accepted, state.busy) == ([ANSWER], False, 1, False)


async def test_one_answer_to_a_survey_is_enough_and_none_is_not_sent(
    front: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []

    async def count(state: Any, group: str) -> None:
        return None

    async def answer_survey(runtime: Any, actor: Any, *, answers: Any) -> bool:
        kept.append(answers)
        return True

    monkeypatch.setattr(bridge, "limit", count)
    monkeypatch.setattr(bridge, "runtime", lambda: None)
    monkeypatch.setattr("app.states.talking.storefront.answer_survey", answer_survey)
    questions = [
        {"key": "nps", "question": "Would you?", "kind": "nps_scale"},
        {"key": "why", "question": "Why?", "kind": "text"},
    ]
    state = talk(front, ANSWER | {"survey": {"questions": questions, "is_skippable": False}})
    await say(state, "thanks, bye", "k" * 20)
    assert (len(state.survey), state.skippable) == (2, False)
    send = Talking.event_handlers["send_survey"].fn
    await send(state, {})
    assert (kept, bool(state.survey_problem)) == ([], True)
    await send(state, {"nps": "9"})
    assert (kept, state.survey, state.surveyed, state.survey_problem) == ([{"nps": 9}], [], True, "")


async def test_what_the_guide_did_itself_is_read_anew_and_what_it_offers_can_be_passed_over(
    front: Any,
) -> None:
    read: list[str] = []

    async def read_states() -> None:
        read.append("states")

    front._read_states = read_states
    extra = {
        "executed": [{"verb": "hold"}],
        "suggestions": [{"key": "care", "title": "Care plan", "text": "Two years."}],
    }
    state = talk(front, ANSWER | extra)
    await say(state, "hold it", "k" * 20)
    assert (read, [one.title for one in state.offered]) == (["states"], ["Care plan"])
    Talking.event_handlers["pass_over"].fn(state)
    assert state.offered == []


async def test_a_failed_message_leaves_the_thread_and_is_sent_again_under_its_key(front: Any) -> None:
    state = talk(front, Busy("core.database_unreachable"))
    await say(state, "white", "k" * 20)
    assert [turn.key for turn in front.turns] == ["hello"]
    assert (state.failed, state.busy, state.problem) == (1, False, WORDS["core.database_unreachable"])
    again = Talking.event_handlers["again"].fn(state)
    assert [str(arg[1]).strip('"') for arg in again.args] == ["white", "k" * 20]


async def test_a_bug_frees_the_composer_too(front: Any) -> None:
    state = talk(front, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await say(state, "white", "k" * 20)
    assert (state.busy, state.failed, state.problem) == (False, 1, WORDS["core.unexpected"])


async def test_a_key_that_is_none_is_replaced(front: Any) -> None:
    state = talk(front, ANSWER)
    await say(state, "white", "")
    assert len(state._key) == 36


async def test_who_is_being_answered_waits(front: Any) -> None:
    state = talk(front, ANSWER)
    state.busy = True
    await say(state, "white", "k" * 20)
    assert front.shown == []


async def test_a_message_that_is_too_long_is_refused_before_it_is_counted() -> None:
    with pytest.raises(InvalidInput):
        await Talking._answer(SimpleNamespace(_words="x" * (LONGEST_MESSAGE + 1)), None)  # type: ignore[arg-type]


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    made: list[Any] = []

    async def count(state: Any, group: str) -> None:
        return None

    async def change_chip(
        runtime: Any, actor: Any, *, chip_id: str, change: str, value: Any, key: str
    ) -> Any:
        made.append((chip_id, change, value))
        return ANSWER

    monkeypatch.setattr(bridge, "limit", count)
    monkeypatch.setattr(bridge, "runtime", lambda: None)
    monkeypatch.setattr("app.states.wishing.storefront.change_chip", change_chip)
    return made


async def test_a_way_out_is_a_change_of_a_chip(front: Any, changes: list[Any]) -> None:
    front._ways = [[("price:lte:must", "value", 42000)]]
    state = Screen(Wishing, front)
    await Wishing.event_handlers["loosen"].fn(state, 0)
    await Wishing.event_handlers["loosen"].fn(state, 1)  # the list has changed meanwhile
    assert changes == [("price:lte:must", "value", 42000)]
    assert front.shown == [ANSWER]


async def test_wishes_that_dealers_see_are_brought_up_to_date(front: Any, changes: list[Any]) -> None:
    front._is_shared = True
    steps = await Wishing.event_handlers["remove"].fn(Screen(Wishing, front), "price:lte:must")
    assert steps[-1] is Storefront.refresh_lead


def test_a_comparison_asked_for_in_words_is_the_one_that_is_chosen() -> None:
    front = SimpleNamespace(_summary=lambda _: None)
    state = Screen(Comparing, front, chosen=[9], is_open=False)
    heads = [{"listing_id": n, "title": "Car", "price_text": "$9", "state": "available"} for n in (1, 2)]
    state._show({"heads": heads, "rows": [], "summary": "All facts are the same."}, front)
    assert (state.chosen, state.is_open, state.summary) == ([1, 2], True, "All facts are the same.")


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {"tiles": [], "limits": ["Up to $9"], "missing": []}

    async def count(state: Any, group: str) -> None:
        return None

    async def similar(runtime: Any, actor: Any, *, listing_id: int, than: list[str]) -> Any:
        return found | {"than": than}

    monkeypatch.setattr(bridge, "limit", count)
    monkeypatch.setattr(bridge, "runtime", lambda: None)
    monkeypatch.setattr("app.states.resembling.storefront.similar", similar)
    return found


async def test_what_resembles_one_leads_back_to_what_was_found(alike: dict[str, Any]) -> None:
    async def read_states() -> None:
        return None

    front = SimpleNamespace(
        tiles=["found"], aside="", head=EventHead(noun="car", nouns="cars"), detail_open=True, _own={},
        _buyer=lambda: "buyer", _summary=lambda _: None, _read_states=read_states,
    )  # fmt: skip
    state = Screen(Resembling, front, _before=[])
    more, back = Resembling.event_handlers["more"].fn, Resembling.event_handlers["back"].fn
    await more(state, 7, True)
    assert (front.aside, front.tiles) == (
        "Within your limits there is nothing like this one that costs less.",
        ["found"],
    )
    alike["tiles"] = [tile()]
    await more(state, 7, False)
    assert (front.aside, len(front.tiles), front.detail_open) == ("1 car like this one", 1, False)
    await back(state)
    assert (front.aside, front.tiles) == ("", ["found"])


def test_a_fifth_lets_the_first_go() -> None:
    state = Screen(Comparing, None, chosen=[1, 2, 3, 4])
    toggle = Comparing.event_handlers["toggle"].fn
    toggle(state, 5)
    toggle(state, 3)
    assert state.chosen == [2, 4, 5]


async def test_what_was_chosen_in_another_event_is_not_chosen_here() -> None:
    load = Comparing.event_handlers["load"].fn
    state = Screen(Comparing, SimpleNamespace(_event_id="one"), chosen=[1, 2], is_open=True, _of="one")
    await load(state)
    assert (state.chosen, state.is_open) == ([1, 2], False)
    state.front._event_id = "other"
    await load(state)
    assert state.chosen == []
