"""Consent to be remembered: the browser has a secret only after it, and loses it when it is taken back."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from app import answer_showing, bridge, showing
from app.messages import WORDS
from app.states.remembering import Remembering
from app.states.storefront import Storefront
from backend.core.errors import Busy
from tests.app.test_talking import Screen


@pytest.fixture
def front() -> SimpleNamespace:
    return SimpleNamespace(
        remembers=True, slug="spring", visitors='{"autumn": "kept"}', _buyer=lambda: "buyer"
    )


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What reaches the services; `refuse` is raised in their place, `keeps` is what the document says."""
    made = SimpleNamespace(visitors=[], forgotten=0, refuse=None, keeps=True)

    async def count(state: Any, group: str) -> None:
        return None

    async def remember(runtime: Any, actor: Any, *, visitor: str) -> bool:
        made.visitors.append(visitor)
        if made.refuse:
            raise made.refuse
        return made.keeps

    async def forget(runtime: Any, actor: Any) -> None:
        if made.refuse:
            raise made.refuse
        made.forgotten += 1

    monkeypatch.setattr(bridge, "limit", count)
    monkeypatch.setattr(bridge, "runtime", lambda: None)
    monkeypatch.setattr("app.states.remembering.storefront.remember", remember)
    monkeypatch.setattr("app.states.remembering.storefront.forget", forget)
    return made


def remembering(front: Any) -> Any:
    return Screen(Remembering, front, is_open=True, agreed=False, problem="")


async def run(state: Any, name: str) -> None:
    await Remembering.event_handlers[name].fn(state)


async def test_the_secret_is_made_with_the_consent_and_goes_with_it(front: Any, calls: Any) -> None:
    state = remembering(front)
    await run(state, "load")
    assert (state.agreed, calls.visitors) == (False, [])
    await run(state, "agree")
    (secret,) = calls.visitors
    assert len(secret) >= 40
    assert json.loads(front.visitors) == {"autumn": "kept", "spring": secret}
    await run(state, "load")
    assert state.agreed is True
    await run(state, "forget")
    assert (json.loads(front.visitors), state.agreed, calls.forgotten) == ({"autumn": "kept"}, False, 1)


async def test_what_failed_leaves_the_browser_as_it_was(front: Any, calls: Any) -> None:
    calls.refuse = Busy("core.database_unreachable")
    state = remembering(front)
    await run(state, "agree")
    assert (front.visitors, state.agreed) == ('{"autumn": "kept"}', False)
    assert state.problem == WORDS["core.database_unreachable"]
    front.visitors = '{"spring": "s"}'
    state.agreed = True
    await run(state, "forget")
    assert (front.visitors, state.agreed) == ('{"spring": "s"}', True)


async def test_where_the_document_no_longer_keeps_wishes_the_line_goes(front: Any, calls: Any) -> None:
    calls.keeps = False
    state = remembering(front)
    await run(state, "agree")
    assert (front.remembers, front.visitors, state.is_open) == (False, '{"autumn": "kept"}', False)


def test_the_greeting_says_that_wishes_were_remembered_only_where_they_were() -> None:
    assert answer_showing.greeting({"greeting": "Hello.", "remembered": False}) == "Hello."
    said = answer_showing.greeting({"greeting": "Hello.", "remembered": True})
    assert said == f"Hello. {answer_showing.REMEMBERED}"


def test_a_turn_of_before_has_its_sources() -> None:
    claim = {"text": "$31,900", "listing_id": 7, "source": "cell F14", "confidence": 1.0}
    item = {"number": 1, "message": "hi", "reply": "It is $31,900.", "claims": [claim]}
    _, guide = showing.turns([item])
    assert [(piece.text, piece.source) for piece in guide.pieces] == [("It is $31,900.", "cell F14")]


@pytest.mark.parametrize(
    ("verb", "state", "expected"),
    [("hold", "available", True), ("hold", "held", False), ("hold", "sold", False), ("info", "held", True)],
)
def test_a_card_that_can_only_fail_does_not_come_back(verb: str, state: str, expected: bool) -> None:
    screen = SimpleNamespace(tiles=[SimpleNamespace(id=7, state=state)])
    assert Storefront._may_succeed(screen, {"verb": verb, "listing_id": 7}) is expected  # type: ignore[arg-type]
