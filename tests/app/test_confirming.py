"""The buyer's yes: what is carried out, what a refusal makes of the card."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import bridge
from app.messages import WORDS
from app.states.confirming import Confirming
from app.views import EventHead
from backend.core.errors import Conflict, NotAllowed
from backend.domains.transactions.model import BuyerRequest
from tests.app.test_talking import Screen

TOKEN = "0b9fd2a4-6f0e-4c5e-9a6b-0c6a5f1f7c11"
PREPARED = {
    "verb": "hand_off", "arguments": {}, "terms": {}, "until": "2099-11-21T20:00:00+00:00", "confirmation": TOKEN, "reasons": [],
}  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What reaches the services; `refuse` is raised in their place."""
    made = SimpleNamespace(said=[], prepared=[], left=[], refuse=None)

    async def count(state: Any, group: str) -> None:
        return None

    async def carry_out(runtime: Any, actor: Any, **given: Any) -> BuyerRequest:
        made.said.append(given)
        if made.refuse:
            raise made.refuse
        return BuyerRequest(uuid4(), uuid4(), uuid4(), given["verb"], None, {}, "open", None, None)  # type: ignore[arg-type]

    async def prepare(runtime: Any, actor: Any, *, verb: str, arguments: Any) -> Any:
        made.prepared.append((verb, dict(arguments)))
        token = UUID(TOKEN) if verb != "offer" else None
        return SimpleNamespace(
            arguments=arguments, terms={}, expires_at=None, confirmation=token, reasons=("not_in_policy",)
        )

    async def leave(runtime: Any, actor: Any, *, confirmation: UUID) -> None:
        made.left.append(str(confirmation))

    monkeypatch.setattr(bridge, "limit", count)
    monkeypatch.setattr(bridge, "runtime", lambda: None)
    monkeypatch.setattr("app.states.confirming.confirmed.carry_out", carry_out)
    monkeypatch.setattr("app.states.confirming.confirmed.leave", leave)
    monkeypatch.setattr("app.states.confirming.guarding.prepare", prepare)
    return made


@pytest.fixture
def front() -> SimpleNamespace:
    async def read_states() -> None:
        return None

    return SimpleNamespace(
        head=EventHead(guide="Claire"), _summary=lambda _: None, _buyer=lambda: "buyer", _read_states=read_states,
        detail_open=True, _is_shared=False, person="",
    )  # fmt: skip


@pytest.fixture
def state(front: Any) -> Any:
    made = Screen(
        Confirming,
        front,
        cards=[],
        asked=None,
        needs_words=False,
        busy=False,
        _prepared={},
        _of="",
    )
    for name in ("_card", "_prepare", "_carried_out", "_show", "_waits"):
        setattr(made, name, vars(Confirming)[name].__get__(made))
    return made


async def act(state: Any, name: str, *given: Any) -> None:
    done = Confirming.event_handlers[name].fn(state, *given)
    if hasattr(done, "__aiter__"):
        async for _ in done:
            pass
    elif done is not None:
        await done


@pytest.mark.usefixtures("calls")
async def test_a_card_of_the_guide_does_nothing_until_it_is_confirmed(
    state: Any, front: Any, calls: Any
) -> None:
    state._show({"confirmations": [PREPARED, {"verb": "launch_rockets", "arguments": {}}]}, front)
    (card,) = state.cards
    assert (card.state, calls.said) == ("open", [])
    await act(state, "confirm", card.key)
    assert calls.said == [{"verb": "hand_off", "arguments": {}, "confirmation": UUID(TOKEN), "key": card.key}]
    assert (state.cards[0].state, state.busy) == ("done", False)
    assert "Nobody has joined yet" in front.person
    await act(state, "confirm", card.key)
    assert len(calls.said) == 1, "a second tap is nothing"


async def test_not_now_throws_the_token_away(state: Any, front: Any, calls: Any) -> None:
    state._show({"confirmations": [PREPARED]}, front)
    key = state.cards[0].key
    await act(state, "decline", key)
    assert (state.cards, state._prepared, calls.said) == ([], {}, [])
    assert calls.left == [TOKEN], "nor when the page is opened again"
    await act(state, "decline", key)
    assert calls.left == [TOKEN]


def card_of(number: int, until: str = "2099-11-21T20:00:00+00:00") -> dict[str, Any]:
    return {
        "verb": "hold", "arguments": {"listing_id": number}, "terms": {}, "until": until,
        "confirmation": str(UUID(int=number)), "reasons": [],
    }  # fmt: skip


@pytest.mark.usefixtures("calls")
async def test_a_card_waits_while_one_talks_of_something_else(state: Any, front: Any) -> None:
    state._show({"confirmations": [card_of(1), card_of(2)]}, front)
    before = list(state.cards)
    state._show({"reply": "3 cars fit."}, front)
    assert state.cards == before
    state._show({"confirmations": [card_of(1)]}, front)
    assert state.cards == before, "what is given again is the same card, with the same key"
    state._show({"confirmations": [card_of(3)]}, front)
    assert [card.key for card in state.cards[:2]] == [card.key for card in before]
    assert len(state.cards) == 3


@pytest.mark.usefixtures("calls")
async def test_a_card_goes_when_it_counts_no_more(state: Any, front: Any) -> None:
    anew = {**card_of(1), "confirmation": str(UUID(int=11))}
    state._show({"confirmations": [card_of(1), card_of(2), card_of(3, "2020-11-21T20:00:00+00:00")]}, front)
    state._show({"confirmations": [anew], "withdrawn": [str(UUID(int=2))]}, front)
    assert [state._prepared[card.key]["confirmation"] for card in state.cards] == [anew["confirmation"]]


async def test_what_came_of_a_card_stays(state: Any, front: Any, calls: Any) -> None:
    calls.refuse = Conflict("policy.confirmation_stale")
    state._show({"confirmations": [card_of(1)]}, front)
    await act(state, "confirm", state.cards[0].key)
    state._show({"confirmations": [card_of(1)]}, front)
    assert [card.state for card in state.cards] == ["over", "open"]


@pytest.mark.parametrize(
    "code", ["policy.confirmation_stale", "policy.confirmation_used", "policy.terms_changed"]
)
async def test_a_yes_that_no_longer_counts_can_be_asked_for_again(
    state: Any, front: Any, calls: Any, code: str
) -> None:
    calls.refuse = Conflict(code)
    state._show({"confirmations": [PREPARED]}, front)
    await act(state, "confirm", state.cards[0].key)
    assert (state.cards[0].state, state.cards[0].said) == ("over", WORDS[code])
    calls.refuse = None
    await act(state, "again", state.cards[0].key)
    assert calls.prepared == [("hand_off", {})]
    await act(state, "confirm", state.cards[0].key)
    assert state.cards[0].state == "done"


async def test_a_kill_switch_leaves_the_card_for_later(state: Any, front: Any, calls: Any) -> None:
    calls.refuse = Conflict("events.actions_off")
    state._show({"confirmations": [PREPARED]}, front)
    await act(state, "confirm", state.cards[0].key)
    assert (state.cards[0].state, state.cards[0].said) == ("open", WORDS["events.actions_off"])


async def test_a_denied_verb_is_said_kindly_in_place_of_a_form(state: Any, calls: Any) -> None:
    await act(state, "request", "offer", 7)
    assert (state.asked.state, calls.said) == ("over", [])
    assert "not offered" in state.asked.said


async def test_words_are_prepared_with_the_yes_so_that_it_is_to_exactly_these(
    state: Any, front: Any, calls: Any
) -> None:
    await act(state, "request", "info", 7)
    assert (state.needs_words, front.detail_open) == (True, False)
    assert calls.prepared == [("info", {"listing_id": 7, "details": {}})], "as the request itself has them"
    await act(state, "submit", {"words": " Is it free on Friday? "})
    wanted = {"listing_id": 7, "details": {"words": "Is it free on Friday?"}}
    assert calls.prepared[-1] == ("info", wanted)
    assert (calls.said[0]["arguments"], state.asked.state) == (wanted, "done")


async def test_a_refusal_of_the_policy_is_shown_on_the_card(state: Any, front: Any, calls: Any) -> None:
    calls.refuse = NotAllowed("policy.denied", verb="hand_off", reasons=[])
    state._show({"confirmations": [PREPARED]}, front)
    await act(state, "confirm", state.cards[0].key)
    assert state.cards[0].said == WORDS["policy.denied"]
